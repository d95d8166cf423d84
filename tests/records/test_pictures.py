"""A photo is made anew: nothing of where, when and with what it was taken is left in it."""

from io import BytesIO

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, ImageDraw

from songnuan.cli.drawing import signature
from songnuan.kernel.refusal import Refusal
from songnuan.records.pictures import (
    LONGEST_SIDE,
    THUMBNAIL_SIDE,
    is_stroke,
    is_whole,
    photo_of,
    require_whole,
)

ORIENTATION, MAKE, GPS = 0x0112, 0x010F, 0x8825


def picture(kind: str, size: tuple[int, int] = (40, 30), mode: str = "RGB", **options: object) -> bytes:
    made = BytesIO()
    Image.new(mode, size, "red").save(made, kind, **options)
    return made.getvalue()


def with_exif(size: tuple[int, int]) -> bytes:
    exif = Image.Exif()
    exif[ORIENTATION], exif[MAKE] = 6, "SECRETCAMERA"
    exif.get_ifd(GPS)[1] = "N"
    return picture("JPEG", size, exif=exif)


def opened(content: bytes) -> Image.Image:
    return Image.open(BytesIO(content))


def test_place_and_camera_are_left_behind_and_the_photo_stands_upright() -> None:
    source = with_exif((400, 200))
    assert b"SECRETCAMERA" in source
    photo = photo_of(source)
    for made in (photo.picture, photo.thumbnail):
        image = opened(made)
        assert (image.format, dict(image.getexif())) == ("JPEG", {})
        assert b"SECRETCAMERA" not in made
        assert b"Exif" not in made
        assert image.height > image.width, "turned as the camera said"


