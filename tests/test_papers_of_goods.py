"""Papers of goods: every figure on them is that of the ledger."""

import io
from collections import defaultdict
from collections.abc import Sequence
from datetime import date, datetime
from typing import Any
from uuid import uuid4

import pytest
from python_calamine import CalamineWorkbook

from people import SLUG, Bureau, at, buy, hand_over, open_plan_1
from put_back import put_back
from songnuan.audit.models import Entry
from songnuan.documents import sheet_pdf, sheet_xlsx
from songnuan.documents.sheet_paper import Kind, SheetPaper, Signed
from songnuan.funds.queries import balance
from songnuan.goods.gifts import Gift, GiftLine, Handing
from songnuan.goods.handed import hand_over_list
from songnuan.goods.models import Item, StockLevel
from songnuan.goods.queries import kit_of, paid_for
from songnuan.journeys.cancel_purchase import cancel_purchase
from songnuan.journeys.correct_report import correct_report
from songnuan.journeys.goods_paper_rows import GiftLineRow, GiftRow, GoodsLine, _together, stock_rows
from songnuan.journeys.goods_papers import gift_receipt
from songnuan.journeys.make_sheets import SheetOrder, make_sheets
from songnuan.journeys.paper_head import head_of
from songnuan.journeys.record_donation import record_donation
from songnuan.journeys.record_visit import VisitReport, record_visit
from songnuan.kernel.refusal import NotPermitted, Refusal
from songnuan.plans.models import Measure, Plan
from songnuan.visits.models import Visit, VisitForm
from songnuan.visits.receipts import receipts

DAY = at(16)


def made(kind: str, actor: Any, **more: Any) -> list[SheetPaper]:
    return make_sheets(order=SheetOrder(kind, SLUG, **more), address=None, actor=actor, at=DAY)


def column(paper: SheetPaper, heading: str, part: int = 0) -> list[Any]:
    """Return the cells of a column of one part of the table."""
    assert paper.table is not None
    place = [one.heading for one in paper.table.columns].index(heading)
    return [row[place] for group in paper.table.parts[part].groups for row in group.rows]


def totals(paper: SheetPaper, part: int = 0) -> dict[str, int]:
    """Return the sums by the heading of their column."""
    assert paper.table is not None
    (total,) = paper.table.parts[part].totals
    return {paper.table.columns[place].heading: figure for place, figure in total.figures}


def in_workbook(paper: SheetPaper) -> list[list[Any]]:
    book = CalamineWorkbook.from_filelike(io.BytesIO(sheet_xlsx.render([paper])))
    return book.get_sheet_by_index(0).to_python()


def record(bureau: Bureau, visit: Visit, report: VisitReport, *, received: datetime) -> None:
    record_visit(visit_id=visit.pk, report=report, key=uuid4(), actor=bureau.liaison, at=received)


@pytest.fixture
def run(bureau: Bureau) -> tuple[Bureau, Plan, list[Visit]]:
    """Noodles at two prices, one purchase cancelled, two of the liaison's visits made: one entered late."""
    return put_back(("goods and two visits", bureau), lambda: _run(bureau))


def _run(bureau: Bureau) -> tuple[Bureau, Plan, list[Visit]]:
    plan = open_plan_1(bureau)
    wrong = buy(bureau, plan, {"方便面": (10, 60_00)}, "0009")
    buy(bureau, plan, {"方便面": (3, 68_00)}, "0001")
    buy(bureau, plan, {"方便面": (44, 70_05), "苹果": (47, 60_00), "梨": (47, 60_00)}, "0002")
    cancel_purchase(purchase_id=wrong, reason="票据抬头有误", key=uuid4(), actor=bureau.finance, at=at(8, 8))
    visits = list(Visit.objects.filter(lead_id=bureau.lead_id).order_by("planned_on", "pk"))
    record(bureau, visits[0], bureau.report(at(8)), received=at(8))
    late = bureau.report(at(9), signature=b"", confirmed_by_name=True, entry_reason="当日无网络")
    record(bureau, visits[1], late, received=at(12))
    return bureau, plan, visits


def kit_id(plan: Plan) -> int:
    kit = kit_of(Measure.objects.get(plan=plan, kind="kit_purchase").pk)
    assert kit is not None
    return kit.kit_id


