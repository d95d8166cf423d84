"""Who may do what about alerts: the office of the plan, and liaisons of units above the one it is about."""

from datetime import datetime

from songnuan.emergency.models import Alert
from songnuan.emergency.report_access import person
from songnuan.emergency.report_rules import nodes_of
from songnuan.kernel.actor import Actor
from songnuan.organisation.permissions import Permission
from songnuan.organisation.queries import permits, refuse, scope


def above_of(alert: Alert) -> set[int]:
    """Return the units that stood above the one that an alert is about, in its period."""
    return set(nodes_of(alert.path)) - {alert.unit_id}


def sees_to(alert: Alert, actor: Actor, at: datetime) -> bool:
    """Return whether an actor may acknowledge and verify an alert."""
    if permits(actor, Permission.EMERGENCY_MANAGE, unit_id=alert.measure.plan.unit_id, at=at):
        return True
    return scope(actor, Permission.SITUATION_REPORT, at).filter(pk__in=above_of(alert)).exists()


def require_seeing_to(alert: Alert, actor: Actor, at: datetime) -> int:
    """Let pass who may acknowledge and verify an alert; return who acts.

    Raises:
        NotPermitted: `not_permitted`.

    """
    by = person(actor, alert.unit_id)
    if not sees_to(alert, actor, at):
        refuse(Permission.EMERGENCY_MANAGE, unit_id=alert.measure.plan.unit_id)
    return by
