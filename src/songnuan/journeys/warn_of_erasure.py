"""Who keeps a roster is told, in good time, that its time is nearly over and it will be erased."""

from datetime import datetime
from functools import partial

from django.utils.translation import gettext as _

from songnuan.journeys.base import journey
from songnuan.journeys.telling import tell
from songnuan.kernel.actor import Actor
from songnuan.kernel.days import written
from songnuan.organisation.permissions import Permission
from songnuan.organisation.queries import day_of, holders
from songnuan.people import queries
from songnuan.people.models import Roster

DAYS = 30
"""How long before the end of its time the first notice of it comes."""


@journey
def warn_of_erasure(*, actor: Actor, at: datetime) -> int:
    """Leave a notice for who imports into a roster or answers for its privacy, once for each day it ends on.

    Returns:
        How many rosters end within `DAYS` days.

    """
    rosters = queries.ending(day_of(at), DAYS)
    for roster in rosters:
        keepers = holders(Permission.PEOPLE_IMPORT, roster.unit_id, at)
        officers = holders(Permission.PRIVACY_MANAGE, roster.unit_id, at)
        tell(
            {user.pk: user for user in (*keepers, *officers)}.values(),
            partial(_words, roster),
            topic="roster.ending",
            key=f"roster.ending:{roster.key}:{roster.retain_until}",
            url=f"/rosters/{roster.key}/",
            actor=actor,
            at=at,
        )
    return len(rosters)


def _words(roster: Roster) -> tuple[str, str]:
    assert roster.retain_until is not None  # noqa: S101 - only rosters that end are told of
    facts = {"title": roster.title, "day": written(roster.retain_until, "full")}
    title = _("The roster “%(title)s” is erased after %(day)s")
    body = _(
        "It is kept until that day. In the night after, what it tells is erased, and with it everybody who "
        "stands on no other roster. Who is still to be paid stays until that is over, and the papers of what "
        "was paid until the day of the books. If there is a ground to keep it longer, change the day; "
        "otherwise there is nothing to do."
    )
    return title % facts, body
