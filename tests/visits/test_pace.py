"""The forecast of the board and its advice count the same days, and what was allowed later is apart."""

from datetime import date

import pytest
from django.utils.translation import gettext as _

from songnuan.visits.pace import Pace, paces
from songnuan.web.office_board import PaceLine, pace_lines
from visits.builders import Bureau, bureau, moment, recorded, unit, visit

pytestmark = pytest.mark.django_db
TODAY = date(2020, 4, 14)  # a Tuesday; five working days lie between it and the deadline, the 21st


@pytest.fixture
def house() -> Bureau:
    """Ten visits were made in the last five working days: two a day."""
    made = bureau()
    for number in range(10):
        recorded(made, unit(f"卡点{number}"), moment(8 + number % 3))
    return made


def left(house: Bureau, count: int) -> tuple[Pace, PaceLine]:
    """Return the pace, and its words, with so many visits left."""
    for number in range(count):
        visit(house, unit(f"待访{number}"), None)
    [pace] = paces([house.measure.pk], TODAY)
    [line] = pace_lines([house.measure], TODAY)
    return pace, line


def test_what_the_pace_meets_is_not_late_and_needs_no_more(house: Bureau) -> None:
    pace, line = left(house, 10)
    assert (pace.per_day, pace.days_left, pace.needed) == (2, 5, 2)
    assert pace.forecast == pace.due_on == date(2020, 4, 21)
    assert (line.late, line.needed) == (False, "")


def test_one_more_is_late_and_needs_a_faster_pace(house: Bureau) -> None:
    pace, line = left(house, 11)
    assert (pace.per_day, pace.days_left, pace.needed) == (2, 5, 3)
    assert pace.forecast == date(2020, 4, 22)
    assert line.late
    assert "3" in line.needed


@pytest.mark.parametrize("count", range(1, 24))
def test_the_forecast_and_the_advice_never_contradict(house: Bureau, count: int) -> None:
    pace, line = left(house, count)
    assert pace.needed is not None
    assert line.late == (pace.per_day * 5 < count)
    assert not line.late or pace.needed > pace.per_day


def test_what_was_allowed_later_is_named_and_not_late(house: Bureau) -> None:
    visit(house, house.gate, date(2020, 4, 23), late_reason="汛期停航", late_approved=True)
    pace, line = left(house, 10)
    assert (pace.remaining, pace.later, pace.later_until) == (10, 1, date(2020, 4, 23))
    assert (pace.forecast, line.late) == (date(2020, 4, 21), False)
    assert "4月23日" in line.forecast


def test_with_nothing_but_what_was_allowed_later_nothing_is_late(house: Bureau) -> None:
    visit(house, house.gate, date(2020, 4, 23), late_reason="汛期停航", late_approved=True)
    pace, line = left(house, 0)
    assert (pace.remaining, line.late, line.needed) == (0, False, "")
    assert "4月23日" in line.forecast


def test_on_the_last_day_the_advice_says_so(house: Bureau) -> None:
    left(house, 3)
    said = [pace_lines([house.measure], date(2020, 4, day))[0].needed for day in (21, 22)]
    assert said == [_("Today is the last working day before the deadline."), _("The deadline is over.")]
