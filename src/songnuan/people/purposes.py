"""What somebody looked at a person in full for: the text stands in a table, its keyed digest in the trail.

So the text goes with the person, and the trail, which is never changed, still proves what it was until then.
"""

from datetime import UTC, datetime
from typing import Final

from songnuan.kernel.sealed import blind_index, place_of

LOOK: Final = "people.show_person"
"""The act as the trail has it."""

PLACE: Final = place_of("people.lookpurpose", "purpose")


def digest(*, person_key: str, actor_key: str, at: datetime, purpose: str) -> str:
    """Return the keyed digest (64 hex) of one look's purpose: nobody guesses the text without the keys.

    Two looks have different ones, though they be for the same.
    """
    moment = at.astimezone(UTC).isoformat(timespec="microseconds")
    return blind_index(PLACE, f"{person_key}\x1f{actor_key}\x1f{moment}\x1f{purpose}")
