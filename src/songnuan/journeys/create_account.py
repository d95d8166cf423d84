"""An administrator creates an account."""

from datetime import datetime

from songnuan.journeys.base import journey
from songnuan.kernel.actor import Actor
from songnuan.organisation import actions as organisation
from songnuan.organisation.models import User


@journey
def create_account(
    *,
    username: str,
    name: str,
    password: str | None,
    password_stays: bool = False,
    phone: str = "",
    actor: Actor,
    at: datetime,
) -> User:
    """Create the account; what its owner may do follows from posts given afterwards.

    Without a password nobody can sign in to it until one is set. The password has to be changed at the
    first sign-in, unless it `password_stays`.

    Raises:
        Refusal: `username_taken`, `password_weak`, `not_permitted` …

    """
    return organisation.create_user(
        username=username,
        name=name,
        password=password,
        password_stays=password_stays,
        phone=phone,
        actor=actor,
        at=at,
    )