@pytest.mark.parametrize(("kind", "mode"), [("PNG", "RGBA"), ("PNG", "P"), ("WEBP", "RGB"), ("JPEG", "L")])
def test_every_kind_becomes_a_jpeg_no_larger_than_needed(kind: str, mode: str) -> None:
    photo = photo_of(picture(kind, (2400, 1200), mode))
    assert opened(photo.picture).size == (LONGEST_SIDE, LONGEST_SIDE // 2)
    assert opened(photo.thumbnail).size == (THUMBNAIL_SIDE, THUMBNAIL_SIDE // 2)
    assert opened(photo.picture).mode == "RGB"


def test_what_can_be_seen_through_lies_on_white() -> None:
    clear = BytesIO()
    Image.new("RGBA", (8, 8), (0, 0, 0, 0)).save(clear, "PNG")
    assert opened(photo_of(clear.getvalue()).picture).getpixel((4, 4)) == (255, 255, 255)


@pytest.mark.filterwarnings("ignore::UserWarning:PIL")  # it tells of what is damaged and goes on
@given(changes=st.lists(st.tuples(st.integers(20, 160), st.integers(0, 255)), min_size=1, max_size=6))
def test_odd_notes_of_a_camera_cost_no_photo_or_a_sentence(changes: list[tuple[int, int]]) -> None:
    content = bytearray(with_exif((40, 20)))
    for place, value in changes:
        content[place] = value
    try:
        assert photo_of(bytes(content)).picture.startswith(b"\xff\xd8")
    except Refusal as refusal:
        assert refusal.code == "file_kind"  # noqa: PT017 - either is fine


def test_a_signature_is_whole_to_its_last_line() -> None:
    whole = picture("PNG", (300, 100))
    assert is_whole(whole)
    for broken in (whole[:-30], whole[:60] + b"x" * 100, b"", b"%PDF-1.7", picture("PNG", (4000, 2000))):
        assert not is_whole(broken)


def drawn(*strokes: tuple[int, ...], kind: str = "RGBA", ratio: int = 2) -> bytes:
    """Return a place to sign, 340 by 180 points of a phone, with lines or dots as a finger leaves them."""
    paper = (0, 0, 0, 0) if kind == "RGBA" else "white"
    image = Image.new(kind, (340 * ratio, 180 * ratio), paper)
    pen = ImageDraw.Draw(image)
    for stroke in strokes:
        at = [ratio * place for place in stroke]
        if len(at) == 2:
            reach = 2 * ratio
            pen.ellipse((at[0] - reach, at[1] - reach, at[0] + reach, at[1] + reach), fill="#1f1c18")
        else:
            pen.line(at, fill="#1f1c18", width=2 * ratio)
    made = BytesIO()
    image.save(made, "PNG")
    return made.getvalue()


@pytest.mark.parametrize("kind", ["RGBA", "RGB"])
@pytest.mark.parametrize("ratio", [1, 2])
def test_a_drawn_line_is_a_stroke_and_a_dot_is_none(kind: str, ratio: int) -> None:
    for strokes in (
        [(40, 90, 100, 60, 160, 110), (170, 60, 170, 120)],
        [(100, 80, 150, 90)],  # a small hand
        [(100, 80, 126, 80), (102, 92, 124, 92), (99, 104, 127, 104), (113, 80, 113, 104)],  # a smaller one
        [(90, 40, 92, 130)],
    ):
        assert is_stroke(drawn(*strokes, kind=kind, ratio=ratio)), strokes
    for dots in ([], [(100, 90)], [(40, 90), (300, 90)], [(100, 90, 120, 95)]):
        assert not is_stroke(drawn(*dots, kind=kind, ratio=ratio)), dots
    assert is_stroke(signature(1)), "as the demo signs"


PDF = b"%PDF-1.4\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\nstartxref\n9\n%%EOF\n"
KINDS = {"PNG": "image/png", "JPEG": "image/jpeg", "WEBP": "image/webp"}


def test_what_can_be_read_to_its_end_is_taken() -> None:
    for name, kind in KINDS.items():
        require_whole(picture(name), kind)
    for pdf in (PDF, PDF + b"\x00" * 1000, PDF.replace(b"\n", b"\r\n")):
        require_whole(pdf, "application/pdf")


@pytest.mark.parametrize(
    ("content", "kind", "code"),
    [
        *[(picture(name)[:-40], kind, "file_kind") for name, kind in KINDS.items()],
        *[(picture(name)[: len(picture(name)) // 2], kind, "file_kind") for name, kind in KINDS.items()],
        (b"\xff\xd8\xff\xe0" + b"nonsense" * 40, "image/jpeg", "file_kind"),
        (b"", "image/png", "file_empty"),
        (picture("PNG", (9000, 6000), "1"), "image/png", "file_size"),
        (picture("PNG"), "application/pdf", "file_kind"),
        (PDF[:-20], "application/pdf", "file_kind"),
        (PDF + b" " * 5000, "application/pdf", "file_kind"),
        (PDF.replace(b"\n9\n", b"\n999\n"), "application/pdf", "file_kind"),
        (PDF.replace(b"1.4", b"x.y"), "application/pdf", "file_kind"),
    ],
)
def test_what_was_cut_off_or_is_damaged_is_not_taken(content: bytes, kind: str, code: str) -> None:
    with pytest.raises(Refusal) as refused:
        require_whole(content, kind)
    assert refused.value.code == code


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "file_empty"),
        (b"%PDF-1.7 no photo", "file_kind"),
        (b"GIF89a" + b"0" * 40, "file_kind"),
        (picture("JPEG")[:120], "file_kind"),
        (picture("PNG")[:60], "file_kind"),
        (b"\xff\xd8\xff" + b"0" * (8 * 1024 * 1024), "file_size"),
    ],
)
def test_what_is_no_photo_is_refused(content: bytes, code: str) -> None:
    with pytest.raises(Refusal) as refused:
        photo_of(content)
    assert refused.value.code == code


def test_a_small_file_that_unfolds_to_a_giant_is_refused() -> None:
    giant = picture("PNG", (9000, 6000), "1")
    assert len(giant) < 100_000
    with pytest.raises(Refusal) as refused:
        photo_of(giant)
    assert refused.value.code == "file_size"


@given(st.binary(max_size=300), st.sampled_from([b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"RIFF0000WEBP"]))
def test_whatever_comes_is_a_photo_or_refused(rest: bytes, begin: bytes) -> None:
    with pytest.raises(Refusal):
        photo_of(begin + rest)
