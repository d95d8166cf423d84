"""Invented people of the demo, their names and numbers, and the workbooks in which offices keep them."""

from collections.abc import Sequence
from datetime import date, datetime
from io import BytesIO

from xlsxwriter import Workbook

_SURNAMES = "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦尤许何吕施张孔曹严华金魏陶姜戚谢邹喻"
_FIRST = "安望知守清远长听立行思若景怀承嘉子予"
_SECOND = "澜舟桥涛航川岚帆流渡岸汀源泊洲屿"
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_MADE = datetime(2020, 4, 1)  # noqa: DTZ001 - the library's


def number(area: str, born: date, sequence: int) -> str:
    """Return an identity number of an area, with its check digit; the demo's areas do not exist."""
    digits = f"{area}{born:%Y%m%d}{sequence:03d}"
    total = sum(int(digit) * weight for digit, weight in zip(digits, _WEIGHTS, strict=True))
    return digits + "10X98765432"[total % 11]


def phone(place: int) -> str:
    """Return a mobile number that nobody has: what begins with 140 to 144 is a machine's, and has 13 digits.

    The ministry's list of networks (of 2023) gives 142 to no operator either.
    """
    return f"142{place:08d}"


def name_of(place: int, surname: str = "") -> str:
    """Return a name that few others have: the signs of it lie far apart for places that are near."""
    mixed = (place + 1) * 2654435761 % 2**32
    mixed, family = divmod(mixed >> 4, len(_SURNAMES))
    mixed, first = divmod(mixed, len(_FIRST))
    last = "" if place % 9 == 4 else _SECOND[mixed % len(_SECOND)]
    return (surname or _SURNAMES[family]) + _FIRST[first] + last


def book(title: str, headings: Sequence[str], rows: Sequence[Sequence[object]]) -> bytes:
    """Return a workbook as an office keeps it: a title, headings, rows."""
    content = BytesIO()
    with Workbook(content, {"in_memory": True}) as made:
        made.set_properties({"title": title, "comments": "示例数据，均为虚构", "created": _MADE})
        sheet = made.add_worksheet(title)
        sheet.write(0, 0, title)
        sheet.write_row(1, 0, headings)
        for line, row in enumerate(rows, 2):
            for column, value in enumerate(row):
                sheet.write(line, column, value)
        sheet.set_column(1, len(headings), 18)
    return content.getvalue()
