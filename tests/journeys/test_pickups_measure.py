"""The measure of kits that people pick up: opened as the plan says, its figures, its evidence, its answer."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from goods.builders import NOW, acting, snapshot
from goods.pickups import FIRST, PICKUPS, SECOND, Gate, make_gate, whole
from songnuan.goods import actions as goods
from songnuan.goods.models import Distribution, Portion
from songnuan.goods.pickup_states import Mode
from songnuan.journeys.answer_question import answer_question
from songnuan.journeys.measures.base import State
from songnuan.journeys.measures.kit_purchase import terms_of
from songnuan.journeys.measures.pickups import KIND
from songnuan.journeys.open_pickups import open_pickups
from songnuan.kernel.days import written
from songnuan.kernel.refusal import Refusal
from songnuan.plans.models import Measure, Question

pytestmark = pytest.mark.django_db(transaction=True)

DAYS = [{"day": SECOND.isoformat(), "place": "西门"}, {"day": FIRST.isoformat(), "place": "东门"}]


def planned(gate: Gate, **settings: object) -> Measure:
    """Let the measure of the gate be one of the plan's text."""
    kit = Measure.objects.get(pk=gate.store.house.measure.pk)
    told = {"kit": kit.key, "batches": DAYS, **settings}
    if "question" not in told:
        told.setdefault("mode", "divide")
    Measure.objects.filter(pk=gate.measure.pk).update(kind="pickups", settings=told)
    return Measure.objects.select_related("plan").get(pk=gate.measure.pk)


def unopened(*names: str, **settings: object) -> tuple[Gate, Measure]:
    """Make the gate with nothing handed out yet."""
    gate = make_gate(*names)
    for table in PICKUPS[::-1]:
        table.objects.all().delete()
    return gate, planned(gate, **settings)


def asked(gate: Gate, key: str = "batches") -> Question:
    """Let the plan leave open what the batches are."""
    return Question.objects.create(
        plan=gate.store.house.plan,
        position=Question.objects.count() + 1,
        key=key,
        asked_at=NOW,
        clause_key="standard",
        text="两批怎么发？",
        blocks="payment",
        choices=[{"key": "divide", "text": "分两批"}, {"key": "rounds", "text": "发两次"}],
    )


def figures(measure: Measure, day: int = 0) -> tuple[int, int, int, State]:
    """Return done, due, late and state so many days later."""
    one = KIND.progress([measure], NOW + timedelta(days=day))[measure.pk]
    return one.done, one.due, one.late, one.state


def test_it_is_opened_as_the_plan_says_with_the_roster_that_it_names() -> None:
    gate, measure = unopened("甲", "乙", "丙")
    with pytest.raises(Refusal) as refused:
        open_pickups(measure_id=measure.pk, actor=gate.officer, at=NOW)
    assert (refused.value.code, Distribution.objects.count()) == ("roster_unchosen", 0)
    planned(gate, roster=gate.roster.key)
    row = open_pickups(measure_id=measure.pk, actor=gate.officer, at=NOW)
    assert (row.kit_id, row.roster_id, row.mode) == (gate.store.kit_id, gate.roster.pk, "divide")
    assert list(row.batches.order_by("position").values_list("on", "place")) == [
        (FIRST, "东门"),
        (SECOND, "西门"),
    ]
    assert Portion.objects.count() == 3
    assert open_pickups(measure_id=measure.pk, actor=gate.officer, at=NOW) == row
    assert whole()


def test_a_plan_without_its_kit_opens_nothing() -> None:
    gate, measure = unopened("甲", kit="other")
    with pytest.raises(Refusal) as refused:
        open_pickups(measure_id=measure.pk, roster_id=gate.roster.pk, actor=gate.officer, at=NOW)
    assert (refused.value.code, Distribution.objects.count()) == ("pickups_kit_missing", 0)


def test_the_need_for_kits_follows_the_roster_before_and_after_it_is_opened() -> None:
    gate, measure = unopened("甲", "乙", "丙")
    buying = Measure.objects.select_related("plan").get(pk=gate.store.house.measure.pk)
    settings = {**buying.settings, "fund": "x", "standard_yuan": "80", "units": 1, "people": 9, "kit": [
        {"item": "苹果", "packing": "箱", "quantity": 1}]}  # fmt: skip
    Measure.objects.filter(pk=buying.pk).update(settings=settings)
    buying.refresh_from_db()
    assert terms_of(buying).kits == 9  # nobody has named a roster
    planned(gate, roster=gate.roster.key)
    assert terms_of(buying).kits == 3
    planned(gate, roster=gate.roster.key, mode="rounds")
    assert terms_of(buying).kits == 6
    planned(gate, roster=gate.roster.key)
    open_pickups(measure_id=measure.pk, actor=gate.officer, at=NOW)
    gate.distribution = Distribution.objects.get()
    gate.enrol("丁")
    gate.align()
    assert terms_of(buying).kits == 4
    measure.refresh_from_db()
    assert "4" in KIND.progress([measure], NOW)[measure.pk].notes[0]


