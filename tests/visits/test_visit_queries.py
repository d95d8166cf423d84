"""What pages and measures read of visits."""

from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from songnuan.organisation.models import Unit
from songnuan.organisation.permissions import Permission
from songnuan.organisation.queries import scope
from songnuan.tasks.models import Task
from songnuan.visits import queries
from songnuan.visits.models import InspectionResult, Visit, VisitProblem
from songnuan.visits.rules import InspectionAnswer, Member
from visits.builders import (
    DUE_ON,
    SLUG,
    Bureau,
    bureau,
    later,
    measure,
    moment,
    places,
    recorded,
    unit,
    visit,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def house() -> Bureau:
    return bureau()


def reports(house: Bureau) -> queries.ReportFigures:
    """Return how the reports of its plan came in, each due within a day."""
    return queries.report_figures({house.plan.pk: timedelta(hours=24)}, moment(16))[house.plan.pk]


def problem(house: Bureau, made: Visit, **facts: Any) -> VisitProblem:
    row: dict[str, Any] = {
        "plan_slug": SLUG,
        "source": f"visits.visit:{made.pk}",
        "title": "夜班岗亭缺取暖设备",
        "owner": house.lead,
        "unit": made.unit,
        "raised_at": moment(10),
        "due_on": date(2020, 4, 14),
        "original_due_on": date(2020, 4, 15),
    }
    task = Task.objects.create(**{**row, **facts})
    return VisitProblem.objects.create(visit=made, task=task, answer="当场答应协调")


def test_progress_counts_each_visit_once(house: Bureau) -> None:
    recorded(house, house.lock, moment(9))
    recorded(house, house.pier, moment(22), due_on=DUE_ON)
    visit(house, house.gate, date(2020, 4, 23), late_reason="汛期停航", late_approved=True)
    later(house, unit("南口卡点"), date(2020, 4, 24))
    figures = queries.progress([house.measure.pk], moment(21))[house.measure.pk]
    assert (figures.total, figures.recorded, figures.scheduled, figures.without_plan) == (4, 2, 1, 1)
    assert figures.asked_later == 1
    assert (figures.late_recorded, figures.overdue, figures.overdue_unit_ids) == (1, 0, ())
    assert (figures.first_recorded_at, figures.last_recorded_at) == (moment(9, 11), moment(22, 11))


def test_overdue_is_a_missed_plan_or_deadline_by_chinas_calendar(house: Bureau) -> None:
    undated = visit(house, house.pier, None)
    missed = visit(house, house.lock, date(2020, 4, 10))
    asked = later(house, unit("南口卡点"), date(2020, 4, 30), date(2020, 4, 15)).visit
    allowed = visit(house, house.gate, date(2020, 4, 23), late_reason="汛期停航", late_approved=True)

    def units_at(day: int, hour: int) -> tuple[int, ...]:
        return queries.progress([house.measure.pk], moment(day, hour))[house.measure.pk].overdue_unit_ids

    assert units_at(10, 23) == ()
    assert units_at(11, 0) == (missed.unit_id,)  # midnight in China, still the 10th in UTC
    assert units_at(16, 0) == (missed.unit_id, asked.unit_id), "what is only asked for moves nothing"
    assert units_at(22, 0) == (missed.unit_id, asked.unit_id, undated.unit_id), "longest overdue first"
    assert units_at(24, 0)[-1] == allowed.unit_id, "a later day that was allowed takes the deadline's place"


def test_a_measure_without_visits_has_zeros(house: Bureau) -> None:
    empty = measure(house.plan, "empty")
    visit(house, house.lock)
    figures = queries.progress([empty.pk, house.measure.pk], moment(10))
    assert figures[empty.pk] == queries.VisitFigures()
    assert figures[house.measure.pk].total == 1


@pytest.mark.parametrize("measures", [1, 6])
def test_progress_takes_two_queries_however_many_measures(
    house: Bureau, django_assert_num_queries: Any, measures: int
) -> None:
    rows = [measure(house.plan, f"m{number}") for number in range(measures)]
    for row in rows:
        for place in (house.lock, house.pier):
            visit(house, place, measure=row)
    with django_assert_num_queries(2):
        figures = queries.progress([row.pk for row in rows], moment(25))
    assert [figures[row.pk].overdue for row in rows] == [2] * measures


class TestProgress(TestCase):
    """Progress against a count done the slow and obvious way."""

    @given(
        st.lists(
            st.tuples(
                st.one_of(st.none(), st.dates(date(2020, 4, 8), date(2020, 4, 25))),
                st.one_of(st.none(), st.integers(8, 25)),
            ),
            max_size=6,
        ),
        st.integers(7, 26),
    )
    def test_it_agrees_with_counting_by_hand(
        self, rows: list[tuple[date | None, int | None]], day: int
    ) -> None:
        """Every visit is recorded, scheduled or without a day; overdue ones are among the latter two."""
        house, today = bureau(), date(2020, 4, day)
        to_do = [planned_on for planned_on, done in rows if done is None]
        for number, (planned_on, done) in enumerate(rows):
            is_later = planned_on is not None and planned_on > DUE_ON
            facts: dict[str, Any] = {"late_reason": "汛期停航", "late_approved": True} if is_later else {}
            place = unit(f"卡点{number}")
            if done is None:
                visit(house, place, planned_on, **facts)
            else:
                recorded(house, place, moment(done), planned_on=planned_on, **facts)
        figures = queries.progress([house.measure.pk], moment(day, 0))[house.measure.pk]
        assert figures.total == len(rows)
        assert figures.recorded == len(rows) - len(to_do)
        assert figures.without_plan == to_do.count(None)
        assert figures.scheduled == len(to_do) - to_do.count(None)
        assert figures.late_recorded == sum(done is not None and done > 21 for _planned, done in rows)
        missed = [planned for planned in to_do if (DUE_ON if planned is None else planned) < today]
        assert figures.overdue == len(missed) == len(figures.overdue_unit_ids)


def test_a_measures_visits_stand_by_date_with_their_marks(house: Bureau) -> None:
    undated = visit(house, house.gate, None)
    done = recorded(house, house.lock, moment(22), planned_on=date(2020, 4, 9))
    problem(house, done)
    problem(house, done)
    missed = visit(house, house.pier, date(2020, 4, 8))
    rows = queries.of_measure(house.measure.pk, date(2020, 4, 10))
    assert [row.visit_id for row in rows] == [missed.pk, done.pk, undated.pk]
    assert [row.overdue for row in rows] == [True, False, False]
    assert [row.problems for row in rows] == [0, 2, 0]
    assert (rows[1].late, rows[1].late_approved, rows[1].happened_at) == (True, False, moment(22))
    assert (rows[0].unit_id, rows[0].lead_id) == (house.pier.pk, house.lead.pk)


def test_a_later_day_that_waits_stands_beside_the_day_that_holds(house: Bureau) -> None:
    asked = later(house, house.lock, date(2020, 4, 24), date(2020, 4, 14))
    later(house, house.pier, date(2020, 4, 25), status="returned", remark="请按期走访", decided_at=moment(10))
    rows = {row.unit_id: row for row in queries.of_measure(house.measure.pk, date(2020, 4, 15))}
    row, other = rows[house.lock.pk], rows[house.pier.pk]
    assert (row.planned_on, row.asked_on, row.asked_reason) == (date(2020, 4, 14), asked.day, "汛期停航")
    assert row.overdue, "until it is allowed the old day counts"
    assert (other.asked_on, other.asked_reason, other.overdue) == (None, "", False)


def test_what_waits_is_listed_for_all_but_who_asked(house: Bureau) -> None:
    first = later(house, house.lock, date(2020, 4, 24), date(2020, 4, 14))
    later(house, house.pier, date(2020, 4, 25), asked_at=moment(10))
    later(house, house.gate, date(2020, 4, 26), status="withdrawn", decided_at=moment(10))
    rows = queries.waiting_for(house.approver.user_id, [house.plan.pk])
    assert [(row.unit_id, row.day) for row in rows] == [
        (house.lock.pk, date(2020, 4, 24)),
        (house.pier.pk, date(2020, 4, 25)),
    ]
    assert rows[0] == queries.WaitingDay(
        first.visit_id, house.lock.pk, house.plan.pk, first.day, date(2020, 4, 14), "汛期停航", "方巡河"
    )
    assert queries.waiting_for(house.liaison.user_id, [house.plan.pk]) == []
    assert queries.waiting_for(house.approver.user_id, []) == []


def test_a_lead_sees_what_it_still_has_to_do(house: Bureau) -> None:
    recorded(house, house.lock, moment(9))
    mine = visit(house, house.pier, date(2020, 4, 12))
    theirs = visit(house, house.gate, date(2020, 4, 8), lead=house.other_lead)
    day = date(2020, 4, 10)
    assert [row.visit_id for row in queries.for_lead([house.lead.pk], day)] == [mine.pk]
    both = queries.for_lead([house.lead.pk, house.other_lead.pk], day)
    assert [(row.visit_id, row.overdue) for row in both] == [(theirs.pk, True), (mine.pk, False)]
    assert queries.for_lead([], day) == []


def test_the_feed_is_newest_first_page_by_page(house: Bureau) -> None:
    spots = places(5)
    received = [11, 9, 13, 9, 10]
    made = [recorded(house, place, moment(day)) for place, day in zip(spots, received, strict=True)]
    problem(house, made[2])
    visit(house, house.lock)
    expected = [made[2].pk, made[0].pk, made[4].pk, made[3].pk, made[1].pk]
    first = queries.feed(Unit.objects.all(), limit=2)
    pages = [*first]
    while first:
        first = queries.feed(Unit.objects.all(), since=pages[-1].visit_id, limit=2)
        pages += first
    assert [row.visit_id for row in pages] == expected
    assert (pages[0].problems, pages[0].delay) == (1, timedelta(hours=1))


def test_the_feed_shows_what_the_reader_may_see(house: Bureau) -> None:
    seen = recorded(house, house.lock, moment(9))
    recorded(house, house.gate, moment(9), lead=house.other_lead)
    rows = queries.feed(scope(house.liaison, Permission.VISIT_VIEW, moment(10)))
    assert [row.visit_id for row in rows] == [seen.pk]


def test_the_receiver_is_masked_unless_asked_for(house: Bureau) -> None:
    made = recorded(house, house.lock, moment(9))
    masked, plain = queries.detail(made.pk), queries.detail(made.pk, unmasked=True)
    assert masked is not None
    assert plain is not None
    assert (masked.receiver_name, plain.receiver_name) == ("赵*江", "赵守江")


def test_the_detail_tells_everything(house: Bureau) -> None:
    made = recorded(house, house.lock, moment(9), recorded_by_id=house.liaison.user_id)
    InspectionResult.objects.create(visit=made, item_key="masks", result="fail", note="不足")
    raised = problem(house, made)
    detail = queries.detail(made.pk)
    assert detail is not None
    assert (detail.plan_slug, detail.recorded_by) == (SLUG, "方巡河")
    assert detail.members == (Member("方巡河", None),)
    assert detail.inspection == (InspectionAnswer("masks", "fail", "不足"),)
    (row,) = detail.problems
    assert (row.task_id, row.title, row.answer) == (raised.task_id, "夜班岗亭缺取暖设备", "当场答应协调")
    assert (row.due_on, row.original_due_on, row.status) == (date(2020, 4, 14), date(2020, 4, 15), "open")


def test_the_detail_of_a_visit_to_do_is_empty_where_nothing_happened(house: Bureau) -> None:
    detail = queries.detail(visit(house, house.lock).pk)
    assert detail is not None
    assert (detail.receiver_name, detail.happened_at, detail.members) == ("", None, ())
    assert queries.detail(999) is None


def test_a_plans_delays_run_from_the_visit_to_its_receipt(house: Bureau) -> None:
    assert reports(house).delays == ()
    for place, hours in {house.lock: 1, house.pier: 30, house.gate: 3}.items():
        recorded(house, place, moment(9), received_at=moment(9) + timedelta(hours=hours))
    assert reports(house).delays == tuple(timedelta(hours=count) for count in (1, 3, 30))


def test_what_is_not_reported_stands_by_its_day_and_waits_as_long_as_the_plan_says(house: Bureau) -> None:
    spots = places(4)
    for spot, day in zip(spots, (13, 9, None, 15), strict=True):
        visit(house, spot, date(2020, 4, day) if day else None)  # without a day it is due on the 21st
    recorded(house, unit("已走访"), moment(9))

    def missing(hours: int) -> list[int]:
        found = queries.report_figures({house.plan.pk: timedelta(hours=hours)}, moment(16))
        return list(found[house.plan.pk].missing)

    assert missing(24) == [spots[1].pk, spots[0].pk]
    assert missing(0) == [spots[1].pk, spots[0].pk, spots[3].pk]
    assert missing(24 * 5) == [spots[1].pk]


def test_a_plans_visits_and_evidence_run_over_its_measures(house: Bureau) -> None:
    second = measure(house.plan, "second")
    later = recorded(house, house.lock, moment(9), received_at=moment(12))
    sooner = recorded(house, house.lock, moment(10), measure=second)
    visit(house, house.pier)
    assert reports(house).visits == 3
    received = queries.received_of_plan(house.plan.pk)
    assert [row.visit_id for row in received] == [sooner.pk, later.pk]
    assert [row.visit_id for row in queries.recorded(house.measure.pk)] == [later.pk]


def test_inspections_are_counted_by_visit_and_by_item(house: Bureau) -> None:
    first, second = recorded(house, house.lock, moment(9)), recorded(house, house.pier, moment(10))
    recorded(house, house.gate, moment(11))
    for made, key, result in ((first, "a", "fail"), (first, "b", "fail"), (second, "a", "pass")):
        InspectionResult.objects.create(visit=made, item_key=key, result=result)
    figures = queries.inspection_figures([house.plan.pk, 999])
    assert figures == {
        house.plan.pk: queries.InspectionFigures(visits=3, inspected=2, failed=2),
        999: queries.InspectionFigures(),
    }
    assert [row.visit_id for row in queries.inspected(house.plan.pk)] == [first.pk, second.pk]
