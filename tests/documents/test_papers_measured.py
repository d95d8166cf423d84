"""The papers measured: the Word file by its XML, the PDF by its text, the workbook by its cells."""

import dataclasses
import io
import json
import re
import zipfile
from collections.abc import Iterator
from typing import Any
from xml.etree import ElementTree as ET

import docx
import pytest
import typst
from docx.document import Document
from docx.enum.section import WD_ORIENT
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml.ns import qn
from docx.shared import Length, Pt
from docx.text.paragraph import Paragraph
from python_calamine import CalamineWorkbook

from documents.notice_sample import NOTICE, TABLE
from songnuan.documents import annex_sheet, geometry, typeset, word
from songnuan.documents.first_page import addressees_fit
from songnuan.documents.fonts import Missing, choose
from songnuan.documents.official import Annex, Line, OfficialDocument

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"


@pytest.fixture(scope="module")
def paper() -> Document:
    return docx.Document(io.BytesIO(word.render(NOTICE)))


def shape(thing: Any) -> Any:
    """Return the XML behind a part; lxml's elements have no types."""
    return thing._element


def line(paper: Document, text: str) -> Paragraph:
    found = [paragraph for paragraph in paper.paragraphs if paragraph.text == text]
    assert len(found) == 1, text
    return found[0]


def fonts_of(paragraph: Paragraph) -> set[tuple[str, ...]]:
    """Return the fonts named for each script, over all runs."""
    runs = [run for run in paragraph.runs if run.text]
    assert runs
    return {
        tuple(shape(run).rPr.rFonts.get(qn(f"w:{script}")) for script in ("ascii", "hAnsi", "eastAsia", "cs"))
        for run in runs
    }


def only(font: str) -> set[tuple[str, ...]]:
    return {(font,) * 4}


def blanks_before(paper: Document, text: str) -> int:
    texts = [paragraph.text for paragraph in paper.paragraphs]
    place = texts.index(text)
    return next(count for count in range(place + 1) if texts[place - 1 - count])


def test_the_paper_is_a4_with_the_margins_of_the_standard(paper: Document) -> None:
    first: Any = paper.sections[0]
    assert (round(first.page_width.mm), round(first.page_height.mm)) == (210, 297)
    margins = (first.top_margin, first.left_margin, first.right_margin, first.bottom_margin)
    assert [round(side.mm, 1) for side in margins] == [37, 28, 26, 35]


def test_the_body_is_set_in_its_font_at_28_points(paper: Document) -> None:
    normal: Any = paper.styles["Normal"]
    assert normal.font.size == Pt(16)
    assert normal.paragraph_format.line_spacing == Pt(28)
    body = line(paper, NOTICE.body[0].text)
    assert fonts_of(body) == only("仿宋_GB2312")
    assert shape(body).pPr.ind.get(qn("w:firstLineChars")) == "200"
    assert body.alignment == WD_ALIGN_PARAGRAPH.JUSTIFY


def test_the_mark_is_red_and_its_upper_edge_35_mm_below_the_text_area(paper: Document) -> None:
    mark = line(paper, "澄江省水运管理局文件")
    assert fonts_of(mark) == only("方正小标宋简体")
    assert str(mark.runs[0].font.color.rgb) == "FF0000"
    assert mark.alignment == WD_ALIGN_PARAGRAPH.CENTER
    above = [paragraph.text for paragraph in paper.paragraphs][:2]
    assert above == ["000001", "特急"]
    assert mark.paragraph_format.space_before is not None
    assert abs(mark.paragraph_format.space_before.mm + 2 * Pt(28).mm - 35) < 0.2


def as_data(notice: OfficialDocument) -> dict[str, str]:
    return {"document": json.dumps(typeset._data(notice, choose(["Noto Serif CJK SC"])))}


def drawn(notice: OfficialDocument) -> list[ET.Element]:
    """Return the pages of the PDF as drawings, which can be measured."""
    pages: Any = typst.compile(typeset._TEMPLATE.read_bytes(), format="svg", sys_inputs=as_data(notice))
    return [ET.fromstring(page) for page in pages]  # noqa: S314 - our own


def test_a_row_of_the_table_stands_on_one_page_in_the_pdf() -> None:
    # Each takes half of a page and more: only if rows may be torn, six of them stand on four pages.
    table = dataclasses.replace(TABLE, rows=(("1", "名" * 600, ""),) * 6)
    pages = drawn(dataclasses.replace(NOTICE, annexes=(Annex("慰问单位一览表", table=table),)))
    sizes = [[float(side) for side in page.get("viewBox", "").split()[2:]] for page in pages]
    assert sum(width > height for width, height in sizes) == 6


