"""The keys of an installation, in one file that only its owner can read.

`keys.json` in the data folder holds: `django` (sessions and forms), `seal` (current key id and all
keys by id, for sealed fields), `blind` (for blind indexes), `trail` (seals the links and heads
of the audit chains). Each is 32 random bytes, base64.
"""

import base64
import fcntl
import hashlib
import hmac
import json
import os
import secrets
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

KEY_BYTES = 32


class KeysMissing(Exception):  # noqa: N818 - read as a state, as Refusal is
    """The data folder has no key file yet."""


class KeysBroken(Exception):  # noqa: N818 - read as a state, as Refusal is
    """There is a key file, and it does not hold the keys of an installation. Its path is what is told."""


@dataclass(frozen=True, slots=True)
class Keys:
    """The keys in memory. `seal` maps key id to key; `seal_current` is the id new values use."""

    django: str
    seal_current: str
    seal: dict[str, bytes]
    blind: bytes
    trail: bytes


def home() -> Path:
    """Return the data folder: `SONGNUAN_HOME`, else `var` below the working folder."""
    return Path(os.environ.get("SONGNUAN_HOME") or "var").absolute()


def _new() -> str:
    return base64.b64encode(secrets.token_bytes(KEY_BYTES)).decode()


def _write(folder: Path, document: dict[str, object]) -> Path:
    """Write a key file under a name of its own, whole, with mode 0600 from its first byte; return it."""
    temporary = folder / f".keys.{secrets.token_hex(4)}"
    handle = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w") as file:
        json.dump(document, file, indent=1)
        file.flush()
        os.fsync(file.fileno())
    return temporary


def _settle(folder: Path) -> None:
    """Bring the folder's entries to the disk."""
    handle = os.open(folder, os.O_RDONLY)
    os.fsync(handle)
    os.close(handle)
    forget()


def create(folder: Path) -> bool:
    """Make the folder (0700) and its key file (0600); return False, changing nothing, if it is there.

    Of two at once one makes it: a key that is in use is never written over.
    """
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    if (folder / "keys.json").exists():
        return False
    document: dict[str, object] = {
        "django": _new(),
        "seal": {"current": "k1", "keys": {"k1": _new()}},
        "blind": _new(),
        "trail": _new(),
    }
    temporary = _write(folder, document)
    try:
        os.link(temporary, folder / "keys.json")
    except FileExistsError:
        return False
    finally:
        temporary.unlink()
    _settle(folder)
    return True


def add_seal_key(folder: Path) -> str:
    """Add a fresh sealing key, make it the current one, and return its id; old keys stay readable.

    Of two at once the second waits, so that no key is ever written over.

    Raises:
        KeysMissing: When there is no key file.

    """
    try:
        handle = os.open(folder, os.O_RDONLY)
    except FileNotFoundError:
        raise KeysMissing(str(folder)) from None
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        document = _read(folder)
        name = f"k{max(int(known[1:]) for known in document['seal']['keys']) + 1}"
        document["seal"]["keys"][name] = _new()
        document["seal"]["current"] = name
        _write(folder, document).replace(folder / "keys.json")
    finally:
        os.close(handle)
    _settle(folder)
    return name


def _read(folder: Path) -> dict[str, Any]:
    try:
        document: dict[str, Any] = json.loads((folder / "keys.json").read_text())
    except (FileNotFoundError, NotADirectoryError):
        raise KeysMissing(str(folder)) from None
    except ValueError:
        raise KeysBroken(str(folder / "keys.json")) from None
    return document


def load(folder: Path) -> Keys:
    """Return the keys of `folder`.

    Raises:
        KeysMissing: When there is no key file.

    """
    return _load(str(folder))


def keys() -> Keys:
    """Return the keys of this installation's data folder."""
    return _load(os.environ.get("SONGNUAN_HOME") or "var")


def fingerprint() -> str:
    """Return what tells this installation's keys from another's and gives none away: 64 hex digits.

    Only keys that never change go in, so that it stays the same when the sealing key is renewed.
    """
    own = keys()
    trail = hmac.new(own.trail, b"songnuan.keys.trail", hashlib.sha256).digest()
    return hmac.new(own.blind, b"songnuan.keys.blind" + trail, hashlib.sha256).hexdigest()


def forget() -> None:
    """Drop what was read, so that the file is read anew: another process may have added a key."""
    _load.cache_clear()


@cache
def _load(name: str) -> Keys:
    # Keyed by text: a sealed field asks for each value, and a path costs more than the sealing.
    folder = Path(name).absolute()
    document = _read(folder)
    try:
        seal = document["seal"]
        found = Keys(
            django=document["django"],
            seal_current=seal["current"],
            seal={name: _key(value) for name, value in seal["keys"].items()},
            blind=_key(document["blind"]),
            trail=_key(document["trail"]),
        )
        known = found.seal_current in found.seal
    except (KeyError, TypeError, AttributeError, ValueError):
        known = False
    if not known:
        raise KeysBroken(str(folder / "keys.json"))
    return found


def _key(written: str) -> bytes:
    key = base64.b64decode(written, validate=True)
    if len(key) != KEY_BYTES:
        raise ValueError("not the size of a key")
    return key
