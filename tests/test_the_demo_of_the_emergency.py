"""Plan 2 of the demo, on a small scale: the same acts as those of 300 stations over thirty days."""

from collections import Counter
from datetime import timedelta

import pytest
from django.apps import apps
from django.urls import reverse

from songnuan.casework.case_models import Case
from songnuan.cli import demo_emergency
from songnuan.cli.demo_emergency import (
    CENTRE,
    FULL,
    SICK,
    SMALL,
    TODAY,
    actor,
    at,
    found_centre,
    station,
    stations,
    street,
    unit,
)
from songnuan.cli.demo_emergency_plan import SLUG, measure
from songnuan.cli.demo_emergency_story import ACTS
from songnuan.emergency.models import (
    Activation,
    Alert,
    AlertStatus,
    Muster,
    OrderTask,
    ReportPeriod,
    ReportSlot,
    ReportSummary,
    Returnee,
    SituationReport,
)
from songnuan.emergency.muster_queries import standings
from songnuan.emergency.report_rules import permille
from songnuan.jobs.queries import notices
from songnuan.journeys.check_everything import check_everything
from songnuan.outreach.lesson_models import Lesson
from web.browsing import as_

pytestmark = [pytest.mark.django_db, pytest.mark.once]


def made() -> None:
    """Make plan 2 alone."""
    found_centre({row[0]: "a-long-password" for row in demo_emergency.PEOPLE}, SMALL)
    for act in ACTS:
        act(SMALL)


def counted() -> dict[str, int]:
    """Return how many rows each table of the house has."""
    models = [one for one in apps.get_models() if one.__module__.startswith("songnuan.")]
    return {one.__name__: one._default_manager.count() for one in models}


def test_plan_two_of_the_demo_is_whole_and_its_figures_are_those_of_its_reports() -> None:
    made()
    before = counted()
    made()
    assert counted() == before, "made again, nothing is made twice"
    the_drill_counts_in_no_real_rate()
    the_reports_are_of_every_kind()
    the_alerts_stand_where_the_outbreak_is()
    the_rest_is_half_way()
    assert [finding for _app, found in check_everything() for finding in found] == []
    the_office_has_read_what_came_before()
    the_pages_tell_the_same()


def the_drill_counts_in_no_real_rate() -> None:
    drill, real = Activation.objects.order_by("issued_at")
    assert (drill.is_drill, drill.status, real.is_drill, real.status) == (True, "ended", False, "active")
    periods = ReportPeriod.objects.filter(measure=measure("situation_reports"))
    assert (periods.filter(is_drill=True).count(), periods.filter(is_drill=False).count()) == (1, SMALL.days)
    first = Muster.objects.get(activation=drill)
    told = Counter(one.presence.value for one in standings(first))
    assert (told["late"], told["absent"], told["excused"], told["unknown"]) == (3, 1, 1, 0)


def the_reports_are_of_every_kind() -> None:
    real = ReportSlot.objects.filter(period__is_drill=False)
    due = real.filter(period__due_at__lt=at(TODAY, 14, 30))
    assert real.filter(period__starts_at=at(TODAY, 0)).count() == 8 + 20
    assert due.filter(is_late=True).exists()
    assert due.filter(is_excused=True).exists()
    assert due.filter(version=0, is_excused=False).exists(), "some are missing"
    assert real.filter(version=2).count() == 1
    assert SituationReport.objects.exclude(told_at=None).exists()
    today = real.filter(period__starts_at=at(TODAY, 0))
    assert today.filter(version=0).exists()
    assert today.filter(version=1).exists()
    states = Counter(ReportSummary.objects.values_list("status", flat=True))
    assert states == {"received": SMALL.days - 2, "sent": 1}


def the_alerts_stand_where_the_outbreak_is() -> None:
    sick = unit(street(SICK)).pk
    true = Alert.objects.exclude(outcome__in=("misreported", "chance"))
    assert true.filter(unit_id=sick, status=AlertStatus.ACKNOWLEDGED).exists()
    assert all(f",{sick}," in one.path or one.unit_id in {sick, unit(CENTRE).pk} for one in true)
    assert set(true.filter(status="closed").values_list("outcome", flat=True)) == {"handed_on"}
    assert Alert.objects.filter(outcome="misreported").exists()
    assert Alert.objects.filter(status="raised").exists()


def the_rest_is_half_way() -> None:
    assert Counter(OrderTask.objects.values_list("status", flat=True)) == {
        "acknowledged": 1, "answered": 1, "open": 1,
    }  # fmt: skip
    assert set(Returnee.objects.values_list("status", flat=True)) == {"observed", "released"}
    assert Case.objects.filter(measure=measure("special_families")).count() == 4
    assert Lesson.objects.get().rounds.exclude(closed_at=None).count() == 2


def the_office_has_read_what_came_before() -> None:
    own = notices(actor("duty-office").user_id or 0)
    evening = at(TODAY - timedelta(days=1), 18)
    assert own.filter(created_at__gt=evening, read_at=None).exists(), "a newcomer sees the recent ones"
    assert not own.filter(created_at__lte=evening, read_at=None).exists()
    read = own.exclude(read_at=None)
    assert read.count() > own.filter(read_at=None).count()
    assert all(timedelta() <= one.read_at - one.created_at < timedelta(days=1) for one in read if one.read_at)


def the_pages_tell_the_same() -> None:
    """The board tells the completeness of yesterday as the slots give it; a street sees its alert."""
    period = ReportPeriod.objects.filter(is_drill=False).order_by("-starts_at")[1]
    asked = ReportSlot.objects.filter(period=period, is_excused=False)
    received, on_time = asked.filter(version__gt=0), asked.filter(version__gt=0, is_late=False)
    page = as_(actor("duty-office")).get(f"/situation/periods/{period.pk}/").content.decode()
    for some in (received, on_time):
        assert permille(some.count() * 1000 // asked.count()) in page
    alert = Alert.objects.get(unit_id=unit(street(SICK)).pk, status=AlertStatus.ACKNOWLEDGED)
    path = f"/warnings/alerts/{alert.pk}/"
    assert as_(actor("duty-street")).get(path).status_code == 200
    assert as_(actor("duty-street01")).get(path).status_code == 404, "the other streets see their own"
    for who, *_rest in demo_emergency.PEOPLE:
        assert as_(actor(who)).get("/").status_code == 200
    for who in ("duty-officer", "duty-leader", "duty-office"):
        assert as_(actor(who)).get(reverse("plan", args=[SLUG])).status_code == 200


def test_no_two_stations_have_one_name() -> None:
    names = [station(number) for _street, number in stations(FULL)]
    assert len(set(names)) == len(names) == 300
