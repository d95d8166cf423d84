"""An administrator creates an account."""

from datetime import datetime

from songnuan.journeys.base import journey
from songnuan.kernel.actor import Actor
from songnuan.organisation import actions as organisation
from songnuan.organisation.models import User


@journey
def create_account(
    *, username: str, name: str, password: str | None, phone: str = "", actor: Actor, at: datetime
) -> User:
    """Create the account; what its owner may do follows from posts given afterwards.

    Without a password nobody can sign in to it until one is set.

    Raises:
        Refusal: `username_taken`, `password_weak`, `not_permitted` …

    """
    return organisation.create_user(
        username=username, name=name, password=password, phone=phone, actor=actor, at=at
    )