def red_tops(node: ET.Element, above: float = 0) -> Iterator[float]:
    """Yield how far below the upper edge of the page, in mm, what is red was placed."""
    moved = re.match(r"translate\(\S+ (\S+)\)", node.get("transform", ""))
    here = above + (float(moved[1]) if moved else 0)
    if "#ff0000" in {node.get("fill"), node.get("stroke")}:
        yield here / 72 * 25.4
    for child in node:
        yield from red_tops(child, here)


@pytest.mark.parametrize("above", [{}, {"urgency": ""}, {"copy_number": "", "urgency": "", "secrecy": ""}])
def test_in_the_pdf_too_the_mark_stands_there_whatever_stands_above_it(above: dict[str, str]) -> None:
    notice = dataclasses.replace(NOTICE, head=dataclasses.replace(NOTICE.head, **above))
    assert min(red_tops(drawn(notice)[0])) == pytest.approx(37 + 35, abs=0.1)


def test_the_number_stands_in_its_brackets_over_the_red_line(paper: Document) -> None:
    number = line(paper, "澄水运防〔2020〕4号")
    assert blanks_before(paper, number.text) == 2
    rule = shape(number).pPr.find(qn("w:pBdr")).find(qn("w:bottom"))
    assert rule.get(qn("w:color")) == "FF0000"
    assert abs(Pt(int(rule.get(qn("w:space")))).mm - 4) < 0.2


def test_the_title_is_broken_by_meaning_two_lines_below_the_rule(paper: Document) -> None:
    first = line(paper, "澄江省水运管理局关于印发")
    second = line(paper, "《走访慰问防疫一线工作方案》的通知")
    for paragraph in (first, second):
        assert fonts_of(paragraph) == only("方正小标宋简体")
        assert paragraph.runs[0].font.size == Pt(22)
        assert paragraph.alignment == WD_ALIGN_PARAGRAPH.CENTER
    assert blanks_before(paper, first.text) == 2
    assert blanks_before(paper, "局机关各处室，局属各单位：") == 1


@pytest.mark.parametrize(
    ("text", "style", "font"),
    [
        ("一、走访安排", "Heading 1", "黑体"),
        ("（一）结对牵头", "Heading 2", "楷体_GB2312"),
        ("1.走访单位", "Heading 3", "仿宋_GB2312"),
        ("（1）走访时限", "Heading 4", "仿宋_GB2312"),
    ],
)
def test_each_level_has_its_font(paper: Document, text: str, style: str, font: str) -> None:
    paragraph = line(paper, text)
    assert paragraph.style is not None
    assert paragraph.style.name == style
    assert fonts_of(paragraph) == only(font)
    assert paragraph.runs[0].font.size == Pt(16)
    assert shape(paragraph.style).pPr.ind.get(qn("w:firstLineChars")) == "200"
    assert paragraph.style.paragraph_format.keep_with_next


def runs(paper: Document) -> Iterator[Any]:
    for part in (paper.element, *(footer._element for footer in footers(paper))):
        yield from part.iter(f"{W}r")


def footers(paper: Document) -> list[Any]:
    first = paper.sections[0]
    return [first.footer, first.even_page_footer]


def test_nothing_is_bold_and_no_font_is_left_to_a_theme(paper: Document) -> None:
    for run in runs(paper):
        if run.find(f"{W}t") is None:
            continue
        assert run.rPr.find(f"{W}b").get(f"{W}val") in {"0", "false"}
        assert not [name for name in run.rPr.find(f"{W}rFonts").attrib if name.endswith("Theme")]


def test_annexes_are_named_after_a_blank_line_without_a_stop_and_hang(paper: Document) -> None:
    first, second = line(paper, "附件：1.走访慰问防疫一线工作方案"), line(paper, "2.慰问单位一览表")
    assert blanks_before(paper, first.text) == 1
    told = [shape(paragraph).pPr.ind for paragraph in (first, second)]
    assert [ind.get(qn("w:leftChars")) for ind in told] == ["600", "600"]
    # The first line begins two characters in, the second below the number of the first.
    assert [ind.get(qn("w:hangingChars")) for ind in told] == ["400", "100"]


