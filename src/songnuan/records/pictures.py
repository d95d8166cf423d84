"""Photos made anew: the right way up, no larger than needed, and without what the camera wrote into them."""

from dataclasses import dataclass
from io import BytesIO

from django.utils.translation import gettext as _
from PIL import Image, ImageOps, UnidentifiedImageError

from songnuan.kernel.refusal import Refusal
from songnuan.records import media
from songnuan.records.rules import require_acceptable

LONGEST_SIDE = 1600
THUMBNAIL_SIDE = 320
PIXELS_MOST = 40_000_000
"""What a telephone takes; larger ones would take the memory of a small machine to unfold."""
_QUALITY = 82
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
    pixels = media.pixels(content, found or "") or 0
    if pixels > PIXELS_MOST:
        sentence = _("The picture has too many pixels. Make it smaller.")
        raise Refusal("file_size", sentence, field="file", pixels=pixels)
    try:
        with Image.open(BytesIO(content), formats=[_FORMATS[found or ""]]) as opened:
            opened.draft("RGB", (LONGEST_SIDE, LONGEST_SIDE))  # a large JPEG unfolds smaller
            upright = ImageOps.exif_transpose(opened)
            picture = _smaller(_plain(upright), LONGEST_SIDE)
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError, Image.DecompressionBombError):
        sentence = _("The picture is damaged. Save it again and choose it.")
        raise Refusal("file_kind", sentence, field="file") from None
    return Photo(_jpeg(picture), _jpeg(_smaller(picture, THUMBNAIL_SIDE)))


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
