"""Reads of households: who is whose spouse, parent or child, and who of them serves at the front now."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.db.models import Exists, OuterRef, Q, QuerySet

from songnuan.kernel.actor import Actor
from songnuan.kernel.bulk import among
from songnuan.organisation.permissions import Permission
from songnuan.organisation.queries import day_of
from songnuan.people.models import OPEN, FamilyLink, Person, Relation, Service
from songnuan.people.queries.front import Member, members, not_over, serving
from songnuan.people.queries.looked_for import looked_for
from songnuan.people.scope import within

DIRECT: Final = (Relation.SPOUSE, Relation.PARENT, Relation.CHILD)
_BACK: Final = {
    Relation.SPOUSE: Relation.SPOUSE,
    Relation.PARENT: Relation.CHILD,
    Relation.CHILD: Relation.PARENT,
}
"""What the employee is to the relative."""


@dataclass(frozen=True, slots=True)
class Kin:
    """Somebody of a household: what they are to the employee, or, `of_spouse`, to the employee's spouse."""

    member: Member
    relation: str
    of_spouse: bool


@dataclass(frozen=True, slots=True)
class Household:
    """An employee, the spouse, and the parents and children of both, as rosters of families tell them now.

    Two employees who are married stand in one; `person_id` is the employee's.
    """

    employee: Member
    kin: tuple[Kin, ...]
    person_id: int

    @property
    def is_at_front(self) -> bool:
        """Return whether somebody of it serves now."""
        return any(one.serves for one in (self.employee, *(kin.member for kin in self.kin)))


@dataclass(frozen=True, slots=True)
class HouseholdPage:
    """Households, and what the next page goes on from; None when there are no more."""

    rows: tuple[Household, ...]
    after: int | None


@dataclass(frozen=True, slots=True)
class Asked:
    """Which households: with somebody at the front, with somebody of this name, identity number or phone."""

    at_front: bool = False
    text: str = ""


_ALL: Final = Asked()
_STEP, _FURTHER = 500, 8


def households(
    actor: Actor, at: datetime, asked: Asked = _ALL, *, after: int = 0, size: int
) -> HouseholdPage:
    """Return the next `size` households on the day of `at`, in which nobody is whom the actor may not see.

    The page may hold fewer: a household of which one person alone may be seen is none.
    """
    found = _next(actor, at, asked, after, size + 1)
    shown = found[:size]
    rows = [one for one in gathered(shown, actor, at) if one.kin]
    if asked.at_front:
        rows = [one for one in rows if one.is_at_front]
    return HouseholdPage(tuple(rows), shown[-1] if len(found) > size else None)


def _next(actor: Actor, at: datetime, asked: Asked, after: int, size: int) -> list[int]:
    """Return the ids of the next employees that are asked for."""
    rows = _employees(actor, at).order_by("pk").values_list("pk", flat=True)
    wanted: set[int] | None = None
    if asked.at_front:
        served = Service.objects.filter(not_over(day_of(at)), starts_on__lte=day_of(at))
        wanted = _near(served.values_list("person", flat=True))
    if asked.text:
        called = _near(looked_for(asked.text, actor, at).values_list("pk", flat=True))
        wanted = called if wanted is None else wanted & called
    if wanted is None:
        return list(rows.filter(pk__gt=after)[:size])
    found: list[int] = []
    # Most of a page is found among the first; who reaches few of many has them looked through in a few steps.
    left, step = sorted(pk for pk in wanted if pk > after), _STEP
    while left and len(found) < size:
        some, left, step = left[:step], left[step:], step * _FURTHER
        found += rows.filter(pk__in=among(some))[: size - len(found)]
    return found


def links(*relations: Relation) -> QuerySet[FamilyLink]:
    """Return the family links of these kinds that stand."""
    return FamilyLink.objects.filter(OPEN, relation__in=relations)


