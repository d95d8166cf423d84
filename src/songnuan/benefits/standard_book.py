"""A standard as a workbook: a sheet with its head, a sheet with a row a line. It is read back as a version.

The headings are Chinese, whoever writes the workbook: it goes from desk to desk. Read are these and the names
that the file of a standard uses. A sheet is told by its headings, not by its name.
"""

from collections.abc import Mapping
from datetime import datetime
from types import MappingProxyType
from typing import BinaryIO, Final

from django.utils.translation import gettext as _

from songnuan.benefits.standardfile import PartEntry, RowEntry, StandardFile
from songnuan.benefits.standards import By
from songnuan.documents.account_book import Cell as Written
from songnuan.documents.account_book import Field, Sheet, write_book
from songnuan.people.models.register import Relation

HEAD_SHEET, ROWS_SHEET = "标准", "各档"
WHAT, SAYS = "项目", "内容"

HEAD_LABELS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "slug": "短名",
        "title": "标准名称",
        "starts_on": "起始日期",
        "ends_on": "截止日期",
        "basis.title": "依据文件",
        "basis.number": "文号",
        "basis.issuer": "发文机关",
        "basis.dated_on": "文件日期",
        "ceiling": "最高限额（元）",
        "ceiling_basis": "限额依据",
        "cap_time": "每人次上限（元）",
        "cap_year": "每人每年上限（元）",
    }
)
ROW_LABELS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "part": "部分",
        "by": "计发方式",
        "key": "标识",
        "title": "档次名称",
        "amount": "金额（元）",
        "factor": "倍数",
        "places": "地点",
        "posts": "岗位",
        "categories": "类别",
        "relations": "关系",
        "contact": "直接接触",
        "days_least": "最少天数",
    }
)
_WIDTHS = (8, 12, 16, 26, 14, 8, 20, 20, 20, 20, 10, 10)
BY_WORDS: Final[Mapping[By, str]] = MappingProxyType(
    {By.ONCE: "一次性", By.DAY: "按天", By.HALF_DAY: "按半天", By.MONTH: "按月"}
)
RELATION_WORDS: Final[Mapping[Relation, str]] = MappingProxyType(
    {
        Relation.SPOUSE: "配偶",
        Relation.PARENT: "父母",
        Relation.CHILD: "子女",
        Relation.SIBLING: "兄弟姐妹",
        Relation.PARENT_IN_LAW: "配偶的父母",
        Relation.GRANDPARENT: "祖父母",
        Relation.GRANDCHILD: "孙子女",
        Relation.OTHER: "其他亲属",
    }
)
YES, NO, OPEN_WORD = "是", "否", "待定"


def write(told: StandardFile, made_at: datetime, to: BinaryIO) -> None:
    """Write a standard as .xlsx; `made_at` is a time in China."""
    head = Sheet(
        HEAD_SHEET,
        told.title,
        [_("Change what stands beside the labels and in the other sheet, and bring the workbook back.")],
        [Field(WHAT, 22), Field(SAYS, 60)],
        [(label, _head_cell(told, name)) for name, label in HEAD_LABELS.items()],
    )
    note = _(
        "One row a line. “待定” is an amount still to be decided; conditions left empty hold for everybody;"
        " several stand side by side with “、”. A new row needs no “标识”."
    )
    fields = [
        Field(label, width, "money" if name == "amount" else "text")
        for (name, label), width in zip(ROW_LABELS.items(), _WIDTHS, strict=True)
    ]
    rows = [_row_cells(number, part, row) for number, part in enumerate(told.parts, 1) for row in part.rows]
    write_book(told.title, [head, Sheet(ROWS_SHEET, told.title, [note], fields, rows)], made_at, to)


def _head_cell(told: StandardFile, name: str) -> Written:
    source, _dot, inner = name.rpartition(".")
    value = getattr(told.basis if source else told, inner)
    if value is None:
        return None
    if inner in {"ceiling", "cap_time", "cap_year"}:
        whole, rest = divmod(value, 100)
        return f"{whole}.{rest:02}" if rest else str(whole)
    return value.isoformat() if hasattr(value, "isoformat") else str(value)


def _row_cells(number: int, part: PartEntry, row: RowEntry) -> tuple[Written, ...]:
    return (
        str(number),
        BY_WORDS[part.by],
        row.key,
        row.title,
        OPEN_WORD if row.amount is None else row.amount,
        str(row.factor) if row.factor != 1 else None,
        *("、".join(names) or None for names in (row.places, row.posts, row.categories)),
        "、".join(RELATION_WORDS[one] for one in row.relations) or None,
        None if row.contact is None else (YES if row.contact else NO),
        str(row.days_least) if row.days_least else None,
    )
