"""An administrator takes a lost second step off somebody's account."""

from datetime import datetime

from songnuan.journeys.base import journey
from songnuan.kernel.actor import Actor
from songnuan.organisation import actions as organisation


@journey
def reset_second_factor(*, user_id: int, reason: str, actor: Actor, at: datetime) -> None:
    """Let the password alone open the account again, until its owner sets up a new second step.

    Raises:
        Refusal: `own_second_factor`, `user_unknown`, `reason_missing`, `text_too_long`,
            `no_second_factor`, `not_permitted`.

    """
    organisation.reset_second_factor(user_id=user_id, reason=reason, actor=actor, at=at)
