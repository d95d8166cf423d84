"""Plan 2 of the demo, on a small scale: the same acts as those of 300 stations over thirty days."""

import time
from collections import Counter

import pytest
from django.apps import apps
from django.urls import reverse

from songnuan.cli import demo_emergency
from songnuan.cli.demo_emergency import OFFICE, SICK, SMALL, TODAY, actor, at, found_centre, street, unit
from songnuan.cli.demo_emergency_plan import measure
from songnuan.cli.demo_emergency_story import ACTS
from songnuan.emergency.models import (
    Activation,
    Alert,
    AlertStatus,
    OrderTask,
    ReportPeriod,
    ReportSlot,
    ReportSummary,
)
from songnuan.journeys.check_everything import check_everything

pytestmark = [pytest.mark.django_db, pytest.mark.once]


def made() -> None:
    """Make plan 2 alone."""
    for act in ACTS:
        t = time.perf_counter()
        act(SMALL)
        print(act.__name__, round(time.perf_counter() - t, 2))


def test_plan_two_of_the_demo_is_whole_and_its_figures_are_those_of_its_reports() -> None:
    found_centre(dict.fromkeys((row[0] for row in demo_emergency.PEOPLE), "a-long-password"), SMALL)
    made()
    print(Counter(Alert.objects.values_list("status", "is_node")))
    for a in Alert.objects.order_by("pk"):
        print(a.period.starts_at, a.unit_id, a.is_node, a.figure, a.count, a.upper, a.status, a.outcome)
    assert [finding for _app, found in check_everything() for finding in found] == []
