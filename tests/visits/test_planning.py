"""Visits follow the pairing; a date after the deadline has a reason and somebody else's approval."""

from collections.abc import Sequence
from datetime import date
from typing import Any

import pytest

from songnuan.audit.models import Entry
from songnuan.kernel.refusal import NotPermitted, Refusal
from songnuan.organisation.permissions import Role
from songnuan.visits import actions
from songnuan.visits.actions import PlannedVisit
from songnuan.visits.models import Visit, VisitStatus
from visits.builders import DUE_ON, Bureau, acting, bureau, give, measure, moment, recorded, visit

pytestmark = pytest.mark.django_db
AFTER = date(2020, 4, 24)
DAY = date(2020, 4, 10)


@pytest.fixture
def house() -> Bureau:
    return bureau()


def pairing(house: Bureau) -> list[PlannedVisit]:
    return [
        PlannedVisit(house.lock.pk, house.lead.pk, DAY),
        PlannedVisit(house.pier.pk, house.lead.pk),
        PlannedVisit(house.gate.pk, house.other_lead.pk, date(2020, 4, 8)),
    ]


def plan(house: Bureau, rows: Sequence[PlannedVisit], **changes: Any) -> int:
    facts: dict[str, Any] = {
        "measure_id": house.measure.pk,
        "due_on": DUE_ON,
        "actor": house.officer,
        "at": moment(6),
    }
    with acting():
        return actions.plan_visits(rows=rows, **{**facts, **changes})


def rows_of(house: Bureau) -> list[tuple[int, int, date | None]]:
    rows = Visit.objects.filter(measure=house.measure).order_by("unit_id")
    return list(rows.values_list("unit_id", "lead_id", "planned_on"))


def replan(house: Bureau, planned: Visit, planned_on: date, **changes: Any) -> Visit:
    facts: dict[str, Any] = {"actor": house.liaison, "at": moment(9), **changes}
    with acting():
        return actions.replan(visit_id=planned.pk, planned_on=planned_on, **facts)


def allow(house: Bureau, planned: Visit, planned_on: date = AFTER, **changes: Any) -> Visit:
    facts: dict[str, Any] = {"actor": house.approver, "at": moment(9, 12), **changes}
    with acting():
        return actions.allow_late(visit_id=planned.pk, planned_on=planned_on, **facts)


def test_each_pair_becomes_one_visit_in_a_fixed_number_of_queries(
    house: Bureau, django_assert_max_num_queries: Any
) -> None:
    with django_assert_max_num_queries(22):
        assert plan(house, pairing(house)) == 3
    assert rows_of(house) == [
        (house.lock.pk, house.lead.pk, DAY),
        (house.pier.pk, house.lead.pk, None),
        (house.gate.pk, house.other_lead.pk, date(2020, 4, 8)),
    ]
    assert set(Visit.objects.values_list("due_on", "status")) == {(DUE_ON, "planned")}
    assert house.trail() == ["visits.plan_visits"]


def test_planning_again_changes_nothing(house: Bureau) -> None:
    plan(house, pairing(house))
    before = list(Visit.objects.order_by("pk").values())
    moved = [PlannedVisit(row.unit_id, row.lead_id, date(2020, 4, 15)) for row in pairing(house)]
    assert plan(house, pairing(house)) == 0
    assert list(Visit.objects.order_by("pk").values()) == before
    assert plan(house, moved) == 0
    dates = [row[2] for row in rows_of(house)]
    assert dates == [DAY, date(2020, 4, 15), date(2020, 4, 8)], "only a visit without a day gets one"


def test_a_day_told_anew_moves_a_visit_to_do_and_takes_its_approval_back(house: Bureau) -> None:
    done = recorded(house, house.pier, moment(8))
    planned = replan(house, visit(house, house.lock), AFTER, late_reason="汛期停航")
    allow(house, planned)
    later = date(2020, 4, 28)
    rows = [
        PlannedVisit(house.lock.pk, house.lead.pk, later, "船闸检修", moved=True),
        PlannedVisit(house.pier.pk, house.lead.pk, later, "船闸检修", moved=True),
    ]
    plan(house, rows, at=moment(10))
    planned.refresh_from_db()
    assert (planned.planned_on, planned.late_reason, planned.late_approved) == (later, "船闸检修", False)
    assert planned.planned_by_id == house.officer.user_id
    done.refresh_from_db()
    assert done.planned_on == DAY


def test_a_visit_is_not_moved_to_a_day_that_is_over(house: Bureau) -> None:
    planned = visit(house, house.lock, DAY)
    rows = [PlannedVisit(house.lock.pk, house.lead.pk, date(2020, 4, 7), moved=True)]
    with pytest.raises(Refusal) as caught:
        plan(house, rows, at=moment(9))
    assert caught.value.code == "planned_in_past"
    planned.refresh_from_db()
    assert planned.planned_on == DAY


def test_a_visit_to_do_follows_the_new_lead_and_a_recorded_one_stays(house: Bureau) -> None:
    done = recorded(house, house.lock, moment(8))
    open_one = visit(house, house.pier)
    swapped = [
        PlannedVisit(house.lock.pk, house.other_lead.pk),
        PlannedVisit(house.pier.pk, house.other_lead.pk),
    ]
    assert plan(house, swapped) == 0
    for row in (done, open_one):
        row.refresh_from_db()
    assert (done.lead_id, open_one.lead_id) == (house.lead.pk, house.other_lead.pk)


