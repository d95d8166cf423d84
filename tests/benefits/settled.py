"""Files of what was settled already, as offices send them, and how they are looked at and recorded."""

from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import uuid4

from benefits.register import Register
from benefits.union import NOW
from mess_files import Cell, Sheet, xlsx
from roster_files import number
from songnuan.benefits.models import SettledFile, Settlement
from songnuan.benefits.settled import Recorded
from songnuan.journeys.record_settlements import record_settlements
from songnuan.journeys.settled_upload import Looked, look, record_looked
from songnuan.people.columns import index
from songnuan.people.models import Person

HEADINGS: list[Cell] = [
    *("姓名", "身份证号", "亲属姓名", "亲属身份证号", "金额（元）", "发放日期", "已发起", "已发止"),
    *("发放单位", "备注"),
]
TABLES = (Settlement, SettledFile)
PAID = date(2020, 2, 20)
PLACES = {name: place for place, name in enumerate("甲乙丙丁戊己庚辛壬癸", 1)}


def with_number(register: Register, name: str, place: int = 0) -> str:
    """Give a person of the register an identity number, and return it."""
    told = number(place or PLACES[name])
    person = register.person(name)
    person.id_number, person.id_index, person.id_kind = told, index("id_number", told), "resident"
    person.save()
    return told


def row(name: str = "", /, **told: Cell) -> list[Cell]:
    """Return a row of the file: of a person, with what is told of a sum by its heading."""
    values: dict[str, Cell] = dict.fromkeys(map(str, HEADINGS), "")
    values |= {"姓名": name, "发放日期": PAID, "发放单位": "市中心医院工会", "备注": "见凭证"}
    return list(
        {**values, **{"金额（元）" if key == "金额" else key: cell for key, cell in told.items()}}.values()
    )


def table(*rows: Sequence[Cell], headings: Sequence[Cell] = HEADINGS, above: Sequence[Cell] = ()) -> bytes:
    """Return a workbook of these rows."""
    top = [list(above)] if above else []
    return xlsx([Sheet("已结算", [*top, list(headings), *map(list, rows)])])


def look_at(register: Register, content: bytes, **changes: Any) -> Looked:
    """Look at a file as the union's officer."""
    told = {"name": "已结算.xlsx", "slug": "family-money", "source": "", "actor": register.officer, "at": NOW}
    return look(content=content, **{**told, **changes})


def record(register: Register, content: bytes, **changes: Any) -> Recorded:
    """Look at a file and record it, as the union's officer."""
    looked = look_at(
        register, content, **{name: changes[name] for name in ("source", "slug") if name in changes}
    )
    changes.pop("source", "")
    told = {"slug": "family-money", "key": uuid4(), "actor": register.officer, "at": NOW, **changes}
    return record_looked(looked, **told)


def record_rows(register: Register, **changes: Any) -> Recorded:
    """Record rows that are made here, as the union's officer."""
    told = {"slug": "family-money", "file_digest": "", "key": uuid4(), "actor": register.officer, "at": NOW}
    return record_settlements(**{**told, **changes})


def faults(looked: Looked) -> list[tuple[int, str, str]]:
    """Return the faults: row, field, code."""
    return [(fault.row, fault.field, fault.code) for fault in looked.faults]


def merge(person: Person, into: Person) -> None:
    """Let one person be merged into another, as the register keeps it."""
    Person.objects.filter(pk=person.pk).update(status="merged", merged_into=into)
