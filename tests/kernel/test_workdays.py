from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from songnuan.kernel import workdays
from songnuan.kernel.days import written
from songnuan.kernel.refusal import Refusal

DAYS = st.dates(date(2005, 1, 1), date(2025, 12, 31))


@pytest.mark.parametrize(
    ("day", "works"),
    [
        (date(2020, 4, 8), True),  # a Wednesday
        (date(2020, 2, 1), False),  # the Spring Festival was lengthened
        (date(2020, 2, 2), False),
        (date(2020, 1, 27), False),  # a Monday of the holiday
        (date(2020, 4, 26), True),  # Sundays and Saturdays worked in place of the May holiday
        (date(2020, 5, 9), True),
        (date(2020, 6, 28), True),
        (date(2020, 4, 25), False),
        (date(2004, 1, 1), False),
        (date(2026, 12, 31), True),
    ],
)
def test_days_of_the_calendar(day: date, *, works: bool) -> None:
    assert workdays.is_workday(day) is works


def test_the_table_covers_2004_to_2026() -> None:
    assert (workdays.FIRST_YEAR, workdays.LAST_YEAR) == (2004, 2026)


def test_a_span_over_the_may_holiday() -> None:
    # 30 April is Thursday; 1 to 5 May is holiday; Saturday the 9th is worked.
    assert workdays.add_workdays(date(2020, 4, 30), 1) == date(2020, 5, 6)
    assert workdays.add_workdays(date(2020, 4, 30), 4) == date(2020, 5, 9)
    assert workdays.add_workdays(date(2020, 5, 9), -4) == date(2020, 4, 30)
    assert workdays.workdays_between(date(2020, 4, 30), date(2020, 5, 9)) == 4
    assert workdays.workdays_between(date(2020, 5, 9), date(2020, 4, 30)) == -4
    assert workdays.next_workday(date(2020, 5, 1)) == date(2020, 5, 6)


def test_the_next_working_day_is_the_day_itself_when_people_work() -> None:
    assert workdays.next_workday(date(2020, 4, 26)) == date(2020, 4, 26)


def test_no_working_days_added_leave_even_a_holiday_as_it_is() -> None:
    assert workdays.add_workdays(date(2020, 5, 1), 0) == date(2020, 5, 1)


@given(DAYS, st.integers(-200, 200).filter(bool))
def test_adding_and_counting_agree(day: date, n: int) -> None:
    reached = workdays.add_workdays(day, n)
    assert workdays.is_workday(reached)
    assert workdays.workdays_between(day, reached) == n


@given(DAYS, st.integers(0, 100), st.integers(0, 100))
def test_adding_twice_is_adding_once(day: date, one: int, two: int) -> None:
    assert workdays.add_workdays(workdays.add_workdays(day, one), two) == workdays.add_workdays(
        day, one + two
    )


@given(DAYS)
def test_no_working_day_lies_between_a_day_and_the_next_one(day: date) -> None:
    following = workdays.next_workday(day)
    assert workdays.is_workday(following)
    assert not any(workdays.is_workday(day + timedelta(n)) for n in range((following - day).days))


@pytest.mark.parametrize("day", [date(2003, 12, 31), date(2027, 1, 1), date.max, date.min])
@pytest.mark.usefixtures("in_english")
def test_beyond_the_table_is_refused_with_a_sentence(day: date) -> None:
    with pytest.raises(workdays.CalendarEnds) as refused:
        workdays.is_workday(day)
    assert isinstance(refused.value, Refusal)
    assert refused.value.code == "calendar_ends"
    assert "covers 2004 to 2026" in refused.value.sentence
    assert written(day, "full") in refused.value.sentence
    assert refused.value.facts == {"last": 2026, "day": day.isoformat()}


def test_a_walk_out_of_the_table_is_refused() -> None:
    with pytest.raises(workdays.CalendarEnds):
        workdays.add_workdays(date(2026, 12, 31), 1)
    with pytest.raises(workdays.CalendarEnds):
        workdays.add_workdays(date(2004, 1, 2), -1)
    with pytest.raises(workdays.CalendarEnds):
        workdays.next_workday(date(2027, 1, 1))
    with pytest.raises(workdays.CalendarEnds):
        workdays.workdays_between(date(2026, 12, 1), date(2027, 2, 1))


def test_a_moment_has_no_day_until_its_zone_is_chosen() -> None:
    with pytest.raises(TypeError, match="zone"):
        workdays.is_workday(datetime(2020, 4, 8, 20, tzinfo=UTC))
