"""Files nobody should have to fear: bombs, broken, encrypted and foreign ones, built by hand."""

import io
import struct
import zipfile
import zlib
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from mess_files import Cell, Sheet, repacked, xlsx

HEADINGS: list[Cell] = ["序号", "姓名", "身份证号码", "单位", "联系电话", "备注"]
PEOPLE: list[list[Cell]] = [
    [1, "钱望江", "100101199003071231", "东江船闸管理所", "19900000001", ""],
    [2, "孙守河", "100101196003071203", "东江船闸管理所", "19900000002", ""],
]
SHEET = "xl/worksheets/sheet1.xml"
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"


def good(*more: Sequence[Cell], headings: Sequence[Cell] = HEADINGS) -> bytes:
    """Return a sound workbook of two people and the rows given."""
    return xlsx([Sheet("花名册", [list(headings), *PEOPLE, *(list(row) for row in more)])])


def with_part(name: str, content: bytes) -> bytes:
    """Return a sound workbook in which one part is another."""
    return repacked(good(), lambda part, old: content if part == name else old)


def sheet_xml(rows: bytes, tail: bytes = b"") -> bytes:
    """Return a worksheet with these rows."""
    return (
        f'<?xml version="1.0" encoding="UTF-8" standalone="yes"?><worksheet xmlns="{_MAIN}"><sheetData>'
    ).encode() + (rows + b"</sheetData>" + tail + b"</worksheet>")


def inline_row(number: int, cells: Sequence[Cell]) -> bytes:
    """Return a row of texts as XML."""
    texts = "".join(
        f'<c r="{"ABCDEFGH"[place]}{number}" t="inlineStr"><is><t>{cell}</t></is></c>'
        for place, cell in enumerate(cells)
    )
    return f'<row r="{number}">{texts}</row>'.encode()


def table_xml() -> bytes:
    """Return the sound table's rows as XML."""
    return b"".join(inline_row(at, cells) for at, cells in enumerate([HEADINGS, *PEOPLE], 1))


def empty_rows(through: int) -> bytes:
    """Return two people above rows, down to this one, that are formatted and empty."""
    empty = b"".join(
        b'<row r="%d" spans="1:3" s="1" customFormat="1"><c r="A%d" s="1"/><c r="B%d" s="1"/></row>'
        % (row, row, row)
        for row in range(4, through + 1)
    )
    return with_part(SHEET, sheet_xml(table_xml() + empty))


# Bombs --------------------------------------------------------------------------------------------


