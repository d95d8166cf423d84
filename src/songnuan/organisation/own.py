"""The very units over which a user holds what no post allows further: `queries.scope`, for prepared use."""

from datetime import date

from django.db.models import QuerySet

from songnuan.organisation.models import Post, Unit, UnitLink
from songnuan.organisation.permissions import AT_OWN_UNIT, THROUGH_PAIRS, Permission, roles_above
from songnuan.organisation.rules import live


def own_units(user_id: int | None, permission: Permission, on: date) -> QuerySet[Unit]:
    """Return the units.

    Raises:
        ValueError: For what reaches further than one's own unit, by other posts or through pairings.

    """
    if roles_above(permission) or permission in THROUGH_PAIRS:
        raise ValueError(f"{permission} reaches further than one's own unit")
    posts = Post.objects.filter(
        live(on), user=user_id, user__is_active=True, role__in=list(AT_OWN_UNIT[permission])
    )
    links = UnitLink.objects.filter(live(on), ancestor__in=posts.values("unit"), depth=0)
    return Unit.objects.filter(pk__in=links.values("descendant"))
