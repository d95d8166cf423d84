"""What the form at the door has to know of a visit."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from songnuan.goods.rules import Part
from songnuan.visits.rules import Begun, Member


@dataclass(frozen=True, slots=True)
class Lacking:
    """What is owed and can't go out: in words, and why."""

    words: str
    why: str


@dataclass(frozen=True, slots=True)
class Door:
    """What the form has to know of the visit.

    `colleagues` are names by user, whoever is signed in first, `newcomers` those of them who were ticked and
    had no post at the lead on the day that was filled in; `items` the checklist, text by key;
    `owners` who can be given a problem, (id, name), the lead office first. `late`: the deadline is
    over. `clock_offset` is how far the house's clock stands from the world's, in a demo. `goods` is
    what is there to be handed over, in words by item, `parts` the same with its packs, `lacking` what
    is owed and can't go out; `at` when the report is received, or was. `booked` is what the unit got with
    the report that is corrected, in words; `recorder` the name of who records it, empty
    where a report is corrected.
    """

    at: datetime
    clock_offset: timedelta
    begun: Begun
    late: bool
    colleagues: Mapping[int, str]
    items: Mapping[str, str]
    owners: Sequence[tuple[int, str]]
    goods: dict[int, str] = field(default_factory=dict)
    parts: Mapping[int, Part] = field(default_factory=dict)
    lacking: Mapping[int, Lacking] = field(default_factory=dict)
    booked: Sequence[str] = ()
    newcomers: Collection[int] = ()
    recorder: str = ""

    def barred(self, members: Iterable[Member]) -> list[str]:
        """Return the names of who cannot have received it; of a correction the house knows better."""
        return [self.recorder, *(one.name for one in members)] if self.recorder else []
