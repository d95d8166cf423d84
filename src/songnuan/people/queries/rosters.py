"""Reads of rosters: which there are, and who stands on one, page by page."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Count, Q, QuerySet

from songnuan.kernel.actor import Actor
from songnuan.organisation.models import Unit
from songnuan.people.lifecycle import ENDED
from songnuan.people.masking import listed_name, masked, tail
from songnuan.people.models import (
    OPEN,
    STANDING,
    Enrolment,
    FamilyLink,
    ImportStatus,
    Person,
    Roster,
    RosterImport,
    RosterKind,
    Service,
)
from songnuan.people.queries.looked_for import looked_for


@dataclass(frozen=True, slots=True)
class RosterRow:
    """A roster, and how many stand on it; the import applied last, and the newest that is still open."""

    pk: int
    key: str
    title: str
    kind: str
    unit_id: int
    status: str
    retain_until: date | None
    people: int
    last_import: RosterImport | None
    waiting: RosterImport | None
    open_imports: int


@dataclass(frozen=True, slots=True)
class Row:
    """Somebody on a roster. `after` is what the next page goes on from.

    Of a roster of families it is the employee, with the relative; of service, with place and time. What a
    kind of roster does not tell is empty.
    """

    after: int
    person_key: str
    name: str
    id_tail: str
    phone: str
    restricted: bool
    unit_id: int | None = None
    post: str = ""
    rank: str = ""
    category: str = ""
    note: str = ""
    relation: str = ""
    relative_key: str = ""
    relative_name: str = ""
    relative_id_tail: str = ""
    relative_phone: str = ""
    workplace: str = ""
    place: str = ""
    starts_on: date | None = None
    ends_on: date | None = None
    minutes: int | None = None
    direct_contact: bool | None = None


def roster(key: str) -> Roster | None:
    """Return a roster by its key."""
    return Roster.objects.filter(key=key).first()


def rosters(units: QuerySet[Unit]) -> list[RosterRow]:
    """Return the rosters of these units by title."""
    found = list(Roster.objects.filter(unit__in=units.order_by().values("pk")).order_by("title", "pk"))
    ids = [one.pk for one in found]
    imports = RosterImport.objects.select_related("created_by").filter(roster__in=ids).order_by("pk")
    last = {
        one.roster_id: one for one in imports.filter(status=ImportStatus.APPLIED).order_by("applied_at", "pk")
    }
    waiting: dict[int | None, list[RosterImport]] = {}
    for one in imports.exclude(status__in=ENDED):
        waiting.setdefault(one.roster_id, []).append(one)
    counts = _counts(ids)
    return [
        RosterRow(
            pk=one.pk,
            key=one.key,
            title=one.title,
            kind=one.kind,
            unit_id=one.unit_id,
            status=one.status,
            retain_until=one.retain_until,
            people=counts.get(one.pk, 0),
            last_import=last.get(one.pk),
            waiting=waiting[one.pk][-1] if one.pk in waiting else None,
            open_imports=len(waiting.get(one.pk, ())),
        )
        for one in found
    ]


def roster_page(roster_id: int, *, after: int | None = None, size: int) -> list[Row]:
    """Return the next `size` who stand on a roster, behind `after`."""
    return _page(Roster.objects.get(pk=roster_id), Q(), after, size)


def search_roster(roster_id: int, text: str, actor: Actor, at: datetime, *, size: int) -> list[Row]:
    """Return who stands on a roster with this identity number, phone, or name or its beginning.

    Minors are found by name only by whom may see them in full.
    """
    asked = looked_for(text, actor, at).values("pk")
    return _page(Roster.objects.get(pk=roster_id), Q(person__in=asked), None, size)


def _counts(ids: Sequence[int]) -> dict[int, int]:
    counts: dict[int, int] = {}
    for model, standing in ((Enrolment, OPEN), (FamilyLink, OPEN), (Service, STANDING)):
        rows = model._default_manager.filter(standing, roster__in=ids).order_by()  # noqa: SLF001 - Django's API
        counts |= (
            rows.values_list("roster_id").annotate(number=Count("pk")).values_list("roster_id", "number")
        )
    return counts


def _page(of: Roster, condition: Q, after: int | None, size: int) -> list[Row]:
    if of.kind == RosterKind.FAMILIES:
        links = FamilyLink.objects.filter(OPEN, condition, roster=of, pk__gt=after or 0)
        return [_kin(row) for row in links.select_related("person", "relative").order_by("pk")[:size]]
    if of.kind == RosterKind.SERVICE:
        served = Service.objects.filter(STANDING, condition, roster=of, pk__gt=after or 0)
        return [_served(row) for row in served.select_related("person").order_by("pk")[:size]]
    # The index that keeps a person from standing twice gives the pages.
    people = Enrolment.objects.filter(OPEN, condition, roster=of, person__gt=after or 0)
    return [_enrolled(row) for row in people.select_related("person").order_by("person_id")[:size]]


def _enrolled(row: Enrolment) -> Row:
    return Row(
        after=row.person_id,
        **_who(row.person),
        unit_id=row.unit_id,
        post=row.post,
        rank=row.rank,
        category=row.category,
        note=row.note,
        starts_on=row.starts_on,
    )


def _kin(row: FamilyLink) -> Row:
    minor = row.relative.restricted
    return Row(
        after=row.pk,
        **_who(row.person),
        note=row.note,
        relation=row.relation,
        relative_key=row.relative.key,
        relative_name=listed_name(row.relative.name, minor=minor),
        relative_id_tail=tail(row.relative.id_number, minor=minor),
        relative_phone=masked("phone", row.relative.phone, minor=minor),
        workplace=row.workplace,
        starts_on=row.starts_on,
    )


def _served(row: Service) -> Row:
    return Row(
        after=row.pk,
        **_who(row.person),
        unit_id=row.unit_id,
        post=row.post,
        note=row.note,
        place=row.place,
        starts_on=row.starts_on,
        ends_on=row.ends_on,
        minutes=row.minutes,
        direct_contact=row.direct_contact,
    )


def _who(person: Person) -> dict[str, Any]:
    minor = person.restricted
    return {
        "person_key": person.key,
        "name": listed_name(person.name, minor=minor),
        "id_tail": tail(person.id_number, minor=minor),
        "phone": masked("phone", person.phone, minor=minor),
        "restricted": minor,
    }
