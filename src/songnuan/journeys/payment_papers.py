"""Papers of a payment list: the sheet that is signed, what became of each line, what was booked.

These are texts of the organ and are Chinese whatever the reader's language.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from songnuan.documents.official import chinese_day
from songnuan.documents.sheet_paper import (
    Cell,
    Entry,
    Group,
    Kind,
    Part,
    SheetColumn,
    SheetPaper,
    SheetTable,
    Signed,
    Total,
)
from songnuan.funds.models import Entry as FundEntry
from songnuan.journeys.paper_head import PaperHead
from songnuan.journeys.payment_paper_rows import (
    BACK,
    CHANNELS,
    ENDED,
    FAILED,
    PAID,
    SIGNED,
    STATES,
    PayRow,
)
from songnuan.kernel.money import yuan
from songnuan.organisation.queries import day_of
from songnuan.payments.models import ListAct, PaymentBatch, PaymentList, PaymentResult, Verb
from songnuan.payments.release_models import Source
from songnuan.payments.rules import list_number

SIGN = (
    SheetColumn("序号", 9, Kind.QUANTITY),
    SheetColumn("姓名", 17, is_centred=True),
    SheetColumn("性别", 9, is_centred=True),
    SheetColumn("身份证号", 37, is_centred=True),
    SheetColumn("工作单位/岗位", 24),
    SheetColumn("慰问类别", 19),
    SheetColumn("标准（元）", 17, is_centred=True),
    SheetColumn("天数/人次", 15, is_centred=True),
    SheetColumn("金额（元）", 18, Kind.MONEY),
    SheetColumn("银行账号", 18, is_centred=True),
    SheetColumn("开户行", 18),
    SheetColumn("领取方式", 16, is_centred=True),
    SheetColumn("领取人签字", 19, Kind.SIGN),
    SheetColumn("领取日期", 21, Kind.DAY),
    SheetColumn("代领人及关系", 18, is_centred=True),
)
_WHOLE_WIDTHS: Mapping[str, int] = {"银行账号": 40, "工作单位/岗位": 21, "慰问类别": 18, "开户行": 16}
_AMOUNT = 8
DETAIL = (
    SheetColumn("序号", 8, Kind.QUANTITY),
    SheetColumn("姓名", 23, is_centred=True),
    SheetColumn("单位", 26),
    SheetColumn("慰问类别", 22),
    SheetColumn("依据人及关系", 22, is_centred=True),
    SheetColumn("天数", 8, Kind.QUANTITY),
    SheetColumn("计算依据", 56),
    SheetColumn("金额（元）", 18, Kind.MONEY),
    SheetColumn("发放方式", 15, is_centred=True),
    SheetColumn("状态", 22, is_centred=True),
    SheetColumn("付款日期", 21, is_centred=True),
    SheetColumn("凭证号", 18, is_centred=True),
)
_DETAIL_AMOUNT = 7
VOUCHER = (
    SheetColumn("摘要", 44),
    SheetColumn("凭证号", 26, is_centred=True),
    SheetColumn("日期", 22, Kind.DAY),
    SheetColumn("笔数", 12, Kind.QUANTITY),
    SheetColumn("金额（元）", 26, Kind.MONEY),
)
_SOURCES = {
    Source.FILE.value: "银行回盘文件",
    Source.CASH.value: "现金签收",
    Source.HAND.value: "手工登记",
}
_MASKED = "证件号码、银行账号已隐去部分内容，未成年人的姓名、号码不列全。"
_NAMES_MASKED = "姓名已隐去部分内容，括号内为证件尾号。"
_WHOLE = "本表载有完整的个人信息，仅供发放、记账使用，用后按规定保管。"


@dataclass(frozen=True, slots=True)
class ListPapers:
    """What every paper of a list says about it: head, fund, clause, and who acted."""

    row: PaymentList
    head: PaperHead
    clause: str
    acts: Sequence[ListAct]
    is_full: bool

    @property
    def fund(self) -> str:
        """The fund with the number of its document."""
        return f"{self.row.fund.title}（{self.row.fund.document.number}）"

    @property
    def number(self) -> str:
        """The list's number: 发-0001."""
        return list_number(self.row.number)

    def lines(self, *more: str) -> tuple[str, ...]:
        """Return the lines under a title."""
        version = self.row.reckoning.version
        basis = f"《{version.title}》（{version.document_number}）"
        told = f"发放清单：{self.number}　　发放标准：{basis}"
        return self.head.lines(f"专项资金：{self.fund}", told, *more)

    def by(self, *verbs: Verb) -> str:
        """Return who did something about the list, with whose office it was where that is another's."""
        own = [act for act in self.acts if act.verb in verbs]
        names = []
        for act in own:
            if not act.stood_in:
                holder = next((one for one in own if one.stood_in and one.at == act.at), None)
                names.append(_person(act) + (f"（代{_person(holder)}）" if holder else ""))
        return "、".join(names)

    @property
    def foot(self) -> tuple[str, ...]:
        """Who answers for the list: 制表人、复核人、负责人、纪检监察, and room for the day."""
        return (
            f"制表人：{self.by(Verb.MAKE)}",
            f"复核人：{self.by(Verb.CHECK)}",
            f"负责人：{self.by(Verb.APPROVE)}",
            f"纪检监察：{self.by(Verb.INSPECT)}",
            "日期",
        )


