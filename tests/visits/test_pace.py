"""The forecast of the board and its advice count the same days, and what was allowed later is apart."""

from datetime import date, datetime, time

import pytest
from django.utils.translation import gettext as _

from put_back import put_back
from songnuan.journeys.measures import unit_visits
from songnuan.journeys.measures.base import Progress, State
from songnuan.kernel.clock import CHINA
from songnuan.kernel.workdays import add_workdays
from songnuan.visits.models import Visit
from songnuan.visits.pace import Pace, paces
from songnuan.web.office_board import PaceLine, pace_lines
from visits.builders import Bureau, bureau, moment, places, recorded, unit, visit

pytestmark = pytest.mark.django_db
TODAY = date(2020, 4, 14)  # a Tuesday; five working days lie between it and the deadline, the 21st


@pytest.fixture
def empty() -> Bureau:
    return bureau()


@pytest.fixture
def house() -> Bureau:
    """Ten visits were made in the last five working days: two a day."""
    return put_back("ten visits", _house)


def _house() -> Bureau:
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


def on_the_plan(house: Bureau) -> Progress:
    """Return what the living plan tells of the visits."""
    house.measure.settings = {"units": 1, "due_on": "2020-04-21"}
    return unit_visits.progress([house.measure], datetime.combine(TODAY, time(4), CHINA))[house.measure.pk]


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


def test_the_plan_and_the_board_foresee_one_day(house: Bureau) -> None:
    visit(house, house.gate, date(2020, 4, 23), late_reason="汛期停航", late_approved=True)
    pace, _line = left(house, 10)
    told = on_the_plan(house)
    assert told.forecast == pace.forecast == date(2020, 4, 21)
    assert [note for note in told.notes if "4月23日" in note] == ["另有1个经批准延至4月23日"]


def test_with_nothing_but_what_was_allowed_later_nothing_is_late(house: Bureau) -> None:
    visit(house, house.gate, date(2020, 4, 23), late_reason="汛期停航", late_approved=True)
    pace, line = left(house, 0)
    assert (pace.remaining, line.late, line.needed) == (0, False, "")
    told = on_the_plan(house)
    assert (told.forecast, list(told.notes)) == (None, ["另有1个经批准延至4月23日"])
    assert "4月23日" in line.forecast


def test_on_the_last_day_the_advice_says_so(house: Bureau) -> None:
    left(house, 3)
    said = [pace_lines([house.measure], date(2020, 4, day))[0].needed for day in (21, 22)]
    assert said == [_("Today is the last working day before the deadline."), _("The deadline is over.")]


def forecast(house: Bureau, on: date) -> date | None:
    found = paces([house.measure.pk], on)
    return found[0].forecast if found else None


def test_the_forecast_goes_by_the_pace_of_the_last_five_working_days(empty: Bureau) -> None:
    # 2020-04-08 was a Wednesday. Ten visits in the five working days from the 8th to the 14th.
    spots = places(30)
    recorded(empty, spots[0], moment(6))  # before them: not part of the pace
    for number in range(1, 11):
        recorded(empty, spots[number], moment(8 + number % 3))
    for place in spots[11:]:
        visit(empty, place)
    # 19 remain at 2 a working day: 10 working days after Tuesday the 14th.
    assert forecast(empty, date(2020, 4, 14)) == add_workdays(date(2020, 4, 14), 10)
    assert forecast(empty, date(2020, 4, 14)) == date(2020, 4, 27), "26 April was worked"


def test_a_young_measure_is_measured_by_the_days_it_has_had(empty: Bureau) -> None:
    spots = places(6)
    for place in spots[:4]:
        recorded(empty, place, moment(8))
    for place in spots[4:]:
        visit(empty, place, None)
    assert forecast(empty, date(2020, 4, 8)) == date(2020, 4, 9)


