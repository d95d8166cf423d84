"""Children whose two parents serve at the front on the same days, and whether somebody decided about them.

In a number of statements that does not grow with what they find.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final, NamedTuple

from songnuan.kernel.actor import Actor
from songnuan.kernel.bulk import among, digest_rows
from songnuan.organisation.permissions import Permission
from songnuan.organisation.queries import day_of
from songnuan.people.family import Days, Spell, is_settled, overlaps
from songnuan.people.models import TOLD, HouseholdNote, Service
from songnuan.people.scope import within
from songnuan.people.statements import ask

# A parent is who is told to be one, from either side. Beside two parents counts who is married to one of them
# and is not told to be a parent: `parent` is whose child it is then, and 0 where both are parents.
_THREE: Final = """
WITH ahead AS (
  SELECT DISTINCT s.person_id FROM people_service AS s
  WHERE s.withdrawn_on IS NULL AND (s.ends_on IS NULL OR s.ends_on >= %(day)s)
),
kin AS (
  SELECT l.person_id AS parent, l.relative_id AS child
  FROM people_familylink AS l JOIN ahead AS a ON a.person_id = l.person_id
  WHERE l.ends_on IS NULL AND l.relation = 'child'
  UNION
  SELECT l.relative_id, l.person_id
  FROM people_familylink AS l JOIN ahead AS a ON a.person_id = l.relative_id
  WHERE l.ends_on IS NULL AND l.relation = 'parent'
),
married AS (
  SELECT l.person_id AS one, l.relative_id AS other
  FROM people_familylink AS l JOIN ahead AS a ON a.person_id = l.person_id
  WHERE l.ends_on IS NULL AND l.relation = 'spouse'
  UNION
  SELECT l.relative_id, l.person_id
  FROM people_familylink AS l JOIN ahead AS a ON a.person_id = l.relative_id
  WHERE l.ends_on IS NULL AND l.relation = 'spouse'
),
three AS (
  SELECT k.child, k.parent AS first, o.parent AS second, 0 AS parent
  FROM kin AS k JOIN kin AS o ON o.child = k.child AND o.parent > k.parent
  UNION
  SELECT k.child, CASE WHEN m.other < k.parent THEN m.other ELSE k.parent END,
    CASE WHEN m.other < k.parent THEN k.parent ELSE m.other END, k.parent
  FROM kin AS k JOIN married AS m ON m.one = k.parent JOIN ahead AS a ON a.person_id = m.other
  WHERE m.other <> k.child AND NOT EXISTS (
    SELECT 1 FROM people_familylink AS l
    WHERE l.ends_on IS NULL AND l.person_id = m.other AND l.relative_id = k.child AND l.relation = 'child'
  ) AND NOT EXISTS (
    SELECT 1 FROM people_familylink AS l
    WHERE l.ends_on IS NULL AND l.person_id = k.child AND l.relative_id = m.other AND l.relation = 'parent'
  )
)
SELECT t.child, t.first, t.second, t.parent
FROM three AS t
WHERE EXISTS (
  SELECT 1 FROM people_service AS x JOIN people_service AS y ON y.person_id = t.second
  WHERE x.person_id = t.first AND x.withdrawn_on IS NULL AND y.withdrawn_on IS NULL
    AND (x.ends_on IS NULL OR (x.ends_on >= %(day)s AND x.ends_on >= y.starts_on))
    AND (y.ends_on IS NULL OR (y.ends_on >= %(day)s AND y.ends_on >= x.starts_on))
)
"""


class Three(NamedTuple):
    """A child and two who serve, by id; `parent` is the one whose child it is, 0 where it is that of both."""

    child: int
    first: int
    second: int
    parent: int


@dataclass(frozen=True, slots=True)
class Told:
    """What is told of two who serve: their children, those about whom somebody has to decide, their service.

    `through` is the newest row of their service; `seen` stands for all of it, so that nobody decides on what
    was not read.
    """

    children: tuple[int, ...]
    due: tuple[int, ...]
    through: int
    seen: str


def three_of(actor: Actor, permission: Permission, at: datetime) -> list[Three]:
    """Return every child with two who serve on the same days, from the day of `at` on, as the actor reaches.

    One is there whose three persons are all reached.
    """
    threes = [Three(*row) for row in ask(_THREE, {"day": day_of(at)})]
    if not threes:
        return []
    ids = {pk for one in threes for pk in one[:3]}
    reached = set(within(actor, permission, at).filter(pk__in=among(ids)).values_list("pk", flat=True))
    return [one for one in threes if reached.issuperset(one[:3])]


def told_of(first: int, second: int, actor: Actor, permission: Permission, at: datetime) -> Told:
    """Return what is told now of two by their ids, the lower first."""
    threes = [one for one in three_of(actor, permission, at) if (one.first, one.second) == (first, second)]
    return told(threes, spells_of({first, second}), settled_among(threes, day_of(at)), day_of(at))


def told(
    threes: Collection[Three], spells: Mapping[int, list[Spell]], settled: Collection[Three], on: date
) -> Told:
    """Return what is told of the two to whom these children belong."""
    pairs = {(one.first, one.second) for one in threes}
    days = [
        both
        for first, second in pairs
        for both in overlaps(spells.get(first, ()), spells.get(second, ()), on)
    ]
    rows = sorted({spell.pk for one, other, _days in days for spell in (one, other)})
    children = tuple(sorted({one.child for one in threes}))
    return Told(
        children=children,
        due=tuple(sorted({one.child for one in threes if one not in settled})),
        through=max(rows, default=0),
        seen=digest_rows([children, rows])[:16],
    )


def settled_among(threes: Iterable[Three], on: date) -> set[Three]:
    """Return those about whom all that is told was known when somebody decided."""
    wanted = list(threes)
    notes: dict[tuple[int, ...], list[HouseholdNote]] = defaultdict(list)
    if wanted:
        rows = HouseholdNote.objects.filter(child__in=among({one.child for one in wanted}))
        for note in rows.defer("text"):
            notes[note.child_id, note.first_id, note.second_id].append(note)
    noted = [one for one in wanted if one[:3] in notes]
    if not noted:
        return set()
    spells = spells_of({pk for one in noted for pk in (one.first, one.second)})
    return {
        one
        for one in noted
        if any(
            is_settled(
                spells.get(one.first, ()),
                spells.get(one.second, ()),
                through=note.through,
                noted_on=day_of(note.noted_at),
                on=on,
            )
            for note in notes[one[:3]]
        )
    }


def spells_of(persons: Collection[int]) -> dict[int, list[Spell]]:
    """Return all rows of the service of persons, those told otherwise since too."""
    found: dict[int, list[Spell]] = defaultdict(list)
    columns = ("person", "pk", "place", "post", "starts_on", "ends_on", "withdrawn_on")
    rows = Service.objects.filter(TOLD, person__in=among(persons)).order_by("starts_on", "pk")
    for person, pk, place, post, starts_on, ends_on, withdrawn_on in rows.values_list(*columns):
        found[person].append(Spell(pk, place, post, Days(starts_on, ends_on), withdrawn_on))
    return found
