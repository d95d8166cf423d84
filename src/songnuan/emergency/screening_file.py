"""Reads how many people of each unit are to be screened (单位、人数), from .xlsx, .csv and so on."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import BinaryIO, Final

from django.utils.translation import gettext as _

from songnuan.documents.reading import read_frames
from songnuan.emergency.screening_rules import PEOPLE_MOST, UNITS_MOST
from songnuan.emergency.table_rows import columns, headings, plain
from songnuan.kernel import cells
from songnuan.kernel.faults import Fault, sentence
from songnuan.kernel.refusal import Refusal

_HEADINGS: Final[Mapping[str, str]] = MappingProxyType(
    headings({"unit": "单位 社区 单位名称 unit", "people": "人数 应排查人数 应排查 people count"})
)


def read(file: BinaryIO, name: str) -> dict[str, tuple[int, int]]:
    """Return by name of the unit the row that names it, and how many people are to be screened.

    Raises:
        Refusal: What `documents.reading.read_frames` raises; `screening_headings`, `screening_row`.

    """
    found: dict[str, tuple[int, int]] = {}
    places: dict[str, int] = {}
    sheet = None
    for frame in read_frames(file, name):
        sheet = sheet or frame.sheet
        if frame.sheet != sheet:
            break
        for number, row in enumerate(frame.rows(), start=frame.first):
            if not places:
                places = columns(row, _HEADINGS, "unit")
                continue
            if not any(str(cell).strip() for cell in row):
                continue
            try:
                unit = cells.text(plain(row, places["unit"]))
                people = cells.count(plain(row, places.get("people")))
            except Fault as fault:
                raise faulty(number, sentence(fault.code, fault.facts)) from fault
            if unit in found:
                raise faulty(number, _("the unit stands in row %(row)s already.") % {"row": found[unit][0]})
            if not 0 < people <= PEOPLE_MOST or len(found) >= UNITS_MOST:
                raise faulty(number, _("write from 1 to %(most)s people.") % {"most": PEOPLE_MOST})
            found[unit] = (number, people)
    if not found or "people" not in places:
        words = _("The table needs the columns 单位 and 人数, and a row for each unit.")
        raise Refusal("screening_headings", words, field="file")
    return found


def faulty(row: int, words: str) -> Refusal:
    """Return what is wrong with a row."""
    told = _("Row %(row)s: %(why)s") % {"row": row, "why": words}
    return Refusal("screening_row", told, field="file", row=row)
