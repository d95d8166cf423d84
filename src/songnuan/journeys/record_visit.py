"""A lead office records its visit: report, receipt, inspection and problems in one act."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta
from functools import partial
from hashlib import sha256
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from songnuan.audit.chain import canonical
from songnuan.goods import actions as goods
from songnuan.jobs import actions as jobs
from songnuan.journeys.base import journey
from songnuan.journeys.hand_over_later import source_of
from songnuan.journeys.handing import Handing, handing_of
from songnuan.journeys.photos import stored_photos
from songnuan.journeys.receipts import check_signed, office_of, signed_by
from songnuan.journeys.tell_of_problems import tell_of_raised
from songnuan.journeys.telling import NAME_SHOWN, tell
from songnuan.kernel.actor import Actor
from songnuan.kernel.bulk import digest_rows
from songnuan.kernel.clock import CHINA
from songnuan.kernel.days import written
from songnuan.kernel.positions import Position
from songnuan.kernel.refusal import Refusal
from songnuan.kernel.workdays import CalendarEnds, add_workdays
from songnuan.organisation.queries import day_of, subtree, unit_names
from songnuan.plans.models import Measure, Plan
from songnuan.plans.rules import check_measure_runs
from songnuan.records.pictures import Photo
from songnuan.tasks import actions as tasks
from songnuan.visits import actions as visits
from songnuan.visits.access import find_visit, require_recorder
from songnuan.visits.checklist import checklist
from songnuan.visits.lifecycle import VISIT
from songnuan.visits.models import Visit, VisitForm
from songnuan.visits.owed import kit_owed
from songnuan.visits.queries import VisitDetail, detail
from songnuan.visits.rules import InspectionAnswer, Member

OWED_WORKDAYS = 2  # until a kit that was not in the store is to be handed over


@dataclass(frozen=True, slots=True)
class Problem:
    """A problem raised at the visit, and the unit that is to deal with it (the lead, if none is named)."""

    title: str
    owner_id: int | None = None
    answer: str = ""


@dataclass(frozen=True, slots=True)
class VisitReport:
    """What the visitors put down on their phone.

    `handed` are the packs of the kit that were handed over, by id of the item; None for all that the store
    has. `short_reason` says why not the whole; `signed_text` is what stood above the signature. `photos` were
    made anew already; `position` is where the device stood.
    """

    form: str
    form_reason: str
    happened_at: datetime
    device_at: datetime | None
    clock_skew_seconds: int
    prevention: str
    prevention_note: str
    conditions: str
    receiver_name: str
    members: Sequence[Member]
    inspection: Sequence[InspectionAnswer]
    problems: Sequence[Problem]
    signature: bytes = b""
    confirmed_by_name: bool = False
    late_reason: str = ""
    entry_reason: str = ""
    handed: Mapping[int, int] | None = None
    short_reason: str = ""
    signed_text: str = ""
    photos: Sequence[Photo] = ()
    position: Position | None = None

    def digest(self, visit_id: int, *more: object) -> str:
        """Return what tells one report from another; the device's clock, which moves, apart."""
        facts = {
            name: value
            for name, value in asdict(self).items()
            if name not in {"device_at", "clock_skew_seconds", "signature", "photos"}
        }
        photos = [sha256(photo.picture).hexdigest() for photo in self.photos]
        return digest_rows([(visit_id, canonical(facts), self.signature.hex(), ",".join(photos), *more)])