def _person(act: ListAct) -> str:
    return act.person.name or act.person.username


def batch_words(batch: PaymentBatch) -> str:
    """Return what a batch is called: 第2批（现金，1笔）."""
    return f"第{batch.number}批（{CHANNELS[batch.channel]}，{batch.lines_count}笔）"


def sign_sheet(told: ListPapers, rows: Sequence[PayRow], batch: PaymentBatch | None) -> SheetPaper:
    """Return the sheet by which money is signed for with the real name (慰问金发放签收表)."""
    total = sum(row.amount_minor for row in rows)
    got = [row for row in rows if row.state in {PAID, SIGNED}]
    counted = (
        f"应发{len(rows)}笔{yuan(total)}元，已领取{len(got)}笔{yuan(sum(one.amount_minor for one in got))}元"
    )
    which = f"批次：{batch_words(batch)}　　" if batch else ""
    groups = tuple(Group((_signed(row),)) for row in rows)
    return SheetPaper(
        title="慰问金发放签收表（实名）",
        lines=told.lines(f"{which}{counted}"),
        dated_on=told.head.day,
        table=SheetTable(
            _columns(is_full=told.is_full),
            (Part(groups, totals=(Total("合计", ((_AMOUNT, total),), total),)),),
        ),
        foot=told.foot,
        note=told.head.noted(
            _WHOLE if told.is_full else _MASKED,
            "领取人须本人签字；他人代领的，由代领人签本人姓名，并注明与领取人的关系。",
        ),
        is_landscape=True,
    )


def _columns(*, is_full: bool) -> tuple[SheetColumn, ...]:
    """Return the columns; whole accounts take more room than their ends."""
    if not is_full:
        return SIGN
    return tuple(replace(one, width=_WHOLE_WIDTHS.get(one.heading, one.width)) for one in SIGN)


def _signed(row: PayRow) -> tuple[Cell, ...]:
    unpaid = f"（{row.state}）" if row.state in {FAILED, BACK, ENDED} else ""
    is_signed = row.signed_on is not None
    return (
        row.place,
        row.name,
        row.sex,
        row.id_number,
        "/".join(filter(None, (row.unit, row.post))),
        row.rows,
        row.rates,
        row.times,
        row.amount_minor,
        row.account,
        row.bank,
        f"{row.channel}{unpaid}",
        Signed("已签，原件存档") if is_signed else None,
        row.signed_on or (row.paid_on if not unpaid else None),
        row.proxy,
    )


