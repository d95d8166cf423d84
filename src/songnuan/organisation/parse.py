"""The program that `workbook` runs to parse a file on its own: a workbook in, lines of JSON out.

A damaged or hostile file can make the parser ask for any amount of memory, and then the process
dies. So this one does nothing else, may use little, and imports nothing of the house.

For each visible sheet there is a line {"sheet": its name}, then a line for every row: a list of cells
without the empty ones at its end, dates as {"date": …}, moments as {"moment": …}, times and spans as
text. The last line is {"end": why}: "" when all went well, else "damaged" or "password".
"""

import io
import json
import resource
import sys
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta

from python_calamine import CalamineError, PasswordError, SheetTypeEnum, SheetVisibleEnum, load_workbook

MEMORY_MAX = 2_000_000_000
SECONDS_MAX = 60
_VISIBLE = (SheetTypeEnum.WorkSheet, SheetVisibleEnum.Visible)


def main() -> None:
    """Limit this process, and write what stdin holds."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_MAX, MEMORY_MAX))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS_MAX, SECONDS_MAX))
    rows_max = int(sys.argv[1])
    why = ""
    try:
        for line in lines(sys.stdin.buffer.read(), rows_max):
            _write(line)
    except PasswordError:
        why = "password"
    except (CalamineError, ValueError, OverflowError):
        why = "damaged"
    _write({"end": why})


def lines(content: bytes, rows_max: int) -> Iterator[object]:
    """Yield the head of each visible sheet and at most `rows_max` rows, merged cells filled down."""
    book = load_workbook(io.BytesIO(content))
    for meta in book.sheets_metadata:
        if (meta.typ, meta.visible) != _VISIBLE:
            continue
        sheet = book.get_sheet_by_name(meta.name)
        rows = sheet.to_python(skip_empty_area=False, nrows=rows_max)
        for (top, left), (bottom, _right) in sheet.merged_cell_ranges or []:
            for row in rows[top + 1 : bottom + 1]:
                row[left : left + 1] = rows[top][left : left + 1]
        yield {"sheet": meta.name}
        for row in rows:
            yield _trimmed([_plain(cell) for cell in row])


def _trimmed(row: list[object]) -> list[object]:
    """Return a row without the empty cells at its end."""
    end = len(row)
    while end and row[end - 1] == "":
        end -= 1
    return row[:end]


def _plain(cell: float | str | bool | date | time | timedelta) -> object:  # noqa: FBT001 - a cell's value
    """Return a cell as JSON can hold it."""
    if isinstance(cell, datetime):
        return {"moment": cell.isoformat()}
    if isinstance(cell, date):
        return {"date": cell.isoformat()}
    if isinstance(cell, time | timedelta):
        return str(cell)
    return cell


def _write(line: object) -> None:
    sys.stdout.write(json.dumps(line, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    sys.stdout.reconfigure(encoding="utf-8")  # type: ignore[union-attr]  # a text file, as it always is here
    main()
