"""The consolidated report of a period as an official document.

These are texts of the organ and are Chinese whatever the reader's language.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date

from songnuan.documents.official import (
    Annex,
    Column,
    Head,
    Imprint,
    Line,
    OfficialDocument,
    Table,
    chinese_day,
    printable,
)
from songnuan.emergency.models import EventCategory, ReportPeriod, ReportSlot, SituationReport, SlotStatus
from songnuan.emergency.report_queries import (
    NodeCount,
    event_figures,
    node_counts,
    told_by_phone,
    valid_reports,
)
from songnuan.emergency.report_rules import Tally, permille, tally
from songnuan.journeys.report_settings import SituationReportsSettings, settings_of
from songnuan.kernel.clock import CHINA
from songnuan.organisation.queries import day_of, names_then

EVENTS_MOST = 100
"""Events that are told one by one."""
_CATEGORIES = {
    EventCategory.HEALTH: "人员健康异常",
    EventCategory.CONTACT: "接触病例",
    EventCategory.SUPPLY: "物资短缺",
    EventCategory.SAFETY: "安全事故",
    EventCategory.PUBLIC: "群众反映",
    EventCategory.OTHER: "其他情况",
}
_COLUMNS = (
    Column("单位", 30),
    *(Column(word, 10, is_figure=True) for word in ("应报", "已报", "及时", "平安", "有事", "未报", "免报")),
    Column("完整率", 12, is_figure=True),
    Column("及时率", 12, is_figure=True),
)


def period_title(period: ReportPeriod, settings: SituationReportsSettings) -> str:
    """Return what a period is called in a document."""
    here = period.starts_at.astimezone(CHINA)
    day = chinese_day(here.date())
    if settings.period == "half_day":
        return f"{day}{'下午' if here.hour else '上午'}"
    if settings.period == "week":
        return f"{day}起一周"
    return day


def compose(period: ReportPeriod, *, number: str, day: date) -> OfficialDocument:
    """Write the consolidated report of a period as things stand."""
    measure = period.measure
    plan, settings = measure.plan, settings_of(measure)
    counts = node_counts(period.pk)
    top = next((one for one in counts if one.above_id is None), None)
    told = top.tally if top else Tally()
    slots = list(ReportSlot.objects.filter(period=period).order_by("unit_id"))
    ids = {slot.unit_id for slot in slots} | {one.node_id for one in counts}
    names = names_then(ids | {plan.unit_id, *filter(None, [plan.office_id])}, day_of(period.starts_at))
    organ, title = names[plan.unit_id], period_title(period, settings)
    drill = "（演练）" if period.is_drill else ""
    document = OfficialDocument(
        head=Head(mark=f"{organ}文件", number=number),
        title=f"{organ}关于{title}情况的报告{drill}",
        addressees=settings.superior,
        body=tuple(_body(period, slots, told, names, title)),
        signer=organ,
        dated_on=day,
        imprint=Imprint(printed_by=names.get(plan.office_id or 0, organ), printed_on=day),
        annexes=(Annex("各单位报送情况表", table=_table(counts, slots, names)),),
    )
    return printable(document)


def _body(
    period: ReportPeriod,
    slots: Sequence[ReportSlot],
    told: Tally,
    names: Mapping[int, str],
    title: str,
) -> Iterator[Line]:
    settings, called = settings_of(period.measure), told_by_phone(period.pk)
    if period.is_drill:
        yield Line("本次为应急演练，没有真实情况发生。")
    yield Line(f"现将{title}情况报告如下。")
    yield Line("一、报送情况", 1)
    excused = f"，另有{told.excused}个单位免报" if told.excused else ""
    yield Line(
        f"应报{told.asked}个单位{excused}；已报{told.received}个，完整率{permille(told.completeness)}；"
        f"其中按时报送{told.on_time}个，及时率{permille(told.timeliness)}。"
        f"报平安{told.zero}个，报告有事{told.event}个，更正{told.corrected}个。"
        + (f"其中由值守人员记录电话报告{len(called)}个。" if called else "")
    )
    yield Line("二、有事报告", 1)
    yield from _events(slots, names, settings)
    yield Line("三、未报和免报单位", 1)
    missing = [slot.unit_id for slot in slots if slot.status == SlotStatus.OPEN and not slot.is_excused]
    yield Line(f"未报：{_listed(missing, names)}。")
    yield Line(f"免报：{_listed([slot.unit_id for slot in slots if slot.is_excused], names)}。")


def _events(
    slots: Sequence[ReportSlot], names: Mapping[int, str], settings: SituationReportsSettings
) -> Iterator[Line]:
    found = [slot for slot in slots if slot.status == SlotStatus.EVENT]
    if not found:
        yield Line("已报单位均报平安。" if any(slot.version for slot in slots) else "尚无单位报送。")
        return
    reports = valid_reports(found[:EVENTS_MOST])
    if settings.figures:
        sums = event_figures(found[0].period_id)
        told = (f"{one.label}{sums.get(one.key, 0)}" for one in settings.figures)
        yield Line(f"合计：{'，'.join(told)}。")
    for place, slot in enumerate(found[:EVENTS_MOST], 1):
        yield Line(f"{place}.{names[slot.unit_id]}：{_event(reports[slot.pk], settings)}")
    if len(found) > EVENTS_MOST:
        yield Line(f"另有{len(found) - EVENTS_MOST}个单位报告有事，见系统。")


def _event(row: SituationReport, settings: SituationReportsSettings) -> str:
    moment = row.happened_at.astimezone(CHINA) if row.happened_at else None
    when = f"{moment.month}月{moment.day}日{moment:%H:%M}，" if moment else ""
    figures = "，".join(f"{one.label}{row.figures.get(one.key, 0)}" for one in settings.figures)
    words = (row.words or "").rstrip("。")
    marks = [*(["电话报告"] if row.told_at else []), *(["已更正"] if row.version > 1 else [])]
    marked = f"（{'，'.join(marks)}）" if marks else ""
    return f"{when}{_CATEGORIES[EventCategory(row.category)]}。{figures}。{words}。{marked}".replace(
        "。。", "。"
    )


def _listed(units: Sequence[int], names: Mapping[int, str]) -> str:
    return "、".join(names[unit] for unit in units) or "无"


def _table(counts: Sequence[NodeCount], slots: Sequence[ReportSlot], names: Mapping[int, str]) -> Table:
    """Return the figures of each node, the top last; where there is no other node, each unit's own."""
    nodes = [one for one in counts if one.above_id is not None]
    rows = [_row(names[one.node_id], one.tally) for one in nodes]
    if not nodes:
        rows = [_row(names[slot.unit_id], _own(slot)) for slot in slots]
    rows += [_row("合计", one.tally) for one in counts if one.above_id is None]
    return Table(columns=_COLUMNS, rows=tuple(rows), note="免报单位不计入应报。零报告计入已报。")


def _own(slot: ReportSlot) -> Tally:
    return tally(slot.status, slot.version, is_late=slot.is_late, is_excused=slot.is_excused)


def _row(name: str, told: Tally) -> tuple[str, ...]:
    figures = (told.asked, told.received, told.on_time, told.zero, told.event, told.lacking, told.excused)
    return (name, *map(str, figures), permille(told.completeness), permille(told.timeliness))
