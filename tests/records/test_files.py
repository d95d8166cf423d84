import os
import struct
import zlib
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django.db import transaction

from songnuan.audit.models import Entry
from songnuan.audit.record import trail as open_trail
from songnuan.kernel.actor import SYSTEM
from songnuan.kernel.clock import wall
from songnuan.kernel.refusal import Refusal
from songnuan.kernel.sealed import SealBroken
from songnuan.records import media, storage
from songnuan.records.actions import store_file, sweep_files
from songnuan.records.checks import verify
from songnuan.records.models import StoredFile
from songnuan.records.queries import read_file

pytestmark = pytest.mark.django_db
AT = datetime(2020, 4, 20, 9, 0, tzinfo=UTC)
DAY = timedelta(days=1)
PDF = b"%PDF-1.7\ninvented\n%%EOF"


def png(width: int = 3, height: int = 2) -> bytes:
    header = struct.pack(">II5B", width, height, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR"
        + header
        + struct.pack(">I", zlib.crc32(b"IHDR" + header))
        + b"rest"
    )


def jpeg(width: int = 3, height: int = 2) -> bytes:
    app = b"\xff\xe0\x00\x10JFIF\x00" + bytes(9)
    frame = b"\xff\xff\xc2\x00\x11\x08" + struct.pack(">HH", height, width) + bytes(10)
    return b"\xff\xd8" + app + frame + b"\xff\xd9"


def webp(kind: bytes, body: bytes) -> bytes:
    return (
        b"RIFF"
        + struct.pack("<I", 22 + len(body))
        + b"WEBP"
        + kind
        + struct.pack("<I", len(body))
        + body
        + bytes(9)
    )


def webp_extended(width: int = 3, height: int = 2) -> bytes:
    return webp(b"VP8X", bytes(4) + (width - 1).to_bytes(3, "little") + (height - 1).to_bytes(3, "little"))


def webp_lossless(width: int = 3, height: int = 2) -> bytes:
    return webp(b"VP8L", b"\x2f" + ((height - 1) << 14 | (width - 1)).to_bytes(4, "little"))


def webp_lossy(width: int = 3, height: int = 2) -> bytes:
    return webp(b"VP8 ", bytes(3) + b"\x9d\x01\x2a" + struct.pack("<HH", width, height))


def store(content: bytes, media_type: str = media.PDF, name: str = "收据.pdf") -> StoredFile:
    with transaction.atomic(), open_trail():
        return store_file(content=content, name=name, media_type=media_type, actor=SYSTEM, at=AT)


def orphan() -> Path:
    """Store a file in a transaction that is rolled back; return where its content lies."""
    with transaction.atomic():
        path = storage.path_of(store(PDF).digest)
        transaction.set_rollback(True)
    return path


def age(path: Path, by: timedelta) -> None:
    then = (wall() - by).timestamp()
    os.utime(path, (then, then))


def test_a_file_is_sealed_on_the_disk_and_read_back() -> None:
    file = store(PDF)
    path = storage.path_of(file.digest)
    assert read_file(file) == PDF
    assert (file.name, file.media_type, file.size, file.created_at) == ("收据.pdf", media.PDF, len(PDF), AT)
    assert b"invented" not in path.read_bytes()
    assert path.stat().st_mode & 0o777 == 0o600
    assert [path.name for path in path.parent.iterdir()] == [file.digest]
    assert Entry.objects.get(stream__name="records").subject == f"records.file:{file.pk}"
    assert verify() == []


def test_equal_content_is_kept_and_recorded_once() -> None:
    first = store(PDF)
    assert store(PDF, name="again.pdf").pk == first.pk
    assert StoredFile.objects.get().name == "收据.pdf"
    assert Entry.objects.filter(stream__name="records").count() == 1


def test_the_content_of_a_rolled_back_row_stays_as_an_orphan() -> None:
    path = orphan()
    assert path.exists()
    assert not StoredFile.objects.exists()


@pytest.mark.parametrize(
    ("content", "media_type"),
    [
        (png(), media.PNG),
        (jpeg(), media.JPEG),
        (jpeg(), "image/jpg"),
        (webp_extended(), media.WEBP),
        (webp_lossless(), media.WEBP),
        (webp_lossy(), media.WEBP),
        (PDF, media.PDF),
    ],
)
def test_pictures_and_pdfs_are_taken_under_what_they_are(content: bytes, media_type: str) -> None:
    assert store(content, media_type).media_type == media.sniff(content)


