"""Who asked for what is late, as those hear it who were asked: the post, such as the epidemic office."""

from collections.abc import Collection
from datetime import date, datetime

from songnuan.kernel.actor import Actor
from songnuan.organisation.models import Post, User
from songnuan.organisation.permissions import Permission, role_label, roles_above
from songnuan.organisation.queries import day_of
from songnuan.organisation.rules import live


def office_of(actor: Actor, permission: Permission, at: datetime) -> str:
    """Return the post that lets the actor ask; the actor's own name where there is none any more."""
    if actor.user_id is None:
        return actor.label
    return offices_of({actor.user_id}, permission, day_of(at)).get(actor.user_id, actor.label)


def offices_of(user_ids: Collection[int], permission: Permission, on: date) -> dict[int, str]:
    """Return for each user the post that gives the permission on the day, else the user's name."""
    posts = Post.objects.filter(live(on), user_id__in=user_ids, role__in=roles_above(permission))
    # Of several posts the oldest one speaks: it comes last and stays.
    held = {pk: str(role_label(role)) for pk, role in posts.order_by("-pk").values_list("user_id", "role")}
    return dict(User.objects.filter(pk__in=user_ids).values_list("pk", "name")) | held
