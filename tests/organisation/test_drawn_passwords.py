"""A password the house draws is one the house accepts."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from songnuan.kernel import codes
from songnuan.organisation import rules
from songnuan.organisation.models import User
from songnuan.organisation.passwords import LENGTH, drawn_password


@pytest.mark.parametrize("first", ["DUTYOFFICER2", "DUTYOFFCER23", "222222222222"])
def test_one_that_resembles_the_name_or_is_all_digits_is_drawn_again(
    monkeypatch: pytest.MonkeyPatch, first: str
) -> None:
    drawn = iter([first, first, "M7K2WQ9XHT4P"])
    monkeypatch.setattr(codes, "drawn", lambda _length: next(drawn))
    assert drawn_password("duty-officer") == "m7k2wq9xht4p"
    assert next(drawn, None) is None


@given(st.from_regex(r"[a-z0-9]{1,40}", fullmatch=True))
def test_for_any_name_it_is_accepted_and_easily_typed(username: str) -> None:
    password = drawn_password(username)
    assert len(password) == LENGTH
    assert set(password) <= set(codes.SIGNS.lower())
    assert rules.password(password, User(username=username))
