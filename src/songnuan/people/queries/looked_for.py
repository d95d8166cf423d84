"""Whom a text means that somebody looks for: an identity number, a phone, a name or its beginning."""

from datetime import datetime

from django.db.models import Q, QuerySet

from songnuan.kernel.actor import Actor
from songnuan.kernel.faults import Fault
from songnuan.kernel.identity import identity
from songnuan.kernel.names import tidy_name, valid_phone
from songnuan.kernel.refusal import Refusal
from songnuan.organisation.permissions import Permission
from songnuan.people.columns import index
from songnuan.people.models import Person, PersonStatus
from songnuan.people.scope import within

_BEGINNING = 2


def looked_for(text: str, actor: Actor, at: datetime) -> QuerySet[Person]:
    """Return the active persons that a text asks for.

    A number is looked for whole, by its blind index. A name is looked for whole, or from two characters on
    by its beginning; minors are found by it only by whom may see them in full.
    """
    persons = Person.objects.filter(status=PersonStatus.ACTIVE)
    if number := _identity(text):
        return persons.filter(id_index=index("id_number", number), id_index__gt="")
    if phone := _phone(text):
        return persons.filter(phone_index=index("phone", phone), phone_index__gt="")
    name = tidy_name(text)
    named = Q(name__startswith=name) if len(name) >= _BEGINNING else Q(name=name)
    minors = within(actor, Permission.PEOPLE_SHOW, at).filter(named, restricted=True)
    return persons.filter(named & (Q(restricted=False) | Q(pk__in=minors.values("pk"))))


def _identity(text: str) -> str:
    try:
        return identity(text).number
    except Fault:
        return ""


def _phone(text: str) -> str:
    try:
        return valid_phone(text)
    except Refusal:
        return ""
