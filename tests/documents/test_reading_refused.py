"""Files that nobody should have to fear: refused with a sentence or harmless, in little memory and time."""

import io
import os
import resource
import struct
import tempfile
import zipfile
import zlib
from collections.abc import Iterator
from typing import BinaryIO, cast

import pytest

from documents.reading_samples import (
    FILES,
    MAIN,
    Rows,
    archive,
    ods,
    parts,
    read,
    refused,
    rows,
    text,
    worksheet,
    written,
    xlsx,
)
from songnuan.documents.reading import FILE_MAX, Odd, read_frames
from songnuan.kernel.refusal import Refusal

ROW = f'<row r="1">{text("A1", "姓名")}</row>'


@pytest.fixture(autouse=True)
def _in_time() -> Iterator[None]:
    """None of these files keeps a processor busy for long."""
    begin = resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime
    yield
    assert resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime - begin < 60


@pytest.mark.parametrize("name", ["protected.xlsx", "protected.xls", "protected.ods"])
def test_a_protected_workbook_is_refused(name: str) -> None:
    refusal = refused((FILES / name).read_bytes())
    assert (refusal.code, refusal.facts["why"]) == ("unreadable", "password")


def test_a_page_that_calls_itself_xls_is_refused() -> None:
    assert refused((FILES / "page.xls").read_bytes(), "page.xls").facts["why"] == "markup"


def test_an_empty_file_and_an_empty_workbook_are_refused() -> None:
    assert refused(b"").facts["why"] == "empty"
    assert refused(written([])).facts["why"] == "blank"
    assert refused(b"\n\n\n", "a.csv").facts["why"] == "blank"
    hidden = parts(worksheet(ROW))
    hidden["xl/workbook.xml"] = str(hidden["xl/workbook.xml"]).replace(
        "<sheet ", '<sheet state="veryHidden" '
    )
    assert refused(archive(hidden)).facts["why"] == "blank"


def test_other_archives_and_documents_are_told_apart() -> None:
    assert refused(archive({"word/document.xml": "<document/>"})).facts["why"] == "foreign"
    assert refused(archive({})).facts["why"] == "foreign"
    assert refused(archive({"2020/名单.XLSX": xlsx(ROW)})).facts["why"] == "archive"
    letter = "application/vnd.oasis.opendocument.text"
    assert refused(ods("", mimetype=letter)).facts["why"] == "foreign"
    former = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600) + "WordDocument".encode("utf-16-le")
    assert refused(former).facts["why"] == "foreign"


def test_a_locked_member_is_refused() -> None:
    content = bytearray(xlsx(ROW))
    place = content.rfind(b"PK\x01\x02")
    content[place + 8] |= 1
    assert refused(bytes(content)).facts["why"] == "password"


@pytest.mark.parametrize("name", ["staff.xlsx", "staff.xls", "staff.ods"])
def test_half_a_file_is_refused(name: str) -> None:
    whole = (FILES / name).read_bytes()
    for part in (0.02, 0.3, 0.6, 0.9, 0.99):
        assert refused(whole[: int(len(whole) * part)]).code == "unreadable"


def test_a_file_beyond_the_limit_is_not_opened() -> None:
    with tempfile.TemporaryFile() as file:
        os.truncate(file.fileno(), FILE_MAX + 1_000_000)
        with pytest.raises(Refusal) as refusal:
            next(read_frames(cast("BinaryIO", file), "a.xlsx"))
    assert refusal.value.code == "too_large"
    assert "201" in refusal.value.sentence


@pytest.fixture(scope="module")
def spaces() -> bytes:
    """A thousand million spaces, deflated."""
    deflater = zlib.compressobj(1, zlib.DEFLATED, -15)
    piece = b" " * 10_000_000
    return b"".join((*(deflater.compress(piece) for _piece in range(100)), deflater.flush()))


def with_member(name: str, packed: bytes, size: int) -> bytes:
    """Return a workbook in which the deflated bytes of a member, and what it says of its size, are these."""
    members = {"xl/first": b"", **parts(worksheet(ROW))}
    members.pop(name, None)
    content = archive(members)
    start = content.index(b"PK\x01\x02")
    end = content.rindex(b"PK\x05\x06")
    raw = name.encode()
    fields = (20, 0, 8, 0, 33, 0, len(packed), size, len(raw), 0)
    local = b"PK\x03\x04" + struct.pack("<5H3L2H", *fields) + raw + packed
    central = (
        content[start:end] + b"PK\x01\x02" + struct.pack("<6H3L5H2L", 20, *fields, 0, 0, 0, 0, start) + raw
    )
    count = len(members) + 1
    last = b"PK\x05\x06" + struct.pack("<4H2LH", 0, 0, count, count, len(central), start + len(local), 0)
    return content[:start] + local + central + last


