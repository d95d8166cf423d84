"""What calling back came to as a paper (资金发放监督检查记录): a draw, its calls, and holds."""

from collections.abc import Sequence
from datetime import datetime
from itertools import groupby

from django.utils.translation import gettext as _
from django.utils.translation import override

from songnuan.approvals.hold_queries import of_plan
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
    Total,
)
from songnuan.funds.holding import subject_of as fund_subject
from songnuan.journeys.base import journey
from songnuan.journeys.paper_head import head_of, short_day
from songnuan.kernel.actor import Actor
from songnuan.kernel.money import capitals, yuan
from songnuan.kernel.names import mask_name
from songnuan.kernel.refusal import Refusal
from songnuan.organisation.permissions import Permission
from songnuan.organisation.queries import day_of, names_then, require
from songnuan.payments.actions.samples import SAMPLE
from songnuan.payments.models import PaymentList, PaymentSample
from songnuan.payments.rules import list_number, subject_of
from songnuan.payments.sample_models import Kept, Received
from songnuan.payments.sample_pool import measures_paid
from songnuan.payments.sample_queries import Call, DrawnPayment, SampleRow, drawn, row_of
from songnuan.records import actions as records

KIND = "supervision_record"
_ROOM = 3
_COLUMNS = (
    SheetColumn("序号", 5, Kind.QUANTITY),
    SheetColumn("姓名（脱敏）", 10, is_centred=True),
    SheetColumn("单位", 18),
    SheetColumn("发放清单", 9, is_centred=True),
    SheetColumn("发放方式", 8, is_centred=True),
    SheetColumn("金额（元）", 10, Kind.MONEY),
    SheetColumn("回访日期", 9, is_centred=True),
    SheetColumn("是否收到", 12, is_centred=True),
    SheetColumn("是否留存", 16),
    SheetColumn("现金本人签字", 8, is_centred=True),
    SheetColumn("反映情况", 26),
    SheetColumn("回访人", 9, is_centred=True),
)


@journey
def make_supervision_record(*, sample_id: int, actor: Actor, at: datetime) -> SheetPaper:
    """Return the record of a draw as it stands; who made it is noted. Names are masked, nothing is opened.

    Raises:
        Refusal: `sample_unknown`, `not_permitted`.

    """
    rows = PaymentSample.objects.select_related("plan", "payment_list", "drawn_by")
    row = rows.filter(pk=sample_id).first()
    if row is None:
        raise Refusal("sample_unknown", _("There is no such draw. Open it from the page of its list."))
    require(actor, Permission.LIST_INSPECT, unit_id=row.plan.unit_id, at=at)
    records.note_paper(
        stream=f"plan:{row.plan.slug}",
        subject=f"{SAMPLE}:{row.pk}",
        kind=KIND,
        papers=1,
        is_full=False,
        actor=actor,
        at=at,
    )
    with override("zh-hans"):
        return paper_of(row, drawn(row.pk), at)


def paper_of(sample: PaymentSample, payments: Sequence[DrawnPayment], at: datetime) -> SheetPaper:
    """Return the record, in Chinese."""
    head = head_of(sample.plan, day_of(at))
    told = row_of(sample, payments)
    units = names_then({one.unit_id for one in payments}, day_of(at))
    groups = tuple(Group((_line(one, units.get(one.unit_id, "")),)) for one in payments)
    minor = sum(one.booked.amount_minor for one in payments)
    total = Total("抽查金额合计", ((5, minor),), minor)
    return SheetPaper(
        title="资金发放监督检查记录",
        lines=head.lines(),
        dated_on=head.day,
        entries=_entries(told, payments),
        table=SheetTable(_COLUMNS, (Part(groups, totals=(total,)),)),
        after=(
            Entry("发现问题", _found(payments), is_wide=True, lines=_ROOM),
            Entry("处理情况", _handled(sample, payments), is_wide=True, lines=_ROOM),
        ),
        foot=("检查人", "记录人", "纪检监察负责人", "日期"),
        note=head.noted(
            "本记录载有领款人反映的情况，由纪检监察部门保存，不得转交发放经办人员。"
            "姓名已隐去部分内容。抽样种子和校验码用于复核：按同一种子从同一批发放记录中重抽，结果应当一致。"
        ),
        is_landscape=True,
    )


