"""What is due from somebody, for a letter: the same list as on the first page, as far as it cannot wait."""

from datetime import datetime

from songnuan.organisation.models import User
from songnuan.organisation.queries import actor_of, day_of
from songnuan.outreach.facts import Fact, When
from songnuan.web.due import Band, desk_of, due_of
from songnuan.web.views.shared import Reader

_WHEN = {Band.LATE: When.LATE, Band.TODAY: When.TODAY}


def facts_of(user: User, at: datetime) -> list[Fact]:
    """Return what is due from a user today, or late, in the language that is set."""
    reader = Reader(user=user, actor=actor_of(user), at=at, day=day_of(at))
    return [
        Fact(item.title, item.detail, item.plan, item.url, _WHEN[item.band], item.due_on)
        for item in due_of(desk_of(reader))
        if item.band in _WHEN
    ]
