"""Who is called together and who came: the call tree, states, who may do what, and once each."""

from datetime import timedelta
from functools import partial
from tempfile import TemporaryFile
from uuid import uuid4

import pytest
from django.db import IntegrityError, transaction
from hypothesis import given
from hypothesis import strategies as st

from emergency.group import NOW, Group, make_group
from goods.builders import snapshot
from hands import together
from songnuan.emergency.actions.muster import Arrival, Call
from songnuan.emergency.call_tree_file import read
from songnuan.emergency.models import Activation, CallLine, CallNote, CallTree, Muster, MusterEntry
from songnuan.emergency.muster_queries import standings
from songnuan.emergency.muster_rules import (
    Presence,
    ToldLine,
    callers_of,
    presence,
    responsible,
    steps_below_top,
    steps_up,
)
from songnuan.jobs.models import OutboxMessage
from songnuan.journeys import check_in as checking
from songnuan.journeys.call_muster import call_muster, close_muster
from songnuan.journeys.chase_muster import note_call, show_number
from songnuan.journeys.check_in import AT_THE_PLACE, check_in_another, check_in_oneself
from songnuan.journeys.set_call_tree import set_call_tree
from songnuan.kernel.refusal import Refusal
from songnuan.organisation.models import User

pytestmark = pytest.mark.django_db(transaction=True)
TABLES = (CallTree, CallLine, Muster, MusterEntry, CallNote)
DUE = NOW + timedelta(hours=1)
ROWS = (
    ("主任甲", "13900000001", "领导", "", "leader"),
    ("科长戊", "13900000002", "社区科", "主任甲", "member"),
    ("联络寅", "13900000003", "社区科", "科长戊", "liaison"),
    ("门卫", "", "后勤科", "13900000002", ""),
    ("司机", "13900000005", "后勤科", "主任甲", ""),
)


@pytest.fixture
def found() -> Group:
    return make_group()


def table(found: Group, rows: tuple[tuple[str, ...], ...] = ROWS) -> bytes:
    """Return a call tree as .csv; accounts are named by what their people are."""
    lines = ["姓名,手机号,科室,由谁通知,账号"]
    for *told, who in rows:
        name = User.objects.get(pk=found.people[who].user_id or 0).username if who in found.people else who
        lines.append(",".join([*told, name]))
    return "\n".join(lines).encode()


def bring(found: Group, rows: tuple[tuple[str, ...], ...] = ROWS, who: str = "office") -> CallTree:
    actor = found.people[who]
    content = table(found, rows)
    return set_call_tree(measure_id=found.measure.pk, content=content, name="a.csv", actor=actor, at=NOW)


def call(found: Group, row: Activation, who: str = "leader", **changes: object) -> Muster:
    told: dict[str, object] = {"place": "一楼大厅", "due_at": DUE, "escalate_minutes": 10, **changes}
    pk = call_muster(
        activation_id=row.pk,
        call=Call(**told),  # type: ignore[arg-type]
        key=uuid4(),
        actor=found.people[who],
        at=NOW,
    )
    return Muster.objects.get(pk=pk)


def refused(act: object, code: str) -> str:
    before = snapshot(TABLES)
    with pytest.raises(Refusal) as told:
        act()  # type: ignore[operator]
    assert told.value.code == code
    assert snapshot(TABLES) == before
    return told.value.sentence


def line(name: str) -> int:
    return next(one.pk for one in CallLine.objects.order_by("-pk") if one.name == name)


check_in_by_code = partial(checking.check_in_by_code, actor=AT_THE_PLACE)


def stands(muster: Muster) -> dict[str, str]:
    return {one.line.name: one.presence.value for one in standings(muster)}


def test_a_table_becomes_the_call_tree_and_the_next_takes_its_place(found: Group) -> None:
    tree = bring(found)
    above = {one.name: one.caller.name if one.caller else "" for one in CallLine.objects.filter(tree=tree)}
    assert above == {"主任甲": "", "科长戊": "主任甲", "联络寅": "科长戊", "门卫": "科长戊", "司机": "主任甲"}
    refused(lambda: bring(found), "calltree_same")
    for who in ("leader", "member", "stranger", "inspector"):
        refused(lambda w=who: bring(found, ROWS[:2], w), "not_permitted")
    assert bring(found, ROWS[:2]).number == 2


@pytest.mark.parametrize(
    ("rows", "words"),
    [
        ((("", "13900000001", "", "", ""),), "第2行"),
        ((("甲", "139", "", "", ""),), "第2行"),
        ((("甲", "13900000001", "", "", ""), ("乙", "13900000001", "", "", "")), "第3行"),
        ((("甲", "", "", "丙", ""),), "丙"),
        ((("甲", "", "", "", ""), ("甲", "", "", "", ""), ("乙", "", "", "甲", "")), "第4行"),
        ((("甲", "", "", "乙", ""), ("乙", "", "", "甲", "")), "第2行"),
        ((("甲", "", "", "甲", ""),), "第2行"),
        ((("甲", "", "", "", "nobody-here"),), "nobody-here"),
        ((("长" * 61, "", "", "", ""),), "60"),
    ],
)
def test_a_faulty_table_is_refused_with_its_row(
    found: Group, rows: tuple[tuple[str, ...], ...], words: str
) -> None:
    assert words in refused(lambda: bring(found, rows), "calltree_row")


