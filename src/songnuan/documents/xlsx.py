"""Reads an .xlsx workbook in pieces: the first rows are there at once, and a million need little memory.

Runs in the process that reads the file (see `parse`). The reader of workbooks takes a sheet whole, so
each is cut between its rows into small sheets of a workbook in memory. Whatever is in the archive
besides sheets, texts and formats is never looked at: no macro, no link, no picture.
"""

import os
import posixpath
import re
import zipfile
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import chain, repeat
from typing import BinaryIO, cast
from zipfile import ZipInfo

from python_calamine import CalamineWorkbook

from songnuan.documents.opening import SHEET_ROWS_MAX, Unfit, parts, unpacked
from songnuan.documents.scanning import SheetScan, Span, span, take_apart

PIECE = 2_000_000
VOLUME_MAX = 500_000_000
"""Bytes of sheets in one workbook in memory, and of the texts that they share."""
_PER_TEXTS = 10
"""Each workbook reads the shared texts anew, so it holds ten times as much of the sheet."""

_HEAD = b"<worksheet><mergeCells/><sheetData>"  # having seen what is merged, the reader looks no further
_TAIL = b"</sheetData></worksheet>"
_START_MAX = 32_000_000
_SEAM = 1000
_BEGIN = re.compile(rb"<((?:[\w.-]+:)?)sheetData\b[^<>]*?(/?)>")
_MERGED = re.compile(rb"mergeCell\s[^<>]*?\bref\s*=\s*[\"']([^\"']*)")
_NUMBERED = re.compile(rb"\s*<(?:[\w.-]+:)?row\s[^<>]*?\br\s*=\s*[\"']\d")

Row = list[object]


@dataclass(frozen=True, slots=True)
class Sheet:
    """A visible sheet."""

    name: str
    part: ZipInfo


@dataclass(frozen=True, slots=True)
class Book:
    """What an .xlsx workbook has that is read.

    Args:
        sheets: The visible sheets, in their order.
        texts: What the sheets' cells share, if any.
        formats: By which dates are told from numbers.
        from_1904: Whether days are counted from 1904.

    """

    sheets: list[Sheet]
    texts: ZipInfo | None
    formats: ZipInfo | None
    from_1904: bool


@dataclass(slots=True)
class Told:
    """What is told of a sheet besides its rows.

    Args:
        scan: What is odd in it.
        merged: What is merged in it, which stands behind its rows; None until they are at their end.

    """

    scan: SheetScan = field(default_factory=SheetScan)
    merged: list[Span] | None = None


def open_book(file: BinaryIO) -> Book:
    """Return what a workbook holds.

    Raises:
        Unfit: `damaged`, when a part is missing that every workbook has.

    """
    found = parts(file)
    start = _relations(file, found, "")
    path = next((to for kind, to in start.values() if kind == "officeDocument"), "xl/workbook.xml")
    relations = _relations(file, found, path)
    told: list[tuple[str, str, str]] = []
    from_1904 = False

    def note(tag: str, attributes: dict[str, str]) -> None:
        nonlocal from_1904
        if tag == "sheet":
            key = next((value for name, value in attributes.items() if name.endswith(":id")), "")
            told.append((attributes.get("name", ""), key, attributes.get("state", "visible")))
        elif tag == "workbookPr":
            from_1904 = attributes.get("date1904") in {"1", "true"}

    take_apart(unpacked(file, _part(found, path)), note)
    by_kind = {kind: found.get(target.lower()) for kind, target in relations.values()}
    sheets = [
        Sheet(name, _part(found, relations[key][1]))
        for name, key, state in told
        if state == "visible" and relations.get(key, ("", ""))[0] == "worksheet"
    ]
    return Book(sheets, by_kind.get("sharedStrings"), by_kind.get("styles"), from_1904)


def merged_cells(file: BinaryIO, sheet: Sheet) -> list[Span]:
    """Return what is merged in a sheet; it stands behind the rows."""
    return _merged(unpacked(file, sheet.part))


def _merged(pieces: Iterable[bytes]) -> list[Span]:
    found = []
    seam = b""
    for piece in pieces:
        seam += piece
        if b"mergeCell" in seam:
            found += [span(reference.decode()) for reference in _MERGED.findall(seam)]
        seam = seam[-_SEAM:]
    return found


def rows(file: BinaryIO, book: Book, sheet: Sheet, told: Told) -> Iterator[Row]:
    """Yield the rows of a sheet from row 1 and column A on; the scan in `told` has seen what is yielded.

    Raises:
        Unfit: `damaged`, also when the rows are not in their order; `unpacked`.

    """
    pieces = _pieces(file, sheet.part, told)
    number = 0
    for piece in pieces:
        workbook, count = _volume(file, book, chain((piece,), pieces), told.scan)
        for index in range(count):
            cells = workbook.get_sheet_by_index(index)
            if cells.start is None:
                continue
            top, left = cells.start
            if top < number or top + cells.height > SHEET_ROWS_MAX:
                raise Unfit("damaged")
            yield from ([] for _empty in range(number, top))
            number = top + cells.height
            if not left:
                yield from cast("list[Row]", cells.to_python())
                continue
            for row in cast("list[Row]", cells.to_python()):
                yield [*repeat("", left), *row]


