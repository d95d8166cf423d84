"""Many blind indexes, digests and keys at once: what `columns` gives for one value, for a column of them.

The key is brought into the hash once for all of them, which makes each three times as quick.
"""

import hashlib
import os
from collections.abc import Iterable
from typing import Final

from songnuan.kernel.clock import wall
from songnuan.kernel.keys import keys
from songnuan.people.columns import INDEX_DIGITS, PLACES

_BLOCK: Final = 64  # bytes of a block of SHA-256
_RANDOM: Final = 10
_TOLD: Final = "people.told_digest"


def indexes(field: str, values: Iterable[str]) -> list[str]:
    """Return `columns.index` of each value; none of them is empty."""
    return [digits[:INDEX_DIGITS] for digits in _blind_indexes(PLACES[field], values)]


def told_digests(texts: Iterable[str]) -> list[str]:
    """Return `columns.told_digest` of each row, told as one text."""
    return _blind_indexes(_TOLD, texts)


def fresh_keys(number: int) -> list[str]:
    """Return that many of `columns.fresh_key`."""
    moment, random = f"{int(wall().timestamp() * 1000):012x}", os.urandom(_RANDOM * number).hex()
    width = 2 * _RANDOM
    return [moment + random[at : at + width] for at in range(0, width * number, width)]


def _blind_indexes(purpose: str, values: Iterable[str]) -> list[str]:
    """Return `kernel.sealed.blind_index` of each value: HMAC-SHA-256 as RFC 2104 builds it."""
    key = keys().blind
    if len(key) > _BLOCK:
        key = hashlib.sha256(key).digest()
    padded = key.ljust(_BLOCK, b"\0")
    inner = hashlib.sha256(bytes(byte ^ 0x36 for byte in padded) + f"{purpose}\0".encode()).copy
    outer = hashlib.sha256(bytes(byte ^ 0x5C for byte in padded)).copy
    found = []
    for value in values:
        within = inner()
        within.update(value.encode())
        around = outer()
        around.update(within.digest())
        found.append(around.hexdigest())
    return found
