"""Who gets a kit in which batch: pure decisions.

A batch (批次) is a day on which kits are handed out. A portion (一份) is one kit for one person. Where the
batches divide the people, each has one portion; where they are rounds for all, one in each round. A portion
that was not fetched goes on to the next batch, and after the last one to the office, which settles it.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from hashlib import sha256
from types import MappingProxyType

from songnuan.goods.lots import OnHand, Wanted, is_expired, usable
from songnuan.goods.pickup_states import Doubt, Mode, Portioned

WAITING = frozenset({Portioned.OPEN, Portioned.REFERRED})
"""Portions that somebody is still to get."""


@dataclass(frozen=True, slots=True)
class BatchDay:
    """A batch: its place in the order, from 1, and its day."""

    position: int
    on: date


@dataclass(frozen=True, slots=True)
class Expected:
    """Somebody on the roster, and the unit of theirs."""

    person_id: int
    unit_id: int


@dataclass(frozen=True, slots=True)
class Standing:
    """A portion as it stands: whose, of which round, in which batch (by position)."""

    portion_id: int
    person_id: int
    unit_id: int
    round: int
    batch: int
    status: Portioned


@dataclass(frozen=True, slots=True)
class Placed:
    """A portion that is to be made; without a batch to come it goes to the office at once."""

    person_id: int
    unit_id: int
    round: int
    batch: int
    status: Portioned


@dataclass(frozen=True, slots=True)
class Difference:
    """What a newer roster changes: portions to be made, given up, and taken up again, and units told anew.

    `back` and `moved` are (id of the portion, what it becomes).
    """

    made: tuple[Placed, ...] = ()
    left: tuple[int, ...] = ()
    back: tuple[tuple[int, Placed], ...] = ()
    moved: tuple[tuple[int, int], ...] = field(default=())

    @property
    def is_empty(self) -> bool:
        """Whether nothing changes."""
        return not (self.made or self.left or self.back or self.moved)

    @property
    def digest(self) -> str:
        """The SHA-256 (hex) that tells whether the same is applied that was looked at."""
        return sha256(repr(self).encode()).hexdigest()


def coming(batches: Iterable[BatchDay], day: date) -> list[BatchDay]:
    """Return the batches that are not over on a day, in their order; a batch lasts all of its day."""
    return sorted((batch for batch in batches if batch.on >= day), key=lambda batch: batch.position)


def carried(batch: int, batches: Sequence[BatchDay], day: date) -> int | None:
    """Return the position of the batch in which a portion of `batch` may be fetched from `day` on.

    None when its own and all later ones are over: then it is the office's.
    """
    return next((one.position for one in coming(batches, day) if one.position >= batch), None)


def owed_rounds(mode: Mode, batches: Sequence[BatchDay], day: date) -> list[int]:
    """Return the rounds in which somebody who stands on the roster on `day` gets a kit.

    Whoever joins late is not forgotten: rounds that are over are not made up for, but there is always one.
    """
    if mode is Mode.DIVIDE:
        return [1]
    return [batch.position for batch in coming(batches, day)] or [max(one.position for one in batches)]


def differences(
    people: Sequence[Expected],
    portions: Sequence[Standing],
    mode: Mode,
    batches: Sequence[BatchDay],
    day: date,
) -> Difference:
    """Return what brings portions in line with the people who stand on the roster on a day.

    What was fetched or settled stays as it is. Who comes back to the roster gets the portion of then. Where
    the register had somebody twice, one portion of a round counts, and the other is given up.
    """
    best = _counted(portions)
    expected = {one.person_id: one for one in people}
    known: dict[int, set[int]] = {}
    for portion in best:
        known.setdefault(portion.person_id, set()).add(portion.round)
    owed = owed_rounds(mode, batches, day)
    new = [
        (one, number)
        for one in expected.values()
        for number in owed
        if number not in known.get(one.person_id, set())
    ]
    twice = {portion.portion_id for portion in portions} - {portion.portion_id for portion in best}
    return Difference(
        made=tuple(_make(new, portions, mode, batches, day)),
        left=tuple(
            portion.portion_id
            for portion in portions
            if portion.status in WAITING
            and (portion.person_id not in expected or portion.portion_id in twice)
        ),
        back=tuple(
            (portion.portion_id, _again(portion, expected[portion.person_id], batches, day))
            for portion in best
            if portion.status is Portioned.LEFT and portion.person_id in expected
        ),
        moved=tuple(
            (portion.portion_id, expected[portion.person_id].unit_id)
            for portion in best
            if portion.person_id in expected
            and portion.status in WAITING
            and portion.unit_id != expected[portion.person_id].unit_id
        ),
    )


_RANK = (Portioned.TAKEN, Portioned.SETTLED, Portioned.OPEN, Portioned.REFERRED, Portioned.LEFT)


def _counted(portions: Iterable[Standing]) -> list[Standing]:
    """Return of each person's portions of a round the one that counts: a fetched one before others."""
    best: dict[tuple[int, int], Standing] = {}
    for portion in portions:
        key = portion.person_id, portion.round
        if key not in best or _RANK.index(portion.status) < _RANK.index(best[key].status):
            best[key] = portion
    return list(best.values())


