"""The keys of an installation, in one file that only its owner can read.

`keys.json` in the data folder holds: `django` (sessions and forms), `seal` (current key id and all
keys by id, for sealed fields), `blind` (for blind indexes), `trail` (seals the heads of the audit
chains). Each is 32 random bytes, base64.
"""

import base64
import json
import os
import secrets
from dataclasses import dataclass
from functools import cache
from pathlib import Path

KEY_BYTES = 32


class KeysMissing(Exception):  # noqa: N818 - read as a state, as Refusal is
    """The data folder has no key file yet."""


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


def _write(folder: Path, document: dict[str, object]) -> None:
    """Write the key file so that it is whole or absent, with mode 0600 from its first byte."""
    temporary = folder / f".keys.{secrets.token_hex(4)}"
    handle = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w") as file:
        json.dump(document, file, indent=1)
        file.flush()
        os.fsync(file.fileno())
    temporary.replace(folder / "keys.json")


def create(folder: Path) -> bool:
    """Make the folder (0700) and its key file (0600); return False, changing nothing, if it is there."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    if (folder / "keys.json").exists():
        return False
    document: dict[str, object] = {
        "django": _new(),
        "seal": {"current": "k1", "keys": {"k1": _new()}},
        "blind": _new(),
        "trail": _new(),
    }
    _write(folder, document)
    load.cache_clear()
    return True


def add_seal_key(folder: Path) -> str:
    """Add a fresh sealing key, make it the current one, and return its id; old keys stay readable."""
    document = json.loads((folder / "keys.json").read_text())
    name = f"k{len(document['seal']['keys']) + 1}"
    document["seal"]["keys"][name] = _new()
    document["seal"]["current"] = name
    _write(folder, document)
    load.cache_clear()
    return name


@cache
def load(folder: Path) -> Keys:
    """Read the keys of `folder`.

    Raises:
        KeysMissing: When there is no key file.

    """
    try:
        document = json.loads((folder / "keys.json").read_text())
    except FileNotFoundError:
        raise KeysMissing(str(folder)) from None
    seal = document["seal"]
    return Keys(
        django=document["django"],
        seal_current=seal["current"],
        seal={name: base64.b64decode(value) for name, value in seal["keys"].items()},
        blind=base64.b64decode(document["blind"]),
        trail=base64.b64decode(document["trail"]),
    )


def keys() -> Keys:
    """Return the keys of this installation's data folder."""
    return load(home())
