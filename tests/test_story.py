"""Plan 1 from its text to its receipts, as one story."""

from datetime import date, datetime
from pathlib import Path
from uuid import uuid4

import pytest
from people import Bureau

from songnuan.audit.checks import verify
from songnuan.funds.checks import check as check_funds
from songnuan.goods.actions import PurchaseItem
from songnuan.goods.checks import check as check_goods
from songnuan.goods.queries import kit_of_plan, stock
from songnuan.journeys.appropriate_fund import appropriate_fund
from songnuan.journeys.approve_plan import approve_plan
from songnuan.journeys.buy_kits import Bought, buy_kits
from songnuan.journeys.import_units import import_units
from songnuan.journeys.load_plan import load_plan
from songnuan.journeys.open_plan import open_plan
from songnuan.journeys.plan_status import plan_status
from songnuan.journeys.record_visit import Problem, record_visit
from songnuan.journeys.submit_plan import submit_plan
from songnuan.kernel.clock import CHINA
from songnuan.kernel.refusal import Refusal
from songnuan.plans.models import Measure
from songnuan.visits.models import Visit

PLANS = Path(__file__).resolve().parents[1] / "plans"
SLUG = "front-line-visits"


def at(day: int, hour: int = 10) -> datetime:
    return datetime(2020, 4, day, hour, tzinfo=CHINA)


@pytest.mark.django_db
def test_plan_1_from_its_text_to_its_receipts(bureau: Bureau) -> None:
    # The officer brings the text and the workbook; the leader signs; the officer sets it in motion.
    plan = load_plan(source=(PLANS / f"{SLUG}.yaml").read_text(), actor=bureau.officer, at=at(6))
    workbook = (PLANS / "samples/front-line-units.xlsx").read_bytes()
    done = import_units(
        content=workbook, slug=SLUG, create_leads=False, dry_run=False, actor=bureau.officer, at=at(6)
    )
    assert (done.rows, done.accepted, done.rejected) == (47, 47, 0)
    request = submit_plan(slug=SLUG, actor=bureau.officer, at=at(6, 11))
    with pytest.raises(Refusal, match=""):
        approve_plan(slug=SLUG, digest=request.digest, actor=bureau.officer, at=at(6, 12))
    approve_plan(slug=SLUG, digest=request.digest, actor=bureau.approver, at=at(6, 15))
    open_plan(slug=SLUG, actor=bureau.officer, at=at(7, 9))

    # Finance books 47 × 300 = 14,100 yuan and buys 94, 47 and 47 boxes; not a fen above the standard.
    kit = kit_of_plan(plan.pk)
    assert kit is not None
    appropriate_fund(
        fund_id=kit.fund_id, amount_minor=47 * 300_00, voucher="记-01", happened_on=date(2020, 4, 7), key=uuid4(),
        actor=bureau.finance, at=at(7),
    )  # fmt: skip
    items = {line.name: line.item_id for line in kit.lines}
    kits = Measure.objects.get(plan=plan, kind="kit_purchase")

    def buy(invoice: str, apple_fen: int) -> None:
        lines = [
            PurchaseItem(items["方便面"], 94, 70_00), PurchaseItem(items["苹果"], 47, apple_fen),
            PurchaseItem(items["梨"], 47, 75_00),
        ]  # fmt: skip
        bought = Bought("澄江粮油副食公司", invoice, date(2020, 4, 7), lines)
        buy_kits(measure_id=kits.pk, bought=bought, key=uuid4(), actor=bureau.finance, at=at(7, 15))

    with pytest.raises(Refusal) as refused:
        buy("08812071", 85_01)
    assert refused.value.code in {"above_standard", "beyond_fund"}
    buy("08812072", 85_00)
    assert {row.name: row.in_store for row in stock(kit.kit_id)} == {"方便面": 94, "苹果": 47, "梨": 47}

    # A liaison visits: report, receipt and problem in one act; the same post twice is one visit.
    visit = Visit.objects.filter(lead_id=bureau.lead_id).order_by("planned_on")[0]
    report, key = bureau.report(at(8), problems=[Problem("夜班岗亭缺取暖设备")]), uuid4()
    for _again in range(2):
        record_visit(visit_id=visit.pk, report=report, key=key, actor=bureau.liaison, at=at(8, 11))

    # The plan itself says how far it is, and everything agrees.
    status = plan_status(slug=SLUG, actor=bureau.officer, at=at(9))
    figures = {row["kind"]: row for clause in status["clauses"] for row in clause["measures"]}
    assert (figures["unit_visits"]["done"], figures["unit_visits"]["due"]) == (1, 47)
    assert (figures["kit_purchase"]["done"], figures["kit_purchase"]["money_minor"]) == (47, 47 * 300_00)
    assert (figures["problems"]["done"], figures["problems"]["due"]) == (0, 1)
    assert status["totals"]["available_minor"] == 0
    assert [*verify(), *check_funds(), *check_goods()] == []
