"""Units come from a workbook; bad rows do not hold up good ones, and nothing is done twice."""

from datetime import date
from io import BytesIO

import pytest
import xlsxwriter

from people import PLANS, SLUG, Bureau, at, open_plan_1
from songnuan.audit.models import Entry
from songnuan.journeys.import_units import import_units
from songnuan.journeys.load_plan import load_plan
from songnuan.journeys.replan_visit import replan_visit
from songnuan.kernel.refusal import NotPermitted, Refusal
from songnuan.organisation.models import Assignment, UnitRecord
from songnuan.organisation.queries import pairs
from songnuan.visits.models import LaterDay, Visit

HEADERS = ["序号", "慰问单位", "联系人", "联系电话", "牵头处室", "拟慰问时间", "延期理由"]
SAMPLE = (PLANS / "samples/front-line-units.xlsx").read_bytes()


def workbook(*rows: tuple[str, ...]) -> bytes:
    """Return a workbook of (unit, phone, lead), and where told (day, reason)."""
    out = BytesIO()
    book = xlsxwriter.Workbook(out)
    sheet = book.add_worksheet("一览表")
    sheet.write_row(0, 0, ["走访慰问单位一览表"])
    sheet.write_row(1, 0, HEADERS)
    for place, (unit, phone, lead, *told) in enumerate(rows):
        day, reason = told or ("2020-04-09", "")
        sheet.write_row(place + 2, 0, [place + 1, unit, "赵守闸", phone, lead, day, reason])
    book.close()
    return out.getvalue()


@pytest.fixture
def slug(bureau: Bureau) -> str:
    load_plan(source=(PLANS / f"{SLUG}.yaml").read_text(), actor=bureau.officer, at=at(6))
    return SLUG


def run(
    bureau: Bureau, content: bytes, *, dry_run: bool = False, create_leads: bool = False, day: int = 6
) -> tuple[int, ...]:
    done = import_units(
        content=content,
        slug=SLUG,
        create_leads=create_leads,
        dry_run=dry_run,
        actor=bureau.officer,
        at=at(day),
    )
    return done.rows, done.accepted, done.created, done.changed, done.unchanged, done.rejected


def state() -> tuple[int, int, int]:
    return UnitRecord.objects.count(), Assignment.objects.count(), Entry.objects.count()


@pytest.mark.django_db
def test_a_dry_run_says_the_same_and_changes_nothing(bureau: Bureau, slug: str) -> None:
    before = state()
    assert run(bureau, SAMPLE, dry_run=True) == (47, 47, 47, 0, 0, 0)
    assert state() == before
    assert run(bureau, SAMPLE) == (47, 47, 47, 0, 0, 0)
    assert len(pairs(slug, at(6).date())) == 47


@pytest.mark.django_db
def test_the_same_workbook_again_changes_nothing(bureau: Bureau, slug: str) -> None:
    run(bureau, SAMPLE)
    records, assignments, _entries = state()
    assert run(bureau, SAMPLE, day=7) == (47, 47, 0, 0, 47, 0)
    assert state()[:2] == (records, assignments)
    assert len(pairs(slug, at(7).date())) == 47


@pytest.mark.django_db
def test_rejected_rows_are_named_and_do_not_hold_up_the_others(bureau: Bureau, slug: str) -> None:
    content = workbook(
        ("东港船闸管理所", "19900000001", "航道处"),
        ("西港船闸管理所", "12345", "航道处"),
        ("南浦船闸管理所", "19900000003", "无此处"),
        ("东港船闸管理所", "19900000004", "航道处"),
    )
    done = import_units(
        content=content, slug=slug, create_leads=False, dry_run=False, actor=bureau.officer, at=at(6)
    )
    assert (done.rows, done.accepted, done.rejected) == (4, 1, 3)
    assert [(problem.row, problem.code) for problem in done.problems] == [
        (4, "phone_invalid"),
        (5, "unit_unknown"),
        (6, "duplicate_in_file"),
    ]
    assert [pair.unit_name for pair in pairs(slug, at(6).date())] == ["东港船闸管理所"]


@pytest.mark.django_db
def test_unknown_leads_are_created_when_asked(bureau: Bureau, slug: str) -> None:
    content = workbook(("南浦船闸管理所", "19900000003", "水文处"))
    assert run(bureau, content, create_leads=True) == (1, 1, 1, 0, 0, 0)
    assert [pair.lead_name for pair in pairs(slug, at(6).date())] == ["水文处"]


@pytest.mark.django_db
def test_a_lead_that_is_a_front_line_unit_is_rejected_and_said_so(bureau: Bureau, slug: str) -> None:
    run(bureau, workbook(("东港船闸管理所", "19900000001", "航道处")))
    content = workbook(("西港船闸管理所", "19900000002", "东港船闸管理所"))
    done = import_units(
        content=content, slug=slug, create_leads=False, dry_run=False, actor=bureau.officer, at=at(7)
    )
    assert [(problem.row, problem.code) for problem in done.problems] == [(3, "unit_unknown")]


@pytest.mark.django_db
def test_whoever_may_not_import_changes_nothing(bureau: Bureau, slug: str) -> None:
    before = UnitRecord.objects.count(), Assignment.objects.count()
    with pytest.raises(NotPermitted):
        import_units(
            content=SAMPLE, slug=slug, create_leads=False, dry_run=False, actor=bureau.finance, at=at(6)
        )
    assert (UnitRecord.objects.count(), Assignment.objects.count()) == before


