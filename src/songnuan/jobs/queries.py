"""What others read of messages."""

from dataclasses import dataclass

from django.db.models import Count, Max, Q, QuerySet

from songnuan.jobs.models import Notice


@dataclass(frozen=True, slots=True)
class Gathered:
    """The unread notices about one thing: how many, and the newest of them."""

    topic: str
    count: int
    newest: Notice


def notices(
    user_id: int, *, unread: bool = False, topic: str = "", before: int | None = None
) -> QuerySet[Notice]:
    """Return the notices of a user, newest first.

    Args:
        user_id: Whose.
        unread: Only those not read yet.
        topic: Only those about this.
        before: The notice at which the page before ended; None for the first page.

    """
    rows = Notice.objects.filter(user_id=user_id).order_by("-created_at", "-pk")
    if unread:
        rows = rows.filter(read_at=None)
    if topic:
        rows = rows.filter(message__topic=topic)
    if before is not None:
        at = Notice.objects.filter(pk=before, user_id=user_id).values("created_at")[:1]
        rows = rows.filter(Q(created_at__lt=at) | Q(created_at=at, pk__lt=before))
    return rows


def gathered(user_id: int, size: int) -> list[Gathered]:
    """Return the unread notices of a user by what they are about, newest first, in two queries."""
    unread = Notice.objects.filter(user_id=user_id, read_at=None).values("message__topic")
    rows = unread.annotate(count=Count("pk"), newest=Max("pk")).order_by("-newest")[:size]
    found = list(rows.values_list("message__topic", "count", "newest"))
    newest = Notice.objects.in_bulk([pk for _topic, _count, pk in found])
    return [Gathered(topic, count, newest[pk]) for topic, count, pk in found]