def _entries(told: SampleRow, payments: Sequence[DrawnPayment]) -> tuple[Entry, ...]:
    sample, result = told.sample, told.result
    days = sorted(one.last.happened_on for one in payments if one.last is not None)
    checked = (
        "至".join(dict.fromkeys(chinese_day(day) for day in (days[0], days[-1]))) if days else "尚未回访"
    )
    asked = f"已答复{result.answered}笔，未接通{result.not_reached}笔，未回访{result.open}笔"
    return (
        Entry("监督检查时间", checked),
        Entry("抽样时间及抽样人", f"{chinese_day(day_of(sample.drawn_at))}　{told.drawn_by}"),
        Entry("检查范围", _range(sample), is_wide=True),
        Entry(
            "发放金额",
            f"{sample.population}笔，¥{yuan(sample.total_minor)}（{capitals(sample.total_minor)}）",
            is_wide=True,
        ),
        Entry("抽查数", f"{sample.size}笔（{'各单位按比例，至少1笔' if sample.by_unit else '不分单位'}）"),
        Entry("置信度与误差", f"置信度{sample.confidence}%，误差±{told.margin:.1f}%（最不利情形）"),
        Entry("回访情况", asked),
        Entry("回访结论", _conclusion(told)),
        Entry("抽样种子", sample.seed, is_wide=True),
        Entry("校验码", sample.digest, is_wide=True),
        *((Entry("再次抽样原因", sample.reason, is_wide=True),) if sample.reason else ()),
    )


def _range(sample: PaymentSample) -> str:
    if sample.payment_list is not None:
        return f"发放清单{list_number(sample.payment_list.number)}"
    assert sample.since is not None  # noqa: S101 - the database keeps that a period has its days
    assert sample.until is not None  # noqa: S101
    title = measures_paid(sample.plan_id).get(sample.measure_id or 0, "")
    days = f"{chinese_day(sample.since)}至{chinese_day(sample.until)}支付"
    return f"{f'“{title}”' if title else ''}全部发放清单，{days}"


def _conclusion(told: SampleRow) -> str:
    result = told.result
    if result.low is None or result.high is None:
        return "尚无答复"
    share = f"足额收到且留存{result.good}笔，有问题{result.bad}笔"
    if result.answered >= told.sample.population:
        return f"{share}（已全部回访）"
    between = f"{100 * result.low:.1f}%至{100 * result.high:.1f}%"
    return f"{share}；推断全部发放中无问题的占{between}（置信度{told.sample.confidence}%）"


def _line(one: DrawnPayment, unit: str) -> tuple[Cell, ...]:
    call, booked = one.last, one.booked
    way = "现金" if booked.is_cash else "银行转账"
    return (
        one.position,
        mask_name(one.name) or "（已删除）",
        unit,
        list_number(one.list_number),
        f"{way}（已退回）" if booked.came_back or one.back_since else way,
        booked.amount_minor,
        short_day(call.happened_on) if call else "",
        _received(call),
        _kept(call),
        "" if call is None or call.answer.signed is None else "是" if call.answer.signed else "否",
        _words(one),
        call.by if call else "",
    )


def _received(call: Call | None) -> str:
    if call is None:
        return "未回访"
    if not call.answer.reached:
        return "未接通"
    if call.answer.received_minor is not None:
        return f"收到{yuan(call.answer.received_minor)}元"
    return "足额收到" if call.answer.received == Received.WHOLE else "未收到"


def _kept(call: Call | None) -> str:
    if call is None or not call.answer.kept:
        return ""
    if call.answer.back_minor is not None:
        return f"交回{yuan(call.answer.back_minor)}元，交给：{call.answer.back_to}"
    return "已留存" if call.answer.kept == Kept.KEPT else "被要求交回，未交"


def _words(one: DrawnPayment) -> str:
    """Return what was said; where it was otherwise before, that too."""
    told = one.last.answer.words if one.last is not None else ""
    was = one.was_amiss
    if was is None:
        return told
    before = f"此前（{short_day(was.happened_on)}）反映：{_found_of(was)}，{was.answer.words}"
    return "；".join(filter(None, (told, before)))


def _found_of(call: Call) -> str:
    return "、".join(str(one.label) for one in call.findings)


def _found(payments: Sequence[DrawnPayment]) -> str | None:
    """Return what was found, with the numbers of the rows; None where nobody answered yet."""
    found = sorted(
        (str(finding.label), one.position)
        for one in payments
        if (call := one.was_amiss or one.last) is not None
        for finding in call.findings
    )
    if not found:
        return "未发现问题" if any(one.state == "fine" for one in payments) else None
    told = [
        f"{label}：序号{'、'.join(str(place) for _label, place in rows)}"
        for label, rows in groupby(found, key=lambda pair: pair[0])
    ]
    return "；".join(told)


def _handled(sample: PaymentSample, payments: Sequence[DrawnPayment]) -> str | None:
    """Return which of the lists, or their funds, were put on hold, and what came of it."""
    lists = PaymentList.objects.in_bulk({one.list_id for one in payments})
    names = {subject_of(pk): f"发放清单{list_number(row.number)}" for pk, row in lists.items()}
    names |= {fund_subject(row.fund_id): "专项资金" for row in lists.values()}
    told = [
        f"{names[hold.subject]}：{chinese_day(day_of(hold.placed_at))}由{hold.placed_by}暂缓（{hold.reason}）"
        + (
            f"，{chinese_day(day_of(hold.lifted_at))}解除（{hold.findings}）"
            if hold.lifted_at
            else "，未解除"
        )
        for hold in of_plan(sample.plan.slug)
        if hold.subject in names
    ]
    return "；".join(told) or None
