"""Reads of families of whom two serve at the front on the same days: who, where, and what was decided."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from songnuan.kernel.actor import Actor
from songnuan.kernel.bulk import among
from songnuan.organisation.permissions import Permission
from songnuan.organisation.queries import day_of
from songnuan.people.both_parents import Three, settled_among, spells_of, three_of, told
from songnuan.people.family import Age, Days, Spell, age_of, overlaps, together
from songnuan.people.models import HouseholdNote, Person
from songnuan.people.queries.front import Member, members, serving
from songnuan.people.queries.looked_for import looked_for


@dataclass(frozen=True, slots=True)
class Child:
    """A child of two who serve; `parent_key` names whose it is where it is not told to be that of both."""

    member: Member
    parent_key: str
    is_noted: bool

    @property
    def is_due(self) -> bool:
        """Return whether somebody has still to decide: not about who is told to be of age."""
        return not self.is_noted and self.member.age is not Age.ADULT


@dataclass(frozen=True, slots=True)
class Noted:
    """What was decided once about children; their names as lists show them."""

    children: tuple[str, ...]
    text: str
    by: str
    at: datetime


@dataclass(frozen=True, slots=True)
class AtFront:
    """Two who serve on the same days, and their children, minors first.

    `days` are those that they share, `after` is what the next page goes on from, and `seen` stands for what
    is told here.
    """

    after: str
    first: Member
    second: Member
    children: tuple[Child, ...]
    days: tuple[Days, ...]
    notes: tuple[Noted, ...]
    seen: str

    @property
    def carers(self) -> tuple[Member, Member]:
        """Return the two."""
        return self.first, self.second

    @property
    def is_due(self) -> bool:
        """Return whether somebody has still to decide about a child."""
        return any(child.is_due for child in self.children)


_Pair = tuple[int, int, int]
"""Two by their ids, behind the age of the youngest of their children: how they are sorted."""


@dataclass(frozen=True, slots=True)
class _Found:
    """Everybody that was found, with the ages of the children."""

    threes: Sequence[Three]
    ages: Mapping[int, Age]
    on: date

    def of(self, persons: Collection[int]) -> "_Found":
        """Return those families to which one of these belongs, whole."""
        pairs = {(one.first, one.second) for one in self.threes if not set(one[:3]).isdisjoint(persons)}
        return _Found([one for one in self.threes if (one.first, one.second) in pairs], self.ages, self.on)

    def pairs(self) -> list[_Pair]:
        """Return the two of each family in the order of the list."""
        youngest: dict[tuple[int, int], Age] = {}
        for one in self.threes:
            pair, age = (one.first, one.second), self.ages[one.child]
            youngest[pair] = min(age, youngest.get(pair, age))
        return sorted((age.value, *pair) for pair, age in youngest.items())


def both_parents_at_front(
    actor: Actor, at: datetime, *, text: str = "", after: str = "", size: int
) -> list[AtFront]:
    """Return the next `size` of those who serve on the same days and have a child, from the day of `at` on.

    Those with a minor come first, then those with a child of untold age, then those whose children are of
    age. Nobody is among them whom the actor may not see. With `text`, one of the family is called so.
    """
    found = _found(actor, Permission.PEOPLE_VIEW, at)
    if text:
        ids = {pk for one in found.threes for pk in one[:3]}
        asked = looked_for(text, actor, at).filter(pk__in=among(ids))
        found = found.of(set(asked.values_list("pk", flat=True)))
    start = _start_of(after)
    return _rows(found, [pair for pair in found.pairs() if pair > start][:size])


def both_parents(
    first_key: str,
    second_key: str,
    actor: Actor,
    at: datetime,
    permission: Permission = Permission.PEOPLE_VIEW,
) -> AtFront | None:
    """Return two who serve on the same days and have a child; None when the actor reaches none."""
    keys = Person.objects.filter(key__in=(first_key, second_key)).values_list("pk", flat=True)
    wanted = tuple(sorted(keys))
    found = _found(actor, permission, at)
    return next(iter(_rows(found, [pair for pair in found.pairs() if pair[1:] == wanted])), None)


def both_parents_of(person_key: str, actor: Actor, at: datetime) -> list[AtFront]:
    """Return those of the families to which a person belongs, as parent or as child."""
    own = set(Person.objects.filter(key=person_key).values_list("pk", flat=True))
    found = _found(actor, Permission.PEOPLE_VIEW, at).of(own)
    return _rows(found, found.pairs())


def children_at_front(actor: Actor, permission: Permission, at: datetime, *, due: bool = False) -> int:
    """Return of how many children both parents are at the front; of those told to be of age none is counted.

    With `due` only those about whom nobody has decided yet, or has not since more was told.
    """
    found = _found(actor, permission, at)
    threes = [one for one in found.threes if found.ages[one.child] is not Age.ADULT]
    settled = settled_among(threes, found.on) if due else ()
    return len({one.child for one in threes if one not in settled})


def _found(actor: Actor, permission: Permission, at: datetime) -> _Found:
    on, threes = day_of(at), three_of(actor, permission, at)
    rows = Person.objects.filter(pk__in=among({one.child for one in threes}))
    told_ages = rows.values_list("pk", "birth_on", "restricted") if threes else ()
    ages = {pk: age_of(birth_on, restricted=minor, on=on) for pk, birth_on, minor in told_ages}
    return _Found(threes, ages, on)


def _start_of(after: str) -> _Pair:
    """Return what the page goes on from; the beginning for what is no key."""
    parts = after.split("-")
    if len(parts) != len(("age", "first", "second")) or not all(_is_number(part) for part in parts):
        return (-1, 0, 0)
    age, first, second = map(int, parts)
    return (age, first, second)


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) < len(str(1 << 63))


def _rows(found: _Found, pairs: Sequence[_Pair]) -> list[AtFront]:
    """Return families as pages show them, in a number of queries that does not grow with them."""
    of: dict[tuple[int, ...], list[Three]] = {pair[1:]: [] for pair in pairs}
    for one in found.threes:
        if (one.first, one.second) in of:
            of[one.first, one.second].append(one)
    threes = [one for some in of.values() for one in some]
    if not threes:
        return []
    parents = {pk for one in threes for pk in (one.first, one.second)}
    persons = Person.objects.filter(pk__in=among(parents | {one.child for one in threes}))
    shown = members(persons, serving(parents, found.on, ahead=True), found.on)
    beside = _Beside(spells_of(parents), settled_among(threes, found.on), _notes(threes, shown), found.on)
    return [_row(pair, of[pair[1:]], shown, beside) for pair in pairs]


@dataclass(frozen=True, slots=True)
class _Beside:
    """What is known beside the persons themselves."""

    spells: Mapping[int, list[Spell]]
    settled: Collection[Three]
    notes: Mapping[tuple[int, int], list[Noted]]
    on: date


def _row(pair: _Pair, threes: Sequence[Three], shown: Mapping[int, Member], beside: _Beside) -> AtFront:
    age, first, second = pair
    common = overlaps(beside.spells.get(first, ()), beside.spells.get(second, ()), beside.on)
    children = [
        Child(shown[one.child], shown[one.parent].key if one.parent else "", one in beside.settled)
        for one in sorted(threes, key=lambda one: (shown[one.child].age, one.child))
    ]
    return AtFront(
        after=f"{age}-{first}-{second}",
        first=shown[first],
        second=shown[second],
        children=tuple(children),
        days=tuple(together(days for _one, _other, days in common)),
        notes=tuple(beside.notes.get((first, second), ())),
        seen=told(threes, beside.spells, beside.settled, beside.on).seen,
    )


def _notes(threes: Sequence[Three], shown: Mapping[int, Member]) -> dict[tuple[int, int], list[Noted]]:
    """Return what was decided about these, the newest first, by the two who serve."""
    wanted = {one[:3] for one in threes}
    rows = HouseholdNote.objects.select_related("noted_by")
    rows = rows.filter(child__in=among({one.child for one in threes})).order_by("-noted_at", "pk")
    told_once: dict[tuple[int, int], dict[tuple[datetime, str, str], list[str]]] = {}
    for row in rows:
        if (row.child_id, row.first_id, row.second_id) in wanted:
            by = row.noted_by.name if row.noted_by else ""
            some = told_once.setdefault((row.first_id, row.second_id), {})
            some.setdefault((row.noted_at, row.text, by), []).append(shown[row.child_id].name)
    return {
        pair: [Noted(tuple(children), text, by, at) for (at, text, by), children in some.items()]
        for pair, some in told_once.items()
    }
