"""Reads of the counts for others."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Q, QuerySet, Sum

from songnuan.organisation.models import Unit, UnitLink
from songnuan.organisation.rules import live
from songnuan.reporting.models import InputCount
from songnuan.reporting.rules import form_of, is_lines, lines_of

_SUMS = ("posted", "shown", "filled", "typed")


@dataclass(frozen=True, slots=True)
class Burden:
    """What was asked: forms handed in, inputs they had, not empty, typed by hand."""

    posted: int = 0
    shown: int = 0
    filled: int = 0
    typed: int = 0

    def __add__(self, other: "Burden") -> "Burden":
        """Return what was asked together."""
        return Burden(*(getattr(self, name) + getattr(other, name) for name in _SUMS))

    @property
    def prefilled(self) -> int:
        """Return how many inputs the house had filled in."""
        return self.filled - self.typed

    @property
    def per_form(self) -> float:
        """Return how many inputs were typed for one form."""
        return self._each(self.typed)

    @property
    def shown_each(self) -> float:
        """Return how many inputs one form had."""
        return self._each(self.shown)

    @property
    def filled_each(self) -> float:
        """Return how many inputs of one form were not left empty."""
        return self._each(self.filled)

    def _each(self, inputs: int) -> float:
        return inputs / self.posted if self.posted else 0.0


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
    sums = _counts(units, weeks).aggregate(**{name: _sum(name) for name in _SUMS})
    return Burden(*(int(sums[name] or 0) for name in _SUMS))


def is_counted(form: str) -> bool:
    """Return whether a form was ever handed in."""
    return InputCount.objects.filter(form=form).exists()


def by_unit(units: QuerySet[Unit], weeks: Collection[date] | None = None) -> list[BurdenRow]:
    """Return what was asked by unit and post, most typed first."""
    return _rows(units, weeks, ("unit_id", "role"), ("-sum_typed", "unit_id", "role"))


def by_week(units: QuerySet[Unit], weeks: Collection[date] | None = None) -> list[BurdenRow]:
    """Return what was asked by week, the newest first."""
    return _rows(units, weeks, ("week",), ("-week",))


def by_form(units: QuerySet[Unit], weeks: Collection[date] | None = None) -> list[BurdenRow]:
    """Return what was asked by form, most typed first, the lines of a form right after it."""
    rows = _rows(units, weeks, ("form",), ("form",))
    typed: dict[str, int] = defaultdict(int)
    for row in rows:
        typed[form_of(row.form)] += row.burden.typed
    return sorted(rows, key=lambda row: (-typed[form_of(row.form)], form_of(row.form), is_lines(row.form)))


def _sum(name: str, *, by_form: bool = False) -> Sum:
    """Return the sum of a column; lines are no forms handed in, but where each form is told by itself."""
    alone = name == "posted" and not by_form
    return Sum(name, filter=~Q(form__endswith=lines_of(""))) if alone else Sum(name)


def _counts(units: QuerySet[Unit], weeks: Collection[date] | None) -> QuerySet[InputCount]:
    counts = InputCount.objects.filter(unit__in=units.values("pk"))
    return counts if weeks is None else counts.filter(week__in=weeks)


def _rows(
    units: QuerySet[Unit], weeks: Collection[date] | None, keys: tuple[str, ...], order: tuple[str, ...]
) -> list[BurdenRow]:
    sums = {f"sum_{name}": _sum(name, by_form="form" in keys) for name in _SUMS}
    found: list[dict[str, Any]] = list(_counts(units, weeks).values(*keys).annotate(**sums).order_by(*order))
    return [
        BurdenRow(
            week=row.get("week"),
            unit_id=row.get("unit_id"),
            role=row.get("role", ""),
            form=row.get("form", ""),
            burden=Burden(*(int(row[f"sum_{name}"] or 0) for name in _SUMS)),
        )
        for row in found
    ]


def of_form(form: str, tops: Collection[int], on: date) -> dict[int, dict[date, Burden]]:
    """Return what one form, with its lines, asked of each of these units and all below it, by week."""
    counts = InputCount.objects.filter(form__in=(form, lines_of(form))).order_by("week")
    counted: dict[int, list[tuple[date, Burden]]] = defaultdict(list)
    for unit_id, week, name, posted, *sums in counts.values_list("unit_id", "week", "form", *_SUMS):
        counted[unit_id].append((week, Burden(0 if is_lines(name) else posted, *sums)))
    found: dict[int, dict[date, Burden]] = {top: {} for top in tops}
    if not counted:
        return found
    links = UnitLink.objects.filter(live(on), ancestor__in=tops).values_list("ancestor", "descendant")
    for top, below in links:
        for week, row in counted.get(below, ()):
            found[top][week] = found[top].get(week, Burden()) + row
    return {top: dict(sorted(weeks.items())) for top, weeks in found.items()}


@dataclass(frozen=True, slots=True)
class Counted:
    """How often one form, or a line of it, was handed in, and what was typed, told apart by `key`."""

    key: tuple[Any, ...]
    form: str
    posted: int
    typed: int


def counted_by(keys: tuple[str, ...], units: QuerySet[Unit], since: date) -> list[Counted]:
    """Return what was asked of these units from the week of `since` on, by form and by these columns."""
    rows = InputCount.objects.filter(unit__in=units.values("pk"), week__gte=since)
    sums = rows.values_list(*keys, "form").order_by(*keys, "form").annotate(Sum("posted"), Sum("typed"))
    return [Counted(tuple(key), form, posted, typed) for *key, form, posted, typed in sums]
