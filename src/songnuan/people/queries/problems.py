"""What is wrong in the rows of an import, row by row as the sheets have them."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Count

from songnuan.kernel import cells
from songnuan.kernel.faults import sentence
from songnuan.people.models import ImportProblem, RosterImport
from songnuan.people.preparing import unpacked
from songnuan.people.queries.imports import kept_cells, mends


@dataclass(frozen=True, slots=True)
class ProblemMark:
    """What is wrong in a row; `place` is the column from 0, None where the sheet has none for the field."""

    place: int | None
    column: str
    field: str
    code: str
    sentence: str


@dataclass(frozen=True, slots=True)
class ProblemRow:
    """A row with problems: its cells as a person reads them, () when they are not kept, and its mends."""

    sheet: str
    row: int
    cells: tuple[str, ...]
    mended: Mapping[int, str]
    marks: tuple[ProblemMark, ...]


def problem_codes(import_id: int) -> list[tuple[str, int]]:
    """Return the codes of problems in an import with how many there are, the most frequent first."""
    rows = (
        ImportProblem.objects.filter(source=import_id).order_by().values("code").annotate(number=Count("pk"))
    )
    return list(rows.order_by("-number", "code").values_list("code", "number"))


def problem_rows(
    import_id: int, *, after: tuple[str, int] | None = None, size: int, code: str = ""
) -> list[ProblemRow]:
    """Return the next `size` rows with problems, in the order of the workbook, behind `after`.

    Args:
        import_id: The import.
        after: Sheet and row of the last one shown.
        size: How many at most.
        code: Only rows with a problem of this code.

    """
    source = RosterImport.objects.get(pk=import_id)
    mended = mends(import_id)
    found: list[ProblemRow] = []
    for sheet, row in _places(source, after, code):
        found.append(_problem_row(source, sheet, row, mended.get((sheet, row), {})))
        if len(found) == size:
            break
    return found


def problem_row(import_id: int, sheet: str, row: int) -> ProblemRow:
    """Return one row of the file with what is wrong in it, if anything is."""
    source = RosterImport.objects.get(pk=import_id)
    return _problem_row(source, sheet, row, mends(import_id).get((sheet, row), {}))


def _places(source: RosterImport, after: tuple[str, int] | None, code: str) -> Iterator[tuple[str, int]]:
    """Yield sheet and row of rows with problems, sheets in the order of the workbook."""
    sheets = [table["sheet"] for table in source.columns]
    if after is not None and after[0] in sheets:
        sheets = sheets[sheets.index(after[0]) :]
    for sheet in sheets:
        rows = ImportProblem.objects.filter(source=source, sheet=sheet)
        if after is not None and sheet == after[0]:
            rows = rows.filter(row__gt=after[1])
        if code:
            rows = rows.filter(code=code)
        for row in rows.order_by("row").values_list("row", flat=True).distinct().iterator(chunk_size=200):
            yield sheet, row


def _problem_row(source: RosterImport, sheet: str, row: int, mended: Mapping[int, str]) -> ProblemRow:
    table = next((table for table in source.columns if table["sheet"] == sheet), None)
    places: Mapping[str, int] = table["places"] if table else {}
    problems = ImportProblem.objects.filter(source=source, sheet=sheet, row=row).order_by("pk")
    kept = kept_cells(source.pk, sheet, row)
    return ProblemRow(
        sheet=sheet,
        row=row,
        cells=tuple(_read(cell) for cell in unpacked(kept)) if kept is not None else (),
        mended=mended,
        marks=tuple(
            ProblemMark(
                place=places.get(one.field),
                column=one.column,
                field=one.field,
                code=one.code,
                sentence=sentence(one.code, json.loads(one.facts)),
            )
            for one in problems
        ),
    )


def _read(cell: Any) -> str:  # noqa: ANN401 - a cell, or one with its mark
    return cells.text(getattr(cell, "value", cell))
