"""Who is missing is reminded as the ladder says, once each, in China time; and nobody else."""

import pytest

from emergency.house import EAST, LEAVES, WEST, ReportHouse, at, make_house
from songnuan.emergency.actions import Days
from songnuan.emergency.models import Member, ReportChase
from songnuan.jobs.models import OutboxMessage
from songnuan.journeys.excuse_reports import excuse_reports
from songnuan.journeys.remind_of_reports import remind_of_reports
from songnuan.kernel.actor import SYSTEM
from songnuan.plans.models import Measure, MeasureStatus
from web.browsing import user_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def house() -> ReportHouse:
    made = make_house()
    made.open(at(3, 9))
    return made


def told(topic: str) -> set[int]:
    rows = OutboxMessage.objects.filter(topic=f"situation.{topic}")
    return set(rows.values_list("recipient_id", flat=True))


def of(house: ReportHouse, *names: str) -> set[int | None]:
    return {house.liaisons[name].user_id for name in names}


def remind(day: int, hour: int, minute: int = 0) -> int:
    return remind_of_reports(actor=SYSTEM, at=at(day, hour, minute))


def test_nobody_is_told_before_the_first_rung_and_who_reported_never(house: ReportHouse) -> None:
    for name in ("一站", EAST):
        house.report(name, at(3, 10))
    assert remind(3, 14, 59) == 0
    assert not OutboxMessage.objects.exists()
    assert remind(3, 15) == 6
    assert told("liaison") == of(house, WEST, "二站", "三站", "四站", "五站", "机动队")
    assert "16:00" in OutboxMessage.objects.filter(topic="situation.liaison")[0].title


def test_each_rung_is_climbed_once(house: ReportHouse) -> None:
    for name in (*LEAVES[:-1], EAST, WEST):
        if name != "五站":
            house.report(name, at(3, 10))
    for minute in (0, 5, 10, 15):
        remind(3, 16, minute)
    count = OutboxMessage.objects.count()
    assert count == 4, "the rung before the due time and the one ten minutes after, for two units"
    remind(3, 16, 20)
    assert told("parent") == of(house, WEST), "the team stands below the centre, which has no liaison"
    remind(3, 16, 30)
    assert told("office") == {house.office.user_id}
    [notice] = OutboxMessage.objects.filter(topic="situation.office")
    assert "五站" in notice.body
    remind(3, 17)
    assert told("group") == {house.office.user_id}, "without a leading group the office hears it"
    before = OutboxMessage.objects.count()
    remind(3, 17, 5)
    assert OutboxMessage.objects.count() == before
    assert not ReportChase.objects.exists(), "what the house reminds of by itself is no chase by a person"


def test_the_leading_group_hears_of_it(house: ReportHouse) -> None:
    Member.objects.create(
        measure=house.measure,
        user=user_of(house.viewer),
        position="leader",
        turn=1,
        starts_on=at(1).date(),
        appointed_at=at(1),
    )
    remind(3, 17)
    assert told("group") == {house.viewer.user_id}


def test_excused_units_closed_measures_and_long_past_periods_are_left_alone(house: ReportHouse) -> None:
    excuse_reports(
        measure_id=house.measure.pk,
        unit_id=house.units["一站"],
        days=Days(at(3).date(), at(3).date()),
        reason="停业",
        actor=house.office,
        at=at(3, 10),
    )
    assert remind(6, 9) == 0
    assert not OutboxMessage.objects.exclude(topic="situation.excused").exists()
    remind(3, 16, 10)
    assert house.liaisons["一站"].user_id not in told("liaison")
    Measure.objects.update(status=MeasureStatus.CLOSED)
    assert remind(3, 16, 30) == 0
