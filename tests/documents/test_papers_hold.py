"""Papers of hostile and of rare texts, and papers made elsewhere: they come out, and say the same."""

import dataclasses
import hashlib
import io
import os
import subprocess
import sys
from pathlib import Path

import docx
import pytest
import typst
from python_calamine import CalamineWorkbook

from documents.notice_sample import NOTICE, TABLE
from songnuan.documents import annex_sheet, typeset, word
from songnuan.documents.official import Annex, Line, OfficialDocument
from songnuan.kernel.refusal import Refusal

# Every sign that means something to a typesetter, to XML, to Word or to Excel, and what no paper can hold.
SIGNS = '#image("/etc/passwd") $x^2$ @ref <lab> \\ `raw` *b* _i_ // c /* <w:t> & =1+1 [x] ~'
UNSEEN = "\x00\x08\x0b\x1f\x7f\x85\u200b\u202e\ufeff\ufffe\uffff\ud800"


def hostile(text: str) -> OfficialDocument:
    """Return a notice that says the same text wherever it says something."""
    table = dataclasses.replace(TABLE, rows=((text, text, text),), note=text)
    return dataclasses.replace(
        NOTICE,
        title=text,
        addressees=text,
        body=(Line(text), Line(text, 1)),
        annexes=(Annex(text, (Line(text),)), Annex(text, table=table)),
        note=text,
    )


def test_signs_of_typesetters_are_text_like_any_other() -> None:
    made = docx.Document(io.BytesIO(word.render(hostile(SIGNS))))
    assert f"{SIGNS}：" in {paragraph.text for paragraph in made.paragraphs}
    assert typeset.render(hostile(SIGNS)).undrawn == ()
    sheet = annex_sheet.render(SIGNS, hostile(SIGNS).annexes[1].table or TABLE, NOTICE.dated_on)
    rows = CalamineWorkbook.from_filelike(io.BytesIO(sheet)).get_sheet_by_index(0).to_python()
    assert rows[3] == [SIGNS] * 3


def test_what_no_paper_can_hold_is_left_out_of_all_of_them() -> None:
    made = docx.Document(io.BytesIO(word.render(hostile(f"控{UNSEEN}制"))))
    told = [paragraph.text for paragraph in made.paragraphs]
    assert "控 制" in {text.rstrip("：") for text in told}
    assert typeset.render(hostile(f"控{UNSEEN}制")).undrawn == ()
    table = hostile(f"控{UNSEEN}制").annexes[1].table
    assert table is not None
    rows = CalamineWorkbook.from_filelike(
        io.BytesIO(annex_sheet.render(UNSEEN, table, NOTICE.dated_on))
    ).get_sheet_by_index(0)
    assert rows.to_python()[-1] == ["控 制"] * 3


def test_a_character_that_no_font_has_is_marked_in_the_pdf_and_told() -> None:
    # Of private use: no font of the house gives it a shape.
    made = typeset.render(hostile("王\U000f0000\U000f0001"))
    assert made.undrawn == ("\U000f0000", "\U000f0001")
    assert made.content.startswith(b"%PDF")
    assert made.content == typeset.render(hostile("王〓〓")).content


def test_without_any_chinese_font_the_pdf_is_refused_with_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(*_told: object, **_options: object) -> bytes:
        raise typst.TypstError('PDF/A-2b error: the text `"澄"` could not be displayed with font `"X"`', "")

    monkeypatch.setattr(typst, "compile", fails)
    with pytest.raises(Refusal) as refused:
        typeset.render(NOTICE)
    assert refused.value.code == "no_chinese_font"


def test_a_telephone_number_that_looks_like_a_figure_stays_text() -> None:
    table = dataclasses.replace(TABLE, rows=(("007", "甲", "110"), ("0", "乙", "1234567")))
    rows = CalamineWorkbook.from_filelike(
        io.BytesIO(annex_sheet.render("[表]:*?/\\" + "长" * 40, table, NOTICE.dated_on))
    ).get_sheet_by_index(0)
    assert rows.to_python()[3:] == [["007", "甲", 110.0], [0.0, "乙", "1234567"]]


def test_a_paper_is_the_same_bytes_in_another_process_at_another_place() -> None:
    """Neither the order of sets nor the clock of the machine gets into a paper."""
    program = (
        "import hashlib; from documents.notice_sample import NOTICE, TABLE;"
        "from songnuan.documents import annex_sheet, typeset, word;"
        "print(*(hashlib.sha256(made).hexdigest() for made in (word.render(NOTICE),"
        " typeset.render(NOTICE).content, annex_sheet.render('表', TABLE, NOTICE.dated_on))))"
    )
    here = (
        word.render(NOTICE),
        typeset.render(NOTICE).content,
        annex_sheet.render("表", TABLE, NOTICE.dated_on),
    )
    environment = {**os.environ, "PYTHONHASHSEED": "7", "TZ": "America/Lima", "LC_ALL": "C"}
    there = subprocess.run(
        [sys.executable, "-c", program],
        cwd=Path(__file__).parents[1],
        env=environment,
        check=True,
        capture_output=True,
        text=True,
    )
    assert there.stdout.split() == [hashlib.sha256(made).hexdigest() for made in here]
