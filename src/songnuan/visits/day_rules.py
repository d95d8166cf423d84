"""What the day of a visit still to make must be: to come, in time or with its reason, another one. Pure."""

from datetime import date, datetime, timedelta

from django.utils.translation import gettext as _

from songnuan.kernel.clock import CHINA
from songnuan.kernel.days import beside, written
from songnuan.kernel.refusal import Refusal
from songnuan.visits.rules import REASON_LONGEST, longest, plain

PLANNED_AHEAD = timedelta(days=366)


def in_time_to_plan(planned_on: date, today: date) -> None:
    """Let pass a day that is not over, and not so far ahead that its year must be mistyped.

    Raises:
        Refusal: `planned_in_past`, `planned_too_far`.

    """
    if planned_on - today > PLANNED_AHEAD:
        raise Refusal(
            "planned_too_far",
            _("%(day)s is more than a year ahead. Check the year.") % {"day": written(planned_on, "full")},
            field="planned_on",
            planned_on=planned_on.isoformat(),
        )
    if planned_on < today:
        raise Refusal(
            "planned_in_past",
            _("%(day)s is over. Choose today or a later day.") % {"day": beside(planned_on, today)},
            field="planned_on",
            planned_on=planned_on.isoformat(),
        )


def in_time_to_place(planned_on: date, *, today: date, due_on: date, stands: date | None) -> None:
    """Let pass a day to put a visit on: still to come, within the deadline or the one that was allowed.

    Raises:
        Refusal: `planned_in_past`, `planned_too_far`, `later_day_by_asking`.

    """
    in_time_to_plan(planned_on, today)
    if planned_on > due_on and planned_on != stands:
        sentence = _(
            "%(day)s is after the deadline %(due)s: a later day has to be asked for, with its reason, and"
            " allowed."
        )
        days = {"day": beside(planned_on, due_on), "due": written(due_on)}
        raise Refusal("later_day_by_asking", sentence % days, field="planned_on")


def in_time_of_day(
    planned_on: date, start: int, *, stands: tuple[date | None, int | None], at: datetime
) -> None:
    """Let pass a time that is still to come today, or that the visit has already.

    Raises:
        Refusal: `time_over`.

    """
    now = at.astimezone(CHINA)
    if planned_on != now.date() or start >= now.hour * 60 + now.minute or (planned_on, start) == stands:
        return
    sentence = _("%(time)s of today is over. Choose a later time, or another day.")
    time = f"{start // 60:02}:{start % 60:02}"
    raise Refusal("time_over", sentence % {"time": time}, field="start")


def late_reason_for(planned_on: date | None, due_on: date, reason: str) -> str:
    """Return the reason kept with a planned date: none for a date in time, whatever was written.

    Raises:
        Refusal: `late_reason_missing` when the date is after the deadline and says no reason,
            `late_reason_too_long`.

    """
    reason = plain(reason)
    if planned_on is None or planned_on <= due_on:
        return ""
    if not reason:
        raise Refusal(
            "late_reason_missing",
            _("%(planned)s is after the deadline %(due)s. Give the reason; the date then needs an approval.")
            % {"planned": beside(planned_on, due_on), "due": written(due_on)},
            field="late_reason",
            planned_on=planned_on.isoformat(),
            due_on=due_on.isoformat(),
        )
    for problem in longest("late_reason", reason, REASON_LONGEST):
        raise Refusal("late_reason_too_long", problem.sentence, field=problem.field)
    return reason


def refuse_same_day(
    planned_on: date, *, stands: date | None, waits: tuple[date, str] | None, reason: str
) -> None:
    """Refuse a day that would change nothing.

    Args:
        planned_on: The day that is asked for.
        stands: The day that the visit has.
        waits: The later day that waits for its approval, with its reason; to choose the day that stands
            while another waits takes that one back.
        reason: The reason given with `planned_on`.

    Raises:
        Refusal: `day_unchanged`.

    """
    if waits is None and planned_on == stands:
        sentence = _("%(day)s is the day of this visit already. Choose another day.")
    elif waits == (planned_on, reason):
        sentence = _("%(day)s was asked for already and waits for approval. Choose another day.")
    else:
        return
    raise Refusal("day_unchanged", sentence % {"day": written(planned_on)}, field="planned_on")
