"""The very units over which users hold what no post allows further: `queries.scope`, for prepared use."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet

from songnuan.kernel.bulk import among, among_texts
from songnuan.kernel.prepared import Prepared
from songnuan.organisation.models import Post, Unit, UnitLink
from songnuan.organisation.permissions import AT_OWN_UNIT, THROUGH_PAIRS, Permission, roles_above
from songnuan.organisation.rules import live


def own_units(user_id: int | None, permission: Permission, on: date) -> QuerySet[Unit]:
    """Return the units.

    Raises:
        ValueError: For what reaches further than one's own unit, by other posts or through pairings.

    """
    _require_own(permission)
    posts = Post.objects.filter(
        live(on), user=user_id, user__is_active=True, role__in=list(AT_OWN_UNIT[permission])
    )
    links = UnitLink.objects.filter(live(on), ancestor__in=posts.values("unit"), depth=0)
    return Unit.objects.filter(pk__in=links.values("descendant"))


def own_pairs(user_ids: Iterable[int], permission: Permission, on: date) -> set[tuple[int, int]]:
    """Return the units of many users, each as user and unit, in one question.

    Raises:
        ValueError: As `own_units`.

    """
    _require_own(permission)
    roles = sorted(role.value for role in AT_OWN_UNIT[permission])
    rows = _PAIRS.rows(users=sorted(user_ids), roles=roles, on=on)
    return {(user_id, unit_id) for user_id, unit_id in rows}


@Prepared(users=list[int], roles=list[str], on=date)
def _PAIRS(users: list[int], roles: list[str], on: date) -> QuerySet[Any, Any]:  # noqa: N802 - it becomes one
    """Ask for the users and units."""
    stands = UnitLink.objects.filter(
        live(on), ancestor=OuterRef("unit"), descendant=OuterRef("unit"), depth=0
    )
    posts = Post.objects.filter(
        Exists(stands), live(on), user__in=among(users), user__is_active=True, role__in=among_texts(roles)
    )
    return posts.values_list("user_id", "unit_id")


def _require_own(permission: Permission) -> None:
    if roles_above(permission) or permission in THROUGH_PAIRS:
        raise ValueError(f"{permission} reaches further than one's own unit")