def _volume(
    file: BinaryIO, book: Book, pieces: Iterator[bytes], scan: SheetScan
) -> tuple[CalamineWorkbook, int]:
    """Return a workbook whose sheets are the next pieces, and their number."""
    texts = book.texts.file_size if book.texts else 0
    if texts > VOLUME_MAX:
        raise Unfit("unpacked", max=VOLUME_MAX // 1_000_000)
    size, count = 0, 0
    with os.fdopen(os.memfd_create("rows"), "w+b") as memory:
        with zipfile.ZipFile(memory, "w") as archive:
            for part, name in ((book.texts, "sharedStrings.xml"), (book.formats, "styles.xml")):
                if part:
                    with archive.open(f"xl/{name}", "w") as copy:
                        copy.writelines(unpacked(file, part))
            while size < min(max(PIECE, _PER_TEXTS * texts), VOLUME_MAX) and (piece := next(pieces, b"")):
                scan.feed(piece)
                with archive.open(f"xl/{count}.xml", "w") as copy:
                    copy.writelines((_HEAD, piece, _TAIL))
                count += 1
                size += len(piece)
            _describe(archive, count, from_1904=book.from_1904)
        return CalamineWorkbook.from_path(f"/proc/self/fd/{memory.fileno()}"), count


def _describe(archive: zipfile.ZipFile, count: int, *, from_1904: bool) -> None:
    """Write what makes of so many sheets a workbook."""
    kind = '<Relationship Id="r{0}" Type="/relationships/{1}" Target="{2}"/>'
    sheets = "".join(f'<sheet name="{index}" r:id="r{index}"/>' for index in range(count))
    start = kind.format(0, "officeDocument", "xl/workbook.xml")
    relations = "".join(kind.format(index, "worksheet", f"{index}.xml") for index in range(count))
    archive.writestr("_rels/.rels", f"<Relationships>{start}</Relationships>")
    archive.writestr("xl/_rels/workbook.xml.rels", f"<Relationships>{relations}</Relationships>")
    properties = f'<workbookPr date1904="{int(from_1904)}"/>'
    archive.writestr("xl/workbook.xml", f"<workbook>{properties}<sheets>{sheets}</sheets></workbook>")


def _pieces(file: BinaryIO, part: ZipInfo, told: Told) -> Iterator[bytes]:
    """Yield the rows of a sheet, some at a time; all at once, when they do not tell their numbers."""
    pieces = unpacked(file, part)
    held, prefix = _begin(pieces)
    end, row_end = b"</" + prefix + b"sheetData", b"</" + prefix + b"row>"
    wanted, searched = PIECE, 0
    for piece in chain((b"",), pieces):
        held += piece
        if held.find(end, searched) >= 0:
            break
        searched = max(0, len(held) - len(end))
        if len(held) < wanted:
            continue
        cut = held.rfind(row_end, 0, -_SEAM) + len(row_end)
        if cut >= len(row_end) and _NUMBERED.match(held, cut):
            yield bytes(memoryview(held)[:cut])
            del held[:cut]
            searched = max(0, searched - cut)
        elif (wanted := 2 * wanted) > VOLUME_MAX:
            raise Unfit("unpacked", max=VOLUME_MAX // 1_000_000)
    last, found, rest = held.partition(end)
    if not found:
        raise Unfit("damaged")
    # Most sheets are unpacked to their end before the first of their rows is asked for.
    told.merged = _merged(chain((bytes(rest),), pieces))
    yield bytes(last)


def _begin(pieces: Iterator[bytes]) -> tuple[bytearray, bytes]:
    """Return what is read behind the beginning of the rows, and their prefix."""
    held = bytearray()
    for piece in pieces:
        held += piece
        if begin := _BEGIN.search(held):
            prefix, rest = bytes(begin[1]), held[begin.end() :]
            return (bytearray(b"</" + prefix + b"sheetData") if begin[2] else rest), prefix
        if len(held) > _START_MAX:
            break
    raise Unfit("damaged")


def _relations(file: BinaryIO, found: Mapping[str, ZipInfo], path: str) -> dict[str, tuple[str, str]]:
    """Return the kind and the path of what a part refers to."""
    folder, name = posixpath.split(path)
    relations: dict[str, tuple[str, str]] = {}

    def note(tag: str, attributes: dict[str, str]) -> None:
        if tag == "Relationship":
            to = posixpath.normpath(posixpath.join("/", folder, attributes.get("Target", ""))).lstrip("/")
            relations[attributes.get("Id", "")] = (attributes.get("Type", "").rpartition("/")[2], to)

    part = found.get(posixpath.join(folder, "_rels", f"{name}.rels").lower())
    if part:
        take_apart(unpacked(file, part), note)
    return relations


def _part(found: Mapping[str, ZipInfo], path: str) -> ZipInfo:
    """Return a part that has to be there."""
    if path.lower() not in found:
        raise Unfit("damaged")
    return found[path.lower()]
