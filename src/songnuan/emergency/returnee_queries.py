"""Reads of the register of returnees: how each stands today, what is missing, and what is counted."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime, time

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet

from songnuan.emergency.models import (
    DailyStatus,
    Returnee,
    ReturneeCode,
    ReturneeStatus,
    StatusOutcome,
)
from songnuan.emergency.returnee_rules import Tally, due_until, missed
from songnuan.kernel.clock import CHINA

KIND = "returnees"
_SEEN = (StatusOutcome.WELL, StatusOutcome.UNWELL)


def valid_statuses(rows: QuerySet[DailyStatus]) -> QuerySet[DailyStatus]:
    """Return of some statuses those that no later version has replaced."""
    newer = DailyStatus.objects.filter(
        returnee=OuterRef("returnee"), day=OuterRef("day"), version__gt=OuterRef("version")
    )
    return rows.filter(~Exists(newer))


def unanswered(returnee_ids: Collection[int] | None = None) -> QuerySet[DailyStatus]:
    """Return the statuses that say unwell and were not answered, the newest first."""
    rows = DailyStatus.objects.filter(outcome=StatusOutcome.UNWELL, answer__isnull=True)
    if returnee_ids is not None:
        rows = rows.filter(returnee__in=returnee_ids)
    return rows.select_related("by").order_by("-reported_at")


@dataclass(frozen=True, slots=True)
class Standing:
    """How somebody who is observed stands: the valid status of today, and the days that are missed.

    `is_due`: nothing was said about today, and something is to be.
    """

    row: Returnee
    today: DailyStatus | None
    newest: DailyStatus | None
    missed: tuple[date, ...]
    is_due: bool
    is_unwell: bool


def standings(rows: Iterable[Returnee], dues: dict[int, time], at: datetime) -> list[Standing]:
    """Return how people stand, in their order.

    Args:
        rows: Whom.
        dues: The due time of each measure, by its id.
        at: When.

    """
    found = list(rows)
    day = at.astimezone(CHINA).date()
    ids = [row.pk for row in found]
    valid: dict[int, dict[date, DailyStatus]] = defaultdict(dict)
    for status in valid_statuses(DailyStatus.objects.filter(returnee__in=ids)).select_related("by"):
        valid[status.returnee_id][status.day] = status
    unwell = set(unanswered(ids).values_list("returnee", flat=True))
    told = []
    for row in found:
        own = valid[row.pk]
        lacks: list[date] = []
        is_due = False
        if row.first_due_on is not None:
            last = due_until(row.ended_on, dues[row.measure_id], at)
            lacks = missed(row.first_due_on, last, own.keys())
            is_due = row.status == ReturneeStatus.OBSERVED and row.first_due_on <= day and day not in own
        newest = own[max(own)] if own else None
        told.append(Standing(row, own.get(day), newest, tuple(lacks), is_due, row.pk in unwell))
    return told


def tallies(measure_id: int, due: time, at: datetime) -> dict[int, Tally]:
    """Return what is counted of a measure, by unit; `at` is the moment of its closing where it is closed."""
    rows = list(
        Returnee.objects.filter(measure_id=measure_id).values_list(
            "pk", "unit_id", "status", "first_due_on", "ended_on", "helper"
        )
    )
    told = _told(measure_id, at)
    unwell = set(unanswered().filter(returnee__measure=measure_id).values_list("returnee", flat=True))
    found: dict[int, Tally] = defaultdict(Tally)
    day = at.astimezone(CHINA).date()
    for pk, unit_id, status, first, ended_on, helper in rows:
        one = Tally(**{status: 1}, unwell=int(pk in unwell))
        if first is not None:
            made, explained, is_today = told.get(pk, (0, 0, False))
            last = due_until(ended_on, due, at)
            if is_today and first <= day and (ended_on is None or day < ended_on):
                last = day
            days = max((last - first).days + 1, 0)
            one = replace(one, due=days, made=made, explained=explained, overdue=int(days > made + explained))
            one = replace(one, helpless=int(status == ReturneeStatus.OBSERVED and helper is None))
        found[unit_id] += one
    return dict(found)


def _told(measure_id: int, at: datetime) -> dict[int, tuple[int, int, bool]]:
    """Return by person how many due days were seen, how many explained, and whether today is among them."""
    day = at.astimezone(CHINA).date()
    within = DailyStatus.objects.filter(
        Q(returnee__ended_on__isnull=True) | Q(day__lt=F("returnee__ended_on")),
        returnee__measure=measure_id,
        day__gte=F("returnee__first_due_on"),
        day__lte=day,
    )
    rows = (
        valid_statuses(within)
        .order_by()
        .values("returnee")
        .annotate(
            seen=Count("pk", filter=Q(outcome__in=_SEEN)),
            explained=Count("pk", filter=~Q(outcome__in=_SEEN)),
            today=Count("pk", filter=Q(day=day)),
        )
    )
    return {row["returnee"]: (row["seen"], row["explained"], bool(row["today"])) for row in rows}


def codes_of(measure_id: int) -> QuerySet[ReturneeCode]:
    """Return the codes of posters that count."""
    rows = ReturneeCode.objects.filter(measure=measure_id, withdrawn_at__isnull=True)
    return rows.select_related("made_by").order_by("unit")


def history_of(row: Returnee) -> list[DailyStatus]:
    """Return every version of every status, the newest day first, in a day the newest version first."""
    rows = DailyStatus.objects.filter(returnee=row).select_related("by", "answer__by")
    return list(rows.order_by("-day", "-version"))
