"""Reading texts with a table in them: every encoding and delimiter that offices and databases write."""

import codecs

import pytest

from documents.reading_samples import read, refused
from songnuan.documents.reading import Frame, as_file, read_frames

TABLE = [
    ["工号", "姓名", "身份证号码", "单位"],
    ["018", "赵守江", "000000199001010015", "东港船闸管理所"],
    ["019", "钱望江𠮷", "00000019851231002X", ""],
]


def lines(delimiter: str, end: str = "\r\n") -> str:
    return "".join(delimiter.join(row) + end for row in TABLE)


def table(content: bytes) -> list[list[object]]:
    """Return the filled rows of a text's table, which is named after the file."""
    return [list[object](row) for row in read(content, "2020/名单.表.csv")["名单.表"].values()]


ENCODED = {
    "utf-8": ("utf-8", b""),
    "utf-8 with a mark": ("utf-8", codecs.BOM_UTF8),
    "utf-16 le": ("utf-16-le", b""),
    "utf-16 le with a mark": ("utf-16-le", codecs.BOM_UTF16_LE),
    "utf-16 be": ("utf-16-be", b""),
    "utf-16 be with a mark": ("utf-16-be", codecs.BOM_UTF16_BE),
    "gb18030": ("gb18030", b""),
}


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "，"])
@pytest.mark.parametrize("name", ENCODED)
def test_each_encoding_with_each_delimiter(name: str, delimiter: str) -> None:
    encoding, mark = ENCODED[name]
    expected = [row[:3] if not row[3] else row for row in TABLE]
    assert table(mark + lines(delimiter).encode(encoding)) == expected


@pytest.mark.parametrize("end", ["\n", "\r", "\r\n"])
def test_each_line_end(end: str) -> None:
    assert len(table(lines(",", end).encode())) == len(TABLE)


def test_gbk_of_an_old_system_is_gb18030() -> None:
    assert table("姓名,单位\n赵守江,东港".encode("gbk")) == [["姓名", "单位"], ["赵守江", "东港"]]


def test_the_delimiter_is_what_most_rows_agree_on() -> None:
    content = "职工名单\n工号\t姓名\t地址\n018\t赵守江\t沿江路1号,2栋,3室;内\n019\t钱望江\t沿江路2号\n"
    assert table(content.encode())[2] == ["018", "赵守江", "沿江路1号,2栋,3室;内"]
    assert table(b"a;b\n1,5;2,5\n") == [["a", "b"], ["1,5", "2,5"]]
    assert table("姓名，备注,a\n赵守江，无,b\n".encode()) == [["姓名，备注", "a"], ["赵守江，无", "b"]]
    assert table(b"sep=;\na;b,c,d\n") == [["sep="], ["a", "b,c,d"]]


def test_a_list_without_a_delimiter_is_one_column() -> None:
    assert table("姓名\n赵守江\n钱望江\n".encode()) == [["姓名"], ["赵守江"], ["钱望江"]]


def test_quotation_marks_hold_delimiters_and_line_breaks() -> None:
    content = '姓名,地址\n赵守江,"沿江路1号,\r\n2栋 ""东"""\n\n钱望江,"=""018"""\n'
    assert read(content.encode(), "a.csv")["a"] == {
        1: ["姓名", "地址"],
        2: ["赵守江", '沿江路1号,\r\n2栋 "东"'],
        4: ["钱望江", "018"],
    }


def test_text_that_was_kept_from_becoming_a_number_is_freed() -> None:
    assert table(b'a,b,c\n="018",=1+1,="0\n') == [["a", "b", "c"], ["018", "=1+1", '="0']]


def test_a_line_of_delimiters_only_is_empty() -> None:
    assert read(b"a;b;c\r\n1;;\r\n;;\r\n2;;3\r\n", "a.txt") == {
        "a": {1: ["a", "b", "c"], 2: ["1"], 4: ["2", "", "3"]}
    }


def test_nul_is_left_out() -> None:
    assert table("姓名,单位\n赵\0守江,东港\n".encode() * 20)[1] == ["赵守江", "东港"]


