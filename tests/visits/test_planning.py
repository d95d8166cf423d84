"""Visits follow the pairing; a date after the deadline has a reason and somebody else's approval."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from songnuan.audit.models import Entry
from songnuan.kernel.refusal import NotPermitted, Refusal
from songnuan.organisation.permissions import Role
from songnuan.visits import actions
from songnuan.visits.actions import PlannedVisit
from songnuan.visits.models import LaterDay, Visit, VisitStatus
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


def ask(house: Bureau, planned: Visit, day: date = AFTER, **changes: Any) -> LaterDay:
    """Ask for a day after the deadline."""
    replan(house, planned, day, late_reason="汛期停航", **changes)
    return LaterDay.objects.get(visit=planned, status="waiting")


def allow(house: Bureau, asked: LaterDay, **changes: Any) -> Visit:
    facts: dict[str, Any] = {"actor": house.approver, "at": moment(9, 12), **changes}
    with acting():
        return actions.allow_late(later_day_id=asked.pk, **facts)


def send_back(house: Bureau, asked: LaterDay, **changes: Any) -> LaterDay:
    facts: dict[str, Any] = {
        "remark": "请安排在期限之内",
        "actor": house.approver,
        "at": moment(9, 12),
        **changes,
    }
    with acting():
        return actions.return_late(later_day_id=asked.pk, **facts)


def states(planned: Visit) -> list[tuple[date, str]]:
    """Return the later days asked for the visit, in order."""
    return list(LaterDay.objects.filter(visit=planned).order_by("pk").values_list("day", "status"))


def standing(planned: Visit) -> tuple[date | None, str, bool]:
    """Return the day that stands, its reason, and whether it is a later one that was allowed."""
    planned.refresh_from_db()
    return planned.planned_on, planned.late_reason, planned.late_approved


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


def test_a_later_day_told_anew_is_asked_for_and_what_was_allowed_stands(house: Bureau) -> None:
    done = recorded(house, house.pier, moment(8))
    planned = visit(house, house.lock)
    allow(house, ask(house, planned))
    later = date(2020, 4, 28)
    rows = [
        PlannedVisit(house.lock.pk, house.lead.pk, later, "船闸检修", moved=True),
        PlannedVisit(house.pier.pk, house.lead.pk, later, "船闸检修", moved=True),
    ]
    for _again in range(2):
        plan(house, rows, at=moment(10))
    assert standing(planned) == (AFTER, "汛期停航", True)
    assert states(planned) == [(AFTER, "allowed"), (later, "waiting")]
    assert LaterDay.objects.get(status="waiting").asked_by_id == house.officer.user_id
    done.refresh_from_db()
    assert (done.planned_on, states(done)) == (DAY, [])


def test_a_day_in_time_told_anew_takes_back_what_waits(house: Bureau) -> None:
    planned = visit(house, house.lock)
    ask(house, planned)
    row = PlannedVisit(house.lock.pk, house.lead.pk, date(2020, 4, 20), moved=True)
    plan(house, [row], at=moment(10))
    assert standing(planned) == (date(2020, 4, 20), "", False)
    assert states(planned) == [(AFTER, "withdrawn")]


def test_a_later_day_of_the_table_is_asked_for_once(house: Bureau) -> None:
    row = PlannedVisit(house.lock.pk, house.lead.pk, AFTER, "汛期停航")
    assert plan(house, [row]) == 1
    planned = Visit.objects.get()
    assert standing(planned) == (None, "", False)
    asked = LaterDay.objects.get()
    assert (asked.day, asked.reason, asked.asked_by_id) == (AFTER, "汛期停航", house.officer.user_id)
    plan(house, [row], at=moment(7))
    send_back(house, asked)
    plan(house, [row], at=moment(10))
    assert states(planned) == [(AFTER, "returned")], "the same table again does not ask again"
    plan(house, [replace(row, moved=True)], at=moment(10))
    assert states(planned) == [(AFTER, "returned"), (AFTER, "waiting")]


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


def test_a_day_that_stands_already_is_refused(house: Bureau) -> None:
    planned = visit(house, house.lock, DAY)
    ask(house, planned)
    with pytest.raises(Refusal) as caught:
        replan(house, planned, AFTER, late_reason="汛期停航")
    assert (caught.value.code, caught.value.field) == ("day_unchanged", "planned_on")
    assert states(planned) == [(AFTER, "waiting")]
    replan(house, planned, DAY)
    assert (standing(planned), states(planned)) == ((DAY, "", False), [(AFTER, "withdrawn")])
    with pytest.raises(Refusal) as caught:
        replan(house, planned, DAY)
    assert caught.value.code == "day_unchanged"
    assert house.trail() == ["visits.ask_later", "visits.replan"]


def test_a_date_after_the_deadline_needs_a_reason_and_the_old_one_stands(house: Bureau) -> None:
    planned = visit(house, house.lock, DAY)
    with pytest.raises(Refusal) as caught:
        replan(house, planned, AFTER)
    assert caught.value.code == "late_reason_missing"
    assert (standing(planned), states(planned)) == ((DAY, "", False), [])
    asked = ask(house, planned)
    assert (asked.reason, asked.asked_by_id, asked.asked_at) == (
        "汛期停航",
        house.liaison.user_id,
        moment(9),
    )
    assert standing(planned) == (DAY, "", False)
    assert house.trail() == ["visits.ask_later"]


@pytest.mark.parametrize("who", ["approver", "office"])
def test_the_one_who_signs_or_the_office_allows_it(house: Bureau, who: str) -> None:
    planned = visit(house, house.lock)
    asked = ask(house, planned)
    actor = getattr(house, who)
    allow(house, asked, actor=actor)
    assert standing(planned) == (AFTER, "汛期停航", True)
    asked.refresh_from_db()
    assert (asked.status, asked.decided_by_id, asked.decided_at) == ("allowed", actor.user_id, moment(9, 12))
    for decide in (allow, send_back):
        with pytest.raises(Refusal) as caught:
            decide(house, asked)
        assert caught.value.code == "wrong_state"
    assert house.trail() == ["visits.ask_later", "visits.allow_late"]


@pytest.mark.parametrize("who", ["approver", "office"])
def test_the_one_who_signs_or_the_office_returns_it_with_a_remark(house: Bureau, who: str) -> None:
    planned = visit(house, house.lock, DAY)
    asked = ask(house, planned)
    with pytest.raises(Refusal) as caught:
        send_back(house, asked, remark=" ")
    assert (caught.value.code, caught.value.field) == ("remark_missing", "remark")
    assert states(planned) == [(AFTER, "waiting")]
    actor = getattr(house, who)
    made = send_back(house, asked, actor=actor)
    assert (made.status, made.remark, made.decided_by_id) == ("returned", "请安排在期限之内", actor.user_id)
    assert standing(planned) == (DAY, "", False), "the old day stands again"
    for decide in (allow, send_back):
        with pytest.raises(Refusal) as caught:
            decide(house, asked)
        assert caught.value.code == "wrong_state"
    assert house.trail() == ["visits.ask_later", "visits.return_late"]


@pytest.mark.parametrize("who", ["officer", "liaison", "stranger"])
@pytest.mark.parametrize("decide", [allow, send_back])
def test_nobody_else_decides(house: Bureau, who: str, decide: Callable[..., object]) -> None:
    planned = visit(house, house.lock, DAY)
    asked = ask(house, planned, actor=house.officer)
    with pytest.raises(NotPermitted):
        decide(house, asked, actor=getattr(house, who))
    assert (standing(planned), states(planned)) == ((DAY, "", False), [(AFTER, "waiting")])


@pytest.mark.parametrize("role", [Role.APPROVER, Role.EPIDEMIC_OFFICE])
@pytest.mark.parametrize("decide", [allow, send_back])
def test_who_asked_does_not_decide(house: Bureau, role: Role, decide: Callable[..., object]) -> None:
    give(house.liaison, role, house.bureau)
    planned = visit(house, house.lock, DAY)
    asked = ask(house, planned)
    with pytest.raises(NotPermitted) as caught:
        decide(house, asked, actor=house.liaison)
    assert caught.value.code == "own_plan"
    assert (standing(planned), states(planned)) == ((DAY, "", False), [(AFTER, "waiting")])


def test_a_new_day_takes_back_what_waits_and_leaves_what_was_allowed(house: Bureau) -> None:
    planned = visit(house, house.lock)
    first = ask(house, planned)
    second = ask(house, planned, date(2020, 4, 28))
    assert states(planned) == [(AFTER, "withdrawn"), (date(2020, 4, 28), "waiting")]
    with pytest.raises(Refusal) as caught:
        allow(house, first)  # the approver still looks at the old request
    assert caught.value.code == "wrong_state"
    allow(house, second)
    ask(house, planned, date(2020, 4, 29))
    assert standing(planned) == (date(2020, 4, 28), "汛期停航", True)
    replan(house, planned, date(2020, 4, 20), late_reason="不再需要")
    assert standing(planned) == (date(2020, 4, 20), "", False)
    assert [status for _day, status in states(planned)] == ["withdrawn", "allowed", "withdrawn"]


def test_the_allowed_day_is_kept_by_choosing_it_while_another_waits(house: Bureau) -> None:
    planned = visit(house, house.lock)
    allow(house, ask(house, planned))
    ask(house, planned, date(2020, 4, 28))
    replan(house, planned, AFTER, late_reason="汛期停航")
    assert standing(planned) == (AFTER, "汛期停航", True)
    assert [status for _day, status in states(planned)] == ["allowed", "withdrawn"]


def test_a_day_that_is_over_is_not_allowed_any_more(house: Bureau) -> None:
    planned = visit(house, house.lock)
    asked = ask(house, planned)
    with pytest.raises(Refusal) as caught:
        allow(house, asked, at=moment(25))
    assert caught.value.code == "later_day_over"
    assert states(planned) == [(AFTER, "waiting")]
    assert send_back(house, asked, at=moment(25)).status == "returned"


def test_what_nobody_asked_for_is_not_decided(house: Bureau) -> None:
    for decide in (allow, send_back):
        with pytest.raises(Refusal) as caught:
            decide(house, LaterDay(pk=999))
        assert caught.value.code == "later_day_unknown"


@pytest.mark.parametrize(
    "facts",
    [
        {"status": "allowed"},
        {"status": "returned", "decided_at": moment(10)},
        {"decided_at": moment(10)},
        {"reason": ""},
        {"status": "lost", "decided_at": moment(10)},
    ],
)
def test_the_database_itself_keeps_later_days_whole(house: Bureau, facts: dict[str, Any]) -> None:
    asked = ask(house, visit(house, house.lock))
    with pytest.raises(IntegrityError), transaction.atomic():
        LaterDay.objects.filter(pk=asked.pk).update(**facts)


def test_the_database_itself_refuses_two_that_wait_and_a_decision_of_ones_own(house: Bureau) -> None:
    asked = ask(house, visit(house, house.lock))
    with pytest.raises(IntegrityError), transaction.atomic():
        LaterDay.objects.create(visit=asked.visit, day=AFTER, reason="汛期停航", asked_at=moment(9))
    own = {"status": "allowed", "decided_at": moment(10), "decided_by_id": asked.asked_by_id}
    with pytest.raises(IntegrityError), transaction.atomic():
        LaterDay.objects.filter(pk=asked.pk).update(**own)
