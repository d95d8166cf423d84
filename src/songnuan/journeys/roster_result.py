"""What an import of a roster came to: the document of the command line, and the marks of the copy."""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from songnuan.documents.columns import letter
from songnuan.documents.marking import Mark
from songnuan.kernel.faults import sentence
from songnuan.people.models import ImportProblem, RosterImport


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong in a cell: the sheet, the row from 1, the heading of the column, and what to do."""

    sheet: str
    row: int
    column: str
    code: str
    message: str


@dataclass(frozen=True, slots=True)
class Unknown:
    """A heading that nothing is read from, and the field it could be, "" for none."""

    sheet: str
    heading: str
    proposal: str


@dataclass(frozen=True, slots=True)
class Repeated:
    """A column that is not read because another one, `instead`, tells its field; letters as in a sheet."""

    sheet: str
    column: str
    heading: str
    field: str
    instead: str


@dataclass(frozen=True, slots=True)
class SheetRows:
    """A sheet that was read, and how many rows it has."""

    name: str
    rows: int


@dataclass(frozen=True, slots=True)
class Result:
    """What an import did, or would do.

    Of the `accepted` rows some are `unchanged`, `joined` or `changed`; `left` are people whom the file no
    longer lists. `columns` maps what was found to the heading it was found under; of the `unknown` headings
    those `repeated` would tell what another column tells already.
    """

    rows: int
    accepted: int
    unchanged: int
    rejected: int
    joined: int
    changed: int
    left: int
    columns: dict[str, str]
    unknown: list[Unknown]
    repeated: list[Repeated]
    sheets: list[SheetRows]
    problems: list[Problem]


def result_of(source: RosterImport) -> Result:
    """Return what an import that was read and matched would do."""
    counts: Mapping[str, int] = source.counts
    tables: list[dict[str, Any]] = source.columns
    columns: dict[str, str] = {}
    for table in reversed(tables):
        columns |= {name: table["headings"][place] for name, place in table["places"].items()}
    return Result(
        rows=counts["rows"],
        accepted=counts["accepted"],
        unchanged=counts["unchanged"],
        rejected=counts["rejected"],
        joined=counts["new"] + counts["joined"],
        changed=counts["changed"],
        left=counts["left"],
        columns=columns,
        unknown=[
            Unknown(table["sheet"], told["heading"], told["proposal"])
            for table in tables
            for told in table["unknown"]
        ],
        repeated=repeated_in(tables),
        sheets=[SheetRows(table["sheet"], table["rows"]) for table in tables],
        problems=[problem for _field, problem in problems_of(source)],
    )


def repeated_in(tables: Iterable[Mapping[str, Any]]) -> list[Repeated]:
    """Return the columns of sheets, as `Sheet.document` tells them, that another column makes superfluous."""
    return [
        Repeated(
            sheet=table["sheet"],
            column=letter(told["place"]),
            heading=told["heading"],
            field=told["again"],
            instead=letter(table["places"][told["again"]]),
        )
        for table in tables
        for told in table["unknown"]
        if told.get("again") in table["places"]
    ]


def problems_of(source: RosterImport) -> Iterator[tuple[str, Problem]]:
    """Yield the problems of an import in the order of its sheets and rows, each with its field."""
    order = {table["sheet"]: place for place, table in enumerate(source.columns)}
    found = ImportProblem.objects.filter(source=source).order_by("pk")
    columns = ("sheet", "row", "column", "code", "facts", "field")
    for sheet, row, column, code, facts, name in sorted(
        found.values_list(*columns).iterator(), key=lambda told: (order.get(told[0], 0), told[1])
    ):
        yield name, Problem(sheet, row, column, code, sentence(code, json.loads(facts)))


def marks_of(source: RosterImport) -> dict[tuple[str, int], list[Mark]]:
    """Return what is wrong, by sheet and row, for the marked copy."""
    places = {table["sheet"]: table["places"] for table in source.columns}
    marks: dict[tuple[str, int], list[Mark]] = {}
    for name, problem in problems_of(source):
        place = places.get(problem.sheet, {}).get(name)
        marks.setdefault((problem.sheet, problem.row), []).append(Mark(place, problem.message))
    return marks
