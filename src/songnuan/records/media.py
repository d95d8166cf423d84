"""What a file is, read from its first bytes; pictures are measured but never decoded."""

import re
from collections.abc import Callable

PNG, JPEG, WEBP, PDF = "image/png", "image/jpeg", "image/webp", "application/pdf"
JSON = "application/json"
TABLE = "application/octet-stream"
"""What a table is kept as that somebody sent: it is read by its content, whatever it calls itself."""
"""What the house keeps for itself; nobody brings it."""
MAX_BYTES = 8 * 1024 * 1024
MAX_PIXELS = 64_000_000
_PDF_BEGINS = re.compile(rb"%PDF-\d\.\d")
_PDF_ENDS = re.compile(rb"startxref\s+(\d{1,12})\s+%%EOF")
_PDF_END = 2048
"""Where the end of a PDF is looked for, in bytes from the end: some programs write a little behind it."""


def sniff(content: bytes) -> str | None:
    """Return the media type that the magic bytes of `content` tell, or None when it is none of ours."""
    if content.startswith(b"\x89PNG\r\n\x1a\n"):
        return PNG
    if content.startswith(b"\xff\xd8\xff"):
        return JPEG
    if content[:4] == b"RIFF" and content[8:12] == b"WEBP":
        return WEBP
    if content.startswith(b"%PDF-"):
        return PDF
    return None


def pixels(content: bytes, media_type: str) -> int | None:
    """Return how many pixels a picture would unfold to; 0 for a PDF; None when its header is damaged."""
    if media_type == PDF:
        return 0
    size = _SIZES[media_type](content)
    if size is None or 0 in size:
        return None
    return size[0] * size[1]


def is_whole_pdf(content: bytes) -> bool:
    """Return whether a PDF begins and ends as one does: cut off, its end is lacking."""
    if not _PDF_BEGINS.match(content):
        return False
    ends = list(_PDF_ENDS.finditer(content[-_PDF_END:]))
    return bool(ends) and 0 < int(ends[-1][1]) < len(content)


def _png(content: bytes) -> tuple[int, int] | None:
    if len(content) < 24 or content[12:16] != b"IHDR":
        return None
    return int.from_bytes(content[16:20], "big"), int.from_bytes(content[20:24], "big")


def _jpeg(content: bytes) -> tuple[int, int] | None:
    """Walk the segments up to the first start of frame, which holds height and width."""
    place = 2
    while place + 9 <= len(content) and content[place] == 0xFF:
        marker = content[place + 1]
        if 0xC0 <= marker <= 0xCF and marker not in (0xC4, 0xC8, 0xCC):
            height, width = content[place + 5 : place + 7], content[place + 7 : place + 9]
            return int.from_bytes(width, "big"), int.from_bytes(height, "big")
        if marker == 0xFF:  # a fill byte before the marker
            place += 1
        else:
            place += 2 + int.from_bytes(content[place + 2 : place + 4], "big")
    return None


def _webp(content: bytes) -> tuple[int, int] | None:
    if len(content) < 30:
        return None
    match content[12:16]:
        case b"VP8X":
            return int.from_bytes(content[24:27], "little") + 1, int.from_bytes(content[27:30], "little") + 1
        case b"VP8L" if content[20] == 0x2F:
            bits = int.from_bytes(content[21:25], "little")
            return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
        case b"VP8 " if content[23:26] == b"\x9d\x01\x2a":
            width, height = content[26:28], content[28:30]
            return int.from_bytes(width, "little") & 0x3FFF, int.from_bytes(height, "little") & 0x3FFF
    return None


_SIZES: dict[str, Callable[[bytes], tuple[int, int] | None]] = {PNG: _png, JPEG: _jpeg, WEBP: _webp}
