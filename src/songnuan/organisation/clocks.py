"""How far the house's clock stands from the machine's; asked by every page, its SQL is written once."""

from datetime import timedelta
from typing import Any

from django.db.models import QuerySet

from songnuan.kernel.prepared import Prepared
from songnuan.organisation.models import Installation


def clock_offset() -> timedelta:
    """Return how far: not at all, but in a demo."""
    return timedelta(seconds=next((seconds for (seconds,) in _OFFSET.rows()), 0))


@Prepared()
def _OFFSET() -> QuerySet[Any, Any]:  # noqa: N802 - it becomes a question
    """Ask for the offset."""
    return Installation.objects.order_by("pk").values_list("clock_offset_seconds")
