"""Sheets on paper: one description, three files that say the same."""

import dataclasses
import io
import json
import re
import zipfile
from datetime import date
from typing import Any

import docx
import pytest
import typst
import zxingcpp
from docx.oxml.ns import qn
from docx.text.paragraph import Paragraph
from python_calamine import CalamineWorkbook

from documents.sheet_sample import COLUMNS, DAY, LONG, group, sheet
from documents.test_papers_hold import ORDER, SIGNS, UNSEEN
from songnuan.cli.drawing import signature
from songnuan.documents import qr, sheet_pdf, sheet_word, sheet_xlsx
from songnuan.documents.fonts import choose
from songnuan.documents.setting import set_pdf
from songnuan.documents.sheet_paper import (
    Entry,
    Group,
    Kind,
    Part,
    SheetPaper,
    SheetTable,
    Total,
    pairs_of,
    stretches,
)


def pages(papers: list[SheetPaper], monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Return the pages of the PDF as drawings."""
    drawn: list[Any] = []
    whole = typst.compile

    def both(template: bytes, **given: Any) -> bytes:
        told = {"sys_inputs": given["sys_inputs"]}
        if template == sheet_pdf._TEMPLATE.read_bytes():
            made: Any = whole(template, format="svg", **told)
            drawn.extend(made if isinstance(made, list) else [made])
        answer: Any = whole(template, **given)
        return bytes(answer)

    monkeypatch.setattr(typst, "compile", both)
    sheet_pdf.render(papers, choose(typst.Fonts().families()))
    return [page.decode() for page in drawn]


def cells(made: bytes) -> list[list[Any]]:
    return CalamineWorkbook.from_filelike(io.BytesIO(made)).get_sheet_by_index(0).to_python()


def test_the_same_sheet_gives_the_same_bytes() -> None:
    for render in (lambda papers: sheet_pdf.render(papers).content, sheet_xlsx.render, sheet_word.render):
        assert render([sheet(9)]) == render([sheet(9)])
        assert render([sheet(1), sheet(2)]) == render([sheet(1), sheet(2)])
        assert render([sheet(1)]) != render([dataclasses.replace(sheet(1), dated_on=date(2020, 4, 17))])


def test_figures_are_numbers_in_the_workbook_and_the_sum_is_theirs() -> None:
    rows = cells(sheet_xlsx.render([sheet()]))
    head = next(place for place, row in enumerate(rows) if row[0] == "序号")
    assert rows[head] == [column.heading for column in COLUMNS]
    end = next(place for place, row in enumerate(rows) if row[0] == "合计")
    lines = rows[head + 1 : end]
    assert len(lines) == 94
    assert lines[0] == [1.0, LONG, "方便面", 2.0, 170.0, "赵*江（屏幕签名）", DAY]
    assert lines[1] == ["", "", "苹果", 1.0, 68.05, "", ""]
    assert round(sum(row[4] for row in lines) * 100) == 47 * 23_805
    assert (rows[end][3], rows[end][4]) == (141.0, 11188.35)
    assert rows[end + 1][0] == "合计（小写）：¥11,188.35　　（大写）：人民币壹万壹仟壹佰捌拾捌元叁角伍分"
    assert rows[end + 2][0] == "以下已作废，不计入合计"
    assert rows[end + 3][1] == "=1+1"  # a text, no formula


def test_several_sheets_are_worksheets_with_names_of_their_own() -> None:
    book = CalamineWorkbook.from_filelike(io.BytesIO(sheet_xlsx.render([sheet(1), sheet(2)])))
    assert book.sheet_names == ["1 慰问品签收表", "2 慰问品签收表"]


def test_a_head_repeats_and_a_row_stays_whole_in_word() -> None:
    made = docx.Document(io.BytesIO(sheet_word.render([sheet()])))
    table = next(one for one in made.tables if one.rows[0].cells[0].text == "序号")
    head: Any = table.rows[0]._tr
    assert head.trPr.find(qn("w:tblHeader")) is not None
    rows: list[Any] = [row._tr for row in table.rows]
    assert all(row.trPr.find(qn("w:cantSplit")) is not None for row in rows)
    texts = [cell.text.strip() for cell in table.rows[1].cells]
    assert texts == ["1", LONG, "方便面", "2", "170.00", "赵*江（屏幕签名）", "2020-04-16"]
    assert "合计（小写）：¥11,188.35" in table.rows[96].cells[0].text
    struck = table.rows[98].cells[1].paragraphs[0].runs[0]
    assert struck.font.strike
    foot = "".join(text.text or "" for text in made.sections[0].footer._element.iter(qn("w:t")))
    assert foot.startswith("第 ")


def test_who_signs_stays_with_the_last_rows_and_no_amount_is_broken_in_word() -> None:
    bare = dataclasses.replace(sheet(), after=())
    made = docx.Document(io.BytesIO(sheet_word.render([bare])))
    table = next(one for one in made.tables if one.rows[0].cells[0].text == "序号")
    stays = [
        all(one.paragraph_format.keep_with_next for cell in row.cells for one in cell.paragraphs)
        for row in table.rows
    ]
    assert stays[-3:] == [True] * 3
    assert not stays[-4]
    after = table._tbl.getnext()
    assert after is not None
    assert Paragraph(after, made).paragraph_format.keep_with_next, "the line to sign, with the note below it"
    narrow = dataclasses.replace(sheet(), table=SheetTable(
        tuple(dataclasses.replace(one, width=1 if one.kind is Kind.MONEY else 40) for one in COLUMNS),
        sheet().table.parts,  # type: ignore[union-attr]  # it has one
    ))  # fmt: skip
    made = docx.Document(io.BytesIO(sheet_word.render([narrow])))
    table = next(one for one in made.tables if one.rows[0].cells[0].text == "序号")
    (place,) = [nth for nth, one in enumerate(COLUMNS) if one.kind is Kind.MONEY]
    width = table.columns[place].width
    assert width is not None
    assert width.mm > len("11,188.35") * 9 * 0.55 * 25.4 / 72


def test_signatures_stand_in_the_word_file_and_in_the_workbook_once_for_each_group() -> None:
    papers = [dataclasses.replace(sheet(3), qr=None)]
    signed = {signature(1), signature(3)}
    made = docx.Document(io.BytesIO(sheet_word.render(papers)))
    table = next(one for one in made.tables if one.rows[0].cells[0].text == "序号")
    drawn = [row._tr.findall(f".//{qn('w:drawing')}") for row in table.rows]
    assert [len(found) for found in drawn[1:7]] == [1, 0, 0, 0, 1, 0]
    for pictures, folder in ((sheet_word.render(papers), "word"), (sheet_xlsx.render(papers), "xl")):
        with zipfile.ZipFile(io.BytesIO(pictures)) as parts:
            names = [name for name in parts.namelist() if name.startswith(f"{folder}/media/")]
            assert {parts.read(name) for name in names} == signed


@pytest.mark.parametrize("name", ORDER)
def test_parts_of_the_word_file_stand_in_the_order_that_word_wants(name: str) -> None:
    made: Any = docx.Document(io.BytesIO(sheet_word.render([sheet(1), sheet(1, is_landscape=True)])))
    order = [*ORDER[name].split(), "pgNumType"] if name == "sectPr" else ORDER[name].split()
    if name == "sectPr":
        order.insert(order.index("cols"), order.pop())
    seen = 0
    for found in made.element.iter(qn(f"w:{name}")):
        places = [order.index(child.tag.rpartition("}")[2]) for child in found]
        assert places == sorted(places), [child.tag for child in found]
        seen += 1
    assert seen


def test_a_row_stands_on_one_page_in_the_pdf(monkeypatch: pytest.MonkeyPatch) -> None:
    # Each takes half of a page and more: only if rows may be torn, six of them stand on four pages.
    row = (1, "单" * 500, "品", 1, 100, None, DAY)
    table = SheetTable(COLUMNS, (Part((Group((row,)),) * 6),))
    long = dataclasses.replace(sheet(), entries=(), after=(), table=table, foot=(), note="", qr=None)
    assert len(pages([long], monkeypatch)) == 6


@pytest.mark.parametrize("count", [9, 16, 31, 32, 33, 34, 47, 48])
def test_who_signs_never_stands_alone_on_a_page(count: int, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = dataclasses.replace(sheet(count), entries=(), after=(), qr=None)
    assert whole.table is not None
    bought = dataclasses.replace(whole, table=SheetTable(COLUMNS, whole.table.parts[:1]))
    head = _lines_drawn(dataclasses.replace(bought, table=SheetTable(COLUMNS, ())), monkeypatch)[-1]
    for paper in (whole, bought):
        assert _lines_drawn(paper, monkeypatch)[-1] > head, "rows stand there too"


def _lines_drawn(paper: SheetPaper, monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Return by page how many lines of the table are drawn."""
    with monkeypatch.context() as watched:
        return [page.count("stroke-width") for page in pages([paper], watched)]


def test_what_is_too_tall_to_stand_with_others_is_left_to_break() -> None:
    row = (1, "单" * 500, "品", 1, 100, None, DAY)
    table = SheetTable(
        COLUMNS, (Part((Group((row,)),) * 2, title="一", totals=(Total("合计", ((4, 1),), 1),)),)
    )
    paper = dataclasses.replace(sheet(1), table=table, after=())
    assert sheet_pdf.ties_of(paper, table, with_foot=True) == [1, 1, 1, 3, 0, 0]
    short = SheetTable(COLUMNS, (Part((group(1), group(2)), title="一"), Part((group(3),), title="二")))
    assert sheet_pdf.ties_of(paper, short, with_foot=True) == [3, 0, 0, 2, 0, 4, 0, 0, 0]


def test_a_group_longer_than_a_page_says_again_what_its_rows_share() -> None:
    row = (1, "单位", "品", 1, 100, None, DAY)
    table = SheetTable(COLUMNS, (Part((Group((row,) * 13), Group((row,) * 12))),))
    heights = [height for _row, height in stretches(table, table.parts[0])]
    assert heights == [1] * 13 + [12] + [0] * 11
    assert sheet_pdf.render([dataclasses.replace(sheet(1), table=table)]).content


def test_a_sheet_lies_on_its_side_where_it_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    upright, wide = (pages([sheet(1, is_landscape=side)], monkeypatch)[0] for side in (False, True))
    assert 'viewBox="0 0 595' in upright
    assert 'viewBox="0 0 841' in wide


def test_the_code_is_read_as_the_address_it_leads_to() -> None:
    address = "https://songnuan.example.cn/visits/12/record/"
    rows, dot = qr.modules(address), 6
    side = len(rows) * dot
    dots = b"".join(
        bytes(0 if one == "1" else 255 for one in row for _dot in range(dot))
        for row in rows
        for _dot in range(dot)
    )
    (found,) = zxingcpp.read_barcodes(memoryview(dots).cast("B", shape=[side, side]))
    assert (found.text, found.ec_level) == (address, "M")
    assert qr.picture(address).startswith(b"\x89PNG")
    assert qr.picture(address) == qr.picture(address)


def test_what_no_font_draws_is_said_on_the_sheet_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[dict[str, Any]] = []

    def watch(template: bytes, text: str, day: date, **given: Any) -> bytes:
        told.append(json.loads(text))
        return set_pdf(template, text, day, **given)

    monkeypatch.setattr(sheet_pdf, "set_pdf", watch)
    made = sheet_pdf.render([dataclasses.replace(sheet(1), note="生僻字\U000200aa")])
    assert made.undrawn == ("\U000200aa",)
    assert told[0]["papers"][0]["lacking"] == "本机无字体的字，以〓代：U+200AA。"
    assert {font.name for font in made.missing} <= {"方正小标宋简体", "仿宋_GB2312", "黑体"}


@pytest.mark.parametrize("text", [SIGNS, f"控{UNSEEN}制"])
def test_signs_of_typesetters_and_what_no_paper_holds(text: str) -> None:
    row = (1, text, text, 1, 100, None, DAY)
    paper = dataclasses.replace(
        sheet(1),
        title=text,
        lines=(text,),
        entries=(Entry(text, text), Entry(text, text, is_wide=True)),
        table=SheetTable(COLUMNS, (Part((Group((row,)),), title=text, totals=(Total(text, ((4, 1),), 1),)),)),
        note=text,
    )
    assert sheet_pdf.render([paper]).content
    assert sheet_word.render([paper])
    shown = "控 制" if text != SIGNS else SIGNS
    assert any(row[1:3] == [shown, shown] for row in cells(sheet_xlsx.render([paper])))


def test_entries_stand_two_and_two_and_a_wide_one_alone() -> None:
    one, two, wide, last = Entry("一"), Entry("二"), Entry("宽", is_wide=True), Entry("末")
    assert pairs_of([one, two, wide, last]) == [(one, two), (wide,), (last,)]
    assert pairs_of([one, wide]) == [(one,), (wide,)]


@pytest.mark.parametrize("count", [1, 2])
def test_worksheets_count_the_pages_that_are_printed_at_once_in_one_form(count: int) -> None:
    with zipfile.ZipFile(io.BytesIO(sheet_xlsx.render([sheet(1)] * count))) as parts:
        for nth in range(1, count + 1):
            told = parts.read(f"xl/worksheets/sheet{nth}.xml").decode()
            # Printed alone a worksheet begins with 1; in the pile the numbers go on, up to the number of all.
            assert "useFirstPageNumber" not in told
            assert "第 &amp;P 页　共 &amp;N 页" in told


def test_the_caption_of_a_code_stands_right_below_it_in_the_workbook() -> None:
    made = sheet_xlsx.render([sheet(1)])
    assert cells(made)[1][0] == "手机扫码填写走访记录"
    with zipfile.ZipFile(io.BytesIO(made)) as parts:
        drawn = parts.read("xl/drawings/drawing1.xml").decode()
    column, row = re.findall(r"<xdr:to><xdr:col>(\d+)</xdr:col>.*?<xdr:row>(\d+)</xdr:row>", drawn)[0]
    assert int(column) == len(COLUMNS) - 1, "it ends at the right edge, as its caption does"
    assert int(row) == 0, "and above it"
