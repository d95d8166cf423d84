"""The public notice as a paper to hang up (公示表), made from its masked lines alone."""

from collections.abc import Callable
from datetime import datetime

from songnuan.documents.official import chinese_day
from songnuan.documents.sheet_paper import (
    Entry,
    Group,
    Kind,
    Part,
    Qr,
    SheetColumn,
    SheetPaper,
    SheetTable,
    Total,
)
from songnuan.journeys.base import journey
from songnuan.journeys.paper_head import head_of
from songnuan.journeys.payment_lists import find_list
from songnuan.kernel.actor import Actor
from songnuan.organisation.permissions import Permission
from songnuan.organisation.queries import day_of, require
from songnuan.payments.models import Notice
from songnuan.payments.notice_rules import missing
from songnuan.payments.notices import lines_of, notice_of
from songnuan.payments.rules import subject_of
from songnuan.plans.models import Plan
from songnuan.records import actions as records

KIND = "public_notice"
_COLUMNS = (
    SheetColumn("序号", 6, Kind.QUANTITY),
    SheetColumn("姓名（脱敏）", 13, is_centred=True),
    SheetColumn("证件尾号", 10, is_centred=True),
    SheetColumn("单位", 27),
    SheetColumn("类别", 24),
    SheetColumn("金额（元）", 13, Kind.MONEY),
)


@journey
def make_notice_paper(
    *, list_id: int, address: Callable[[str], str] | None = None, actor: Actor, at: datetime
) -> SheetPaper:
    """Return the paper of the notice that runs; who made it is recorded.

    `address` gives the address of its page, from its key.

    Raises:
        Refusal: `list_unknown`, `not_permitted`, `notice_missing`.

    """
    row = find_list(list_id)
    plan = row.measure.plan
    require(actor, Permission.BENEFIT_VIEW, unit_id=plan.unit_id, at=at)
    notice = notice_of(list_id)
    if notice is None:
        raise missing()
    records.note_paper(
        stream=f"fund:{row.fund_id}",
        subject=subject_of(list_id),
        kind=KIND,
        papers=1,
        is_full=False,
        actor=actor,
        at=at,
    )
    return paper_of(notice, plan, address(notice.key) if address else "")


def paper_of(notice: Notice, plan: Plan, address: str = "") -> SheetPaper:
    """Return a notice as a paper, with a code that opens its page at an address, if one is given."""
    groups = tuple(
        Group(((one.position, one.name, one.tail, one.unit, one.row, one.amount_minor),))
        for one in lines_of(notice).iterator()
    )
    head = head_of(plan, day_of(notice.published_at))
    phone_or_mail = " / ".join(filter(None, (notice.phone, notice.email)))
    return SheetPaper(
        title=notice.title,
        lines=(f"方案：{head.plan}",),
        dated_on=head.day,
        entries=(
            Entry(
                "公示期",
                f"{chinese_day(notice.begins_on)}至{chinese_day(notice.ends_on)}（{notice.days}个工作日）",
                is_wide=True,
            ),
            Entry("监督电话/邮箱", phone_or_mail, is_wide=True),
            Entry("公示地点", notice.place, is_wide=True),
        ),
        table=SheetTable(
            _COLUMNS, (Part(groups, totals=(Total("合计", ((5, notice.total_minor),), notice.total_minor),)),)
        ),
        after=(
            Entry("公示单位盖章", notice.organ, lines=3),
            Entry("日期", chinese_day(day_of(notice.published_at)), lines=3),
        ),
        qr=Qr(address, "扫码看公示") if address else None,
        note=head.noted(
            "姓名、证件号码已隐去部分内容，未成年人不列证件尾号。公示期内如有异议，请通过上述电话、邮箱或书面提出。"
        ),
    )
