"""What the house reckons of all units at once is what the plain function says of each series by itself."""

from datetime import date, datetime, timedelta
from typing import Any

from hypothesis import example, given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from emergency.house import CENTRE, EAST, STATIONS, TEAM, UNITS, WEST, ReportHouse, at, make_house
from emergency.warning_house import tell_days, watch
from songnuan.emergency.early_warning import DayCount, Method, judge
from songnuan.emergency.warning_reckoning import look
from songnuan.emergency.warning_rules import How, Watch
from songnuan.plans.models import Measure

DAYS = 18
LINE = st.lists(st.sampled_from([None, 0, 0, 0, 1, 2, 9]), min_size=12, max_size=DAYS)
BELOW = {
    EAST: [EAST, *(name for name, above in STATIONS.items() if above == EAST)],
    WEST: [WEST, *(name for name, above in STATIONS.items() if above == WEST)],
    CENTRE: [*UNITS],
}
Key = tuple[str, bool, int]


def slowly(
    lines: dict[str, list[int | None]], how: How, first: int
) -> dict[Key, tuple[float | None, float | None]]:
    """Return the alarms by unit or node and day, one series after another."""
    series: dict[tuple[str, bool], list[int | None]] = {
        (name, False): [*lines.get(name, []), *[None] * DAYS][:DAYS] for name in UNITS
    }
    for node, names in BELOW.items():
        total: list[int | None] = []
        for day in range(DAYS):
            told = [count for name in names if (count := series[name, False][day]) is not None]
            is_told = len(told) * 100 >= len(names) * how.least_complete
            total.append(sum(told) if is_told else None)
        series[node, True] = total
    found = {}
    for (name, is_node), counts in series.items():
        days = [DayCount(date(2020, 2, 3) + timedelta(days=day), count) for day, count in enumerate(counts)]
        for row in judge(days, how.method, z=how.z, least_sd=how.least_sd):
            if row.alarm and row.index >= first:
                found[name, is_node, row.index] = (row.expected, row.upper)
    return found


class WhatIsReckonedIsThatOfThePlainFunction(TestCase):
    house: ReportHouse
    measure: Measure
    moment: datetime

    @classmethod
    def setUpTestData(cls) -> None:
        cls.house = make_house()
        cls.measure = watch(cls.house)
        cls.moment = tell_days(cls.house, {"一站": [None] * DAYS})

    @settings(max_examples=15)
    @given(
        st.fixed_dictionaries({}, optional=dict.fromkeys([*STATIONS, TEAM, WEST], LINE)),
        st.builds(
            How,
            st.sampled_from(Method),
            st.just(2.0),
            st.sampled_from([0.0, 0.5]),
            st.sampled_from([1, 50]),
        ),
        st.integers(0, DAYS - 1),
    )
    @example({"一站": [0, 1, 0, 1, 0, 1, 0, 1, 0, 1, 0, 9, 9, 0, 0]}, How(Method.C3, 2.0, 0.5, 1), 13)
    def test_alarms_expectations_and_bounds(self, lines: Any, how: How, first: int) -> None:
        if not lines:
            return
        tell_days(self.house, lines)
        found = look(
            self.measure,
            self.house.measure.pk,
            [Watch("fever", "发热人数", how)],
            since=at(3 + first, 15),
            at=self.moment,
        )
        assert found is not None
        of = {pk: name for name, pk in self.house.units.items()}
        alarms = {
            (of[one.series.unit_id], one.series.is_node, one.judged.index): (
                one.judged.expected,
                one.judged.upper,
            )
            for one in found.alarms
        }
        assert alarms == slowly(lines, how, first)
