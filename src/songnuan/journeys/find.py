"""What journeys share: finding a plan, and the request about it."""

from django.utils.translation import gettext as _

from songnuan.approvals.models import Request
from songnuan.approvals.queries import latest
from songnuan.kernel.refusal import Refusal
from songnuan.plans.models import Plan
from songnuan.plans.queries import plan_by_slug


def find_plan(slug: str) -> Plan:
    """Return the plan of this slug.

    Raises:
        Refusal: `plan_unknown`.

    """
    plan = plan_by_slug(slug)
    if plan is None:
        raise Refusal(
            "plan_unknown",
            _("There is no plan “%(slug)s”. Check the name, or load the plan first.") % {"slug": slug},
        )
    return plan


def plan_named(name: str) -> Plan:
    """Return the plan of this short name (slug), or of this title where one plan alone has it.

    Raises:
        Refusal: `plan_unknown`.

    """
    titled = list(Plan.objects.filter(title=name.strip()).order_by("pk")[:2])
    if plan_by_slug(name) is not None or not titled:
        return find_plan(name)
    if len(titled) > 1:
        sentence = _("Several plans have the title “%(title)s”. Say which by its short name: %(names)s …")
        names = "、".join(plan.slug for plan in titled)
        raise Refusal("plan_unknown", sentence % {"title": titled[0].title, "names": names})
    return titled[0]


def lock_plan(slug: str) -> Plan:
    """Return the plan, locked until commit: its text and its status stay what the journey reads.

    Raises:
        Refusal: `plan_unknown`.

    """
    return Plan.objects.select_for_update().get(pk=find_plan(slug).pk)


def find_request(plan: Plan) -> Request:
    """Return the request about the plan's present version.

    Raises:
        Refusal: `nothing_requested` when nobody asked for approval.

    """
    request = latest(f"plans.plan:{plan.slug}@{plan.version}")
    if request is None:
        sentence = _("Nobody has put “%(title)s” up for approval yet.") % {"title": plan.title}
        raise Refusal("nothing_requested", sentence, plan=plan.slug)
    return request
