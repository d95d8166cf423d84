"""Early warning (预警): whether a count is more than the counts before it let expect; EARS C1, C2 and C3.

Hutwagner and others, The bioterrorism preparedness and response Early Aberration Reporting System (EARS),
Journal of Urban Health 80 (2003), supplement 1: i89–i96. Counts are whole, one a day or one a week. A day
of which nobody told a count is passed over: the days before it are looked at instead, and it is no zero.
docs/early-warning.md tells it with an example.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from math import inf
from statistics import NormalDist, fmean, stdev

BASELINE = 7
"""How many counts make up what is expected."""
GUARD = 2
"""How many counts C2 and C3 leave out before the day, so that an outbreak does not raise its own bound."""
ALPHA = 0.05
_SUMMED, _SUM_MOST = 3, 2.0


class Method(StrEnum):
    """C1 looks at the seven counts before a day, C2 at those before a gap of two; C3 sums C2."""

    C1 = "C1"
    C2 = "C2"
    C3 = "C3"


@dataclass(frozen=True, slots=True)
class DayCount:
    """A day (of a week its first) and what was counted; None where nobody told."""

    date: date
    count: int | None


@dataclass(frozen=True, slots=True)
class Judged:
    """What is expected of a day, the bound, and whether its count is too many; `index` is its place, from 0.

    `expected` and `upper` are None where fewer counts stand before it than are needed.
    """

    index: int
    date: date
    count: int | None
    expected: float | None
    upper: float | None
    alarm: bool


@dataclass(frozen=True, slots=True)
class _Base:
    mean: float
    spread: float

    def statistic(self, count: int) -> float:
        """Return by how many standard deviations a count lies above the mean."""
        if self.spread:
            return (count - self.mean) / self.spread
        return inf if count > self.mean else -inf


def quantile(alpha: float) -> float:
    """Return the upper normal quantile of 1 - alpha; `alpha` lies between 0 and 1."""
    return NormalDist().inv_cdf(1 - alpha)


def judge(days: Sequence[DayCount], method: Method, *, z: float, least_sd: float = 0.0) -> list[Judged]:
    """Return what each day comes to, in the order of the days.

    Args:
        days: The days in their order.
        method: How it is judged. C3 has a threshold of its own, 2, and `z` plays no part in it.
        z: How many standard deviations above the mean the bound of C1 and C2 lies.
        least_sd: The least standard deviation that counts, for series of many zeros. Where it is zero and
            all counts before a day are alike, the bound is their mean.

    """
    return list(_judged(days, method, z, least_sd))


def _judged(days: Sequence[DayCount], method: Method, z: float, least_sd: float) -> Iterator[Judged]:
    told: list[int] = []  # the counts so far, without the days of which there is none
    over: list[float | None] = []  # of each, by how much its C2 statistic is above 1
    guard = 0 if method is Method.C1 else GUARD
    for index, day in enumerate(days):
        base = _base(told, guard, least_sd)
        if base is None:
            before, upper = None, None
        elif method is Method.C3:
            before = _sum_of(over[1 - _SUMMED :])
            upper = None if before is None else _room(base, before)
        else:
            before, upper = None, base.mean + z * base.spread
        alarm = False
        if day.count is not None:
            term = None if base is None else max(0.0, base.statistic(day.count) - 1)
            if method is not Method.C3:
                alarm = upper is not None and day.count > upper
            elif before is not None and term is not None:
                alarm = before + term > _SUM_MOST
            told.append(day.count)
            over.append(term)
        expected = None if base is None or upper is None else base.mean
        yield Judged(index, day.date, day.count, expected, upper, alarm)


def _base(told: Sequence[int], guard: int, least_sd: float) -> _Base | None:
    end = len(told) - guard
    if end < BASELINE:
        return None
    counts = told[end - BASELINE : end]
    return _Base(fmean(counts), max(stdev(counts), least_sd))


def _sum_of(terms: Sequence[float | None]) -> float | None:
    """Return the sum of the two days before; None where one of them could not be judged."""
    known = [term for term in terms if term is not None]
    return sum(known) if len(known) == _SUMMED - 1 else None


def _room(base: _Base, before: float) -> float:
    """Return the bound that the two days before leave; 0 where they alone are too much, whatever comes."""
    if before > _SUM_MOST:
        return 0.0
    return base.mean + base.spread * (1 + _SUM_MOST - before)
