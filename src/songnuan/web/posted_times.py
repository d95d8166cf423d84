"""What a form that was filled in at the door says of time: the day of the visit, and the device's clock."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any

from django.utils.dateparse import parse_datetime
from django.utils.timezone import is_aware

from songnuan.visits.rules import SKEW_MOST


def day_in(data: Mapping[str, Any]) -> date | None:
    """Return the day of the visit that was posted; None where nobody can read it."""
    try:
        found = parse_datetime(str(data.get("happened_at", "")))
    except ValueError:
        return None
    return found.date() if found else None


def device_clock(
    data: Mapping[str, Any], at: datetime, clock_offset: timedelta
) -> tuple[datetime | None, int]:
    """Return when the device took the report down, by the house's clock, and the seconds it is fast.

    A device that says nothing of its clock, or what nobody can read, is taken as right.
    """
    taken, sent = (_moment(str(data.get(name, "")), clock_offset) for name in ("device_at", "device_sent_at"))
    if taken is not None and abs(taken - at) > timedelta(seconds=SKEW_MOST):
        taken = None
    return taken, round((sent - at).total_seconds()) if sent else 0


def _moment(text: str, clock_offset: timedelta) -> datetime | None:
    try:
        found = parse_datetime(text)
        return found + clock_offset if found is not None and is_aware(found) else None
    except (ValueError, OverflowError):
        return None
