"""Opens a workbook somebody sent: an .xlsx file becomes rows of cells, or a refusal that says why not.

Nothing in the file is trusted: its size is looked at before anything is unpacked, and it is parsed by
a process of its own (`parse`), which may die of it.
"""

import io
import json
import subprocess
import sys
import zipfile
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _

from songnuan.kernel.refusal import Refusal

Cell = int | float | str | bool | date

FILE_MAX = 20_000_000
UNPACKED_MAX = 300_000_000
ROWS_MAX = 200_000
SECONDS_MAX = 120

_FORMER_OFFICE = b"\xd0\xcf\x11\xe0"


@dataclass(frozen=True, slots=True)
class Sheet:
    """A sheet's cells from its first row and column on; an empty cell is an empty text.

    A row ends at its last filled cell. What is merged downwards is repeated in every row it covers.
    """

    name: str
    rows: list[list[Cell]]


def read_sheets(content: bytes) -> list[Sheet]:
    """Return the visible sheets of a workbook in their order.

    Raises:
        Refusal: `too_large`, or `unreadable` when this is no .xlsx workbook, protected or damaged.

    """
    _look_inside(content)
    sheets: list[Sheet] = []
    for line in _parse(content):
        if isinstance(line, dict):
            sheets.append(Sheet(line["sheet"], []))
        else:
            sheets[-1].rows.append([_cell(cell) for cell in line])
    for sheet in sheets:
        if len(sheet.rows) > ROWS_MAX:
            sentence = _(
                "Sheet “%(sheet)s” has more than %(max)s rows. Split the table into several workbooks."
            )
            raise Refusal("too_large", sentence % {"sheet": sheet.name, "max": ROWS_MAX}, field="file")
    return sheets


def _look_inside(content: bytes) -> None:
    """Let pass a file of fair size that has a workbook's parts."""
    if len(content) > FILE_MAX:
        sentence = _(
            "The file has %(size)s MB, more than %(max)s MB. Leave only the sheet with the table in it."
        )
        raise Refusal(
            "too_large", sentence % {"size": len(content) // 1_000_000, "max": FILE_MAX // 1_000_000}
        )
    if content.startswith(_FORMER_OFFICE):
        raise _unreadable(
            _("It is an old .xls file, or protected by a password. Save it as .xlsx without one.")
        )
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            parts = archive.infolist()
    except (zipfile.BadZipFile, ValueError, NotImplementedError, UnicodeDecodeError):
        raise _unreadable(_("It is no .xlsx workbook, or it did not arrive whole.")) from None
    if "xl/workbook.xml" not in {part.filename for part in parts}:
        raise _unreadable(_("It is no .xlsx workbook. Open it in Excel or WPS and save it as .xlsx."))
    if sum(part.file_size for part in parts) > UNPACKED_MAX:
        sentence = _("The workbook unpacks to more than %(max)s MB. Copy the table into a new workbook.")
        raise Refusal("too_large", sentence % {"max": UNPACKED_MAX // 1_000_000}, field="file")


def _parse(content: bytes) -> list[dict[str, str] | list[Any]]:
    """Return the lines that the parser wrote before its last: heads of sheets, and rows."""
    command = [sys.executable, "-I", str(Path(__file__).with_name("parse.py")), str(ROWS_MAX + 1)]
    try:
        # The command is this program's own; only stdin comes from outside.
        done = subprocess.run(command, input=content, capture_output=True, check=False, timeout=SECONDS_MAX)  # noqa: S603
    except subprocess.TimeoutExpired:
        raise _unreadable(_("Reading it takes too long. Copy the table into a new workbook.")) from None
    lines = done.stdout.decode().splitlines()
    if done.returncode or not lines:
        sentence = _(
            "It is damaged, or a stray cell stands far from the table. Copy the table into a new workbook."
        )
        raise _unreadable(sentence)
    *parsed, last = (json.loads(line) for line in lines)
    if last["end"] == "password":
        raise _unreadable(_("It is protected by a password. Save it without one."))
    if last["end"]:
        raise _unreadable(_("It is damaged. Open it in Excel or WPS and save it again."))
    return parsed


def _cell(cell: Cell | dict[str, str]) -> Cell:
    """Return a cell from its JSON."""
    if not isinstance(cell, dict):
        return cell
    if "date" in cell:
        return date.fromisoformat(cell["date"])
    return datetime.fromisoformat(cell["moment"])


def _unreadable(why: str) -> Refusal:
    return Refusal("unreadable", _("The file cannot be read. %(why)s") % {"why": why}, field="file")
