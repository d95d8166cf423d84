"""Pure decisions about early warning: what is judged, which series can alarm at all, what an outcome fits."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from math import floor, log10
from statistics import NormalDist
from typing import Final

from django.utils.translation import gettext as _

from songnuan.emergency.early_warning import BASELINE, GUARD, DayCount, Judged, Method, judge
from songnuan.emergency.models import Outcome
from songnuan.kernel.refusal import Refusal

WORDS_LONGEST: Final = 1000
_ENOUGH: Final = BASELINE + GUARD + 2
"""So many counts before a day say all that any method asks of the past; C3 looks back furthest."""
TRUE_OUTCOMES: Final = (Outcome.HANDLED, Outcome.HANDED_ON)
FALSE_OUTCOMES: Final = (Outcome.MISREPORTED, Outcome.EXPLAINED, Outcome.CHANCE)


@dataclass(frozen=True, slots=True)
class How:
    """How counts are judged, and from which completeness on, in per cent, what a node counts is told.

    `z` plays no part in C3, `least_sd` is the floor of the standard deviation.
    """

    method: Method
    z: float
    least_sd: float
    least_complete: int


@dataclass(frozen=True, slots=True)
class Watch:
    """A figure of the situation reports that is watched, and how."""

    figure: str
    label: str
    how: How


@dataclass(frozen=True, slots=True, order=True)
class Series:
    """Whose counts: a unit's own reports, or a node's with all below it."""

    unit_id: int
    is_node: bool


@dataclass(frozen=True, slots=True)
class Told:
    """What was counted in a period: None where nothing was told; of `asked` units `received` reports."""

    count: int | None
    asked: int
    received: int

    def counts(self, least_complete: int) -> int | None:
        """Return what counts as told: nothing where too few of a node's units have reported."""
        is_told = self.asked > 0 and self.received * 100 >= self.asked * least_complete
        return self.count if is_told else None


NOTHING: Final = Told(None, 0, 0)


def days_of(starts: Sequence[date], told: Mapping[int, Told], how: How) -> list[DayCount]:
    """Return a series by its places; a place of which nothing was told has no count."""
    return [
        DayCount(day, told[place].counts(how.least_complete) if place in told else None)
        for place, day in enumerate(starts)
    ]


def judged_from(days: Sequence[DayCount], first: int, how: How) -> Iterator[Judged]:
    """Yield what each day from the `first` on comes to, as `early_warning.judge` does for all of them.

    Of the days before, no more are read than any method asks for, so that a long past costs nothing.
    """
    start, told = first, 0
    while start > 0 and told < _ENOUGH:
        start -= 1
        told += days[start].count is not None
    for row in judge(days[start:], how.method, z=how.z, least_sd=how.least_sd):
        if row.index + start >= first:
            yield Judged(row.index + start, row.date, row.count, row.expected, row.upper, row.alarm)


def can_alarm(counts: Mapping[int, int], first: int, method: Method) -> bool:
    """Return whether a series can alarm from a place on, by its counts above zero: with none it never does.

    C1 and C2 look at the day alone; C3 goes on alarming after days that were too much.
    """
    if method is Method.C3:
        return any(counts.values())
    return any(count for place, count in counts.items() if place >= first)


# What is said --------------------------------------------------------------------------------------


def how_words(method: str, z: float | str, least_sd: float | str) -> str:
    """Return how counts were judged, as it is told with every alarm."""
    facts = {"method": method, "z": plain(z), "floor": plain(least_sd)}
    if method == Method.C3:
        return _("%(method)s, sum above 2, SD floor %(floor)s") % facts
    return _("%(method)s, z = %(z)s, SD floor %(floor)s") % facts


def why_words(method: str, z: float | str) -> str:
    """Return in words of everyday by what a count raised an alarm."""
    facts = {"z": plain(z)}
    if method == Method.C3:
        return _(
            "this count and the two before, taken together, are far above what the seven before let expect"
        )
    if method == Method.C2:
        return (
            _(
                "above the mean of seven counts, without the two just before, by more than %(z)s times the"
                " usual ups and downs"
            )
            % facts
        )
    return (
        _("above the mean of the seven counts before, by more than %(z)s times the usual ups and downs")
        % facts
    )


def chance_words(method: str, z: float | str) -> str:
    """Return how often an alarm comes by chance alone; nothing where the method does not say."""
    share = 1 - NormalDist().cdf(float(z))
    if method == Method.C3 or share <= 0:
        return ""
    times = 1 / share
    # To two places that count: what is told is how rare it is, not a figure to reckon with.
    digits = max(0, floor(log10(times)) - 1)
    return _("Where nothing is amiss, about one count in %(times)s is above such a bound.") % {
        "times": int(round(times, -digits))
    }


def plain(number: float | str | None, places: int = 3) -> str:
    """Return a number as it is shown: rounded, without zeros at its end; a dash for none."""
    if number is None or number == "":
        return "—"
    text = f"{float(number):.{places}f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def bound_words(upper: float | str | None) -> str:
    """Return a bound to two places, rounded down, so that a count above it is above what is shown."""
    return "—" if upper is None or upper == "" else plain(floor(float(upper) * 100) / 100, 2)


# What is done about it -----------------------------------------------------------------------------


def outcome_fits(outcome: str, *, is_true: bool) -> None:
    """Let pass an outcome that fits the signal.

    Raises:
        Refusal: `outcome_unfit`.

    """
    if outcome not in (TRUE_OUTCOMES if is_true else FALSE_OUTCOMES):
        sentence = _("Choose what became of it; the choices are those of a true signal.")
        if not is_true:
            sentence = _("Choose what became of it; the choices are those of a false signal.")
        raise Refusal("outcome_unfit", sentence, field="outcome")
