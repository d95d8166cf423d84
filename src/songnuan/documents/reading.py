"""Reads the tables of a file somebody sent: .xlsx, .xlsm, .xlsb, .xls, .ods, .csv and .txt.

Nothing in the file is trusted. It is opened by a process of its own (`parse`), which has limits and
hands on frames of rows through a pipe; here nothing of it is held but the frame in hand.
"""

import os
import re
import select
import signal
import subprocess
import sys
import tempfile
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path, PurePath
from typing import Any, BinaryIO, Literal, cast

import orjson
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from songnuan.documents.opening import BODY_MAX, COLUMNS_MAX, FRAME_ROWS, ROWS_MAX, UNPACKED_MAX, Unfit
from songnuan.kernel.cells import Cell
from songnuan.kernel.refusal import Refusal

__all__ = [
    "COLUMNS_MAX",
    "FILE_MAX",
    "FRAME_ROWS",
    "ROWS_MAX",
    "Frame",
    "Odd",
    "as_file",
    "decode",
    "read_frames",
]

FILE_MAX = 200_000_000
SHEET_NAME_MAX = 100
"""Characters of a sheet's name; Excel gives it 31, other programs and the names of files more."""
SILENCE_MAX = 180
"""Seconds that the process may take until the next frame; a million rows take about twenty."""

