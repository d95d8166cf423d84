"""A plan file becomes a plan, as a draft."""

from datetime import datetime

from django.utils.translation import gettext as _

from songnuan.journeys.base import journey
from songnuan.journeys.measures import settings_by_kind
from songnuan.kernel.actor import Actor
from songnuan.kernel.clock import CHINA
from songnuan.kernel.refusal import Refusal
from songnuan.organisation import actions as organisation
from songnuan.organisation.models import Unit, UnitKind, User
from songnuan.organisation.permissions import Role
from songnuan.organisation.queries import unit_by_name
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
    bureau = unit_by_name(plan_file.unit, day)
    if bureau is None:
        raise Refusal(
            "unit_unknown",
            _("The plan is that of “%(name)s”, which is not among the units. Check the name, or create it.")
            % {"name": plan_file.unit},
        )
    office = unit_by_name(plan_file.office, day) if plan_file.office else None
    if plan_file.office and office is None:
        raise Refusal(
            "unit_unknown",
            _("The plan’s office “%(name)s” is not among the units. Check the name, or create it.")
            % {"name": plan_file.office},
        )
    return plans.load_version(
        plan_file=plan_file,
        source=source,
        unit_id=bureau.pk,
        office_id=office.pk if office else None,
        actor=actor,
        at=at,
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