@pytest.mark.django_db
def test_the_list_of_purchases_adds_up_to_what_the_fund_paid(run: Any) -> None:
    bureau, plan, _visits = run
    (paper,) = made("purchases", bureau.finance)
    paid = paid_for(kit_id(plan))
    fund = Measure.objects.get(plan=plan, kind="kit_purchase")
    kit = kit_of(fund.pk)
    assert kit is not None
    assert totals(paper) == {"金额": paid}
    assert paid == balance(kit.fund_id).disbursed == sum(column(paper, "金额"))
    assert [
        (item, quantity, price)
        for item, quantity, price in zip(
            *(column(paper, name) for name in ("品名", "数量", "单价")), strict=True
        )
    ] == [("方便面", 3, 6800), ("方便面", 44, 7005), ("苹果", 47, 6000), ("梨", 47, 6000)]
    # What was cancelled stands below, and its sum nowhere.
    assert paper.table is not None
    assert paper.table.parts[1].is_struck
    assert paper.table.parts[1].totals == ()
    assert column(paper, "发票号", part=1) == ["0009"]
    assert "票据抬头有误" in paper.note
    sums = [row[6] for row in in_workbook(paper) if row[0] == "合计"]
    assert [round(one * 100) for one in sums] == [paid]


@pytest.mark.django_db
def test_the_receipt_sheet_says_what_left_the_store_and_at_which_price(run: Any) -> None:
    bureau, plan, _visits = run
    (paper,) = made("receipts", bureau.finance)
    levels = StockLevel.objects.filter(lot__store__plan=plan, place__startswith="unit:")
    assert totals(paper)["数量"] == sum(levels.values_list("quantity", flat=True)) == 8
    # Three boxes of noodles came at 68.00; of those at 70.05, one went out and 43 are in store.
    assert totals(paper)["金额"] == 3 * 68_00 + 70_05 + 4 * 60_00
    assert totals(paper)["金额"] == paid_for(kit_id(plan)) - 43 * 70_05 - 90 * 60_00
    assert totals(paper)["金额"] == sum(column(paper, "金额"))
    assert column(paper, "数量") == [2, 1, 1, 1, 1, 1, 1]
    signed = {cell.words for cell in column(paper, "签收人") if isinstance(cell, Signed)}
    assert signed == {"赵*江（屏幕签名）", "赵*江（具名确认）"}
    assert all(cell.picture for cell in column(paper, "签收人") if "屏幕" in cell.words)
    assert "2020-04-09（补录）" in column(paper, "日期")
    assert set(column(paper, "经办")) == {bureau.liaison.label}


@pytest.mark.django_db
def test_rows_for_units_still_to_come_are_blank_and_count_nowhere(run: Any) -> None:
    bureau, _plan, _visits = run
    (plain,), (longer,) = made("receipts", bureau.finance), made("receipts", bureau.finance, with_blanks=True)
    assert totals(plain) == totals(longer)
    assert len({*column(longer, "单位/姓名")}) == 47
    blank = [row for row, day in zip(_rows(longer), column(longer, "日期"), strict=True) if day is None]
    assert len(blank) == 45 * 3
    assert all(row[6] is None and row[7] is None and row[8] is None for row in blank)
    assert "待领取45个单位" in longer.lines[-1]


def _rows(paper: SheetPaper) -> list[Sequence[Any]]:
    assert paper.table is not None
    return [row for part in paper.table.parts for group in part.groups for row in group.rows]


@pytest.mark.django_db
def test_a_kit_handed_over_later_has_the_signature_of_then(run: Any) -> None:
    bureau, _plan, visits = run
    call = {"form": VisitForm.CALL, "form_reason": "封闭值守", "signature": b"", "inspection": ()}
    record(bureau, visits[2], bureau.report(at(13), **call), received=at(13))
    hand_over(visits[2].pk, bureau.liaison, at(14), receiver_name="钱守河")
    (paper,) = made("receipts", bureau.finance)
    assert column(paper, "签收人")[-1].words.startswith("钱*河（")
    assert column(paper, "单位/姓名")[-1].endswith("（走访后补发）")


