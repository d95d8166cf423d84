"""An approved plan is set in motion: its funds and its measures are opened."""

from datetime import datetime

from songnuan.funds import actions as funds
from songnuan.journeys.base import journey
from songnuan.journeys.find import find_plan
from songnuan.journeys.measures import kinds, settings_by_kind
from songnuan.journeys.measures.base import Opening
from songnuan.kernel.actor import Actor
from songnuan.plans import actions as plans
from songnuan.plans.models import Plan
from songnuan.plans.planfile import read
from songnuan.plans.queries import current_version, measures
from songnuan.records import actions as records


@journey
def open_plan(*, slug: str, actor: Actor, at: datetime) -> Plan:
    """Open the plan, then its funds under their documents, then every measure in the order of the text.

    Raises:
        Refusal: `wrong_state`, `question_open`, or what a measure lacks, such as `units_unpaired`.

    """
    plan = find_plan(slug)
    plan_file = read(current_version(plan).source, settings_by_kind())
    plans.open_plan(plan_id=plan.pk, actor=actor, at=at)
    for entry in plan_file.funds:
        document = records.register_document(
            kind="fund",
            title=entry.title,
            number=entry.number,
            issuer=entry.issuer,
            dated_on=entry.dated_on,
            actor=actor,
            at=at,
        )
        funds.open_fund(
            plan_id=plan.pk,
            document_id=document.pk,
            title=entry.title,
            granted_minor=entry.amount_minor,
            actor=actor,
            at=at,
        )
    for measure in measures(plan.pk):
        kind = kinds()[measure.kind]
        settings = kind.settings.model_validate(measure.settings)
        kind.open(Opening(measure=measure, settings=settings, plan_file=plan_file, actor=actor, at=at))
        plans.open_measure(measure_id=measure.pk, actor=actor, at=at)
    return plan