def swollen(part: str, begin: bytes, size: int, *, told: int | None = None) -> bytes:
    """Return a workbook of which one part unpacks to `size` bytes of spaces after its beginning.

    The packed stream is one block again and again, so that no time goes into packing.

    Args:
        part: Which part.
        begin: How it begins.
        size: Bytes when unpacked, rounded up to whole blocks.
        told: The size that the zip's directory tells instead.

    """
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    head = packer.compress(begin) + packer.flush(zlib.Z_FULL_FLUSH)
    spaces = b" " * (1 << 24)
    block = packer.compress(spaces) + packer.flush(zlib.Z_FULL_FLUSH)
    count = -(-size // len(spaces))
    packed = head + block * count + packer.flush()
    length = len(begin) + count * len(spaces) if told is None else told
    return with_raw_part(good(), part, packed, length)


def with_raw_part(content: bytes, part: str, packed: bytes, length: int) -> bytes:
    """Return a zip in which one part has this packed stream, whatever the directory tells of it."""
    file, marker = io.BytesIO(), b"@@"
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(file, "w") as new:
        for name in old.namelist():
            if name != part:
                new.writestr(name, old.read(name))
        new.writestr(part, marker)
    raw = file.getvalue()
    local = raw.rindex(b"PK\x03\x04", 0, raw.index(marker))
    central = raw.rindex(b"PK\x01\x02")
    start = raw.index(marker)
    end = raw.index(b"PK\x01\x02")
    head = bytearray(raw[local:start])
    head[8:10] = struct.pack("<H", 8)
    head[18:26] = struct.pack("<II", len(packed), length)
    directory = bytearray(raw[end:])
    entry = central - end
    directory[entry + 10 : entry + 12] = struct.pack("<H", 8)
    directory[entry + 20 : entry + 28] = struct.pack("<II", len(packed), length)
    tail = len(directory) - 22
    moved = local + len(head) + len(packed)
    directory[tail + 16 : tail + 20] = struct.pack("<I", moved)
    return raw[:local] + bytes(head) + packed + bytes(directory)


_GIGA = 1 << 30


def _laughs() -> bytes:
    """Return a workbook with a name of ten thousand million characters, if one believes its entities."""
    entities = "".join(f'<!ENTITY x{at} "{f"&x{at - 1};" * 10}">' for at in range(1, 12))
    head = f'<?xml version="1.0"?><!DOCTYPE worksheet [<!ENTITY x0 "哈">{entities}]>'.encode()
    body = sheet_xml(table_xml().replace("钱望江".encode(), b"&x11;"))
    return with_part(SHEET, head + body[body.index(b"<worksheet") :])


def _corner() -> bytes:
    far = b'<row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'
    return with_part(SHEET, sheet_xml(far))


def _merged() -> bytes:
    all_of_it = b'<mergeCells count="1"><mergeCell ref="A1:XFD1048576"/></mergeCells>'
    return with_part(SHEET, sheet_xml(inline_row(1, ["甲", "乙"]), all_of_it))


def _endless_ods() -> bytes:
    return ods_with(
        '<table:table table:name="a"><table:table-row table:number-rows-repeated="2147483647">'
        '<table:table-cell table:number-columns-repeated="2147483647" office:value-type="string">'
        "<text:p>甲</text:p></table:table-cell></table:table-row></table:table>"
    )


_BEGUN = sheet_xml(b"").removesuffix(b"</sheetData></worksheet>")
BOMBS: Mapping[str, Callable[[], bytes]] = {
    "a sheet of 3 GB": lambda: swollen(SHEET, _BEGUN, 3 * _GIGA),
    "a sheet of 3 GB said to be small": lambda: swollen(SHEET, _BEGUN, 3 * _GIGA, told=4000),
    "a sheet of 2.9 GB, just below what is taken": lambda: swollen(SHEET, _BEGUN, 2_900_000_000),
    "texts of 2.9 GB": lambda: swollen(
        "xl/sharedStrings.xml", f'<sst xmlns="{_MAIN}"><si><t>'.encode(), 2_900_000_000
    ),
    "styles of 3 GB said to be small": lambda: swollen(
        "xl/styles.xml", f'<styleSheet xmlns="{_MAIN}">'.encode(), 3 * _GIGA, told=4000
    ),
    "a list of sheets of 3 GB said to be small": lambda: swollen(
        "xl/workbook.xml", f'<workbook xmlns="{_MAIN}">'.encode(), 3 * _GIGA, told=4000
    ),
    "a billion laughs": _laughs,
    "a hungry count of texts": lambda: with_part(
        "xl/sharedStrings.xml", f'<sst xmlns="{_MAIN}" uniqueCount="999999999999"/>'.encode()
    ),
    "a cell in the far corner": _corner,
    "a merged range of everything": _merged,
    "an .ods of endless rows": _endless_ods,
    "a text of 150 MB in one line": lambda: b"a" * 150_000_000,
    "a text with a quote that never ends": lambda: '姓名,单位\n"'.encode() + b"x,\n" * 20_000_000,
    "16,000 columns": lambda: text_row(16_000),
}
"""Small files that grow beyond all measure, and some that are large at once."""


def text_row(columns: int) -> bytes:
    """Return a text file with a thousand lines of this many columns."""
    line = ",".join(["姓名", "身份证号码", *(f"列{at}" for at in range(columns - 2))]) + "\n"
    return line.encode() + ("," * (columns - 1) + "1\n").encode() * 1000


def ods_with(table: str) -> bytes:
    """Return an .ods with this table in its content."""
    space = "urn:oasis:names:tc:opendocument:xmlns:"
    names = "".join(f' xmlns:{short}="{space}{short}:1.0"' for short in ("office", "table", "text"))
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as made:
        made.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        made.writestr(
            "content.xml",
            f"<office:document-content{names}><office:body><office:spreadsheet>{table}"
            "</office:spreadsheet></office:body></office:document-content>",
        )
        made.writestr("META-INF/manifest.xml", "<manifest/>")
    return file.getvalue()


# Protected ----------------------------------------------------------------------------------------


def compound_file(*streams: str) -> bytes:
    """Return an OLE compound file with empty streams of these names, such as EncryptedPackage."""
    end, free, fat = 0xFFFFFFFE, 0xFFFFFFFF, 0xFFFFFFFD
    header = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 16
    header += struct.pack("<HHHHH6x", 0x3E, 3, 0xFFFE, 9, 6)
    header += struct.pack("<9I", 0, 1, 1, 0, 4096, end, 0, end, 0)
    header += struct.pack("<109I", 0, *([free] * 108))
    entries = _entry("Root Entry", 5, child=1, right=free)
    for at, name in enumerate(streams, 1):
        entries += _entry(name, 2, child=free, right=at + 1 if at < len(streams) else free)
    table = struct.pack("<128I", fat, end, *([free] * 126))
    return header + table + entries.ljust(512, b"\0") + b"\0" * 4096


def _entry(name: str, kind: int, *, child: int, right: int) -> bytes:
    """Return one entry of an OLE directory."""
    text = (name + "\0").encode("utf-16-le")
    head = text.ljust(64, b"\0") + struct.pack("<HBB", len(text), kind, 1)
    links = struct.pack("<III", 0xFFFFFFFF, right, child) + b"\0" * 36
    return head + links + struct.pack("<IQ", 0xFFFFFFFE, 0)


def locked_zip() -> bytes:
    """Return a workbook whose parts are said to be encrypted, as zip programs do with a password."""
    raw = bytearray(good())
    for sign, place in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        at = raw.find(sign)
        while at >= 0:
            raw[at + place] |= 1
            at = raw.find(sign, at + 4)
    return bytes(raw)


def locked_ods() -> bytes:
    """Return an .ods saved with a password: the manifest says so, the content is noise."""
    file = io.BytesIO()
    manifest = (
        '<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0">'
        '<manifest:file-entry manifest:full-path="content.xml" manifest:media-type="text/xml" '
        'manifest:size="4000"><manifest:encryption-data manifest:checksum="AAAA"/></manifest:file-entry>'
        "</manifest:manifest>"
    )
    with zipfile.ZipFile(file, "w") as made:
        made.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        made.writestr("content.xml", bytes(range(256)) * 16)
        made.writestr("META-INF/manifest.xml", manifest)
    return file.getvalue()


# Beside the table ---------------------------------------------------------------------------------


def with_links_and_macros() -> bytes:
    """Return a sound workbook with a macro, a link to another workbook, a connection and a web query."""
    types = (
        b'<Override PartName="/xl/vbaProject.bin" ContentType="application/vnd.ms-office.vbaProject"/>'
        b'<Override PartName="/xl/externalLinks/externalLink1.xml" ContentType="application/vnd.'
        b'openxmlformats-officedocument.spreadsheetml.externalLink+xml"/></Types>'
    )
    relations = (
        f'<Relationship Id="rId90" Type="{_RELATIONS}/externalLink" '
        'Target="externalLinks/externalLink1.xml"/>'
        '<Relationship Id="rId91" Type="http://schemas.microsoft.com/office/2006/relationships/vbaProject" '
        'Target="vbaProject.bin"/></Relationships>'
    ).encode()
    link = (
        f'<externalLink xmlns="{_MAIN}"><externalBook xmlns:r="{_RELATIONS}" r:id="rId1">'
        '<sheetNames><sheetName val="a"/></sheetNames></externalBook></externalLink>'
    ).encode()
    target = (
        '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
        f'<Relationship Id="rId1" Type="{_RELATIONS}/externalLinkPath" '
        'Target="http://127.0.0.1:9/a.xlsx" TargetMode="External"/></Relationships>'
    ).encode()
    changes: dict[str, Callable[[bytes], bytes]] = {
        "[Content_Types].xml": lambda old: old.replace(b"</Types>", types),
        "xl/_rels/workbook.xml.rels": lambda old: old.replace(b"</Relationships>", relations),
        "xl/workbook.xml": lambda old: old.replace(
            b"</sheets>",
            b'</sheets><externalReferences><externalReference r:id="rId90"/></externalReferences>',
        ),
    }
    more = {
        "xl/externalLinks/externalLink1.xml": link,
        "xl/externalLinks/_rels/externalLink1.xml.rels": target,
        "xl/vbaProject.bin": compound_file("VBA", "PROJECT"),
    }
    return repacked(good(), lambda part, old: changes.get(part, bytes)(old), more)


def reading_another_file(path: Path) -> bytes:
    """Return a workbook whose first name is an XML entity that stands for a file of this machine."""
    declared = f'<?xml version="1.0"?><!DOCTYPE worksheet [<!ENTITY x SYSTEM "file://{path}">]>'.encode()
    body = sheet_xml(table_xml().replace("钱望江".encode(), b"&x;"))
    return with_part(SHEET, declared + body[body.index(b"<worksheet") :])
