"""Whom numbers and names mean, many at once: for others who keep rows of persons."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models.functions import Coalesce

from songnuan.kernel.actor import Actor
from songnuan.kernel.bulk import among, among_texts
from songnuan.organisation.permissions import Permission
from songnuan.people.keyed import indexes
from songnuan.people.models import Person, PersonStatus
from songnuan.people.scope import within


@dataclass(frozen=True, slots=True)
class Bearer:
    """An active person who bears a number, with the names that may stand beside it."""

    person_id: int
    names: frozenset[str]


def bearers_of(numbers: Collection[str]) -> dict[str, tuple[Bearer, ...]]:
    """Return who bears each identity number, in its normal form; numbers that nobody bears are left out.

    Where nobody bears it any more, it leads to whom a former bearer was merged into, under both names; to
    several when several were.
    """
    told = dict(zip(indexes("id_number", numbers), numbers, strict=True)) if numbers else {}
    asked = Person.objects.filter(id_index__in=among_texts(told), id_index__gt="")
    found: dict[str, tuple[Bearer, ...]] = {}
    active = asked.filter(status=PersonStatus.ACTIVE).values_list("id_index", "pk", "name")
    for index, pk, name in active:
        found[told[index]] = (Bearer(pk, frozenset({name})),)
    former: dict[str, dict[int, set[str]]] = defaultdict(lambda: defaultdict(set))
    merged = asked.filter(status=PersonStatus.MERGED)
    columns = ("id_index", "merged_into_id", "name", "merged_into__name")
    for index, into, name, its_name in merged.values_list(*columns):
        if told[index] not in found:
            former[told[index]][into] |= {name, its_name}
    for number, persons in former.items():
        found[number] = tuple(Bearer(pk, frozenset(names)) for pk, names in sorted(persons.items()))
    return found


def only_ones_of(names: Collection[str], actor: Actor, at: datetime) -> dict[str, int | None]:
    """Return for each name, tidied, the one person who has it; None where several have it.

    Names that nobody has are left out, and so are those of whom the actor does not reach, and of minors:
    these are found by their number alone.
    """
    rows = Person.objects.filter(name__in=among_texts(names), name__gt="").exclude(status=PersonStatus.ERASED)
    bearers: dict[str, set[int]] = defaultdict(set)
    for name, pk in rows.values_list("name", Coalesce("merged_into", "pk")):
        bearers[name].add(pk)
    single = {pk for persons in bearers.values() if len(persons) == 1 for pk in persons}
    reach = within(actor, Permission.PEOPLE_VIEW, at).filter(pk__in=among(single), restricted=False)
    reached = set(reach.values_list("pk", flat=True))
    found: dict[str, int | None] = {}
    for name, persons in bearers.items():
        if len(persons) > 1:
            found[name] = None
        elif persons <= reached:
            found[name] = next(iter(persons))
    return found


def standing_for(persons: Iterable[int]) -> dict[int, int]:
    """Return whom each of these persons who was merged was merged into."""
    merged = Person.objects.filter(pk__in=among(set(persons)), status=PersonStatus.MERGED)
    return dict(merged.values_list("pk", "merged_into_id"))
