"""Two more plans of the demo, both before the approver: one runs and is being amended, one is handed in."""

from collections.abc import Callable
from datetime import datetime
from uuid import NAMESPACE_URL, uuid5

from django.conf import settings

from songnuan.journeys.approve_plan import approve_plan
from songnuan.journeys.edit_plan import edit_plan
from songnuan.journeys.load_plan import load_plan
from songnuan.journeys.open_amendment import open_amendment
from songnuan.journeys.open_plan import open_plan
from songnuan.journeys.submit_amendment import submit_amendment
from songnuan.journeys.submit_plan import submit_plan
from songnuan.kernel.actor import Actor
from songnuan.plans.models import AmendmentStatus, Plan, PlanStatus
from songnuan.plans.queries import amendment_of
from songnuan.plans.rewriting import clause

RUNNING, HANDED_IN = "rest-rotation", "flood-season-care"
REASON = "首批轮休后，值守人员普遍反映两天不足以往返和休整，经商人事处延长一天。"
AMENDED = (
    "连续值守满十四天的一线人员，每人安排不少于三天的轮休，往返路程不计在内。"
    "轮休名单由人事处汇总，船闸运行中心、水上搜救中心分批落实。"
)

At = Callable[..., datetime]


def bring_plans(officer: Actor, approver: Actor, at: At) -> None:
    """Let the officer hand in a plan, and the amendment of one that runs; the approver has still to look."""
    plan = _loaded(RUNNING, officer, at(9, 9, 20))
    if plan.status == PlanStatus.DRAFT:
        submit_plan(slug=RUNNING, actor=officer, at=at(9, 9, 40))
        plan.refresh_from_db()
    if plan.status == PlanStatus.SUBMITTED:
        version = plan.versions.get(number=plan.version)
        approve_plan(slug=RUNNING, digest=version.digest, actor=approver, at=at(9, 16, 30))
        plan.refresh_from_db()
    if plan.status == PlanStatus.APPROVED:
        open_plan(slug=RUNNING, actor=officer, at=at(13, 8, 30))
        plan.refresh_from_db()
    _amend(plan, officer, at)
    plan = _loaded(HANDED_IN, officer, at(15, 15, 10))
    if plan.status == PlanStatus.DRAFT:
        submit_plan(slug=HANDED_IN, actor=officer, at=at(16, 9, 40))


def _loaded(slug: str, officer: Actor, moment: datetime) -> Plan:
    plan = Plan.objects.filter(slug=slug).first()
    if plan is not None:
        return plan
    source = (settings.ROOT / f"plans/samples/{slug}.yaml").read_text(encoding="utf-8")
    return load_plan(source=source, actor=officer, at=moment)


def _amend(plan: Plan, officer: Actor, at: At) -> None:
    """Lengthen the rest, say why, and hand the amendment in, as far as that was not done before."""
    if not plan.amendments.exists():
        open_amendment(slug=plan.slug, base=plan.version, reason=REASON, actor=officer, at=at(16, 10, 5))
    amendment = amendment_of(plan)
    if amendment is None or amendment.status != AmendmentStatus.DRAFT:
        return
    edit_plan(
        slug=plan.slug,
        base=amendment.version,
        change=clause("rest", {"text": AMENDED}),
        key=uuid5(NAMESPACE_URL, "demo/amendment"),
        actor=officer,
        at=at(16, 10, 20),
    )
    submit_amendment(slug=plan.slug, actor=officer, at=at(16, 10, 30))
