"""Sealed content on disk: `FILES_ROOT/ab/abcdef…`, one file for each digest."""

import hashlib
import os
import secrets
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from django.conf import settings
from django.utils.translation import gettext as _

from songnuan.kernel.sealed import SealBroken, blind_index, open_bytes, seal_bytes

PURPOSE = "records.file"


def digest_of(content: bytes) -> str:
    """Return the digest (64 hex digits) that names `content`; keyed, so that it can't be guessed."""
    return blind_index(PURPOSE, hashlib.sha256(content).hexdigest())


def path_of(digest: str) -> Path:
    """Return where the content with `digest` lies."""
    return Path(settings.FILES_ROOT) / digest[:2] / digest


def write(digest: str, content: bytes) -> None:
    """Seal `content` and put it in its place, whole and on the disk before this returns."""
    target = path_of(digest)
    target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    temporary = target.with_name(f".{digest}.{secrets.token_hex(4)}")
    handle = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as file:
        file.write(seal_bytes(PURPOSE, content))
        file.flush()
        os.fsync(file.fileno())
    temporary.replace(target)
    _sync_folder(target.parent)


def read(digest: str) -> bytes:
    """Return the content with `digest`.

    Raises:
        FileNotFoundError: When it is not on the disk.
        SealBroken: When it was changed or exchanged.

    """
    content = open_bytes(PURPOSE, path_of(digest).read_bytes())
    if digest_of(content) != digest:
        raise SealBroken(_("The file %(digest)s holds other content.") % {"digest": digest})
    return content


def old_files(before: datetime) -> Iterator[Path]:
    """Yield every file, whole or abandoned, that was last written before `before`."""
    for path in sorted(Path(settings.FILES_ROOT).glob("??/*")):
        if _is_old(path, before):
            yield path


def remove(path: Path, before: datetime) -> bool:
    """Remove a file that nobody refers to; return False if it was written anew meanwhile.

    It is put aside before it is looked at again: an upload of the same content that comes in
    between either writes the place anew or finds its file put back.
    """
    aside = path.with_name(f".{path.name.lstrip('.')}.{secrets.token_hex(4)}")
    path.rename(aside)
    if _is_old(aside, before):
        aside.unlink()
        return True
    aside.replace(path)
    return False


def _is_old(path: Path, before: datetime) -> bool:
    return path.stat().st_mtime < before.timestamp()


def _sync_folder(folder: Path) -> None:
    """Make the new name itself survive a power cut."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
