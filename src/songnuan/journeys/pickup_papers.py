"""Papers of people who pick kits up: the sheet to sign by hand, the list of receipts, one receipt.

These are texts of the organ and are Chinese whatever the reader's language.
"""

from collections.abc import Mapping, Sequence
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
    Signed,
    Total,
)
from songnuan.goods.models import Batch
from songnuan.goods.pickup_models import PickupStatus
from songnuan.goods.pickup_states import Portioned
from songnuan.journeys.paper_head import FOOT, PaperHead, short_day
from songnuan.journeys.pickup_paper_rows import Narrowed, PickupRow, PortionRow, by_unit, moment
from songnuan.kernel.money import yuan
from songnuan.organisation.queries import day_of

_MASKED = "姓名已隐去部分内容。"
_TAKEN = Signed("—")
_SHEET = (
    SheetColumn("序号", 6, Kind.QUANTITY),
    SheetColumn("姓名", 13),
    SheetColumn("单位", 21),
    SheetColumn("领取情况", 28),
    SheetColumn("领取人签字", 19, Kind.SIGN),
    SheetColumn("代领人签字", 17, Kind.SIGN),
    SheetColumn("日期", 12, Kind.DAY),
)
_RECEIPTS = (
    SheetColumn("序号", 6, Kind.QUANTITY),
    SheetColumn("凭证号", 13, is_centred=True),
    SheetColumn("姓名", 12),
    SheetColumn("批次", 6, Kind.QUANTITY),
    SheetColumn("领取时间", 17, is_centred=True),
    SheetColumn("发放点", 14),
    SheetColumn("领取方式", 24),
    SheetColumn("签字", 20, Kind.SIGN),
    SheetColumn("金额（元）", 12, Kind.MONEY),
    SheetColumn("经办", 12, is_centred=True),
    SheetColumn("备注", 28),
)
_AMOUNT = 8
_GOODS = (
    SheetColumn("序号", 6, Kind.QUANTITY),
    SheetColumn("品名", 16),
    SheetColumn("规格", 12),
    SheetColumn("单位", 7, is_centred=True),
    SheetColumn("批号", 13, is_centred=True),
    SheetColumn("有效期至", 13, Kind.DAY),
    SheetColumn("数量", 8, Kind.QUANTITY),
    SheetColumn("单价（元）", 12, Kind.MONEY),
    SheetColumn("金额（元）", 13, Kind.MONEY),
)
_APART = {
    PickupStatus.WAITING: "以下记录待认定，不计入",
    PickupStatus.RETURNED: "以下记录已退回，不计入",
    PickupStatus.VOID: "以下记录经认定未发生，不计入",
}


def batch_words(batch: Batch) -> str:
    """Return a batch in words: 第1批（5月18日，东门）."""
    return f"第{batch.position}批（{'，'.join(filter(None, (short_day(batch.on), batch.place)))}）"


def pickup_sheets(
    rows: Sequence[PortionRow],
    *,
    head: PaperHead,
    narrowed: Narrowed,
    batches: Mapping[int, Batch],
    units: Mapping[int, str],
    kit: str,
) -> list[SheetPaper]:
    """Return the sheets that people sign by hand (领取签收表), one for each batch and unit."""
    papers = []
    for (batch_id, unit_id), told in groupby(rows, lambda row: (row.batch_id, row.unit_id)):
        portions, unit = list(told), units[unit_id]
        taken = sum(row.status is Portioned.TAKEN for row in portions)
        where = f"　　发放点：{narrowed.desk.name}" if narrowed.desk else ""
        papers.append(
            SheetPaper(
                title="关爱包领取签收表",
                lines=head.lines(
                    f"批次：{batch_words(batches[batch_id])}{where}　　领取单位：{unit}", f"每份内容：{kit}"
                ),
                dated_on=head.day,
                table=SheetTable(
                    _SHEET,
                    (
                        Part(
                            tuple(
                                Group((_to_sign(place, row, unit),)) for place, row in enumerate(portions, 1)
                            ),
                            totals=(Total(f"应领{len(portions)}份，制表时已领{taken}份", ()),),
                        ),
                    ),
                ),
                foot=("发放人", "复核人", "日期"),
                note=head.noted(
                    "" if narrowed.is_full else _MASKED,
                    "已领的不再发放、不再签字。用纸签收的，网络恢复后逐份补录。",
                ),
            )
        )
    return papers


def _to_sign(place: int, row: PortionRow, unit: str) -> tuple[Cell, ...]:
    is_over = row.status in {Portioned.TAKEN, Portioned.SETTLED}
    signed = _TAKEN if is_over else None
    return (place, row.name, unit, row.told, signed, signed, "—" if is_over else None)


