"""What reminders share: working days, also where the table of them ends."""

from datetime import date, timedelta

from songnuan.kernel.workdays import CalendarEnds, is_workday, workdays_between

_DAY = timedelta(days=1)
_SATURDAY = 5


def works(day: date) -> bool:
    """Return whether people work on a day; beyond the table, from Monday to Friday."""
    try:
        return is_workday(day)
    except CalendarEnds:
        return day.weekday() < _SATURDAY


def next_working(day: date) -> date:
    """Return the first working day after a day."""
    day += _DAY
    while not works(day):
        day += _DAY
    return day


def workdays_left(today: date, due_on: date) -> int:
    """Return the working days left, negative when the day is over; calendar days beyond the table."""
    try:
        return workdays_between(today, due_on)
    except CalendarEnds:
        return (due_on - today).days
