"""Who may do what about situation reports: liaisons at their very unit, parents, the office."""

from collections.abc import Collection
from datetime import datetime

from songnuan.kernel.actor import Actor
from songnuan.organisation.models import UnitRecord
from songnuan.organisation.permissions import Permission
from songnuan.organisation.queries import day_of, holders, permits, refuse, scope
from songnuan.organisation.rules import live


def person(actor: Actor, unit_id: int) -> int:
    """Return the id of who acts: a named person, never the machine.

    Raises:
        NotPermitted: `not_permitted`.

    """
    if actor.user_id is None:
        refuse(Permission.SITUATION_REPORT, unit_id=unit_id)
    return actor.user_id


def parent_of(unit_id: int, at: datetime) -> int | None:
    """Return the unit above, as the tree is now; None for the top, and for a unit that is closed."""
    rows = UnitRecord.objects.filter(live(day_of(at)), unit_id=unit_id)
    return rows.values_list("parent_id", flat=True).first()


def oversees(actor: Actor, unit_id: int, above: Collection[int], at: datetime) -> bool:
    """Return whether an actor is the office over a unit, or a liaison of one of those above it."""
    if permits(actor, Permission.EMERGENCY_MANAGE, unit_id=unit_id, at=at):
        return True
    own = scope(actor, Permission.SITUATION_REPORT, at)
    return own.filter(pk__in=set(above) - {unit_id}).exists()


def require_overseer(actor: Actor, unit_id: int, above: Collection[int], at: datetime) -> int:
    """Let pass the office over a unit and the liaisons of those above it; return who acts.

    Raises:
        NotPermitted: `not_permitted`.

    """
    by = person(actor, unit_id)
    if not oversees(actor, unit_id, above, at):
        refuse(Permission.EMERGENCY_MANAGE, unit_id=unit_id)
    return by


def passes_on(actor: Actor, node_id: int, at: datetime) -> bool | None:
    """Return whether an actor may pass a node's part on: True as the office for one that has nobody.

    None where they may not.
    """
    if permits(actor, Permission.SITUATION_REPORT, unit_id=node_id, at=at):
        return False
    is_office = permits(actor, Permission.EMERGENCY_MANAGE, unit_id=node_id, at=at)
    if is_office and not holders(Permission.SITUATION_REPORT, node_id, at).exists():
        return True
    return None


def require_office(actor: Actor, unit_id: int, at: datetime) -> int:
    """Let pass the emergency office over a unit; return who acts.

    Raises:
        NotPermitted: `not_permitted`.

    """
    if actor.user_id is None or not permits(actor, Permission.EMERGENCY_MANAGE, unit_id=unit_id, at=at):
        refuse(Permission.EMERGENCY_MANAGE, unit_id=unit_id)
    return actor.user_id
