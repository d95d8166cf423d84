"""Writes a workbook of many invented people, twelve columns wide, as an office's program would save it.

    python tools/roster_workbook.py 200000 people.xlsx

The XML is written directly: XlsxWriter takes twenty times as long.
"""

import random
import sys
import zipfile
from collections.abc import Iterator
from datetime import date, timedelta

HEADINGS = (
    "序号 姓名 性别 身份证号 手机号 银行卡号 开户行 工作单位 岗位 职务 人员类别 备注".split()  # noqa: SIM905 - as in a sheet
)
WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
UNITS = 50
PARTS = {
    "[Content_Types].xml": '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    '<Override PartName="/xl/workbook.xml" ContentType='
    '"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/>'
    '<Override PartName="/xl/worksheets/sheet1.xml" ContentType='
    '"application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/>'
    '<Override PartName="/xl/sharedStrings.xml" ContentType='
    '"application/vnd.openxmlformats-officedocument.spreadsheetml.sharedStrings+xml"/></Types>',
    "_rels/.rels": '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
    '<Relationship Id="r1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/'
    'officeDocument" Target="xl/workbook.xml"/></Relationships>',
    "xl/_rels/workbook.xml.rels": '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/'
    'relationships"><Relationship Id="r1" Type="http://schemas.openxmlformats.org/officeDocument/2006/'
    'relationships/worksheet" Target="worksheets/sheet1.xml"/><Relationship Id="r2" Type="http://schemas.'
    'openxmlformats.org/officeDocument/2006/relationships/sharedStrings" Target="sharedStrings.xml"/>'
    "</Relationships>",
    "xl/workbook.xml": '<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" '
    'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><sheets>'
    '<sheet name="花名册" sheetId="1" r:id="r1"/></sheets></workbook>',
}
MAIN = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'


def number(place: int, born_on: date) -> str:
    """Return an identity number of an area that was never given out."""
    first = f"{100000 + place // 900:06d}{born_on:%Y%m%d}{place % 900 + 1:03d}"
    rest = sum(int(digit) * weight for digit, weight in zip(first, WEIGHTS, strict=True)) % 11
    return first + "10X98765432"[rest]


def people(count: int) -> Iterator[list[str]]:
    """Yield the rows: a title, the headings, and as many people."""
    chance = random.Random(1)  # noqa: S311 - always the same people
    yield ["职工花名册"]
    yield HEADINGS
    for place in range(1, count + 1):
        born_on = date(1960, 1, 1) + timedelta(days=chance.randrange(15_000))
        yield [
            str(place),
            chance.choice("赵钱孙李周吴郑王冯陈") + "".join(chance.choices("守江望河如海小芳伟国梅兰", k=2)),
            "男" if (place % 900 + 1) % 2 else "女",
            number(place, born_on),
            f"142{place:08d}",
            f"6299991{place:012d}",
            "中国建设银行澄江支行",
            f"第{place % UNITS + 1}航道所",
            chance.choice(("值班员", "会计", "司机", "巡查员")),
            "科员",
            chance.choice(("在编", "合同制")),
            "",
        ]


def write(count: int, path: str) -> None:
    """Write the workbook."""
    texts: dict[str, int] = {}
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as book:
        for name, content in PARTS.items():
            book.writestr(name, content)
        with book.open("xl/worksheets/sheet1.xml", "w") as sheet:
            sheet.write(f"<worksheet {MAIN}><sheetData>".encode())
            for row, cells in enumerate(people(count), 1):
                told = "".join(
                    f'<c r="{chr(65 + at)}{row}" t="s"><v>{texts.setdefault(cell, len(texts))}</v></c>'
                    for at, cell in enumerate(cells)
                    if cell
                )
                sheet.write(f'<row r="{row}">{told}</row>'.encode())
            sheet.write(b"</sheetData></worksheet>")
        with book.open("xl/sharedStrings.xml", "w") as shared:
            shared.write(f'<sst {MAIN} uniqueCount="{len(texts)}">'.encode())
            for text in texts:
                shared.write(f"<si><t>{text}</t></si>".encode())
            shared.write(b"</sst>")


if __name__ == "__main__":
    write(int(sys.argv[1]), sys.argv[2])