def test_figures_go_from_the_opening_to_what_nobody_fetched() -> None:
    gate, measure = unopened("甲", "乙", "丙")
    measure = planned(gate, roster=gate.roster.key)
    assert figures(measure) == (0, 3, 0, State.WAITING)
    gate.distribution = open_pickups(measure_id=measure.pk, actor=gate.officer, at=NOW)
    assert written(FIRST) in KIND.progress([measure], NOW)[measure.pk].next
    desk = gate.desk("东门", 3)
    gate.pick_up(desk, "甲")
    assert figures(measure) == (1, 3, 0, State.ON_TIME)
    assert figures(measure, 15) == (1, 3, 0, State.ON_TIME)  # the last batch lasts all of its day
    assert figures(measure, 16) == (1, 3, 2, State.LATE)
    late = KIND.progress([measure], NOW + timedelta(days=16))[measure.pk]
    assert late.late_names == ("澄江省水运管理局",)
    with acting():
        goods.pass_missed_on(distribution_id=gate.distribution.pk, actor=gate.officer, at=NOW + timedelta(16))
    assert figures(measure, 16) == (1, 3, 2, State.LATE)
    with acting():
        for name in ("乙", "丙"):
            goods.settle_portion(
                portion_id=gate.portion(name).pk, reason="本人放弃", actor=gate.officer, at=NOW
            )
    assert figures(measure, 16) == (1, 1, 0, State.DONE)


def test_what_waits_for_a_decision_is_said_and_leaves_the_measure_undecided() -> None:
    gate = make_gate("甲")
    measure = planned(gate)
    for desk in (gate.desk("东门", 1), gate.desk("西门", 1)):
        gate.pick_up(desk, "甲")
    one = KIND.progress([measure], NOW)[measure.pk]
    assert (one.done, one.due, one.state) == (1, 1, State.WAITING)
    assert len(one.notes) == 2
    assert one.next
    labels = [(row.label, row.note) for row in KIND.evidence(measure, NOW)]
    assert len(labels) == 2
    assert [bool(note) for _label, note in labels] == [False, True]
    assert not any("甲" in label for label, _note in labels)


def test_the_answer_says_what_batches_are_and_what_waits_for_it_goes_on() -> None:
    gate, measure = unopened("甲", "乙", roster="", question="batches")
    asked(gate)
    plan = gate.store.house.plan
    row = open_pickups(measure_id=measure.pk, roster_id=gate.roster.pk, actor=gate.officer, at=NOW)
    assert (row.mode, Portion.objects.count()) == ("", 0)
    assert figures(measure) == (0, 2, 0, State.WAITING)
    asked(gate, "other")
    answer_question(
        slug=plan.slug,
        key="other",
        choice="rounds",
        ground="会议纪要",
        actor=gate.store.house.officer,
        at=NOW,
    )
    row.refresh_from_db()
    assert row.mode == ""
    answer_question(
        slug=plan.slug,
        key="batches",
        choice="rounds",
        ground="会议纪要",
        actor=gate.store.house.officer,
        at=NOW,
    )
    row.refresh_from_db()
    assert row.mode == Mode.ROUNDS
    with acting():
        goods.align(distribution_id=row.pk, actor=gate.officer, at=NOW)
    assert figures(measure) == (0, 4, 0, State.WAITING)


def test_an_answer_that_is_refused_decides_nothing() -> None:
    gate, measure = unopened("甲", question="batches")
    asked(gate)
    open_pickups(measure_id=measure.pk, roster_id=gate.roster.pk, actor=gate.officer, at=NOW)
    before = snapshot(PICKUPS)
    with pytest.raises(Refusal):
        answer_question(
            slug=gate.store.house.plan.slug, key="batches", choice="both", ground="会议纪要",
            actor=gate.store.house.officer, at=NOW,
        )  # fmt: skip
    assert snapshot(PICKUPS) == before


def test_figures_take_as_many_queries_for_many_people_as_for_few() -> None:
    gate = make_gate("甲")
    measure = planned(gate)

    def counted() -> int:
        with CaptureQueriesContext(connection) as queries:
            KIND.progress([measure], NOW)
        return len(queries)

    few = counted()
    gate.enrol(*[f"教师{number}" for number in range(30)])
    gate.align()
    assert counted() == few
