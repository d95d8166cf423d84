"""What journeys share: leaving a notice for people, each in the own language."""

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import override

from songnuan.jobs import actions as jobs
from songnuan.kernel.actor import Actor
from songnuan.organisation.models import Post, UnitLink, User
from songnuan.organisation.permissions import Role
from songnuan.organisation.queries import day_of
from songnuan.organisation.rules import live

TITLE_LONGEST = 200
NAME_SHOWN = 60  # characters of a unit's name in a title
_NAMES_SHOWN = 20


def tell(
    readers: Iterable[User],
    say: Callable[[], tuple[str, str]],
    *,
    topic: str,
    key: str,
    url: str,
    plan: str = "",
    actor: Actor,
    at: datetime,
) -> None:
    """Leave a notice for each of them, once for each `key`.

    Args:
        readers: Whom to tell.
        say: Gives title and body; asked anew for each reader, in the reader's language.
        topic: What it is about, such as "visit.recorded".
        key: What makes it this notice and no other.
        url: Where it leads, a path of this site.
        plan: The title of the plan it belongs to; "" when to none.
        actor: Whose act causes it.
        at: When.

    """
    for user in readers:
        with override(user.language):
            title, body = say()
        jobs.send(
            channel="in_app",
            recipient_id=user.pk,
            topic=topic,
            title=title[:TITLE_LONGEST],
            body=body,
            key=f"{key}:{user.pk}",
            url=url,
            about=plan,
            actor=actor,
            at=at,
        )


def office_people(office_id: int, at: datetime) -> QuerySet[User]:
    """Return who holds the post of a plan's office, there or above, to whom reports go."""
    day = day_of(at)
    above = UnitLink.objects.filter(live(day), descendant=office_id).values("ancestor")
    posts = Post.objects.filter(live(day), role=Role.EPIDEMIC_OFFICE, unit__in=above)
    return User.objects.filter(is_active=True, pk__in=posts.values("user")).order_by("pk")


def listed(units: Sequence[str]) -> str:
    """Return names for a notice, the first of them when they are many."""
    names = "、".join(units[:_NAMES_SHOWN])
    if len(units) <= _NAMES_SHOWN:
        return names
    return _("%(names)s and %(count)s more") % {"names": names, "count": len(units) - _NAMES_SHOWN}
