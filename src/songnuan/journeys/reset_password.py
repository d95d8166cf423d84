"""An administrator gives somebody a new password."""

from datetime import datetime

from songnuan.journeys.base import journey
from songnuan.kernel.actor import Actor
from songnuan.organisation import actions as organisation


@journey
def reset_password(*, user_id: int, password: str, actor: Actor, at: datetime) -> None:
    """Set the password.

    Raises:
        Refusal: `password_weak`, `not_permitted`.

    """
    organisation.set_password(user_id=user_id, password=password, actor=actor, at=at)
