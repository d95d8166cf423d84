"""The writers of reports: a visit is recorded once, and a wrong report is corrected."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from django.db import transaction
from django.db.models import Case, F, Value, When
from django.utils.translation import gettext as _

from songnuan.kernel.actor import Actor
from songnuan.kernel.clock import CHINA
from songnuan.kernel.refusal import Refusal
from songnuan.organisation.queries import day_of
from songnuan.tasks.models import Task
from songnuan.visits import asking
from songnuan.visits.access import find_visit, may_add_problem, require_recorder, went_on
from songnuan.visits.lifecycle import VISIT
from songnuan.visits.models import (
    InspectionResult,
    LaterDay,
    LaterDayStatus,
    ReportVersion,
    Visit,
    VisitMember,
    VisitProblem,
    VisitStatus,
)
from songnuan.visits.noting import note
from songnuan.visits.owed import booked_with
from songnuan.visits.receivers import barring, received_later
from songnuan.visits.rules import (
    Begun,
    FieldProblem,
    InspectionAnswer,
    Member,
    Report,
    ReportRefused,
    examine,
    is_before_plan,
    is_late,
    needs_entry_reason,
    no_post,
    plain,
    tidy,
)
from songnuan.visits.versions import Snapshot, changed, refuse_correction, snapshot


@dataclass(frozen=True, slots=True)
class Signed:
    """How the receiver confirmed a report: a stored picture, or by name; `text` is what it was for."""

    signature_id: int | None = None
    confirmed_by_name: bool = False
    text: str = ""

    @property
    def given(self) -> bool:
        """Whether there is a receipt at all."""
        return self.signature_id is not None or self.confirmed_by_name


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
    signed: Signed,
    members: Sequence[Member],
    inspection: Sequence[InspectionAnswer] = (),
    inspection_items: Sequence[str] = (),
    late_reason: str = "",
    entry_reason: str = "",
    lacking: bool = False,
    short_reason: str = "",
    actor: Actor,
    at: datetime,
) -> Visit:
    """Record a visit, once; its report is as in `rules.Report`. What is late is marked, and not refused.

    Raises:
        NotPermitted: The actor may not record visits for this lead at this unit.
        ReportRefused: The report is wrong or lacks something; it holds every problem.
        Refusal: `wrong_state` when the visit is recorded already, `visit_unknown`.

    """
    visit = find_visit(visit_id)
    require_recorder(actor, unit_id=visit.unit_id, lead_id=visit.lead_id, at=at)
    begun, (known, strangers) = _begun(visit), _members(members, visit, happened_at, at)
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
            signed=signed.given,
            members=known,
            inspection=inspection,
            late_reason=late_reason,
            entry_reason=entry_reason,
            lacking=lacking,
            short_reason=short_reason,
            barred=[actor.label, *(one.name for one in known)],
        )
    )
    if problems := [*examine(report, begun=begun, items=inspection_items), *strangers]:
        raise ReportRefused(problems)
    _write_first(visit, report, signed, actor, at, begun)
    return visit


@transaction.atomic(savepoint=False)
def attach_problem(
    *, visit_id: int, task_id: int, answer: str = "", actor: Actor, at: datetime
) -> VisitProblem:
    """Keep with a recorded visit the task that a problem raised there became, and the `answer` given there.

    Raises:
        NotPermitted: The actor neither records visits for this lead at this unit nor closes its problems.
        Refusal: `not_recorded`, `task_elsewhere` when another visit raised the task or it is linked
            already, `visit_unknown`.

    """
    visit = find_visit(visit_id)
    if not may_add_problem(actor, unit_id=visit.unit_id, lead_id=visit.lead_id, at=at):
        require_recorder(actor, unit_id=visit.unit_id, lead_id=visit.lead_id, at=at)
    if visit.status != VisitStatus.RECORDED:
        raise Refusal("not_recorded", _("Record the visit first, then the problems raised at it."))
    ours = Task.objects.filter(pk=task_id, source=f"visits.visit:{visit_id}")
    if not ours.exists() or VisitProblem.objects.filter(task_id=task_id).exists():
        raise Refusal("task_elsewhere", _("This problem was not raised at this visit."), task=task_id)
    problem = VisitProblem.objects.create(visit=visit, task_id=task_id, answer=answer.strip())
    note(visit, "attach_problem", actor, at, {"task": task_id})
    return problem


def _begun(visit: Visit) -> Begun:
    return Begun(visit.measure.plan.starts_on, visit.measure.opened_at)


def _members(
    members: Sequence[Member], visit: Visit, happened_at: datetime, at: datetime
) -> tuple[list[Member], list[FieldProblem]]:
    """Return the members, those with an account under its name; and the problem that one is not the lead's.

    Who has an account held a post at the lead, or below it, on the day of the visit; who stands in the
    report already stays in it under the name of then.
    """
    asked = {member.user_id for member in members if member.user_id is not None}
    then = went_on(visit.lead_id, day_of(happened_at), today=day_of(at))
    staff = then.filter(pk__in=asked).values_list("pk", "name")
    known = dict(staff) | dict(visit.members.filter(user__in=asked).values_list("user_id", "name"))
    named = [replace(member, name=known.get(member.user_id or 0, member.name)) for member in members]
    if asked <= known.keys():
        return named, []
    strangers = [member.name for member in named if member.user_id in asked - known.keys()]
    return named, [no_post(strangers, day_of(happened_at))]


def _write_first(  # noqa: PLR0917 - of one report, what it is written from
    visit: Visit, report: Report, signed: Signed, actor: Actor, at: datetime, begun: Begun
) -> None:
    late = is_late(report.happened_at, visit.due_on)
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
        device_at=report.device_at,
        received_at=report.received_at,
        clock_skew_seconds=report.clock_skew_seconds,
        recorded_by_id=actor.user_id,
        short_reason=report.short_reason,
        late_approved=within_approved if late else False,
        late_reason=reason or F("late_reason"),
        **_columns(visit, report, signed, begun),
    )
    asking.withdraw([visit.pk], at)
    _write_lists(visit, report)
    visit.refresh_from_db()
    note(visit, "record", actor, at, _facts(visit, report))


def _columns(visit: Visit, report: Report, signed: Signed, begun: Begun) -> dict[str, object]:
    """Return what every version of a report writes."""
    late_entry = needs_entry_reason(report.happened_at, report.received_at, begun)
    return {
        "form": report.form,
        "form_reason": report.form_reason,
        "happened_at": report.happened_at,
        "prevention": report.prevention,
        "prevention_note": report.prevention_note,
        "conditions": report.conditions,
        "receiver_name": report.receiver_name,
        "signature_id": signed.signature_id,
        "confirmed_by_name": signed.confirmed_by_name and signed.signature_id is None,
        "signed_for": signed.text if signed.given else "",
        "late": is_late(report.happened_at, visit.due_on),
        "late_entry": late_entry,
        "before_plan": is_before_plan(report.happened_at, begun),
        # Of a report in time nothing is kept: whoever typed a reason and then mended the date has none.
        "entry_reason": report.entry_reason if late_entry else "",
    }


def _write_lists(visit: Visit, report: Report) -> None:
    VisitMember.objects.bulk_create(
        VisitMember(visit=visit, position=position, name=member.name, user_id=member.user_id)
        for position, member in enumerate(report.members, start=1)
    )
    InspectionResult.objects.bulk_create(
        InspectionResult(visit=visit, item_key=answer.item_key, result=answer.result, note=answer.note)
        for answer in report.inspection
    )


@transaction.atomic(savepoint=False)
def correct(
    *,
    visit_id: int,
    version: int,
    report: Report,
    signed: Signed,
    reason: str,
    inspection_items: Sequence[str] = (),
    actor: Actor,
    at: datetime,
) -> Visit:
    """Put a corrected report in the place of a wrong one, which is kept beside it with its receipt.

    The three times of entry and who recorded the visit stay; marks follow the new report. Without a new
    receipt the corrected report stands as not signed by the unit.

    Args:
        visit_id: The visit.
        version: The version that was corrected: nobody overwrites what somebody else corrected meanwhile.
        report: The report as it ought to have been; its times of entry are not read, an empty receiver is
            the one named before.
        signed: A new receipt, if the unit gave one.
        reason: Why it is corrected.
        inspection_items: The keys of the measure's checklist.
        actor: Who corrects it: whoever may record it.
        at: When.

    Raises:
        NotPermitted: The actor may not record visits for this lead at this unit.
        ReportRefused: The corrected report is wrong or lacks something, makes a call of a visit at which the
            unit got its goods (`form_of_handed`), or says that who signed later went (`member_received`).
        Refusal: `not_recorded`, `correction_reason_missing`, `correction_reason_too_long`,
            `report_changed` when another version stands by now, `nothing_corrected`, `visit_unknown`.

    """
    visit = find_visit(visit_id)
    require_recorder(actor, unit_id=visit.unit_id, lead_id=visit.lead_id, at=at)
    reason = plain(reason)
    refuse_correction(recorded=visit.status == VisitStatus.RECORDED, reason=reason)
    begun = _begun(visit)
    known, strangers = _members(report.members, visit, report.happened_at, at)
    report = _as_first_received(visit, replace(report, members=known), at)
    problems = [*examine(barring(visit, report, actor), begun=begun, items=inspection_items), *strangers]
    if problems := [*problems, *received_later(visit, report)]:
        raise ReportRefused(problems)
    earlier = snapshot(visit)
    _write_corrected(visit, version, report, signed, reason, actor, at, begun=begun)
    fields = changed(earlier, snapshot(visit))
    if not fields and not signed.given and earlier.receiver_name == visit.receiver_name:
        raise Refusal(
            "nothing_corrected", _("Nothing of the report was changed. Change what is wrong in it.")
        )
    _keep(visit, earlier)
    note(visit, "correct", actor, at, {**_facts(visit, report), "version": visit.version, "fields": fields})
    return visit


def _as_first_received(visit: Visit, report: Report, at: datetime) -> Report:
    """Return a corrected report with the times of entry, and the receiver, of the one before it."""
    return tidy(
        replace(
            report,
            device_at=visit.device_at,
            received_at=visit.received_at or at,
            clock_skew_seconds=visit.clock_skew_seconds,
            receiver_name=report.receiver_name.strip() or visit.receiver_name,
            signed=True,  # a receipt is asked for once; what lacks a new one is marked
            lacking=False,
            booked=booked_with(visit),
        )
    )


def _keep(visit: Visit, earlier: Snapshot) -> None:
    """Keep the version that was corrected."""
    ReportVersion.objects.create(
        visit=visit,
        number=earlier.number,
        report=earlier.report,
        receiver_name=earlier.receiver_name,
        signature_id=earlier.signature_id,
        confirmed_by_name=earlier.confirmed_by_name,
        signed_for=earlier.signed_for,
        written_by_id=earlier.written_by_id,
        written_at=earlier.written_at,
        reason=earlier.reason,
    )


def _write_corrected(  # noqa: PLR0917 - of one report, what it is written from
    visit: Visit,
    version: int,
    report: Report,
    signed: Signed,
    reason: str,
    actor: Actor,
    at: datetime,
    *,
    begun: Begun,
) -> None:
    late = is_late(report.happened_at, visit.due_on)
    day = report.happened_at.astimezone(CHINA).date()
    planned_on = visit.planned_on
    within_approved = (
        planned_on is not None
        and planned_on >= day
        and LaterDay.objects.filter(visit=visit, status=LaterDayStatus.ALLOWED, day=planned_on).exists()
    )
    rows = Visit.objects.filter(pk=visit.pk, version=version)
    columns = _columns(visit, report, signed, begun)
    moved = VISIT.move(
        rows,
        "correct",
        version=version + 1,
        corrected_at=at,
        corrected_by_id=actor.user_id,
        correction_reason=reason,
        late_approved=late and within_approved,
        late_reason=report.late_reason or F("late_reason"),
        **columns,
    )
    if not moved:
        sentence = _("Somebody else corrected this report meanwhile. Open it again and look at it.")
        raise Refusal("report_changed", sentence, version=version)
    visit.members.all().delete()
    visit.inspection.all().delete()
    _write_lists(visit, report)
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
        "short": bool(visit.short_reason),
    }
