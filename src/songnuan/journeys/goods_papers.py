"""Papers of goods: who signed for what, what was bought, what went through the store, what was given.

These are texts of the organ and are Chinese whatever the reader's language.
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date
from itertools import groupby

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
from songnuan.funds.models import Fund
from songnuan.journeys.goods_paper_rows import (
    GiftRow,
    GoodsLine,
    PurchasePaperRow,
    ReceiptRow,
    StockCardRow,
)
from songnuan.journeys.paper_head import FOOT, PaperHead, short_day
from songnuan.kernel.money import yuan

_MASKED = "签收人姓名已隐去部分内容。"

_RECEIPTS = (
    SheetColumn("序号", 6, Kind.QUANTITY, is_shared=True),
    SheetColumn("单位/姓名", 19, is_shared=True),
    SheetColumn("品名", 11),
    SheetColumn("规格", 7),
    SheetColumn("单位", 6, is_centred=True),
    SheetColumn("数量", 6, Kind.QUANTITY),
    SheetColumn("单价", 9, Kind.MONEY),
    SheetColumn("金额", 13, Kind.MONEY),
    SheetColumn("签收人", 18, Kind.SIGN, is_shared=True),
    SheetColumn("日期", 15, Kind.DAY, is_shared=True),
    SheetColumn("经办", 9, is_centred=True, is_shared=True),
)
_PURCHASES = (
    SheetColumn("序号", 5, Kind.QUANTITY),
    SheetColumn("品名", 14),
    SheetColumn("规格", 10),
    SheetColumn("单位", 6, is_centred=True),
    SheetColumn("数量", 8, Kind.QUANTITY),
    SheetColumn("单价", 11, Kind.MONEY),
    SheetColumn("金额", 13, Kind.MONEY),
    SheetColumn("供应商", 26, is_shared=True),
    SheetColumn("发票号", 18, is_centred=True, is_shared=True),
    SheetColumn("凭证号", 12, is_centred=True, is_shared=True),
    SheetColumn("日期", 13, Kind.DAY, is_shared=True),
    SheetColumn("经办", 11, is_centred=True, is_shared=True),
)
_CARD = (
    SheetColumn("日期", 12, Kind.DAY),
    SheetColumn("品名", 12),
    SheetColumn("规格", 9),
    SheetColumn("单位", 6, is_centred=True),
    SheetColumn("批号", 11, is_centred=True),
    SheetColumn("有效期", 12, Kind.DAY),
    SheetColumn("来源（采购/捐赠）", 16),
    SheetColumn("入库", 8, Kind.QUANTITY),
    SheetColumn("出库", 8, Kind.QUANTITY),
    SheetColumn("结存", 8, Kind.QUANTITY),
    SheetColumn("领用单位", 24),
    SheetColumn("领用人签字", 22, Kind.SIGN),
    SheetColumn("经办人", 11, is_centred=True),
)
_GIFT = (
    SheetColumn("序号", 6, Kind.QUANTITY),
    SheetColumn("品名", 15),
    SheetColumn("规格", 11),
    SheetColumn("单位", 6, is_centred=True),
    SheetColumn("批号", 12, is_centred=True),
    SheetColumn("有效期至", 13, Kind.DAY),
    SheetColumn("数量", 9, Kind.QUANTITY),
    SheetColumn("单价（元）", 12, Kind.MONEY),
    SheetColumn("价值（元）", 15, Kind.MONEY),
)
_GIFTS = (
    SheetColumn("序号", 5, Kind.QUANTITY),
    SheetColumn("日期", 13, Kind.DAY, is_shared=True),
    SheetColumn("捐赠方", 20, is_shared=True),
    SheetColumn("品名", 13),
    SheetColumn("规格", 10),
    SheetColumn("单位", 6, is_centred=True),
    SheetColumn("数量", 9, Kind.QUANTITY),
    SheetColumn("单价", 11, Kind.MONEY),
    SheetColumn("价值", 14, Kind.MONEY),
    SheetColumn("接收单位", 20, is_shared=True),
    SheetColumn("接收人", 9, is_centred=True, is_shared=True),
    SheetColumn("凭据号", 10, is_centred=True, is_shared=True),
    SheetColumn("备注", 17, is_shared=True),
)
_RECEIVER_MASKED = "接收人姓名已隐去部分内容。"


def receipt_sheet(rows: Sequence[ReceiptRow], *, head: PaperHead, fund: str, is_full: bool) -> SheetPaper:
    """Return the sheet that units sign for goods (慰问品签收表); what is still to come is not counted."""
    bought = [row for row in rows if not row.is_gift]
    given = [row for row in rows if row.is_gift]
    to_come = any(row.is_to_come for row in bought)
    parts = [_receipts(bought, "已领取合计" if to_come else "合计", first=1)] if bought else []
    if given:
        part = _receipts(given, "捐赠物资合计", first=len(bought) + 1)
        parts.append(replace(part, title="捐赠物资（单价、金额为其价值，不由专项资金支付）"))
    return SheetPaper(
        title="慰问品签收表",
        lines=head.lines(f"专项资金：{fund}", _counted(bought)),
        dated_on=head.day,
        table=SheetTable(_RECEIPTS, tuple(parts)),
        foot=FOOT,
        note=head.noted("" if is_full else _MASKED),
    )


def _counted(rows: Sequence[ReceiptRow]) -> str:
    """Return how many units got their kit, a part of it, or nothing yet: each is counted once."""
    some = {row.unit for row in rows if not row.is_to_come}
    owed = {row.unit for row in rows if row.is_owed} & some
    none = {row.unit for row in rows if row.is_to_come} - some
    told = [("部分领取", owed), ("待领取", none)]
    return f"已领取{len(some - owed)}个单位" + "".join(
        f"，{word}{len(units)}个单位" for word, units in told if units
    )


def _receipts(rows: Sequence[ReceiptRow], label: str, *, first: int) -> Part:
    """Return what units signed for, and its sum; what is still to come is not counted."""
    lines = [line for row in rows if not row.is_to_come for line in row.lines]
    total = sum(line.amount_minor or 0 for line in lines)
    sums = (*_packs(5, lines), (7, total))
    groups = tuple(Group(tuple(_receipt(place, row))) for place, row in enumerate(rows, first))
    return Part(groups, totals=(Total(label, sums, total),))


def _packs(column: int, lines: Sequence[GoodsLine]) -> tuple[tuple[int, int], ...]:
    """Return the sum of the packs of lines; none where boxes would be added to cans."""
    is_alike = len({line.packing for line in lines}) == 1
    return ((column, sum(line.quantity for line in lines)),) if is_alike else ()


def _receipt(place: int, row: ReceiptRow) -> Iterable[tuple[Cell, ...]]:
    unit = f"{row.unit}（走访后补发）" if row.is_later else row.unit
    for line in row.lines:
        yield (
            place,
            unit,
            *_goods(line),
            line.quantity,
            line.unit_price_minor,
            line.amount_minor,
            row.signed,
            _day(row.day, late_entry=row.late_entry),
            row.handled_by,
        )


def purchase_list(rows: Sequence[PurchasePaperRow], *, head: PaperHead, fund: Fund) -> SheetPaper:
    """Return what was bought from one fund (采购清单); cancelled purchases stand below, not counted."""
    standing = [row for row in rows if not row.is_cancelled]
    cancelled = [row for row in rows if row.is_cancelled]
    total, back = (sum(sums) for sums in zip(*map(_sums, standing), strict=True)) if standing else (0, 0)
    totals = [Total("合计", ((6, total),), None if back else total)]
    if back:
        totals += [Total("减：供应商退款", ((6, -back),)), Total("实付", ((6, total - back),), total - back)]
    parts = [Part(_purchases(standing), totals=tuple(totals))]
    if cancelled:
        parts.append(Part(_purchases(cancelled), title="以下采购已作废，不计入合计", is_struck=True))
    notes = [f"采购第{row.number}号作废：{row.cancel_reason.rstrip('。')}" for row in cancelled]
    notes += [
        f"采购第{row.number}号退款{yuan(one.amount_minor)}元（{short_day(one.happened_on)}，{one.voucher}）："
        f"{one.reason.rstrip('。')}"
        for row in standing
        for one in row.refunds
    ]
    why = "；".join(notes)
    return SheetPaper(
        title="采购清单",
        lines=head.lines(f"专项资金：{fund.title}（{fund.document.number}）"),
        dated_on=head.day,
        table=SheetTable(_PURCHASES, tuple(parts)),
        foot=FOOT,
        note=head.noted(f"{why}。" if why else ""),
        is_landscape=True,
    )


def _sums(row: PurchasePaperRow) -> tuple[int, int]:
    """Return what a purchase cost and what came back of it, in fen."""
    return row.total_minor, row.refunded_minor


def _purchases(rows: Sequence[PurchasePaperRow]) -> tuple[Group, ...]:
    groups, place = [], 0
    for row in rows:
        lines = []
        for line in row.lines:
            place += 1
            lines.append(
                (
                    place,
                    *_goods(line),
                    line.quantity,
                    line.unit_price_minor,
                    line.amount_minor,
                    row.supplier,
                    row.invoice_number,
                    row.voucher,
                    _day(row.bought_on, late_entry=row.late_entry),
                    row.handled_by,
                )
            )
        groups.append(Group(tuple(lines)))
    return tuple(groups)


def stock_card(rows: Sequence[StockCardRow], *, head: PaperHead, straight: int, is_full: bool) -> SheetPaper:
    """Return the store's register (防疫物资出入库登记表), thing by thing, each with its balance.

    Args:
        rows: Movements, those of one thing after each other, as they happened.
        head: The head of the plan's papers.
        straight: How many gifts went from their donors straight to units, and never lay in the store.
        is_full: Whether names of receivers stand there in full.

    """
    parts = []
    for (item, specification, packing), moved in groupby(
        rows, lambda row: (row.item, row.specification, row.packing)
    ):
        of_item = list(moved)
        sums = (
            (7, sum(row.came for row in of_item)),
            (8, sum(row.left for row in of_item)),
            (9, sum(row.came - row.left for row in of_item)),
        )
        title = f"{item} {specification}".strip() + f"（{packing}）"
        groups = tuple(Group((_moved(row),)) for row in of_item)
        parts.append(Part(groups, title=title, totals=(Total(f"{item}合计", sums),)))
    return SheetPaper(
        title="防疫物资出入库登记表",
        lines=head.lines(),
        dated_on=head.day,
        table=SheetTable(_CARD, tuple(parts)),
        foot=FOOT,
        note=head.noted(
            f"另有{straight}笔捐赠由捐赠方直接送达单位，未经入库，不列入本表，见签收表和捐赠接收凭据。"
            if straight
            else "",
            "同日各笔按登记先后排列，补录的出库须由同日入库抵充的，入库列前。",
            "" if is_full else "领用人姓名已隐去部分内容。",
        ),
        is_landscape=True,
    )


def _moved(row: StockCardRow) -> tuple[Cell, ...]:
    return (
        _day(row.day, late_entry=row.late_entry),
        row.item,
        row.specification,
        row.packing,
        row.lot,
        row.expires_on,
        row.source,
        row.came or "",
        row.left or "",
        row.balance,
        row.unit,
        row.signed if row.is_to_sign else "",
        row.handled_by,
    )


def gift_receipt(gift: GiftRow, *, head: PaperHead, is_full: bool) -> SheetPaper:
    """Return what a giver is handed for a gift (捐赠接收凭据), with room for the seal."""
    groups = tuple(
        Group(
            (
                (
                    place,
                    *_goods(line.goods),
                    line.lot,
                    line.expires_on,
                    line.goods.quantity,
                    line.goods.unit_price_minor,
                    line.goods.amount_minor,
                ),
            )
        )
        for place, line in enumerate(gift.lines, 1)
    )
    sums = (*_packs(6, [line.goods for line in gift.lines]), (8, gift.total_minor))
    told = [f"补录原因：{gift.late_reason.rstrip('。')}。"] if gift.late_reason else []
    told += [f"本凭据已作废：{gift.cancelled_why.rstrip('。')}。"] if gift.cancelled_why else []
    return SheetPaper(
        title="捐赠接收凭据（作废）" if gift.cancelled_why else "捐赠接收凭据",
        lines=head.lines(f"编号：{gift.number}"),
        dated_on=head.day,
        entries=(
            Entry("捐赠方", gift.donor, is_wide=True),
            Entry("接收日期", chinese_day(gift.day) + ("（补录）" if gift.late_reason else "")),
            Entry("价值依据", gift.valued_by),
            Entry("接收去向", gift.unit or "入库", is_wide=True),
        ),
        table=SheetTable(_GIFT, (Part(groups, totals=(Total("合计", sums, gift.total_minor),)),)),
        after=(
            Entry("接收人", gift.received_by, lines=4),
            Entry("接收单位盖章", head.organ, lines=4),
            Entry("捐赠方签字", None, lines=3),
            Entry("开具日期", "　　年　　月　　日", lines=3),
        ),
        note=head.noted(*told, "" if is_full else _RECEIVER_MASKED),
    )


def gift_register(gifts: Sequence[GiftRow], *, head: PaperHead, is_full: bool) -> SheetPaper:
    """Return all that was given (捐赠物资登记表); cancelled gifts stand below, struck and not counted."""
    standing = [gift for gift in gifts if not gift.cancelled_why]
    cancelled = [gift for gift in gifts if gift.cancelled_why]
    total = sum(gift.total_minor for gift in standing)
    sums = (*_packs(6, [line.goods for gift in standing for line in gift.lines]), (8, total))
    parts = [Part(_gifts(standing, head.organ), totals=(Total("合计", sums, total),))]
    if cancelled:
        title = "以下捐赠已作废，不计入合计"
        parts.append(Part(_gifts(cancelled, head.organ), title=title, is_struck=True))
    return SheetPaper(
        title="捐赠物资登记表",
        lines=head.lines(f"接收捐赠{len(standing)}笔" + (f"，作废{len(cancelled)}笔" if cancelled else "")),
        dated_on=head.day,
        table=SheetTable(_GIFTS, tuple(parts)),
        foot=FOOT,
        note=head.noted("" if is_full else _RECEIVER_MASKED),
        is_landscape=True,
    )


def _gifts(gifts: Iterable[GiftRow], organ: str) -> tuple[Group, ...]:
    """Return gifts line by line; what came into the store was received by the organ itself."""
    groups, place = [], 0
    for gift in gifts:
        told = {"补录": gift.late_reason, "作废": gift.cancelled_why}
        marks = [f"{mark}：{why.rstrip('。')}" for mark, why in told.items() if why]
        lines = []
        for line in gift.lines:
            place += 1
            lines.append(
                (
                    place,
                    _day(gift.day, late_entry=bool(gift.late_reason)),
                    gift.donor,
                    *_goods(line.goods),
                    line.goods.quantity,
                    line.goods.unit_price_minor,
                    line.goods.amount_minor,
                    gift.unit or f"{organ}（入库）",
                    gift.received_by,
                    gift.number,
                    "；".join(marks),
                )
            )
        groups.append(Group(tuple(lines)))
    return tuple(groups)


def _goods(line: GoodsLine) -> tuple[str, str, str]:
    return line.item, line.specification, line.packing


def _day(day: date | None, *, late_entry: bool) -> Cell:
    return f"{day.isoformat()}（补录）" if day and late_entry else day
