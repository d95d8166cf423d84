"""Reads the people on whom a standard is tried: one service a row, headings in Chinese or English."""

import math
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType
from typing import Any, BinaryIO, Final

from django.utils.translation import gettext as _

from songnuan.benefits.trying import Claim, Service
from songnuan.documents.reading import Odd, read_frames
from songnuan.kernel import cells
from songnuan.kernel.cells import Cell
from songnuan.kernel.faults import Fault, sentence
from songnuan.kernel.money import parse_yuan
from songnuan.kernel.refusal import Refusal
from songnuan.people.fields import parsers

_HEADINGS: Final[Mapping[str, str]] = MappingProxyType(
    {
        word: column
        for column, words in {
            "place": "place 地点 服务地点 工作地点 服务地",
            "service_post": "post 岗位 服务岗位",
            "category": "category 类别 人员类别",
            "relation": "relation 关系 与职工关系",
            "direct_contact": "contact direct_contact 直接接触 是否直接接触",
            "starts_on": "from starts_on start 开始日期 起始日期 开始 起",
            "ends_on": "to ends_on end 结束日期 截止日期 结束 止",
            "hours": "hours 小时 小时数 时长",
            "settled": "settled 已结算 已发 已结算金额",
            "year": "this_year paid_this_year 本年已发 本年已发金额",
            "out_from": "paid_from 他处发放起 已发起",
            "out_to": "paid_to 他处发放止 已发止",
        }.items()
        for word in words.split()
    }
)
_CLOCK = re.compile(r"([0-9]{1,3}):([0-5][0-9])")
_UNITS = re.compile(r"[（(](?:元|小时|天)[）)]$")


@dataclass(frozen=True, slots=True)
class ToldRow:
    """A row of the file, by its number there: the claim it tells, or what is wrong with it."""

    row: int
    claim: Claim | None
    fault: str = ""


def read(file: BinaryIO, name: str, today: date, most: int | None = None) -> list[ToldRow]:
    """Return the rows of the first sheet; what a row tells wrongly is said in its place.

    Args:
        file: The file, as `documents.reading.read_frames` takes it.
        name: How it is called.
        today: The day of the house.
        most: How many rows there may be, where somebody waits for the answer.

    Raises:
        Refusal: What `documents.reading.read_frames` raises; `people_empty`, `people_many`, and
            `people_headings` where the first row names no first day of service.

    """
    frames = read_frames(file, name)
    rows: list[tuple[int, Sequence[Cell | Odd]]] = []
    sheet = None
    for frame in frames:
        sheet = sheet or frame.sheet
        if frame.sheet == sheet:
            rows += [(frame.first + at, row) for at, row in enumerate(frame.rows())]
        if most is not None and len(rows) > most + 1:
            raise _many(most)
    rows = [(number, row) for number, row in rows if any(str(cell).strip() for cell in row)]
    if not rows:
        sentence_ = _(
            "The file of people is empty. Put headings into its first row, and a service into each row below."
        )
        raise Refusal("people_empty", sentence_)
    columns = _columns(rows[0][1])
    read_ = _readers(today)
    return [_told(number, row, columns, read_) for number, row in rows[1:]]


def _many(most: int) -> Refusal:
    sentence_ = _(
        "The file of people has more than %(most)s rows. Try it on fewer; a few of each kind show what is"
        " to be seen."
    )
    return Refusal("people_many", sentence_ % {"most": most}, most=most)


def column_of(heading: str) -> str | None:
    """Return the column that a heading names; None for one that is not known, which is left alone."""
    return _HEADINGS.get(_UNITS.sub("", "".join(heading.split())).lower())


def _columns(headings: Sequence[Cell | Odd]) -> dict[str, int]:
    """Return the place of each column that is known; others are left alone."""
    found: dict[str, int] = {}
    for place, heading in enumerate(headings):
        if column := column_of(str(heading)):
            found.setdefault(column, place)
    if "starts_on" not in found:
        sentence_ = _(
            "The first row of the file of people has no heading for the first day of service. Head its column"
            " “from” or “开始日期”."
        )
        raise Refusal("people_headings", sentence_)
    return found


def _readers(today: date) -> dict[str, Callable[[Cell], Any]]:
    service, family, people = (parsers(kind, today) for kind in ("service", "families", "people"))
    return {
        **{name: service[name] for name in ("place", "service_post", "direct_contact")},
        "relation": family["relation"],
        "category": people["category"],
        **dict.fromkeys(("starts_on", "ends_on", "out_from", "out_to"), cells.day),
        "hours": _minutes,
        "settled": _money,
        "year": _money,
    }


def _told(
    number: int,
    row: Sequence[Cell | Odd],
    columns: Mapping[str, int],
    readers: Mapping[str, Callable[[Cell], Any]],
) -> ToldRow:
    try:
        told = dict(_cells(row, columns, readers))
        if fault := _fault(told):
            return ToldRow(number, None, fault)
    except Fault as fault:
        return ToldRow(number, None, sentence(fault.code, fault.facts))
    except Refusal as refusal:
        return ToldRow(number, None, refusal.sentence)
    service = Service(
        starts_on=told["starts_on"],
        ends_on=told.get("ends_on"),
        place=told.get("place") or "",
        post=told.get("service_post") or "",
        category=told.get("category") or "",
        direct_contact=told.get("direct_contact"),
        minutes=told.get("hours"),
    )
    claim = Claim(
        services=(service,),
        relation=told.get("relation") or "",
        outs=tuple(_outs(told)),
        settled_minor=told.get("settled") or 0,
        year_minor=told.get("year") or 0,
    )
    return ToldRow(number, claim)


def _cells(
    row: Sequence[Cell | Odd], columns: Mapping[str, int], readers: Mapping[str, Callable[[Cell], Any]]
) -> Iterator[tuple[str, Any]]:
    """Yield what each cell says that says something."""
    for name, place in columns.items():
        cell = row[place] if place < len(row) else ""
        if isinstance(cell, Odd):
            raise Fault("formula" if cell.kind == "formula" else "cell_error", text=str(cell.value))
        # Of contact 无 says no; elsewhere it says nothing.
        if str(cell).strip() and (name == "direct_contact" or not cells.nothing(cell)):
            yield name, readers[name](cell)


def _fault(told: Mapping[str, Any]) -> str:
    """Return what does not fit together in a row, in a sentence; empty where all does."""
    if told.get("starts_on") is None:
        return _("The first day of service is missing.")
    if told.get("ends_on") and told["ends_on"] < told["starts_on"]:
        return _("The last day of service is before the first.")
    if any(last < first for first, last in _outs(told)):
        return _("The last day that another place paid is before the first.")
    return ""


def _outs(told: Mapping[str, Any]) -> Iterator[tuple[date, date]]:
    """Yield the days that another place paid; of one day alone the other is the same."""
    first, last = told.get("out_from"), told.get("out_to")
    days = [day for day in (first, last) if day is not None]
    if days:
        yield days[0], days[-1]


def _minutes(cell: Cell) -> int:
    """Return hours as minutes: 4, 4.5, 4:01; a part of a minute counts as one."""
    plain = cells.squeezed(cell)
    if clock := _CLOCK.fullmatch(plain):
        return 60 * int(clock[1]) + int(clock[2])
    try:
        return cells.hours(cell)
    except Fault:
        try:
            number = float(plain)
        except ValueError:
            number = math.nan
        if not 0 <= number <= 10_000:
            raise
        return math.ceil(number * 60)


def _money(cell: Cell) -> int:
    return parse_yuan(cells.text(cell))
