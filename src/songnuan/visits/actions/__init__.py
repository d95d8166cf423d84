"""The only writers of visits: the days of visits here, reports and what belongs to them beside."""

from collections.abc import Sequence
from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext as _

from songnuan.approvals.rules import remark_of
from songnuan.audit import record as trail
from songnuan.kernel.actor import Actor
from songnuan.kernel.bulk import digest_rows
from songnuan.kernel.days import beside
from songnuan.kernel.refusal import NotPermitted, Refusal
from songnuan.organisation.permissions import Permission
from songnuan.organisation.queries import day_of, permits, require
from songnuan.plans.models import Measure
from songnuan.visits import asking, planning
from songnuan.visits.access import find_visit, require_recorder
from songnuan.visits.actions import placing
from songnuan.visits.actions.field import add_photos, chase, keep_position, show_contact, sign_later
from songnuan.visits.actions.leaders import attach_leader_problem, record_leader, withdraw_leader
from songnuan.visits.actions.reports import attach_problem, correct, record
from songnuan.visits.day_rules import in_time_to_plan, late_reason_for, refuse_same_day
from songnuan.visits.lifecycle import LATER_DAY, VISIT
from songnuan.visits.models import LaterDay, Visit
from songnuan.visits.noting import note
from songnuan.visits.planning import PlannedVisit
from songnuan.visits.schedule_queries import arrangement
from songnuan.visits.scheduling.breaks import Break
from songnuan.visits.scheduling.problem import DaySpot
from songnuan.visits.spots import changed

__all__ = [
    "PlannedVisit",
    "add_photos",
    "allow_late",
    "attach_leader_problem",
    "attach_problem",
    "chase",
    "correct",
    "keep_position",
    "plan_visits",
    "record",
    "record_leader",
    "replan",
    "return_late",
    "show_contact",
    "sign_later",
    "withdraw_leader",
]


@transaction.atomic(savepoint=False)
def plan_visits(
    *, measure_id: int, rows: Sequence[PlannedVisit], due_on: date, actor: Actor, at: datetime
) -> int:
    """Bring a measure's visits in line with the pairing; return how many were added.

    Units without a visit get one. A visit still to do follows the deadline and its unit's new lead, gets
    the row's day where it has none, and moves to a day told anew (`PlannedVisit.moved`) as by `replan`.
    Other dates and visits recorded stay as they are, so that repeating it changes nothing.

    Raises:
        NotPermitted: The actor may not open the plan.
        Refusal: `unit_twice` when a unit stands in two rows, `late_reason_missing` with the unit's name,
            `planned_in_past`.

    """
    # The lock makes repeated plannings of one measure follow each other.
    measure = Measure.objects.select_related("plan").select_for_update(of=("self",)).get(pk=measure_id)
    require(actor, Permission.PLAN_OPEN, unit_id=measure.plan.unit_id, at=at)
    if len({row.unit_id for row in rows}) != len(rows):
        raise Refusal("unit_twice", _("A unit stands in the pairing twice. Leave each unit one lead."))
    order = planning.Order(measure_id, due_on, actor, at)
    rows = planning.with_reasons(rows, order)
    there = set(Visit.objects.filter(measure_id=measure_id).values_list("unit_id", flat=True))
    known = [row for row in rows if row.unit_id in there]
    fresh = [row for row in rows if row.unit_id not in there]
    planning.follow_deadline(order)
    added = planning.add(fresh, order)
    moved = planning.follow_leads(known, order)
    dated = planning.follow_days(known, order)
    facts = {
        "added": added,
        "moved": moved,
        "dated": dated,
        "due_on": due_on.isoformat(),
        "rows": digest_rows((row.unit_id, row.lead_id, row.planned_on) for row in rows),
    }
    trail.record(
        stream=f"plan:{measure.plan.slug}",
        action="visits.plan_visits",
        subject=f"plans.measure:{measure_id}",
        actor=actor,
        at=at,
        facts=facts,
    )
    return added


@transaction.atomic(savepoint=False)
def replan(*, visit_id: int, planned_on: date, late_reason: str = "", actor: Actor, at: datetime) -> Visit:
    """Set the date of a visit still to do; one after the deadline is asked for, with its reason.

    Until `allow_late` the day that stood before stands. A new date takes back one that still waits. The team
    stays, and the time where it can be kept; what breaks a hard rule of the schedule needs a reason, as
    where a visit is placed: `late_reason` says it too.

    Raises:
        NotPermitted: The actor neither writes the plan nor records this visit.
        Refusal: `planned_in_past`, `planned_too_far`, `late_reason_missing`, `late_reason_too_long`,
            `day_unchanged`, `rule_broken`, `reason_too_long`, `wrong_state` when it is recorded already,
            `visit_unknown`.

    """
    visit = find_visit(visit_id)
    if not permits(actor, Permission.PLAN_WRITE, unit_id=visit.measure.plan.unit_id, at=at):
        require_recorder(actor, unit_id=visit.unit_id, lead_id=visit.lead_id, at=at)
    in_time_to_plan(planned_on, day_of(at))
    reason = late_reason_for(planned_on, visit.due_on, late_reason)
    # What stands is read in turn: somebody else may be moving it.
    placing.in_turn(visit.measure.plan_id)
    visit.refresh_from_db(fields=["planned_on", "planned_start", "planned_team", "break_reason"])
    stands = visit.planned_on
    refuse_same_day(planned_on, stands=stands, waits=asking.waits(visit_id), reason=reason)
    facts: dict[str, object] = {"from": stands.isoformat() if stands else None, "to": planned_on.isoformat()}
    facts["late"] = planned_on > visit.due_on
    if planned_on > visit.due_on and planned_on != stands:
        VISIT.move_one(Visit.objects.filter(pk=visit_id), "ask_later")
        asking.ask([visit_id], planned_on, reason, actor, at)
        note(visit, "ask_later", actor, at, facts)
    else:
        broken = _set_day(visit, planned_on, late_reason, actor, at)
        asking.withdraw([visit_id], at)
        note(visit, "replan", actor, at, {**facts, "rules": [one.rule.value for one in broken]})
    visit.refresh_from_db()
    return visit


