"""Finds in a workbook's XML what its reader does not tell: formulas, errors, and in .ods what is merged.

Runs in the process that reads the file (see `parse`). A sheet is taken apart here only when a few bytes
that such cells have occur in it at all; else a large table would take twice as long. Positions count
from 0.
"""

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import BinaryIO
from xml.parsers import expat
from zipfile import ZipInfo

from songnuan.documents.opening import COLUMNS_MAX, Unfit, unpacked

Span = tuple[tuple[int, int], tuple[int, int]]
_Start = Callable[[str, dict[str, str]], None]
_REFERENCE = re.compile(r"\$?([A-Za-z]{1,3})\$?([0-9]{1,7})")
_ERROR_MAX = 40
_ROW = re.compile(rb"<((?:[\w.-]+:)?)row\b")
_ERRORS = (b't="e"', b"t='e'")
_IN_OPEN_DOCUMENT = (b":formula=", b"-spanned=", b'value-type="error"')


@dataclass(frozen=True, slots=True)
class Scan:
    """The cells of a sheet that are no plain values.

    Args:
        formulas: For each row, the columns of its formulas.
        arrays: Where one formula stands for many cells.
        errors: For each row, the errors' texts by their columns.
        merged: What is merged, for .ods; the reader tells of the other formats.

    """

    formulas: defaultdict[int, list[int]] = field(default_factory=lambda: defaultdict(list))
    arrays: list[Span] = field(default_factory=list)
    errors: defaultdict[int, dict[int, str]] = field(default_factory=lambda: defaultdict(dict))
    merged: list[Span] = field(default_factory=list)


def take_apart(pieces: Iterable[bytes], start: _Start, text: Callable[[str], None] | None = None) -> None:
    """Call `start` with each element's name, without its prefix, and attributes; and `text`."""
    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.StartElementHandler = lambda name, attributes: start(name.rpartition(":")[2], attributes)
    parser.StartDoctypeDeclHandler = _refuse_a_doctype
    if text:
        parser.CharacterDataHandler = text
    for piece in pieces:
        parser.Parse(piece)
    parser.Parse(b"", True)


def span(reference: str) -> Span:
    """Return the first and the last cell of a reference such as B2:D4, or twice the cell of B2."""
    first, _colon, last = reference.partition(":")
    return _position(first), _position(last or first)


def scan_open_document(file: BinaryIO, part: ZipInfo) -> Mapping[str, Scan]:
    """Return what is odd or merged in the sheets of an .ods workbook, by their names."""
    content = _Content()
    if any(needle in piece for piece in unpacked(file, part) for needle in _IN_OPEN_DOCUMENT):
        take_apart(unpacked(file, part), content.start)
    return content.found


def _refuse_a_doctype(*_declared: object) -> None:
    """No table program writes one; it may define entities that grow without end."""
    raise Unfit("damaged")


class SheetScan:
    """Follows the XML of a sheet of an .xlsx workbook, counting where it tells no position.

    `found` grows with what is fed.
    """

    def __init__(self) -> None:
        self.found = Scan()
        self._row = self._column = -1
        self._inside = False
        self._error: tuple[int, int] | None = None
        self._tag = ""

    def feed(self, rows: bytes) -> None:
        """Take some rows of a sheet as they stand there."""
        row = _ROW.search(rows)
        prefix = row[1] if row else b""
        # A single letter is found many times as quickly; where texts are shared, most sheets have no f.
        formula = b"f" in rows and b"<" + prefix + b"f" in rows
        if formula or (b"e" in rows and any(error in rows for error in _ERRORS)):
            take_apart((b"<rows>", rows, b"</rows>"), self._start, self._text)

    def _start(self, tag: str, attributes: dict[str, str]) -> None:
        """Take an element's beginning."""
        self._tag = tag
        if tag == "c":
            self._cell(attributes)
        elif tag == "row":
            self._row = int(attributes["r"]) - 1 if "r" in attributes else self._row + 1
            self._column = -1
        elif tag == "f" and self._inside:
            self._formula(attributes)
        elif tag not in {"v", "is", "t", "r", "rPr"}:
            self._inside, self._error = False, None

    def _text(self, text: str) -> None:
        """Take text: of a cell with an error it is the error's name."""
        if self._error and self._tag == "v":
            row, column = self._error
            self.found.errors[row][column] = text.strip()[:_ERROR_MAX] or self.found.errors[row][column]

    def _cell(self, attributes: dict[str, str]) -> None:
        """Take the beginning of a cell."""
        self._inside = True
        if "r" in attributes:
            self._row, self._column = _position(attributes["r"])
        else:
            self._column += 1
        self._error = None
        if attributes.get("t") == "e" and self._column < COLUMNS_MAX:
            self._error = (self._row, self._column)
            self.found.errors[self._row][self._column] = ""

    def _formula(self, attributes: dict[str, str]) -> None:
        """Take a formula."""
        if attributes.get("t") in {"array", "dataTable"} and ":" in attributes.get("ref", ""):
            self.found.arrays.append(span(attributes["ref"]))
        elif self._column < COLUMNS_MAX:
            self.found.formulas[self._row].append(self._column)


class _Content:
    """Follows the content of an .ods workbook: tables, rows and cells, each of which may be repeated."""

    def __init__(self) -> None:
        self.found: dict[str, Scan] = {}
        self._scan = Scan()
        self._row = self._next_row = self._column = 0

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        """Take an element's beginning."""
        if tag in {"table-cell", "covered-table-cell"}:
            self._cell(attributes)
        elif tag == "table-row":
            self._row, self._column = self._next_row, 0
            self._next_row += int(attributes.get("table:number-rows-repeated", 1))
        elif tag == "table" and "table:name" in attributes:
            self._scan = self.found[attributes["table:name"]] = Scan()
            self._row = self._next_row = self._column = 0

    def _cell(self, attributes: dict[str, str]) -> None:
        """Take the beginning of a cell."""
        row, column = self._row, self._column
        self._column += int(attributes.get("table:number-columns-repeated", 1))
        if "table:formula" in attributes:
            self._scan.arrays.append(((row, column), (self._next_row - 1, self._column - 1)))
        height = int(attributes.get("table:number-rows-spanned", 1))
        width = int(attributes.get("table:number-columns-spanned", 1))
        if height > 1 or width > 1:
            self._scan.merged.append(((row, column), (row + height - 1, column + width - 1)))
        if attributes.get("calcext:value-type") == "error" and column < COLUMNS_MAX:
            self._scan.errors[row][column] = ""


def _position(reference: str) -> tuple[int, int]:
    """Return row and column of a reference such as B12."""
    told = _REFERENCE.fullmatch(reference)
    if not told:
        raise Unfit("damaged")
    column = 0
    for letter in told[1].upper():
        column = 26 * column + ord(letter) - ord("A") + 1
    return int(told[2]) - 1, column - 1
