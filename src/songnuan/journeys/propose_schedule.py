"""Who could visit whom when is worked out and kept as a proposal; nothing else changes."""

from collections.abc import Collection
from datetime import datetime

from django.utils.translation import gettext as _

from songnuan.journeys.base import long_journey, step
from songnuan.journeys.find import find_plan
from songnuan.kernel.actor import Actor
from songnuan.kernel.refusal import Refusal
from songnuan.kernel.workdays import is_workday
from songnuan.organisation.permissions import Permission
from songnuan.organisation.queries import permits, refuse
from songnuan.plans.models import Plan
from songnuan.visits.actions import arranging as visits
from songnuan.visits.models import ScheduleProposal, Visit
from songnuan.visits.schedule_queries import arrangement, leads_of
from songnuan.visits.scheduling.proposing import propose


@long_journey
def propose_schedule(
    *,
    slug: str,
    lead_ids: Collection[int] | None = None,
    only_greedy: bool = False,
    actor: Actor,
    at: datetime,
) -> ScheduleProposal:
    """Work out a proposal for the lead offices that the actor arranges, or for some of them.

    It is worked out outside of any transaction, so that nobody waits for it.

    Raises:
        Refusal: `plan_unknown`, `not_permitted`, `nothing_to_arrange`, `calendar_ends`.

    """
    plan = find_plan(slug)
    mine = leads_of(plan.pk, actor, at)
    if not mine:
        _refuse_without_visits(plan, actor, at)
        refuse(Permission.VISIT_SCHEDULE, unit_id=plan.unit_id)
    found = arrangement(plan, mine if lead_ids is None else mine & set(lead_ids), at)
    if not found.problem.stops:
        sentence = _(
            "No visit is left to arrange: they are made, pinned, of today, or the plan is not under way."
        )
        raise Refusal("nothing_to_arrange", sentence, plan=slug)
    is_workday(max(stop.due_on for stop in found.problem.stops))  # refuses beyond the table
    proposal = propose(found.problem, only_greedy=only_greedy)
    with step():
        return visits.keep_proposal(found=found, proposal=proposal, actor=actor, at=at)


def _refuse_without_visits(plan: Plan, actor: Actor, at: datetime) -> None:
    """Tell who may arrange the plan's visits that it has none."""
    has_visits = Visit.objects.filter(measure__plan=plan).exists()
    if not has_visits and permits(actor, Permission.VISIT_SCHEDULE, unit_id=plan.unit_id, at=at):
        sentence = _("The plan has no visits yet. Pair its units with their leads, and open the plan.")
        raise Refusal("nothing_to_arrange", sentence, plan=plan.slug)
