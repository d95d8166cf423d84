"""Two rosters of the same office, one newer than the other, and what has changed between them."""

from dataclasses import dataclass, replace

from hypothesis import assume
from hypothesis import strategies as st

from mess_people import Invented, Roster, rosters

NEW_POST = "防疫卡点值守"


@dataclass(frozen=True)
class Renewed:
    """What an office sent first and what it sends now.

    Attributes:
        new: Those who stayed, some of them in another post, and those who came.
        joined: How many came.
        changed: How many stayed in another post.
        left: Who is not there any more.

    """

    old: Roster
    new: Roster
    joined: int
    changed: int
    left: tuple[Invented, ...]


@st.composite
def renewed(draw: st.DrawFn) -> Renewed:
    """Draw a roster and a newer one; both have somebody in them."""
    # Drawn together, so that all can be told apart.
    whole = draw(rosters(4, 12, {"post"}))
    joined = draw(st.integers(0, 3))
    came, before = whole.people[:joined], whole.people[joined:]
    fates = draw(st.lists(st.sampled_from("sscl"), min_size=len(before), max_size=len(before)))
    told = list(zip(before, fates, strict=True))
    stayed = [
        replace(person, post=NEW_POST, blank=person.blank - {"post"}) if fate == "c" else person
        for person, fate in told
        if fate != "l"
    ]
    newer = draw(st.permutations([*came, *stayed]))
    assume(before and newer)
    left = tuple(person for person, fate in told if fate == "l")
    return Renewed(
        Roster(before, whole.fields), Roster(tuple(newer), whole.fields), len(came), fates.count("c"), left
    )