def test_the_signature_leaves_room_for_the_seal(paper: Document) -> None:
    day = line(paper, "2020年4月8日")
    place = [paragraph.text for paragraph in paper.paragraphs].index(day.text)
    signer = paper.paragraphs[place - 1]
    assert signer.text == NOTICE.signer
    assert shape(day).pPr.ind.get(qn("w:rightChars")) == "400"
    assert shape(signer).pPr.ind.get(qn("w:rightChars")) == "300"
    assert line(paper, "（此件公开发布）").text


def test_an_annex_begins_a_page_with_its_label_and_its_title_on_the_third_line(paper: Document) -> None:
    texts = [paragraph.text for paragraph in paper.paragraphs]
    place = texts.index("附件1")
    assert texts[place : place + 3] == ["附件1", "", "走访慰问防疫一线工作方案"]
    label = paper.paragraphs[place]
    assert fonts_of(label) == only("黑体")
    assert label.paragraph_format.page_break_before


def test_page_numbers_stand_outside_between_dashes(paper: Document) -> None:
    settings = paper.settings.element
    assert settings.find(f"{W}evenAndOddHeaders") is not None
    for footer, side in zip(footers(paper), ("right", "left"), strict=True):
        paragraph = footer.paragraphs[0]
        assert [run.text for run in paragraph.runs if run.text] == ["— ", "1", " —"]
        assert [code.text for code in shape(paragraph).iter(f"{W}instrText")] == ["PAGE"]
        assert shape(paragraph).pPr.jc.get(qn("w:val")) == side
        assert shape(paragraph).pPr.ind.get(qn(f"w:{side}Chars")) == "88"  # one 四号 character
        assert fonts_of(paragraph) == only("宋体")
        assert {run.font.size for run in paragraph.runs} == {Pt(14)}


def test_the_table_lies_on_its_side_with_its_head_on_every_page(paper: Document) -> None:
    side: Any = paper.sections[1]
    assert side.orientation == WD_ORIENT.LANDSCAPE
    assert (round(side.page_width.mm), round(side.page_height.mm)) == (297, 210)
    assert [round(one.mm) for one in (side.top_margin, side.bottom_margin)] == [28, 26]
    table = paper.tables[0]
    assert [cell.text for cell in table.rows[0].cells] == [column.heading for column in TABLE.columns]
    assert shape(table.rows[0]).trPr.find(f"{W}tblHeader") is not None
    assert [cell.text for cell in table.rows[2].cells] == list(TABLE.rows[1])
    widths = [column.width for column in table.columns]
    assert sum(width.mm for width in widths if width) == pytest.approx(225, abs=0.2)


@pytest.mark.parametrize("annexes", [NOTICE.annexes, NOTICE.annexes[:1], ()])
def test_the_imprint_stands_at_the_foot_of_an_even_page_without_a_number(annexes: tuple[Annex, ...]) -> None:
    paper = docx.Document(io.BytesIO(word.render(dataclasses.replace(NOTICE, annexes=annexes))))
    last = paper.sections[-1]
    assert last._sectPr.find(f"{W}type").get(f"{W}val") == "evenPage"
    assert last.orientation == WD_ORIENT.PORTRAIT
    assert not last.footer.is_linked_to_previous
    assert last.footer.paragraphs[0].text == last.even_page_footer.paragraphs[0].text == ""
    imprint = paper.tables[-1]
    assert imprint.cell(0, 0).text == "抄送：局疫情防控办公室。"
    assert [cell.text for cell in imprint.rows[1].cells] == ["澄江省水运管理局办公室", "2020年4月8日印发"]
    sizes = [border.get(qn("w:sz")) for border in shape(imprint).iter(f"{W}top", f"{W}bottom")]
    # In eighths of a point: 0.35 mm outside, 0.25 mm between.
    assert set(sizes) == {"8", "6"}
    widths = [column.width for column in imprint.columns]
    assert sum(width.mm for width in widths if width) == pytest.approx(156, abs=0.1)
    # What fills the page from above leaves the table's lines and no more.
    above = paper.paragraphs[-2].paragraph_format.line_spacing
    assert isinstance(above, Length)
    assert 0 <= 225 - above.mm - 2 * Pt(28).mm < 1


def test_a_long_imprint_pushes_itself_up_and_not_over_the_page() -> None:
    names = tuple(f"澄江省第{place}船闸管理所" for place in range(30))
    imprint = dataclasses.replace(NOTICE.imprint, copies_to=names, printed_by="澄江省水运管理局" * 5)
    paper = docx.Document(io.BytesIO(word.render(dataclasses.replace(NOTICE, imprint=imprint))))
    above = paper.paragraphs[-2].paragraph_format.line_spacing
    assert isinstance(above, Length)
    # 30 names of 10 characters and their commas, at most 26 on a line; 40 characters, at most 18 on one.
    assert above.pt <= geometry.points(225) - (13 + 3) * 28


