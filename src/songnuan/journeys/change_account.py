"""An administrator changes an account, shuts it, or gives it a new password."""

from datetime import datetime

from songnuan.journeys.base import journey
from songnuan.kernel.actor import Actor
from songnuan.organisation import actions as organisation
from songnuan.organisation.accounts import UserChanges


@journey
def change_account(
    *, user_id: int, changes: UserChanges, password: str | None = None, actor: Actor, at: datetime
) -> bool:
    """Make the changes, all or none, and set the password if one is given; return whether anything differed.

    Raises:
        Refusal: `user_unknown`, `last_administrator`, `password_weak`, `not_permitted`, or what is wrong with
            an entry.

    """
    differed = organisation.change_user(user_id=user_id, actor=actor, at=at, **changes)
    if password is not None:
        organisation.set_password(user_id=user_id, password=password, actor=actor, at=at)
    return differed or password is not None
