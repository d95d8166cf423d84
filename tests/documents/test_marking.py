"""The copy that goes back to an office holds its cells as they were, and says what is wrong where."""

import io
import re
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import Any

import orjson
import pytest
from django.utils.translation import override
from hypothesis import given, settings
from hypothesis import strategies as st
from python_calamine import load_workbook

from songnuan.documents.columns import is_help_sheet, match
from songnuan.documents.header import Field, Layout, find_header
from songnuan.documents.marking import LINKS_MAX, Mark, mark
from songnuan.documents.reading import Frame, Odd, as_file, read_frames

LIST = "List of problems"
Marks = Mapping[tuple[str, int], Sequence[Mark]]
SHEET: list[list[Any]] = [
    ["职工花名册"] * 4,
    ["序号", "姓名", "身份证号", "生日"],
    [1, "李芳", "110101199003071233", date(1990, 3, 7)],
    [2, "", 1.10101199003071e17, datetime(1992, 1, 2, 8, 30)],  # noqa: DTZ001 - a cell has no zone
    [],
    [3, "赵敏", "=1+1", "2020.13.45"],
]
WRONG: Marks = {
    ("在编", 4): [Mark(1, "缺姓名。"), Mark(2, "号码的后几位丢失了。")],
    ("在编", 6): [Mark(3, "这不是日期。"), Mark(None, "此人已在册。")],
}


def frame(rows: Sequence[Sequence[Any]], sheet: str = "在编", first: int = 1) -> Frame:
    """Return rows as the reader hands them on."""
    return Frame(sheet, first, orjson.dumps([[_packed(cell) for cell in row] for row in rows]))


def _packed(cell: Any) -> Any:
    if isinstance(cell, Odd):
        return {cell.kind[0]: cell.value}
    if isinstance(cell, datetime):
        return {"m": cell.isoformat()}
    return {"d": cell.isoformat()} if isinstance(cell, date) else cell


def marked(frames: Sequence[Frame], marks: Marks, headers: Mapping[str, int] | None = None) -> bytes:
    target = io.BytesIO()
    with override("en"):
        mark(frames, marks, target, headers=headers or {})
    return target.getvalue()


def read(content: bytes) -> dict[str, dict[int, list[Any]]]:
    """Return the rows of each sheet by their number."""
    sheets: dict[str, dict[int, list[Any]]] = {}
    with as_file(content) as file:
        for part in read_frames(file, "copy.xlsx"):
            rows = sheets.setdefault(part.sheet, {})
            rows.update({number: row for number, row in enumerate(part.rows(), part.first) if row})
    return sheets


def part(content: bytes, name: str) -> str:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return archive.read(name).decode()


def cells_of(sheets: dict[str, dict[int, list[Any]]], name: str, width: int) -> dict[int, list[Any]]:
    """Return a sheet's rows without the column of problems."""
    return {number: _trimmed(row[:width]) for number, row in sheets[name].items()}


def _trimmed(row: list[Any]) -> list[Any]:
    while row and row[-1] == "":
        row = row[:-1]
    return row


def test_every_cell_is_in_the_copy_as_it_was_under_the_number_of_its_row() -> None:
    copy = read(marked([frame(SHEET)], WRONG, {"在编": 2}))
    expected = {number: row for number, row in enumerate(SHEET, 1) if row}
    assert cells_of(copy, "在编", 4) == expected


def test_the_last_column_says_what_is_wrong_in_each_row() -> None:
    copy = read(marked([frame(SHEET)], WRONG, {"在编": 2}))
    problems = {number: row[4] for number, row in copy["在编"].items() if len(row) > 4}
    assert problems == {2: "Problem", 4: "缺姓名。\n号码的后几位丢失了。", 6: "这不是日期。\n此人已在册。"}


def test_wrong_cells_are_red_with_a_note_and_no_other_is() -> None:
    content = marked([frame(SHEET)], WRONG, {"在编": 2})
    notes = part(content, "xl/comments1.xml")
    assert re.findall(r'<comment ref="(\w+)"', notes) == ["B4", "C4", "D6"]
    assert [text for text in ("缺姓名。", "号码的后几位丢失了。", "这不是日期。") if text in notes] == [
        "缺姓名。",
        "号码的后几位丢失了。",
        "这不是日期。",
    ]
    cells = dict(re.findall(r'<c r="(\w+)" s="(\d+)"', part(content, "xl/worksheets/sheet2.xml")))
    styles = part(content, "xl/styles.xml")
    fills = re.findall(r"<fill>.*?</fill>", styles)
    looks = re.findall(r'<xf [^>]*fillId="(\d+)"', styles.partition("<cellXfs")[2])
    red = {place for place, style in cells.items() if "FFFFC7CE" in fills[int(looks[int(style)])]}
    assert red == {"B4", "C4", "D6"}


