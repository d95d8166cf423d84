"""A lead office records its visit: report, receipt, inspection and problems in one act."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from django.utils.translation import gettext as _

from songnuan.audit.chain import canonical
from songnuan.goods import actions as goods
from songnuan.goods.queries import kit_of
from songnuan.jobs import actions as jobs
from songnuan.journeys.base import journey
from songnuan.kernel.actor import Actor
from songnuan.kernel.bulk import digest_rows
from songnuan.kernel.clock import CHINA
from songnuan.kernel.workdays import CalendarEnds, add_workdays
from songnuan.organisation.permissions import Permission, Role
from songnuan.organisation.queries import holders, unit_names
from songnuan.plans.models import Measure
from songnuan.records import actions as records
from songnuan.tasks import actions as tasks
from songnuan.visits import actions as visits
from songnuan.visits.models import Visit
from songnuan.visits.rules import InspectionAnswer, Member


@dataclass(frozen=True, slots=True)
class Problem:
    """A problem raised at the visit, and the unit that is to deal with it (the lead, if none is named)."""

    title: str
    owner_id: int | None = None
    answer: str = ""


@dataclass(frozen=True, slots=True)
class VisitReport:
    """What the visitors put down on their phone."""

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

    def digest(self, visit_id: int) -> str:
        """Return what tells one report from another; the device's clock, which moves, apart."""
        facts = {
            name: value
            for name, value in asdict(self).items()
            if name not in {"device_at", "clock_skew_seconds", "signature"}
        }
        return digest_rows([(visit_id, canonical(facts), self.signature.hex())])


@journey
def record_visit(*, visit_id: int, report: VisitReport, key: UUID, actor: Actor, at: datetime) -> int:
    """Record the visit, hand over the kit, raise the problems, tell the office; return the visit's id.

    The same `key` again changes nothing and returns the same visit. `at` is when it was received.

    Raises:
        Refusal: What `visits.rules` finds, `stock_short`, `wrong_state` when it was recorded already …

    """
    earlier = jobs.receive(
        key=key, purpose="record_visit", body_digest=report.digest(visit_id), actor=actor, at=at
    )
    if earlier is not None:
        return int(earlier)
    visit = Visit.objects.select_related("measure__plan").get(pk=visit_id)
    siblings = {measure.kind: measure for measure in Measure.objects.filter(plan_id=visit.measure.plan_id)}
    signature = None
    if report.signature:
        signature = records.store_file(
            content=report.signature, name="signature.png", media_type="image/png", actor=actor, at=at
        )
    visits.record(
        visit_id=visit_id,
        starts_on=visit.measure.plan.starts_on,
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
        signature_id=signature.pk if signature else None,
        confirmed_by_name=report.confirmed_by_name,
        members=report.members,
        inspection=report.inspection,
        inspection_items=_items(siblings.get("inspection")),
        late_reason=report.late_reason,
        actor=actor,
        at=at,
    )
    _hand_over(visit, report, siblings.get("kit_purchase"), actor, at)
    for problem in report.problems:
        _raise(visit, problem, siblings.get("problems"), actor, at)
    _tell(visit, actor, at)
    jobs.settle(key=key, result=str(visit_id))
    return visit_id


def _items(measure: Measure | None) -> list[str]:
    return [item["key"] for item in measure.settings["items"]] if measure else []


def _hand_over(visit: Visit, report: VisitReport, kits: Measure | None, actor: Actor, at: datetime) -> None:
    """Hand the unit its kit, where the visit carries one."""
    if kits is None or not visit.measure.settings.get("hand_over", True) or report.form == "call":
        return
    kit = kit_of(kits.pk)
    if kit is None:
        return
    goods.hand_over(
        kit_id=kit.kit_id,
        unit_id=visit.unit_id,
        subject=f"visits.visit:{visit.pk}",
        happened_at=report.happened_at,
        actor=actor,
        at=at,
    )


def _raise(visit: Visit, problem: Problem, measure: Measure | None, actor: Actor, at: datetime) -> None:
    days = int(measure.settings["due_workdays"]) if measure else 5
    due_on, detail = _due(at.astimezone(CHINA).date(), days)
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
    """Leave a notice for the office that receives the reports."""
    plan = visit.measure.plan
    if plan.office_id is None:
        return
    name = unit_names({visit.unit_id}, at.astimezone(CHINA).date())[visit.unit_id]
    readers = holders(Permission.VISIT_VIEW, plan.office_id, at).filter(posts__role=Role.EPIDEMIC_OFFICE)
    for user in readers.distinct():
        jobs.send(
            channel="in_app",
            recipient_id=user.pk,
            topic="visit.recorded",
            title=name,
            body="",
            key=f"visit:{visit.pk}:recorded:{user.pk}",
            url=f"/visits/{visit.pk}/",
            actor=actor,
            at=at,
        )