def test_visits_at_a_weekend_count_for_the_pace(empty: Bureau) -> None:
    spots = places(3)
    recorded(empty, spots[0], moment(11))  # a Saturday
    for place in spots[1:]:
        visit(empty, place, None)
    assert forecast(empty, date(2020, 4, 11)) == date(2020, 4, 14)


def test_without_a_pace_there_is_no_forecast(empty: Bureau) -> None:
    assert forecast(empty, date(2020, 4, 8)) is None
    visit(empty, empty.lock, None)
    assert forecast(empty, date(2020, 4, 8)) is None
    recorded(empty, empty.pier, moment(8))
    assert forecast(empty, date(2020, 4, 8)) == date(2020, 4, 9)
    assert forecast(empty, date(2020, 4, 14)) == date(2020, 4, 21)
    assert forecast(empty, date(2020, 4, 15)) is None, "nothing in the last five days"


def test_the_forecast_is_not_before_the_last_day_that_is_set(empty: Bureau) -> None:
    spots = places(3)
    recorded(empty, spots[0], moment(8))
    visit(empty, spots[1], date(2020, 4, 7))
    visit(empty, spots[2], date(2020, 4, 20))
    assert forecast(empty, date(2020, 4, 8)) == date(2020, 4, 20)
    Visit.objects.filter(unit=spots[2]).update(planned_on=None)
    assert forecast(empty, date(2020, 4, 8)) == date(2020, 4, 10)


def test_when_all_is_done_the_forecast_is_the_last_day(empty: Bureau) -> None:
    recorded(empty, empty.lock, moment(9))
    recorded(empty, empty.pier, moment(16))
    assert forecast(empty, date(2020, 4, 30)) == date(2020, 4, 16)


def test_what_nobody_goes_on_with_is_at_risk_on_board_and_plan(empty: Bureau) -> None:
    recorded(empty, empty.lock, moment(2))
    visit(empty, empty.pier, None)
    [pace] = paces([empty.measure.pk], TODAY)
    [line] = pace_lines([empty.measure], TODAY)
    progress = on_the_plan(empty)
    assert (pace.forecast, pace.done, pace.days_left) == (None, 0, 5)
    assert (line.late, progress.at_risk, progress.state) == (True, True, State.WAITING)
    said = unit_visits.no_forecast(pace)
    assert said == line.forecast
    assert said in progress.notes
    assert "1" in line.needed


@pytest.mark.parametrize(("today", "is_late"), [(TODAY, False), (date(2020, 4, 21), True)])
def test_what_was_not_begun_is_late_only_on_the_last_day(
    empty: Bureau, today: date, *, is_late: bool
) -> None:
    visit(empty, empty.pier, None)
    [pace] = paces([empty.measure.pk], today)
    [line] = pace_lines([empty.measure], today)
    assert (pace.is_late, line.late) == (is_late, is_late)
    assert line.needed, "what would meet the deadline is said before it is too late"


@pytest.mark.parametrize(
    ("today", "due_on", "days_left", "is_late"),
    [
        (date(2026, 12, 14), date(2026, 12, 24), 8, True),
        (date(2026, 12, 14), date(2090, 1, 1), None, False),
        (date(2090, 4, 10), date(2090, 4, 20), None, False),
    ],
)
def test_beyond_the_calendar_there_is_no_forecast_and_its_end_is_said(
    empty: Bureau, today: date, due_on: date, days_left: int | None, *, is_late: bool
) -> None:
    recorded(empty, empty.lock, datetime.combine(today, time(9), CHINA))
    for place in places(46):
        visit(empty, place, None)
    Visit.objects.update(due_on=due_on)
    [pace] = paces([empty.measure.pk], today)
    [line] = pace_lines([empty.measure], today)
    assert (pace.forecast, pace.calendar_ends, pace.days_left) == (None, True, days_left)
    assert (pace.is_late, line.late, bool(line.needed)) == (is_late, is_late, is_late)
    assert line.forecast == unit_visits.no_forecast(pace)
