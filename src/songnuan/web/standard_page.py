"""What the pages of a standard show: a version as it is read, in the list and on its own page."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from django.http import Http404

from songnuan.benefits import standardfile
from songnuan.benefits.models import StandardVersion
from songnuan.benefits.queries import versions_seen
from songnuan.benefits.standardfile import PartEntry, RowEntry, StandardFile
from songnuan.benefits.words import Difference, conditions, day_span, differences
from songnuan.plans.faults import PlanRefused
from songnuan.web.views.shared import Reader, names_on


@dataclass(frozen=True, slots=True)
class Line:
    """A standard in the list: its newest version, and how much of it is still open."""

    version: StandardVersion
    unit: str
    days: str
    rows: int
    open_rows: int


@dataclass(frozen=True, slots=True)
class RowLine:
    """A row of the decision table, its conditions in words."""

    row: RowEntry
    conditions: tuple[str, ...]

    @property
    def worth_minor(self) -> int | None:
        """What counting once under it is worth; None while the amount is open."""
        return None if self.row.amount is None else self.row.amount * self.row.factor


@dataclass(frozen=True, slots=True)
class PartLines:
    """A part of the decision table."""

    number: int
    part: PartEntry
    rows: tuple[RowLine, ...]


def told_of(version: StandardVersion) -> StandardFile | None:
    """Return what a version says; None where it was written when the reader took other things."""
    try:
        return standardfile.read(version.source)
    except PlanRefused:
        return None


def lines(versions: Sequence[StandardVersion], day: date) -> list[Line]:
    """Return standards as the list shows them."""
    found = []
    units = names_on({version.standard.unit_id for version in versions}, day)
    for version in versions:
        told = told_of(version)
        rows = [row for part in told.parts for row in part.rows] if told else []
        is_open = sum(row.amount is None for row in rows)
        span = day_span(version.starts_on, version.ends_on)
        found.append(Line(version, units[version.standard.unit_id], span, len(rows), is_open))
    return found


def parts_of(told: StandardFile) -> list[PartLines]:
    """Return the decision table."""
    return [
        PartLines(number, part, tuple(RowLine(row, conditions(row)) for row in part.rows))
        for number, part in enumerate(told.parts, 1)
    ]


def versions_of(reader: Reader, slug: str) -> list[StandardVersion]:
    """Return every version of a standard, the newest first; one that the reader may not see is not there.

    Raises:
        Http404: Without a word on whether it exists.

    """
    found = list(versions_seen(reader.actor, reader.at).filter(standard__slug=slug))
    if not found:
        raise Http404
    return found


def version_in(versions: Iterable[StandardVersion], number: str) -> StandardVersion:
    """Return the version of a number, as an address names it; the newest where it names none.

    Raises:
        Http404: When there is no such version.

    """
    found = list(versions)
    for version in found:
        if not number or str(version.number) == number:
            return version
    raise Http404


def between(before: StandardVersion | None, after: StandardVersion) -> list[Difference]:
    """Return what a version says otherwise than another; nothing where one of them cannot be read."""
    old, new = told_of(before) if before else None, told_of(after)
    return differences(old, new) if old and new else []
