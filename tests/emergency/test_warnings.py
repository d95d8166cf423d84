"""Counts of situation reports raise alerts, once each, and are reckoned anew when they change."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from emergency.house import CENTRE, EAST, STATIONS, ReportHouse, at, make_house
from emergency.warning_house import alert_house, fever, look, tell_days, watch
from songnuan.emergency.models import Alert, AlertAct
from songnuan.jobs.models import OutboxMessage
from songnuan.plans.models import Measure, MeasureStatus

pytestmark = pytest.mark.django_db
QUIET: list[int | None] = [1, 0, 1, 1, 0, 1, 1]


def names(house: ReportHouse) -> list[tuple[str, bool, int]]:
    of = {pk: name for name, pk in house.units.items()}
    return [(of[row.unit_id], row.is_node, row.count) for row in Alert.objects.order_by("pk")]


def test_an_alarm_is_one_alert_of_the_unit_and_of_each_node_above(subtests: object) -> None:
    house, _measure = alert_house()
    assert sorted(names(house)) == sorted([("一站", False, 9), (EAST, True, 9), (CENTRE, True, 9)])
    row = Alert.objects.get(is_node=False)
    assert (row.method, row.z, row.least_sd, row.figure_label) == ("C1", 3.0, 0.5, "发热人数")
    assert row.expected == pytest.approx(5 / 7)
    assert row.upper == pytest.approx(5 / 7 + 3 * 0.5)
    assert (row.asked, row.received, row.now_count, row.is_over) == (1, 1, 9, True)
    assert row.path == f",{house.units[CENTRE]},{house.units[EAST]},"
    assert [act.verb for act in AlertAct.objects.filter(alert=row)] == ["raised"]
    assert look(at(10, 17)) == 0
    assert Alert.objects.count() == 3
