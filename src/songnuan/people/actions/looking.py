"""Shows a person's numbers in full; each such look is recorded."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from songnuan.audit.record import record
from songnuan.kernel.actor import Actor
from songnuan.kernel.refusal import Refusal
from songnuan.organisation.permissions import Permission
from songnuan.organisation.queries import day_of, refuse, require
from songnuan.people import purposes, rules
from songnuan.people.models import LookPurpose, Person, PersonStatus
from songnuan.people.queries.bearers import standing_for
from songnuan.people.scope import within


@dataclass(frozen=True, slots=True)
class PlainPerson:
    """A person in full; "" for what is not known."""

    key: str
    name: str
    sex: str
    birth_on: date | None
    id_kind: str
    id_number: str
    phone: str
    account: str
    bank: str
    address: str


@dataclass(frozen=True, slots=True)
class PersonToCall:
    """Whom to call; "" for what is not known."""

    name: str
    phone: str


@transaction.atomic(savepoint=False)
def show_person(*, person_key: str, purpose: str, actor: Actor, at: datetime) -> PlainPerson:
    """Return a person in full, a minor too, to whom says for what.

    What for is kept sealed, until the person is erased; the trail has its keyed digest.

    Raises:
        Refusal: `person_gone`, `not_permitted`, `purpose_missing`, `text_too_long`.

    """
    person = _locked(key=person_key)
    if not within(actor, Permission.PEOPLE_SHOW, at).filter(pk=person.pk).exists():
        refuse(Permission.PEOPLE_SHOW)
    _note(person, purpose, actor, at)
    return PlainPerson(
        key=person.key,
        name=person.name,
        sex=person.sex,
        birth_on=person.birth_on,
        id_kind=person.id_kind,
        id_number=person.id_number or "",
        phone=person.phone or "",
        account=person.account or "",
        bank=person.bank,
        address=person.address or "",
    )


@transaction.atomic(savepoint=False)
def show_to_call(*, person_id: int, purpose: str, actor: Actor, at: datetime) -> PersonToCall:
    """Return name and phone of a person, of whom they were merged into, to an inspector who calls them back.

    Whoever calls this made sure that the person was drawn for it. What for is kept as of any other look.

    Raises:
        Refusal: `not_permitted`, `person_gone`.

    """
    require(actor, Permission.LIST_INSPECT, at=at)
    person = _locked(pk=standing_for([person_id]).get(person_id, person_id))
    _note(person, purpose, actor, at)
    return PersonToCall(person.name, person.phone or "")


def _locked(**asked: Any) -> Person:  # noqa: ANN401 - as of a query
    """Return the person, locked: whoever erases them at this moment erases the purpose of a look too."""
    persons = Person.objects.select_for_update(no_key=True)
    person = persons.filter(status=PersonStatus.ACTIVE, **asked).first()
    if person is None:
        raise Refusal("person_gone", _("This person is not in the register, or was merged or erased."))
    return person


def _note(person: Person, purpose: str, actor: Actor, at: datetime) -> None:
    """Keep what a person is looked at for sealed, and its digest in the trail.

    Raises:
        Refusal: `purpose_missing`, `text_too_long`.

    """
    why = rules.purpose_of_look(purpose)
    digest = purposes.digest(person_key=person.key, actor_key=actor.key, at=at, purpose=why)
    LookPurpose.objects.bulk_create([LookPurpose(person=person, digest=digest, purpose=why)])
    record(
        stream="people",
        action=purposes.LOOK,
        subject=f"people.person:{person.key}",
        actor=actor,
        at=at,
        facts={"digest": digest, "minor": rules.is_minor(person.birth_on, day_of(at))},
    )


@transaction.atomic(savepoint=False)
def show_phone(*, person_key: str, purpose: str, actor: Actor, at: datetime) -> str:
    """Return the phone of an adult in full, "" where none is known; the look is recorded as any other.

    Who calls asked for the right to this person's family.

    Raises:
        Refusal: `person_gone` for a minor too.

    """
    person = _locked(key=person_key, restricted=False)
    _note(person, purpose, actor, at)
    return person.phone or ""
