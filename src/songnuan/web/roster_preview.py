"""What a workbook would do, part by part: rows with problems, who joins, who changes, who is not in it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from typing import Any
from urllib.parse import urlencode

from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from songnuan.jobs.models import Job
from songnuan.journeys.roster_tasks import running
from songnuan.organisation.models import Unit
from songnuan.organisation.permissions import Permission
from songnuan.people import queries as people
from songnuan.people.models import RosterImport, RosterKind, State
from songnuan.people.queries import Change, ProblemRow, children_at_front
from songnuan.web.paging import page_of
from songnuan.web.roster_columns import layers_of
from songnuan.web.roster_grid import Grid, Layer, Mark, Row, Told, heads, row_of
from songnuan.web.roster_jobs import Counts, counts_of
from songnuan.web.roster_progress import is_place
from songnuan.web.roster_words import field_label, problem_label
from songnuan.web.views.shared import Reader

PAGE = 25
# From this share of a roster on, people who are not in the file are more likely forgotten than gone.
MANY_PERCENT = 20
_FIRST = "problems"


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure with its word; `late` in red."""

    label: str
    value: int
    late: bool = False


@dataclass(frozen=True, slots=True)
class Tab:
    """A part, or a kind of problem, to be chosen; `url` is a query."""

    name: str
    label: str
    count: int
    url: str
    current: bool


@dataclass(frozen=True, slots=True)
class Decision:
    """What there is to decide on. `share` is `left` in percent of the roster."""

    takes: int
    rejected: int
    left: int
    share: int

    @property
    def many(self) -> bool:
        """Return whether it is doubtful that so many left."""
        return self.share > MANY_PERCENT


@dataclass(frozen=True, slots=True)
class Line:
    """Somebody who joins, changes, or is not in the file; `also` is the relative or the place of service."""

    name: str
    also: str
    id_tail: str
    unit: str
    sheet: str = ""
    row: int = 0
    changes: tuple[tuple[str, str, str], ...] = ()


def tally(counts: Counts) -> list[Figure]:
    """Return the figures of an import."""
    return [
        Figure(pgettext("roster figure", "join"), counts.joined),
        Figure(pgettext("roster figure", "change"), counts.changed),
        Figure(pgettext("roster figure", "unchanged"), counts.unchanged),
        Figure(pgettext("roster figure", "with problems"), counts.rejected, late=bool(counts.rejected)),
        Figure(pgettext("roster figure", "not in the workbook"), counts.left),
    ]


def head_of_preview(source: RosterImport, part: str) -> dict[str, Any]:
    """Return what stands above the part that is shown: the figures, the decision, and the other parts."""
    counts = counts_of(source.counts)
    labels = {
        "problems": (pgettext("roster part", "With problems"), counts.rejected),
        "joined": (pgettext("roster part", "Join"), counts.joined),
        "changed": (pgettext("roster part", "Changes"), counts.changed),
        "left": (pgettext("roster part", "Not in the workbook"), counts.left),
    }
    return {
        "tally": tally(counts),
        "decision": Decision(counts.takes, counts.rejected, counts.left, _share(source, counts)),
        "refused": _refused(source),
        "tab": part,
        "tabs": [
            Tab(name, label, count, _query(show=name), name == part)
            for name, (label, count) in labels.items()
        ],
    }


def preview(source: RosterImport, query: QueryDict) -> dict[str, Any]:
    """Return what the page of a staged import shows of the part that the query names.

    Without a name it is the first part that holds anything.
    """
    counts = counts_of(source.counts)
    shown = query.get("show", "")
    if shown not in {"problems", "joined", "changed", "left"}:
        shown = next((name for name in ("changed", "joined") if getattr(counts, name)), "joined")
        shown = "problems" if counts.rejected else shown
    part = _problems(source, query) if shown == "problems" else _lines(source, shown, query)
    return {**head_of_preview(source, shown), **part}


def mended(source: RosterImport, before: ProblemRow) -> Row | None:
    """Return a row after cells of it were mended, with what became of it; None for an unknown sheet.

    The cells of a row in order are no longer kept: they are shown as they were `before`.
    """
    layer = layers_of(source).get(before.sheet)
    if layer is None:
        return None
    fresh = people.problem_row(source.pk, before.sheet, before.row)
    row = _row(layer, replace(fresh, cells=fresh.cells or before.cells))
    said = _("Row %(row)s is in order now.") if row.sound else _("Row %(row)s still has a problem.")
    return replace(row, said=said % {"row": before.row})


