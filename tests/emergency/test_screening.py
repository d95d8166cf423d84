"""Screening: who is expected is frozen, coverage by unit and node never passes all, who may report."""

from datetime import date
from functools import partial
from typing import Any
from uuid import uuid4

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from emergency.house import CENTRE, EAST, ReportHouse, at, entries, make_house, rows_of
from songnuan.emergency import returnee_checks
from songnuan.emergency.actions.screening import Days
from songnuan.emergency.models import ScreeningReport, ScreeningRound, ScreeningShare
from songnuan.emergency.screening_queries import coverage_of, shares_of
from songnuan.emergency.screening_rules import by_node
from songnuan.jobs.models import OutboxMessage
from songnuan.journeys import screening
from songnuan.journeys.measures.screening import KIND
from songnuan.kernel.actor import SYSTEM, Actor
from songnuan.kernel.refusal import Refusal
from songnuan.organisation.models import UnitRecord
from songnuan.plans.models import Measure, MeasureStatus
from tampering import codes_after
from web.browsing import as_, on

pytestmark = pytest.mark.django_db
TABLES = (ScreeningRound, ScreeningShare, ScreeningReport, OutboxMessage)
TABLE = "单位,人数\n一站,20\n二站,10\n四站,5\n东区,4\n"
DAYS = Days("第一轮全员排查", date(2020, 2, 3), date(2020, 2, 7))


@pytest.fixture
def house() -> ReportHouse:
    return make_house()


@pytest.fixture
def measure(house: ReportHouse) -> Measure:
    return Measure.objects.create(
        plan=house.measure.plan,
        position=3,
        key="screening",
        clause_key="screening",
        kind="screening",
        settings={},
        status=MeasureStatus.OPEN,
        opened_at=at(3),
    )


def opened(house: ReportHouse, measure: Measure, table: str | None = TABLE, **how: Any) -> ScreeningRound:
    told: dict[str, Any] = {"days": DAYS, "actor": house.office, "at": at(3), "key": uuid4(), **how}
    file = ("a.csv", table.encode()) if table is not None else None
    return ScreeningRound.objects.get(pk=screening.open_screening(measure_id=measure.pk, file=file, **told))


def tell(house: ReportHouse, found: ScreeningRound, unit: str, screened: int, **how: Any) -> ScreeningReport:
    share = ScreeningShare.objects.get(round=found, unit_id=house.units[unit])
    told: dict[str, Any] = {
        "unwell": 0,
        "reason": "",
        "key": uuid4(),
        "actor": house.liaisons[unit],
        "at": at(4),
    }
    return screening.report_screening(share_id=share.pk, screened=screened, **{**told, **how})


def refused(act: Any, code: str) -> Refusal:
    before = rows_of(*TABLES), entries()
    with pytest.raises(Refusal) as told:
        act()
    assert told.value.code == code
    assert (rows_of(*TABLES), entries()) == before
    return told.value


def test_who_is_expected_is_frozen_and_coverage_adds_up_by_node(house: ReportHouse, measure: Measure) -> None:
    key = uuid4()
    found = opened(house, measure, key=key)
    assert opened(house, measure, key=key).pk == found.pk
    assert OutboxMessage.objects.filter(topic="screening.opened").count() == 4
    tell(house, found, "一站", 20, unwell=1)
    tell(house, found, "二站", 3)
    tell(house, found, EAST, 4)
    nodes = by_node((share.path, coverage_of(share)) for share in shares_of(found.pk))
    east, top = nodes[house.units[EAST]], nodes[house.units[CENTRE]]
    assert (east.expected, east.screened, east.unwell, east.permille) == (34, 27, 1, 794)
    assert (top.units, top.reported, top.expected, top.screened) == (4, 3, 39, 27)
    assert (top.expected, top.screened) == (20 + 10 + 4 + 5, 20 + 3 + 4)
    assert KIND.progress([measure], at(9))[measure.pk].late == 12
    with pytest.raises(IntegrityError), transaction.atomic():
        ScreeningShare.objects.filter(round=found).update(expected=99)
    with pytest.raises(IntegrityError), transaction.atomic():
        ScreeningReport.objects.update(screened=0)


def test_the_check_sees_what_was_changed_past_the_house(house: ReportHouse, measure: Measure) -> None:
    found = opened(house, measure)
    tell(house, found, "一站", 20, unwell=1)
    tell(house, found, "一站", 10, reason="重复计数")
    for statement in (
        "UPDATE emergency_screeningshare SET screened = 11 WHERE version > 0",
        "UPDATE emergency_screeningshare SET version = 3 WHERE version > 0",
        "UPDATE emergency_screeningreport SET screened = 11, unwell = 1 WHERE version = 2",
        "DELETE FROM emergency_screeningreport WHERE version = 1",
    ):
        assert codes_after(returnee_checks.verify, statement) == {"screening_share"}, statement


