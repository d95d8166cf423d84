"""Papers of a payment list: every figure is that of the ledger, and no number stands whole unasked."""

import io
import json
import re
import zipfile
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from html import unescape
from typing import Any

import pytest
from django.db.models import Sum
from python_calamine import CalamineWorkbook

from goods.builders import snapshot
from payments.noticing import NUMBERS
from payments.releasing import ACCOUNTS, AFTER, ReleaseHouse, make_release_house
from songnuan.audit.models import Entry as TrailEntry
from songnuan.documents.sheet_paper import SheetPaper
from songnuan.funds.models import Entry, Kind
from songnuan.journeys.make_payment_papers import (
    KINDS,
    PaymentPaperOrder,
    PaymentPapers,
    make_payment_papers,
)
from songnuan.journeys.payment_paper_rows import pay_rows
from songnuan.kernel.actor import Actor
from songnuan.kernel.money import capitals, yuan
from songnuan.kernel.refusal import NotPermitted, Refusal
from songnuan.payments.models import (
    CashReceipt,
    PaymentBatch,
    PaymentInstruction,
    PaymentList,
    PaymentResult,
)
from songnuan.payments.release_queries import paid_of
from songnuan.people.models import Person

pytestmark = pytest.mark.django_db(transaction=True)
TABLES = (PaymentList, PaymentBatch, PaymentInstruction, PaymentResult, CashReceipt, Entry)
MAKING = "songnuan.journeys.make_payment_papers"
WHOLE = (*NUMBERS.values(), *ACCOUNTS.values())


@pytest.fixture
def house() -> ReleaseHouse:
    """One line paid by the bank, one failed, one signed for by a brother and booked."""
    found = make_release_house(released=True)
    found.sign(1, signed_by="买买提·艾力", relation="兄弟")
    found.book_cash()
    found.hand({1: (True, ""), 2: (False, "户名不符")})
    return found


def papers_of(house: ReleaseHouse, kind: str, **more: Any) -> Sequence[SheetPaper]:
    """Make a paper; return what it is drawn from."""
    return made_of(house, kind, **more).papers


def made_of(
    house: ReleaseHouse, kind: str, actor: Actor | None = None, form: str = "xlsx", **more: Any
) -> PaymentPapers:
    """Make a paper, as finance if nobody else is named."""
    order = PaymentPaperOrder(kind, house.list_id, form, **more)
    return make_payment_papers(order=order, actor=actor or house.lists.finance, at=AFTER)


def make(house: ReleaseHouse, kind: str, **more: Any) -> bytes:
    """Make a paper; return the file."""
    return made_of(house, kind, **more).file().content


def column(paper: SheetPaper, heading: str) -> list[Any]:
    """Return the cells of a column."""
    assert paper.table is not None
    place = [one.heading for one in paper.table.columns].index(heading)
    return [row[place] for part in paper.table.parts for group in part.groups for row in group.rows]


def totals(paper: SheetPaper) -> dict[str, int]:
    """Return the sums in fen by their labels, each said in words below it."""
    assert paper.table is not None
    found = {}
    for part in paper.table.parts:
        for total in part.totals:
            assert total.minor is not None
            assert total.minor in dict(total.figures).values()
            assert f"¥{yuan(total.minor)}" in total.words
            assert capitals(total.minor) in total.words
            found[total.label] = total.minor
    return found


def text_of(content: bytes) -> str:
    """Return everything that a Word file or a workbook says."""
    with zipfile.ZipFile(io.BytesIO(content)) as parts:
        return "".join(parts.read(name).decode("utf-8", "replace") for name in parts.namelist())


def looks() -> list[dict[str, Any]]:
    """Return what the trail tells of papers."""
    rows = TrailEntry.objects.filter(action="records.make_paper").order_by("pk")
    return [json.loads(one.facts) for one in rows]


def test_the_sheet_to_sign_has_the_lists_total_and_who_acted(house: ReleaseHouse) -> None:
    (paper,) = papers_of(house, "sign_sheet")
    assert totals(paper) == {"合计": house.row.total_minor}
    assert sum(column(paper, "金额（元）")) == house.row.total_minor == 9000_00
    assert column(paper, "姓名") == ["欧阳娜娜", "张小三", "阿依古丽·买买提"]
    assert column(paper, "身份证号") == ["110101********123X", "440524********0014", "530102********011X"]
    assert column(paper, "银行账号") == ["****3445", "****0123", ""]
    assert column(paper, "标准（元）") == ["5,000.00", "2,000.00", "2,000.00"]
    assert column(paper, "领取方式") == ["银行转账", "银行转账（失败）", "现金"]
    assert column(paper, "领取日期") == [date(2020, 4, 20), None, date(2020, 4, 20)]
    assert column(paper, "代领人及关系") == ["", "", "买买提·艾力（兄弟）"]
    assert [bool(cell) for cell in column(paper, "领取人签字")] == [False, False, True]
    assert paper.foot == ("制表人：工会甲", "复核人：专班己", "负责人：审批乙", "纪检监察：纪检丁", "日期")
    assert paper.is_landscape
    assert "已领取2笔7,000.00元" in paper.lines[-1]