@journey
def record_visit(*, visit_id: int, report: VisitReport, key: UUID, actor: Actor, at: datetime) -> int:
    """Record the visit, hand over the kit, raise the problems, tell the office; return the visit's id.

    The same `key` again changes nothing and returns the same visit. `at` is when it was received. Where
    the store lacks the kit, it is on hold, or nobody was there to take it, the visit is recorded all the
    same, and a task says that the kit is owed.

    Raises:
        Refusal: `visit_unknown`, `not_permitted`, what `visits.rules` finds, `owner_unknown`,
            `wrong_state` when it was recorded already, `stock_short` or `held` where the kit goes, or is put
            on hold, at this moment …

    """
    visit = find_visit(visit_id)
    # Before anything of the report is kept: a signature lies on the disk once it is stored.
    require_recorder(actor, unit_id=visit.unit_id, lead_id=visit.lead_id, at=at)
    earlier = jobs.receive(
        key=key, purpose="record_visit", body_digest=report.digest(visit_id), actor=actor, at=at
    )
    if earlier is not None:
        return int(earlier)
    # Before the signed text: of a visit that is recorded nothing is owed, and nobody signs for that anew.
    VISIT.require(Visit.objects.filter(pk=visit_id), "record")
    check_measure_runs(visit.measure, report.happened_at)
    check_owners(visit.measure.plan, report.problems, at)
    handing = _handing(visit, report)
    check_signed(report.signature, report.signed_text, handing.text)
    visits.record(
        visit_id=visit_id,
        form=report.form,
        form_reason=report.form_reason,
        happened_at=report.happened_at,
        device_at=report.device_at,
        received_at=at,
        clock_skew_seconds=report.clock_skew_seconds,
        prevention=report.prevention,
        prevention_note=report.prevention_note,
        conditions=report.conditions,
        receiver_name=report.receiver_name,
        signed=signed_by(report.signature, report.confirmed_by_name, handing.text, actor, at),
        members=report.members,
        inspection=report.inspection,
        inspection_items=list(checklist(visit.measure.plan_id)),
        late_reason=report.late_reason,
        entry_reason=report.entry_reason,
        lacking=handing.lacking,
        short_reason=report.short_reason,
        actor=actor,
        at=at,
    )
    _hand_over(visit, report, handing, actor, at)
    _keep_beside(visit, report, actor, at)
    for problem in report.problems:
        raise_at_visit(visit, problem, actor, at)
    _tell(visit, actor, at)
    jobs.settle(key=key, result=str(visit_id))
    return visit_id


def _handing(visit: Visit, report: VisitReport) -> Handing:
    """Return what changes hands at the visit, as its report says."""
    return handing_of(
        kit_owed(visit.measure, unit_id=visit.unit_id),
        on=report.happened_at.astimezone(CHINA).date(),
        called=report.form == VisitForm.CALL,
        handed=report.handed,
        reason=report.short_reason,
    )


def check_owners(plan: Plan, problems: Sequence[Problem], at: datetime) -> None:
    """Let pass problems given to units of the plan's own tree."""
    asked = {problem.owner_id for problem in problems if problem.owner_id is not None}
    inside = subtree(plan.unit_id, day_of(at)).filter(pk__in=asked)
    strangers = sorted(asked - set(inside.values_list("pk", flat=True)))
    if strangers:
        raise Refusal(
            "owner_unknown",
            _("Choose the unit that has to solve it from the list."),
            field="owner",
            owner=strangers[0],
        )


def _hand_over(visit: Visit, report: VisitReport, handing: Handing, actor: Actor, at: datetime) -> None:
    """Hand the unit its kit, where the visit carries one; if that can't be, say that it is owed.

    The visit took place whether or not the goods are booked in: they follow, the report does not wait.
    Over the telephone nothing changes hands, and the kit follows as well. Where somebody takes the last goods
    at this very moment the whole report is refused: its unit signed for them.
    """
    if handing.kit is not None and handing.packs:
        goods.hand_over(
            kit_id=handing.kit.kit_id,
            times=handing.kit.times,
            packs=handing.packs,
            unit_id=visit.unit_id,
            subject=f"visits.visit:{visit.pk}",
            happened_at=report.happened_at,
            actor=actor,
            at=at,
        )
    if handing.owed:
        _owe(visit, handing.owed, actor, at)


def _keep_beside(visit: Visit, report: VisitReport, actor: Actor, at: datetime) -> None:
    """Keep the photos and the position, where there are any."""
    if report.photos:
        files = stored_photos(report.photos, actor, at)
        visits.add_photos(visit_id=visit.pk, files=files, actor=actor, at=at)
    if report.position is not None:
        visits.keep_position(visit_id=visit.pk, position=report.position, actor=actor, at=at)


