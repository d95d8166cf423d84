"""A position is read strictly and shown rounded; what is signed for is the text that was shown."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from songnuan.kernel.positions import Position
from songnuan.visits.signing import text_for


@pytest.mark.parametrize(
    "text", ["", "31.2", "31.2,121.4", "91,0,5", "0,181,5", "nan,0,5", "31.2,121.4,-5", "1,2,3,4", "１,2,3"]
)
def test_what_is_no_position_is_none(text: str) -> None:
    assert Position.read(text) is None


def test_a_position_is_shown_to_about_a_kilometre() -> None:
    found = Position.read("31.230416,121.473701,12.7")
    assert found is not None
    assert (found.rounded, found.accuracy) == (("31.23", "121.47"), 12)
    assert Position.read(found.text) == found


@given(
    st.floats(-90, 90).map(lambda value: round(value, 6)),
    st.floats(-180, 180).map(lambda value: round(value, 6)),
    st.integers(0, 9_999_999),
)
def test_what_the_script_sends_is_read(latitude: float, longitude: float, metres: int) -> None:
    found = Position.read(f"{latitude:.6f},{longitude:.6f},{metres}")
    assert found is not None
    assert (found.latitude, found.longitude, found.accuracy) == (latitude, longitude, metres)


def test_what_is_signed_for_names_the_goods_or_says_that_there_are_none() -> None:
    assert "方便面 2 箱、苹果 1 箱" in text_for(["方便面 2 箱", "苹果 1 箱"])
    assert "{goods}" not in text_for(["苹果 1 箱"])
    assert text_for([]) != text_for(["苹果 1 箱"])
