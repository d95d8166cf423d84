"""Films as phones make and play them: MP4 with H.264, looked through box by box and never decoded."""

from typing import BinaryIO

from django.utils.translation import gettext as _

from songnuan.kernel.refusal import Refusal

MP4 = "video/mp4"
VIDEO_MOST = 64 * 1024 * 1024
PART = 1024 * 1024
"""Bytes of a film that are sealed together: who looks at a stretch of it opens no more than that."""
_HEAD, _LONG_HEAD = 8, 16
_BOXES_MOST = 10_000
_BRANDS = frozenset(
    {b"isom", b"iso2", b"iso4", b"iso5", b"iso6", b"mp41", b"mp42", b"avc1", b"M4V ", b"MSNV"}
)
_INDEX_MOST = 16 * 1024 * 1024


def require_video(file: BinaryIO, size: int) -> None:
    """Let pass a whole film that phones play.

    Raises:
        Refusal: `file_empty`, `file_size` (over 64 MB), `file_kind` (no MP4, cut off, or not H.264).

    """
    if not size:
        raise Refusal("file_empty", _("The file is empty. Choose it again."), field="file")
    if size > VIDEO_MOST:
        sentence = _("The video has %(size)s MB; at most %(limit)s MB are taken. Save it smaller, or cut it.")
        told = {"size": f"{size / 1024 / 1024:.1f}", "limit": VIDEO_MOST // 1024 // 1024}
        raise Refusal("file_size", sentence % told, field="file", size_bytes=size)
    kinds, index = _boxes(file, size)
    if not kinds or kinds[0] != b"ftyp" or not {b"moov", b"mdat"} <= set(kinds):
        sentence = _("Only whole MP4 videos are taken: this is none, or it is cut off. Save it as MP4 again.")
        raise Refusal("file_kind", sentence, field="file")
    if b"avc1" not in index:
        sentence = _("Not every phone plays this video. Save it as MP4 with H.264, and choose it again.")
        raise Refusal("file_kind", sentence, field="file")


def _boxes(file: BinaryIO, size: int) -> tuple[list[bytes], bytes]:
    """Return the kinds of the boxes of a file, and its index; no kinds where they do not fill it."""
    kinds: list[bytes] = []
    index, place = b"", 0
    while place < size and len(kinds) < _BOXES_MOST:
        file.seek(place)
        head = file.read(_LONG_HEAD)
        if len(head) < _HEAD:
            return [], b""
        length, kind, begins = int.from_bytes(head[:4], "big"), head[4:8], _HEAD
        if length == 1:
            length, begins = int.from_bytes(head[8:16], "big"), _LONG_HEAD
        if length == 0:
            length = size - place
        if length < begins or place + length > size:
            return [], b""
        if not kinds and not (kind == b"ftyp" and head[8:12] in _BRANDS):
            return [], b""
        if kind == b"moov":
            file.seek(place)
            index = file.read(min(length, _INDEX_MOST))
        kinds.append(kind)
        place += length
    return (kinds, index) if place == size else ([], b"")
