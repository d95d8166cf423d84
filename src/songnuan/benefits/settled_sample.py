"""Writes the empty workbook in which offices say what was settled already."""

from typing import BinaryIO

import xlsxwriter
from django.utils.translation import gettext as _

from songnuan.benefits.settled_file import HEADINGS

_WIDTHS = {"payee_number": 24, "relative_number": 24, "source": 28}
_LOOKS = {
    "text": {"num_format": "@"},
    "money": {"num_format": "#,##0.00"},
    "day": {"num_format": "yyyy-mm-dd"},
}
_KINDS = {"amount": "money", "paid_on": "day", "starts_on": "day", "ends_on": "day"}


def _notes() -> tuple[str, ...]:
    return (
        _("A row is a sum that somebody had already, or the days of a service that were paid already."),
        _("姓名 and 身份证号 say who had it. A name alone is enough where nobody else has it."),
        _("亲属姓名 and 亲属身份证号 say whose service it was for; left empty where it was the own service."),
        _("已发起 and 已发止 are the first and the last day that were paid: these days are not paid again."),
        _("金额 without days is deducted. With days it counts for the cap of the year alone."),
        _("发放单位 may be left empty where it is told once for the whole file. 备注 is not read."),
    )


def write_sample(to: BinaryIO) -> None:
    """Write it: numbers are typed as texts, so that no digit is lost."""
    with xlsxwriter.Workbook(to, {"in_memory": True}) as book:
        page = book.add_worksheet("已结算")
        looks = {kind: book.add_format(look) for kind, look in _LOOKS.items()}
        head = book.add_format({"bold": True, "bg_color": "#f3efe6", "border": 1})
        for place, (column, heading) in enumerate({**HEADINGS, "note": "备注"}.items()):
            page.set_column(place, place, _WIDTHS.get(column, 14), looks[_KINDS.get(column, "text")])
            page.write_string(0, place, heading, head)
        page.freeze_panes(1, 0)
        notes = book.add_worksheet("填表说明")
        notes.set_column(0, 0, 100, book.add_format({"text_wrap": True}))
        for place, note in enumerate(_notes()):
            notes.write_string(place, 0, note)
