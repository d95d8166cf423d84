"""What the journeys of approval share: the pending request of a plan."""

from django.utils.translation import gettext as _

from songnuan.approvals.models import Request
from songnuan.approvals.queries import latest
from songnuan.kernel.refusal import Refusal
from songnuan.plans.models import Plan
from songnuan.plans.queries import plan_by_slug


def request_of_plan(slug: str) -> tuple[Plan, Request]:
    """Return the plan and the request about its present version.

    Raises:
        Refusal: `nothing_requested` when nobody asked for approval.

    """
    plan = plan_by_slug(slug)
    request = latest(f"plans.plan:{plan.slug}@{plan.version}")
    if request is None:
        raise Refusal(
            "nothing_requested",
            _("Nobody has put “%(title)s” up for approval yet.") % {"title": plan.title},
            plan=plan.slug,
        )
    return plan, request