@pytest.mark.parametrize("number", [1, 2])
def test_the_sheet_of_a_batch_has_what_was_released_with_it(house: ReleaseHouse, number: int) -> None:
    (paper,) = papers_of(house, "sign_sheet", batch=number)
    batch = house.batch(number)
    told = PaymentInstruction.objects.filter(batch=batch).aggregate(sum=Sum("amount_minor"))["sum"]
    assert totals(paper) == {"合计": told} == {"合计": batch.total_minor}
    assert column(paper, "序号") == list(range(1, batch.lines_count + 1))


def test_the_detail_sums_each_state_as_the_ledger_has_it(house: ReleaseHouse) -> None:
    (paper,) = papers_of(house, "payment_detail")
    paid, stated = paid_of([house.list_id])[house.list_id], totals(paper)
    assert stated == {
        "已付（2笔）": paid.paid.minor,
        "失败（1笔）": paid.failed.minor,
        "合计（3笔）": house.row.total_minor,
    }
    entries = Entry.objects.filter(subject=f"payments.list:{house.list_id}")
    left = entries.filter(kind=Kind.DISBURSE).aggregate(sum=Sum("amount_minor"))["sum"]
    assert stated["已付（2笔）"] == left == 7000_00
    assert "已支付7,000.00元，退回0.00元，净支付7,000.00元" in paper.lines[-1]
    assert column(paper, "状态") == ["已付", "失败：户名不符", "已付"]
    assert column(paper, "凭证号") == ["付-手工", "", "付-现"]
    assert column(paper, "姓名") == ["欧阳**（123X）", "张*三（0014）", "阿***·***（011X）"]
    assert column(paper, "依据人及关系") == ["甲*（配偶）", "乙*（父母）", "丙*（父母）"]
    assert column(paper, "计算依据")[0] == "支援湖北：一次性5,000.00元。"
    # The workbook holds the same figures, as numbers.
    book = CalamineWorkbook.from_filelike(io.BytesIO(make(house, "payment_detail"))).get_sheet_by_index(0)
    figures = {row[0]: row[7] for row in book.to_python() if str(row[0]).endswith("笔）")}
    assert {label: round(float(str(one)) * 100) for label, one in figures.items()} == stated


def test_what_came_back_and_was_paid_again_still_agrees(house: ReleaseHouse) -> None:
    house.hand({1: (False, "账户已销户")})
    (paper,) = papers_of(house, "payment_detail")
    assert totals(paper)["已退回（1笔）"] == 5000_00
    assert column(paper, "付款日期")[0] == "2020-04-20；2020-04-20退"
    house.end(2)
    (paper,) = papers_of(house, "payment_detail")
    entries = Entry.objects.filter(subject=f"payments.list:{house.list_id}")
    sums = [
        entries.filter(kind=kind).aggregate(sum=Sum("amount_minor", default=0))["sum"]
        for kind in (Kind.DISBURSE, Kind.REFUND)
    ]
    assert totals(paper)["已付（1笔）"] == sums[0] - sums[1] == 2000_00
    assert totals(paper)["不再发放（1笔）"] == 2000_00
    assert f"净支付{yuan(sums[0] - sums[1])}元" in paper.lines[-1]