@pytest.mark.django_db
def test_a_corrected_report_leaves_the_receipt_of_its_goods(run: Any) -> None:
    bureau, plan, visits = run
    (before,) = made("receipts", bureau.finance)
    seen = receipts(plan, DAY.date())
    correct_report(
        visit_id=visits[0].pk,
        version=1,
        report=bureau.report(at(8, 9), signature=b"", receiver_name="", conditions="食宿有保障。"),
        reason="时间写错",
        key=uuid4(),
        actor=bureau.liaison,
        at=at(12),
    )
    (after,) = made("receipts", bureau.finance)
    assert _rows(after) == _rows(before)
    told = [(row.signature_id, row.by_name, row.receiver, row.is_later) for row in seen]
    again = [
        (row.signature_id, row.by_name, row.receiver, row.is_later) for row in receipts(plan, DAY.date())
    ]
    assert again == told
    (register, *_rest) = made("visit_register", bureau.officer)
    assert "补发" not in str(_rows(register))


@pytest.mark.django_db
def test_the_stock_card_ends_at_what_the_store_holds(run: Any) -> None:
    bureau, plan, _visits = run
    (paper,) = made("stock_card", bureau.finance)
    assert paper.table is not None
    levels: dict[str, int] = defaultdict(int)
    in_store = StockLevel.objects.filter(lot__store__plan=plan, place="store")
    for item, packs in in_store.values_list("lot__item__name", "quantity"):
        levels[item] += packs
    for part, of_item in enumerate(paper.table.parts):
        item = of_item.title.partition("（")[0]
        assert totals(paper, part)["结存"] == column(paper, "结存", part)[-1] == levels[item]
        assert totals(paper, part)["入库"] - totals(paper, part)["出库"] == levels[item]
        came, left, balance_after = 0, 0, []
        for one, other in zip(column(paper, "入库", part), column(paper, "出库", part), strict=True):
            came, left = came + (one or 0), left + (other or 0)
            balance_after.append(came - left)
        assert balance_after == column(paper, "结存", part)
    sources = column(paper, "来源（采购/捐赠）")
    assert sources[:3] == ["采购（澄江粮油副食公司）"] * 3
    assert sources[3].endswith("（澄江粮油副食公司）")
    assert column(paper, "出库")[3] == 10
    assert {row.item for row in stock_rows(plan, is_full=False)} == {"方便面", "苹果", "梨"}


@pytest.mark.django_db
def test_every_kind_of_paper_is_made_as_pdf(run: Any) -> None:
    bureau, _plan, _visits = run
    for kind in ("receipts", "purchases", "stock_card"):
        assert sheet_pdf.render(made(kind, bureau.finance)).content.startswith(b"%PDF")


@pytest.mark.django_db
def test_names_are_masked_unless_finance_needs_them_and_every_making_is_a_look(run: Any) -> None:
    bureau, _plan, _visits = run
    before = Entry.objects.filter(action="records.make_paper").count()
    for actor in (bureau.office, bureau.inspector, bureau.officer):
        with pytest.raises(NotPermitted):
            made("receipts", actor, is_full=True)
        assert "赵守江" not in str(made("receipts", actor))
    assert "赵守江" in str(made("receipts", bureau.finance, is_full=True))
    looks = Entry.objects.filter(action="records.make_paper").order_by("pk")[before:]
    assert [look.actor_label for look in looks] == [
        one.label for one in (bureau.office, bureau.inspector, bureau.officer, bureau.finance)
    ]
    assert '"unmasked":true' in looks[3].facts
    assert '"unmasked":false' in looks[0].facts


@pytest.mark.django_db
def test_who_does_not_see_the_fund_makes_no_paper_of_it(run: Any) -> None:
    bureau, _plan, _visits = run
    looks = Entry.objects.filter(action="records.make_paper").count()
    for kind in ("receipts", "purchases", "stock_card"):
        for actor in (bureau.liaison, bureau.stranger):
            with pytest.raises(NotPermitted):
                made(kind, actor)
    assert Entry.objects.filter(action="records.make_paper").count() == looks


