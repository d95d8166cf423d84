"""Photos made anew: the right way up, no larger than needed, and without what the camera wrote into them."""

import struct
from dataclasses import dataclass
from io import BytesIO
from typing import NoReturn

from django.utils.translation import gettext as _
from PIL import ExifTags, Image, UnidentifiedImageError

from songnuan.kernel.refusal import Refusal
from songnuan.records import media
from songnuan.records.rules import require_acceptable

LONGEST_SIDE = 1600
THUMBNAIL_SIDE = 320
PRINTED_SIDE = 1000
"""What a quarter of a page shows."""
PIXELS_MOST = 40_000_000
"""What a telephone takes; larger ones would take the memory of a small machine to unfold."""
SMALL_MOST = 4_000_000
"""Pixels of a signature: more than any screen has that one is written on."""
_STROKE_SHARE = 8
"""A signature is at least an eighth as wide, or as high, as its place is high: a tapped dot is not. What
asks for it on the screen (`signature.js`) asks for a little more."""
_INK_SHARE = 600
"""What is inked of a signature, as a share of its place's height squared: some dots do not make it up."""
_PALE = 160  # of 255; what is darker is ink
_QUALITY = 82
_UNREADABLE = (
    UnidentifiedImageError,
    OSError,
    SyntaxError,
    ValueError,
    TypeError,
    KeyError,
    AttributeError,
    ArithmeticError,
    struct.error,
    Image.DecompressionBombError,
)
"""What damaged files, and odd notes of cameras, are answered with."""
_TURNED = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
_FORMATS = {media.JPEG: "JPEG", media.PNG: "PNG", media.WEBP: "WEBP"}


@dataclass(frozen=True, slots=True)
class Photo:
    """A photo and its thumbnail, both JPEG, made from pixels alone."""

    picture: bytes
    thumbnail: bytes


def photo_of(content: bytes) -> Photo:
    """Return the photo in `content` made anew; its place, time and camera are left behind.

    Raises:
        Refusal: `file_empty`, `file_size` (over 8 MB, or too many pixels), `file_kind` (neither JPEG, PNG
            nor WebP, or damaged).

    """
    found = media.sniff(content)
    if content and found not in _FORMATS:
        sentence = _("Only photos as JPEG, PNG or WebP are taken.")
        raise Refusal("file_kind", sentence, field="file", found=found)
    require_acceptable(content, found or "")
    _require_size(content, found or "")
    try:
        with Image.open(BytesIO(content), formats=[_FORMATS[found or ""]]) as opened:
            opened.draft("RGB", (LONGEST_SIDE, LONGEST_SIDE))  # a large JPEG unfolds smaller
            picture = _smaller(_plain(_upright(opened)), LONGEST_SIDE)
    except _UNREADABLE:
        _refuse_damaged()
    return Photo(_jpeg(picture), _jpeg(_smaller(picture, THUMBNAIL_SIDE)))


def require_whole(content: bytes, media_type: str) -> None:
    """Let pass a picture or PDF that can be read to its end; it is kept as it was brought.

    Raises:
        Refusal: `file_empty`, `file_size` (over 8 MB, or too many pixels), `file_kind` (none of ours, not
            what it is called, or damaged).

    """
    found = require_acceptable(content, media_type)
    if found == media.PDF:
        if not media.is_whole_pdf(content):
            sentence = _("The PDF is damaged, or was cut off on its way. Save it again and choose it.")
            raise Refusal("file_kind", sentence, field="file")
        return
    _require_size(content, found)
    try:
        with Image.open(BytesIO(content), formats=[_FORMATS[found]]) as opened:
            opened.draft("RGB", (LONGEST_SIDE, LONGEST_SIDE))  # read to its end all the same
            opened.load()
    except _UNREADABLE:
        _refuse_damaged()


def _require_size(content: bytes, found: str) -> None:
    pixels = media.pixels(content, found) or 0
    if pixels > PIXELS_MOST:
        sentence = _("The picture has too many pixels. Make it smaller.")
        raise Refusal("file_size", sentence, field="file", pixels=pixels)


def _refuse_damaged() -> NoReturn:
    sentence = _("The picture is damaged. Save it again and choose it.")
    raise Refusal("file_kind", sentence, field="file") from None


def printed(content: bytes) -> bytes:
    """Return a photo that was made anew here, as large as a quarter of a page shows it.

    Raises:
        Refusal: `file_kind` (damaged).

    """
    try:
        with Image.open(BytesIO(content), formats=["JPEG"]) as opened:
            return _jpeg(_smaller(_plain(opened), PRINTED_SIDE))
    except _UNREADABLE:
        _refuse_damaged()


def is_whole(content: bytes) -> bool:
    """Return whether a small picture, such as a signature, can be unfolded to its last line."""
    found = media.sniff(content)
    if found not in _FORMATS or (media.pixels(content, found or "") or 0) > SMALL_MOST:
        return False
    try:
        with Image.open(BytesIO(content), formats=[_FORMATS[found or ""]]) as opened:
            opened.load()
    except _UNREADABLE:
        return False
    return True


def is_stroke(content: bytes) -> bool:
    """Return whether a whole small picture shows a drawn line, and not a dot or two."""
    with Image.open(BytesIO(content), formats=[_FORMATS[media.sniff(content) or ""]]) as opened:
        ink = _plain(opened).convert("L").point(lambda grey: 255 if grey < _PALE else 0)
    box = ink.getbbox()
    if box is None:
        return False
    left, top, right, bottom = box
    is_long = max(right - left, bottom - top) * _STROKE_SHARE >= ink.height
    return is_long and ink.histogram()[255] * _INK_SHARE >= ink.height**2


def _upright(image: Image.Image) -> Image.Image:
    """Return the picture as it was held; what else cameras write beside it is not read."""
    try:
        turn = image.getexif().get(ExifTags.Base.Orientation, 1)
    except _UNREADABLE:
        turn = 1
    way = _TURNED.get(turn) if isinstance(turn, int) else None
    return image if way is None else image.transpose(way)


def _plain(image: Image.Image) -> Image.Image:
    """Return the pixels on white paper where they can be seen through."""
    if image.mode in {"RGBA", "LA", "PA"} or "transparency" in image.info:
        layered = image.convert("RGBA")
        paper = Image.new("RGB", layered.size, "white")
        paper.paste(layered, mask=layered.getchannel("A"))
        return paper
    return image.convert("RGB")


def _smaller(image: Image.Image, side: int) -> Image.Image:
    made = image.copy()
    made.thumbnail((side, side), Image.Resampling.LANCZOS)
    return made


def _jpeg(image: Image.Image) -> bytes:
    made = BytesIO()
    # A new picture of the pixels: nothing that was written beside them goes along.
    clean = Image.new("RGB", image.size)
    clean.paste(image)
    clean.save(made, "JPEG", quality=_QUALITY, optimize=True)
    return made.getvalue()
