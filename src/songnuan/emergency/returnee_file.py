"""Reads a table of returnees (返程人员登记表) from .xlsx, .csv and what else the house reads."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType
from typing import BinaryIO, Final

from django.utils.translation import gettext as _

from songnuan.documents.reading import Odd, read_frames
from songnuan.emergency.returnee_rules import Told
from songnuan.emergency.table_rows import columns, headings, plain
from songnuan.kernel import cells
from songnuan.kernel.cells import Cell
from songnuan.kernel.faults import Fault, sentence
from songnuan.kernel.refusal import Refusal

LINES_MOST: Final = 2000
_FAULTS_SHOWN = 10
_NEEDED: Final[Mapping[str, str]] = MappingProxyType(
    {"name": "姓名", "phone": "手机号", "origin": "来源地", "arrived_on": "到达日期"}
)
_HEADINGS: Final[Mapping[str, str]] = MappingProxyType(
    headings(
        {
            "name": "姓名 name",
            "phone": "手机号 手机号码 手机 电话 联系电话 联系方式 phone telephone",
            "origin": "来源地 来自 出发地 返程地 从何地返回 origin from",
            "arrived_on": "到达日期 到达时间 抵达日期 返回日期 返程日期 arrived arrival",
            "unit": "社区 所在社区 单位 所在单位 村社区 unit community",
            "address": "住址 居住地址 地址 现住址 address",
            "helper": "联系人账号 联系人 包联人账号 helper contact",
        }
    )
)


@dataclass(frozen=True, slots=True)
class ToldRow:
    """A row of the table, with its number in the file; unit and account of the contact person as written."""

    row: int
    told: Told
    unit: str
    helper: str


def read(file: BinaryIO, name: str) -> list[ToldRow]:
    """Return the people of the first sheet in their order.

    Raises:
        Refusal: What `documents.reading.read_frames` raises; `returnees_headings`, `returnees_empty`,
            `returnees_many`, `returnees_rows` with every row that could not be read.

    """
    found: list[ToldRow] = []
    faults: list[tuple[int, str]] = []
    places: dict[str, int] = {}
    for number, row in _first_sheet(file, name):
        if not places:
            places = _places(row)
        elif any(str(cell).strip() for cell in row):
            if len(found) + len(faults) == LINES_MOST:
                words = _("The table has more than %(most)s people. Divide it.") % {"most": LINES_MOST}
                raise Refusal("returnees_many", words, field="file")
            try:
                found.append(_row(number, row, places))
            except Fault as fault:
                faults.append((number, sentence(fault.code, fault.facts)))
    if not places:
        words = _("No row of the table names its columns. Head them %(names)s; with several units 社区 too.")
        raise Refusal("returnees_headings", words % {"names": "、".join(_NEEDED.values())}, field="file")
    if faults:
        raise faulty(faults)
    if not found:
        words = _("Nobody stands in the table. Write a person into each row.")
        raise Refusal("returnees_empty", words, field="file")
    return found


def _first_sheet(file: BinaryIO, name: str) -> Iterator[tuple[int, Sequence[Cell | Odd]]]:
    sheet = None
    for frame in read_frames(file, name):
        sheet = sheet or frame.sheet
        if frame.sheet != sheet:
            return
        yield from enumerate(frame.rows(), start=frame.first)


def faulty(faults: Sequence[tuple[int, str]]) -> Refusal:
    """Return what is wrong with rows; nobody was entered."""
    told = [_("Row %(row)s: %(why)s") % {"row": row, "why": words} for row, words in faults[:_FAULTS_SHOWN]]
    if len(faults) > _FAULTS_SHOWN:
        told.append(_("And %(count)s rows more.") % {"count": len(faults) - _FAULTS_SHOWN})
    told.append(_("Nobody was entered. Mend the rows, and bring the table in again."))
    return Refusal("returnees_rows", "\n".join(told), field="file", rows=len(faults))


def _places(row: Sequence[Cell | Odd]) -> dict[str, int]:
    """Return where each column stands, if this row is the one of the headings.

    Raises:
        Refusal: `returnees_headings` for one that lacks some.

    """
    places = columns(row, _HEADINGS, "name")
    if places and (lacking := [word for column, word in _NEEDED.items() if column not in places]):
        words = _("The table lacks the columns %(names)s.") % {"names": "、".join(lacking)}
        raise Refusal("returnees_headings", words, field="file")
    return places


def _row(number: int, row: Sequence[Cell | Odd], places: Mapping[str, int]) -> ToldRow:
    def text(column: str) -> str:
        cell = plain(row, places.get(column))
        return "" if cells.nothing(cell) else cells.text(cell)

    arrived: date = cells.day(plain(row, places["arrived_on"]))
    told = Told(
        name=cells.name(plain(row, places["name"])),
        phone=cells.phone(plain(row, places["phone"])),
        origin=text("origin"),
        arrived_on=arrived,
        address=text("address"),
    )
    return ToldRow(number, told, text("unit"), text("helper"))