@pytest.mark.django_db
def test_before_anything_is_bought_there_is_no_paper(bureau: Bureau) -> None:
    open_plan_1(bureau)
    for kind in ("receipts", "purchases", "stock_card", "visit_register"):
        with pytest.raises(Refusal) as refused:
            made(kind, bureau.officer)
        assert refused.value.code == "sheet_empty"
    with pytest.raises(Refusal) as refused:
        made("poem", bureau.officer)
    assert refused.value.code == "sheet_unknown"


@pytest.mark.django_db
def test_a_gift_is_receipted_with_its_value_in_figures_and_in_words(bureau: Bureau) -> None:
    plan = open_plan_1(bureau)
    mask = GoodsLine("医用口罩", "17.5×9.5cm", "只", 2_000, 1_60)
    liquid = GoodsLine("消毒液", "500ml", "瓶", 42, 15_25)
    gift = GiftRow(
        number="捐〔2020〕1号",
        donor="澄江航运商会",
        lines=(GiftLineRow(mask, "20200301", date(2022, 3, 1)), GiftLineRow(liquid, "", None)),
        total_minor=3_840_50,
        day=date(2020, 4, 2),
        received_by="苏知安",
        unit="",
        valued_by="发票",
        late_reason="方案开始前接收",
    )
    paper = gift_receipt(gift, head=head_of(plan, DAY.date()), is_full=True)
    assert totals(paper) == {"价值（元）": 3_840_50}, "boxes are not added to cans"
    assert paper.table is not None
    assert paper.table.parts[0].totals[0].words.endswith("人民币叁仟捌佰肆拾元零伍角")
    assert paper.table.columns[8].kind is Kind.MONEY
    assert "2020年4月2日（补录）" in str(paper.entries)
    assert "补录原因：方案开始前接收。" in paper.note
    assert sheet_pdf.render([paper]).content


@pytest.mark.django_db
def test_a_unit_that_got_a_part_is_counted_once(run: Any) -> None:
    bureau, _plan, visits = run
    noodles = Item.objects.get(name="方便面").pk
    part = bureau.report(at(13), handed={noodles: 2}, short_reason="水果次日送达")
    record(bureau, visits[2], part, received=at(13))
    (plain,), (longer,) = made("receipts", bureau.finance), made("receipts", bureau.finance, with_blanks=True)
    assert plain.lines[-1] == "已领取2个单位，部分领取1个单位"
    assert longer.lines[-1] == "已领取2个单位，部分领取1个单位，待领取44个单位"
    hand_over(visits[2].pk, bureau.liaison, at(14))
    (whole,) = made("receipts", bureau.finance)
    assert whole.lines[-1] == "已领取3个单位"


@pytest.mark.django_db
def test_lines_of_a_unit_stand_in_the_order_of_the_kit(run: Any) -> None:
    bureau, plan, _visits = run
    rows = hand_over_list(plan.pk)
    mixed = _together(rows[::-1], {"方便面": 0, "苹果": 1, "梨": 2})  # booked the other way round
    assert list(dict.fromkeys(line.item for line in mixed)) == ["方便面", "苹果", "梨"]
    (paper,) = made("receipts", bureau.finance)
    assert list(dict.fromkeys(column(paper, "品名"))) == ["方便面", "苹果", "梨"]


@pytest.mark.django_db
def test_the_stock_card_says_what_never_lay_in_the_store(run: Any) -> None:
    bureau, plan, visits = run
    (before,) = made("stock_card", bureau.finance)
    assert "直接送达" not in before.note
    assert "同日各笔按登记先后排列" in before.note
    record_donation(
        plan_id=plan.pk,
        gift=Gift(
            donor="澄江市慈善总会",
            donor_kind="organisation",
            donated_on=date(2020, 4, 14),
            valuation="invoiced",
            lines=(GiftLine("84消毒液", "桶", 20, 38_00),),
            handing=Handing("梁守闸", confirmed_by_name=True),
            unit_id=visits[0].unit_id,
        ),
        signature=b"",
        key=uuid4(),
        actor=bureau.office,
        at=at(14),
    )
    (after,) = made("stock_card", bureau.finance)
    assert after.note.startswith("注：另有1笔捐赠由捐赠方直接送达单位，未经入库")
    assert _rows(after) == _rows(before)
