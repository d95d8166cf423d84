"""What is kept of a muster: it ends with its response, stands in the timeline, and is erased in time."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from emergency.group import NOW, Group, make_group
from emergency.test_muster import ROWS, bring, call, check_in_by_code, line, refused, stands
from songnuan.audit.models import Entry
from songnuan.emergency.actions.muster import Arrival
from songnuan.emergency.models import ActivationAct, CallLine, CallNote, Muster, MusterEntry
from songnuan.emergency.muster_queries import Caller, callers, calls_of, own_line, people_of, standings
from songnuan.emergency.muster_rules import POSITION_DAYS, TREE_DAYS, over_since
from songnuan.journeys.call_muster import close_muster
from songnuan.journeys.chase_muster import note_call, show_number
from songnuan.journeys.check_in import check_in_another, check_in_oneself
from songnuan.journeys.forget_musters import forget_musters
from songnuan.kernel.actor import SYSTEM
from songnuan.kernel.sealed import reseal

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def found() -> Group:
    return make_group()


def test_a_muster_ends_with_its_response_and_both_stand_in_the_timeline(found: Group) -> None:
    bring(found)
    row = found.activate()
    muster = call(found, row)
    check_in_by_code(code=muster.code, phone="+86 139 0000 0005", arrival=Arrival(position="here"), at=NOW)
    found.end(row)
    muster.refresh_from_db()
    assert (muster.closed_at, muster.closed_by_id) == (NOW, found.people["leader"].user_id)
    for act in (
        lambda: check_in_by_code(code=muster.code, phone="13900000001", arrival=Arrival(), at=NOW),
        lambda: check_in_oneself(
            muster_id=muster.pk, arrival=Arrival(), actor=found.people["liaison"], at=NOW
        ),
        lambda: check_in_another(
            muster_id=muster.pk, line_id=line("门卫"), actor=found.people["office"], at=NOW
        ),
    ):
        refused(act, "muster_closed")
    verbs = list(ActivationAct.objects.order_by("pk").values_list("verb", "words"))
    assert [verb for verb, _words in verbs] == ["activate", "note", "note", "stand_down"]
    assert "2月5日 10:00前到位，应到5人" in verbs[1][1]
    assert "准时1人" in verbs[2][1]
    assert MusterEntry.objects.get(line=line("司机")).position is None, "what is no position is none"


def test_nobody_notes_about_themselves(found: Group) -> None:
    """Whoever leads stands in the call tree, too: that they come, or do not, somebody else says."""
    bring(found)
    muster = call(found, found.activate())
    own = {"muster_id": muster.pk, "line_id": line("主任甲"), "actor": found.people["leader"], "at": NOW}
    refused(lambda: note_call(outcome="excused", text="病假", **own), "muster_own")  # type: ignore[arg-type]
    refused(lambda: check_in_another(**own), "muster_own")  # type: ignore[arg-type]
    refused(lambda: show_number(**own), "muster_own")  # type: ignore[arg-type]
    assert set(stands(muster).values()) == {"unknown"}


def test_who_said_that_they_come_is_called_again_once_it_is_late(found: Group) -> None:
    bring(found)
    muster = call(found, found.activate())
    caller = own_line(muster.tree_id, found.people["member"].user_id)
    above = callers([muster.tree_id])

    def to_call(minutes: int) -> set[str]:
        rows = standings(muster)
        mine = calls_of(
            muster, rows, above, Caller(caller, is_leading=False), NOW + timedelta(minutes=minutes)
        )
        return {people_of(muster, [pk])[pk].name for pk in mine}

    assert to_call(0) == {"联络寅", "门卫"}
    told = {"muster_id": muster.pk, "text": "", "actor": found.people["member"], "at": NOW}
    note_call(line_id=line("联络寅"), outcome="coming", **told)  # type: ignore[arg-type]
    note_call(line_id=line("门卫"), outcome="not_reached", **told)  # type: ignore[arg-type]
    assert to_call(0) == {"门卫"}
    assert to_call(10) == set(), "it went up to who calls the caller"
    leader = own_line(muster.tree_id, found.people["leader"].user_id)
    asks = Caller(leader, is_leading=False)
    came_up = calls_of(muster, standings(muster), above, asks, NOW + timedelta(minutes=10))
    assert line("门卫") in came_up
    assert line("联络寅") not in came_up
    asks = Caller(None, is_leading=True)
    late = calls_of(muster, standings(muster), above, asks, NOW + timedelta(minutes=61))
    assert line("联络寅") in late


def test_positions_and_names_are_erased_in_time_and_the_proof_stays(found: Group) -> None:
    bring(found)
    row = found.activate()
    muster = call(found, row)
    there = Arrival(position="23.123456,113.2,12")
    check_in_by_code(code=muster.code, phone="13900000005", arrival=there, at=NOW)
    told = {"outcome": "excused", "text": "住院", "actor": found.people["leader"], "at": NOW}
    note_call(muster_id=muster.pk, line_id=line("科长戊"), **told)  # type: ignore[arg-type]
    close_muster(muster_id=muster.pk, actor=found.people["leader"], at=NOW)
    reseal(MusterEntry, "position")  # a key is changed under a closed muster, too
    driver = line("司机")

    def forget(days: int) -> int:
        return forget_musters(actor=SYSTEM, at=NOW + timedelta(days=days, seconds=1))

    refused(
        lambda: forget_musters(actor=found.people["office"], at=NOW + timedelta(days=31)), "not_permitted"
    )
    assert forget(POSITION_DAYS - 1) == 0
    assert forget(POSITION_DAYS) == 1
    assert not MusterEntry.objects.filter(position__isnull=False).exists()
    assert forget(TREE_DAYS + 100) == 0, "it counts still"
    bring(found, ROWS[:2])
    assert forget(TREE_DAYS - 1) == 0
    before = stands(muster)
    assert forget(TREE_DAYS) == 5
    assert forget(TREE_DAYS) == 0
    gone = CallLine.objects.filter(tree=muster.tree)
    assert {(one.name, one.phone, one.phone_index) for one in gone} == {("—", None, "")}
    assert CallNote.objects.get().words == "—"
    assert sorted(one.presence for one in standings(muster)) == sorted(before.values())
    assert MusterEntry.objects.get(line=driver).arrived_at == NOW
    assert CallLine.objects.get(tree__number=2, position=1).name == "主任甲"
    facts = Entry.objects.filter(action="emergency.forget_call_tree").get().facts
    assert "13900000005" not in str(facts)
    for change in ({"section": "别处"}, {"erased_at": NOW}, {"phone_index": "x"}, {"position": 9}):
        with pytest.raises(IntegrityError), transaction.atomic():
            gone.filter(pk=driver).update(**change)
    others: tuple[dict[str, object], ...] = (
        {"place": "别处"},
        {"code": "known"},
        {"closed_at": None, "closed_by": None},
    )
    for other in others:
        with pytest.raises(IntegrityError), transaction.atomic():
            Muster.objects.update(**other)


def test_a_call_tree_of_a_closed_plan_is_over_once_its_last_muster_is() -> None:
    first, second, third = (NOW + timedelta(days=days) for days in (1, 2, 3))
    for replaced, closed, mustered, over in (
        (None, None, first, None),
        (second, None, first, second),
        (None, second, third, third),
        (second, first, None, first),
    ):
        assert over_since(replaced, closed, mustered) == over
