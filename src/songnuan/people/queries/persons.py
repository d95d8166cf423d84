"""Reads of persons whom somebody may see, numbers masked."""

from dataclasses import dataclass
from datetime import date, datetime

from songnuan.kernel.actor import Actor
from songnuan.kernel.names import tidy_name
from songnuan.organisation.permissions import Permission
from songnuan.organisation.queries import day_of, unit_names
from songnuan.people.masking import listed_name, masked, tail
from songnuan.people.models import TOLD, Enrolment, FamilyLink, Person, Service
from songnuan.people.queries.looked_for import looked_for
from songnuan.people.scope import within


@dataclass(frozen=True, slots=True)
class Standing:
    """What a roster tells of a person in one period; `ends_on` None while it stands.

    `what` is the post, the place, or the relation; `also` the other person of a family link.
    """

    roster_key: str
    roster_title: str
    unit: str
    what: str
    also: str
    also_key: str
    starts_on: date
    ends_on: date | None


@dataclass(frozen=True, slots=True)
class PersonView:
    """A person without numbers in full. `after` is what the next page of a search goes on from."""

    after: int
    key: str
    name: str
    sex: str
    birth: str
    id_kind: str
    id_tail: str
    phone: str
    account: str
    bank: str
    address: str
    restricted: bool
    changed_at: datetime


def person(key: str, actor: Actor, at: datetime) -> tuple[PersonView, list[Standing]] | None:
    """Return a person with what rosters tell, newest first; None when nobody of that key may be seen."""
    one = within(actor, Permission.PEOPLE_VIEW, at).filter(key=key).first()
    return None if one is None else (_view(one), _standings(one, day_of(at)))


def shown(key: str, actor: Actor, at: datetime) -> bool:
    """Return whether the actor may see everything of a person."""
    return within(actor, Permission.PEOPLE_SHOW, at).filter(key=key).exists()


def find_persons(
    actor: Actor, at: datetime, text: str, *, after: int | None = None, size: int
) -> list[PersonView]:
    """Return the next `size` persons whom the actor may see, by identity number, phone, or name."""
    asked = looked_for(text, actor, at).values("pk")
    rows = within(actor, Permission.PEOPLE_VIEW, at).filter(pk__in=asked, pk__gt=after or 0)
    return [_view(one) for one in rows.order_by("pk")[:size]]


def named(actor: Actor, at: datetime, name: str, *, size: int) -> list[PersonView]:
    """Return up to `size` persons of exactly this name whom the actor may see."""
    asked = looked_for(name, actor, at).filter(name=tidy_name(name)).values("pk")
    rows = within(actor, Permission.PEOPLE_VIEW, at).filter(pk__in=asked)
    return [_view(one) for one in rows.order_by("pk")[:size]]


def _view(one: Person) -> PersonView:
    minor = one.restricted
    return PersonView(
        after=one.pk,
        key=one.key,
        name=listed_name(one.name, minor=minor),
        sex=one.sex,
        birth=masked("birth_on", one.birth_on, minor=minor),
        id_kind=one.id_kind,
        id_tail=tail(one.id_number, minor=minor),
        phone=masked("phone", one.phone, minor=minor),
        account=masked("account", one.account, minor=minor),
        bank=one.bank,
        address=masked("address", one.address, minor=minor),
        restricted=minor,
        changed_at=one.changed_at,
    )


def _standings(one: Person, on: date) -> list[Standing]:
    # Of rows whose roster is erased, or that went with somebody who is, nothing is left to tell.
    enrolments = list(Enrolment.objects.select_related("roster").filter(TOLD, person=one))
    services = list(Service.objects.select_related("roster").filter(TOLD, person=one, withdrawn_on=None))
    units = unit_names([*(row.unit_id for row in enrolments), *(row.unit_id for row in services)], on)
    found = [_standing(row, row.post, units.get(row.unit_id, "")) for row in enrolments]
    found += [_standing(row, row.place, units.get(row.unit_id, "")) for row in services]
    links = FamilyLink.objects.select_related("roster", "person", "relative").filter(TOLD)
    found += [_standing(row, row.relation, row.workplace, row.relative) for row in links.filter(person=one)]
    found += [_standing(row, row.relation, "", row.person) for row in links.filter(relative=one)]
    return sorted(found, key=lambda standing: (standing.ends_on is None, standing.starts_on), reverse=True)


def _standing(
    row: Enrolment | Service | FamilyLink, what: str, unit: str, other: Person | None = None
) -> Standing:
    return Standing(
        roster_key=row.roster.key,
        roster_title=row.roster.title,
        unit=unit,
        what=what,
        also=listed_name(other.name, minor=other.restricted) if other else "",
        also_key=other.key if other else "",
        starts_on=row.starts_on,
        ends_on=row.ends_on,
    )