@pytest.mark.parametrize("name", ["xl/worksheets/sheet1.xml", "xl/sharedStrings.xml", "xl/workbook.xml"])
def test_a_bomb_is_refused(name: str, spaces: bytes) -> None:
    assert refused(with_member(name, spaces, 3_100_000_000)).code == "too_large"
    assert refused(with_member(name, spaces, 1_000_000_000)).code in {"too_large", "unreadable"}
    assert refused(with_member(name, spaces, 100_000)).facts["why"] == "damaged", "it lies about its size"


def test_a_row_without_end_is_refused() -> None:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as made:
        for name, content in parts("").items():
            if "sheet1" not in name:
                made.writestr(name, content)
        with made.open("xl/worksheets/sheet1.xml", "w") as sheet:
            sheet.write(b"<worksheet><sheetData><row r='1'>")
            for _piece in range(60):
                sheet.write(b" " * 10_000_000)
    assert refused(file.getvalue()).code == "too_large"


def test_a_bomb_beside_the_table_goes_off_nowhere(spaces: bytes) -> None:
    assert rows(with_member("xl/media/image1.png", spaces, 1_000_000_000)) == [["姓名"]]


def test_members_that_lie_in_one_another_are_refused() -> None:
    content = xlsx(ROW)
    with zipfile.ZipFile(io.BytesIO(content)) as made:
        start, offsets = made.start_dir, [part.header_offset for part in made.infolist()]
    moved = content[start:].replace(struct.pack("<L", offsets[-1]), struct.pack("<L", offsets[-2]), 1)
    assert refused(content[:start] + moved).facts["why"] == "damaged"


def test_huge_shared_texts_are_refused_or_harmless() -> None:
    many = xlsx('<row r="1"><c r="A1" t="s"><v>1</v></c></row>', texts=["a" * 1000] * 200_000)
    assert rows(many) == [["a" * 1000]]
    repeated = "".join(
        f'<row r="{n}">' + "".join(f'<c r="{c}{n}" t="s"><v>0</v></c>' for c in "ABCDEFGHIJ") + "</row>"
        for n in range(1, 3000)
    )
    assert refused(xlsx(repeated, texts=["长" * 3_000_000])).code in {"too_large", "unreadable"}


ENTITIES = (
    '<!DOCTYPE x [<!ENTITY a "xxxxxxxxxx">'
    + "".join(f'<!ENTITY {b} "{f"&{a};" * 10}">' for a, b in zip("abcdefgh", "bcdefghi", strict=True))
    + ' <!ENTITY out SYSTEM "file:///etc/passwd">]>'
)


@pytest.mark.parametrize("entity", ["&i;", "&out;"])
@pytest.mark.parametrize("name", ["xl/workbook.xml", "xl/sharedStrings.xml", "xl/worksheets/sheet1.xml"])
def test_entities_grow_nowhere_and_fetch_nothing(name: str, entity: str) -> None:
    made = parts(worksheet(f'<row r="1"><c r="A1" t="s"><v>0</v></c>{text("B1", entity)}</row>'), [entity])
    made[name] = ENTITIES + str(made[name]).replace('<?xml version="1.0"?>', "")
    assert refused(archive(made)).facts["why"] == "damaged"


@pytest.mark.parametrize("entity", ["&i;", "&out;"])
def test_entities_of_an_ods_workbook_do_neither(entity: str) -> None:
    told = 'office:value-type="string" table:formula="of:=1"'
    cell = f"<table:table-cell {told}><text:p>{entity}</text:p></table:table-cell>"
    with zipfile.ZipFile(io.BytesIO(ods(f"<table:table-row>{cell}</table:table-row>"))) as made:
        members = {part.filename: made.read(part) for part in made.infolist()}
    members["content.xml"] = ENTITIES.encode() + members["content.xml"]
    assert refused(archive(members, 0)).facts["why"] == "damaged"


def test_macros_links_and_pictures_are_never_looked_at() -> None:
    made = parts(
        worksheet(ROW, '<drawing r:id="r9"/><hyperlinks><hyperlink ref="A1" r:id="r8"/></hyperlinks>')
    )
    made |= {
        "xl/vbaProject.bin": b"\xd0\xcf\x11\xe0 no project at all",
        "xl/externalLinks/externalLink1.xml": "<externalLink><no end",
        "xl/connections.xml": '<connections><connection odcFile="http://192.0.2.1/x"/></connections>',
        "xl/embeddings/oleObject1.bin": b"MZ",
        "xl/worksheets/_rels/sheet1.xml.rels": "<not XML",
    }
    assert rows(archive(made)) == [["姓名"]]


