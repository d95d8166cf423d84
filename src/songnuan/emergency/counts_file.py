"""Reads counts by day (.csv, .xlsx and what else the house reads): headings in Chinese or English."""

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import BinaryIO, Final

from django.utils.translation import gettext as _

from songnuan.documents.reading import Odd, read_frames
from songnuan.emergency.early_warning import DayCount
from songnuan.kernel import cells
from songnuan.kernel.cells import Cell
from songnuan.kernel.faults import Fault, sentence
from songnuan.kernel.refusal import Refusal

ROWS_MOST = 100_000
_HEADINGS: Final[Mapping[str, str]] = MappingProxyType(
    {
        word: column
        for column, words in {
            "date": "date day week 日期 日 周 报告日期",
            "count": "count cases number 数量 例数 人数 病例数 报告数",
        }.items()
        for word in words.split()
    }
)


def read(file: BinaryIO, name: str) -> list[DayCount]:
    """Return the days of the first sheet in their order; an empty count is a day that nobody told.

    Raises:
        Refusal: What `documents.reading.read_frames` raises; `counts_empty`, `counts_headings`,
            `counts_many`, `counts_row` with the row that cannot be read, `counts_order` where a day does not
            come after the one above it.

    """
    rows = _rows(file, name)
    if not rows:
        sentence_ = _(
            "The file of counts is empty. Put “date” and “count” into its first row, a day into each."
        )
        raise Refusal("counts_empty", sentence_)
    columns: dict[str, int] = {}
    for place, heading in enumerate(rows[0][1]):
        if column := _HEADINGS.get("".join(str(heading).split()).lower()):
            columns.setdefault(column, place)
    if len(columns) < 2:
        sentence_ = _("The first row of the file of counts has to name its columns: “date” and “count”.")
        raise Refusal("counts_headings", sentence_)
    days: list[DayCount] = []
    for number, row in rows[1:]:
        day = _day(number, row, columns)
        if days and day.date <= days[-1].date:
            sentence_ = _("Row %(row)s: %(day)s does not come after %(before)s. Order the days, each once.")
            facts = {"row": number, "day": day.date.isoformat(), "before": days[-1].date.isoformat()}
            raise Refusal("counts_order", sentence_ % facts, row=number)
        days.append(day)
    return days


def _rows(file: BinaryIO, name: str) -> list[tuple[int, Sequence[Cell | Odd]]]:
    rows: list[tuple[int, Sequence[Cell | Odd]]] = []
    sheet = None
    for frame in read_frames(file, name):
        sheet = sheet or frame.sheet
        if frame.sheet == sheet:
            told = ((frame.first + at, row) for at, row in enumerate(frame.rows()))
            rows += [(number, row) for number, row in told if any(str(cell).strip() for cell in row)]
        if len(rows) > ROWS_MOST + 1:
            sentence_ = _("The file of counts has more than %(most)s rows. Leave the latest.")
            raise Refusal("counts_many", sentence_ % {"most": ROWS_MOST})
    return rows


def _day(number: int, row: Sequence[Cell | Odd], columns: Mapping[str, int]) -> DayCount:
    try:
        day, count = (_plain(row, columns[name]) for name in ("date", "count"))
        return DayCount(cells.day(day), cells.count(count) if str(count).strip() else None)
    except Fault as fault:
        facts = {"row": number, "why": sentence(fault.code, fault.facts)}
        raise Refusal("counts_row", _("Row %(row)s: %(why)s") % facts, row=number) from fault


def _plain(row: Sequence[Cell | Odd], place: int) -> Cell:
    cell = row[place] if place < len(row) else ""
    if isinstance(cell, Odd):
        raise Fault("formula" if cell.kind == "formula" else "cell_error", text=str(cell.value))
    return cell