def test_without_a_table_the_staff_of_the_first_day_is_expected(house: ReportHouse, measure: Measure) -> None:
    refused(lambda: opened(house, measure, None), "round_empty")
    UnitRecord.objects.filter(unit_id=house.units["三站"]).update(staff_count=7)
    found = opened(house, measure, None)
    UnitRecord.objects.filter(unit_id=house.units["三站"]).update(staff_count=70)
    assert [(share.unit_id, share.expected) for share in shares_of(found.pk)] == [(house.units["三站"], 7)]


def test_what_a_unit_says_is_a_version_within_what_is_expected(house: ReportHouse, measure: Measure) -> None:
    found, key = opened(house, measure), uuid4()
    first = tell(house, found, "一站", 8, key=key)
    assert tell(house, found, "一站", 8, key=key).pk == first.pk
    refused(partial(tell, house, found, "一站", 9, key=key), "key_reused")
    refused(partial(tell, house, found, "一站", 21), "screened_beyond")
    refused(partial(tell, house, found, "一站", 9, unwell=10), "unwell_beyond")
    refused(partial(tell, house, found, "一站", 8), "screening_same")
    refused(partial(tell, house, found, "一站", 7), "reason_missing")
    assert tell(house, found, "一站", 7, reason="重复计数").version == 2
    for who in (house.liaisons["二站"], house.liaisons[EAST], house.viewer, SYSTEM):
        refused(partial(tell, house, found, "一站", 9, actor=who), "not_permitted")
        refused(partial(screening.close_screening, round_id=found.pk, actor=who, at=at(5)), "not_permitted")
    assert tell(house, found, "一站", 9, actor=house.office).version == 3
    screening.close_screening(round_id=found.pk, actor=house.office, at=at(8))
    refused(partial(tell, house, found, "一站", 10), "round_closed")
    close = partial(screening.close_screening, round_id=found.pk, actor=house.office, at=at(8))
    refused(close, "round_closed")


def test_a_faulty_table_or_round_is_refused_with_its_row(house: ReportHouse, measure: Measure) -> None:
    for table, words in (
        ("单位,人数\n一站,二十\n", "2"),
        ("单位,人数\n一站,1\n一站,2\n", "3"),
        ("单位,人数\n无此站,3\n", "无此站"),
        ("单位,人数\n一站,0\n", "2"),
    ):
        assert words in refused(partial(opened, house, measure, table), "screening_row").sentence
    refused(lambda: opened(house, measure, "单位\n一站\n"), "screening_row")
    refused(lambda: opened(house, measure, "a,b\n"), "screening_headings")
    back = Days("一", date(2020, 2, 7), date(2020, 2, 3))
    refused(lambda: opened(house, measure, days=back), "round_days")
    refused(lambda: opened(house, measure, days=Days(" ", DAYS.first_on, DAYS.last_on)), "round_title")
    for who in (house.liaisons["一站"], house.viewer, SYSTEM):
        refused(partial(opened, house, measure, actor=who), "not_permitted")


def test_the_pages_show_coverage_and_take_reports(house: ReportHouse, measure: Measure) -> None:
    def get(who: Actor, page: str, pk: int) -> Any:
        with on(at(4)):
            return as_(who).get(reverse(page, args=(pk,)))

    def post(who: Actor, page: str, pk: int, **told: Any) -> Any:
        with on(at(4)):
            return as_(who).post(reverse(page, args=(pk,)), {"key": str(uuid4()), **told})

    told = {"title": DAYS.title, "first_on": "2020-02-03", "last_on": "2020-02-07"}
    assert post(house.office, "screening", measure.pk, **told).status_code == 422
    assert post(house.viewer, "screening", measure.pk, **told).status_code == 404
    found = opened(house, measure)
    share = ScreeningShare.objects.get(round=found, unit_id=house.units["一站"])
    assert DAYS.title in get(house.liaisons["一站"], "screening", measure.pk).content.decode()
    answer = post(house.liaisons["一站"], "screening_report", share.pk, screened="21", unwell="0")
    assert (answer.status_code, "20" in answer.content.decode()) == (422, True)
    assert (
        post(house.liaisons["一站"], "screening_report", share.pk, screened="10", unwell="0").status_code
        == 302
    )
    assert "50%" in get(house.viewer, "screening_round", found.pk).content.decode()
    assert get(house.liaisons["五站"], "screening_round", found.pk).status_code == 404
    led = get(house.liaisons["一站"], "screening_report", share.pk)
    assert led.headers["Location"] == reverse("screening_round", args=(found.pk,))
    assert get(house.liaisons["五站"], "screening_report", share.pk).headers["Location"] == "/"
    assert post(house.office, "screening_close", found.pk).status_code == 302
    assert ScreeningRound.objects.get().closed_by_id == house.office.user_id