def test_addressees_that_would_leave_no_text_on_the_first_page_move_to_the_imprint() -> None:
    many = dataclasses.replace(
        NOTICE, addressees="、".join(f"第{place}船闸管理所" for place in range(10, 40))
    )
    paper = docx.Document(io.BytesIO(word.render(many)))
    assert not [paragraph for paragraph in paper.paragraphs if paragraph.text.startswith("第10船闸")]
    lists = [paragraph.text for paragraph in paper.tables[-1].cell(0, 0).paragraphs]
    assert lists == [f"主送：{many.addressees}。", "抄送：局疫情防控办公室。"]
    assert not addressees_fit(many)
    assert addressees_fit(NOTICE)
    # Nowhere is room for hundreds: they stay where they are looked for.
    assert addressees_fit(dataclasses.replace(NOTICE, addressees="第一船闸管理所、" * 200))


def test_names_and_seal_stand_with_words_of_the_text(paper: Document) -> None:
    assert not line(paper, NOTICE.body[0].text).paragraph_format.keep_with_next, "the first page needs it"
    body = (*NOTICE.body, Line("请各单位确认收文。"))
    two = docx.Document(io.BytesIO(word.render(dataclasses.replace(NOTICE, body=body))))
    texts = [paragraph.text for paragraph in two.paragraphs]
    held = two.paragraphs[texts.index("请各单位确认收文。") : texts.index("（此件公开发布）")]
    assert all(paragraph.paragraph_format.keep_with_next for paragraph in held)
    assert not line(two, NOTICE.body[0].text).paragraph_format.keep_with_next


def test_a_long_mark_has_two_lines_and_stays_larger_than_the_title() -> None:
    organ = "澄江省水运管理局新型冠状病毒感染肺炎疫情联防联控工作领导小组办公室"
    head = dataclasses.replace(NOTICE.head, mark=f"{organ}文件")
    paper = docx.Document(io.BytesIO(word.render(dataclasses.replace(NOTICE, head=head))))
    red = [one for one in paper.paragraphs if one.runs and str(one.runs[0].font.color.rgb) == "FF0000"]
    assert [one.text for one in red] == [
        "澄江省水运管理局新型冠状病毒感染肺炎",
        "疫情联防联控工作领导小组办公室文件",
    ]
    assert all(one.runs[0].font.size >= Pt(22) for one in red)  # type: ignore[operator]
    assert [one.paragraph_format.space_before == 0 for one in red] == [False, True]


def test_every_xml_part_of_the_word_file_can_be_read_and_bears_one_time() -> None:
    made = word.render(NOTICE)
    assert made == word.render(NOTICE)
    with zipfile.ZipFile(io.BytesIO(made)) as archive:
        assert archive.testzip() is None
        assert {info.date_time for info in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
    facts = docx.Document(io.BytesIO(made)).core_properties
    assert (facts.title, facts.author, facts.last_modified_by) == (NOTICE.title, NOTICE.signer, "")


def test_the_pdf_is_pdf_a_the_same_each_time_and_says_what_it_lacks() -> None:
    fonts = choose(["Noto Serif CJK SC", "Noto Sans CJK SC"])
    made = typeset.render(NOTICE, fonts)
    assert made.content.startswith(b"%PDF-1.7")
    assert b"pdfaid:part" in made.content
    assert made == typeset.render(NOTICE, fonts)
    assert Missing("仿宋_GB2312", "Noto Serif CJK SC") in made.missing
    assert len(made.missing) == 5


def test_the_workbook_holds_texts_and_figures_and_runs_nothing() -> None:
    made = annex_sheet.render("慰问单位一览表", TABLE, NOTICE.dated_on)
    rows = CalamineWorkbook.from_filelike(io.BytesIO(made)).get_sheet_by_index(0).to_python()
    assert rows[0][0] == "慰问单位一览表"
    assert rows[2:] == [
        ["序号", "慰问单位", "联系电话"],
        [1.0, "东港船闸管理所", "199****0001"],
        [2.0, "=1+1", "020-****1234"],
    ]
    with zipfile.ZipFile(io.BytesIO(made)) as archive:
        assert b"<f>" not in archive.read("xl/worksheets/sheet1.xml")
