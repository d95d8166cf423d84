"""What a strict reader found: one key at one moment, excuses that cross, hundreds missing, a closed plan."""

from datetime import date, datetime
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from emergency.house import (
    CENTRE,
    EAST,
    LEAVES,
    ZERO,
    ReportHouse,
    at,
    event,
    make_house,
    unchanged,
)
from hands import together
from songnuan.audit.checks import verify
from songnuan.documents.official import from_json
from songnuan.emergency import report_checks
from songnuan.emergency.actions import Days, Sent
from songnuan.emergency.models import ReportChase, ReportExcuse, ReportPeriod
from songnuan.emergency.report_rules import Told
from songnuan.jobs.models import OutboxMessage
from songnuan.journeys import chase_reports, report_summary_paper
from songnuan.journeys.chase_reports import chase_missing, chase_report
from songnuan.journeys.excuse_reports import excuse_reports, withdraw_excuse
from songnuan.journeys.pass_part_on import pass_part_on
from songnuan.journeys.report_periods import open_report_periods
from songnuan.journeys.report_situation import report_situation
from songnuan.journeys.report_summary import make_report_summary
from songnuan.kernel.actor import SYSTEM
from songnuan.kernel.clock import CHINA
from songnuan.kernel.prepared import Prepared
from songnuan.kernel.refusal import Refusal
from songnuan.organisation.models import Unit
from songnuan.plans.models import Measure, MeasureStatus
from web.browsing import as_, on


@pytest.fixture
def house(db: None) -> ReportHouse:  # noqa: ARG001 - the tables
    made = make_house()
    made.open(at(3, 9))
    return made


@pytest.fixture
def real_house(transactional_db: None) -> ReportHouse:  # noqa: ARG001 - real commits
    made = make_house()
    made.open(at(3, 9))
    return made


def nothing_wrong() -> None:
    assert [*report_checks.verify(), *verify()] == []


def code_of(act: Any) -> str:
    with pytest.raises(Refusal) as caught:
        act()
    return caught.value.code


def excuse(house: ReportHouse, first: int, last: int, name: str = "一站") -> ReportExcuse:
    days = Days(date(2020, 2, first), date(2020, 2, last))
    facts: dict[str, Any] = {"measure_id": house.measure.pk, "unit_id": house.units[name], "reason": "停业"}
    return excuse_reports(days=days, actor=house.office, at=at(3, 10), **facts)


# At one moment -------------------------------------------------------------------------------------


def test_one_key_for_two_units_at_one_moment_is_taken_once(real_house: ReportHouse) -> None:
    house, key = real_house, uuid4()
    outcomes = together(
        *[
            lambda name=name: house.report(name, at(3, 10), key=key)
            for name in ("一站", "二站", "三站", "四站")
        ]
    )
    assert outcomes == {"done": 1, "key_reused": 3}
    nothing_wrong()


def test_of_two_excuses_that_cross_one_stands(real_house: ReportHouse) -> None:
    house = real_house
    outcomes = together(*[lambda last=last: excuse(house, 3, last) for last in (3, 4, 5)])
    assert outcomes == {"done": 1, "excuse_stands": 2}
    nothing_wrong()


def test_an_excuse_while_its_period_opens_is_in_it(real_house: ReportHouse) -> None:
    house = real_house
    outcomes = together(
        lambda: excuse(house, 4, 6),
        lambda: open_report_periods(actor=SYSTEM, at=at(4, 9)),
        lambda: excuse(house, 4, 6, "二站"),
        lambda: open_report_periods(actor=SYSTEM, at=at(5, 9)),
    )
    assert outcomes == {"done": 4}
    house.open(at(5, 9))
    assert [house.slot(name, day).is_excused for day in (4, 5) for name in ("一站", "二站")] == [True] * 4
    nothing_wrong()


# Periods -------------------------------------------------------------------------------------------


def test_a_measure_that_cannot_open_stops_no_other(house: ReportHouse) -> None:
    plan = house.measure.plan
    wrong = {**house.measure.settings, "due": "25:00"}
    facts: dict[str, Any] = {
        "plan": plan,
        "clause_key": "reports",
        "kind": "situation_reports",
        "status": MeasureStatus.OPEN,
    }
    Measure.objects.create(position=2, key="wrong", settings=wrong, opened_at=at(3), **facts)
    Measure.objects.create(position=3, key="right", settings=house.measure.settings, opened_at=at(3), **facts)
    with pytest.raises(ExceptionGroup):
        open_report_periods(actor=SYSTEM, at=at(4, 9))
    assert ReportPeriod.objects.filter(measure__key="right").count() == 2
    assert ReportPeriod.objects.filter(measure=house.measure).count() == 2


