"""Several hands at one report, a process killed in it, and a served site killed in a burst."""

import os
import subprocess
import sys
from datetime import date
from pathlib import Path
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

import made_database
from emergency.house import CENTRE, EAST, LEAVES, UNITS, ReportHouse, at, event, make_house
from hands import killed_at, together
from songnuan.audit.checks import verify
from songnuan.audit.models import Entry
from songnuan.emergency import report_checks
from songnuan.emergency.actions import Days
from songnuan.emergency.models import ReportCount, ReportPart, ReportSlot, SituationReport
from songnuan.emergency.report_queries import history, node_counts, top_of
from songnuan.jobs.models import OutboxMessage
from songnuan.journeys.excuse_reports import excuse_reports
from songnuan.journeys.pass_part_on import pass_part_on

pytestmark = pytest.mark.django_db(transaction=True)
ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def house(transactional_db: None) -> ReportHouse:  # noqa: ARG001 - real commits
    made = make_house()
    made.open(at(3, 9))
    return made


def nothing_wrong() -> None:
    assert [*report_checks.verify(), *verify()] == []


def test_one_page_sent_several_times_at_once_is_one_report(house: ReportHouse) -> None:
    key = uuid4()
    outcomes = together(*[lambda: house.report("一站", at(3, 10), key=key)] * 4)
    assert outcomes == {"done": 4}
    assert SituationReport.objects.count() == 1
    nothing_wrong()


def test_of_two_who_report_at_once_one_is_told_so(house: ReportHouse) -> None:
    outcomes = together(
        lambda: house.report("一站", at(3, 10)), lambda: house.report("一站", at(3, 10), event(at(3, 9)))
    )
    assert outcomes == {"done": 1, "report_there": 1}
    assert SituationReport.objects.count() == 1
    nothing_wrong()


def test_all_units_at_once_are_all_counted(house: ReportHouse) -> None:
    outcomes = together(*[lambda name=name: house.report(name, at(3, 10)) for name in UNITS])
    assert outcomes == {"done": len(UNITS)}
    top = top_of(house.slot("一站").period_id)
    assert top is not None
    assert (top.tally.received, top.changes) == (len(UNITS), len(UNITS))
    nothing_wrong()


def test_an_excuse_at_the_moment_of_the_report_is_counted_once(house: ReportHouse) -> None:
    days = Days(date(2020, 2, 3), date(2020, 2, 3))
    outcomes = together(
        lambda: house.report("一站", at(3, 10)),
        lambda: excuse_reports(
            measure_id=house.measure.pk,
            unit_id=house.units["一站"],
            days=days,
            reason="停业",
            actor=house.office,
            at=at(3, 10),
        ),
    )
    assert outcomes == {"done": 2}
    slot = house.slot("一站")
    assert (slot.version, slot.is_excused) == (1, True)
    nothing_wrong()


def test_a_part_passed_on_while_a_correction_comes_in_has_seen_it_or_is_open(
    house: ReportHouse,
) -> None:
    for name in (EAST, "一站", "二站", "三站"):
        house.report(name, at(3, 10))
    period = house.slot("一站").period_id
    outcomes = together(
        lambda: house.report("一站", at(3, 11), event(at(3, 9), reason="补报")),
        lambda: pass_part_on(
            period_id=period,
            unit_id=house.units[EAST],
            words="已核对",
            named=[],
            actor=house.liaisons[EAST],
            at=at(3, 11),
        ),
    )
    assert outcomes == {"done": 2}
    [east] = node_counts(period, node=house.units[EAST])
    assert ReportPart.objects.get().changes in {east.changes, east.changes - 1}
    nothing_wrong()


@pytest.mark.once
def test_a_report_killed_at_any_statement_is_whole_or_absent(house: ReportHouse) -> None:
    tables = (SituationReport, Entry, OutboxMessage)
    key, statement = uuid4(), 0

    def state() -> list[object]:
        counted = ReportCount.objects.order_by("pk").values_list("received", "changes")
        return [*(table.objects.count() for table in tables), *counted, house.slot("一站").version]

    before = state()
    while killed_at(
        statement := statement + 1, lambda: house.report("一站", at(3, 10), event(at(3, 9)), key=key)
    ):
        assert state() == before, f"half a report was left by a kill at statement {statement}"
    assert statement > 8
    assert SituationReport.objects.count() == 1
    house.report("一站", at(3, 11), event(at(3, 9)), key=key)
    assert SituationReport.objects.count() == 1
    nothing_wrong()


def test_a_report_costs_the_same_few_statements_wherever_the_unit_stands(house: ReportHouse) -> None:
    for name in LEAVES[:2]:  # the chains of the trail are there from then on
        house.report(name, at(3, 10))
    house.open(at(4, 8))
    told = []
    for name in LEAVES[:2]:
        slot = house.slot(name).pk
        with CaptureQueriesContext(connection) as asked:
            house.report(name, at(4, 10), slot_id=slot)
        told.append(len(asked))
    assert told[0] == told[1] <= 11


def test_the_board_of_a_year_asks_two_questions(house: ReportHouse) -> None:
    house.open(at(3, 10).replace(month=6))
    with CaptureQueriesContext(connection) as asked:
        rows = history(house.measure.pk, house.units[CENTRE])
    assert len(rows) == 122
    assert len(asked) == 2
    assert ReportSlot.objects.count() == 122 * len(UNITS)


@pytest.mark.once
def test_a_served_site_that_is_killed_in_a_burst_loses_and_doubles_nothing(tmp_path: Path) -> None:
    """The clients try again under the same keys; `bench_reports` proves reports, counts and trail."""
    database = tmp_path / "bench.sqlite3"
    made_database.put(database)
    done = subprocess.run(
        [sys.executable, "tools/bench.py", "--reports-killed"],
        cwd=ROOT,
        env={
            **os.environ,
            "BENCH_UNITS": "400",
            "PYTHONPATH": f"{ROOT}/src",
            "DATABASE_URL": f"sqlite:///{database}",
        },
        capture_output=True,
        text=True,
        timeout=500,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "killed and started again 2 times: 400 units, answers {'302': 400}" in done.stdout
    assert "expected 400, reported 400, reports 400, findings 0" in done.stdout
