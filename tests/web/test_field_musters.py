"""Check-ins that were put down without a network: of oneself and of others, once for each person."""

from datetime import timedelta
from typing import Any

import orjson
import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse
from pydantic import ValidationError

from emergency.group import NOW, Group, make_group
from emergency.test_muster import DUE, TABLES, bring, call, line, stands
from songnuan.audit.models import Entry
from songnuan.emergency.models import Muster, MusterEntry
from songnuan.journeys.call_muster import close_muster
from songnuan.journeys.check_in import check_in_another
from songnuan.kernel.clock import CHINA
from songnuan.kernel.days import written
from songnuan.web.field.kinds import Outcome
from songnuan.web.field.musters import KIND
from songnuan.web.muster_page import board_of
from web.browsing import as_, on
from web.field_records import nothing_written, reader, record, send

pytestmark = pytest.mark.django_db(transaction=True)
LATER = DUE + timedelta(minutes=30)


@pytest.fixture
def found() -> Group:
    return make_group()


@pytest.fixture
def muster(found: Group) -> Muster:
    bring(found)
    return call(found, found.activate())


def put(found: Group, muster: Muster, who: str, name: str = "", at: Any = None, **more: Any) -> Outcome:
    told = {"muster": muster.pk, **({"line": line(name)} if name else {}), **more}
    return send(KIND, found.people[who], record(KIND, told, NOW + timedelta(minutes=5)), at or NOW)


def entry(name: str) -> MusterEntry:
    return MusterEntry.objects.get(line=line(name))


def test_oneself_is_checked_in_once_and_answered_alike(found: Group, muster: Muster) -> None:
    first = put(found, muster, "member", position="30.123456,120.1,25")
    made = entry("科长戊")
    assert (first.state, made.way, made.arrived_at) == ("taken", "account", NOW)
    assert (made.device_at, made.position) == (NOW + timedelta(minutes=5), "30.123456,120.1,25")
    with nothing_written(TABLES):
        assert put(found, muster, "member", at=LATER, position="1,1,1") == first
    assert stands(muster)["科长戊"] == "on_time"


def test_a_deputy_checks_in_those_below_and_nobody_else(found: Group, muster: Muster) -> None:
    assert put(found, muster, "member", "门卫").state == "taken"
    made = entry("门卫")
    assert (made.way, made.checked_in_by_id) == ("deputy", found.people["member"].user_id)
    assert (made.device_at, made.position) == (NOW + timedelta(minutes=5), None)
    with nothing_written(TABLES):
        for who, name in (
            ("member", "司机"),  # another calls him
            ("member", "科长戊"),  # oneself is not checked in as another
            ("liaison", "门卫"),
            ("liaison", "主任甲"),
            ("inspector", "司机"),
            ("stranger", "司机"),
        ):
            assert put(found, muster, who, name).state == "refused", (who, name)
        assert put(found, muster, "stranger").state == "refused"
        assert put(found, muster, "inspector").state == "refused"
    for name in ("司机", "门卫"):
        assert put(found, muster, "leader", name).state == "taken"
    assert entry("门卫").checked_in_by_id == found.people["member"].user_id, "the first check-in counts"


def test_a_position_comes_with_oneself_alone_and_what_is_none_is_left_out(
    found: Group, muster: Muster
) -> None:
    put(found, muster, "member", "门卫", position="30.1,120.1,25")
    put(found, muster, "liaison", position="nowhere")
    assert entry("门卫").position is None
    assert (entry("联络寅").position, entry("联络寅").way) == (None, "account")


def test_what_comes_in_late_is_late_and_says_when_it_was_put_down(found: Group, muster: Muster) -> None:
    outcome = put(found, muster, "member", "门卫", at=LATER)
    assert outcome.state == "taken"
    assert "迟" in outcome.sentence
    assert stands(muster)["门卫"] == "late"
    [there] = board_of(muster, reader(found.people["leader"], LATER)).others
    assert "9:05" in there.note.replace("09:05", "9:05")


def test_two_devices_that_check_in_the_same_person_make_one_check_in(found: Group, muster: Muster) -> None:
    put(found, muster, "member", "门卫")
    with nothing_written(TABLES):
        again = put(found, muster, "leader", "门卫", at=NOW + timedelta(minutes=20))
    assert again.state == "taken"


def test_what_was_put_down_before_the_closing_is_taken_after_it_as_late(found: Group, muster: Muster) -> None:
    first = put(found, muster, "member", "门卫")
    close_muster(muster_id=muster.pk, actor=found.people["leader"], at=LATER)
    late = put(found, muster, "member", at=LATER + timedelta(hours=1))
    assert late.state == "taken"
    assert "迟" in late.sentence
    made = entry("科长戊")
    assert (made.arrived_at, made.device_at) == (LATER + timedelta(hours=1), NOW + timedelta(minutes=5))
    assert stands(muster)["科长戊"] == "late"
    facts = Entry.objects.filter(action="emergency.check_in").order_by("-pk")[0].facts
    assert '"after_closing":true' in facts
    with nothing_written(TABLES):
        assert put(found, muster, "member", at=LATER + timedelta(hours=2)) == late
        assert put(found, muster, "member", "门卫", at=LATER + timedelta(hours=1)) == first


