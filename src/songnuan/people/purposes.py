"""What somebody looked at a person in full for: the text stands in a table, its keyed digest in the trail.

So the text goes with the person, and the trail, which is never changed, still proves what it was until then.
"""

from collections.abc import Mapping
from datetime import UTC, datetime
from types import MappingProxyType
from typing import Final

from songnuan.kernel.sealed import blind_index, place_of
from songnuan.records.rules import MAKE_PAPER

LOOK: Final = "people.show_person"
"""The act as the trail has it."""

CONTACT: Final = "visits.show_contact"
"""The act of looking up whom to call at a unit, as the trail has it."""

UNMASKED: Final = '"unmasked":true'
"""What the facts of a paper hold on which names and numbers stood in full."""

IN_FULL: Final[Mapping[str, str]] = MappingProxyType({LOOK: "", CONTACT: "", MAKE_PAPER: UNMASKED})
"""All acts that show personal numbers in full, each with what its facts hold: people, contacts, papers."""

PLACE: Final = place_of("people.lookpurpose", "purpose")


def digest(*, person_key: str, actor_key: str, at: datetime, purpose: str) -> str:
    """Return the keyed digest (64 hex) of one look's purpose: nobody guesses the text without the keys.

    Two looks have different ones, though they be for the same.
    """
    moment = at.astimezone(UTC).isoformat(timespec="microseconds")
    return blind_index(PLACE, f"{person_key}\x1f{actor_key}\x1f{moment}\x1f{purpose}")
