"""Shows a person's numbers in full; each such look is recorded."""

from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext as _

from songnuan.audit.record import record
from songnuan.kernel.actor import Actor
from songnuan.kernel.refusal import Refusal
from songnuan.organisation.permissions import Permission
from songnuan.organisation.queries import day_of, refuse
from songnuan.people import purposes, rules
from songnuan.people.models import LookPurpose, Person, PersonStatus
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


@transaction.atomic(savepoint=False)
def show_person(*, person_key: str, purpose: str, actor: Actor, at: datetime) -> PlainPerson:
    """Return a person in full, a minor too, to whom says for what.

    What for is kept sealed, until the person is erased; the trail has its keyed digest.

    Raises:
        Refusal: `person_gone`, `not_permitted`, `purpose_missing`, `text_too_long`.

    """
    # Locked, so that whoever erases the person at this moment erases the purpose too.
    persons = Person.objects.select_for_update(no_key=True)
    person = persons.filter(key=person_key, status=PersonStatus.ACTIVE).first()
    if person is None:
        raise Refusal("person_gone", _("This person is not in the register, or was merged or erased."))
    if not within(actor, Permission.PEOPLE_SHOW, at).filter(pk=person.pk).exists():
        refuse(Permission.PEOPLE_SHOW)
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
def show_phone(*, person_key: str, purpose: str, actor: Actor, at: datetime) -> str:
    """Return the phone of an adult in full, "" where none is known; the look is recorded as any other.

    Who calls asked for the right to this person's family.

    Raises:
        Refusal: `person_gone` for a minor too.

    """
    persons = Person.objects.select_for_update(no_key=True)
    person = persons.filter(key=person_key, status=PersonStatus.ACTIVE).first()
    if person is None or person.restricted:
        raise Refusal("person_gone", _("This person is not in the register, or was merged or erased."))
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
    return person.phone or ""
