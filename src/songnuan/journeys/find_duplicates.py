"""Entries of the register that may be one person are looked for: after each import, and every night."""

from datetime import datetime
from typing import Final

from songnuan.journeys.base import long_journey, step
from songnuan.kernel.actor import Actor
from songnuan.kernel.bulk import chunks
from songnuan.people import actions as people
from songnuan.people.duplicates import find

_CHUNK: Final = 2_000  # pairs noted in one transaction


@long_journey
def find_duplicates(*, since: datetime | None = None, actor: Actor, at: datetime) -> int:
    """Look for pairs and note them; return how many are to be decided that were not before.

    Args:
        since: Look only where somebody was entered or changed at this time or later.
        actor: Needs PEOPLE_MERGE anywhere.
        at: When.

    """
    number = 0
    for some in chunks(find(since), _CHUNK):
        with step():
            number += people.note_pairs(found=some, actor=actor, at=at)
    return number
