"""Who reports how things stand at many units at once."""

from collections.abc import Collection
from datetime import datetime

from django.db.models import Q

from songnuan.organisation.models import Post, User
from songnuan.organisation.permissions import AT_OWN_UNIT, Permission
from songnuan.organisation.queries import day_of
from songnuan.organisation.rules import live


def liaisons_of(unit_ids: Collection[int], at: datetime) -> dict[int, list[User]]:
    """Return the liaisons of many units, in two questions."""
    posts = Post.objects.filter(
        live(day_of(at)),
        Q(unit__in=unit_ids),
        role__in=AT_OWN_UNIT[Permission.SITUATION_REPORT],
        user__is_active=True,
    )
    found: dict[int, dict[int, User]] = {}
    for post in posts.select_related("user").order_by("user_id"):
        found.setdefault(post.unit_id, {})[post.user_id] = post.user
    return {unit: list(users.values()) for unit, users in found.items()}
