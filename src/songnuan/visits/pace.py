"""How fast visits are made, and how fast they would have to be made to meet the deadline."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from songnuan.kernel.clock import CHINA
from songnuan.kernel.workdays import CalendarEnds, is_workday
from songnuan.visits.figures import forecasts, window
from songnuan.visits.models import Visit, VisitStatus


@dataclass(frozen=True, slots=True)
class Pace:
    """The pace of a measure's visits as of a day.

    `done` were made in the last `workdays` working days, as `figures.forecast` counts them; `remaining` are
    to do, and at this pace done by `forecast` (None where there is no pace). `days_left` are the working
    days from that day to the deadline, both counted: 0 once it is over; None where the calendar ends.
    """

    measure_id: int
    done: int
    workdays: int
    remaining: int
    forecast: date | None
    due_on: date
    days_left: int | None

    @property
    def per_day(self) -> float:
        """Visits for each working day."""
        return self.done / self.workdays

    @property
    def needed(self) -> int | None:
        """Visits for each working day that would meet the deadline, rounded up; None where no day is left."""
        return -(-self.remaining // self.days_left) if self.days_left else None


def paces(measure_ids: Collection[int], on: date) -> list[Pace]:
    """Return the pace of each of these measures that has visits, in two queries."""
    days: dict[int, list[date]] = {}
    remaining: dict[int, int] = {}
    due: dict[int, date] = {}
    rows = Visit.objects.filter(measure_id__in=measure_ids).order_by("measure_id", "pk")
    for measure_id, status, moment, due_on in rows.values_list(
        "measure_id", "status", "happened_at", "due_on"
    ):
        due[measure_id] = max(due.get(measure_id, due_on), due_on)
        remaining[measure_id] = remaining.get(measure_id, 0) + (status == VisitStatus.PLANNED)
        if moment is not None:
            days.setdefault(measure_id, []).append(moment.astimezone(CHINA).date())
    dates = forecasts(list(due), on)
    return [
        _pace(measure_id, days.get(measure_id, []), remaining[measure_id], dates[measure_id], due_on, on)
        for measure_id, due_on in due.items()
    ]


def _pace(  # noqa: PLR0913, PLR0917 - of one measure, what was counted
    measure_id: int, days: list[date], remaining: int, forecast: date | None, due_on: date, on: date
) -> Pace:
    done, workdays = 0, 1
    try:
        if days:
            start, workdays = window(min(days), on)
            done = sum(start <= day <= on for day in days)
        left = _workdays(on, due_on)
    except CalendarEnds:
        left = None
    return Pace(measure_id, done, workdays, remaining, forecast, due_on, left)


def _workdays(first: date, last: date) -> int:
    """Return the working days from the first day to the last, both counted."""
    span = range(first.toordinal(), last.toordinal() + 1)
    return sum(is_workday(date.fromordinal(day)) for day in span)