def test_odd_names_in_the_archive_are_harmless() -> None:
    names = (
        "../../etc/cron.d/x",
        "/etc/passwd",
        "C:\\Windows\\x",
        "xl/",
        "a" * 60_000,
        "名\x01单",
        "xl//..//x.xml",
    )
    assert rows(archive(parts(worksheet(ROW)) | dict.fromkeys(names, b"x"))) == [["姓名"]]


def test_a_million_empty_formatted_rows_are_harmless() -> None:
    empty = "".join(
        f'<row r="{n}" s="1"><c r="A{n}" s="1"/><c r="C{n}" s="1"/></row>' for n in range(2, 1_000_001)
    )
    assert read(xlsx(ROW + empty)) == {"一": {1: ["姓名"]}}


def test_an_ods_row_repeated_to_the_end_is_harmless_or_refused() -> None:
    cell = '<table:table-cell office:value-type="string" {}><text:p>姓名</text:p></table:table-cell>'
    row = "<table:table-row {}>{}</table:table-row>"
    repeated = "table:number-{}-repeated='{}'"
    first = row.format("", cell.format(""))
    empty = row.format(
        repeated.format("rows", 1_048_575), f"<table:table-cell {repeated.format('columns', 16384)}/>"
    )
    assert rows(ods(first + empty)) == [["姓名"]]
    for rows_of_it, columns in ((1_048_575, 16384), (10**18, 10**18), (5, 301)):
        filled = row.format(
            repeated.format("rows", rows_of_it), cell.format(repeated.format("columns", columns))
        )
        assert refused(ods(first + filled)).code in {"unreadable", "too_large"}
    spaces = cell.format("").replace("姓名", '<text:s text:c="4000000000"/>')
    assert refused(ods(row.format("", spaces))).code == "unreadable"


@pytest.mark.parametrize("row", [2, 1_048_576])
def test_a_stray_cell_in_the_last_column_is_refused_and_named(row: int) -> None:
    refusal = refused(xlsx(f'{ROW}<row r="{row}">{text(f"XFD{row}", "x")}</row>'))
    assert refusal.code in ({"too_large"} if row == 2 else {"too_large", "unreadable"})
    if row == 2:
        assert (refusal.facts["row"], refusal.facts["column"]) == (2, 16384)
        assert "“一”" in refusal.sentence
        assert "XFD" in refusal.sentence


def test_a_stray_cell_in_the_last_row_is_harmless() -> None:
    found: Rows = read(xlsx(f'{ROW}<row r="1048576">{text("A1048576", "x")}</row>'))["一"]
    assert found == {1: ["姓名"], 1_048_576: ["x"]}


@pytest.mark.parametrize("reference", ["A0", "A99999999999", "ZZZZ1", "1", "A1048577", "甲1", ""])
def test_a_cell_that_is_nowhere_is_refused(reference: str) -> None:
    assert (
        refused(xlsx(f'{ROW}<row r="2"><c r="{reference}"><f>1</f><v>1</v></c></row>')).code == "unreadable"
    )


def test_whatever_is_merged_or_computed_over_the_whole_sheet_is_harmless() -> None:
    merged = "".join(f'<mergeCell ref="A{n}:XFD1048576"/>' for n in range(1, 5000))
    sheet = xlsx(f"{ROW}<row r='9'>{text('C9', 'x')}</row>", f"<mergeCells>{merged}</mergeCells>")
    found = read(sheet)["一"]
    assert found[1] == ["姓名"] * 300
    assert found[9] == ["姓名"] * 300
    formula = '<row r="2"><c r="A2"><f t="array" ref="A2:XFD1048576">1</f><v>1</v></c></row>'
    assert rows(xlsx(ROW + formula)) == [["姓名"], [Odd("formula", 1)]]


def test_a_workbook_without_its_parts_is_refused() -> None:
    whole = parts(worksheet(ROW))
    for name in ("xl/workbook.xml", "xl/worksheets/sheet1.xml"):
        assert (
            refused(archive({key: part for key, part in whole.items() if key != name})).code == "unreadable"
        )
    for sheet in (b"", b"\0" * 999, worksheet(ROW)[:-30], "<html/>", worksheet(ROW).encode("utf-16")):
        assert refused(archive(whole | {"xl/worksheets/sheet1.xml": sheet})).code == "unreadable"
    bare = {key: part for key, part in whole.items() if "rels" not in key and "styles" not in key}
    assert refused(archive(bare)).facts["why"] == "blank"
    assert MAIN in str(whole["xl/workbook.xml"])
