"""A plan begins in the web: from a template with a new head, or from a plan file."""

from datetime import datetime
from uuid import UUID

from songnuan.jobs import actions as jobs
from songnuan.journeys.base import journey
from songnuan.journeys.measures import settings_by_kind
from songnuan.journeys.plan_head import units_of_head
from songnuan.kernel.actor import Actor
from songnuan.organisation.queries import day_of
from songnuan.plans import actions as plans
from songnuan.plans.planfile import PlanFile, read
from songnuan.plans.rewriting import Change, rewritten
from songnuan.plans.rules import digest


def create_plan(*, source: str, change: Change, key: UUID, actor: Actor, at: datetime) -> str:
    """Store a new plan as a draft, and return its slug; the same `key` again changes nothing.

    Args:
        source: A template or a plan file.
        change: What is to be different: its head at least, where it is a template.
        key: The form's.
        actor: Who writes it.
        at: When.

    Raises:
        PlanRefused: `plan_invalid` and the like from the reader.
        Refusal: `slug_taken`, `unit_unknown`, `not_permitted`.

    """
    text = rewritten(source, change)
    return _create(plan_file=read(text, settings_by_kind()), source=text, key=key, actor=actor, at=at)


@journey
def _create(*, plan_file: PlanFile, source: str, key: UUID, actor: Actor, at: datetime) -> str:
    body = digest(source)
    earlier = jobs.receive(key=key, purpose="create_plan", body_digest=body, actor=actor, at=at)
    if earlier is not None:
        return earlier
    unit_id, office_id = units_of_head(plan_file, day_of(at))
    plan = plans.load_version(
        plan_file=plan_file,
        source=source,
        unit_id=unit_id,
        office_id=office_id,
        base=0,
        actor=actor,
        at=at,
    )
    jobs.settle(key=key, result=plan.slug)
    return plan.slug
