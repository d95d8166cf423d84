"""Whoever the demo and the samples tell of cannot be called: their numbers are nobody's."""

import re

import pytest
from django.conf import settings
from python_calamine import CalamineWorkbook

from songnuan.cli.demo_invented import phone
from songnuan.kernel.names import valid_phone

NOBODYS = re.compile(r"142[0-9]{8}")
CALLED = re.compile(r"(?<![0-9])(?:1[3-9][0-9]{9}|0[1-9][0-9]{1,2}-[2-8][0-9]{6,7})(?![0-9])")
"""A mobile number, or a landline with its area."""
SAMPLES = settings.ROOT / "plans/samples"


@pytest.mark.parametrize("place", [0, 1, 60_000, 99_999_999])
def test_a_number_of_nobody_is_taken_for_a_mobile_number(place: int) -> None:
    assert NOBODYS.fullmatch(phone(place))
    assert valid_phone(phone(place)) == phone(place)


@pytest.mark.parametrize("name", sorted(path.name for path in SAMPLES.glob("*.xlsx")))
def test_a_sample_workbook_names_only_numbers_of_nobody(name: str) -> None:
    book = CalamineWorkbook.from_path(str(SAMPLES / name))
    rows = [row for sheet in book.sheet_names for row in book.get_sheet_by_name(sheet).to_python()]
    found = CALLED.findall("\n".join(str(cell) for row in rows for cell in row))
    assert len(found) > 10
    assert [one for one in found if not NOBODYS.fullmatch(one)] == []


def test_no_number_is_written_where_the_demo_is_told() -> None:
    sources = [*(settings.ROOT / "src/songnuan/cli").glob("demo*.py"), *SAMPLES.glob("*.yaml")]
    sources += (settings.ROOT / "plans").glob("*.yaml")
    assert len(sources) > 30
    assert {path.name: found for path in sources if (found := CALLED.findall(path.read_text("utf-8")))} == {}
