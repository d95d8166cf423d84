"""Blind indexes, digests and keys for a column of values at once."""

import os
from collections.abc import Iterable
from typing import Final

from songnuan.kernel.clock import wall
from songnuan.kernel.sealing import blind_indexes
from songnuan.people.columns import INDEX_DIGITS, PLACES

_RANDOM: Final = 10
_TOLD: Final = "people.told_digest"


def indexes(field: str, values: Iterable[str]) -> list[str]:
    """Return `columns.index` of each value; none of them is empty."""
    return [digits[:INDEX_DIGITS] for digits in blind_indexes(PLACES[field], values)]


def told_digests(texts: Iterable[str]) -> list[str]:
    """Return the keyed digest (64 hex) of what each row tells, as one text with its values in one order.

    Equal rows have equal digests; nobody without the keys can guess the row from it.
    """
    return blind_indexes(_TOLD, texts)


def fresh_keys(number: int) -> list[str]:
    """Return keys for that many new persons, 32 hex digits each.

    The first twelve tell the millisecond, so that keys made together lie together in the index; the
    others are random.
    """
    moment, random = f"{int(wall().timestamp() * 1000):012x}", os.urandom(_RANDOM * number).hex()
    width = 2 * _RANDOM
    return [moment + random[at : at + width] for at in range(0, width * number, width)]
