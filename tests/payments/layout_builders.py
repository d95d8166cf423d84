"""Invented payments, and layouts changed in one thing."""

import io
import zipfile
from collections.abc import Iterable
from typing import Any

from songnuan.documents.reading import as_file, read_frames
from songnuan.payments.layouts.model import Layout
from songnuan.payments.layouts.payline import PayLine, Sums
from songnuan.payments.layouts.reading import shipped
from songnuan.payments.layouts.writing import write_file

RESIDENT = "110101199003071233"


def layout(slug: str, /, **changes: Any) -> Layout:
    """Return a shipped layout, with what is changed in it."""
    found = next(one for one in shipped() if one.slug == slug)
    return Layout.model_validate({**found.said(), **changes})


def line(position: int = 1, **changes: Any) -> PayLine:
    """Return a payment."""
    told = {
        "position": position,
        "reference": f"F6-1-{position:04}",
        "account": f"62220299990000{position:05}",
        "name": "赵守江",
        "bank": "澄江银行东港支行",
        "id_number": RESIDENT,
        "amount_minor": 140_950 * position,
        "purpose": "抗疫一线慰问金",
    }
    return PayLine(**{**told, **changes})


LINES = [line(1), line(2, name="欧阳·阿依古丽", amount_minor=5), line(3, name="钱𠮷祥", id_number="")]


def written(layout: Layout, lines: Iterable[PayLine], sums: Sums | None = None) -> bytes:
    """Return a bank file."""
    made = io.BytesIO()
    write_file(layout, lines, made, sums)
    return made.getvalue()


def cells(content: bytes) -> list[list[Any]]:
    """Return what a table holds, as the house's own reader sees it."""
    with as_file(content) as file:
        return [row for frame in read_frames(file, "file", "|") for row in frame.rows()]


def sheet_xml(content: bytes) -> str:
    """Return the XML of a workbook's sheet."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return archive.read("xl/worksheets/sheet1.xml").decode()