def _again(portion: Standing, person: Expected, batches: Sequence[BatchDay], day: date) -> Placed:
    batch = carried(portion.batch, batches, day)
    status = Portioned.REFERRED if batch is None else Portioned.OPEN
    return Placed(person.person_id, person.unit_id, portion.round, batch or portion.batch, status)


def _make(
    new: Sequence[tuple[Expected, int]],
    portions: Sequence[Standing],
    mode: Mode,
    batches: Sequence[BatchDay],
    day: date,
) -> Iterable[Placed]:
    open_ones = [batch.position for batch in coming(batches, day)]
    last = max(batch.position for batch in batches)
    if mode is Mode.DIVIDE and open_ones:
        chosen = divided([one for one, _number in new], portions, open_ones)
        for one, number in new:
            yield Placed(one.person_id, one.unit_id, number, chosen[one.person_id], Portioned.OPEN)
        return
    for one, number in new:
        batch = carried(number, batches, day)
        status = Portioned.REFERRED if batch is None else Portioned.OPEN
        yield Placed(one.person_id, one.unit_id, number, batch or last, status)


def divided(
    people: Sequence[Expected], portions: Iterable[Standing], batches: Sequence[int]
) -> dict[int, int]:
    """Return the batch of each person, by id: batches of like size, units kept together where they fit.

    A unit that has portions in one of the `batches` goes on there. Else the largest unit is placed first,
    where fewest are; one that is larger than the room left in every batch is divided in the order given.
    """
    counted = Counter(dict.fromkeys(batches, 0))
    usual: dict[int, Counter[int]] = {}
    for portion in portions:
        if portion.batch in counted and portion.status is not Portioned.LEFT:
            counted[portion.batch] += 1
            usual.setdefault(portion.unit_id, Counter())[portion.batch] += 1
    groups: dict[int, list[int]] = {}
    for one in people:
        groups.setdefault(one.unit_id, []).append(one.person_id)
    room = -(-(counted.total() + len(people)) // len(batches))  # as many as a batch takes when all are alike
    found: dict[int, int] = {}
    for unit_id, members in sorted(groups.items(), key=lambda group: (-len(group[1]), group[0])):
        if unit_id in usual:
            batch = _first(usual[unit_id], batches)
            found |= dict.fromkeys(members, batch)
            counted[batch] += len(members)
            continue
        fewest = min(batches, key=lambda one: (counted[one], one))
        if counted[fewest] + len(members) <= room:
            found |= dict.fromkeys(members, fewest)
            counted[fewest] += len(members)
            continue
        for person_id in members:
            batch = next((one for one in batches if counted[one] < room), fewest)
            found[person_id] = batch
            counted[batch] += 1
    return found


def _first(counts: Mapping[int, int], batches: Sequence[int]) -> int:
    """Return the batch where most are, the first of them where several are."""
    return max(batches, key=lambda one: (counts.get(one, 0), -one))


def missed(
    portions: Iterable[Standing], batches: Sequence[BatchDay], day: date
) -> tuple[dict[int, int], list[int]]:
    """Return where portions go that were not fetched by `day`.

    They are (the batch by id of the portion, the ids of those that become the office's).
    """
    onward: dict[int, int] = {}
    office: list[int] = []
    days = {batch.position: batch.on for batch in batches}
    for portion in portions:
        if portion.status is not Portioned.OPEN or days[portion.batch] >= day:
            continue
        batch = carried(portion.batch, batches, day)
        if batch is None:
            office.append(portion.portion_id)
        else:
            onward[portion.portion_id] = batch
    return onward, office


@dataclass(frozen=True, slots=True)
class Coverage:
    """How many portions are due, fetched, and otherwise settled; of those who left none is due."""

    due: int = 0
    taken: int = 0
    settled: int = 0
    referred: int = 0

    @property
    def open(self) -> int:
        """Portions that somebody is still to get."""
        return self.due - self.taken - self.settled


def coverage(statuses: Collection[Portioned] | Mapping[Portioned, int]) -> Coverage:
    """Return what is counted of portions, told by their statuses or how many there are of each."""
    counts = Counter(statuses)
    return Coverage(
        due=counts.total() - counts[Portioned.LEFT],
        taken=counts[Portioned.TAKEN],
        settled=counts[Portioned.SETTLED],
        referred=counts[Portioned.REFERRED],
    )


@dataclass(frozen=True, slots=True)
class InBatch:
    """How a batch went: portions that were due in it first, and what was picked up in it, whenever due.

    `others` of those picked up were due in another batch. `settled`, `referred` and `open` are of those that
    were due here. So what a day was stays as it was, and all batches together are the whole.
    """

    due: int = 0
    taken: int = 0
    others: int = 0
    settled: int = 0
    referred: int = 0
    open: int = 0


def in_batches(
    due: Mapping[tuple[int, Portioned], int],
    taken: Iterable[tuple[int, int, date | None, int]],
    days: Mapping[date, int],
) -> dict[int, InBatch]:
    """Return how each batch went, by its id.

    Args:
        due: How many portions of a state were due in which batch first.
        taken: Of those picked up the batch of then and of now, the day, and how many.
        days: The batch of each day.

    """
    fetched, others = Counter[int](), Counter[int]()
    for first, batch, day, count in taken:
        where = days.get(day, batch) if day else batch
        fetched[where] += count
        others[where] += count if where != first else 0
    found = {}
    for pk in days.values():
        told = coverage({status: due.get((pk, status), 0) for status in Portioned})
        found[pk] = InBatch(told.due, fetched[pk], others[pk], told.settled, told.referred, told.open)
    return found


_OF_PORTION: Mapping[Portioned, Doubt] = MappingProxyType(
    {Portioned.TAKEN: Doubt.TWICE, Portioned.LEFT: Doubt.LEFT, Portioned.SETTLED: Doubt.SETTLED}
)
OF_GOODS_OR_DAY = frozenset({Doubt.CLOSED, Doubt.SHORT, Doubt.EXPIRED, Doubt.HELD, Doubt.EARLY})
"""Doubts about goods or day alone: the person has the portion, and no other desk may give it again."""


def is_early(mode: Mode, first_on: date, day: date) -> bool:
    """Return whether a portion is fetched before the day of its round; `first_on` is when it was due first.

    Where batches divide the people each has one portion, whichever day it is fetched on.
    """
    return mode is Mode.ROUNDS and first_on > day


def doubt_of(portion: Portioned, *, too_early: bool, is_closed: bool) -> Doubt | None:
    """Return what is in doubt about a pickup before its goods are looked at; None where nothing is."""
    if portion in _OF_PORTION:
        return _OF_PORTION[portion]
    if too_early:
        return Doubt.EARLY
    return Doubt.CLOSED if is_closed else None


def lack_of(wanted: Iterable[Wanted], lots: Sequence[OnHand], day: date) -> Doubt | None:
    """Return why a desk's goods don't make up what is wanted on a day; None where they do.

    Args:
        wanted: What a portion holds.
        lots: What the desk has.
        day: The day of the pickup: nothing that was expired then is booked as handed out.

    """
    found: Doubt | None = None
    for one in wanted:
        mine = [lot for lot in lots if lot.item_id == one.item_id]
        if sum(lot.quantity for lot in usable(mine, day)) >= one.quantity:
            continue
        good = sum(lot.quantity for lot in mine if not is_expired(lot.expires_on, day))
        if sum(lot.quantity for lot in mine) < one.quantity:
            return Doubt.SHORT
        found = Doubt.HELD if good >= one.quantity else Doubt.EXPIRED
    return found


def reopened(portion_batch: int, batches: Sequence[BatchDay], day: date) -> tuple[Portioned, int]:
    """Return how a portion stands that was not picked up after all: open in a batch, or the office's."""
    batch = carried(portion_batch, batches, day)
    return (Portioned.REFERRED, portion_batch) if batch is None else (Portioned.OPEN, batch)
