"""What the demo's office adds to the visits: leaders' visits, one of before the plan; a report put right."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from uuid import NAMESPACE_URL, uuid5

from songnuan.cli.demo_burden import asked_of_correction, asked_of_leader, count_asked
from songnuan.journeys.correct_report import correct_report
from songnuan.journeys.record_leader_visit import record_leader_visit
from songnuan.journeys.record_visit import Problem, VisitReport
from songnuan.kernel.actor import Actor
from songnuan.organisation.models import User
from songnuan.organisation.queries import actor_of, pairs
from songnuan.plans.models import Plan
from songnuan.reporting.queries import is_counted
from songnuan.visits.leader_rules import LeaderReport
from songnuan.visits.models import Visit, VisitStatus
from songnuan.visits.queries import detail

At = Callable[[int, int, int], datetime]


@dataclass(frozen=True, slots=True)
class _Leader:
    name: str
    post: str


_FIRST = _Leader("程守山", "局长")
_SECOND = _Leader("顾长河", "副局长")


def go_along(slug: str, office: Actor, at: At) -> None:
    """A leader comes along on the first visit; another went out before the plan, which is entered later."""
    plan = Plan.objects.get(slug=slug)
    visit = Visit.objects.filter(measure__plan=plan, status=VisitStatus.RECORDED).order_by(
        "happened_at", "pk"
    )[0]
    assert visit.happened_at is not None  # noqa: S101 - recorded
    along = LeaderReport(
        leader_name=_FIRST.name,
        leader_post=_FIRST.post,
        happened_at=visit.happened_at,
        unit_ids=(),
        visit_id=visit.pk,
    )
    record_leader_visit(
        plan_id=plan.pk,
        report=along,
        key=uuid5(NAMESPACE_URL, "demo/leader/1"),
        actor=office,
        at=at(8, 17, 40),
    )
    units = [pair.unit_id for pair in pairs(slug, date(2020, 4, 8))][-2:]
    before = LeaderReport(
        leader_name=_SECOND.name,
        leader_post=_SECOND.post,
        happened_at=at(2, 15, 0),
        unit_ids=tuple(units),
        company="林知行、苏知安",
        found="职工连续值守，情绪稳定；值班用房面积偏小，建议添置行军床。",
        goods="转交社会捐赠口罩200只",
        entry_reason="方案印发前的走访，按方案要求补录。",
    )
    record_leader_visit(
        plan_id=plan.pk,
        report=before,
        problems=[Problem("值班用房行军床不足")],
        key=uuid5(NAMESPACE_URL, "demo/leader/2"),
        actor=office,
        at=at(9, 10, 15),
    )
    if not is_counted("leader_visit"):
        count_asked(asked_of_leader(along), actor=office, at=at(8, 17, 40))
        count_asked(asked_of_leader(before, problems=1), actor=office, at=at(9, 10, 15))


def put_right(slug: str, at: At) -> None:
    """A lead puts its second report right: a word was left out."""
    visits = Visit.objects.filter(measure__plan__slug=slug, status=VisitStatus.RECORDED)
    visit = visits.order_by("received_at", "pk")[1]
    found = detail(visit.pk, unmasked=True)
    if found is None or found.happened_at is None or found.version > 1:
        return
    report = VisitReport(
        form=found.form,
        form_reason=found.form_reason,
        happened_at=found.happened_at,
        device_at=None,
        clock_skew_seconds=0,
        prevention=found.prevention,
        prevention_note=found.prevention_note,
        conditions=f"{found.conditions}夜班人员反映热水供应时间偏短。",
        receiver_name="",
        members=found.members,
        inspection=found.inspection,
        problems=(),
        entry_reason=found.entry_reason,
    )
    writer = actor_of(User.objects.get(pk=visit.recorded_by_id or 0))
    correct_report(
        visit_id=visit.pk,
        version=1,
        report=report,
        reason="漏记夜班人员反映的热水问题。",
        key=uuid5(NAMESPACE_URL, "demo/corrected"),
        actor=writer,
        at=at(10, 9, 20),
    )
    count_asked(asked_of_correction(report, changed=1), actor=writer, at=at(10, 9, 20))