def test_the_annex_of_a_voucher_is_its_entry(house: ReleaseHouse) -> None:
    house.hand({1: (False, "账户已销户")})
    papers = papers_of(house, "payment_voucher")
    told = [(vouchers, totals(paper)) for paper in papers for vouchers in [column(paper, "凭证号")]]
    assert told == [
        (["付-现"], {"支付合计": 2000_00}),
        (["付-手工"], {"支付合计": 5000_00}),
        (["退-手工"], {"退回合计": 5000_00}),
    ]
    entries = Entry.objects.filter(kind__in=(Kind.DISBURSE, Kind.REFUND)).order_by("pk")
    assert [next(iter(sums.values())) for _vouchers, sums in told] == [one.amount_minor for one in entries]
    facts = {entry.label: entry.value for entry in papers[1].entries}
    assert facts["发放清单"] == "发-0001（3笔，9,000.00元）"
    assert facts["批次"] == "第1批（银行转账，2笔）"
    assert facts["未成功"] == "1笔，2,000.00元，不记账，另行补发"
    assert facts["记账人"] == "财务丙"
    (one,) = papers_of(house, "payment_voucher", batch=2)
    assert totals(one) == {"支付合计": 2000_00}
    assert len(papers_of(house, "payment_voucher", batch=1)) == 2


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("form", ["xlsx", "docx"])
def test_numbers_stand_whole_for_who_releases_alone(house: ReleaseHouse, kind: str, form: str) -> None:
    text = text_of(make(house, kind, actor=house.lists.officer, form=form))
    assert [number for number in WHOLE if number in text] == []
    assert looks()[-1]["unmasked"] is False
    before, seen = snapshot(TABLES), len(looks())
    if KINDS[kind].of_people:
        for actor in (house.lists.officer, house.lists.inspector):
            with pytest.raises(NotPermitted):
                make(house, kind, actor=actor, form=form, is_full=True)
        assert (snapshot(TABLES), len(looks())) == (before, seen)
    text = text_of(make(house, kind, form=form, is_full=True))
    assert looks()[-1]["unmasked"] is KINDS[kind].of_people
    assert looks()[-1]["paper"] == kind
    if kind == "sign_sheet":
        assert all(number in text for number in WHOLE)


def test_of_a_minor_nothing_stands_whole(house: ReleaseHouse) -> None:
    Person.objects.filter(name="张小三").update(restricted=True)
    (paper,) = papers_of(house, "sign_sheet")
    told = [column(paper, heading)[1] for heading in ("姓名", "身份证号", "银行账号")]
    assert told == ["张*三", "****", "****"]
    (paper,) = papers_of(house, "payment_detail")
    assert column(paper, "姓名")[1] == "张*三"


def test_who_is_elsewhere_gets_no_paper(house: ReleaseHouse) -> None:
    for kind in KINDS:
        with pytest.raises(NotPermitted):
            make(house, kind, actor=house.lists.register.union.stranger)
    assert looks() == []


def test_what_is_not_there_is_refused() -> None:
    house = make_release_house()

    def code(kind: str, **more: Any) -> str:
        with pytest.raises(Refusal) as found:
            make(house, kind, **more)
        return found.value.code

    assert code("sign_sheet") == "list_not_released"
    assert code("payment_voucher") == "sheet_empty"
    assert code("anything") == "sheet_unknown"
    (paper,) = papers_of(house, "payment_detail")
    assert totals(paper) == {"未发放（3笔）": 9000_00, "合计（3笔）": 9000_00}
    house.release()
    assert code("sign_sheet", batch=9) == "batch_unknown"
    house.sign(1)
    house.book_cash()
    (paper,) = papers_of(house, "payment_detail")
    assert totals(paper)["待银行回单（2笔）"] == 7000_00
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(f"{MAKING}.DRAWN_MOST", {"pdf": 2, "docx": 2})
        assert code("sign_sheet", form="pdf") == "sheet_too_long"
        assert code("payment_detail", form="docx") == "sheet_too_long"
        make(house, "sign_sheet", form="pdf", batch=1)
        make(house, "sign_sheet", form="xlsx")


@pytest.mark.parametrize("sign", ["=", "+", "-", "@"])
def test_no_cell_is_run_by_a_table_program(house: ReleaseHouse, sign: str) -> None:
    hostile = f"{sign}cmd|' /C calc'!A0"
    texts = ("name", "masked_name", "unit", "rows", "bank", "reason", "proxy", "qualifier", "voucher")
    with pytest.MonkeyPatch.context() as patch:
        changed: dict[str, Any] = dict.fromkeys(texts, hostile)
        patch.setattr(
            f"{MAKING}.pay_rows",
            lambda *told, **more: [replace(one, **changed) for one in pay_rows(*told, **more)],
        )
        for kind in ("sign_sheet", "payment_detail"):
            content = make(house, kind)
            assert "<f>" not in text_of(content)
            with zipfile.ZipFile(io.BytesIO(content)) as parts:
                cells = re.findall(r"<c [^>]*>", parts.read("xl/worksheets/sheet1.xml").decode())
                assert hostile in unescape(parts.read("xl/sharedStrings.xml").decode())
            assert {kind for cell in cells for kind in re.findall(r' t="(\w+)"', cell)} == {"s"}
