"""What was decided about a household: the text stands in a table, its keyed digest in the trail.

So the text goes with the persons, and the trail still proves what it was until then.
"""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Final

from songnuan.kernel.sealed import blind_index, place_of

NOTE: Final = "people.note_household"
"""The act as the trail has it."""

PLACE: Final = place_of("people.householdnote", "text")


def digest(*, keys: Sequence[str], actor_key: str, at: datetime, text: str) -> str:
    """Return the keyed digest (64 hex) of one decision; `keys` are the child's and those of the two."""
    moment = at.astimezone(UTC).isoformat(timespec="microseconds")
    return blind_index(PLACE, "\x1f".join((*keys, actor_key, moment, text)))