def _employees(actor: Actor, at: datetime) -> QuerySet[Person]:
    """Return those whose relatives are told: of two who are married the one with the lower id."""
    employed = Exists(links(*DIRECT).filter(person=OuterRef("pk")))
    reached = within(actor, Permission.PEOPLE_VIEW, at).filter(employed)
    # Somebody married to two is left out of the list only for one who stands on it.
    first = reached.exclude(married_to_lower(Person.objects.filter(employed)))
    return reached.exclude(married_to_lower(first))


def married_to_lower(persons: QuerySet[Person]) -> Q:
    """Return the condition that somebody is married to one of these with a lower id."""
    one, other = (Exists(persons.filter(pk=OuterRef(side))) for side in ("relative", "person"))
    told = links(Relation.SPOUSE).filter(one, person=OuterRef("pk"), relative__lt=OuterRef("pk"))
    told_of = links(Relation.SPOUSE).filter(other, relative=OuterRef("pk"), person__lt=OuterRef("pk"))
    return Q(Exists(told)) | Q(Exists(told_of))


def _near(persons: QuerySet[Any, Any]) -> set[int]:
    """Return those to whose household one of these persons, told by their ids, may belong."""
    found = set(persons)
    for relations in (DIRECT, (Relation.SPOUSE,)):
        rows, some = links(*relations), among(found)
        tells = rows.filter(relative__in=some).values_list("person", flat=True)
        told = rows.filter(person__in=some).values_list("relative", flat=True)
        found = found.union(tells, told)
    return found


_Tie = tuple[int, Relation]
"""A person by the id, and what they are to the other one."""


def gathered(ids: Sequence[int], actor: Actor, at: datetime) -> list[Household]:
    """Return the households of employees, in a number of queries that does not grow with them."""
    on = day_of(at)
    ties = ties_of(ids)
    spouses = {pk for some in ties.values() for pk, relation in some if relation == Relation.SPOUSE}
    ties |= ties_of(spouses - ties.keys())
    everybody = set(ids) | {pk for some in ties.values() for pk, _relation in some}
    seen = within(actor, Permission.PEOPLE_VIEW, at).filter(pk__in=among(everybody))
    shown = members(seen, serving(everybody, on, ahead=False), on)
    return [Household(shown[pk], tuple(_kin(pk, ties, shown)), pk) for pk in ids if pk in shown]


def ties_of(ids: Collection[int]) -> dict[int, list[_Tie]]:
    """Return who is what to these, told from either side, in the order of the ids."""
    ties: dict[int, list[_Tie]] = {pk: [] for pk in ids}
    columns = ("person", "relative", "relation")
    for person, relative, relation in links(*DIRECT).filter(person__in=among(ids)).values_list(*columns):
        ties[person].append((relative, Relation(relation)))
    for person, relative, relation in links(*DIRECT).filter(relative__in=among(ids)).values_list(*columns):
        ties[relative].append((person, _BACK[Relation(relation)]))
    return {pk: sorted(some) for pk, some in ties.items()}


def _kin(employee: int, ties: Mapping[int, Sequence[_Tie]], shown: Mapping[int, Member]) -> Iterator[Kin]:
    """Yield the spouse, the children, the parents; of each the employee's own first, and nobody twice."""
    own = ties[employee]
    spouses = [pk for pk, relation in own if relation == Relation.SPOUSE and pk in shown]
    ofs = [tie for spouse in spouses for tie in ties.get(spouse, ())]
    done = {employee}
    for wanted in (Relation.SPOUSE, Relation.CHILD, Relation.PARENT):
        for some, of_spouse in ((own, False), (ofs, True)):
            for pk, relation in some:
                if relation != wanted or pk in done or pk not in shown:
                    continue
                if of_spouse and wanted == Relation.SPOUSE:
                    continue  # whoever else the spouse is told to be married to
                done.add(pk)
                yield Kin(shown[pk], wanted.value, of_spouse)