def _owe(visit: Visit, why: str, actor: Actor, at: datetime) -> None:
    """Raise the task that the unit's kit is still to be handed over: by the lead, whose visit it was."""
    day = day_of(at)
    due_on, remark = _due(day, OWED_WORKDAYS)
    name = unit_names({visit.unit_id}, day).get(visit.unit_id, "")
    tasks.raise_task(
        plan_slug=visit.measure.plan.slug,
        source=source_of(visit.pk),
        title=_("Kit still to be handed over: %(unit)s") % {"unit": name[:NAME_SHOWN]},
        detail="\n".join(filter(None, (why, remark))),
        owner_id=visit.lead_id,
        unit_id=visit.unit_id,
        due_on=due_on,
        actor=actor,
        at=at,
    )


def raise_at_visit(visit: Visit, problem: Problem, actor: Actor, at: datetime) -> int:
    """Raise a problem found at the visit, and tell its owner; return the task it became."""
    due_on, detail = problem_due(visit.measure.plan_id, at)
    task = tasks.raise_task(
        plan_slug=visit.measure.plan.slug,
        source=f"visits.visit:{visit.pk}",
        title=problem.title,
        detail=detail,
        owner_id=problem.owner_id or visit.lead_id,
        unit_id=visit.unit_id,
        due_on=due_on,
        actor=actor,
        at=at,
    )
    visits.attach_problem(visit_id=visit.pk, task_id=task.pk, answer=problem.answer, actor=actor, at=at)
    tell_of_raised(task, actor=actor, at=at)
    return task.pk


def problem_due(plan_id: int, at: datetime) -> tuple[date, str]:
    """Return the day a problem raised now is due under the plan, and a remark on how it was counted."""
    measure = Measure.objects.filter(plan_id=plan_id, kind="problems").last()
    return _due(day_of(at), int(measure.settings["due_workdays"]) if measure else 5)


def _due(day: date, days: int) -> tuple[date, str]:
    """Return the day a problem is due, and a remark where the table of working days does not reach it.

    A visit is never refused because the table has ended: what was seen at the gate has to be kept.
    """
    try:
        return add_workdays(day, days), ""
    except CalendarEnds:
        remark = _(
            "The table of working days ends before this due date; it was counted in weeks of five days."
        )
        return day + timedelta(days=days + 2 * -(-days // 5)), remark


def _tell(visit: Visit, actor: Actor, at: datetime) -> None:
    """Leave a notice of what happened for the office that receives the reports."""
    plan, day = visit.measure.plan, day_of(at)
    tell(
        office_of(plan, at),
        partial(_words, detail(visit.pk), unit_names({visit.unit_id, visit.lead_id}, day)),
        topic="visit.recorded",
        key=f"visit:{visit.pk}:recorded",
        url=f"/visits/{visit.pk}/",
        plan=plan.title,
        actor=actor,
        at=at,
    )


def _words(visit: VisitDetail | None, names: Mapping[int, str]) -> tuple[str, str]:
    """Return title and text of the notice: which unit, whether it came late, when it was, what was raised."""
    assert visit is not None  # noqa: S101 - it was recorded a moment ago
    assert visit.happened_at is not None  # noqa: S101
    if visit.late and not visit.late_approved:
        title = _("Late visit reported: %(unit)s")
    elif visit.late_entry:
        title = _("Visit entered late: %(unit)s")
    else:
        title = _("Visit reported: %(unit)s")
    time = written(visit.happened_at.astimezone(CHINA), "moment")
    said = [_("%(lead)s, visited %(time)s") % {"lead": names.get(visit.lead_id, ""), "time": time}]
    if count := len(visit.problems):
        said.append(
            ngettext("%(count)s problem raised", "%(count)s problems raised", count) % {"count": count}
        )
    return title % {"unit": names.get(visit.unit_id, "")[:NAME_SHOWN]}, " · ".join(said)
