"""What others read of messages."""

from dataclasses import dataclass
from uuid import UUID

from django.db.models import Count, F, Q, QuerySet, Window
from django.db.models.functions import RowNumber

from songnuan.jobs.models import InboxEntry, Notice, OutboxMessage
from songnuan.kernel.actor import Actor


@dataclass(frozen=True, slots=True)
class Gathered:
    """The unread notices about one thing: how many, and the newest of them."""

    topic: str
    count: int
    newest: Notice


def is_received(key: UUID) -> bool:
    """Return whether a post with this key was carried out before."""
    return InboxEntry.objects.filter(key=key).exclude(result="").exists()


def result_of(key: UUID, purpose: str, actor: Actor) -> str:
    """Return what a post of the actor under this key was answered before; empty where there was none."""
    rows = InboxEntry.objects.filter(key=key, purpose=purpose, actor_key=actor.key)
    return rows.values_list("result", flat=True).first() or ""


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
    unread = Notice.objects.filter(user_id=user_id, read_at=None)
    # Numbered within each topic in one go: asked for row by row, the time grows with the square of them.
    alike = Window(
        RowNumber(), partition_by="message__topic", order_by=[F("created_at").desc(), F("pk").desc()]
    )
    newest = unread.annotate(place=alike).filter(place=1)
    found = list(newest.select_related("message").order_by("-created_at", "-pk")[:size])
    counts = dict(unread.values_list("message__topic").annotate(count=Count("pk")))
    return [Gathered(row.message.topic, counts[row.message.topic], row) for row in found]


def is_sent(begins: str) -> bool:
    """Return whether a message was written whose key begins so."""
    return OutboxMessage.objects.filter(key__startswith=begins).exists()
