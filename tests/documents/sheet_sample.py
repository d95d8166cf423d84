"""A sheet with everything that a sheet can have."""

from datetime import date

from songnuan.cli.drawing import signature
from songnuan.documents.sheet_paper import (
    Entry,
    Group,
    Kind,
    Part,
    Qr,
    SheetColumn,
    SheetPaper,
    SheetTable,
    Signed,
    Total,
)

LONG = "澄江省水运管理局东江航道中心东港船闸管理所疫情防控联合检查卡口"
COLUMNS = (
    SheetColumn("序号", 5, Kind.QUANTITY, is_shared=True),
    SheetColumn("单位", 24, is_shared=True),
    SheetColumn("品名", 10),
    SheetColumn("数量", 6, Kind.QUANTITY),
    SheetColumn("金额", 12, Kind.MONEY),
    SheetColumn("签收人", 18, Kind.SIGN, is_shared=True),
    SheetColumn("日期", 12, Kind.DAY, is_shared=True),
)
DAY = date(2020, 4, 16)


def group(place: int, unit: str = LONG) -> Group:
    signed = Signed("赵*江（屏幕签名）", signature(place)) if place % 2 else None
    return Group(
        (
            (place, unit, "方便面", 2, 17_000, signed, DAY),
            (place, unit, "苹果", 1, 6_805, signed, DAY),
        )
    )


def sheet(rows: int = 47, *, is_landscape: bool = False) -> SheetPaper:
    total = Total("合计", ((3, rows * 3), (4, rows * 23_805)), rows * 23_805)
    parts = (
        Part(tuple(group(place) for place in range(1, rows + 1)), totals=(total,)),
        Part((group(rows + 1, "=1+1"),), title="以下已作废，不计入合计", is_struck=True),
    )
    return SheetPaper(
        title="慰问品签收表",
        lines=("单位：澄江省水运管理局", "方案：《走访慰问防疫一线工作方案》"),
        dated_on=DAY,
        entries=(Entry("走访单位", LONG), Entry("院区", "东港"), Entry("地址", "江边路1号", is_wide=True)),
        table=SheetTable(COLUMNS, parts),
        after=(Entry("工作生活情况", None, is_wide=True, lines=4), Entry("签字", None, lines=3)),
        foot=("制表人", "复核人", "负责人", "日期"),
        note="注：签收人姓名已隐去部分内容。",
        qr=Qr("https://songnuan.example.cn/visits/12/record/", "手机扫码填写走访记录"),
        is_landscape=is_landscape,
    )
