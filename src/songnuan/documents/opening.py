"""Looks at a file before anything takes it apart: what it is, whether it is protected, how large it would be.

Runs in the process that reads the file (see `parse`), as everything does that touches its bytes.
"""

import mmap
import os
import struct
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from enum import StrEnum
from itertools import pairwise
from typing import BinaryIO

UNPACKED_MAX = 3_000_000_000
PARTS_MAX = 20_000
ROWS_MAX = 1_100_000
SHEET_ROWS_MAX = 1 << 20
COLUMNS_MAX = 300
FRAME_ROWS = 2_000
BODY_MAX = 8_000_000
"""Bytes of one frame; rows with long texts are sent in smaller frames."""

_PACKED_PIECE = 1 << 16
_PIECE = 1 << 20
_ZIP = (b"PK\x03\x04", b"PK\x05\x06")
_FORMER_OFFICE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_LOCAL_HEADER = struct.Struct("<4s22xHH")
_RECORD = struct.Struct("<HH")
_WORKBOOK_BEGINS = (b"\x09\x08\x10\x00\x00\x06\x05\x00", b"\x09\x08\x08\x00\x00\x05\x05\x00")
_FILEPASS = 0x2F
_STREAMS = ("Workbook\0", "WORKBOOK\0", "Book\0", "BOOK\0")
_OPEN_DOCUMENT = b"application/vnd.oasis.opendocument.spreadsheet"
_TABLES = (".xlsx", ".xlsm", ".xlsb", ".xls", ".ods", ".csv")


class Unfit(Exception):  # noqa: N818 - this is how the file is, not an error of the program
    """A file that is not read.

    Args:
        why: `password`, `damaged`, `foreign` (no table file), `archive` (tables in a zip), `markup` (HTML
            or XML), `bytes` (no text from a line on), `quote` (one never closed), `unpacked`, `rows`,
            `columns`, `text` (too long): `reading` has the sentences.
        facts: What the sentence names.

    """

    def __init__(self, why: str, **facts: str | int) -> None:
        super().__init__(why)
        self.why = why
        self.facts = facts


class Kind(StrEnum):
    """What a file is, by its content."""

    XLSX = "xlsx"
    XLSB = "xlsb"
    XLS = "xls"
    ODS = "ods"
    TEXT = "text"


def kind(file: BinaryIO) -> Kind:
    """Return what a file is; a text may still turn out to be none.

    Raises:
        Unfit: It is another kind of archive or document, is protected, or would become too large.

    """
    start = file.read(len(_FORMER_OFFICE))
    if start.startswith(_ZIP):
        return _kind_of_archive(file)
    if start == _FORMER_OFFICE:
        return _kind_of_former_office(file)
    return Kind.TEXT


def parts(file: BinaryIO) -> dict[str, zipfile.ZipInfo]:
    """Return the parts of an archive by their names in small letters; a damaged one raises what it will."""
    with zipfile.ZipFile(file) as archive:
        return {part.filename.replace("\\", "/").lower(): part for part in archive.infolist()}


def unpacked(file: BinaryIO, part: zipfile.ZipInfo) -> Iterator[bytes]:
    """Yield a part's content in pieces of at most 1 MB.

    Raises:
        Unfit: It is damaged, or larger than it says.

    """
    start = part.header_offset + _LOCAL_HEADER.size
    header = os.pread(file.fileno(), _LOCAL_HEADER.size, part.header_offset)
    magic, name, extra = _LOCAL_HEADER.unpack(header.ljust(_LOCAL_HEADER.size, b"\0"))
    if magic != _ZIP[0] or part.compress_type not in {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}:
        raise Unfit("damaged")
    pieces = _stored(file, start + name + extra, part.compress_size)
    if part.compress_type == zipfile.ZIP_DEFLATED:
        pieces = _inflated(pieces)
    size = 0
    for piece in pieces:
        size += len(piece)
        if size > part.file_size:
            raise Unfit("damaged")
        yield piece


def _stored(file: BinaryIO, start: int, size: int) -> Iterator[bytes]:
    """Yield what stands in a file, whose position does not matter and stays."""
    while size:
        piece = os.pread(file.fileno(), min(size, _PACKED_PIECE), start)
        if not piece:
            raise Unfit("damaged")
        start += len(piece)
        size -= len(piece)
        yield piece


def _inflated(pieces: Iterator[bytes]) -> Iterator[bytes]:
    """Yield what deflated pieces hold."""
    inflater = zlib.decompressobj(-zlib.MAX_WBITS)
    for packed in pieces:
        piece = inflater.decompress(packed, _PIECE)
        while piece:
            yield piece
            piece = inflater.decompress(inflater.unconsumed_tail, _PIECE)
    if not inflater.eof:
        raise Unfit("damaged")


def _kind_of_archive(file: BinaryIO) -> Kind:
    """Tell a workbook from other archives, and let it pass when it is of fair size and open."""
    found = parts(file)
    _check_sizes(list(found.values()))
    if any(part.flag_bits & 1 for part in found.values()):
        raise Unfit("password")
    manifest, mimetype = found.get("meta-inf/manifest.xml"), found.get("mimetype")
    if manifest and any(b"encryption-data" in piece for piece in unpacked(file, manifest)):
        raise Unfit("password")
    if any(name.endswith("workbook.xml") for name in found):
        return Kind.XLSX
    if any(name.endswith("workbook.bin") for name in found):
        kind = Kind.XLSB
    elif mimetype and next(unpacked(file, mimetype), b"").startswith(_OPEN_DOCUMENT):
        kind = Kind.ODS
    else:
        raise Unfit("archive" if any(name.endswith(_TABLES) for name in found) else "foreign")
    for name, part in found.items():
        if name.endswith((".xml", ".rels", ".bin")):
            for _piece in unpacked(file, part):
                pass  # the reader of these takes it whole: it must be as large as it says
    return kind


def _check_sizes(found: Sequence[zipfile.ZipInfo]) -> None:
    """Refuse parts that lie in one another, as bombs have it, and an archive that becomes too large."""
    if len(found) > PARTS_MAX or sum(part.file_size for part in found) > UNPACKED_MAX:
        raise Unfit("unpacked")
    ordered = sorted(found, key=lambda part: part.header_offset)
    for part, following in pairwise(ordered):
        if part.header_offset + _LOCAL_HEADER.size + part.compress_size > following.header_offset:
            raise Unfit("damaged")


def _kind_of_former_office(file: BinaryIO) -> Kind:
    """Tell an old workbook from other old documents, and from one under a password.

    A password makes of an .xlsx a file of this form, with the package in it; in an .xls it shows in a
    record near the beginning of the workbook's stream.
    """
    with mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as content:
        if content.find("EncryptedPackage".encode("utf-16-le")) >= 0:
            raise Unfit("password")
        if all(content.find(name.encode("utf-16-le")) < 0 for name in _STREAMS):
            raise Unfit("foreign")
        place = max(content.find(begins) for begins in _WORKBOOK_BEGINS)
        for _record in range(4):
            if not 0 <= place <= len(content) - _RECORD.size:
                break
            record, size = _RECORD.unpack_from(content, place)
            if record == _FILEPASS:
                raise Unfit("password")
            place += _RECORD.size + size
    return Kind.XLS
