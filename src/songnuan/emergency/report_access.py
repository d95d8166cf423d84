"""Who may do what about situation reports: liaisons at their very unit, parents, the office."""

from collections.abc import Collection, Mapping
from datetime import datetime

from django.utils.translation import gettext as _

from songnuan.kernel.actor import Actor
from songnuan.kernel.refusal import Refusal
from songnuan.organisation.held import Posts, reached
from songnuan.organisation.models import Post, UnitRecord, User
from songnuan.organisation.permissions import AT_OWN_UNIT, Permission
from songnuan.organisation.queries import day_of, holders, permits, refuse, scope
from songnuan.organisation.rules import live
from songnuan.plans.models import Measure, MeasureStatus


def person(actor: Actor, unit_id: int) -> int:
    """Return the id of who acts: a named person, never the machine.

    Raises:
        NotPermitted: `not_permitted`.

    """
    if actor.user_id is None:
        refuse(Permission.SITUATION_REPORT, unit_id=unit_id)
    return actor.user_id


def require_open(measure: Measure) -> None:
    """Let pass a measure that is open: of one that is closed nothing is reported, asked or excused any more.

    Raises:
        Refusal: `measure_closed`.

    """
    if measure.status != MeasureStatus.OPEN:
        raise closed(measure.pk)


def closed(measure_id: int) -> Refusal:
    """Return that a measure is closed."""
    sentence = _("This part of the plan is closed: nothing more is reported.")
    return Refusal("measure_closed", sentence, measure=measure_id)


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


def overseen(posts: Posts, above: Mapping[int, Collection[int]], at: datetime) -> set[int]:
    """Return those of many units that the holder of posts oversees, each given with what stands above it."""
    managed = reached(posts, Permission.EMERGENCY_MANAGE, above, at)
    if managed.issuperset(above):
        return set(above)
    lines = set().union(*above.values())
    own = reached(posts, Permission.SITUATION_REPORT, lines, at)
    return set(managed) | {unit for unit, line in above.items() if own & (set(line) - {unit})}


def liaisons_of(
    unit_ids: Collection[int], at: datetime, permission: Permission = Permission.SITUATION_REPORT
) -> dict[int, list[User]]:
    """Return the liaisons of many units, who hold a permission at their very unit, in one question."""
    posts = Post.objects.filter(
        live(day_of(at)),
        unit__in=unit_ids,
        role__in=AT_OWN_UNIT[permission],
        user__is_active=True,
    )
    found: dict[int, dict[int, User]] = {}
    for post in posts.select_related("user").order_by("user_id"):
        found.setdefault(post.unit_id, {})[post.user_id] = post.user
    return {unit: list(users.values()) for unit, users in found.items()}


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
