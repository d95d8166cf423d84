"""Files as offices, programs and nobody should send them, made byte by byte, and what is read of them."""

import io
import zipfile
from collections import defaultdict
from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest
import xlsxwriter

from songnuan.documents.reading import Odd, as_file, read_frames
from songnuan.kernel.cells import Cell
from songnuan.kernel.refusal import Refusal

FILES = Path(__file__).with_name("files")
MAIN = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
TYPES = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
Rows = dict[int, list[Cell | Odd]]


def read(content: bytes, name: str = "名单.xlsx") -> dict[str, Rows]:
    """Return the rows of each sheet by their numbers, without the empty ones."""
    sheets: defaultdict[str, Rows] = defaultdict(dict)
    with as_file(content) as file:
        for frame in read_frames(file, name):
            sheets[frame.sheet] |= {
                row: cells for row, cells in enumerate(frame.rows(), frame.first) if cells
            }
    return dict(sheets)


def rows(content: bytes) -> list[list[Cell | Odd]]:
    """Return the filled rows of the only sheet."""
    (sheet,) = read(content).values()
    return list(sheet.values())


def refused(content: bytes, name: str = "名单.xlsx") -> Refusal:
    """Return the refusal of a file."""
    with pytest.raises(Refusal) as refusal:
        read(content, name)
    assert refusal.value.field == "file"
    return refusal.value


def archive(members: Mapping[str, str | bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    """Return a zip archive."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", method) as made:
        for name, content in members.items():
            made.writestr(name, content)
    return file.getvalue()


def relations(kinds: Mapping[str, tuple[str, str]]) -> str:
    """Return a part with relations: of each key, the kind and the target."""
    lines = "".join(
        f'<Relationship Id="{key}" Type="{TYPES}/{kind}" Target="{target}"/>'
        for key, (kind, target) in kinds.items()
    )
    return f'<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">{lines}</Relationships>'


def parts(sheet: str | bytes, texts: Sequence[str] = (), properties: str = "") -> dict[str, str | bytes]:
    """Return the parts of a workbook with one sheet; its second format is a date's."""
    shared = "".join(f"<si><t>{text}</t></si>" for text in texts)
    styles = '<cellXfs><xf numFmtId="0"/><xf numFmtId="14"/></cellXfs>'
    kinds = {
        "r1": ("worksheet", "worksheets/sheet1.xml"),
        "r2": ("styles", "styles.xml"),
        "r3": ("sharedStrings", "sharedStrings.xml"),
    }
    sheets = '<sheet name="一" sheetId="1" r:id="r1"/>'
    return {
        "[Content_Types].xml": "<Types/>",
        "_rels/.rels": relations({"r1": ("officeDocument", "xl/workbook.xml")}),
        "xl/workbook.xml": (
            f'<workbook {MAIN} xmlns:r="{TYPES}"><workbookPr{properties}/>'
            f"<sheets>{sheets}</sheets></workbook>"
        ),
        "xl/_rels/workbook.xml.rels": relations(kinds),
        "xl/styles.xml": f"<styleSheet {MAIN}>{styles}</styleSheet>",
        "xl/sharedStrings.xml": f"<sst {MAIN}>{shared}</sst>",
        "xl/worksheets/sheet1.xml": sheet,
    }


def worksheet(rows: str, behind: str = "") -> str:
    """Return a sheet's XML."""
    return f'<?xml version="1.0"?><worksheet {MAIN}><sheetData>{rows}</sheetData>{behind}</worksheet>'


def xlsx(rows: str, behind: str = "", texts: Sequence[str] = (), properties: str = "") -> bytes:
    """Return a workbook with these rows, in XML."""
    return archive(parts(worksheet(rows, behind), texts, properties))


def text(reference: str, value: str) -> str:
    """Return a cell with a text of its own."""
    return f'<c r="{reference}" t="inlineStr"><is><t>{value}</t></is></c>'


def ods(table: str, *, mimetype: str = "application/vnd.oasis.opendocument.spreadsheet") -> bytes:
    """Return an .ods workbook with one table of these rows, in XML."""
    kinds = ("office", "table", "text", "calcext")
    spaces = " ".join(f'xmlns:{kind}="urn:oasis:names:tc:opendocument:xmlns:{kind}:1.0"' for kind in kinds)
    content = (
        f"<office:document-content {spaces}><office:body><office:spreadsheet>"
        f'<table:table table:name="一">{table}</table:table>'
        "</office:spreadsheet></office:body></office:document-content>"
    )
    manifest = '<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"/>'
    return archive({"mimetype": mimetype, "META-INF/manifest.xml": manifest, "content.xml": content}, 0)


def written(rows: Sequence[Sequence[object]], *merged: tuple[int, int, int, int, str]) -> bytes:
    """Return a workbook as a program writes it; numbers of merged rows and columns from 0."""
    file = io.BytesIO()
    book = xlsxwriter.Workbook(file, {"default_date_format": "yyyy-mm-dd"})
    page = book.add_worksheet("一")
    for number, cells in enumerate(rows):
        page.write_row(number, 0, cells)
    for top, left, bottom, right, value in merged:
        page.merge_range(top, left, bottom, right, value)
    book.close()
    return file.getvalue()
