"""Clause numbers and Chinese numerals."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from songnuan.plans.numbering import clause_number, numeral, parse_clause_number, parse_numeral


@pytest.mark.parametrize(
    ("text", "level", "ordinal"),
    [
        ("一、", 1, 1), ("十、", 1, 10), ("十一、", 1, 11), ("二十三、", 1, 23),
        ("（一）", 2, 1), ("（十二）", 2, 12), ("1.", 3, 1), ("12.", 3, 12), ("（1）", 4, 1),
        ("（10）", 4, 10),
    ],
)  # fmt: skip
def test_the_four_forms_give_level_and_place(text: str, level: int, ordinal: int) -> None:
    found = parse_clause_number(text)
    assert found is not None
    assert (found.level, found.ordinal, found.proper) == (level, ordinal, text)


@pytest.mark.parametrize(
    ("text", "proper"),
    [
        ("(一)", "（一）"),
        ("一.", "一、"),
        ("1、", "1."),
        ("1．", "1."),
        ("(2)", "（2）"),
        ("（一）、", "（一）"),
    ],
)
def test_forms_that_typing_makes_are_understood_and_put_right(text: str, proper: str) -> None:
    found = parse_clause_number(text)
    assert found is not None
    assert found.proper == proper


@pytest.mark.parametrize(
    "text", ["", "第一条", "一", "0.", "（0）", "一百、", "十十、", "a.", "1", "（一", "①"]
)
def test_other_forms_are_no_clause_numbers(text: str) -> None:
    assert parse_clause_number(text) is None


@given(st.integers(1, 4), st.integers(1, 99))
def test_every_clause_number_is_read_back(level: int, ordinal: int) -> None:
    found = parse_clause_number(clause_number(level, ordinal))
    assert found is not None
    assert (found.level, found.ordinal) == (level, ordinal)


@given(st.integers(1, 99))
def test_numerals_are_read_back(number: int) -> None:
    assert parse_numeral(numeral(number)) == number


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("四十七", 47), ("三百", 300), ("两百零五", 205), ("一万四千一百", 14_100), ("十", 10),
        ("一百一十", 110), ("二十万", 200_000), ("一千万零三", 10_000_003), ("〇", 0),
    ],
)  # fmt: skip
def test_numerals_of_amounts(text: str, value: int) -> None:
    assert parse_numeral(text) == value


@pytest.mark.parametrize("text", ["", "百十千", "十百", "一二", "一万二万", "3百", "元"])
def test_what_is_no_numeral_has_no_value(text: str) -> None:
    assert parse_numeral(text) is None