def test_half_a_character_is_refused_with_its_line() -> None:
    broken = lines(",").encode("gb18030") + "孙小".encode("gb18030")[:-1] + b"\n4,a\n"
    refusal = refused(broken, "a.csv")
    assert (refusal.facts["why"], refusal.facts["line"]) == ("bytes", 4)
    assert "4" in refusal.sentence


def test_injured_utf8_is_not_taken_for_gb18030() -> None:
    content = lines(",").encode() + "孙".encode()[:2] + "小川".encode() + b"\n"
    assert refused(content, "a.csv").facts["line"] == 4
    assert refused(codecs.BOM_UTF8 + b"a,b\n\xff\n", "a.csv").facts["line"] == 2
    lone = codecs.BOM_UTF16_LE + "a,b\n".encode("utf-16-le") + b"\x00\xd8,\0"
    assert refused(lone, "a.csv").facts["line"] == 2


@pytest.mark.parametrize("rows", [3, 300])
def test_a_quotation_mark_that_nobody_closed_swallows_nothing(rows: int) -> None:
    refusal = refused('姓名,地址\n赵守江,"沿江路1号\n'.encode() + "钱望江,港\n".encode() * rows, "a.csv")
    assert (refusal.facts["why"], refusal.facts["line"]) == ("quote", 2)


def test_a_cell_without_end_is_refused() -> None:
    assert refused(b'a,b\nc,"' + b"d" * 200_000 + b'"\n', "a.csv").facts["why"] == "quote"
    assert refused(b"a,b\n" + b"c" * 1_200_000 + b"\n", "a.csv").facts["row"] == 2


@pytest.mark.parametrize(
    "content",
    [
        b"<html><body><table><tr><td>1</td></tr></table></body></html>",
        '<?xml version="1.0"?>\n<?mso-application progid="Excel.Sheet"?><Workbook/>'.encode("utf-16"),
        "\r\n  <meta charset='gb2312'><table><tr><td>姓名</td></tr></table>".encode("gb18030"),
        b'MIME-Version: 1.0\r\nContent-Type: multipart/related; boundary="x"\r\n',
    ],
)
def test_a_page_saved_as_xls_is_refused_with_what_to_do(content: bytes) -> None:
    refusal = refused(content, "名单.xls")
    assert refusal.facts["why"] == "markup"
    assert ".xlsx" in refusal.sentence


@pytest.mark.parametrize(
    "content",
    [
        b"%PDF-1.7\n1 0 obj\n",
        b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR",
        b"{\\rtf1\\ansi",
        bytes(range(256)) * 40,
        b"\x09\x08\x08\0\0\x05\x05\0" * 50,
        b"\x7fELF\x02\x01\x01" + b"\0" * 200,
    ],
)
def test_what_is_no_text_is_refused(content: bytes) -> None:
    refusal = refused(content, "a.txt")
    assert (refusal.code, refusal.facts["why"]) == ("unreadable", "foreign")


def test_a_text_comes_in_frames_too() -> None:
    content = "".join(f"{number},赵守江,{number:018d}\n" for number in range(1, 5001)).encode("gb18030")
    with as_file(content) as file:
        frames: list[Frame] = list(read_frames(file, "a.txt"))
    assert [(frame.sheet, frame.first, len(frame.rows())) for frame in frames] == [
        ("a", 1, 60),
        ("a", 61, 2000),
        ("a", 2061, 2000),
        ("a", 4061, 940),
    ]


def test_more_rows_than_a_sheet_has_are_read_and_more_than_that_refused() -> None:
    refusal = refused(b"1\n" * 1_100_001, "a.csv")
    assert (refusal.code, refusal.facts["max"]) == ("too_large", 1_100_000)


def test_a_likely_delimiter_parts_the_cells_where_most_lines_have_it() -> None:
    def told(content: str) -> list[list[object]]:
        with as_file(content.encode()) as file:
            return [list[object](row) for frame in read_frames(file, "text", "|") for row in frame.rows()]

    assert told("2|2,409.50\n\na|1,409.50\nb|1,000.00\n") == [
        ["2", "2,409.50"],
        [],
        ["a", "1,409.50"],
        ["b", "1,000.00"],
    ]
    assert told("a,b\n1,x|y\n2,z\n") == [["a", "b"], ["1", "x|y"], ["2", "z"]]
