"""The program that `reading` runs to take a file apart on its own: a file on stdin, frames of rows out.

A damaged or hostile file can make the reader ask for any amount of memory, and then the process dies.
So this one does nothing else, may use little, and is the first to go when memory runs out.

Each frame is a line of JSON, {"sheet", "first", "size"}, and behind it as many bytes: a JSON list of
rows, each a list of cells without the empty ones at its end. A date is {"d": …}, a moment {"m": …}, a
formula {"f": what it came to}, an error {"e": its text}; times and spans are text. The last line is
{"end": why} with what is known of it: "" when all went well, else see `opening.Unfit`.
"""

import resource
import sys
from collections import defaultdict
from collections.abc import Iterator
from contextlib import suppress
from datetime import date, datetime
from itertools import chain, islice, repeat
from math import isfinite
from pathlib import Path
from typing import BinaryIO, cast

import orjson
from python_calamine import CalamineSheet, CalamineWorkbook, SheetTypeEnum, SheetVisibleEnum

from songnuan.documents import delimited, xlsx
from songnuan.documents.opening import BODY_MAX, COLUMNS_MAX, FRAME_ROWS, ROWS_MAX, Kind, Unfit, kind, parts
from songnuan.documents.scanning import Scan, Span, scan_open_document
from songnuan.documents.xlsx import VOLUME_MAX

STDIN = "/dev/stdin"
"""Opened anew for each reader of the file, which thus has a position of its own."""

MEMORY_MAX = 3_000_000_000
SECONDS_MAX = 180
FIRST_ROWS = 60
"""The rows of a sheet's first frame: headings are wanted early."""
HEADING_ROWS = 30
"""Down to this row, what is merged over columns is repeated in them."""

_VISIBLE = (SheetTypeEnum.WorkSheet, SheetVisibleEnum.Visible)

Row = list[object]


def main() -> None:
    """Limit this process, and write what stdin holds."""
    limit()
    end: dict[str, str | int] = {"end": ""}
    try:
        with Path(STDIN).open("rb") as file:
            send_all(file, *sys.argv[2:3])
    except Unfit as unfit:
        end = {"end": unfit.why, **unfit.facts}
    except MemoryError:
        end = {"end": "died"}
    except BaseException:  # noqa: BLE001 - whatever a reader says of a file (a panic of Rust is no Exception)
        end = {"end": "damaged"}
    write(end, b"")


def limit() -> None:
    """Take from this process what reading a file does not need."""
    with suppress(OSError):
        Path("/proc/self/oom_score_adj").write_text("1000")
    at_most(resource.RLIMIT_AS, MEMORY_MAX)
    at_most(resource.RLIMIT_CPU, SECONDS_MAX, 5)  # the first of its limits ends it, and tells why
    at_most(resource.RLIMIT_CORE, 0)
    at_most(resource.RLIMIT_FSIZE, 3 * VOLUME_MAX)  # files in memory count


def at_most(what: int, limit: int, more: int = 0) -> None:
    """Limit what this process may use, unless it may use less already."""
    _soft, hard = resource.getrlimit(what)
    allowed = limit + more if hard == resource.RLIM_INFINITY else hard
    resource.setrlimit(what, (min(limit, allowed), min(limit + more, allowed)))


def send_all(file: BinaryIO, likely: str = "") -> None:
    """Write the frames of a file; `likely` is what probably parts the cells of a text."""
    rows_sent = 0
    for sheet, rows in tables(file, likely):
        for first, batch in batches(rows):
            rows_sent += len(batch)
            if rows_sent > ROWS_MAX:
                raise Unfit("rows")
            check_width(sheet, first, batch)
            send(sheet, first, batch)


def tables(file: BinaryIO, likely: str = "") -> Iterator[tuple[str, Iterator[Row]]]:
    """Yield the name and the rows of each visible table."""
    found = kind(file)
    if found is Kind.TEXT:
        yield "", trimmed(list[object](row) for row in delimited.rows(file, likely))
    elif found is Kind.XLSX:
        book = xlsx.open_book(file)
        for sheet in book.sheets:
            yield sheet.name, sheet_rows(file, book, sheet)
    else:
        yield from tables_of_others(file, found)


def sheet_rows(file: BinaryIO, book: xlsx.Book, sheet: xlsx.Sheet) -> Iterator[Row]:
    """Yield the rows of a sheet of an .xlsx workbook; what is merged is known once the first is read."""
    told = xlsx.Told()
    rows = xlsx.rows(file, book, sheet, told)
    first = list(islice(rows, 1))
    merged = xlsx.merged_cells(file, sheet) if told.merged is None else told.merged
    yield from with_all(chain(first, rows), told.scan.found, merged)


def tables_of_others(file: BinaryIO, found: Kind) -> Iterator[tuple[str, Iterator[Row]]]:
    """Yield the name and the rows of each visible table of a workbook that has to be taken whole."""
    scans = scan_open_document(file, parts(file)["content.xml"]) if found is Kind.ODS else {}
    book = CalamineWorkbook.from_path(STDIN)
    for meta in book.sheets_metadata:
        if (meta.typ, meta.visible) == _VISIBLE:
            scan = scans.get(meta.name, Scan())
            sheet = book.get_sheet_by_name(meta.name)
            rows, merged = plain_rows(sheet), sheet.merged_cell_ranges or scan.merged
            del sheet  # the next one is read while this variable stands
            yield meta.name, with_all(rows, scan, merged)