_SOURCES = str(Path(__file__).parents[2])
_START = "import sys; sys.path.insert(0, sys.argv[1]); from songnuan.documents.parse import main; main()"
_HEAD_MAX = 1_000_000
_UNNAMEABLE = re.compile("[\x00-\x1f\x7f-\x9f\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class Odd:
    """A cell that is no plain value.

    Args:
        kind: A formula, or an error as a table program shows it.
        value: What the formula came to when the file was saved, or the error's text (#REF!); empty
            when the file does not tell.

    """

    kind: Literal["formula", "error"]
    value: Cell


@dataclass(frozen=True, slots=True)
class Frame:
    """Rows that follow one another in a sheet, still packed.

    Args:
        sheet: The sheet's name, cut to `SHEET_NAME_MAX`, and another for each sheet of a file; for a text,
            the file's name without its ending.
        first: The number of the first of these rows in the sheet, counted from 1. Between two frames
            rows may be missing: they are empty.
        body: What `decode` unpacks.

    """

    sheet: str
    first: int
    body: bytes

    def rows(self) -> list[list[Cell | Odd]]:
        """Return the rows; each ends at its last filled cell, and an empty cell is an empty text."""
        return decode(self.body)


def decode(body: bytes) -> list[list[Cell | Odd]]:
    """Return the rows of a frame's body. Dates are dates; only cells that are no JSON are touched."""
    rows: list[list[Any]] = orjson.loads(body)
    if b"{" in body:
        for row in rows:
            if dict in map(type, row):
                row[:] = [_cell(cell) if type(cell) is dict else cell for cell in row]
    return rows


def _cell(cell: dict[str, Any]) -> Cell | Odd:
    """Return a cell from the object that stands for it, see `parse`."""
    if "d" in cell:
        return date.fromisoformat(cell["d"])
    if "m" in cell:
        return datetime.fromisoformat(cell["m"])
    if "e" in cell:
        return Odd("error", cell["e"])
    value = cell["f"]
    return Odd("formula", cast("Cell", _cell(value) if isinstance(value, dict) else value))


def as_file(content: bytes) -> BinaryIO:
    """Return a file with this content that stands in memory only, as `read_frames` takes it."""
    if hasattr(os, "memfd_create"):
        file: BinaryIO = os.fdopen(os.memfd_create("table"), "w+b")
    else:
        file = cast("BinaryIO", tempfile.TemporaryFile())  # noqa: SIM115 - the caller closes it
    file.write(content)
    file.seek(0)
    return file


def read_frames(file: BinaryIO, name: str, likely: str = "") -> Generator[Frame, None, None]:
    """Yield the rows of the visible sheets in their order, in frames of at most `FRAME_ROWS` rows.

    A sheet's first frame has at most 60 rows. A cell merged over several rows stands in each of them
    that has something of its own; one merged over several columns is repeated within the first 30 rows.

    Args:
        file: A real file, at any position; it must stay as it is until the last frame.
        name: The file's name. It names the table of a text and decides nothing.
        likely: What probably parts the cells, where the file is a text; empty when nothing is known.

    Raises:
        Refusal: `too_large`, or `unreadable` when this is no table, protected or damaged. It may come
            after frames that were fine; they then count for nothing.

    """
    table = PurePath(name).stem
    try:
        yield from _frames(file, table, likely)
    except Unfit as unfit:
        raise _refusal(unfit, table) from None


def _frames(file: BinaryIO, table: str, likely: str) -> Iterator[Frame]:
    """Yield the frames of a file; those of a text are called `table`."""
    file.seek(0)
    size = os.fstat(file.fileno()).st_size
    if size > FILE_MAX:
        raise Unfit("file", size=size // 1_000_000)
    if not size:
        raise Unfit("empty")
    some, names = False, _Names()
    with _child(file, likely) as pipe:
        head = pipe.head()
        while "end" not in head:
            some = True
            sheet = names.of(head["sheet"] or table, head["first"])
            yield Frame(sheet, head["first"], pipe.take(head["size"]))
            head = pipe.head()
    if head["end"]:
        raise Unfit(head.pop("end"), **head)
    if not some:
        raise Unfit("blank")


class _Names:
    """What the sheets of a file are called: short enough to be kept, and no two alike."""

    def __init__(self) -> None:
        self._now = ("", 0, "")
        self._counts: dict[str, int] = {}
        self._given: set[str] = set()

    def of(self, name: str, first: int) -> str:
        """Return what the sheet is called whose rows from `first` on have come."""
        told, before, given = self._now
        if name != told or first <= before:  # rows begin again where a sheet of the same name follows
            given = self._fresh(_UNNAMEABLE.sub("", name)[:SHEET_NAME_MAX])
        self._now = (name, first, given)
        return given

    def _fresh(self, plain: str) -> str:
        given, count = plain, self._counts.get(plain, 1)
        while given in self._given:
            count += 1
            end = f" ({count})"
            given = f"{plain[: SHEET_NAME_MAX - len(end)]}{end}"
        self._counts[plain] = count
        self._given.add(given)
        return given


class _Died(Exception):  # noqa: N818 - the process did, as it may
    """The pipe is closed before the last line."""


class _Pipe:
    """What the process writes: heads, each a line of JSON, and behind each the bytes it announces."""

    def __init__(self, source: int) -> None:
        self._source = source
        self._held = bytearray()
        self._poll = select.poll()
        self._poll.register(source, select.POLLIN)

    def head(self) -> dict[str, Any]:
        """Return the next head."""
        while (end := self._held.find(b"\n")) < 0:
            if len(self._held) > _HEAD_MAX:
                raise Unfit("damaged")
            self._read()
        return cast("dict[str, Any]", orjson.loads(self.take(end + 1)))

    def take(self, size: int) -> bytes:
        """Return the next `size` bytes."""
        while len(self._held) < size:
            self._read()
        taken = bytes(self._held[:size])
        del self._held[:size]
        return taken

    def _read(self) -> None:
        """Wait for more."""
        if not self._poll.poll(SILENCE_MAX * 1000):
            raise Unfit("slow")
        more = os.read(self._source, 1 << 20)
        if not more:
            raise _Died
        self._held += more


@contextmanager
def _child(file: BinaryIO, likely: str) -> Iterator[_Pipe]:
    """A process that takes the file apart; it knows little of this one, and is gone afterwards."""
    kept = {key: os.environ[key] for key in ("LD_LIBRARY_PATH", "PATH") if key in os.environ}
    # The command is this program's own; only stdin comes from outside.
    process = subprocess.Popen(  # noqa: S603
        [sys.executable, "-I", "-c", _START, _SOURCES, likely],
        stdin=file,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        cwd="/",
        env=kept,
    )
    with process:
        try:
            yield _Pipe(cast("BinaryIO", process.stdout).fileno())
        except _Died:
            raise Unfit("slow" if process.wait() == -signal.SIGXCPU else "died") from None
        finally:
            process.kill()


_SENTENCES = {
    "empty": _("It is empty."),
    "blank": _("It holds no table: no cell of a visible sheet is filled."),
    "password": _("It is protected by a password. Save it without one."),
    "damaged": _("It is damaged, or did not arrive whole. Open it in Excel or WPS and save it again."),
    "died": _(
        "It is damaged, or a stray cell stands far from the table. Copy the table into a new workbook."
    ),
    "slow": _("Reading it takes too long. Copy the table into a new workbook."),
    "foreign": _(
        "It is neither a workbook nor a text with a table. Choose an .xlsx, .xls, .ods or .csv file."
    ),
    "archive": _("It is an archive with tables in it. Unpack it and choose one of the tables."),
    "markup": _(
        "It is a web page or an XML text, whatever its name says. "
        "Open it in Excel or WPS and save it as .xlsx."
    ),
    "bytes": _("Line %(line)s holds bytes that are no text. Mend it there, or save the table as .xlsx."),
    "quote": _("A quotation mark in line %(line)s is never closed. Remove it, or save the table as .xlsx."),
    "file": _("The file has %(size)s MB, more than %(max)s MB. Leave only the sheet with the table in it."),
    "unpacked": _("The workbook unpacks to more than %(max)s MB. Copy the table into a new workbook."),
    "rows": _("The file has more than %(max)s rows. Split the table into several files."),
    "columns": _(
        "Row %(row)s of sheet “%(sheet)s” reaches to column %(column)s; at most %(max)s columns are read. "
        "Delete what stands beside the table."
    ),
    "text": _("Row %(row)s of sheet “%(sheet)s” holds more than %(max)s MB of text. Shorten it."),
}
_MAXIMA = {
    "file": FILE_MAX // 1_000_000,
    "unpacked": UNPACKED_MAX // 1_000_000,
    "rows": ROWS_MAX,
    "columns": COLUMNS_MAX,
    "text": BODY_MAX // 1_000_000,
}


def _refusal(unfit: Unfit, table: str) -> Refusal:
    """Return the refusal of a file."""
    # Not above: the processes that prepare rows need this module, and are to start quickly.
    from xlsxwriter.utility import xl_col_to_name  # noqa: PLC0415

    facts: dict[str, str | int] = {"why": unfit.why, **unfit.facts}
    sheet = facts.pop("sheet", "") or table
    if unfit.why in _MAXIMA:
        facts.setdefault("max", _MAXIMA[unfit.why])
        shown = {**facts, "sheet": sheet, "column": xl_col_to_name(int(facts.get("column", 1)) - 1)}
        return Refusal("too_large", _SENTENCES[unfit.why] % shown, field="file", **facts)
    sentence = gettext("The file cannot be read. %(why)s") % {"why": _SENTENCES[unfit.why] % facts}
    return Refusal("unreadable", sentence, field="file", **facts)
