"""Reads a call tree (通讯联络表) from .xlsx, .csv and what else the house reads."""

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import BinaryIO, Final

from django.utils.translation import gettext as _

from songnuan.documents.reading import Odd, read_frames
from songnuan.emergency.muster_rules import (
    LINES_MOST,
    NAME_LONGEST,
    SECTION_LONGEST,
    ToldLine,
    fault_words,
    faulty,
)
from songnuan.emergency.table_rows import columns, headings, plain
from songnuan.kernel import cells
from songnuan.kernel.cells import Cell
from songnuan.kernel.faults import Fault
from songnuan.kernel.names import phone_parts, tidy_name
from songnuan.kernel.refusal import Refusal

_HEADINGS: Final[Mapping[str, str]] = MappingProxyType(
    headings(
        {
            "name": "姓名 name",
            "phone": "手机号 手机号码 手机 电话 联系电话 phone telephone",
            "section": "科室 部门 处室 单位 section department",
            "caller": "由谁通知 通知人 上级联系人 caller calledby",
            "account": "账号 用户名 登录名 account username",
        }
    )
)


def read(file: BinaryIO, name: str) -> list[ToldLine]:
    """Return the rows of the first sheet in their order, telephones as the house writes them.

    Raises:
        Refusal: What `documents.reading.read_frames` raises; `calltree_headings`, `calltree_empty`,
            `calltree_many`, `calltree_row`.

    """
    found: list[ToldLine] = []
    places: dict[str, int] = {}
    sheet = None
    for frame in read_frames(file, name):
        sheet = sheet or frame.sheet
        if frame.sheet != sheet:
            break
        for at, row in enumerate(frame.rows()):
            if not places:
                places = columns(row, _HEADINGS, "name")
            elif any(str(cell).strip() for cell in row):
                found.append(_line(frame.first + at, row, places))
            if len(found) > LINES_MOST:
                sentence = _("The table has more than %(most)s people. Leave out who is not called.")
                raise Refusal("calltree_many", sentence % {"most": LINES_MOST}, field="file")
    if not places:
        sentence = _("No row of the table names its columns. Head them “姓名”, “手机号”, “科室”, “由谁通知”.")
        raise Refusal("calltree_headings", sentence, field="file")
    if not found:
        raise Refusal(
            "calltree_empty", _("Nobody stands in the table. Write a person into each row."), field="file"
        )
    return found


def _line(number: int, row: Sequence[Cell | Odd], places: Mapping[str, int]) -> ToldLine:
    try:
        told = {column: plain(row, place) for column, place in places.items()}
        name = tidy_name(str(told["name"]))
        phone = cells.phone(told["phone"]) if str(told.get("phone", "")).strip() else ""
    except Fault as fault:
        raise faulty(number, fault_words(fault)) from fault
    section, account = (str(told.get(column, "")).strip() for column in ("section", "account"))
    caller = tidy_name(str(told.get("caller", "")))
    if phone_parts(caller) is not None:
        caller = cells.phone(caller)
    if not name:
        raise faulty(number, _("the name is missing."))
    for text, longest in ((name, NAME_LONGEST), (section, SECTION_LONGEST)):
        if len(text) > longest:
            raise faulty(
                number,
                _("“%(text)s …” is longer than %(most)s characters.") % {"text": text[:12], "most": longest},
            )
    return ToldLine(number, name, phone, section, caller, account)
