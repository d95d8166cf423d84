"""Users of the tests of background work."""

import pytest

from songnuan.kernel.actor import Actor
from songnuan.kernel.clock import wall
from songnuan.organisation.models import User


@pytest.fixture
def user(db: None) -> User:  # noqa: ARG001 - asks for the database
    """An invented user with an address."""
    return User.objects.create(
        username="chen", name="陈一禾", email="chen@example.org", phone="", is_active=True, created_at=wall()
    )


@pytest.fixture
def actor(user: User) -> Actor:
    """The user, acting."""
    return Actor(key=f"user:{user.pk}", label=user.name, user_id=user.pk)
