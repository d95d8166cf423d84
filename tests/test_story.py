"""Plan 1 from its text to its receipts, as one story."""

from datetime import date
from uuid import uuid4

import pytest

from people import PLANS, SLUG, Bureau, at, buy, plan_1_text
from songnuan.audit.checks import verify
from songnuan.funds.checks import verify as check_funds
from songnuan.goods.checks import verify as check_goods
from songnuan.goods.queries import kit_of, stock
from songnuan.journeys.acknowledge_document import acknowledge_document
from songnuan.journeys.appropriate_fund import appropriate_fund
from songnuan.journeys.approve_plan import approve_plan
from songnuan.journeys.import_units import import_units
from songnuan.journeys.issue_plan import issue_plan
from songnuan.journeys.load_plan import load_plan
from songnuan.journeys.open_plan import open_plan
from songnuan.journeys.plan_status import plan_status
from songnuan.journeys.record_visit import Problem, record_visit
from songnuan.journeys.submit_plan import submit_plan
from songnuan.kernel.refusal import Refusal
from songnuan.plans.models import Measure
from songnuan.visits.checks import verify as check_visits
from songnuan.visits.models import Visit


@pytest.mark.django_db
def test_plan_1_from_its_text_to_its_receipts(bureau: Bureau) -> None:
    # The officer brings the text and the workbook; the leader signs; the officer sets it in motion.
    plan = load_plan(source=plan_1_text(), actor=bureau.officer, at=at(6))
    workbook = (PLANS / "samples/front-line-units.xlsx").read_bytes()
    done = import_units(
        content=workbook, slug=SLUG, create_leads=False, dry_run=False, actor=bureau.officer, at=at(6)
    )
    assert (done.rows, done.accepted, done.rejected) == (47, 47, 0)
    request = submit_plan(slug=SLUG, actor=bureau.officer, at=at(6, 11))
    with pytest.raises(Refusal):
        approve_plan(slug=SLUG, digest=request.digest, actor=bureau.officer, at=at(6, 12))
    approve_plan(slug=SLUG, digest=request.digest, actor=bureau.approver, at=at(6, 15))
    notice = issue_plan(slug=SLUG, code="澄水运防", last_given=3, actor=bureau.officer, at=at(6, 16))
    assert (notice.number, notice.receipts.count()) == ("澄水运防〔2020〕4号", 18 + 47)
    open_plan(slug=SLUG, actor=bureau.officer, at=at(7, 9))
    acknowledge_document(
        slug=SLUG, document_id=notice.pk, unit_ids=[bureau.lead_id], actor=bureau.liaison, at=at(7, 10)
    )

    # Finance books 47 × 300 = 14,100 yuan and buys 94, 47 and 47 boxes; not a fen above the standard.
    kit = kit_of(Measure.objects.get(plan=plan, kind="kit_purchase").pk)
    assert kit is not None
    appropriate_fund(
        fund_id=kit.fund_id,
        amount_minor=47 * 300_00,
        voucher="记-01",
        happened_on=date(2020, 4, 7),
        key=uuid4(),
        actor=bureau.finance,
        at=at(7),
    )
    boxes = {"方便面": (94, 70_00), "苹果": (47, 85_00), "梨": (47, 75_00)}
    with pytest.raises(Refusal) as refused:
        buy(bureau, plan, boxes | {"苹果": (47, 85_01)}, "08812071")
    assert refused.value.code == "above_standard"
    buy(bureau, plan, boxes, "08812072")
    assert {row.item: row.in_store for row in stock(kit.kit_id, units=47)} == {
        "方便面": 94,
        "苹果": 47,
        "梨": 47,
    }

    # A liaison visits: report, receipt and problem in one act; the same post twice is one visit.
    visit = Visit.objects.filter(lead_id=bureau.lead_id).order_by("planned_on")[0]
    report, key = bureau.report(at(8), problems=[Problem("夜班岗亭缺取暖设备")]), uuid4()
    for _again in range(2):
        record_visit(visit_id=visit.pk, report=report, key=key, actor=bureau.liaison, at=at(8, 11))

    # A visit made before the plan was issued is entered afterwards: taken, marked, and not without a reason.
    early = Visit.objects.filter(lead_id=bureau.lead_id).order_by("planned_on")[1]
    before = bureau.report(at(5), entry_reason="方案印发前已经走访")
    with pytest.raises(Refusal) as refused:
        record_visit(
            visit_id=early.pk, report=bureau.report(at(5)), key=uuid4(), actor=bureau.liaison, at=at(8, 12)
        )
    assert refused.value.code == "entry_reason_missing"
    record_visit(visit_id=early.pk, report=before, key=uuid4(), actor=bureau.liaison, at=at(8, 12))
    early.refresh_from_db()
    assert (early.late_entry, early.before_plan, early.entry_reason) == (True, True, "方案印发前已经走访")

    # The plan itself says how far it is, and everything agrees.
    status = plan_status(slug=SLUG, actor=bureau.officer, at=at(9))
    figures = {row["kind"]: row for clause in status["clauses"] for row in clause["measures"]}
    assert (figures["unit_visits"]["done"], figures["unit_visits"]["due"]) == (2, 47)
    assert (figures["kit_purchase"]["done"], figures["kit_purchase"]["money_minor"]) == (47, 47 * 300_00)
    assert (figures["problems"]["done"], figures["problems"]["due"]) == (0, 1)
    assert status["totals"]["available_minor"] == 0
    assert [*verify(), *check_funds(), *check_goods(), *check_visits()] == []
