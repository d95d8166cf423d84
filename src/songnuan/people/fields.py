"""How the cell of each field of a roster is read: texts in their normal form, or a fault.

A cell that is empty, or filled to say so (无, /), never comes here.
"""

import datetime as dt
import re
from collections.abc import Callable, Mapping
from functools import partial
from types import MappingProxyType
from typing import Any, Final

from songnuan.kernel import cells
from songnuan.kernel.cells import Cell
from songnuan.kernel.faults import Fault, shown
from songnuan.kernel.names import tidy_name
from songnuan.people.columns import LIMITS

# What relatives are called in such tables; the relation is that of the relative to the employee.
_RELATIONS: Final[Mapping[str, str]] = MappingProxyType(
    {
        word: relation
        for relation, words in {
            "spouse": "配偶 夫妻 夫妇 丈夫 妻子 夫 妻 爱人 愛人 老公 老婆 先生 太太 spouse husband wife",
            "parent": "父亲 父親 母亲 母親 父 母 爸爸 妈妈 媽媽 父母 养父 养母 继父 继母 父女 父子 母女 母子"
            " parent father mother",
            "child": "子女 儿子 兒子 女儿 女兒 子 女 儿 长子 长女 次子 次女 独子 独女 养子 养女 继子 继女"
            " 孩子 小孩 child son daughter",
            "sibling": "兄弟 姐妹 姊妹 兄妹 姐弟 兄弟姐妹 哥哥 弟弟 姐姐 妹妹 哥 弟 姐 妹 兄 姊"
            " sibling brother sister",
            "parent_in_law": "公公 婆婆 岳父 岳母 公婆 公爹 丈人 丈母娘 岳丈",
            "grandparent": "祖父 祖母 爷爷 奶奶 爺爺 外祖父 外祖母 外公 外婆 姥爷 姥姥 祖父母 外祖父母",
            "grandchild": "孙子 孙女 孫子 孫女 外孙 外孙女 外孫 外孫女 孙",
            "other": "其他 其它 其他亲属 亲属 亲戚 叔叔 伯父 姑姑 舅舅 姨 姨妈 阿姨 叔 伯 侄子 侄女 外甥"
            " 外甥女 儿媳 女婿 媳妇 嫂子 姐夫 妹夫 other",
        }.items()
        for word in words.split()
    }
)

Parser = Callable[[Cell], Any]

_MONTH = re.compile(r"((?:19|20)[0-9]{2})(?:[年./-]?(0[1-9]|1[0-2])|[年./-]([1-9]))月?")


def parsers(kind: str, today: dt.date) -> dict[str, Parser]:
    """Return the reader of each field of a kind of roster; its ordinal number is not read.

    Each takes the cell and raises a `Fault`. What an identity number is depends on the kind of its paper,
    so its cell is handed on as it is; a birth date may be a year and a month alone.
    """
    person: dict[str, Parser] = {
        "name": cells.name,
        "id_number": _whole,
        "sex": cells.sex,
        "birth_on": partial(_birth, today=today),
        "phone": cells.phone,
    }
    employee: dict[str, Parser] = {
        "name": cells.name,
        "id_number": _whole,
        "unit": partial(_tidy, longest=LIMITS["unit_name"]),
        "note": _text("note"),
    }
    if kind == "people":
        plain = ("bank", "address", "post", "rank", "category", "employee_number")
        texts = {name: _text(name) for name in plain}
        return {**person, **employee, "account": cells.account, "id_kind": _text("note"), **texts}
    if kind == "families":
        relative = {f"relative_{name}": parse for name, parse in person.items()}
        workplace = {"relative_unit": _text("relative_unit")}
        return {**employee, "relation": _relation, **relative, **workplace}
    day = partial(_day, today=today)
    return {
        **employee,
        "phone": cells.phone,
        "place": partial(_tidy, longest=LIMITS["place"]),
        "service_post": _text("post"),
        "direct_contact": _contact,
        "starts_on": day,
        "ends_on": day,
        "hours": cells.hours,
    }


def _text(limit: str) -> Parser:
    """Return the reader of a text, as long as the column of that name."""
    return partial(_short, longest=LIMITS[limit])


def _short(cell: Cell, *, longest: int) -> str:
    text = cells.text(cell)
    if len(text) > longest:
        raise Fault("text_too_long", length=len(text), max=longest)
    return text


def _tidy(cell: Cell, *, longest: int) -> str:
    """Return a text that is compared as a name is."""
    text = tidy_name(cells.text(cell)[: 4 * longest])
    if len(text) > longest:
        raise Fault("text_too_long", length=len(text), max=longest)
    return text


def _birth(cell: Cell, *, today: dt.date) -> dt.date | tuple[int, ...]:
    """Return a birth date; of 1985.07 the year and the month, which may stand beside an identity number.

    1985.1 has two months: so looks the tenth, too, when it was stored as a number.
    """
    try:
        day = cells.day(cell)
    except Fault:
        month = _MONTH.fullmatch(cells.squeezed(cell))
        if month is None:
            raise
        either = (10,) if month[0].endswith(".1") else ()
        return int(month[1]), int(month[2] or month[3]), *either
    if day > today:
        raise Fault("birth_future", text=day.isoformat())
    return day


def _day(cell: Cell, *, today: dt.date) -> dt.date:
    """Return a day; one told without a year is the one of this year, unless that is still to come."""
    day = cells.day(cell, today.year)
    if day > today:
        cells.day(cell)  # says that the year is missing, if it is
    return day


def _relation(cell: Cell) -> str:
    """Return what a relative is to the employee."""
    found = _RELATIONS.get(cells.squeezed(cell).lower())
    if found is None:
        raise Fault("relation_unknown", text=shown(cells.text(cell)))
    return found


def _contact(cell: Cell) -> bool | None:
    """Return whether there was direct contact, None when the cell says nothing of it; 无 says no."""
    try:
        return cells.yes_no(cell)
    except Fault:
        if cells.nothing(cell):
            return None
        raise


def _whole(cell: Cell) -> Cell:
    return cell


REPEATED: Final = frozenset({
    "id_kind", "sex", "birth_on", "unit", "bank", "post", "rank", "category", "relation", "relative_sex",
    "relative_birth_on", "relative_unit", "place", "direct_contact", "starts_on", "ends_on", "hours",
    "service_post", "name", "relative_name",
})  # fmt: skip
"""Fields whose texts come again and again, so that each is read once."""