@pytest.mark.parametrize("after", [timedelta(seconds=1), timedelta(minutes=40)])
def test_what_was_put_down_after_the_closing_is_refused_and_kept(
    found: Group, muster: Muster, after: timedelta
) -> None:
    close_muster(muster_id=muster.pk, actor=found.people["leader"], at=LATER)
    told = record(KIND, {"muster": muster.pk}, LATER + after)
    with nothing_written(TABLES):
        late = send(KIND, found.people["member"], told, LATER + timedelta(hours=1))
    assert late.state == "refused"
    moment = written((LATER + after).astimezone(CHINA), "moment")
    assert moment in late.sentence, "when it was put down, for who is told of it"


def test_what_was_put_down_before_the_muster_was_called_says_nothing_of_it(
    found: Group, muster: Muster
) -> None:
    close_muster(muster_id=muster.pk, actor=found.people["leader"], at=LATER)
    told = record(KIND, {"muster": muster.pk}, NOW - timedelta(seconds=1))
    with nothing_written(TABLES):
        assert send(KIND, found.people["member"], told, LATER).state == "refused"


@pytest.mark.parametrize(
    "change",
    [
        {"device_at": LATER + timedelta(seconds=1)},
        {"device_at": NOW - timedelta(seconds=1)},
        {"device_at": None},
        {"excused_at": LATER},
        {"absent_at": LATER},
    ],
)
def test_the_database_lets_in_after_the_closing_only_what_was_put_down_before(
    found: Group, muster: Muster, change: dict[str, Any]
) -> None:
    close_muster(muster_id=muster.pk, actor=found.people["leader"], at=LATER)
    row = entry("科长戊")
    told = {"arrived_at": LATER + timedelta(hours=1), "way": "account", "device_at": LATER, **change}
    with pytest.raises(IntegrityError, match="emergency_musterentry_of_open"), transaction.atomic():
        MusterEntry.objects.filter(pk=row.pk).update(**told)
    with nothing_written(TABLES), pytest.raises(IntegrityError), transaction.atomic():
        MusterEntry.objects.filter(pk=row.pk).update(excused_at=LATER)
    MusterEntry.objects.filter(pk=row.pk).update(arrived_at=LATER, way="account", device_at=LATER)
    with pytest.raises(IntegrityError), transaction.atomic():
        MusterEntry.objects.filter(pk=row.pk).update(device_at=NOW)


def test_a_muster_that_is_not_there_tells_nothing(found: Group, muster: Muster) -> None:
    told = record(KIND, {"muster": muster.pk + 1}, NOW)
    with nothing_written(TABLES):
        assert send(KIND, found.people["member"], told, NOW).state == "refused"
    for wrong in ({"muster": 0}, {"muster": 1, "way": "code"}, {"muster": 1, "line": "x"}):
        with pytest.raises(ValidationError):
            KIND.schema.model_validate(wrong)


def test_a_device_takes_along_those_whom_its_holder_sees_to(found: Group, muster: Muster) -> None:
    def people(who: str) -> tuple[str, set[str]]:
        pack = KIND.pack(reader(found.people[who], NOW))
        assert pack is not None
        told = orjson.dumps(pack).decode()
        assert "139" not in told, "no telephone goes along"
        [one] = pack["musters"]
        return one["own"], {name for _line, name, _section in one["people"]}

    assert people("leader") == ("waits", {"科长戊", "联络寅", "门卫", "司机"})
    assert people("member") == ("waits", {"联络寅", "门卫"})
    assert people("liaison") == ("waits", set())
    assert people("office") == ("", {"主任甲", "科长戊", "联络寅", "门卫", "司机"})
    for who in ("stranger", "inspector", "administrator"):
        assert KIND.pack(reader(found.people[who], NOW)) is None
    check_in_another(muster_id=muster.pk, line_id=line("门卫"), actor=found.people["leader"], at=NOW)
    put(found, muster, "member")
    assert people("member") == ("there", {"联络寅"})
    close_muster(muster_id=muster.pk, actor=found.people["leader"], at=LATER)
    assert KIND.pack(reader(found.people["member"], LATER)) is None


def test_the_page_of_a_muster_that_runs_leads_to_the_field_app(found: Group, muster: Muster) -> None:
    address = reverse("muster", args=(muster.pk,))
    with on(NOW):
        client = as_(found.people["member"])
        assert 'field-hint">' in client.get(address).text
        close_muster(muster_id=muster.pk, actor=found.people["leader"], at=NOW)
        assert 'field-hint">' not in client.get(address).text
