"""What others read of background work and messages."""

from dataclasses import dataclass

from django.db.models import Q, QuerySet

from songnuan.jobs.models import Job, Notice


@dataclass(frozen=True, slots=True)
class JobState:
    """Where a job stands. `error` is a refusal's sentence or the place of a fault."""

    status: str
    done: int
    total: int | None
    note: str
    result: object
    error: str


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


def job_state(job_id: int) -> JobState | None:
    """Return where a job stands, or None when there is none, or it was forgotten."""
    fields = ("status", "done", "total", "note", "result", "error")
    row = Job.objects.filter(pk=job_id).values_list(*fields).first()
    return None if row is None else JobState(*row)
