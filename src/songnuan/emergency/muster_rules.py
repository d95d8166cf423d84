"""Who stands how at a muster, who is to be called by whom, and what a call tree has to be; pure."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from django.utils.translation import gettext as _

from songnuan.kernel.faults import Fault, sentence
from songnuan.kernel.refusal import Refusal

LINES_MOST = 5000
NAME_LONGEST, SECTION_LONGEST, PLACE_LONGEST, WORDS_LONGEST = 60, 120, 200, 400
MINUTES_LEAST, MINUTES_MOST = 1, 24 * 60
POSITION_DAYS = 30
"""Days after a muster was closed, until which it is known where phones were."""
TREE_DAYS = 365
"""Days after a call tree counts no more and its last muster was closed, until which its people are named."""


class Presence(StrEnum):
    """How somebody who is expected stands."""

    ON_TIME = "on_time"
    LATE = "late"
    EXCUSED = "excused"
    ABSENT = "absent"
    UNKNOWN = "unknown"


THERE = frozenset({Presence.ON_TIME, Presence.LATE})


def presence(
    due_at: datetime, arrived_at: datetime | None, excused_at: datetime | None, absent_at: datetime | None
) -> Presence:
    """Return how somebody stands: who came has come, whatever was said before; the later word counts."""
    if arrived_at is not None:
        return Presence.ON_TIME if arrived_at <= due_at else Presence.LATE
    if excused_at is None and absent_at is None:
        return Presence.UNKNOWN
    if absent_at is None or (excused_at is not None and excused_at >= absent_at):
        return Presence.EXCUSED
    return Presence.ABSENT


@dataclass(frozen=True, slots=True)
class ToldLine:
    """A row of a call tree: `row` is its number in the file, `caller` the name or telephone of who calls."""

    row: int
    name: str
    phone: str
    section: str
    caller: str
    account: str


def callers_of(rows: Sequence[ToldLine]) -> list[int | None]:
    """Return for each row the place of who calls them, None for who stands at the top.

    Raises:
        Refusal: `calltree_row` with the row and what is wrong with it: no such caller, two of that name,
            themselves, or a circle; a telephone or account that stands twice.

    """
    _check_once(rows)
    by_phone = {row.phone: at for at, row in enumerate(rows) if row.phone}
    by_name: dict[str, list[int]] = {}
    for at, row in enumerate(rows):
        by_name.setdefault(row.name, []).append(at)
    callers = [_caller(row, by_phone, by_name) for row in rows]
    steps_below_top(rows, callers)
    return callers


def _check_once(rows: Iterable[ToldLine]) -> None:
    seen: dict[str, int] = {}
    for row in rows:
        for value in filter(None, (row.phone, f"@{row.account}" if row.account else "")):
            if value in seen:
                raise faulty(
                    row.row, _("it stands in row %(row)s already: each person once.") % {"row": seen[value]}
                )
            seen[value] = row.row


def _caller(row: ToldLine, by_phone: Mapping[str, int], by_name: Mapping[str, Sequence[int]]) -> int | None:
    if not row.caller:
        return None
    if row.caller in by_phone:
        return by_phone[row.caller]
    found = by_name.get(row.caller, ())
    if len(found) == 1:
        return found[0]
    told = {"name": row.caller}
    if found:
        words = _("several people are called %(name)s: write who calls by telephone number.") % told
    else:
        words = _("nobody in the table is called %(name)s. Add who calls, or leave it empty.") % told
    raise faulty(row.row, words)


def steps_below_top(rows: Sequence[ToldLine], callers: Sequence[int | None]) -> list[int]:
    """Return for each row how many steps below the top it stands; each row is looked at once.

    Raises:
        Refusal: `calltree_row` where it goes in a circle.

    """
    found: dict[int, int] = {}
    for start in range(len(rows)):
        way: list[int] = []
        on_it: set[int] = set()
        here: int | None = start
        while here is not None and here not in found:
            if here in on_it:
                words = _("who calls whom goes in a circle here. Begin at the top.")
                raise faulty(rows[min(way[way.index(here) :])].row, words)
            on_it.add(here)
            way.append(here)
            here = callers[here]
        steps = -1 if here is None else found[here]
        for one in reversed(way):
            steps += 1
            found[one] = steps
    return [found[at] for at in range(len(rows))]


def faulty(row: int, words: str) -> Refusal:
    """Return what is wrong with a row."""
    sentence_ = _("Row %(row)s: %(why)s") % {"row": row, "why": words}
    return Refusal("calltree_row", sentence_, field="file", row=row)


def fault_words(fault: Fault) -> str:
    """Return a fault of a cell as a sentence."""
    return sentence(fault.code, fault.facts)


def responsible(line: int, callers: Mapping[int, int | None], steps: int) -> int | None:
    """Return who sees to somebody who is not reached, so many steps up; None is the office."""
    above = callers[line]
    for _step in range(steps):
        if above is None:
            return None
        above = callers[above]
    return above


def steps_up(called_at: datetime, escalate_minutes: int, at: datetime) -> int:
    """Return how many steps up it goes by now: one after each `escalate_minutes`, two at most."""
    passed = max(at - called_at, timedelta()) // timedelta(minutes=escalate_minutes)
    return min(int(passed), 2)


def is_open(one: Presence, *, is_coming: bool, due_at: datetime, at: datetime) -> bool:
    """Return whether somebody is still to be called: nothing is known, and nobody waits for them to arrive.

    Who said that they come is waited for until the time by which everybody is there.
    """
    return one == Presence.UNKNOWN and not (is_coming and at <= due_at)


def may_see_to(line: int, callers: Mapping[int, int | None], own: int | None) -> bool:
    """Return whether somebody stands above another in the tree."""
    above = callers[line]
    while above is not None and own is not None:
        if above == own:
            return True
        above = callers[above]
    return False


def check_muster(due_at: datetime, at: datetime, minutes: int) -> None:
    """Let pass a muster that lies ahead.

    Raises:
        Refusal: `muster_past`, `muster_minutes`.

    """
    if due_at <= at:
        raise Refusal(
            "muster_past", _("Everybody is to be there at a time that is still to come."), field="due_at"
        )
    if not MINUTES_LEAST <= minutes <= MINUTES_MOST:
        sentence_ = _("Write minutes from %(least)s to %(most)s.")
        told = {"least": MINUTES_LEAST, "most": MINUTES_MOST}
        raise Refusal("muster_minutes", sentence_ % told, field="escalate_minutes")


def over_since(
    replaced_at: datetime | None, closed_at: datetime | None, mustered_at: datetime | None
) -> datetime | None:
    """Return since when a call tree is of no use any more; None while it counts.

    It counts until another takes its place or its plan is closed, whichever is first, and its last muster is
    closed.
    """
    ends = [one for one in (replaced_at, closed_at) if one is not None]
    if not ends:
        return None
    return max(min(ends), mustered_at or min(ends))


def tally(found: Collection[Presence]) -> dict[Presence, int]:
    """Return how many stand how."""
    listed = list(found)
    return {one: listed.count(one) for one in Presence}