def test_the_first_sheet_lists_every_problem_with_a_link_to_it() -> None:
    marks: Marks = {**WRONG, ("在编", 2): [Mark(None, "缺一列。")], ("别处", 9): [Mark(0, "没有这一行。")]}
    content = marked([frame(SHEET)], marks, {"在编": 2})
    copy = read(content)
    assert next(iter(copy)) == LIST
    rows = list(copy[LIST].values())
    assert rows[0] == ["Problems in this file: 6"]
    assert rows[2:] == [
        ["Sheet", "Row", "Column", "Problem"],
        ["在编", "2", "", "缺一列。"],
        ["在编", "4", "B 姓名", "缺姓名。"],
        ["在编", "4", "C 身份证号", "号码的后几位丢失了。"],
        ["在编", "6", "D 生日", "这不是日期。"],
        ["在编", "6", "", "此人已在册。"],
        ["别处", 9, "", "没有这一行。"],
    ]
    links = re.findall(r'<hyperlink ref="\w+" location="([^"]+)"', part(content, "xl/worksheets/sheet1.xml"))
    assert links == ["'在编'!A2", "'在编'!B4", "'在编'!C4", "'在编'!D6", "'在编'!A6"]


def test_too_many_problems_are_listed_without_links_and_notes() -> None:
    rows = [["姓名"], *[["x"]] * (LINKS_MAX + 1)]
    marks = {("在编", number): [Mark(0, "不对。")] for number in range(2, LINKS_MAX + 3)}
    content = marked([frame(rows)], marks, {"在编": 1})
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        assert not [name for name in archive.namelist() if "comment" in name]
    assert "hyperlink" not in part(content, "xl/worksheets/sheet1.xml")
    copy = read(content)
    assert len(copy[LIST]) == 3 + len(marks)
    assert copy["在编"][LINKS_MAX + 2] == ["x", "不对。"]


def test_headings_stay_in_view_and_merged_titles_are_merged_again() -> None:
    sheet = part(marked([frame(SHEET)], WRONG, {"在编": 2}), "xl/worksheets/sheet2.xml")
    assert 'ySplit="2"' in sheet
    assert '<mergeCell ref="A1:D1"/>' in sheet
    assert '<autoFilter ref="A2:E6"/>' in sheet


def test_text_stays_text_and_nothing_is_run_or_linked() -> None:
    texts = [
        "=1+1",
        "+1",
        "@x",
        "018",
        "http://localhost/",
        "{=1}",
        "<r>x</r>",
        "<r><t>x</r>",
        " a ",
        "a\nb",
        "1E5",
    ]
    content = marked([frame([["姓名"], *[[text] for text in texts]])], {}, {"在编": 1})
    copy = read(content)["在编"]
    assert [row[0].rstrip() if "<r>" in row[0] else row[0] for row in list(copy.values())[1:]] == texts
    sheet = part(content, "xl/worksheets/sheet2.xml")
    assert "<f>" not in sheet
    assert "hyperlink" not in sheet


def test_formulas_are_written_as_what_they_came_to() -> None:
    rows: list[list[Any]] = [
        ["姓名", "甲"],
        [Odd("formula", "李芳"), Odd("error", "#REF!")],
        [Odd("formula", 12), Odd("formula", "")],
    ]
    content = marked([frame(rows)], {("在编", 2): [Mark(0, "公式。")]}, {"在编": 1})
    assert cells_of(read(content), "在编", 2) == {1: ["姓名", "甲"], 2: ["李芳", "#REF!"], 3: [12]}
    assert "<f>" not in part(content, "xl/worksheets/sheet2.xml")


def test_long_numbers_are_shown_in_digits() -> None:
    content = marked([frame([["卡号"], [622202123456789]])], {}, {"在编": 1})
    cells = dict(re.findall(r'<c r="(\w+)" s="(\d+)"', part(content, "xl/worksheets/sheet2.xml")))
    looks = re.findall(r'<xf numFmtId="(\d+)"', part(content, "xl/styles.xml").partition("<cellXfs")[2])
    assert looks[int(cells["A2"])] == "1"


