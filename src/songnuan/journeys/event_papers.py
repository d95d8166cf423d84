"""The list of an event (活动出席名单): who is invited, their answers, who came; Chinese as all papers."""

from datetime import date

from django.utils.translation import override

from songnuan.documents import sheet_pdf, sheet_xlsx
from songnuan.documents.sheet_paper import Cell, Group, Kind, Part, SheetColumn, SheetPaper, SheetTable
from songnuan.journeys.papers import SHEET, Paper
from songnuan.kernel.clock import CHINA
from songnuan.kernel.days import written
from songnuan.organisation.queries import names_then
from songnuan.outreach.event_models import Event, EventStatus, Invitation
from songnuan.outreach.event_queries import invitations_of
from songnuan.outreach.shown_names import invited_listed

_ORDER = ("chair", "committee", "leader", "guest")
_AS = {"chair": "工会主席", "committee": "工会委员", "leader": "领导代表", "guest": "来宾"}
_ANSWERS = {"": "未答复", "yes": "出席", "no": "不出席", "deputy": "派代表"}
_CAME = {"self": "到会", "deputy": "代表到会", "nobody": "未到"}


def event_paper(event: Event, kind: str, on: date) -> Paper:
    """Return the list of an event as a workbook ("xlsx") or to print and sign ("pdf").

    Raises:
        KeyError: For another kind.
        Refusal: `no_chinese_font`.

    """
    sheet = _sheet(event, on)
    name = f"{sheet.title} {event.title}.{kind}"
    if kind == "xlsx":
        return Paper(name, SHEET, sheet_xlsx.render([sheet]))
    if kind == "pdf":
        made = sheet_pdf.render([sheet])
        return Paper(name, "application/pdf", made.content, made.missing, made.undrawn)
    raise KeyError(kind)


def _sheet(event: Event, on: date) -> SheetPaper:
    plan = event.measure.plan
    organ = names_then({plan.unit_id or 0}, on).get(plan.unit_id or 0, "")
    columns = (
        SheetColumn("序号", 5, Kind.QUANTITY),
        SheetColumn("邀请身份", 10),
        SheetColumn("姓名", 9),
        SheetColumn("答复", 14),
        SheetColumn("出席情况", 10),
        SheetColumn("签到", 12, Kind.SIGN),
    )
    found = sorted(invitations_of([event.pk]), key=lambda one: (_ORDER.index(one.capacity), one.pk))
    rows = [_row(number, one) for number, one in enumerate(found, 1)]
    ended = "　　（已取消）" if event.status == EventStatus.CANCELLED else ""
    came = sum(one.came in {"self", "deputy"} for one in found)
    with override("zh-hans"):
        when = written(event.begins_at.astimezone(CHINA), "moment")
    return SheetPaper(
        title="活动出席名单",
        lines=(
            f"单位：{organ}　　方案：{plan.title}",
            f"活动：{event.title}",
            f"时间：{event.begins_at.astimezone(CHINA).year}年{when}　　地点：{event.place}",
            f"邀请{len(found)}人，到会{came}人{ended}",
        ),
        dated_on=on,
        table=SheetTable(columns, (Part(tuple(Group((row,)) for row in rows)),)),
        foot=("登记人", "审核人"),
    )


def _row(number: int, one: Invitation) -> tuple[Cell, ...]:
    answer = _ANSWERS[one.answer] + (f"（{one.deputy}）" if one.deputy else "")
    return (number, _AS[one.capacity], invited_listed(one), answer, _CAME.get(one.came), None)