def payment_detail(told: ListPapers, rows: Sequence[PayRow], results: Sequence[PaymentResult]) -> SheetPaper:
    """Return what became of each line of a list (慰问金发放明细), and what the fund paid for it."""
    paid = sum(one.disbursement.amount_minor for one in results if one.disbursement)
    back = sum(one.refund.amount_minor for one in results if one.refund)
    booked = f"专项资金账：已支付{yuan(paid)}元，退回{yuan(back)}元，净支付{yuan(paid - back)}元"
    status = "（已作废）" if told.row.cancelled_at else ""
    groups = tuple(Group((_detail(row),)) for row in rows)
    return SheetPaper(
        title=f"慰问金发放明细{status}",
        lines=told.lines(booked),
        dated_on=told.head.day,
        table=SheetTable(DETAIL, (Part(groups, totals=_by_state(rows)),)),
        foot=told.foot,
        note=told.head.noted(
            _WHOLE if told.is_full else _NAMES_MASKED,
            f"本清单已作废：{told.row.cancelled_why.rstrip('。')}。" if told.row.cancelled_at else "",
        ),
        is_landscape=True,
    )


def _by_state(rows: Sequence[PayRow]) -> tuple[Total, ...]:
    """Return the sum of the lines in each state, and of all of them."""
    totals = []
    for state in STATES:
        minors = [row.amount_minor for row in rows if row.state == state]
        if minors:
            totals.append(_total(f"{state}（{len(minors)}笔）", sum(minors)))
    return (*totals, _total(f"合计（{len(rows)}笔）", sum(row.amount_minor for row in rows)))


def _total(label: str, minor: int) -> Total:
    return Total(label, ((_DETAIL_AMOUNT, minor),), minor)


def _detail(row: PayRow) -> tuple[Cell, ...]:
    days = [row.paid_on.isoformat()] if row.paid_on else []
    days += [f"{row.back_on.isoformat()}退"] if row.back_on else []
    return (
        row.place,
        row.masked_name,
        row.unit,
        row.rows,
        row.qualifier,
        row.days,
        row.why,
        row.amount_minor,
        row.channel,
        f"{row.state}：{row.reason}" if row.reason else row.state,
        "；".join(days),
        "；".join(filter(None, (row.voucher, row.back_voucher))),
    )


def voucher_sheet(told: ListPapers, result: PaymentResult) -> SheetPaper:
    """Return the annex of the voucher by which a result was booked: what was paid, what came back."""
    batch, entry = result.batch, result.disbursement or result.refund
    booked = [
        _entry("支付慰问金", "支付合计", result.paid_count, result.disbursement),
        _entry("退回慰问金（银行退汇）", "退回合计", result.back_count, result.refund),
    ]
    by = entry.entered_by if entry else result.decided_by
    name = (by.name or by.username) if by else ""
    at = entry.at if entry else result.decided_at
    return SheetPaper(
        title="付款凭证附件（记账汇总）",
        lines=told.head.lines(),
        dated_on=told.head.day,
        entries=(
            Entry("专项资金", told.fund, is_wide=True),
            Entry("方案条款", told.clause, is_wide=True),
            Entry("发放清单", f"{told.number}（{told.row.lines_count}笔，{yuan(told.row.total_minor)}元）"),
            Entry("批次", batch_words(batch)),
            Entry("记账依据", f"第{result.number}次结果（{_SOURCES[result.source]}）"),
            Entry("未成功", _failed(result)),
            Entry("记账人", name),
            Entry("记账日期", chinese_day(day_of(at)) if at else ""),
        ),
        table=SheetTable(VOUCHER, tuple(part for part in booked if part)),
        foot=(f"制单人：{name}", "复核人", "负责人", "日期"),
        note=told.head.noted(),
    )


def _entry(what: str, label: str, count: int, entry: FundEntry | None) -> Part | None:
    """Return an entry of the fund as a part of the sheet, with its sum in figures and in words."""
    if entry is None:
        return None
    cells: tuple[Cell, ...] = (what, entry.voucher, entry.happened_on, count, entry.amount_minor)
    total = Total(label, ((3, count), (4, entry.amount_minor)), entry.amount_minor)
    return Part((Group((cells,)),), totals=(total,))


def _failed(result: PaymentResult) -> str:
    if not result.failed_count:
        return "无"
    return f"{result.failed_count}笔，{yuan(result.failed_minor)}元，不记账，另行补发"
