"""Papers of gifts: lots on the stock card, signatures of units, and the receipt that the giver gets."""

from datetime import date
from typing import Any
from uuid import uuid4

import pytest

from people import SLUG, Bureau, at, open_plan_1
from songnuan.cli.drawing import signature
from songnuan.documents import sheet_pdf
from songnuan.documents.sheet_paper import SheetPaper, Signed, shown
from songnuan.goods.cards import donation_card
from songnuan.goods.gifts import Gift, GiftLine, Handing
from songnuan.goods.models import Donation, Lot
from songnuan.journeys.cancel_donation import cancel_donation
from songnuan.journeys.issue_goods import issue_goods
from songnuan.journeys.make_sheets import SheetOrder, make_sheets
from songnuan.journeys.record_donation import record_donation
from songnuan.journeys.take_back_issue import take_back_issue
from songnuan.kernel.refusal import NotPermitted, Refusal
from songnuan.plans.models import Plan
from songnuan.visits.models import Visit
from web.browsing import as_, on

MASKS = GiftLine("医用口罩", "只", 2_000, 160, "20200301", date(2021, 3, 1), "平面挂耳式")
LIQUID = GiftLine("消毒液", "瓶", 40, 1_605)


def made(kind: str, actor: Any, **more: Any) -> list[SheetPaper]:
    return make_sheets(order=SheetOrder(kind, SLUG, **more), address=None, actor=actor, at=at(16))


@pytest.fixture
def given(bureau: Bureau) -> tuple[Bureau, Plan, list[int]]:
    """One gift into the store, before the plan began; one straight to a unit, which signed."""
    plan = open_plan_1(bureau)
    unit_id = Visit.objects.filter(lead_id=bureau.lead_id).order_by("pk")[0].unit_id
    store = Gift(
        "澄江航运商会",
        "organisation",
        date(2020, 4, 2),
        "invoiced",
        (MASKS, LIQUID),
        Handing("苏知安", None, True),
        None,
        "方案开始前接收",
    )
    straight = Gift(
        "澄江航运商会", "organisation", date(2020, 4, 9), "estimated", (LIQUID,), Handing("赵守江"), unit_id
    )
    ids = [
        record_donation(
            plan_id=plan.pk, gift=gift, signature=drawn, key=uuid4(), actor=bureau.officer, at=at(9, 15)
        )
        for gift, drawn in ((store, b""), (straight, signature(7)))
    ]
    return bureau, plan, ids


@pytest.mark.django_db
def test_a_gift_has_its_receipt_with_the_value_that_is_booked(given: Any) -> None:
    bureau, _plan, ids = given
    papers = made("gift_receipts", bureau.finance)
    assert len(papers) == 2
    for paper, pk in zip(papers, ids, strict=True):
        card = donation_card(pk)
        assert card is not None
        assert paper.table is not None
        (total,) = paper.table.parts[0].totals
        assert total.minor == card.total_minor
        is_alike = len({line.packing for line in card.lines}) == 1  # boxes are not added to cans
        assert dict(total.figures) == ({6: card.packs} if is_alike else {}) | {8: card.total_minor}
        assert paper.lines[-1] == f"编号：{card.printed_number}"
    assert papers[0].table is not None
    rows = [group.rows[0] for group in papers[0].table.parts[0].groups]
    assert rows[0][1:] == (
        "医用口罩", "平面挂耳式", "只", "20200301", date(2021, 3, 1), 2_000, 160, 320_000
    )  # fmt: skip
    assert rows[1][4:8] == ("", None, 40, 1_605)
    assert "补录原因：方案开始前接收。" in papers[0].note
    assert "接收人姓名已隐去部分内容。" in papers[0].note
    assert "苏知安" not in str(papers[0].after)
    (full,) = made("gift_receipts", bureau.officer, donation_id=ids[0], is_full=True)
    assert {entry.label: shown(entry.value) for entry in full.after}["接收人"] == "苏知安"
    assert "隐去" not in full.note
    with pytest.raises(NotPermitted):
        made("gift_receipts", bureau.finance, is_full=True)
    assert sheet_pdf.render(papers).content


@pytest.mark.django_db
def test_the_card_names_lot_expiry_and_giver(given: Any) -> None:
    bureau, _plan, _ids = given
    (paper,) = made("stock_card", bureau.finance)
    assert paper.table is not None
    rows = [
        [shown(cell) for cell in row] for part in paper.table.parts for g in part.groups for row in g.rows
    ]
    masks = next(row for row in rows if row[1] == "医用口罩")
    assert masks[2] == "平面挂耳式"
    assert masks[4:10] == ["20200301", "2021年3月1日", "捐赠（澄江航运商会）", "2000", "", "2000"]
    assert masks[0].endswith("（补录）")
    # What went straight to a unit never was in the store.
    assert [row[7] for row in rows if row[1] == "消毒液"] == ["40"]


@pytest.mark.django_db
def test_gifts_stand_apart_on_the_receipt_sheet_and_are_not_the_funds(given: Any) -> None:
    bureau, _plan, _ids = given
    (paper,) = made("receipts", bureau.finance)
    assert paper.table is not None
    (part,) = paper.table.parts
    assert part.title.startswith("捐赠物资")
    (row,) = part.groups[0].rows
    assert row[2:8] == ("消毒液", "", "瓶", 40, 1_605, 64_200)
    signed = row[8]
    assert isinstance(signed, Signed)
    assert (signed.words, signed.picture) == ("赵*江（屏幕签名）", signature(7))
    (longer,) = made("receipts", bureau.finance, with_blanks=True)
    assert longer.table is not None
    assert [len(one.groups) for one in longer.table.parts] == [47, 1]