@pytest.mark.parametrize(
    ("names", "given"),
    [
        (["a[b]:c*d?e/f\\g"], ["a_b__c_d_e_f_g"]),
        (["'在编'"], ["在编"]),
        ([""], ["Sheet"]),
        (["History"], ["History (2)"]),
        ([LIST], [f"{LIST} (2)"]),
        (["x" * 40, "X" * 40], ["x" * 31, "X" * 26 + " (2)"]),
        (["\ud800\x07"], ["�_"]),
    ],
)
def test_sheets_keep_their_names_as_far_as_can_be(names: list[str], given: list[str]) -> None:
    frames = [frame([["姓名"]]) for _name in names]
    frames = [Frame(name, 1, one.body) for name, one in zip(names, frames, strict=True)]
    content = marked(frames, {(names[0], 1): [Mark(0, "不对。")]})
    assert list(read(content)) == [LIST, *given]


def test_rows_wider_than_the_first_ones_lose_nothing() -> None:
    frames = [frame([["姓名", "甲"], ["李芳", "1"]]), frame([["赵敏", "2", "3", "4"]], first=61)]
    marks: Marks = {("在编", 61): [Mark(2, "多出一列。")]}
    copy = read(marked(frames, marks, {"在编": 1}))
    assert copy["在编"][61] == ["赵敏", "2", "多出一列。", "3", "4"]
    assert copy[LIST][5] == ["在编", "61", "D", "多出一列。"]


def test_a_file_without_faults_has_an_empty_list() -> None:
    copy = read(marked([frame([["姓名"], ["李芳"]])], {}))
    assert copy["在编"] == {1: ["姓名"], 2: ["李芳"]}
    assert len(copy[LIST]) == 3


def test_a_mended_copy_is_read_as_the_file_it_was() -> None:
    layout = Layout("people", (Field("name", ("姓名",), required=True), Field("id_number", ("身份证号",))))
    copy = read(marked([frame(SHEET)], WRONG, {"在编": 2}))
    tables = [name for name in copy if not is_help_sheet(name, has_header=True)]
    assert tables == ["在编"]
    rows = [copy["在编"].get(number, []) for number in range(1, 7)]
    header = find_header(rows, layout)
    assert header is not None
    assert header.row == 2
    columns = match(header, layout, {}, rows)
    assert dict(columns.places) == {"name": 1, "id_number": 2}
    assert [unknown.heading for unknown in columns.unknown] == ["序号", "生日"]


def test_memory_stays_small_while_rows_stream() -> None:
    """The frames are a generator of which nothing is kept: the second is made after the first is written."""
    made: list[int] = []

    def frames() -> Iterator[Frame]:
        for number in range(3):
            made.append(number)
            yield frame([["x"]], first=number + 1)

    class Watched(io.BytesIO):
        def write(self, data: Any, /) -> int:
            assert made == [0, 1, 2]
            return super().write(data)

    mark(frames(), {}, Watched())
    assert made == [0, 1, 2]


CELL = st.one_of(
    st.text(max_size=12),
    st.integers(-(10**18), 10**18),
    st.floats(allow_nan=False, allow_infinity=False),
    st.booleans(),
    st.dates(),
    st.datetimes().map(lambda moment: moment.replace(microsecond=0)),
    st.builds(Odd, st.sampled_from(["formula", "error"]), st.text(max_size=6)),
)


@settings(max_examples=30)
@given(
    st.lists(st.lists(CELL, max_size=5), max_size=6),
    st.dictionaries(
        st.integers(1, 8),
        st.lists(st.builds(Mark, st.none() | st.integers(0, 6), st.text(max_size=9)), min_size=1),
    ),
    st.none() | st.integers(1, 8),
)
def test_any_cells_make_a_workbook_that_can_be_read(
    rows: list[list[Any]], marks: dict[int, list[Mark]], header: int | None
) -> None:
    of_sheet = {("在编", number): some for number, some in marks.items()}
    content = marked([frame(rows)], of_sheet, {"在编": header} if header else {})
    book = load_workbook(io.BytesIO(content))
    assert book.sheet_names == [LIST, "在编"]
    texts = {cell for row in book.get_sheet_by_index(1).to_python() for cell in row if isinstance(cell, str)}
    for row in rows:
        for cell in row:
            if isinstance(cell, str) and cell.isalnum():
                assert any(cell in text for text in texts)
