"""What others read of messages."""

from django.db.models import Q, QuerySet

from songnuan.jobs.models import Notice


def notices(user_id: int, *, unread: bool = False, before: int | None = None) -> QuerySet[Notice]:
    """Return the notices of a user, newest first.

    Args:
        user_id: Whose.
        unread: Only those not read yet.
        before: The notice at which the page before ended; None for the first page.

    """
    rows = Notice.objects.filter(user_id=user_id).order_by("-created_at", "-pk")
    if unread:
        rows = rows.filter(read_at=None)
    if before is not None:
        at = Notice.objects.filter(pk=before, user_id=user_id).values("created_at")[:1]
        rows = rows.filter(Q(created_at__lt=at) | Q(created_at=at, pk__lt=before))
    return rows