@pytest.mark.django_db
def test_the_page_of_a_gift_offers_its_receipt(given: Any) -> None:
    bureau, _plan, ids = given
    client = as_(bureau.finance)
    with on(at(16)):
        page = client.get(f"/donations/{ids[0]}/").content.decode()
        assert f'name="donation" value="{ids[0]}"' in page
        answer = client.post(
            f"/plans/{SLUG}/sheets/gift_receipts/", {"form": "docx", "donation": str(ids[0])}
        )
        assert (answer.status_code, answer.content[:2]) == (200, b"PK")
        answer = client.post(f"/plans/{SLUG}/sheets/gift_receipts/", {"form": "docx", "donation": "999"})
        assert answer.status_code == 422
        assert (
            as_(bureau.liaison).post(f"/plans/{SLUG}/sheets/gift_receipts/", {"form": "docx"}).status_code
            == 404
        )


@pytest.mark.django_db
def test_the_register_lists_every_gift_and_counts_what_stands(given: Any) -> None:
    bureau, _plan, ids = given
    values = list(Donation.objects.order_by("number").values_list("total_minor", flat=True))
    (paper,) = made("gifts", bureau.finance)
    assert paper.table is not None
    (part,) = paper.table.parts
    assert [column.heading for column in paper.table.columns] == (
        [
            "序号",
            "日期",
            "捐赠方",
            "品名",
            "规格",
            "单位",
            "数量",
            "单价",
            "价值",
            "接收单位",
            "接收人",
            "凭据号",
            "备注",
        ]
    )
    (total,) = part.totals
    assert total.minor == sum(values)
    assert dict(total.figures) == {8: total.minor}, "pieces are not added to bottles"
    rows = [row for group in part.groups for row in group.rows]
    assert [(row[0], row[3], row[11]) for row in rows] == [
        (1, "医用口罩", "捐-0001"),
        (2, "消毒液", "捐-0001"),
        (3, "消毒液", "捐-0002"),
    ]
    assert (rows[0][1], rows[0][10], rows[0][12]) == ("2020-04-02（补录）", "苏*安", "补录：方案开始前接收")
    assert str(rows[0][9]).endswith("（入库）")
    assert (rows[2][10], rows[2][12]) == ("赵*江", "")
    assert "接收人姓名已隐去部分内容。" in paper.note
    (full,) = made("gifts", bureau.officer, is_full=True)
    assert "赵守江" in str(full.table)
    with pytest.raises(NotPermitted):
        made("gifts", bureau.finance, is_full=True)
    told = {"donation_id": ids[1], "reason": "送错单位", "key": uuid4(), "actor": bureau.officer}
    cancel_donation(**told, at=at(9, 16))
    (paper,) = made("gifts", bureau.finance)
    assert paper.table is not None
    standing, struck = paper.table.parts
    assert [total.minor for total in standing.totals] == values[:1]
    assert (struck.is_struck, struck.totals, struck.groups[0].rows[0][12]) == (True, (), "作废：送错单位")
    assert paper.lines[-1] == "接收捐赠1笔，作废1笔"
    assert sheet_pdf.render([paper]).content
    with pytest.raises(Refusal) as empty:
        made("receipts", bureau.finance)
    assert empty.value.code == "sheet_empty", "what was cancelled nobody signed for"
    client = as_(bureau.finance)
    with on(at(16)):
        assert f"/plans/{SLUG}/sheets/#gifts" in client.get(f"/plans/{SLUG}/donations/").content.decode()
        for form in ("pdf", "xlsx", "docx"):
            assert client.post(f"/plans/{SLUG}/sheets/gifts/", {"form": form}).status_code == 200


@pytest.mark.django_db
def test_what_was_taken_back_stands_twice_on_the_card_and_on_no_receipt_sheet(given: Any) -> None:
    bureau, plan, ids = given
    item_id = Lot.objects.get(gift__donation=ids[0], item__name="医用口罩").item_id
    issue_id = issue_goods(
        plan_id=plan.pk,
        unit_id=Visit.objects.earliest("pk").unit_id,
        packs={item_id: 300},
        happened_on=date(2020, 4, 9),
        handing=Handing("江守渡", None, True),
        signature=b"",
        reason_late="",
        key=uuid4(),
        actor=bureau.officer,
        at=at(9, 16),
    )
    (before,) = made("receipts", bureau.finance)
    take_back_issue(issue_id=issue_id, reason="发错单位", key=uuid4(), actor=bureau.officer, at=at(9, 17))
    (after,) = made("receipts", bureau.finance)
    assert before.table is not None
    assert after.table is not None
    assert [len(paper.table.parts[-1].groups) for paper in (before, after) if paper.table] == [2, 1]
    (card,) = made("stock_card", bureau.finance)
    assert card.table is not None
    rows = [row for part in card.table.parts for g in part.groups for row in g.rows if row[1] == "医用口罩"]
    assert [row[7:10] for row in rows] == [(2_000, "", 2_000), ("", 300, 1_700), (300, "", 2_000)]
    assert (rows[2][6], rows[2][11]) == ("分发撤回", "")
