"""A plan file becomes a plan, as a draft."""

from datetime import datetime

from songnuan.journeys.base import journey
from songnuan.journeys.measures import settings_by_kind
from songnuan.journeys.plan_head import units_of_head
from songnuan.kernel.actor import Actor
from songnuan.kernel.clock import CHINA
from songnuan.organisation import actions as organisation
from songnuan.organisation.models import Unit, UnitKind, User
from songnuan.organisation.permissions import Role
from songnuan.plans import actions as plans
from songnuan.plans.models import Plan
from songnuan.plans.planfile import PlanFile, read


def load_plan(*, source: str, actor: Actor, at: datetime) -> Plan:
    """Read `source` (YAML) and store it; the same text again changes nothing.

    On a server that knows no unit yet, the command line founds the bureau and its office from the
    head of the plan.

    Raises:
        Refusal: `plan_invalid` and the like from the reader, `unit_unknown`, `plan_running`.

    """
    # Read first: a hostile file takes seconds, in which nobody else should wait for the database.
    return _load(plan_file=read(source, settings_by_kind()), source=source, actor=actor, at=at)


@journey
def _load(*, plan_file: PlanFile, source: str, actor: Actor, at: datetime) -> Plan:
    day = at.astimezone(CHINA).date()
    if actor.is_system and not Unit.objects.exists():
        _found(plan_file, actor, at)
    unit_id, office_id = units_of_head(plan_file, day)
    return plans.load_version(
        plan_file=plan_file, source=source, unit_id=unit_id, office_id=office_id, actor=actor, at=at
    )


def _found(plan_file: PlanFile, actor: Actor, at: datetime) -> None:
    day = plan_file.starts_on or at.astimezone(CHINA).date()
    opened_on = min(day, at.astimezone(CHINA).date())
    bureau = organisation.create_unit(
        name=plan_file.unit, kind=UnitKind.BUREAU, parent_id=None, opened_on=opened_on, actor=actor, at=at
    )
    if plan_file.office:
        organisation.create_unit(
            name=plan_file.office,
            kind=UnitKind.DEPARTMENT,
            parent_id=bureau.pk,
            opened_on=opened_on,
            actor=actor,
            at=at,
        )
    # The account made when the server was set up had no unit to administer until now.
    founder = User.objects.first()
    if founder is not None and User.objects.count() == 1:
        organisation.give_post(
            user_id=founder.pk, unit_id=bureau.pk, role=Role.ADMINISTRATOR, actor=actor, at=at
        )
