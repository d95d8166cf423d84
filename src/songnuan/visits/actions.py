"""The only writers of visits."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime

from django.db import transaction
from django.db.models import Case, F, Value, When
from django.utils.translation import gettext as _

from songnuan.approvals.rules import remark_of
from songnuan.audit import record as trail
from songnuan.kernel.actor import Actor
from songnuan.kernel.bulk import digest_rows
from songnuan.kernel.clock import CHINA
from songnuan.kernel.days import beside
from songnuan.kernel.refusal import NotPermitted, Refusal
from songnuan.organisation.permissions import Permission
from songnuan.organisation.queries import day_of, permits, require
from songnuan.plans.models import Measure
from songnuan.tasks.models import Task
from songnuan.visits import asking, planning
from songnuan.visits.access import colleagues, find_visit, require_recorder
from songnuan.visits.lifecycle import LATER_DAY, VISIT
from songnuan.visits.models import (
    InspectionResult,
    LaterDay,
    Visit,
    VisitMember,
    VisitProblem,
    VisitStatus,
)
from songnuan.visits.planning import PlannedVisit
from songnuan.visits.rules import (
    Begun,
    FieldProblem,
    InspectionAnswer,
    Member,
    Report,
    ReportRefused,
    examine,
    in_time_to_plan,
    is_before_plan,
    is_late,
    late_reason_for,
    needs_entry_reason,
    refuse_same_day,
    tidy,
)
from songnuan.visits.spots import day_alone

__all__ = ["PlannedVisit", "allow_late", "attach_problem", "plan_visits", "record", "replan", "return_late"]


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

    Until `allow_late` the day that stood before stands. A new date takes back one that still waits.

    Raises:
        NotPermitted: The actor neither writes the plan nor records this visit.
        Refusal: `planned_in_past`, `planned_too_far`, `late_reason_missing`, `late_reason_too_long`,
            `day_unchanged`, `wrong_state` when it is recorded already, `visit_unknown`.

    """
    visit = find_visit(visit_id)
    if not permits(actor, Permission.PLAN_WRITE, unit_id=visit.measure.plan.unit_id, at=at):
        require_recorder(actor, unit_id=visit.unit_id, lead_id=visit.lead_id, at=at)
    in_time_to_plan(planned_on, day_of(at))
    reason = late_reason_for(planned_on, visit.due_on, late_reason)
    stands = visit.planned_on
    refuse_same_day(planned_on, stands=stands, waits=asking.waits(visit_id), reason=reason)
    same = Visit.objects.filter(pk=visit_id)
    if planned_on > visit.due_on and planned_on != stands:
        VISIT.move_one(same, "ask_later")
        asking.ask([visit_id], planned_on, reason, actor, at)
        verb = "ask_later"
    else:
        changes: dict[str, object] = {"planned_on": planned_on, "planned_by_id": actor.user_id}
        if planned_on <= visit.due_on:
            changes |= {"late_reason": "", "late_approved": False}
        changes |= day_alone()
        VISIT.move_one(same, "replan", **changes)
        asking.withdraw([visit_id], at)
        verb = "replan"
    facts = {"from": stands.isoformat() if stands else None, "to": planned_on.isoformat()}
    _note(visit, verb, actor, at, {**facts, "late": planned_on > visit.due_on})
    visit.refresh_from_db()
    return visit


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
    VISIT.move_one(
        Visit.objects.filter(pk=asked.visit_id),
        "allow_late",
        planned_on=asked.day,
        planned_by_id=asked.asked_by_id,
        late_reason=asked.reason,
        late_approved=True,
        **day_alone(),
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
    _note(asked.visit, f"{verb}_late", actor, at, facts)


@transaction.atomic(savepoint=False)
def record(
    *,
    visit_id: int,
    form: str,
    form_reason: str = "",
    happened_at: datetime,
    device_at: datetime | None,
    received_at: datetime,
    clock_skew_seconds: int = 0,
    prevention: str,
    prevention_note: str = "",
    conditions: str,
    receiver_name: str,
    signature_id: int | None,
    confirmed_by_name: bool = False,
    members: Sequence[Member],
    inspection: Sequence[InspectionAnswer] = (),
    inspection_items: Sequence[str] = (),
    late_reason: str = "",
    entry_reason: str = "",
    actor: Actor,
    at: datetime,
) -> Visit:
    """Record that a visit took place, once. A late visit, and a late entry, are marked and not refused.

    The report is as in `rules.Report`; `signature_id` a stored file, `inspection_items` a checklist's keys.

    Raises:
        NotPermitted: The actor may not record visits for this lead at this unit.
        ReportRefused: The report is wrong or lacks something; it holds every problem.
        Refusal: `wrong_state` when the visit is recorded already, `visit_unknown`.

    """
    visit = find_visit(visit_id)
    require_recorder(actor, unit_id=visit.unit_id, lead_id=visit.lead_id, at=at)
    begun = Begun(visit.measure.plan.starts_on, visit.measure.opened_at)
    known, strangers = _members(members, visit, happened_at)
    report = tidy(
        Report(
            form=form,
            form_reason=form_reason,
            happened_at=happened_at,
            device_at=device_at,
            received_at=received_at,
            clock_skew_seconds=clock_skew_seconds,
            prevention=prevention,
            prevention_note=prevention_note,
            conditions=conditions,
            receiver_name=receiver_name,
            signed=signature_id is not None or confirmed_by_name,
            members=known,
            inspection=inspection,
            late_reason=late_reason,
            entry_reason=entry_reason,
        )
    )
    if problems := [*examine(report, begun=begun, items=inspection_items), *strangers]:
        raise ReportRefused(problems)
    _write_report(visit, report, signature_id, actor, at, begun=begun, confirmed_by_name=confirmed_by_name)
    _note(visit, "record", actor, at, _facts(visit, report))
    return visit


@transaction.atomic(savepoint=False)
def attach_problem(
    *, visit_id: int, task_id: int, answer: str = "", actor: Actor, at: datetime
) -> VisitProblem:
    """Keep with a recorded visit the task that a problem raised there became, and the `answer` given there.

    Raises:
        NotPermitted: The actor may not record visits for this lead at this unit.
        Refusal: `not_recorded`, `task_elsewhere` when another visit raised the task or it is linked
            already, `visit_unknown`.

    """
    visit = find_visit(visit_id)
    require_recorder(actor, unit_id=visit.unit_id, lead_id=visit.lead_id, at=at)
    if visit.status != VisitStatus.RECORDED:
        raise Refusal("not_recorded", _("Record the visit first, then the problems raised at it."))
    ours = Task.objects.filter(pk=task_id, source=f"visits.visit:{visit_id}")
    if not ours.exists() or VisitProblem.objects.filter(task_id=task_id).exists():
        raise Refusal("task_elsewhere", _("This problem was not raised at this visit."), task=task_id)
    problem = VisitProblem.objects.create(visit=visit, task_id=task_id, answer=answer.strip())
    _note(visit, "attach_problem", actor, at, {"task": task_id})
    return problem


def _members(
    members: Sequence[Member], visit: Visit, happened_at: datetime
) -> tuple[list[Member], list[FieldProblem]]:
    """Return the members, those with an account under its name; and the problem that one is not the lead's.

    Who has an account held a post at the lead, or below it, on the day of the visit.
    """
    asked = {member.user_id for member in members if member.user_id is not None}
    known = dict(
        colleagues(visit.lead_id, day_of(happened_at)).filter(pk__in=asked).values_list("pk", "name")
    )
    named = [replace(member, name=known.get(member.user_id or 0, member.name)) for member in members]
    if asked <= known.keys():
        return named, []
    sentence = _("Choose the people from the list, or write their names.")
    return named, [FieldProblem("members", "member_unknown", sentence)]


def _write_report(
    visit: Visit,
    report: Report,
    signature_id: int | None,
    actor: Actor,
    at: datetime,
    *,
    begun: Begun,
    confirmed_by_name: bool,
) -> None:
    late = is_late(report.happened_at, visit.due_on)
    late_entry = needs_entry_reason(report.happened_at, report.received_at, begun)
    waits = asking.waits(visit.pk)
    reason = report.late_reason or (waits[1] if waits and late else "")
    day = report.happened_at.astimezone(CHINA).date()
    # An approval holds for the date it was given for, and not for a still later one.
    within_approved = Case(
        When(late_approved=True, planned_on__gte=day, then=Value(True)),
        default=Value(False),
    )
    VISIT.move_one(
        Visit.objects.filter(pk=visit.pk),
        "record",
        form=report.form,
        form_reason=report.form_reason,
        happened_at=report.happened_at,
        device_at=report.device_at,
        received_at=report.received_at,
        clock_skew_seconds=report.clock_skew_seconds,
        recorded_by_id=actor.user_id,
        prevention=report.prevention,
        prevention_note=report.prevention_note,
        conditions=report.conditions,
        receiver_name=report.receiver_name,
        signature_id=signature_id,
        confirmed_by_name=confirmed_by_name and signature_id is None,
        late=late,
        late_entry=late_entry,
        before_plan=is_before_plan(report.happened_at, begun),
        # Of a report in time nothing is kept: whoever typed a reason and then mended the date has none.
        entry_reason=report.entry_reason if late_entry else "",
        late_approved=within_approved if late else False,
        late_reason=reason or F("late_reason"),
    )
    asking.withdraw([visit.pk], at)
    VisitMember.objects.bulk_create(
        VisitMember(visit=visit, position=position, name=member.name, user_id=member.user_id)
        for position, member in enumerate(report.members, start=1)
    )
    InspectionResult.objects.bulk_create(
        InspectionResult(visit=visit, item_key=answer.item_key, result=answer.result, note=answer.note)
        for answer in report.inspection
    )
    visit.refresh_from_db()


def _facts(visit: Visit, report: Report) -> dict[str, object]:
    """Return what the trail keeps of a report: times, marks and figures, nothing about people."""
    return {
        "happened_at": report.happened_at.isoformat(),
        "device_at": report.device_at.isoformat() if report.device_at else None,
        "received_at": report.received_at.isoformat(),
        "clock_skew_seconds": report.clock_skew_seconds,
        "form": report.form,
        "prevention": report.prevention,
        "late": visit.late,
        "late_entry": visit.late_entry,
        "before_plan": visit.before_plan,
        "late_approved": visit.late_approved,
        "members": len(report.members),
        "inspected": len(report.inspection),
        "signature": visit.signature_id,
        "confirmed_by_name": visit.confirmed_by_name,
    }


def _note(visit: Visit, verb: str, actor: Actor, at: datetime, facts: Mapping[str, object]) -> None:
    trail.record(
        stream=f"plan:{visit.measure.plan.slug}",
        action=f"visits.{verb}",
        subject=f"visits.visit:{visit.pk}",
        actor=actor,
        at=at,
        facts={"unit": visit.unit_id, "lead": visit.lead_id, **facts},
    )
