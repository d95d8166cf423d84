"""How fast visits are made, and how fast they would have to be made to meet the deadline."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from songnuan.kernel.clock import CHINA
from songnuan.kernel.workdays import CalendarEnds, add_workdays, is_workday
from songnuan.visits.models import Visit, VisitStatus

PACE_WORKDAYS = 5


@dataclass(frozen=True, slots=True)
class Pace:
    """The pace of a measure's visits as of a day.

    `done` were made in the last `workdays` working days, weekends between them included: five, or those
    since the first visit where it is younger. `remaining` are to do by the deadline; divided by that pace
    and rounded up they take so many working days after the day asked about, up to `forecast`, which is
    never before the last day that one of them is set for. It is the day of the last visit where nothing
    remains, and None without a visit (`is_begun` then says no), without one in those days, or where the
    calendar of working days ends before (`calendar_ends`). `days_left` are the working days after that day
    up to the deadline, the same that the forecast counts: 0 once it is here or over; None where the calendar
    ends. `later` more were allowed to be made after the deadline, the last of them on `later_until`; they
    are late only after that.
    """

    measure_id: int
    done: int
    workdays: int
    remaining: int
    forecast: date | None
    due_on: date
    days_left: int | None
    later: int
    later_until: date | None
    is_begun: bool
    calendar_ends: bool

    @property
    def is_late(self) -> bool:
        """The deadline will be missed: by the forecast, or because nobody visits any more.

        What ends after the calendar does ends after a deadline within it. What was not begun is late on the
        last working day; before, nobody knows how fast it will go.
        """
        if not self.remaining:
            return False
        if self.forecast is not None:
            return self.forecast > self.due_on
        if self.calendar_ends:
            return self.days_left is not None
        return self.is_begun or self.days_left == 0

    @property
    def per_day(self) -> float:
        """Visits for each working day."""
        return self.done / self.workdays

    @property
    def needed(self) -> int | None:
        """Visits for each of these days that would meet the deadline, rounded up; None where none is left."""
        return -(-self.remaining // self.days_left) if self.days_left else None


@dataclass(frozen=True, slots=True)
class _Row:
    """One visit: made on a day, or left to do; `is_later`: on a day after the deadline that was allowed."""

    made_on: date | None
    due_on: date
    planned_on: date | None
    is_left: bool
    is_later: bool


def paces(measure_ids: Collection[int], on: date) -> list[Pace]:
    """Return the pace of each of these measures that has visits, in one query."""
    visits: dict[int, list[_Row]] = {}
    rows = Visit.objects.filter(measure_id__in=measure_ids).order_by("measure_id", "pk")
    columns = ("measure_id", "status", "happened_at", "due_on", "planned_on", "late_approved")
    for measure_id, status, moment, due_on, planned_on, is_later in rows.values_list(*columns):
        made_on = moment.astimezone(CHINA).date() if moment is not None else None
        is_left = status == VisitStatus.PLANNED
        row = _Row(made_on, due_on, planned_on, is_left=is_left, is_later=is_left and is_later)
        visits.setdefault(measure_id, []).append(row)
    return [_pace(measure_id, found, on) for measure_id, found in visits.items()]


def _pace(measure_id: int, visits: Sequence[_Row], on: date) -> Pace:
    due_on = max(row.due_on for row in visits)
    days = [row.made_on for row in visits if row.made_on is not None]
    left = [row for row in visits if row.is_left and not row.is_later]
    later = [row.planned_on for row in visits if row.is_later and row.planned_on is not None]
    last_set = max((row.planned_on for row in left if row.planned_on is not None), default=on)
    done, workdays, forecast, calendar_ends = 0, 1, None, False
    try:
        if days:
            start, workdays = _window(min(days), on)
            done = sum(start <= day <= on for day in days)
        forecast = _foreseen(len(left), done, workdays, max(last_set, on), on)
    except CalendarEnds:
        calendar_ends = True
    return Pace(
        measure_id=measure_id,
        done=done,
        workdays=workdays,
        remaining=len(left),
        forecast=forecast if left else max(days, default=None),
        due_on=due_on,
        days_left=_workdays(on + timedelta(days=1), due_on),
        later=len(later),
        later_until=max(later, default=None),
        is_begun=bool(days),
        calendar_ends=calendar_ends,
    )


def _workdays(first: date, last: date) -> int | None:
    """Return the working days from the first day to the last, both counted; None where the calendar ends."""
    span = range(first.toordinal(), last.toordinal() + 1)
    try:
        return sum(is_workday(date.fromordinal(day)) for day in span)
    except CalendarEnds:
        return None


def _foreseen(remaining: int, done: int, workdays: int, last_set: date, on: date) -> date | None:
    """Return the forecast for what is left, where `done` were made in the last `workdays`."""
    if not done:
        return None
    return max(add_workdays(on, -(-remaining * workdays // done)), last_set)


def _window(first: date, on: date) -> tuple[date, int]:
    """Return the first day that counts for the pace, and the working days (at least 1) from it to `on`."""
    day, workdays = on, 0
    while True:
        workdays += is_workday(day)
        if workdays == PACE_WORKDAYS or day <= first:
            return day, max(workdays, 1)
        day -= timedelta(days=1)
