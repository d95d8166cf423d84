"""The night's work on kits that people pick up: in line with the roster, passed on, told once."""

from datetime import date, datetime, timedelta

import pytest

from goods.builders import NOW, snapshot
from goods.pickups import FIRST, PICKUPS, SECOND, Gate, make_gate, whole
from songnuan.goods.models import Distribution, Portion
from songnuan.jobs.models import Notice
from songnuan.journeys.keep_pickups import keep_pickups
from songnuan.kernel.actor import SYSTEM
from songnuan.kernel.refusal import NotPermitted
from songnuan.people.models import Roster, RosterStatus
from songnuan.plans.models import Measure, Question

pytestmark = pytest.mark.django_db(transaction=True)


def night(days: int) -> int:
    """Do the work of the night so many days later; return how much changed."""
    return keep_pickups(actor=SYSTEM, at=night_of(days))


def night_of(days: int) -> datetime:
    return (NOW + timedelta(days)).replace(hour=2)


def told(gate: Gate) -> list[str]:
    """Return the topics of what the office was told."""
    rows = Notice.objects.filter(user=gate.officer.user_id, message__topic__startswith="pickups.")
    return list(rows.order_by("pk").values_list("message__topic", flat=True))


def statuses(gate: Gate) -> dict[str, tuple[str, date]]:
    return {name: (gate.portion(name).status, gate.portion(name).batch.on) for name in gate.people}


def test_it_follows_the_roster_and_tells_the_office_once() -> None:
    gate = make_gate("甲", "乙")
    assert night(0) == 0
    gate.enrol("丙")
    gate.leave("乙")
    assert night(0) == 2
    assert Portion.objects.filter(status="left").get() == gate.portion("乙")
    assert gate.portion("丙").status == "open"
    before = snapshot(PICKUPS)
    assert night(0) == 0
    assert snapshot(PICKUPS)[1:] == before[1:]
    assert told(gate) == ["pickups.changed"]
    assert whole()


def test_what_was_missed_goes_on_and_after_the_last_batch_to_the_office() -> None:
    gate = make_gate("甲", "乙")
    desk = gate.desk("东门", 1)
    first = next(name for name in gate.people if gate.portion(name).batch.on == FIRST)
    second = next(name for name in gate.people if name != first)
    assert night(1) == 0  # the first batch lasts all of its day
    assert night(2) == 1
    assert statuses(gate)[first] == ("open", SECOND)
    gate.pick_up(desk, second, at=NOW + timedelta(15))
    assert night(15) == 0
    assert night(16) == 1
    assert statuses(gate) == {first: ("referred", SECOND), second: ("taken", SECOND)}
    assert night(17) == 0
    assert told(gate) == ["pickups.changed", "pickups.referred"]
    gate.enrol("丙")
    assert night(18) == 1 + 1  # made, and the office's at once
    assert statuses(gate)["丙"] == ("referred", SECOND)
    assert whole()


def test_an_answer_of_before_is_gone_by_and_an_open_one_makes_nothing() -> None:
    gate = make_gate("甲", mode=None)
    plan, settings = gate.store.house.plan, {"question": "batches", "batches": [{"day": FIRST.isoformat()}]}
    Measure.objects.filter(pk=gate.measure.pk).update(kind="pickups", settings=settings)
    asked = Question.objects.create(
        plan=plan, position=1, key="batches", clause_key="standard", text="怎么发？", blocks="payment",
        choices=[{"key": "divide", "text": "分两批"}, {"key": "rounds", "text": "发两次"}], asked_at=NOW,
    )  # fmt: skip
    assert (night(0), Portion.objects.count()) == (0, 0)
    Question.objects.filter(pk=asked.pk).update(
        answer="发两次", choice="rounds", ground="会议纪要", answered_at=NOW
    )
    assert night(0) == 2
    assert Distribution.objects.get().mode == "rounds"


def test_a_roster_that_is_not_kept_and_a_measure_that_ended_change_nothing() -> None:
    gate = make_gate("甲")
    gate.leave("甲")
    Roster.objects.filter(pk=gate.roster.pk).update(status=RosterStatus.CLOSED)
    assert (night(0), gate.portion("甲").status) == (0, "open")
    Roster.objects.filter(pk=gate.roster.pk).update(status=RosterStatus.OPEN)
    Measure.objects.filter(pk=gate.measure.pk).update(status="closed", closed_at=NOW)
    assert (night(30), gate.portion("甲").status) == (0, "open")
    assert told(gate) == []


def test_who_may_not_manage_pickups_changes_nothing() -> None:
    gate = make_gate("甲")
    gate.leave("甲")
    before = snapshot(PICKUPS)
    with pytest.raises(ExceptionGroup) as caught:
        keep_pickups(actor=gate.clerk, at=NOW)
    assert caught.group_contains(NotPermitted)
    assert snapshot(PICKUPS) == before
