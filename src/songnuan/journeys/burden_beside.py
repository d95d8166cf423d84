"""What a plan asked people to type, beside what its tables on paper would have asked (填报负担对照)."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db.models import QuerySet

from songnuan.journeys.paper_forms import STANDS_FOR, TABLES, PaperTable
from songnuan.organisation.models import Unit
from songnuan.organisation.queries import subtree
from songnuan.plans.models import Plan
from songnuan.reporting.queries import Counted, counted_by
from songnuan.reporting.rules import form_of


@dataclass(frozen=True, slots=True)
class Beside:
    """Inputs: `typed` here and `paper` by the same forms, `other` typed by forms that stand for no table."""

    typed: int = 0
    paper: int = 0
    other: int = 0

    def __add__(self, one: "Beside") -> "Beside":
        """Return both together."""
        return Beside(self.typed + one.typed, self.paper + one.paper, self.other + one.other)

    @property
    def saved(self) -> int:
        """How many inputs fewer than on paper, those counted against it that stand for no table."""
        return self.paper - self.typed - self.other


@dataclass(frozen=True, slots=True)
class TableRow:
    """How often a table on paper would have asked a row, and how many inputs that is."""

    table: PaperTable
    times: int

    @property
    def inputs(self) -> int:
        """How many inputs that is."""
        return self.times * len(self.table.columns)


@dataclass(frozen=True, slots=True)
class Comparison:
    """The whole, by unit and post, by week and by table; most typed first, weeks the newest first."""

    total: Beside
    units: tuple[tuple[int, str, Beside], ...]
    weeks: tuple[tuple[date, Beside], ...]
    tables: tuple[TableRow, ...]


def compare(plan: Plan, units: QuerySet[Unit], on: date) -> Comparison:
    """Return what the plan asked of those of `units` that lie under its own, in the weeks since it began.

    Forms do not say for which plan they were filled in: where one unit runs several plans at once, all count.
    """
    if plan.unit_id is None:
        return Comparison(Beside(), (), (), ())
    own = units.filter(pk__in=subtree(plan.unit_id, on).values("pk"))
    begins = plan.starts_on or on
    since = begins - timedelta(days=begins.weekday())
    by_unit = _together(counted_by(("unit_id", "role"), own, since))
    by_week = _together(counted_by(("week",), own, since))
    forms = counted_by((), own, since)
    return Comparison(
        total=sum((_one(row) for row in forms), Beside()),
        units=tuple(
            (key[0], key[1], row)
            for key, row in sorted(
                by_unit.items(), key=lambda pair: (-pair[1].typed - pair[1].other, pair[0])
            )
        ),
        weeks=tuple((key[0], row) for key, row in sorted(by_week.items(), reverse=True)),
        tables=_tables(forms),
    )


def _one(row: Counted) -> Beside:
    """Return how one form compares; its lines are held against what the form itself stands for."""
    tables = STANDS_FOR.get(row.form, ())
    stands = tables or any(name in STANDS_FOR for name in (form_of(row.form), f"{row.form}:lines"))
    paper = row.posted * sum(len(table.columns) for table in tables)
    return Beside(typed=row.typed, paper=paper) if stands else Beside(other=row.typed)


def _together(rows: Sequence[Counted]) -> dict[tuple[Any, ...], Beside]:
    found: dict[tuple[Any, ...], Beside] = defaultdict(Beside)
    for row in rows:
        found[row.key] += _one(row)
    return found


def _tables(rows: Sequence[Counted]) -> tuple[TableRow, ...]:
    times = {table.name: 0 for table in TABLES}
    for row in rows:
        for table in STANDS_FOR.get(row.form, ()):
            times[table.name] += row.posted
    return tuple(TableRow(table, times[table.name]) for table in TABLES if times[table.name])
