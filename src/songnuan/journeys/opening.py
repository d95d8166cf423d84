"""What journeys share: opening a fund under its document, and a measure by its kind."""

from datetime import datetime

from songnuan.funds import actions as funds
from songnuan.journeys.measures import kinds
from songnuan.journeys.measures.base import Opening
from songnuan.kernel.actor import Actor
from songnuan.plans import actions as plans
from songnuan.plans.models import Measure
from songnuan.plans.planfile import FundEntry, PlanFile
from songnuan.records import actions as records


def open_fund(plan_id: int, entry: FundEntry, actor: Actor, at: datetime) -> None:
    """Register the fund's document, and open the fund under it."""
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
        plan_id=plan_id,
        document_id=document.pk,
        title=entry.title,
        granted_minor=entry.amount_minor,
        actor=actor,
        at=at,
    )


def opening_of(measure: Measure, plan_file: PlanFile, actor: Actor, at: datetime) -> Opening:
    """Return what the measure's kind gets to open it, or to follow its new settings."""
    settings = kinds()[measure.kind].settings.model_validate(measure.settings)
    return Opening(measure=measure, settings=settings, plan_file=plan_file, actor=actor, at=at)


def open_measure(measure: Measure, plan_file: PlanFile, actor: Actor, at: datetime) -> None:
    """Let the kind prepare what the measure needs, and open it."""
    kinds()[measure.kind].open(opening_of(measure, plan_file, actor, at))
    plans.open_measure(measure_id=measure.pk, actor=actor, at=at)