def _set_day(visit: Visit, planned_on: date, why: str, actor: Actor, at: datetime) -> list[Break]:
    """Set a day in time, or once more the later one that was allowed; return what the visit breaks there."""
    if planned_on == visit.planned_on:
        # A later day is taken back: the spot that stands stays as it is, with its reason.
        VISIT.move_one(Visit.objects.filter(pk=visit.pk), "replan", **changed())
        return []
    found = arrangement(visit.measure.plan, {visit.lead_id}, at)
    spot = placing.spot_on(found, visit, DaySpot(planned_on, placing.there(visit, found)))
    # What is not to be made any more is refused by the move, or has no schedule to break.
    broken = placing.broken_at(found, visit.pk, spot) if visit.pk in found.visits else []
    changes = placing.day_columns(found, spot)
    if planned_on <= visit.due_on:
        changes |= {"late_reason": "", "late_approved": False}
    VISIT.move_one(
        Visit.objects.filter(pk=visit.pk),
        "replan",
        planned_on=planned_on,
        planned_by_id=actor.user_id,
        **{**changes, "break_reason": placing.kept_reason(broken, why, found, "late_reason")},
    )
    return broken


@transaction.atomic(savepoint=False)
def allow_late(*, later_day_id: int, remark: str = "", actor: Actor, at: datetime) -> Visit:
    """Allow the day after the deadline that was asked for; it is the visit's day from now on.

    Raises:
        NotPermitted: The actor may not allow later days of the plan, or asked for it (`own_plan`).
        Refusal: `later_day_over` when the day is over, `remark_too_long`, `wrong_state` when it was
            decided or taken back, or the visit is recorded; `later_day_unknown`.

    """
    asked = _to_decide(later_day_id, actor, at)
    if asked.day < day_of(at):
        sentence = _("%(day)s is over. Return it, so that another day is asked for.")
        day = beside(asked.day, day_of(at))
        raise Refusal("later_day_over", sentence % {"day": day}, later_day=asked.pk)
    visit = asked.visit
    found = arrangement(visit.measure.plan, {visit.lead_id}, at)
    spot = placing.spot_on(found, visit, DaySpot(asked.day, placing.there(visit, found)))
    VISIT.move_one(
        Visit.objects.filter(pk=asked.visit_id),
        "allow_late",
        planned_on=asked.day,
        planned_by_id=asked.asked_by_id,
        late_reason=asked.reason,
        late_approved=True,
        **placing.day_columns(found, spot),
    )
    _decide(asked, "allow", remark_of(remark, required=False), actor, at)
    return Visit.objects.get(pk=asked.visit_id)


@transaction.atomic(savepoint=False)
def return_late(*, later_day_id: int, remark: str, actor: Actor, at: datetime) -> LaterDay:
    """Return a day after the deadline with a remark; the day that stood before stands.

    Raises:
        NotPermitted: As `allow_late`.
        Refusal: `remark_missing`, `remark_too_long`, `wrong_state` when it was decided or taken back,
            `later_day_unknown`.

    """
    asked = _to_decide(later_day_id, actor, at)
    _decide(asked, "return", remark_of(remark, required=True), actor, at)
    asked.refresh_from_db()
    return asked


def _to_decide(later_day_id: int, actor: Actor, at: datetime) -> LaterDay:
    """Return the later day, if the actor may decide about it."""
    asked = asking.find(later_day_id)
    require(actor, Permission.VISIT_ALLOW, unit_id=asked.visit.measure.plan.unit_id, at=at)
    if actor.user_id is not None and actor.user_id == asked.asked_by_id:
        sentence = _("You asked for this day yourself. Someone else has to decide.")
        raise NotPermitted("own_plan", sentence, later_day=later_day_id)
    return asked


def _decide(asked: LaterDay, verb: str, remark: str, actor: Actor, at: datetime) -> None:
    LATER_DAY.move_one(
        LaterDay.objects.filter(pk=asked.pk), verb, decided_by_id=actor.user_id, decided_at=at, remark=remark
    )
    facts = {"later_day": asked.pk, "planned_on": asked.day.isoformat()}
    note(asked.visit, f"{verb}_late", actor, at, facts)
