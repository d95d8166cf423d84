"""Which units somebody's posts reach; asked by every act and page, its SQL is written once a permission."""

from collections.abc import Iterable
from datetime import date
from functools import cache
from typing import Any

from django.db.models import Q, QuerySet

from songnuan.kernel.prepared import Prepared
from songnuan.organisation.models import Assignment, Post, Unit, UnitLink
from songnuan.organisation.permissions import (
    AT_OWN_UNIT,
    THROUGH_PAIRS,
    Permission,
    Role,
    roles_above,
    roles_with,
)
from songnuan.organisation.rules import live


def posts_of(user_id: int | None, roles: Iterable[Role], on: date) -> QuerySet[Post]:
    """Return the posts of these roles that an active user holds on the day."""
    return Post.objects.filter(live(on), user=user_id, user__is_active=True, role__in=list(roles))


def _below(units: QuerySet[Post, int] | QuerySet[Unit, int], on: date) -> QuerySet[UnitLink, int]:
    """Return the ids of all units at or below `units` (a subquery of ids)."""
    return UnitLink.objects.filter(live(on), ancestor__in=units).values_list("descendant", flat=True)


def reached(user_id: int | None, permission: Permission, on: date) -> QuerySet[Unit]:
    """Return the units over which the user's posts grant a permission on the day."""
    units = _below(posts_of(user_id, roles_above(permission), on).values_list("unit", flat=True), on)
    reach = Q(pk__in=units)
    if permission in AT_OWN_UNIT:
        own = posts_of(user_id, AT_OWN_UNIT[permission], on).values_list("unit", flat=True)
        reach |= Q(pk__in=_below(own, on).filter(depth=0))
    if permission in THROUGH_PAIRS:
        reach |= Q(pk__in=Assignment.objects.filter(live(on), holder__in=units).values("subject"))
    return Unit.objects.filter(reach)


def reaches(user_id: int, permission: Permission, unit_id: int, on: date) -> bool:
    """Return whether the unit is among those."""
    return bool(_over(permission).rows(user_id=user_id, unit_id=unit_id, on=on))


def grants_anywhere(user_id: int, permission: Permission, on: date) -> bool:
    """Return whether a post of the user grants it anywhere on the day."""
    return bool(_anywhere(permission).rows(user_id=user_id, on=on))


@cache
def _over(permission: Permission) -> Prepared:
    def ask(user_id: int, unit_id: int, on: date) -> QuerySet[Any, Any]:
        return reached(user_id, permission, on).filter(pk=unit_id).values_list("pk")

    return Prepared(user_id=int, unit_id=int, on=date)(ask)


@cache
def _anywhere(permission: Permission) -> Prepared:
    def ask(user_id: int, on: date) -> QuerySet[Any, Any]:
        return posts_of(user_id, roles_with(permission), on).values_list("pk")[:1]

    return Prepared(user_id=int, on=date)(ask)
