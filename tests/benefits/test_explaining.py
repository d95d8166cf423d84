"""How a sum came about is said with what was taken off it, and by what."""

from datetime import date

from django.utils.translation import override

from songnuan.benefits.explaining import reason_of
from songnuan.benefits.reckoning import Counted
from songnuan.benefits.standards import By, Part, Row, Standard
from songnuan.benefits.trying import Reckoned

PART = Part(By.ONCE, (Row("front", "本市防疫一线", 4500_00),))
FOUND = Reckoned((Counted(0, 0, 1),), 4500_00, 1000_00, 1000_00, 1000_00, False, 30)


def test_what_was_settled_may_have_been_cut_off_only_where_a_cap_of_a_time_stands() -> None:
    with override("en"):
        plain = reason_of(Standard((PART,), date(2020, 1, 1)), FOUND)
        capped = reason_of(Standard((PART,), date(2020, 1, 1), cap_time_minor=3000_00), FOUND)
    assert "3,500.00 yuan were paid for it already" in plain
    assert "3,500.00 yuan were paid for it, or cut off, at other times" in capped