@pytest.mark.django_db
@pytest.mark.parametrize("content", [b"", b"PK\x03\x04 broken", b"<html>", SAMPLE[:4000]])
def test_what_is_no_workbook_is_refused_with_a_sentence(bureau: Bureau, slug: str, content: bytes) -> None:
    before = UnitRecord.objects.count()
    with pytest.raises(Refusal) as refused:
        import_units(
            content=content, slug=slug, create_leads=False, dry_run=False, actor=bureau.officer, at=at(6)
        )
    assert refused.value.code == "unreadable"
    assert UnitRecord.objects.count() == before


UNIT = ("东港船闸管理所", "19900000001")


@pytest.mark.django_db
def test_a_row_after_the_deadline_without_a_reason_is_rejected_with_its_unit(
    bureau: Bureau, slug: str
) -> None:
    content = workbook(
        (*UNIT, "航道处", "2020-04-24", ""),
        ("西港船闸管理所", "19900000002", "航道处", "2020-04-24", "汛期停航"),
        ("南浦船闸管理所", "19900000003", "航道处", "2020-04-20", "用不着的理由"),
    )
    done = import_units(
        content=content, slug=slug, create_leads=False, dry_run=False, actor=bureau.officer, at=at(6)
    )
    assert [(problem.row, problem.column, problem.code) for problem in done.problems] == [
        (3, "拟慰问时间", "late_reason_missing")
    ]
    assert "东港船闸管理所" in done.problems[0].message
    assert "4月21日" in done.problems[0].message
    kept = {pair.unit_name: (pair.planned_on, pair.late_reason) for pair in pairs(slug, at(6).date())}
    assert kept == {
        "西港船闸管理所": (date(2020, 4, 24), "汛期停航"),
        "南浦船闸管理所": (date(2020, 4, 20), ""),
    }


@pytest.mark.django_db
def test_a_new_lead_or_a_new_day_is_a_change(bureau: Bureau, slug: str) -> None:
    run(bureau, workbook((*UNIT, "航道处"), ("西港船闸管理所", "19900000002", "航道处")))
    content = workbook((*UNIT, "审计处"), ("西港船闸管理所", "19900000002", "航道处", "2020-04-10", ""))
    done = import_units(
        content=content, slug=slug, create_leads=False, dry_run=False, actor=bureau.officer, at=at(7)
    )
    assert (done.accepted, done.created, done.changed, done.unchanged) == (2, 0, 2, 0)
    assert (done.pairs_created, done.pairs_changed) == (0, 2)
    assert run(bureau, content, day=7) == (2, 2, 0, 0, 2, 0)


@pytest.mark.django_db
def test_in_a_running_plan_a_visit_follows_the_day_told_anew_and_no_other(bureau: Bureau) -> None:
    open_plan_1(bureau)
    pair = next(row for row in pairs(SLUG, at(8).date()) if row.lead_id == bureau.lead_id)
    visit = Visit.objects.get(unit_id=pair.unit_id)
    replan_visit(
        visit_id=visit.pk, planned_on=date(2020, 4, 14), late_reason="", actor=bureau.liaison, at=at(8)
    )
    assert run(bureau, SAMPLE, day=8) == (47, 47, 0, 0, 47, 0)
    visit.refresh_from_db()
    assert visit.planned_on == date(2020, 4, 14), "the same workbook again does not undo what was set since"
    row = (pair.unit_name, "19900000001", pair.lead_name, "2020-04-24", "汛期停航")
    run(bureau, workbook(row), day=8)
    visit.refresh_from_db()
    assert visit.planned_on == date(2020, 4, 14), "a later day only waits"
    asked = LaterDay.objects.get()
    assert (asked.day, asked.reason, asked.status) == (date(2020, 4, 24), "汛期停航", "waiting")
    run(bureau, workbook((*row[:3], "2020-04-15", "")), day=9)
    visit.refresh_from_db()
    asked.refresh_from_db()
    assert (visit.planned_on, asked.status) == (date(2020, 4, 15), "withdrawn")


@pytest.mark.django_db
def test_a_row_that_would_move_a_visit_to_a_day_over_is_rejected(bureau: Bureau) -> None:
    open_plan_1(bureau)
    pair = next(row for row in pairs(SLUG, at(8).date()) if row.lead_id == bureau.lead_id)
    before = Visit.objects.values().get(unit_id=pair.unit_id), pairs(SLUG, at(8).date())
    content = workbook((pair.unit_name, "19900000001", pair.lead_name, "2020-04-07", ""))
    done = import_units(
        content=content, slug=SLUG, create_leads=False, dry_run=False, actor=bureau.officer, at=at(8)
    )
    assert [problem.code for problem in done.problems] == ["planned_in_past"]
    assert (Visit.objects.values().get(unit_id=pair.unit_id), pairs(SLUG, at(8).date())) == before


def test_a_day_more_than_a_year_ahead_is_rejected_and_days_are_written_for_people(
    bureau: Bureau, slug: str
) -> None:
    rows = (
        ("东港船闸管理所", "19912345678", "航道处", "2021-06-09", "年份有误"),
        ("西港船闸管理所", "19912345679", "航道处", "2020-04-24", ""),
        ("南浦船闸管理所", "19912345670", "航道处", "2020-04-20", ""),
    )
    content = workbook(*rows)
    for dry_run in (True, False):
        done = import_units(
            content=content, slug=slug, create_leads=True, dry_run=dry_run, actor=bureau.officer, at=at(6)
        )
        assert (done.accepted, [problem.code for problem in done.problems]) == (
            1,
            ["planned_too_far", "late_reason_missing"],
        )
        far, late = (problem.message for problem in done.problems)
        assert "2021年6月9日" in far
        assert "4月24日" in late
        assert "4月21日" in late
    assert [pair.unit_name for pair in pairs(slug, date(2020, 4, 6))] == ["南浦船闸管理所"]
