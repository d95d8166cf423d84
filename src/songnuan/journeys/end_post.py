"""An administrator ends a post."""

from datetime import datetime

from songnuan.journeys.base import journey
from songnuan.kernel.actor import Actor
from songnuan.organisation import actions as organisation


@journey
def end_post(*, post_id: int, actor: Actor, at: datetime) -> None:
    """End the post from the day of `at` on.

    Raises:
        Refusal: `post_ended`, `last_administrator`, `before_last_change`, `not_permitted`.

    """
    organisation.end_post(post_id=post_id, actor=actor, at=at)
