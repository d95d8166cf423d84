"""Papers of the goods that people pick up: what is packed, what desks get, and the cards of things.

These are texts of the organ and are Chinese whatever the reader's language.
"""

from collections.abc import Mapping, Sequence

from songnuan.documents.sheet_paper import Cell, Group, Kind, Part, SheetColumn, SheetPaper, SheetTable, Total
from songnuan.goods.models import Batch, Desk
from songnuan.journeys.paper_head import FOOT, PaperHead
from songnuan.journeys.pickup_goods_rows import Card, DeskGoods, PackLot, PackRow
from songnuan.journeys.pickup_papers import batch_words

_PACKS = (
    SheetColumn("序号", 6, Kind.QUANTITY, is_shared=True),
    SheetColumn("品名", 16, is_shared=True),
    SheetColumn("规格", 12, is_shared=True),
    SheetColumn("单位", 7, is_centred=True, is_shared=True),
    SheetColumn("每份", 7, Kind.QUANTITY, is_shared=True),
    SheetColumn("份数", 9, Kind.QUANTITY, is_shared=True),
    SheetColumn("应备", 9, Kind.QUANTITY, is_shared=True),
    SheetColumn("点上已有", 11, Kind.QUANTITY, is_shared=True),
    SheetColumn("批号", 14, is_centred=True),
    SheetColumn("有效期至", 13, Kind.DAY),
    SheetColumn("取用", 9, Kind.QUANTITY),
    SheetColumn("核对", 9, is_centred=True),
)
_UNITS = (
    SheetColumn("序号", 7, Kind.QUANTITY),
    SheetColumn("批次", 24),
    SheetColumn("单位", 34),
    SheetColumn("份数", 10, Kind.QUANTITY),
    SheetColumn("已装", 10, is_centred=True),
    SheetColumn("分装人签字", 20, Kind.SIGN),
)
_DESK = (
    SheetColumn("序号", 6, Kind.QUANTITY),
    SheetColumn("日期", 12, Kind.DAY),
    SheetColumn("品名", 15),
    SheetColumn("规格", 11),
    SheetColumn("单位", 6, is_centred=True),
    SheetColumn("批号", 13, is_centred=True),
    SheetColumn("有效期至", 12, Kind.DAY),
    SheetColumn("领用", 8, Kind.QUANTITY),
    SheetColumn("交回", 8, Kind.QUANTITY),
    SheetColumn("领用人签字", 18, Kind.SIGN),
    SheetColumn("经办", 10, is_centred=True),
)
_CARD = (
    SheetColumn("记账日期", 12, Kind.DAY),
    SheetColumn("摘要", 14),
    SheetColumn("发放点", 18),
    SheetColumn("批号", 13, is_centred=True),
    SheetColumn("有效期至", 12, Kind.DAY),
    SheetColumn("数量", 10, Kind.QUANTITY),
    SheetColumn("笔数", 9, Kind.QUANTITY),
    SheetColumn("库房结存", 11, Kind.QUANTITY),
    SheetColumn("发放点结存", 12, Kind.QUANTITY),
    SheetColumn("累计领取", 11, Kind.QUANTITY),
)


def packing_lists(
    rows: Sequence[PackRow],
    *,
    head: PaperHead,
    kits: Mapping[tuple[int, int], int],
    batches: Mapping[int, Batch],
    units: Mapping[int, str],
    which: str,
) -> list[SheetPaper]:
    """Return what is to be packed: things by lot, and how many kits each unit gets in each batch.

    Args:
        rows: The things.
        head: The head of the plan's papers.
        kits: How many kits, by batch and unit.
        batches: The batches by id.
        units: The names of the units.
        which: Which batch or unit it is about, in words.

    """
    lacking = [f"{row.part.item}缺{row.lacking}{row.part.packing}" for row in rows if row.lacking > 0]
    groups = tuple(Group(tuple(_pack(place, row))) for place, row in enumerate(rows, 1))
    count = sum(kits.values())
    things = SheetPaper(
        title="关爱包分装清单",
        lines=head.lines(f"{which}　　待发{count}份"),
        dated_on=head.day,
        table=SheetTable(_PACKS, (Part(groups),)),
        foot=("备货人", "复核人", "日期"),
        note=head.noted(
            f"发放点和库房可发的不足：{'；'.join(lacking)}。" if lacking else "",
            "取用的从库房出。先到期的先发，发放当天已过期的和暂缓的不列。",
        ),
        is_landscape=True,
    )
    by_unit = SheetPaper(
        title="关爱包分装清单（按单位）",
        lines=head.lines(f"{which}　　待发{count}份"),
        dated_on=head.day,
        table=SheetTable(
            _UNITS,
            (
                Part(
                    tuple(
                        Group(((place, batch_words(batches[batch_id]), units[unit_id], packs, "□", None),))
                        for place, ((batch_id, unit_id), packs) in enumerate(kits.items(), 1)
                    ),
                    totals=(Total("合计", ((3, count),)),),
                ),
            ),
        ),
        foot=("分装负责人", "复核人", "日期"),
        note=head.noted(),
    )
    return [things, by_unit]