def test_another_measure_has_its_own_visits(house: Bureau) -> None:
    plan(house, pairing(house))
    second = measure(house.plan, "second")
    assert plan(house, pairing(house), measure_id=second.pk) == 3
    assert Visit.objects.count() == 6


def test_a_unit_in_two_rows_is_refused(house: Bureau) -> None:
    twice = [*pairing(house), PlannedVisit(house.lock.pk, house.other_lead.pk)]
    with pytest.raises(Refusal) as caught:
        plan(house, twice)
    assert caught.value.code == "unit_twice"
    assert not Visit.objects.exists()


def test_a_row_after_the_deadline_says_why(house: Bureau) -> None:
    row = PlannedVisit(house.lock.pk, house.lead.pk, AFTER)
    with pytest.raises(Refusal) as caught:
        plan(house, [row])
    assert caught.value.code == "late_reason_missing"
    assert "东江船闸卡点" in caught.value.sentence
    assert not Visit.objects.exists()
    plan(house, [PlannedVisit(house.lock.pk, house.lead.pk, AFTER, "汛期停航")])
    assert Visit.objects.values_list("late_reason", "late_approved").get() == ("汛期停航", False)


@pytest.mark.parametrize("who", ["liaison", "approver", "office"])
def test_who_does_not_open_plans_plans_no_visits(house: Bureau, who: str) -> None:
    with pytest.raises(NotPermitted):
        plan(house, pairing(house), actor=getattr(house, who))
    assert not Visit.objects.exists()


@pytest.mark.parametrize("who", ["liaison", "officer"])
def test_the_lead_or_the_officer_sets_another_date(house: Bureau, who: str) -> None:
    planned = visit(house, house.lock, DAY)
    actor = getattr(house, who)
    made = replan(house, planned, date(2020, 4, 13), actor=actor)
    assert (made.planned_on, made.planned_by_id) == (date(2020, 4, 13), actor.user_id)
    assert (made.status, made.late_reason) == (VisitStatus.PLANNED, "")
    entry = Entry.objects.get(action="visits.replan")
    assert '"from":"2020-04-10"' in entry.facts
    assert '"to":"2020-04-13"' in entry.facts


@pytest.mark.parametrize("who", ["stranger", "approver", "office"])
def test_others_set_no_date(house: Bureau, who: str) -> None:
    planned = visit(house, house.lock, DAY)
    with pytest.raises(NotPermitted):
        replan(house, planned, date(2020, 4, 13), actor=getattr(house, who))
    planned.refresh_from_db()
    assert planned.planned_on == DAY


def test_a_date_that_is_over_is_refused(house: Bureau) -> None:
    planned = visit(house, house.lock, DAY)
    with pytest.raises(Refusal) as caught:
        replan(house, planned, date(2020, 4, 8))
    assert (caught.value.code, caught.value.field) == ("planned_in_past", "planned_on")
    planned.refresh_from_db()
    assert planned.planned_on == DAY
    assert replan(house, planned, date(2020, 4, 9)).planned_on == date(2020, 4, 9)


def test_a_recorded_visit_is_not_replanned(house: Bureau) -> None:
    done = recorded(house, house.lock, moment(8))
    with pytest.raises(Refusal) as caught:
        replan(house, done, date(2020, 4, 13))
    assert caught.value.code == "wrong_state"
    done.refresh_from_db()
    assert done.planned_on == DAY


def test_a_date_after_the_deadline_needs_a_reason_and_waits_for_approval(house: Bureau) -> None:
    planned = visit(house, house.lock, DAY)
    with pytest.raises(Refusal) as caught:
        replan(house, planned, AFTER)
    assert caught.value.code == "late_reason_missing"
    planned.refresh_from_db()
    assert planned.planned_on == DAY
    made = replan(house, planned, AFTER, late_reason="汛期停航")
    assert (made.planned_on, made.late_reason, made.late_approved) == (AFTER, "汛期停航", False)


def test_another_person_allows_it(house: Bureau) -> None:
    planned = replan(house, visit(house, house.lock), AFTER, late_reason="汛期停航")
    with pytest.raises(NotPermitted):
        allow(house, planned, actor=house.officer)
    assert allow(house, planned).late_approved
    with pytest.raises(Refusal) as caught:
        allow(house, planned)
    assert caught.value.code == "wrong_state"


def test_a_new_date_takes_the_approval_back(house: Bureau) -> None:
    planned = replan(house, visit(house, house.lock), AFTER, late_reason="汛期停航")
    allow(house, planned)
    later = replan(house, planned, date(2020, 4, 28), late_reason="汛期停航")
    assert not later.late_approved
    with pytest.raises(Refusal) as caught:
        allow(house, planned, AFTER)  # the approver still looks at the old date
    assert caught.value.code == "wrong_state"
    within = replan(house, planned, date(2020, 4, 20), late_reason="不再需要")
    assert (within.late_reason, within.late_approved) == ("", False)


def test_who_set_the_date_does_not_allow_it(house: Bureau) -> None:
    give(house.liaison, Role.APPROVER, house.bureau)
    planned = replan(house, visit(house, house.lock), AFTER, late_reason="汛期停航")
    with pytest.raises(NotPermitted) as caught:
        allow(house, planned, actor=house.liaison)
    assert caught.value.code == "own_plan"
    planned.refresh_from_db()
    assert not planned.late_approved


def test_a_date_in_time_needs_no_approval(house: Bureau) -> None:
    planned = visit(house, house.lock, DAY)
    with pytest.raises(Refusal) as caught:
        allow(house, planned, DAY)
    assert caught.value.code == "wrong_state"