def said_of(rows: Sequence[Row | None]) -> str:
    """Return what became of several mended rows in one sentence; "" of one, which says it itself."""
    found = [row for row in rows if row is not None]
    if len(found) < 2:
        return ""
    sound = sum(row.sound for row in found)
    facts = {"sound": sound, "left": len(found) - sound}
    if facts["left"]:
        return _("Rows in order now: %(sound)s. Rows that still have a problem: %(left)s.") % facts
    return _("%(sound)s rows are in order now.") % facts


def _problems(source: RosterImport, query: QueryDict) -> dict[str, Any]:
    code = query.get("code", "")
    layers = layers_of(source)
    after = _place(query.get("after", ""), layers)
    found = people.problem_rows(source.pk, after=after, size=PAGE + 1, code=code)
    rows, last = page_of(found, PAGE, lambda row: (row.sheet, row.row))
    codes = people.problem_codes(source.pk)
    every = Tab(
        "", pgettext("problems", "all"), sum(count for _code, count in codes), _query(show=_FIRST), not code
    )
    kinds = [
        Tab(name, problem_label(name), count, _query(show=_FIRST, code=name), name == code)
        for name, count in codes
    ]
    return {
        "kinds": [every, *kinds],
        "grids": list(_grids(layers, rows)),
        "after": _query(show=_FIRST, code=code, after=f"{layers[last[0]].order}-{last[1]}") if last else "",
        "first": _query(show=_FIRST, code=code) if after else "",
    }


def _grids(layers: dict[str, Layer], rows: Iterable[ProblemRow]) -> Iterable[Grid]:
    for sheet, theirs in groupby(rows, key=lambda row: row.sheet):
        layer = layers[sheet]
        shown = [_row(layer, row) for row in theirs]
        width = max(len(row.cells) for row in shown)
        name = sheet if len(layers) > 1 else ""
        yield Grid(sheet, name, layer.header_row, heads(layer, width), shown)


def _row(layer: Layer, row: ProblemRow) -> Row:
    marks = [Mark(mark.place, mark.field, mark.sentence) for mark in row.marks]
    return row_of(layer, Told(row.row, row.cells, marks, row.mended))


def _lines(source: RosterImport, part: str, query: QueryDict) -> dict[str, Any]:
    after = _number(query.get("after", ""))
    lines: Sequence[Line]
    if part == "left":
        gone, last = page_of(
            people.leaving(source.pk, after=after, size=PAGE + 1), PAGE, lambda row: row.after
        )
        lines = [Line(row.name, row.also, row.id_tail, row.unit) for row in gone]
    else:
        state = State.CHANGED if part == "changed" else State.JOINED
        rows = people.differences(source.pk, state, after=after, size=PAGE + 1)
        found, last = page_of(rows, PAGE, lambda row: row.after)
        lines = [
            Line(row.name, row.also, row.id_tail, row.unit, row.sheet, row.row, _changes(row.changes))
            for row in found
        ]
    return {
        "lines": lines,
        "after": _query(show=part, after=last) if last else "",
        "first": _query(show=part) if after else "",
    }


def _changes(changes: Iterable[Change]) -> tuple[tuple[str, str, str], ...]:
    return tuple((field_label(change.field), change.old, change.new) for change in changes)


def _share(source: RosterImport, counts: Counts) -> int:
    """Return how much of the roster is not in the file, in percent, rounded up."""
    if not counts.left or source.roster is None:
        return 0
    rows = people.rosters(Unit.objects.filter(pk=source.roster.unit_id))
    whole = next(row.people for row in rows if row.pk == source.roster_id)
    return -(-counts.left * 100 // whole) if whole else 0


def _refused(source: RosterImport) -> str:
    """Return why the last attempt to take the import over was refused, "" if none was."""
    work = running(source.key)
    was_refused = work is not None and work.task == "apply" and work.status == Job.Status.FAILED
    return work.error if work is not None and was_refused and not is_place(work.error) else ""


def _place(text: str, layers: dict[str, Layer]) -> tuple[str, int] | None:
    """Return the sheet and row that a query names as 0-12, or None."""
    order, _dash, row = text.partition("-")
    number = _number(row)
    sheet = next((layer.sheet for layer in layers.values() if str(layer.order) == order), None)
    return None if sheet is None or number is None else (sheet, number)


def _number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else None


def _query(**values: object) -> str:
    return "?" + urlencode({name: value for name, value in values.items() if value not in {None, ""}})


def at_front_after(source: RosterImport, reader: Reader) -> int:
    """Return of how many children both parents are at the front, where the workbook may have told it."""
    if source.kind not in {RosterKind.FAMILIES, RosterKind.SERVICE}:
        return 0
    return children_at_front(reader.actor, Permission.PEOPLE_VIEW, reader.at)
