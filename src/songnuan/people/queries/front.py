"""Reads of who serves at the front, for pages that list people beside their families."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from django.db.models import OuterRef, Q, Subquery

from songnuan.kernel.bulk import among
from songnuan.organisation.queries import unit_names
from songnuan.people.family import Age, age_of
from songnuan.people.masking import listed_name
from songnuan.people.models import OPEN, STANDING, FamilyLink, Person, Service


@dataclass(frozen=True, slots=True)
class Serving:
    """Service at a place; `ends_on` is its last day, None while none is told.

    `unit` is where who serves works, as the family told it; else the unit that the service was told of.
    """

    place: str
    post: str
    unit: str
    starts_on: date
    ends_on: date | None


@dataclass(frozen=True, slots=True)
class Member:
    """Somebody of a family, as a list shows them."""

    key: str
    name: str
    restricted: bool
    age: Age
    serves: tuple[Serving, ...]


def not_over(day: date) -> Q:
    """Return the condition that service stands on the day, or later."""
    return STANDING & (Q(ends_on__isnull=True) | Q(ends_on__gte=day))


def members(
    persons: Iterable[Person], serves: Mapping[int, tuple[Serving, ...]], on: date
) -> dict[int, Member]:
    """Return persons as a list shows them, by id."""
    return {
        one.pk: Member(
            key=one.key,
            name=listed_name(one.name, minor=one.restricted),
            restricted=one.restricted,
            age=age_of(one.birth_on, restricted=one.restricted, on=on),
            serves=serves.get(one.pk, ()),
        )
        for one in persons
    }


def serving(persons: Collection[int], on: date, *, ahead: bool) -> dict[int, tuple[Serving, ...]]:
    """Return the service of persons on the day, in its order; with `ahead` that which begins later too."""
    rows = Service.objects.filter(not_over(on), person__in=among(persons))
    if not ahead:
        rows = rows.filter(starts_on__lte=on)
    worked = FamilyLink.objects.filter(OPEN, relative=OuterRef("person")).exclude(workplace="").order_by("pk")
    told = list(rows.annotate(works_at=Subquery(worked.values("workplace")[:1])).order_by("starts_on", "pk"))
    units = unit_names({row.unit_id for row in told}, on)
    found: dict[int, list[Serving]] = defaultdict(list)
    for row in told:
        unit = row.works_at or units.get(row.unit_id, "")
        unit = "" if unit == row.place else unit
        found[row.person_id].append(Serving(row.place, row.post, unit, row.starts_on, row.ends_on))
    return {pk: tuple(some) for pk, some in found.items()}