def receipt_lists(
    rows: Sequence[PickupRow],
    *,
    head: PaperHead,
    narrowed: Narrowed,
    units: Mapping[int, str],
    kit: str,
    whole: Sequence[PickupRow],
) -> list[SheetPaper]:
    """Return who got what, when, where and how (领取凭证汇总表), one list a unit.

    Args:
        rows: The records of these lists, by unit.
        head: The head of the plan's papers.
        narrowed: What they are about.
        units: The names of the units.
        kit: What a portion holds, in words.
        whole: All records that the lists of this paper and of its other volumes hold.

    """
    standing = [row for row in whole if row.status is PickupStatus.BOOKED]
    chosen = [batch_words(narrowed.batch)] if narrowed.batch else []
    chosen += [f"发放点：{narrowed.desk.name}"] if narrowed.desk else []
    whole_sum = f"全部{len(standing)}份，合计{yuan(sum(row.amount_minor for row in standing))}元"
    return [
        SheetPaper(
            title="关爱包领取凭证汇总表",
            lines=head.lines(
                "　　".join([f"领取单位：{units[unit_id]}", *chosen, whole_sum]), f"每份内容：{kit}"
            ),
            dated_on=head.day,
            table=SheetTable(_RECEIPTS, tuple(_parts(told))),
            foot=FOOT,
            note=head.noted(
                "" if narrowed.is_full else _MASKED, "金额按各批号物资的采购单价计算，与库存账一致。"
            ),
            is_landscape=True,
        )
        for unit_id, told in by_unit(rows)
    ]


def _parts(rows: Sequence[PickupRow]) -> list[Part]:
    """Return what stands with its sum, then what does not count, each under what it is."""
    standing = [row for row in rows if row.status is PickupStatus.BOOKED]
    total = sum(row.amount_minor for row in standing)
    sums = Total(f"合计 {len(standing)}份", ((_AMOUNT, total),), total)
    parts = [Part(tuple(_received(place, row) for place, row in enumerate(standing, 1)), totals=(sums,))]
    for status, title in _APART.items():
        apart = [row for row in rows if row.status is status]
        if apart:
            groups = tuple(_received(place, row) for place, row in enumerate(apart, 1))
            parts.append(Part(groups, title=title, is_struck=status is not PickupStatus.WAITING))
    return parts


def _received(place: int, row: PickupRow) -> Group:
    cells: tuple[Cell, ...] = (
        place,
        row.number,
        row.name,
        row.batch,
        moment(row.taken_at),
        row.desk,
        row.way,
        row.signed or Signed(""),
        row.amount_minor if row.goods else "",
        row.handled_by,
        row.told,
    )
    return Group((cells,))


def receipt(row: PickupRow, *, head: PaperHead, unit: str, is_full: bool) -> SheetPaper:
    """Return the receipt of one record (领取凭证), with what was received and how."""
    groups = tuple(
        Group(
            (
                (
                    place,
                    one.item,
                    one.specification,
                    one.packing,
                    one.lot,
                    one.expires_on,
                    one.quantity,
                    one.unit_price_minor,
                    one.amount_minor,
                ),
            )
        )
        for place, one in enumerate(row.goods, 1)
    )
    mark = {PickupStatus.RETURNED: "（已退回）", PickupStatus.VOID: "（未发生）"}.get(row.status, "")
    waits = "（待认定）" if row.status is PickupStatus.WAITING else mark
    total = row.amount_minor
    return SheetPaper(
        title=f"关爱包领取凭证{waits}",
        lines=head.lines(f"编号：{row.number}"),
        dated_on=head.day,
        entries=(
            Entry("领取人", row.name),
            Entry("单位", unit),
            Entry("领取时间", f"{chinese_day(day_of(row.taken_at))} {moment(row.taken_at)[-5:]}"),
            Entry("批次", f"第{row.batch}批"),
            Entry("发放点", row.desk),
            Entry("经办人", row.handled_by),
            Entry("领取方式", row.way, is_wide=True),
            *([Entry("备注", row.told, is_wide=True)] if row.told else []),
        ),
        table=SheetTable(_GOODS, (Part(groups, totals=(Total("合计", ((8, total),), total),)),))
        if groups
        else None,
        after=(
            Entry("领取人签字", row.signed, lines=4),
            Entry("发放单位盖章", head.organ, lines=4),
        ),
        note=head.noted("" if is_full else _MASKED),
    )
