"""Early warning against a published series, and against a slow reading of the rules."""

from collections.abc import Sequence
from datetime import date, timedelta
from math import isclose, sqrt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from songnuan.emergency.early_warning import DayCount, Judged, Method, judge, quantile

# Salmonella Newport in Germany, by week: eleven weeks of 2010, then weeks 1 to 52 of 2011.
NEWPORT_2010 = (3, 3, 5, 3, 1, 1, 1, 3, 3, 1, 2)
NEWPORT_2011 = (
    *(1, 0, 3, 3, 3, 1, 0, 0, 0, 1, 3, 0, 2, 2, 3, 3, 0, 3, 2, 1, 2, 1, 1, 0, 3, 1),
    *(2, 0, 0, 2, 5, 2, 0, 3, 6, 1, 2, 1, 2, 0, 2, 0, 3, 9, 41, 45, 17, 3, 3, 5, 11, 5),
)
FIRST = date(2010, 10, 18)


def days(counts: Sequence[int | None]) -> list[DayCount]:
    return [DayCount(FIRST + timedelta(days=at), count) for at, count in enumerate(counts)]


def newport(method: Method, z: float, least_sd: float = 0.0) -> list[Judged]:
    """Return the 52 weeks of 2011."""
    rows = judge(days(NEWPORT_2010 + NEWPORT_2011), method, z=z, least_sd=least_sd)
    return rows[len(NEWPORT_2010) :]


def weeks(rows: list[Judged]) -> list[int]:
    return [week for week, row in enumerate(rows, start=1) if row.alarm]


def test_the_bounds_of_a_published_series() -> None:
    rows = newport(Method.C1, quantile(0.05))
    assert [row.upper for row in rows[:4]] == pytest.approx(
        [3.278854, 3.278854, 3.436517, 3.855617], abs=1e-6
    )
    assert weeks(rows) == [31, 35, 43, 44, 45, 46]


@pytest.mark.parametrize(
    ("method", "least_sd", "alarms"),
    [
        (Method.C1, 0.0, [31, 44, 45]),
        (Method.C2, 0.0, [31, 44, 45, 46, 47]),
        (Method.C3, 0.2, [31, 32, 33, 44, 45, 46, 47, 48, 49]),
    ],
)
def test_the_alarms_of_a_published_series(method: Method, least_sd: float, alarms: list[int]) -> None:
    assert weeks(newport(method, 3, least_sd)) == alarms


def test_where_too_few_counts_stand_before_there_is_no_bound() -> None:
    assert [row.index for row in judge(days([1] * 12), Method.C1, z=3) if row.upper is None] == list(range(7))
    assert [row.index for row in judge(days([1] * 12), Method.C2, z=3) if row.upper is None] == list(range(9))
    rows = judge(days([1] * 13), Method.C3, z=3)
    assert [row.index for row in rows if row.upper is None] == list(range(11))
    assert all((row.expected is None) == (row.upper is None) for row in rows)


def test_what_nobody_told_is_no_zero_and_no_alarm() -> None:
    told: list[int | None] = [5, 6, 5, None, 4, 6, 5, None, 5, None, 30, None]
    rows = judge(days(told), Method.C1, z=3)
    assert [row.alarm for row in rows] == [False] * 10 + [True, False]
    assert rows[9].upper == rows[10].upper, "a day without a count has the bound of the next"
    assert rows[8].upper is None, "seven counts are needed, however many days they take"


def test_counts_that_are_all_alike_have_their_mean_as_bound() -> None:
    rows = judge(days([2] * 7 + [2, 3]), Method.C1, z=3)
    assert [(row.upper, row.alarm) for row in rows[7:]] == [(2.0, False), (2.0, True)]
    rows = judge(days([2] * 11 + [3, 2, 2, 2]), Method.C3, z=3)
    assert [row.alarm for row in rows] == [False] * 11 + [True, True, True, False]
    assert rows[12].upper == 0.0
    rows = judge(days([2] * 7 + [3, 4]), Method.C1, z=3, least_sd=0.5)
    assert [(row.upper, row.alarm) for row in rows[7:8]] == [(3.5, False)]


def slowly(counts: list[int], at: int, gap: int, least_sd: float) -> tuple[float, float] | None:
    """Return mean and standard deviation of the seven counts before a gap, by hand."""
    before = counts[: max(at - gap, 0)][-7:]
    if len(before) < 7:
        return None
    mean = sum(before) / 7
    return mean, max(sqrt(sum((one - mean) ** 2 for one in before) / 6), least_sd)


@given(
    st.lists(st.none() | st.integers(0, 40), max_size=40),
    st.sampled_from(Method),
    st.floats(0.5, 4),
    st.floats(0.1, 2),
)
def test_it_is_what_the_rules_say(told: list[int | None], method: Method, z: float, least_sd: float) -> None:
    counts = [count for count in told if count is not None]
    rows = [row for row in judge(days(told), method, z=z, least_sd=least_sd) if row.count is not None]
    for at, row in enumerate(rows):
        terms = []
        for back in range(3 if method is Method.C3 else 1):
            base = (
                slowly(counts, at - back, 0 if method is Method.C1 else 2, least_sd) if at >= back else None
            )
            terms.append(None if base is None else (counts[at - back] - base[0]) / base[1])
        if None in terms:
            assert (row.upper, row.expected, row.alarm) == (None, None, False)
            continue
        known = [term for term in terms if term is not None]
        told_by = sum(max(0.0, term - 1) for term in known) if method is Method.C3 else known[0]
        most = 2 if method is Method.C3 else z
        if not isclose(told_by, most, rel_tol=1e-9):
            assert row.alarm == (told_by > most)


@given(st.lists(st.integers(0, 40), min_size=10, max_size=30), st.lists(st.integers(0, 30), max_size=8))
def test_days_that_nobody_told_change_nothing_for_the_others(counts: list[int], gaps: list[int]) -> None:
    with_gaps: list[int | None] = list(counts)
    for gap in gaps:
        with_gaps.insert(gap, None)
    for method in Method:
        plain = [(row.expected, row.upper, row.alarm) for row in judge(days(tuple(counts)), method, z=2)]
        told = judge(days(with_gaps), method, z=2)
        assert [(row.expected, row.upper, row.alarm) for row in told if row.count is not None] == plain
