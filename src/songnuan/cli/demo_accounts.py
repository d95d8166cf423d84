"""The accounts of the demo: made with their posts, as far as they are not there."""

from collections.abc import Callable, Sequence
from datetime import datetime

from songnuan.journeys.create_account import create_account
from songnuan.journeys.give_post import give_post
from songnuan.kernel.actor import SYSTEM
from songnuan.organisation.models import Unit, User
from songnuan.organisation.permissions import Role

Person = tuple[str, str, Role, str, str | None]
"""Username, name, role, unit, and the password of who signs in."""


def make_accounts(people: Sequence[Person], unit_of: Callable[[str], Unit], moment: datetime) -> None:
    """Make an account with a post for each of these people who has none."""
    posted = set(User.objects.filter(posts__isnull=False).values_list("username", flat=True))
    lacking = [row for row in people if row[0] not in posted]
    units = {place: unit_of(place).pk for place in {row[3] for row in lacking}}
    for username, name, role, place, password in lacking:
        user = User.objects.filter(username=username).first() or create_account(
            username=username, name=name, password=password, password_stays=True, actor=SYSTEM, at=moment
        )
        give_post(user_id=user.pk, unit_id=units[place], role=role, actor=SYSTEM, at=moment)
