"""An administrator gives somebody a post."""

from datetime import datetime

from songnuan.journeys.base import journey
from songnuan.kernel.actor import Actor
from songnuan.organisation import actions as organisation
from songnuan.organisation.models import Post
from songnuan.organisation.permissions import Role


@journey
def give_post(*, user_id: int, unit_id: int, role: Role, actor: Actor, at: datetime) -> Post:
    """Give the post from the day of `at` on.

    Raises:
        Refusal: `posts_incompatible`, `not_permitted` …

    """
    return organisation.give_post(user_id=user_id, unit_id=unit_id, role=role, actor=actor, at=at)
