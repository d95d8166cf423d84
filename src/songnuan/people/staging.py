"""What waits for an import: rows, problems and kept cells, loaded, set aside and cleared."""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Self

from django.db.models import Max, Model, QuerySet

from songnuan.kernel.bulk import Plain, chunks, load
from songnuan.kernel.sealed import seal_texts
from songnuan.people.columns import COLUMNS, FACTS_PLACE, KEPT_COLUMNS, PROBLEM_COLUMNS
from songnuan.people.forms import LAYOUTS
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

_UNMATCHED: Final[Mapping[str, None]] = {"person_id": None, "target_id": None}


@dataclass(frozen=True, slots=True)
class Aside:
    """Why matching sets a row aside: a code of `kernel.faults`, the field it is about, its facts as JSON."""

    code: str
    field: str
    facts: str = "{}"

    @classmethod
    def because(cls, code: str, field: str, **facts: str | int) -> Self:
        """Return the reason with these facts."""
        return cls(code, field, json.dumps(facts, ensure_ascii=False))


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
        return staged(self.source).filter(pk__gt=self.low, pk__lte=self.high)


def staged(source: RosterImport) -> QuerySet[StagedPerson | StagedFamily | StagedService]:
    """Return the staged rows of an import."""
    return STAGED[source.kind].objects.filter(source_id=source.pk)


def next_span(
    source: RosterImport, after: int, size: int, states: Sequence[str] | None = None
) -> Span | None:
    """Return the span of the next `size` rows behind the id `after`, or None when there are none.

    With `states`, only rows in one of them are counted; the span ends at the last of these.
    """
    rows = staged(source).filter(pk__gt=after)
    if states is not None:
        rows = rows.filter(state__in=states)
    some = rows.order_by("pk").values("pk")[:size]
    high = STAGED[source.kind].objects.filter(pk__in=some).aggregate(high=Max("pk"))["high"]
    return None if high is None else Span(source, after, high)


def put(
    source: RosterImport,
    rows: Iterable[Sequence[Plain]],
    problems: Iterable[Sequence[Plain]],
    kept: Sequence[Sequence[Plain]],
) -> None:
    """Load prepared rows in the order of `columns.COLUMNS`, with problems and kept cells."""
    own = source.pk
    columns = ("source", *COLUMNS[source.kind])
    load(STAGED[source.kind], columns, ((own, *row) for row in rows))
    load(
        ImportProblem,
        ("source", "matched", *PROBLEM_COLUMNS),
        ((own, False, *problem) for problem in problems),
    )
    keep(source, kept)


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
    fresh: list[Sequence[Plain]] = []
    if row is None:
        standing.delete()
    elif not standing.update(**dict(zip(COLUMNS[source.kind], row, strict=True)), **_UNMATCHED):
        fresh = [row]
    put(source, fresh, problems, kept)


def unmatch(span: Span, states: Sequence[str] = (State.JOINED, State.CHANGED, State.UNCHANGED)) -> None:
    """Let the rows of a span that are in one of the states be as they were read."""
    rows = span.rows().filter(Q(state__in=states) | Q(person_id__isnull=False))
    empty = _UNMATCHED if span.source.kind != RosterKind.FAMILIES else {**_UNMATCHED, "relative_id": None}
    rows.update(state=State.NEW, **empty)


def set_aside(source: RosterImport, found: Mapping[int, Aside]) -> None:
    """Set staged rows, told by their ids, aside, and say why."""
    facts = list({why.facts for why in found.values()})
    sealed = dict(zip(facts, seal_texts(FACTS_PLACE, facts), strict=True))
    for ids in chunks(found, CHUNK):
        rows = staged(source).filter(pk__in=ids)
        rows.update(state=State.ASIDE, **_UNMATCHED)
        problems = []
        for pk, sheet, row in rows.order_by("pk").values_list("pk", "sheet", "row"):
            why = found[pk]
            column = heading(source, sheet, why.field)
            problems.append((source.pk, True, sheet, row, column, why.field, why.code, sealed[why.facts]))
        load(ImportProblem, ("source", "matched", *PROBLEM_COLUMNS), problems)


def set_aside_doubles(source: RosterImport, found: Sequence[Double]) -> None:
    """Write what `doubles` found: rows set aside, and rows that come as new persons after all."""
    released = [double.staged_id for double in found if not double.code]
    for some in chunks(released, CHUNK):
        staged(source).filter(pk__in=some).update(state=State.NEW, **_UNMATCHED)
    for some in chunks([double for double in found if double.code], CHUNK):
        number = "relative_id_index" if source.kind == RosterKind.FAMILIES else "id_index"
        firsts = staged(source).filter(pk__in={double.first_id for double in some})
        places = {pk: (sheet, row) for pk, sheet, row in firsts.values_list("pk", "sheet", "row")}
        rows = staged(source).filter(pk__in=[double.staged_id for double in some])
        with_number = set(rows.filter(**{f"{number}__gt": ""}).values_list("pk", flat=True))
        why = {}
        for double in some:
            sheet, row = places[double.first_id]
            field = _NUMBER_FIELD[source.kind][0 if double.staged_id in with_number else 1]
            why[double.staged_id] = Aside.because(double.code, field, sheet=sheet, row=row)
        set_aside(source, why)


def heading(source: RosterImport, sheet: str, name: str) -> str:
    """Return the heading of a field as it stands in a sheet, or its first known one where there is none."""
    for table in source.columns:
        place = table["places"].get(name) if table["sheet"] == sheet else None
        if place is not None:
            return str(table["headings"][place])
    layout = LAYOUTS.get(source.kind)
    return next((field.headings[0] for field in layout.fields if field.name == name), "") if layout else ""


def clear(source: RosterImport, size: int, *, keep_mends: bool) -> bool:
    """Delete up to `size` rows of what waits for an import; return whether more is left."""
    left = size
    for model in _waiting(source, keep_mends=keep_mends):
        rows = model._default_manager.filter(source=source)  # noqa: SLF001 - Django's documented API
        high = rows.filter(pk__in=rows.order_by("pk").values("pk")[:left]).aggregate(high=Max("pk"))["high"]
        if high is not None:
            left -= rows.filter(pk__lte=high).delete()[0]
        if left <= 0:
            return True
    return False


def forget_matching(source: RosterImport, size: int) -> bool:
    """Delete up to `size` problems that matching found; return whether more is left."""
    rows = ImportProblem.objects.filter(source=source, matched=True)
    number, _by_model = rows.filter(pk__in=rows.order_by("pk").values("pk")[:size]).delete()
    return number == size


def _waiting(source: RosterImport, *, keep_mends: bool) -> Iterator[type[Model]]:
    yield STAGED[source.kind]
    yield from (ImportProblem, KeptRow, StagedUnit)
    if not keep_mends:
        yield Mend
