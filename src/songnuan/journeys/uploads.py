"""Files that somebody brought and that are not taken over yet: they wait sealed under FILES_ROOT/uploads.

A file lies in blocks of a few megabytes, each sealed for its place in this one file, so that a large one
never stands in memory twice and a cut or shuffled one does not open.
"""

import fcntl
import hashlib
import os
import re
import secrets
import struct
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from pathlib import Path
from typing import BinaryIO

from django.conf import settings

from songnuan.documents.reading import as_file
from songnuan.kernel.sealed import SealBroken, open_bytes, seal_bytes

BLOCK = 4_000_000
_LENGTH = struct.Struct(">I")
_NAME = re.compile(r"[0-9a-f]{32}(?:\.[a-z]+){0,2}")


def fresh_name(kind: str = "") -> str:
    """Return a name nobody can guess; `kind` is added to it behind a point."""
    return secrets.token_hex(16) + (f".{kind}" if kind else "")


def keep(name: str, purpose: str, file: BinaryIO) -> tuple[str, int]:
    """Write a file under `name`, sealed for `purpose`, to the disk; return its SHA-256 (hex) and its size."""
    folder = _folder()
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    part = folder / f"{name}.part"
    digest, size = hashlib.sha256(), 0
    handle = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(handle, "wb") as to:
            for place, (block, last) in enumerate(_blocks(file)):
                digest.update(block)
                size += len(block)
                sealed = seal_bytes(_place(purpose, place, last=last), block)
                to.write(_LENGTH.pack(len(sealed)) + sealed)
            to.flush()
            os.fsync(to.fileno())
        part.rename(folder / name)
    except BaseException:
        part.unlink(missing_ok=True)
        raise
    _settle(folder)
    return digest.hexdigest(), size


def opened(name: str, purpose: str) -> BinaryIO:
    """Return a file that was kept, unsealed in memory alone, from its first byte.

    Raises:
        FileNotFoundError: When there is none of this name.
        SealBroken: When it was changed, or kept for another purpose.

    """
    with _path(name).open("rb") as file:
        plain = as_file(b"")
        try:
            for block in _unsealed(file, purpose):
                plain.write(block)
        except BaseException:
            plain.close()
            raise
    plain.seek(0)
    return plain


@contextmanager
def held(name: str) -> Iterator[None]:
    """Keep others from working with a file meanwhile; who is killed lets go of it.

    Raises:
        FileNotFoundError: When there is none of this name.
        BlockingIOError: When somebody else works with it.

    """
    with _path(name).open("rb") as file:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield


def remove(name: str) -> bool:
    """Remove a file; return whether it was there."""
    try:
        _path(name).unlink()
    except FileNotFoundError:
        return False
    return True


def left(kind: str, before: datetime) -> list[str]:
    """Return the names of the files of a kind last written before `before`, by the machine's clock."""
    found = []
    for path in _folder().glob("*"):
        suffix = path.name.removesuffix(".part").partition(".")[2]
        with suppress(FileNotFoundError):  # another one swept it meanwhile, or it is none of these
            if suffix == kind and written_before(path.name, before):
                found.append(path.name)
    return found


def written_before(name: str, before: datetime) -> bool:
    """Return whether a file was last written before `before`, by the machine's clock.

    Raises:
        FileNotFoundError: When there is none of this name.

    """
    return _path(name).stat().st_mtime < before.timestamp()


def _path(name: str) -> Path:
    """Return where a file is kept.

    Raises:
        FileNotFoundError: When this is no name of one.

    """
    if not _NAME.fullmatch(name):
        raise FileNotFoundError(name)
    return _folder() / name


def _folder() -> Path:
    return Path(settings.FILES_ROOT) / "uploads"


def _settle(folder: Path) -> None:
    """Bring the folder's entries to the disk."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _place(purpose: str, place: int, *, last: bool) -> str:
    """Return what a block is sealed for: its place, and whether the file ends with it."""
    return f"{purpose}:{place}{':end' if last else ''}"


def _blocks(file: BinaryIO) -> Iterator[tuple[bytes, bool]]:
    """Yield the blocks of a file, each with whether it is the last; an empty file is one empty block."""
    block = file.read(BLOCK)
    while True:
        following = file.read(BLOCK)
        yield block, not following
        if not following:
            return
        block = following


def _unsealed(file: BinaryIO, purpose: str) -> Iterator[bytes]:
    place = 0
    head = file.read(_LENGTH.size)
    while head:
        if len(head) < _LENGTH.size:
            raise SealBroken(f"{purpose}: cut off")
        sealed = file.read(_LENGTH.unpack(head)[0])
        head = file.read(_LENGTH.size)
        yield open_bytes(_place(purpose, place, last=not head), sealed)
        place += 1
    if not place:
        raise SealBroken(f"{purpose}: empty")
