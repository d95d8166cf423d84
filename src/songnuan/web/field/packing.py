"""What a device takes along: of each kind the parts that have changed since it last asked."""

import hashlib
from collections.abc import Mapping
from typing import Any, Final

import orjson

from songnuan.web.field.registry import KINDS
from songnuan.web.views.shared import Reader

_DIGITS: Final = 16


def known_parts(told: str) -> dict[tuple[str, str], str]:
    """Return the digests of what a device has, by kind and part: "pickups.desks.0f3c…,…"."""
    found = {}
    for one in told.split(","):
        kind, _dot, rest = one.partition(".")
        part, _dot, digest = rest.rpartition(".")
        found[kind, part] = digest
    return found


def packs(reader: Reader, known: Mapping[tuple[str, str], str]) -> dict[str, dict[str, dict[str, Any]]]:
    """Return for each kind the digests of its parts, and the value of each that the device does not have.

    A kind with which the reader has nothing to do is not there; the device forgets what it has of it.
    """
    found: dict[str, dict[str, dict[str, Any]]] = {}
    for kind in KINDS.values():
        pack = kind.pack(reader)
        if pack is None:
            continue
        found[kind.name] = {}
        for part, value in pack.items():
            digest = hashlib.sha256(orjson.dumps(value, option=orjson.OPT_SORT_KEYS)).hexdigest()[:_DIGITS]
            is_known = known.get((kind.name, part)) == digest
            found[kind.name][part] = {"digest": digest} if is_known else {"digest": digest, "value": value}
    return found
