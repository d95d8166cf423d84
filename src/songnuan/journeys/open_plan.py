"""An approved plan is set in motion: its funds and its measures are opened."""

from datetime import datetime

from songnuan.journeys.base import journey
from songnuan.journeys.find import lock_plan
from songnuan.journeys.measures import settings_by_kind
from songnuan.journeys.opening import open_fund, open_measure
from songnuan.kernel.actor import Actor
from songnuan.plans import actions as plans
from songnuan.plans.models import Plan
from songnuan.plans.planfile import read
from songnuan.plans.queries import current_version, measures


@journey
def open_plan(*, slug: str, actor: Actor, at: datetime) -> Plan:
    """Open the plan, then its funds under their documents, then every measure in the order of the text.

    Raises:
        Refusal: `wrong_state`, `question_open`, or what a measure lacks, such as `units_unpaired`.

    """
    plan = lock_plan(slug)
    plan_file = read(current_version(plan).source, settings_by_kind())
    plans.open_plan(plan_id=plan.pk, actor=actor, at=at)
    for entry in plan_file.funds:
        open_fund(plan.pk, entry, actor, at)
    for measure in measures(plan.pk):
        open_measure(measure, plan_file, actor, at)
    return plan