def test_a_long_way_up_is_looked_at_once_for_each_row() -> None:
    """A chain of thousands is a table like another: nobody waits for its square."""
    rows = [ToldLine(at + 2, f"人{at}", "", "", f"人{at - 1}" if at else "", "") for at in range(5000)]
    assert callers_of(rows)[-1] == 4998
    assert steps_below_top(rows, callers_of(rows))[-1] == 4999


def test_a_table_without_heads_or_people_is_refused() -> None:
    for content, code in ((b"a,b\n1,2\n", "calltree_headings"), ("姓名,手机号\n".encode(), "calltree_empty")):
        with TemporaryFile() as file:
            file.write(content)
            with pytest.raises(Refusal) as told:
                read(file, "a.csv")
        assert told.value.code == code


@given(st.lists(st.one_of(st.none(), st.integers(0, 7)), min_size=1, max_size=8))
def test_who_calls_whom_is_a_forest_or_refused(above: list[int | None]) -> None:
    rows = [
        ToldLine(at + 2, f"人{at}", "", "", f"人{one}" if one is not None else "", "")
        for at, one in enumerate(above)
    ]

    def ends(at: int) -> bool:
        seen: set[int] = set()
        here: int | None = at
        while here is not None:
            if here in seen or here >= len(above):
                return False
            seen.add(here)
            here = above[here]
        return True

    if all(map(ends, range(len(above)))):
        assert callers_of(rows) == above
    else:
        with pytest.raises(Refusal):
            callers_of(rows)


def test_who_is_called_is_told_and_checks_in_in_three_ways(found: Group) -> None:
    bring(found)
    muster = call(found, found.activate())
    told = OutboxMessage.objects.filter(topic="emergency.muster")
    assert {one.recipient_id for one in told} == {
        found.people[who].user_id for who in ("leader", "member", "liaison")
    }
    assert set(stands(muster).values()) == {"unknown"}
    by_code = {"code": muster.code, "arrival": Arrival(position="23.123456,113.2,12")}
    check_in_by_code(**by_code, phone="139 0000 0005", at=DUE)  # type: ignore[arg-type]
    check_in_oneself(
        muster_id=muster.pk, arrival=Arrival(), actor=found.people["liaison"], at=DUE + timedelta(minutes=1)
    )
    check_in_another(muster_id=muster.pk, line_id=line("门卫"), actor=found.people["member"], at=NOW)
    note_call(
        muster_id=muster.pk,
        line_id=line("科长戊"),
        outcome="excused",
        text="住院",
        actor=found.people["leader"],
        at=NOW,
    )
    assert stands(muster) == {
        "主任甲": "unknown",
        "科长戊": "excused",
        "联络寅": "late",
        "门卫": "on_time",
        "司机": "on_time",
    }
    first = MusterEntry.objects.get(line=line("司机"))
    again = check_in_by_code(**by_code, phone="13900000005", at=DUE + timedelta(hours=1))  # type: ignore[arg-type]
    assert (again.arrived_at, again.position, first.checked_in_by) == (DUE, "23.123456,113.2,12", None)
    late = check_in_another(muster_id=muster.pk, line_id=line("科长戊"), actor=found.people["office"], at=DUE)
    assert late.arrived_at == DUE
    assert stands(muster)["科长戊"] == "on_time", "who came has come, whatever was said before"


def test_one_who_presses_ten_times_is_there_once(found: Group) -> None:
    bring(found)
    muster = call(found, found.activate())

    def press() -> None:
        check_in_by_code(code=muster.code, phone="13900000005", arrival=Arrival(), at=NOW)

    assert together(*[press] * 10) == {"done": 10}
    assert MusterEntry.objects.filter(arrived_at__isnull=False).count() == 1


