"""What journeys share: leaving a notice for people, each in the own language."""

from collections.abc import Callable, Iterable
from datetime import datetime

from django.utils.translation import override

from songnuan.jobs import actions as jobs
from songnuan.kernel.actor import Actor
from songnuan.organisation.models import User

TITLE_LONGEST = 200
NAME_SHOWN = 60  # characters of a unit's name in a title


def tell(
    readers: Iterable[User],
    say: Callable[[], tuple[str, str]],
    *,
    topic: str,
    key: str,
    url: str,
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
            actor=actor,
            at=at,
        )
