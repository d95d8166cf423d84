"""Chinese working days: weekends, public holidays, and the weekend days worked in their place.

The table comes with the package chinesecalendar and ends with the last year whose holidays the
State Council has announced. Beyond it every function refuses rather than guesses.
"""

from datetime import date, datetime, timedelta
from functools import cache

import chinese_calendar
from django.utils.translation import gettext as _

from songnuan.kernel.days import written
from songnuan.kernel.refusal import Refusal

FIRST_YEAR: int = min(chinese_calendar.constants.holidays).year
LAST_YEAR: int = max(chinese_calendar.constants.holidays).year

_DAY = timedelta(days=1)


class CalendarEnds(Refusal):
    """The table of working days does not reach the day asked for."""


def is_workday(day: date) -> bool:
    """Return whether people work on `day`.

    Raises:
        CalendarEnds: `calendar_ends` when the table does not reach it.
        TypeError: When it is a moment.

    """
    if isinstance(day, datetime):
        raise TypeError("a moment has no day until its zone is chosen")
    if not FIRST_YEAR <= day.year <= LAST_YEAR:
        sentence = _(
            "The table of working days covers %(first)s to %(last)s and does not reach %(day)s. "
            "Choose a date within it, or have the administrator update the programme."
        )
        values = {"first": FIRST_YEAR, "last": LAST_YEAR, "day": written(day, "full")}
        raise CalendarEnds("calendar_ends", sentence % values, last=LAST_YEAR, day=day.isoformat())
    return _works(day)


def next_workday(day: date) -> date:
    """Return `day` itself when people work on it, else the first working day after it."""
    while not is_workday(day):
        day += _DAY
    return day


def add_workdays(day: date, n: int) -> date:
    """Return the `n`-th working day after `day`, or before it when `n` is negative.

    `day` itself is not counted; with `n` of zero it is returned as it is.

    Raises:
        CalendarEnds: `calendar_ends` when the table does not reach so far.

    """
    step = _DAY if n > 0 else -_DAY
    left = abs(n)
    while left:
        day += step
        left -= is_workday(day)
    return day


def workdays_between(a: date, b: date) -> int:
    """Return how many working days lead from `a` to `b`; negative when `b` lies before `a`.

    `a` is not counted, `b` is; so where people work on `b`, `add_workdays(a, result)` is `b`.

    Raises:
        CalendarEnds: `calendar_ends` when the table does not reach one of them.

    """
    sign = 1 if b >= a else -1
    days = (a + sign * n * _DAY for n in range(1, abs((b - a).days) + 1))
    return sign * sum(is_workday(day) for day in days)


@cache
def _works(day: date) -> bool:
    """Ask the package, which searches its whole table for its ends at every call, once for each day."""
    return bool(chinese_calendar.is_workday(day))
