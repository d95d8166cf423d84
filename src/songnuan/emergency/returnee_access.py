"""Who reaches which returnee: the office, the unit's liaison, and the contact person while it lasts."""

from datetime import datetime
from enum import IntEnum

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from songnuan.emergency.models import Returnee, ReturneeStatus
from songnuan.kernel.actor import Actor
from songnuan.kernel.refusal import NotPermitted
from songnuan.organisation.permissions import Permission
from songnuan.organisation.queries import day_of, permits, refuse, scope, subtree
from songnuan.plans.models import Measure, Plan


class Reach(IntEnum):
    """How far somebody reaches into an entry."""

    NONE = 0
    HELP = 1
    KEEP = 2
    OFFICE = 3


def is_office(plan: Plan, actor: Actor, at: datetime) -> bool:
    """Return whether an actor is the emergency office of a plan."""
    if actor.user_id is None:
        return False
    return permits(actor, Permission.EMERGENCY_MANAGE, unit_id=plan.unit_id, at=at)


def keeps(unit_id: int, actor: Actor, at: datetime) -> bool:
    """Return whether an actor keeps the register of this very unit."""
    if actor.user_id is None:
        return False
    return permits(actor, Permission.RETURNEE_KEEP, unit_id=unit_id, at=at)


def reach_of(row: Returnee, actor: Actor, at: datetime) -> Reach:
    """Return how far an actor reaches into an entry of which the plan is at hand."""
    if is_office(row.measure.plan, actor, at):
        return Reach.OFFICE
    if keeps(row.unit_id, actor, at):
        return Reach.KEEP
    is_own = actor.user_id is not None and row.helper_id == actor.user_id
    return Reach.HELP if is_own and row.status == ReturneeStatus.OBSERVED else Reach.NONE


def reached(actor: Actor, at: datetime) -> QuerySet[Returnee]:
    """Return the entries of which an actor may see the people."""
    office = scope(actor, Permission.EMERGENCY_MANAGE, at).values("pk")
    own = scope(actor, Permission.RETURNEE_KEEP, at).values("pk")
    found = Q(measure__plan__unit__in=office) | Q(unit__in=own)
    if actor.user_id is not None:
        found |= Q(helper=actor.user_id, status=ReturneeStatus.OBSERVED)
    return Returnee.objects.filter(found).select_related("measure__plan", "helper")


def require_entering(plan: Plan, unit_id: int, actor: Actor, at: datetime) -> int:
    """Let pass who enters people of a unit; return who acts.

    Raises:
        NotPermitted: `not_permitted`.

    """
    if actor.user_id is None or not (is_office(plan, actor, at) or keeps(unit_id, actor, at)):
        refuse(Permission.RETURNEE_KEEP, unit_id=unit_id)
    return actor.user_id


def require_office(plan: Plan, actor: Actor, at: datetime) -> int:
    """Let pass the emergency office; return who acts.

    Raises:
        NotPermitted: `not_permitted`.

    """
    if actor.user_id is None or not is_office(plan, actor, at):
        refuse(Permission.EMERGENCY_MANAGE, unit_id=plan.unit_id)
    return actor.user_id


def require_working(row: Returnee, actor: Actor, at: datetime) -> int:
    """Let pass who works with somebody: the contact person, the liaison of the unit, the office.

    Raises:
        NotPermitted: `returnee_not_yours`.

    """
    if actor.user_id is None or reach_of(row, actor, at) is Reach.NONE:
        sentence = _("Only the contact person, the unit's liaison and the office see to this person.")
        raise NotPermitted("returnee_not_yours", sentence, returnee=row.pk)
    return actor.user_id


def own_unit(measure: Measure, actor: Actor, at: datetime) -> int | None:
    """Return the one unit of the plan for which an actor keeps the register; None for none or several."""
    below = subtree(measure.plan.unit_id, day_of(at)).order_by().values("pk")
    own = scope(actor, Permission.RETURNEE_KEEP, at).filter(pk__in=below)
    found = list(own.values_list("pk", flat=True)[:2])
    return found[0] if len(found) == 1 else None
