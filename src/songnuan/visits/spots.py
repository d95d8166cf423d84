"""What a change of a visit's day, lead or team does to the rest of its spot: one place for every writer."""

from typing import Any

from django.db.models import F


def day_alone() -> dict[str, Any]:
    """Return the columns of a visit whose day is set without a time: the old time was of another day."""
    return {"planned_start": None, "planned_minutes": None, "break_reason": "", **changed()}


def no_day() -> dict[str, Any]:
    """Return the columns of a visit that has no day any more."""
    return {**no_team(), "pinned": False}


def no_team() -> dict[str, Any]:
    """Return the columns of a visit that another lead makes: neither its team nor its time holds."""
    return {**day_alone(), "planned_team": None}


def changed() -> dict[str, Any]:
    """Return the count of changes, one more: a proposal that read the visit before is not taken for it."""
    return {"revision": F("revision") + 1}