@pytest.mark.parametrize("build", [png, jpeg, webp_extended, webp_lossless, webp_lossy])
def test_a_picture_is_measured_without_being_decoded(build: Callable[[int, int], bytes]) -> None:
    content = build(9001, 7003)
    found = media.sniff(content)
    assert found is not None
    assert media.pixels(content, found) == 9001 * 7003


@pytest.mark.parametrize(
    ("content", "media_type", "code"),
    [
        (b"", media.PNG, "file_empty"),
        (b"<html><script>", "text/html", "file_kind"),
        (b"<svg onload=x>", "image/svg+xml", "file_kind"),
        (b"MZ\x90", media.PDF, "file_kind"),
        (png(), media.PDF, "file_kind"),
        (b"\x89PNG\r\n\x1a\n", media.PNG, "file_kind"),
        (png(0, 5), media.PNG, "file_kind"),
        (b"\xff\xd8\xff\xe0\x00\x10JFIF", media.JPEG, "file_kind"),
        (b"RIFF\x00\x00\x00\x00WEBPVP8X", media.WEBP, "file_kind"),
        (webp(b"ABCD", bytes(10)), media.WEBP, "file_kind"),
        (png(60_000, 60_000), media.PNG, "file_size"),
        (webp_extended(2**24, 2**24), media.WEBP, "file_size"),
        (b"%PDF-" + bytes(8 * 1024 * 1024), media.PDF, "file_size"),
    ],
)
def test_what_is_no_good_file_is_refused_and_leaves_nothing(
    content: bytes, media_type: str, code: str, files_root: Path
) -> None:
    with pytest.raises(Refusal) as refused:
        store(content, media_type)
    assert (refused.value.code, refused.value.field) == (code, "file")
    assert not StoredFile.objects.exists()
    assert not files_root.exists()


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("../../etc/passwd", "passwd"),
        ("C:\\票据\\一.pdf", "一.pdf"),
        ("a\u202efdp.exe\x00", "afdp.exe"),
        ("...", "file"),
        ("", "file"),
        ("长" * 300 + ".pdf", "长" * 116 + ".pdf"),
    ],
)
def test_a_name_is_tidied_and_is_never_a_path(given: str, kept: str) -> None:
    assert store(PDF, name=given).name == kept


def test_changed_content_is_found_and_never_handed_out() -> None:
    file = store(PDF)
    path = storage.path_of(file.digest)
    raw = bytearray(path.read_bytes())
    raw[-1] ^= 1
    path.write_bytes(raw)
    with pytest.raises(SealBroken):
        read_file(file)
    assert [(finding.code, finding.where) for finding in verify()] == [
        ("file_changed", f"records.file:{file.pk}")
    ]


def test_a_whole_file_put_in_the_place_of_another_is_found() -> None:
    one, two = store(PDF), store(png(), media.PNG)
    storage.path_of(two.digest).replace(storage.path_of(one.digest))
    with pytest.raises(SealBroken):
        read_file(one)
    assert [finding.code for finding in verify()] == ["file_changed", "file_missing"]


def test_a_lost_file_is_found_and_comes_back_when_it_is_brought_again() -> None:
    file = store(PDF)
    storage.path_of(file.digest).unlink()
    with pytest.raises(FileNotFoundError):
        read_file(file)
    assert [finding.code for finding in verify()] == ["file_missing"]
    assert store(PDF).pk == file.pk
    assert verify() == []


def test_the_sweep_removes_old_orphans_and_abandoned_parts_only(files_root: Path) -> None:
    kept = storage.path_of(store(PDF).digest)
    folder = files_root / "ab"
    folder.mkdir(exist_ok=True)
    old, part, young = folder / ("ab" * 32), folder / f".{'ab' * 32}.1234", folder / ("ac" * 32)
    for path in (old, part, young):
        path.write_bytes(b"x")
    for path in (kept, old, part):
        age(path, 2 * DAY)
    assert sweep_files(before=wall() - DAY) == 2
    assert [path.exists() for path in (kept, old, part, young)] == [True, False, False, True]
    assert verify() == []


def test_a_file_written_anew_while_the_sweep_looks_at_it_is_put_back() -> None:
    age(orphan(), 2 * DAY)
    before = wall() - DAY
    (seen,) = storage.old_files(before)
    again = store(PDF)  # an upload between the look and the removal
    assert not storage.remove(seen, before)
    assert read_file(again) == PDF


def test_a_sweep_without_any_file_is_no_fault(files_root: Path) -> None:
    assert sweep_files(before=wall()) == 0
    assert not files_root.exists()


def test_content_that_cannot_be_written_leaves_no_row(files_root: Path) -> None:
    files_root.write_text("a file where the folder should be")
    with pytest.raises(NotADirectoryError):
        store(PDF)
    assert not StoredFile.objects.exists()
