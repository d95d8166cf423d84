"""Reports of earlier days that never came stay on the office's first page, as one, until they are settled."""

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from emergency.house import ReportHouse, at, make_house
from songnuan.emergency.actions import Days
from songnuan.emergency.models import ReportCount, ReportPeriod
from songnuan.emergency.report_gaps import gap_periods, gaps_of
from songnuan.journeys.excuse_reports import excuse_reports
from songnuan.kernel.actor import Actor
from songnuan.organisation.permissions import Role
from songnuan.organisation.queries import day_of
from songnuan.plans.models import Measure, MeasureStatus
from songnuan.web.due import desk_of
from songnuan.web.due.base import Due
from songnuan.web.due.situation import to_see_what_never_came
from songnuan.web.views.shared import Reader
from web.browsing import as_, on, user_of

pytestmark = pytest.mark.django_db
NOW = at(7, 17)
UNITS = 8


@pytest.fixture
def house() -> ReportHouse:
    made = make_house()
    for day in range(3, 8):
        made.open(at(day, 9))
    return made


def counted(house: ReportHouse, **how: Any) -> None:
    """Put a period there of which five reports are missing."""
    made = ReportPeriod.objects.create(measure=house.measure, opened_at=at(3), **how)
    node = house.measure.plan.unit_id
    ReportCount.objects.create(period=made, node_id=node, depth=1, lane=0, expected=5)


def cards(who: Actor, moment: Any = NOW) -> list[Due]:
    with on(moment):
        return list(to_see_what_never_came(desk_of(Reader(user_of(who), who, moment, day_of(moment)))))


def listed(who: Actor, moment: Any = NOW, query: str = "") -> Any:
    with on(moment):
        return as_(who).get(reverse("situation_gaps") + query)


def test_what_left_the_first_page_is_told_in_one_line(house: ReportHouse) -> None:
    assert cards(house.office, at(6, 15)) == []
    house.report("一站", at(4, 17), day=3)
    [card] = cards(house.office)
    assert card.title == "此前有15份情况报告始终未报"
    assert (card.detail, card.url, card.action) == ("共2期。", "/situation/missing/", "查看清单")
    assert (card.due_on, card.state) == (at(3).date(), "late")
    rows = listed(house.office).context["rows"]
    assert [(one.period.starts_at, one.missing, one.asked) for one, _name in rows] == [
        (at(4, 0), UNITS, UNITS),
        (at(3, 0), UNITS - 1, UNITS),
    ]
    page = listed(house.office).content.decode()
    assert all(reverse("situation_period", args=(one.period.pk,)) in page for one, _name in rows)
    with on(NOW):
        home = as_(house.office).get("/").content.decode()
    assert card.title in home


def test_it_is_the_office_s_alone(house: ReportHouse) -> None:
    elsewhere = house.hire("elsewhere", Role.EPIDEMIC_OFFICE, "西区")
    for who in (house.viewer, house.liaisons["一站"], house.liaisons["东区"]):
        assert cards(who) == []
        assert listed(who).status_code == 404
    assert cards(elsewhere) == []
    assert list(listed(elsewhere).context["rows"]) == []


def test_it_goes_once_each_has_come_or_is_excused(house: ReportHouse) -> None:
    units = list(house.liaisons)
    for name in units[:5]:
        house.report(name, at(7, 8), day=3)
        house.report(name, at(7, 8), day=4)
    assert [one.title for one in cards(house.office)] == ["此前有6份情况报告始终未报"]
    days = Days(at(3).date(), at(4).date())
    for name in units[5:]:
        excuse_reports(
            measure_id=house.measure.pk,
            unit_id=house.units[name],
            days=days,
            reason="停电。",
            actor=house.office,
            at=at(7, 8),
        )
    assert cards(house.office) == []
    assert list(listed(house.office).context["rows"]) == []
    assert "均已上报或已免报" in listed(house.office).content.decode()


def test_it_goes_with_the_measure_and_leaves_drills_out(house: ReportHouse) -> None:
    counted(house, is_drill=True, starts_at=at(3, 0), due_at=at(3, 16), ends_at=at(4, 0))
    assert [one.title for one in cards(house.office)] == ["此前有16份情况报告始终未报"]
    Measure.objects.filter(pk=house.measure.pk).update(status=MeasureStatus.CLOSED, closed_at=at(7))
    assert cards(house.office) == []


def test_what_has_still_time_did_not_stay_away(house: ReportHouse) -> None:
    """A week's report stays among what is due until three days after its hour, however early it began."""
    counted(house, starts_at=at(1, 0), due_at=at(7, 12), ends_at=at(8, 0))
    assert [one.title for one in cards(house.office)] == ["此前有16份情况报告始终未报"]
    assert [one.title for one in cards(house.office, at(10, 11))] == ["此前有32份情况报告始终未报"]
    assert [one.title for one in cards(house.office, at(10, 13))] == ["此前有37份情况报告始终未报"]


def test_however_many_there_are_one_statement_counts_and_pages_go_on(house: ReportHouse) -> None:
    top = [house.measure.plan.unit_id]
    for day in range(8, 20):
        house.open(at(day, 9))
    for moment in (NOW, at(20, 9)):
        with CaptureQueriesContext(connection) as asked:
            assert gaps_of(top, moment) is not None
        assert len(asked) == 1
        with CaptureQueriesContext(connection) as asked:
            first = gap_periods(top, moment, most=2)
        assert len(asked) == 3
        assert len(first) == 2
    after = gap_periods(top, at(20, 9), before=first[-1].period.pk, most=50)
    assert [one.period.pk for one in after] == sorted((one.period.pk for one in after), reverse=True)
    assert after[0].period.starts_at < first[-1].period.starts_at
    assert listed(house.office, at(20, 9), f"?before={first[-1].period.pk}").status_code == 200