# Who is missing by hundreds ------------------------------------------------------------------------


def test_all_who_are_missing_are_asked_however_many_in_few_questions(
    house: ReportHouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(chase_reports, "MOST", 5)
    period = house.slot("一站").period_id
    act: dict[str, Any] = {"period_id": period, "node_id": house.units[CENTRE], "actor": house.office}
    told = chase_missing(**act, at=at(3, 16, 5))
    assert (told.asked, told.before, told.left) == (5, 0, 3)
    told = chase_missing(**act, at=at(3, 16, 6))
    assert (told.asked, told.before, told.left) == (3, 5, 0)
    told = chase_missing(**act, at=at(3, 16, 7))
    assert (told.asked, told.before, told.left) == (0, 8, 0)
    assert ReportChase.objects.count() == 8
    assert OutboxMessage.objects.filter(topic="situation.chased").count() == 8
    nothing_wrong()


def test_a_liaison_whose_own_report_is_missing_asks_those_below(house: ReportHouse) -> None:
    period = house.slot("一站").period_id
    told = chase_missing(
        period_id=period, node_id=house.units[EAST], actor=house.liaisons[EAST], at=at(3, 16, 5)
    )
    assert told.asked == 3
    assert not ReportChase.objects.filter(slot__unit=house.units[EAST]).exists()
    act: dict[str, Any] = {"period_id": period, "node_id": house.units[EAST], "at": at(3, 16, 6)}
    for who in (house.viewer, house.liaisons["一站"], SYSTEM):
        unchanged(lambda who=who: code_of(lambda: chase_missing(actor=who, **act)))  # type: ignore[misc]
    early: dict[str, Any] = {**act, "at": at(3, 15)}
    assert code_of(lambda: chase_missing(actor=house.office, **early)) == "nothing_missing"


# What is closed, and what is hostile ---------------------------------------------------------------


def test_nothing_is_excused_asked_or_passed_on_of_a_closed_measure(house: ReportHouse) -> None:
    stands = excuse(house, 3, 3)
    slot = house.slot("二站")
    Measure.objects.update(status=MeasureStatus.CLOSED)
    who: dict[str, Any] = {"actor": house.office, "at": at(3, 17)}
    east: dict[str, Any] = {"unit_id": house.units[EAST], "actor": house.liaisons[EAST], "at": at(3, 17)}
    for act in (
        lambda: excuse(house, 5, 6),
        lambda: withdraw_excuse(excuse_id=stands.pk, reason="误办", **who),
        lambda: chase_report(slot_id=slot.pk, way="notice", **who),
        lambda: chase_missing(period_id=slot.period_id, node_id=house.units[CENTRE], **who),
        lambda: pass_part_on(period_id=slot.period_id, words="好", named=[*house.units.values()], **east),
    ):
        found: list[str] = []
        unchanged(lambda act=act, found=found: found.append(code_of(act)))  # type: ignore[misc]
        assert found == ["measure_closed"]


@pytest.mark.parametrize("number", [2**63, 10**40])
def test_a_number_that_no_database_holds_is_no_report(house: ReportHouse, number: int) -> None:
    sent, who = Sent(uuid4()), house.liaisons["一站"]
    act: dict[str, Any] = {"slot_id": number, "told": ZERO, "sent": sent, "actor": who, "at": at(3, 10)}
    assert code_of(lambda: report_situation(**act)) == "slot_unknown"
    with on(at(3, 10)):
        path = reverse("situation_report", args=(number,))
        for kind in ("zero", "event"):
            assert as_(who).post(path, {"key": uuid4(), "kind": kind}).status_code < 500
        assert as_(house.office).get(reverse("situation_period", args=(number,))).status_code == 404
        query = f"{reverse('situation_period', args=(house.slot('一站').period_id,))}?before={number}"
        assert as_(house.office).get(query).status_code == 200


def test_an_event_of_the_year_one_or_one_megabyte_is_refused(house: ReportHouse) -> None:
    first = datetime(1, 1, 1, tzinfo=CHINA)
    last = datetime(9999, 12, 31, 23, 59, tzinfo=CHINA)
    assert code_of(lambda: house.report("一站", at(3, 10), event(first))) == "happened_long_ago"
    assert code_of(lambda: house.report("一站", at(3, 10), event(last))) == "happened_ahead"
    many, slot = "1" * 700_000, house.slot("一站")
    told = {"key": uuid4(), "kind": "event", "category": many, "happened_at": f"x{many}", "words": "热"}
    with on(at(3, 10)):
        answer = as_(house.liaisons["一站"]).post(
            reverse("situation_report", args=(slot.pk,)), {**told, "figure-fever": many}
        )
    assert answer.status_code == 422
    assert {"category", "happened_at", "figure-fever"} == set(answer.context["event"].errors)
    house.report("一站", at(3, 10))
    long = Told("zero", reason="改" * 1_000_000)
    unchanged(lambda: code_of(lambda: house.report("一站", at(3, 11), long)))


# A correction of what somebody else corrected ------------------------------------------------------


def test_a_correction_of_a_version_that_is_no_longer_valid_is_refused(house: ReportHouse) -> None:
    house.report("一站", at(3, 10))
    house.report("一站", at(3, 11), event(at(3, 9), reason="漏报"), corrects=1)
    stale = Told("event", "other", at(3, 9), {}, "别的事", "漏报")
    found: list[str] = []
    unchanged(lambda: found.append(code_of(lambda: house.report("一站", at(3, 12), stale, corrects=1))))
    assert found == ["report_moved_on"]
    assert house.report("一站", at(3, 12), stale, corrects=2).version == 3
    with on(at(3, 13)):
        page = as_(house.liaisons["一站"]).get(reverse("situation_slot", args=(house.slot("一站").pk,)))
    assert '<input type="hidden" name="corrects" value="3">' in page.content.decode()


# The paper -----------------------------------------------------------------------------------------


def test_the_sums_are_of_all_events_however_many_are_told(
    house: ReportHouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(report_summary_paper, "EVENTS_MOST", 2)

    def said(hour: int) -> str:
        made = make_report_summary(period_id=house.slot("一站").period_id, actor=house.office, at=at(3, hour))
        return "\n".join(line.text for line in from_json(made.snapshot).body)

    assert "尚无单位报送。" in said(17)
    for name in LEAVES[:4]:
        house.report(name, at(3, 18), event(at(3, 9)))
    told = said(19)
    assert "合计：发热人数8，密接人数0。" in told
    assert "另有2个单位报告有事" in told


# Prepared statements -------------------------------------------------------------------------------


def test_a_value_that_stands_nowhere_in_the_statement_is_a_fault(db: None) -> None:  # noqa: ARG001 - the tables
    forgets = Prepared(unit=int, other=int)(
        lambda unit, **_other: Unit.objects.filter(pk=unit).values_list("pk")
    )
    changes = Prepared(unit=int)(lambda unit: Unit.objects.filter(pk=unit + 1).values_list("pk"))
    for asked, values in ((forgets, {"unit": 1, "other": 2}), (changes, {"unit": 1})):
        with pytest.raises(RuntimeError, match="stands nowhere"):
            asked.rows(**values)


def test_what_a_liaison_sees_costs_the_same_however_many_days_there_were(house: ReportHouse) -> None:
    asked = []
    for day in (8, 12):
        house.open(at(day, 9))
        client = as_(house.liaisons["一站"])
        with on(at(day, 10)):
            client.get(reverse("situation"))
            with CaptureQueriesContext(connection) as found:
                client.get(reverse("situation"))
        asked.append(len(found))
    assert asked[0] == asked[1]


def test_asking_hundreds_costs_a_fixed_number_of_reads(house: ReportHouse) -> None:
    period = house.slot("一站").period_id
    asked = {}
    for name in (EAST, CENTRE):
        with CaptureQueriesContext(connection) as found:
            chase_missing(
                period_id=period,
                node_id=house.units[name],
                actor=house.office,
                at=at(3, 17 if name == EAST else 18),
            )
        reads = [one for one in found if one["sql"].startswith("SELECT") and "outbox" not in one["sql"]]
        asked[name] = len([one for one in reads if "audit_stream" not in one["sql"]])
    assert asked[EAST] == asked[CENTRE]