def test_who_may_not_changes_nothing(found: Group) -> None:
    bring(found)
    row = found.activate()
    for who, code in (
        ("member", "not_permitted"),
        ("stranger", "not_permitted"),
        ("system", "person_needed"),
    ):
        refused(lambda w=who: call(found, row, w), code)
    muster = call(found, row, "office")
    people = found.people

    def note(who: str, name: str, outcome: str = "not_reached", text: str = "") -> CallNote:
        told = {"outcome": outcome, "text": text, "actor": people[who], "at": NOW}
        return note_call(muster_id=muster.pk, line_id=line(name), **told)  # type: ignore[arg-type]

    for who, name in (("member", "司机"), ("liaison", "门卫"), ("inspector", "门卫")):
        refused(lambda a=(who, name): note(*a), "muster_not_yours")
        refused(
            lambda a=(who, name): check_in_another(
                muster_id=muster.pk, line_id=line(a[1]), actor=people[a[0]], at=NOW
            ),
            "muster_not_yours",
        )
        refused(
            lambda a=(who, name): show_number(
                muster_id=muster.pk, line_id=line(a[1]), actor=people[a[0]], at=NOW
            ),
            "muster_not_yours",
        )
    refused(lambda: note("member", "门卫", "absent"), "words_missing")
    refused(lambda: note("member", "门卫", "asleep"), "call_outcome")
    number = show_number(muster_id=muster.pk, line_id=line("联络寅"), actor=people["member"], at=NOW)
    assert number == "13900000003"
    refused(
        lambda: show_number(muster_id=muster.pk, line_id=line("门卫"), actor=people["member"], at=NOW),
        "phone_missing",
    )
    for phone in ("13900000009", "x" * 1000, ""):
        refused(
            lambda p=phone: check_in_by_code(code=muster.code, phone=p, arrival=Arrival(), at=NOW),
            "muster_phone",
        )
    refused(
        lambda: check_in_by_code(code="none", phone="13900000005", arrival=Arrival(), at=NOW),
        "muster_unknown",
    )
    refused(
        lambda: check_in_oneself(muster_id=muster.pk, arrival=Arrival(), actor=people["officer"], at=NOW),
        "muster_stranger",
    )


def test_a_muster_needs_a_call_tree_lies_ahead_and_runs_alone(found: Group) -> None:
    row = found.activate()
    refused(lambda: call(found, row), "calltree_missing")
    bring(found)
    refused(lambda: call(found, row, due_at=NOW), "muster_past")
    refused(lambda: call(found, row, escalate_minutes=0), "muster_minutes")
    refused(lambda: call(found, row, place=" "), "words_missing")
    muster = call(found, row)
    refused(lambda: call(found, row), "muster_runs")
    bring(found, ROWS[:2])
    assert len(stands(muster)) == 5, "a later call tree changes nothing of it"
    refused(lambda: close_muster(muster_id=muster.pk, actor=found.people["member"], at=NOW), "not_permitted")
    close_muster(muster_id=muster.pk, actor=found.people["leader"], at=NOW)
    refused(
        lambda: check_in_by_code(code=muster.code, phone="13900000005", arrival=Arrival(), at=NOW),
        "muster_closed",
    )
    assert set(stands(muster).values()) == {"unknown"}
    assert call(found, row).number == 2
    found.end(row)
    refused(lambda: call(found, row), "activation_ended")


def test_the_database_takes_no_check_in_back(found: Group) -> None:
    bring(found)
    muster = call(found, found.activate())
    check_in_another(muster_id=muster.pk, line_id=line("司机"), actor=found.people["leader"], at=NOW)
    there = MusterEntry.objects.filter(line=line("司机"))
    for change in (
        {"arrived_at": None, "way": "", "checked_in_by": None},
        {"arrived_at": NOW - timedelta(hours=1)},
        {"checked_in_by": found.people["member"].user_id},
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            there.update(**change)
    close_muster(muster_id=muster.pk, actor=found.people["leader"], at=NOW)
    with pytest.raises(IntegrityError), transaction.atomic():
        MusterEntry.objects.filter(line=line("门卫")).update(excused_at=NOW)
    with pytest.raises(IntegrityError), transaction.atomic():
        CallTree.objects.update(lines=1)


def test_who_is_not_reached_goes_up_the_tree() -> None:
    above = {1: None, 2: 1, 3: 2}
    for minutes, sees in ((0, 2), (9, 2), (10, 1), (19, 1), (20, None), (600, None)):
        steps = steps_up(NOW, 10, NOW + timedelta(minutes=minutes))
        assert responsible(3, above, steps) == sees, minutes
    assert steps_up(NOW, 10, NOW - timedelta(minutes=5)) == 0


@given(
    arrived=st.one_of(st.none(), st.integers(-5, 5)),
    excused=st.one_of(st.none(), st.integers(-5, 5)),
    absent=st.one_of(st.none(), st.integers(-5, 5)),
)
def test_how_somebody_stands_is_one_of_five(
    arrived: int | None, excused: int | None, absent: int | None
) -> None:
    at = [None if one is None else DUE + timedelta(minutes=one) for one in (arrived, excused, absent)]
    found = presence(DUE, *at)
    if arrived is not None:
        assert found == (Presence.ON_TIME if arrived <= 0 else Presence.LATE)
    elif excused is None and absent is None:
        assert found == Presence.UNKNOWN
    elif absent is None or (excused is not None and excused >= absent):
        assert found == Presence.EXCUSED
    else:
        assert found == Presence.ABSENT
