"""What waits for an import: rows, problems and kept cells, loaded, replaced and cleared."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.db.models import Max, Model, Q, QuerySet

from songnuan.kernel.blocks import Block, Plain
from songnuan.kernel.bulk import load, load_block
from songnuan.people.columns import COLUMNS, KEPT_COLUMNS, PROBLEM_COLUMNS
from songnuan.people.models import (
    ImportProblem,
    KeptRow,
    Mend,
    RosterImport,
    RosterKind,
    StagedFamily,
    StagedPerson,
    StagedService,
    StagedUnit,
    State,
)
from songnuan.people.statements import Value

KEPT_MAX: Final = 5_000
"""Rows whose cells are kept to show them; the others are told by sheet and row alone."""

CHUNK: Final = 10_000
TAKEN: Final = (State.NEW, State.JOINED, State.CHANGED, State.UNCHANGED)
"""States of rows that are or would be stored."""

STAGED: Final[Mapping[str, type[StagedPerson | StagedFamily | StagedService]]] = {
    RosterKind.PEOPLE: StagedPerson,
    RosterKind.FAMILIES: StagedFamily,
    RosterKind.SERVICE: StagedService,
}

UNMATCHED: Final[Mapping[str, None]] = {"person_id": None, "target_id": None}
"""What a row that was matched with nobody holds."""


@dataclass(frozen=True, slots=True)
class Span:
    """Staged rows of one import with `low < id <= high`."""

    source: RosterImport
    low: int
    high: int

    def values(self) -> dict[str, Value]:
        """Return the names by which statements know the span, and what else they ask of its import."""
        source = self.source
        return {
            "source": source.pk,
            "low": self.low,
            "high": self.high,
            "roster": source.roster_id,
            "unit": source.unit_id,
            "day": source.day,
        }

    def rows(self) -> QuerySet[StagedPerson | StagedFamily | StagedService]:
        """Return the rows."""
        rows = STAGED[self.source.kind].objects.filter(source_id=self.source.pk)
        return rows.filter(pk__gt=self.low, pk__lte=self.high)


def staged(source: RosterImport) -> QuerySet[StagedPerson | StagedFamily | StagedService]:
    """Return the staged rows of an import."""
    return whole(source).rows()


def whole(source: RosterImport) -> Span:
    """Return the span of all rows of an import."""
    return Span(source, source.staged_after, source.staged_through)


def next_span(
    source: RosterImport, after: int, size: int, states: Sequence[str] | None = None
) -> Span | None:
    """Return the span of the next `size` rows behind the id `after`, or None when there are none.

    With `states`, only rows in one of them are counted; the span ends at the last of these.
    """
    after = max(after, source.staged_after)
    rows = Span(source, after, source.staged_through).rows()
    if states is not None:
        rows = rows.filter(state__in=states)
    if states is None and source.staged_through - after <= size:
        return Span(source, after, source.staged_through) if rows.exists() else None
    last = rows.order_by("pk").values_list("pk", flat=True)[:size].aggregate(high=Max("pk"))["high"]
    return None if last is None else Span(source, after, last)


def put(
    source: RosterImport,
    rows: Iterable[Block],
    problems: Iterable[Sequence[Plain]],
    kept: Sequence[Sequence[Plain]],
) -> None:
    """Load prepared rows, their columns in the order of `columns.COLUMNS`, with problems and kept cells."""
    own, model = source.pk, STAGED[source.kind]
    before, some = _newest(model), [block for block in rows if block.size]
    for block in some:
        load_block(model, ("source", *COLUMNS[source.kind]), Block(block.size, [own, *block.columns]))
    if some:
        if not source.staged_through:
            source.staged_after = before
        source.staged_through = _newest(model)
        bounds = {"staged_after": source.staged_after, "staged_through": source.staged_through}
        RosterImport.objects.filter(pk=own).update(**bounds)
    load(
        ImportProblem,
        ("source", "matched", *PROBLEM_COLUMNS),
        ((own, False, *problem) for problem in problems),
    )
    keep(source, kept)


def _newest(model: type[Model]) -> int:
    """Return the highest id in a table."""
    return int(model._default_manager.aggregate(high=Max("pk"))["high"] or 0)  # noqa: SLF001 - Django's API


def keep(source: RosterImport, kept: Sequence[Sequence[Plain]]) -> None:
    """Keep the cells of rows, as long as there is room."""
    if kept:
        room = max(0, KEPT_MAX - KeptRow.objects.filter(source=source).count())
        load(KeptRow, ("source", *KEPT_COLUMNS), ((source.pk, *row) for row in kept[:room]))


def replace(
    source: RosterImport,
    place: tuple[str, int],
    row: Sequence[Plain] | None,
    problems: Iterable[Sequence[Plain]],
    kept: Sequence[Sequence[Plain]],
) -> None:
    """Put a row in the place, sheet and number, of what is staged there; None takes it away."""
    sheet, number = place
    here = {"source": source, "sheet": sheet, "row": number}
    ImportProblem.objects.filter(**here).delete()
    KeptRow.objects.filter(**here).delete()
    standing = staged(source).filter(sheet=sheet, row=number)
    fresh: list[Block] = []
    if row is None:
        standing.delete()
    elif not standing.update(**dict(zip(COLUMNS[source.kind], row, strict=True)), **UNMATCHED):
        fresh = [Block.of([row])]
    put(source, fresh, problems, kept)


def unmatch(span: Span, *, aside: bool) -> None:
    """Let the matched rows of a span be as they were read; with `aside`, those that were set aside too."""
    matched = [State.JOINED, State.CHANGED, State.UNCHANGED, *([State.ASIDE] if aside else [])]
    empty = UNMATCHED if span.source.kind != RosterKind.FAMILIES else {**UNMATCHED, "relative_id": None}
    # A new relative's row knows its employee already.
    rows = span.rows().filter(Q(state__in=matched) | Q(person_id__isnull=False))
    if aside:
        _forget_problems(span)
        span.rows().filter(apart=True).update(apart=None)
    rows.update(state=State.NEW, **empty)


def _forget_problems(span: Span) -> None:
    """Delete what matching said of the rows of a span that it set aside, or found rejected."""
    places: dict[str, list[int]] = {}
    wrong = span.rows().filter(state__in=[State.ASIDE, State.REJECTED])
    for sheet, row in wrong.values_list("sheet", "row"):
        places.setdefault(sheet, []).append(row)
    for sheet, rows in places.items():
        ImportProblem.objects.filter(source=span.source, matched=True, sheet=sheet, row__in=rows).delete()


def clear(source: RosterImport, size: int, *, keep: Collection[type[Model]] = ()) -> bool:
    """Delete up to `size` rows that wait for an import, but for some tables; return whether more is left."""
    left = size
    for model in (STAGED[source.kind], KeptRow, ImportProblem, StagedUnit, Mend):
        if model in keep:
            continue
        rows: QuerySet[Any] = model._default_manager.filter(source=source)  # noqa: SLF001 - as above
        if model is STAGED[source.kind]:
            rows = rows.filter(pk__gt=source.staged_after, pk__lte=source.staged_through)
        high = rows.filter(pk__in=rows.order_by("pk").values("pk")[:left]).aggregate(high=Max("pk"))["high"]
        if high is not None:
            left -= rows.filter(pk__lte=high).delete()[0]
        if left <= 0:
            return True
    return False
