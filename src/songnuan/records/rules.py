"""What a document must say and what a file may be."""

import unicodedata

from django.utils.translation import gettext as _

from songnuan.kernel.refusal import Refusal
from songnuan.records import media

NAME_LENGTH = 120


def require_complete(*, title: str, number: str, issuer: str) -> None:
    """Refuse a document without title, number or issuer (`document_incomplete`, at the field)."""
    for field, value in (("title", title), ("number", number), ("issuer", issuer)):
        if not value.strip():
            raise Refusal(
                "document_incomplete",
                _("A document needs its title, number and issuer. Copy them as printed on it."),
                field=field,
            )


def require_acceptable(content: bytes, media_type: str) -> str:
    """Return the media type of `content`.

    Raises:
        Refusal: `file_empty`, `file_size` (over 8 MB, or a picture over 64 million pixels),
            `file_kind` (not PNG, JPEG, WebP or PDF, not what `media_type` says, or damaged).

    """
    if not content:
        raise Refusal("file_empty", _("The file is empty. Choose it again."), field="file")
    if len(content) > media.MAX_BYTES:
        sentence = _("The file has %(size)s MB; at most %(limit)s MB are taken. Make it smaller.")
        size = f"{len(content) / 1024 / 1024:.1f}"
        limit = media.MAX_BYTES // 1024 // 1024
        raise Refusal(
            "file_size", sentence % {"size": size, "limit": limit}, field="file", size_bytes=len(content)
        )
    found = media.sniff(content)
    declared = "image/jpeg" if media_type == "image/jpg" else media_type
    if found is None or found != declared:
        sentence = _("Only PNG, JPEG, WebP and PDF are taken, and the content must be what the name says.")
        raise Refusal("file_kind", sentence, field="file", found=found, declared=declared[:80])
    pixels = media.pixels(content, found)
    if pixels is None:
        raise Refusal("file_kind", _("The picture is damaged. Save it again and choose it."), field="file")
    if pixels > media.MAX_PIXELS:
        sentence = _("The picture has too many pixels. Make it smaller.")
        raise Refusal("file_size", sentence, field="file", pixels=pixels)
    return found


def tidy_file_name(name: str) -> str:
    """Return the last part of `name` without control characters, at most 120 characters, never empty."""
    last = name.replace("\\", "/").rsplit("/", 1)[-1]
    clean = "".join(char for char in last if unicodedata.category(char)[0] != "C").strip(" .")
    return clean[-NAME_LENGTH:] or "file"
