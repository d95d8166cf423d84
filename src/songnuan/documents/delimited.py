"""Reads a text with a table in it: .csv and .txt, as Excel, WPS and databases write them.

Runs in the process that reads the file (see `parse`). A cell stays text, so that 018 keeps its zero.
"""

import codecs
import csv
import io
import re
from collections import Counter
from collections.abc import Iterator
from itertools import islice
from typing import BinaryIO, TextIO

from songnuan.documents.opening import Unfit

_SAMPLE = 1 << 16
_SAMPLE_ROWS = 100
_LINE_MAX = 1_000_000
_CELL_MAX = 100_000
_CELL_LINES_MAX = 100
"""A cell over more lines is a quotation mark that nobody closed."""
_MARKS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
_FOREIGN = (b"%PDF", b"{\\rtf", b"\x89PNG", b"\xff\xd8\xff", b"Rar!", b"7z\xbc\xaf", b"\x1f\x8b", b"SQLite")
_CONTROLS = bytes({*range(1, 9), *range(14, 26), 28, 29, 30, 31})
_PIECE = 1 << 20
_BY_CHANCE = 10
_TEXT_FORMULA = re.compile(r'="([^"]*)"')
_END = "\0end"


def rows(file: BinaryIO, likely: str = "") -> Iterator[list[str]]:
    """Yield the rows of a text, empty lines too.

    Args:
        file: The text.
        likely: What probably parts the cells; it does where it stands in most of the lines.

    Raises:
        Unfit: `foreign`, `markup`, `bytes`, `quote` or `text`.

    """
    encoding = _encoding(file)
    file.seek(0)
    text = io.TextIOWrapper(file, encoding, newline="")
    sample = text.read(_SAMPLE)
    if sample.lstrip().startswith(("<", "MIME-Version:")):
        raise Unfit("markup")
    text.seek(0)
    yield from _rows(_lines(text), _delimiter(sample, likely))


def _encoding(file: BinaryIO) -> str:
    """Return the encoding in which all of the file is text."""
    file.seek(0)
    furthest = 0
    for encoding in _candidates(file.read(_SAMPLE)):
        line, surely = _broken(file, encoding)
        if not line:
            return encoding
        furthest = max(furthest, line)
        if surely:
            break  # as GB18030 it might pass, but as nonsense
    raise Unfit("bytes", line=furthest)


def _candidates(sample: bytes) -> list[str]:
    """Return the encodings that a file with this beginning may have, the likeliest first."""
    for mark, encoding in _MARKS:
        if sample.startswith(mark):
            return [encoding]
    even, odd = sample[::2].count(0), sample[1::2].count(0)
    if even + odd > len(sample) // 20:
        if max(even, odd) < 10 * min(even, odd):
            raise Unfit("foreign")
        return ["utf-16-le" if odd > even else "utf-16-be"]
    controls = len(sample) - len(sample.translate(None, _CONTROLS))
    if sample.startswith(_FOREIGN) or controls > len(sample) // 100:
        raise Unfit("foreign")
    return ["utf-8", "gb18030"]


def _broken(file: BinaryIO, encoding: str) -> tuple[int, bool]:
    """Return the line, from 1, with the first bytes that are no text, and whether it is UTF-8 all the same.

    The line is 0 when there is none. Ten characters of UTF-8 that are not ASCII do not come by chance.
    """
    decoder = codecs.getincrementaldecoder(encoding)()
    line, wide = 1, 0
    file.seek(0)
    while True:
        piece = file.read(_PIECE)
        try:
            text = decoder.decode(piece, final=not piece)
        except UnicodeDecodeError as fault:
            before = fault.object[: fault.start].decode(encoding, "ignore")
            wide += fault.start - len(before)
            return line + before.count("\n"), encoding == "utf-8" and wide >= 2 * _BY_CHANCE
        if not piece:
            return 0, False
        wide += len(piece) - len(text)
        line += text.count("\n")


def _delimiter(sample: str, likely: str) -> str:
    """Return what parts the cells: whatever gives the most rows the same number of cells, above one."""
    whole = sample.rpartition("\n")[0] or sample
    if named := re.match(r"sep=(.)\r?\n", sample):
        return named[1]
    if likely:
        filled = [line for line in whole.splitlines() if line.strip()][:_SAMPLE_ROWS]
        if 2 * sum(likely in line for line in filled) > len(filled):
            return likely
    best, delimiter = (0, 0), ","
    for candidate in (",", ";", "\t", "，"):
        lines = iter(whole.splitlines(keepends=True))
        sizes = Counter(len(row) for row in islice(csv.reader(lines, delimiter=candidate), _SAMPLE_ROWS))
        size, times = max(sizes.items(), key=lambda item: (item[0] > 1, item[1], item[0]), default=(0, 0))
        if size > 1 and (times, size) > best and (candidate != "，" or best == (0, 0)):
            best, delimiter = (times, size), candidate
    return delimiter


def _lines(text: TextIO) -> Iterator[str]:
    """Yield the lines of a text without NUL, and then a line that no text has."""
    number = 0
    while line := text.readline(_LINE_MAX):
        number += 1
        if len(line) == _LINE_MAX:
            raise Unfit("text", sheet="", row=number)
        yield line.replace("\0", "")
    yield _END


def _rows(lines: Iterator[str], delimiter: str) -> Iterator[list[str]]:
    """Yield the rows that lines hold."""
    csv.field_size_limit(_CELL_MAX)
    reader = csv.reader(lines, delimiter=delimiter)
    line = 1
    try:
        for row in reader:
            if row == [_END]:
                return
            if reader.line_num - line > _CELL_LINES_MAX or (row and row[-1].endswith(_END)):
                break
            for place, cell in enumerate(row):
                if cell.startswith('="') and (told := _TEXT_FORMULA.fullmatch(cell)):
                    row[place] = told[1]  # how text that looks like a number is kept from becoming one
            yield row
            line = reader.line_num + 1
    except csv.Error:
        pass  # a cell beyond the limit
    raise Unfit("quote", line=line)
