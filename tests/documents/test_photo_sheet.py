"""Pages of photos: four to a page, the same bytes again, nothing that a paper cannot hold."""

import io
from datetime import date

import docx
from PIL import Image

from songnuan.documents.photo_sheet import PagePhoto, PhotoSheet, render_pdf, render_word
from songnuan.documents.sheet_paper import Group, Kind, Part, SheetColumn, SheetPaper, SheetTable, Signed
from songnuan.documents.sheet_word import render as render_sheet


def picture(width: int = 80, height: int = 60) -> bytes:
    made = io.BytesIO()
    Image.new("RGB", (width, height), "teal").save(made, "JPEG")
    return made.getvalue()


def sheet(count: int, caption: str = "东门") -> PhotoSheet:
    photos = tuple(PagePhoto(picture(80 + nth, 60), caption, "第1批") for nth in range(count))
    return PhotoSheet("发放照片", ("单位：某校",), date(2020, 5, 18), photos)


def test_two_go_beside_each_other_and_all_are_there() -> None:
    made = docx.Document(io.BytesIO(render_word(sheet(5))))
    assert [len(table.rows) for table in made.tables] == [3]
    assert len(made.inline_shapes) == 5
    told = [cell.text for row in made.tables[0].rows for cell in row.cells]
    assert sum("东门" in text for text in told) == 5


def test_a_picture_keeps_its_shape_and_fits_its_room() -> None:
    wide, tall = PagePhoto(picture(400, 100), "", ""), PagePhoto(picture(100, 400), "", "")
    content = render_word(PhotoSheet("照片", (), date(2020, 5, 18), (wide, tall)))
    for shape, ratio in zip(docx.Document(io.BytesIO(content)).inline_shapes, (4, 0.25), strict=True):
        assert abs(shape.width / shape.height / ratio - 1) < 0.01
        assert shape.width.mm <= 83.1
        assert shape.height.mm <= 84.1


def test_the_same_photos_give_the_same_bytes() -> None:
    assert render_word(sheet(3)) == render_word(sheet(3))
    assert render_pdf(sheet(3)).content == render_pdf(sheet(3)).content


def test_what_no_paper_can_hold_is_taken_out_of_words() -> None:
    content = render_word(sheet(1, "东\x07门\n口"))
    told = docx.Document(io.BytesIO(content)).tables[0].rows[0].cells[0].text
    assert "东门 口" in told
    assert render_pdf(sheet(1, "东\x07门\n口")).content.startswith(b"%PDF")


def test_a_signature_without_words_stands_in_a_word_table() -> None:
    columns = tuple(SheetColumn(name, 10, Kind.SIGN) for name in "甲乙丙丁")
    row = (Signed("", picture()), Signed("某", picture()), None, Signed(""))
    paper = SheetPaper("表", (), date(2020, 5, 18), table=SheetTable(columns, (Part((Group((row,)),)),)))
    assert len(docx.Document(io.BytesIO(render_sheet([paper]))).inline_shapes) == 2