def plain_rows(sheet: CalamineSheet) -> Iterator[Row]:
    """Yield the rows of a sheet from row 1 and column A on."""
    if sheet.start is None:
        return
    left = sheet.start[1]
    for row in cast("Iterator[Row]", sheet.iter_rows()):
        yield [*repeat("", left), *row] if left else row


def with_all(rows: Iterator[Row], scan: Scan, merged: list[Span]) -> Iterator[Row]:
    """Return the rows to their last filled cells, with what is odd and what is merged put in."""
    rows = with_odd_cells(trimmed(rows), scan)
    return with_merged_cells(rows, merged) if merged else rows


def trimmed(rows: Iterator[Row]) -> Iterator[Row]:
    """Yield the rows without the empty cells at their ends."""
    for row in rows:
        while row and row[-1] == "":
            row.pop()
        yield row


def with_odd_cells(rows: Iterator[Row], scan: Scan) -> Iterator[Row]:
    """Yield the rows with their formulas and errors marked; the scan may go on meanwhile."""
    formulas, errors = scan.formulas, scan.errors
    for number, row in enumerate(rows):
        if scan.arrays:
            scan.arrays[:] = [array for array in scan.arrays if array[1][0] >= number]
            for (top, left), (_bottom, right) in scan.arrays:
                if top <= number:
                    formulas[number] += range(left, min(right + 1, len(row)))
        if number in formulas:
            for column in sorted(set(formulas.pop(number))):
                put(row, column, {"f": row[column] if column < len(row) else ""})
        if number in errors:
            for column, text in errors.pop(number).items():
                put(row, column, {"e": text})
        yield row


def with_merged_cells(rows: Iterator[Row], merged: list[Span]) -> Iterator[Row]:
    """Yield the rows with what is merged repeated: downwards, and within the headings to the right.

    A row that has nothing of its own stays empty.
    """
    beginning = defaultdict(list)
    for (top, left), (bottom, right) in merged:
        if left < COLUMNS_MAX and (bottom > top or top < HEADING_ROWS):
            beginning[top].append((left, min(right, COLUMNS_MAX - 1), bottom))
    open_ones: dict[int, tuple[int, int, object]] = {}
    for number, row in enumerate(rows):
        if open_ones:
            open_ones = {left: one for left, one in open_ones.items() if one[1] >= number}
        if row:
            for left, right, bottom in beginning.get(number, ()):
                if left < len(row) and row[left] != "":
                    open_ones[left] = (right, bottom, row[left])
            for left, (right, _bottom, cell) in open_ones.items():
                for column in range(left, (right if number < HEADING_ROWS else left) + 1):
                    put(row, column, cell)
        yield row


def put(row: Row, column: int, cell: object) -> None:
    """Put a cell into a row, which may end before it."""
    row += [""] * (column + 1 - len(row))
    row[column] = cell


def batches(rows: Iterator[Row]) -> Iterator[tuple[int, list[Row]]]:
    """Yield the rows in parts, each with the number of its first; one without a filled cell is left out."""
    first, batch, size = 1, list[Row](), FIRST_ROWS
    for row in rows:
        batch.append(row)
        if len(batch) == size:
            if any(batch):
                yield first, batch
            first, batch, size = first + size, [], FRAME_ROWS
    while batch and not batch[-1]:
        batch.pop()
    if batch:
        yield first, batch


def check_width(sheet: str, first: int, batch: list[Row]) -> None:
    """Refuse a table with more columns than any list of people has."""
    for row, cells in enumerate(batch, first):
        if len(cells) > COLUMNS_MAX:
            raise Unfit("columns", sheet=sheet, row=row, column=len(cells))


def send(sheet: str, first: int, batch: list[Row]) -> None:
    """Write rows as a frame, or as several when they are long."""
    body = orjson.dumps(batch, plain, orjson.OPT_PASSTHROUGH_DATETIME)
    if b"null" in body:
        whole = [[finite(cell) for cell in row] for row in batch]
        body = orjson.dumps(whole, plain, orjson.OPT_PASSTHROUGH_DATETIME)
    if len(body) <= BODY_MAX:
        write({"sheet": sheet, "first": first, "size": len(body)}, body)
    elif len(batch) == 1:
        raise Unfit("text", sheet=sheet, row=first)
    else:
        half = len(batch) // 2
        send(sheet, first, batch[:half])
        send(sheet, first + half, batch[half:])


def plain(cell: object) -> object:
    """Return what stands in JSON for a cell that it does not know."""
    if isinstance(cell, datetime):
        return {"m": cell.isoformat()}
    if isinstance(cell, date):
        return {"d": cell.isoformat()}
    return str(cell)


def finite(cell: object) -> object:
    """Return a cell, or the text of a number that JSON does not have."""
    if isinstance(cell, dict):
        return {key: finite(value) for key, value in cell.items()}
    return str(cell) if isinstance(cell, float) and not isfinite(cell) else cell


def write(head: dict[str, str | int], body: bytes) -> None:
    """Write a head and what it announces."""
    sys.stdout.buffer.write(orjson.dumps(head) + b"\n")
    sys.stdout.buffer.write(body)
    sys.stdout.buffer.flush()