def _pack(place: int, row: PackRow) -> list[tuple[Cell, ...]]:
    part = row.part
    lots = row.lots or (PackLot("", None, 0),)
    return [
        (
            place,
            part.item,
            row.specification,
            part.packing,
            part.quantity,
            row.kits,
            row.needed,
            row.at_desks,
            one.lot or ("无批号" if one.quantity else ""),
            one.expires_on,
            one.quantity,
            "□",
        )
        for one in lots
    ]


def allotment(desk: Desk, rows: Sequence[DeskGoods], *, head: PaperHead) -> SheetPaper:
    """Return what a desk got out of the store and brought back (领用单), by lot, with room to sign."""
    by_item: dict[tuple[str, str, str], list[DeskGoods]] = {}
    for row in rows:
        by_item.setdefault((row.item, row.specification, row.packing), []).append(row)
    parts, place = [], 0
    for (item, specification, packing), told in by_item.items():
        groups = []
        for row in told:
            place += 1
            groups.append(Group((_allotted(place, row),)))
        sums = ((7, sum(row.got for row in told)), (8, sum(row.back for row in told)))
        title = f"{item} {specification}".strip() + f"（{packing}）"
        parts.append(Part(tuple(groups), title=title, totals=(Total(f"{item}合计", sums),)))
    return SheetPaper(
        title="关爱包物资领用单",
        lines=head.lines(f"发放点：{desk.name}{'（已撤）' if desk.closed_at else ''}"),
        dated_on=head.day,
        table=SheetTable(_DESK, tuple(parts)),
        foot=("发放点负责人", "库管员", "复核人", "日期"),
        note=head.noted(),
        is_landscape=True,
    )


def _allotted(place: int, row: DeskGoods) -> tuple[Cell, ...]:
    return (
        place,
        row.day,
        row.item,
        row.specification,
        row.packing,
        row.lot,
        row.expires_on,
        row.got or "",
        row.back or "",
        None,
        row.handled_by,
    )


def _lot(one: PackLot) -> str:
    """Return a lot in words, with its last good day where it has one."""
    return (one.lot or "无批号") + (f"（有效期至{one.expires_on}）" if one.expires_on else "")


def item_card(card: Card, *, head: PaperHead) -> SheetPaper:
    """Return the card of one thing (物资卡): every movement, and what is where after it."""
    title = f"{card.item} {card.specification}".strip() + f"（{card.packing}）"
    left = "；".join(_lot(one) + f"{one.quantity}{card.packing}" for one in card.left)
    return SheetPaper(
        title="物资卡",
        lines=head.lines(f"品名：{title}"),
        dated_on=head.day,
        table=SheetTable(
            _CARD,
            (
                Part(
                    tuple(
                        Group(
                            (
                                (
                                    line.day,
                                    line.words,
                                    line.desk,
                                    line.lot,
                                    line.expires_on,
                                    line.packs,
                                    line.count,
                                    line.store,
                                    line.desks,
                                    line.picked,
                                ),
                            )
                        )
                        for line in card.lines
                    )
                ),
            ),
        ),
        foot=FOOT,
        note=head.noted(
            f"结存（库房和发放点）：{left or '无'}。",
            "日期为记账日期。同一发放点连续的领取按日、按批号合为一行，笔数为记录数；逐笔见领取凭证汇总表。",
        ),
        is_landscape=True,
    )
