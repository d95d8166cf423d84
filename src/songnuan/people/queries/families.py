"""Reads of families that are looked after: whose relatives serve, who belongs to them, when service ended.

Nobody's rights are asked here: whoever reads asks for the right to these families first.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Exists, OuterRef, Q, QuerySet

from songnuan.kernel.actor import SYSTEM
from songnuan.kernel.bulk import among
from songnuan.people.masking import masked
from songnuan.people.models import OPEN, STANDING, Enrolment, Person, PersonStatus, Relation, Service
from songnuan.people.queries.front import not_over
from songnuan.people.queries.households import DIRECT, Household, gathered, links, married_to_lower, ties_of


@dataclass(frozen=True, slots=True)
class FrontFamily:
    """An employee with a relative at the front, where they work, and whom they are married to."""

    person_id: int
    unit_id: int
    spouses: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class FamilyService:
    """Whether somebody of a family serves on a day, and the last day on which somebody's service ended."""

    serves: bool = False
    ended_on: date | None = None


@dataclass(frozen=True, slots=True)
class FamilyFacts:
    """What a ledger tells of the employee of a family, masked; the address as far as a list shows it."""

    name: str
    id_number: str
    phone: str
    address: str


def front_families(roster_key: str, on: date) -> list[FrontFamily]:
    """Return the employees of a roster who have a relative at the front on a day, by id.

    Of two who are married the one with the lower id stands for both, if both are among them.
    """
    enrolled = Enrolment.objects.filter(OPEN, roster__key=roster_key)
    serving = Service.objects.filter(not_over(on), starts_on__lte=on)
    told = links(*DIRECT)
    kin = Exists(told.filter(Exists(serving.filter(person=OuterRef("relative"))), person=OuterRef("pk")))
    back = Exists(told.filter(Exists(serving.filter(person=OuterRef("person"))), relative=OuterRef("pk")))
    found = Person.objects.filter(
        Q(kin) | Q(back),
        Exists(enrolled.filter(person=OuterRef("pk"))),
        status=PersonStatus.ACTIVE,
    )
    first = list(found.exclude(married_to_lower(found)).order_by("pk").values_list("pk", flat=True))
    units = _units(enrolled.filter(person__in=among(first)))
    spouses = {
        pk: tuple(other for other, relation in some if relation == Relation.SPOUSE)
        for pk, some in ties_of(first).items()
    }
    return [FrontFamily(pk, units[pk], spouses[pk]) for pk in first]


def _units(rows: QuerySet[Enrolment]) -> dict[int, int]:
    return dict(rows.order_by("-pk").values_list("person", "unit"))


def standing_persons(ids: Collection[int]) -> dict[int, int]:
    """Return for each of these persons whom they stand for: another one, where they were merged."""
    found = {pk: pk for pk in ids}
    merged = dict(
        Person.objects.filter(pk__in=among(set(ids)), status=PersonStatus.MERGED).values_list(
            "pk", "merged_into"
        )
    )
    return found | {pk: kept or pk for pk, kept in merged.items()}


def households_of(ids: Collection[int], at: datetime) -> dict[int, Household]:
    """Return the households of employees by id, as they stand on the day; of who is erased there is none."""
    stands = standing_persons(ids)
    shown = {row.person_id: row for row in gathered(sorted(set(stands.values())), SYSTEM, at)}
    return {pk: shown[kept] for pk, kept in stands.items() if kept in shown}


def services_of(ids: Collection[int], on: date) -> dict[int, FamilyService]:
    """Return how the families of employees stand at the front on a day, by id of the employee.

    A service counts as ended for who serves nowhere else any more.
    """
    stands = standing_persons(ids)
    members = _members(set(stands.values()))
    everybody = {pk for some in members.values() for pk in some}
    rows = Service.objects.filter(STANDING, person__in=among(everybody), starts_on__lte=on)
    now: set[int] = set()
    ended: dict[int, date] = {}
    for person, last in rows.values_list("person", "ends_on"):
        if last is None or last >= on:
            now.add(person)
        else:
            ended[person] = max(last, ended.get(person, last))
    found = {}
    for pk, kept in stands.items():
        some = members[kept]
        days = [ended[one] for one in some if one in ended and one not in now]
        found[pk] = FamilyService(not now.isdisjoint(some), max(days, default=None))
    return found


def _members(ids: Iterable[int]) -> dict[int, set[int]]:
    """Return who belongs to the families of employees: they, the spouse, and the direct relatives of both."""
    own = ties_of(set(ids))
    spouses = {pk for some in own.values() for pk, relation in some if relation == Relation.SPOUSE}
    theirs = ties_of(spouses)
    found: dict[int, set[int]] = defaultdict(set)
    for pk, some in own.items():
        found[pk] = {pk, *(other for other, _relation in some)}
        for other, relation in some:
            if relation == Relation.SPOUSE:
                found[pk] |= {one for one, kind in theirs[other] if kind != Relation.SPOUSE}
    return found


def family_facts(ids: Collection[int]) -> dict[int, FamilyFacts]:
    """Return what a ledger tells of employees, by id, numbers and addresses masked."""
    stands = standing_persons(ids)
    rows = Person.objects.filter(pk__in=among(set(stands.values())))
    told = {
        one.pk: FamilyFacts(
            name=one.name,
            id_number=masked("id_number", one.id_number, minor=one.restricted),
            phone=masked("phone", one.phone, minor=one.restricted),
            address=masked("address", one.address, minor=one.restricted),
        )
        for one in rows
    }
    return {pk: told[kept] for pk, kept in stands.items() if kept in told}


def phones_of(keys: Collection[str]) -> dict[str, str]:
    """Return the phones of persons as a list shows them, by key; those of minors and unknown ones are not."""
    rows = Person.objects.filter(key__in=list(keys), phone__isnull=False, restricted=False)
    return {one.key: masked("phone", one.phone, minor=False) for one in rows}
