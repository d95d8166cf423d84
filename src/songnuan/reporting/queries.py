"""Reads of the counts for others."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import QuerySet, Sum

from songnuan.organisation.models import Unit
from songnuan.reporting.models import InputCount

_SUMS = ("posted", "shown", "filled", "typed")


@dataclass(frozen=True, slots=True)
class Burden:
    """What was asked: forms handed in, inputs they had, not empty, typed by hand."""

    posted: int = 0
    shown: int = 0
    filled: int = 0
    typed: int = 0

    @property
    def prefilled(self) -> int:
        """Return how many inputs the house had filled in."""
        return self.filled - self.typed

    @property
    def per_form(self) -> float:
        """Return how many inputs were typed for one form."""
        return self.typed / self.posted if self.posted else 0.0


@dataclass(frozen=True, slots=True)
class BurdenRow:
    """What was asked of one unit and post in one week, or by one form; what is not told apart is empty."""

    week: date | None
    unit_id: int | None
    role: str
    form: str
    burden: Burden


def total(units: QuerySet[Unit], weeks: Collection[date] | None = None) -> Burden:
    """Return what was asked of these units, in these weeks or ever."""
    sums = _counts(units, weeks).aggregate(**{name: Sum(name) for name in _SUMS})
    return Burden(*(int(sums[name] or 0) for name in _SUMS))


def by_unit(units: QuerySet[Unit], weeks: Collection[date] | None = None) -> list[BurdenRow]:
    """Return what was asked by unit and post, most typed first."""
    return _rows(units, weeks, ("unit_id", "role"), ("-sum_typed", "unit_id", "role"))


def by_week(units: QuerySet[Unit], weeks: Collection[date] | None = None) -> list[BurdenRow]:
    """Return what was asked by week, the newest first."""
    return _rows(units, weeks, ("week",), ("-week",))


def by_form(units: QuerySet[Unit], weeks: Collection[date] | None = None) -> list[BurdenRow]:
    """Return what was asked by form, most typed first."""
    return _rows(units, weeks, ("form",), ("-sum_typed", "form"))


def _counts(units: QuerySet[Unit], weeks: Collection[date] | None) -> QuerySet[InputCount]:
    counts = InputCount.objects.filter(unit__in=units.values("pk"))
    return counts if weeks is None else counts.filter(week__in=weeks)


def _rows(
    units: QuerySet[Unit], weeks: Collection[date] | None, keys: tuple[str, ...], order: tuple[str, ...]
) -> list[BurdenRow]:
    sums = {f"sum_{name}": Sum(name) for name in _SUMS}
    found: list[dict[str, Any]] = list(_counts(units, weeks).values(*keys).annotate(**sums).order_by(*order))
    return [
        BurdenRow(
            week=row.get("week"),
            unit_id=row.get("unit_id"),
            role=row.get("role", ""),
            form=row.get("form", ""),
            burden=Burden(*(int(row[f"sum_{name}"]) for name in _SUMS)),
        )
        for row in found
    ]
