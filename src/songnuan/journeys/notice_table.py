"""The annex of a plan of visits: 慰问单位一览表, derived from the pairing table and the plan's standard."""

from datetime import date

from songnuan.documents.official import Column, Table
from songnuan.journeys.kit_settings import KitPurchaseSettings
from songnuan.organisation.cards import unit_cards
from songnuan.organisation.queries import pairs
from songnuan.plans.models import MeasureStatus, Plan
from songnuan.plans.queries import measures

COLUMNS = (
    Column("序号", 9, is_figure=True),
    Column("慰问单位", 30),
    Column("类别/院区", 22),
    Column("地址", 27),
    Column("一线人数", 11, is_figure=True),
    Column("联系人", 13, is_figure=True),
    Column("联系电话", 23, is_figure=True),
    Column("牵头处室（单位）", 20),
    Column("带队领导", 12, is_figure=True),
    Column("慰问标准（元）", 14, is_figure=True),
    Column("慰问品", 28),
    Column("拟慰问时间", 15, is_figure=True),
    Column("完成情况", 10, is_figure=True),
    Column("备注", 8),
)
NOTE = (
    "注：联系人、联系电话已隐去部分内容，牵头处室（单位）可在系统中查看；"
    "带队领导、完成情况由牵头处室（单位）填写。"
)


def table_of(plan: Plan, day: date) -> Table | None:
    """Return the table as of the day; None when nobody is paired."""
    found = pairs(plan.slug, day)
    if not found:
        return None
    cards = unit_cards((pair.unit_id for pair in found), day)
    standard, goods = _kit(plan)
    rows = []
    for place, pair in enumerate(found, 1):
        card = cards[pair.unit_id]
        rows.append(
            (
                str(place),
                pair.unit_name,
                "/".join(filter(None, (pair.category, pair.compound))),
                card.address,
                "" if pair.staff_count is None else str(pair.staff_count),
                card.contact,
                card.phone,
                pair.lead_name,
                "",
                standard,
                goods,
                f"{pair.planned_on.month}月{pair.planned_on.day}日" if pair.planned_on else "",
                "",
                "",
            )
        )
    return Table(COLUMNS, tuple(rows), NOTE)


def _kit(plan: Plan) -> tuple[str, str]:
    """Return the standard and the goods that each unit gets, empty when the plan gives none."""
    for measure in measures(plan.pk):
        if measure.kind == "kit_purchase" and measure.status != MeasureStatus.CLOSED:
            settings = KitPurchaseSettings.model_validate(measure.settings)
            if settings.per == "family":
                continue
            goods = "、".join(f"{part.item}{part.quantity}{part.packing}" for part in settings.kit)
            return settings.standard_yuan, goods
    return "", ""
