"""Which persons somebody reaches: those who stand in a roster at a unit that is reached."""

from datetime import datetime

from django.db.models import Exists, OuterRef, Q, QuerySet

from songnuan.kernel.actor import Actor
from songnuan.organisation.permissions import Permission
from songnuan.organisation.queries import scope
from songnuan.people.models import OPEN, STANDING, Enrolment, FamilyLink, Person, PersonStatus, Service


def within(actor: Actor, permission: Permission, at: datetime) -> QuerySet[Person]:
    """Return the active persons over whom the actor holds a permission on the day of `at`.

    Reached are who is enrolled, or serves, at a unit that is reached, or in a roster of one; and with an
    employee the relatives. The system reaches everybody.
    """
    persons = Person.objects.filter(status=PersonStatus.ACTIVE)
    if actor.is_system:
        return persons
    units = scope(actor, permission, at).values("pk")
    here = Q(unit__in=units) | Q(roster__unit__in=units)
    enrolled = Enrolment.objects.filter(OPEN, here)
    serving = Service.objects.filter(STANDING, here)
    links = FamilyLink.objects.filter(OPEN)
    kin = links.filter(
        Q(roster__unit__in=units) | Exists(enrolled.filter(person=OuterRef("person"))),
        relative=OuterRef("pk"),
    )
    return persons.filter(
        Exists(enrolled.filter(person=OuterRef("pk")))
        | Exists(serving.filter(person=OuterRef("pk")))
        | Exists(links.filter(roster__unit__in=units, person=OuterRef("pk")))
        | Exists(kin)
    )
