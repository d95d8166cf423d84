"""Persons entered straight into the register, for the tests of what is found and merged."""

from datetime import date, datetime
from typing import Any

from people_builders import at
from songnuan.people.columns import INDEXES, index
from songnuan.people.keyed import fresh_keys
from songnuan.people.models import (
    DuplicatePair,
    Enrolment,
    FamilyLink,
    ImportStatus,
    Person,
    Roster,
    RosterImport,
    Service,
)

FIRST_DAY = date(2020, 4, 1)


def person(name: str, **facts: Any) -> Person:
    """Enter a person; numbers are given plain."""
    indexed = {INDEXES[field]: index(field, facts[field]) for field in INDEXES if field in facts}
    kind = {"id_kind": "resident"} if "id_number" in facts else {}
    moment = facts.pop("at", at(1))
    one = Person(
        key=fresh_keys(1)[0], name=name, created_at=moment, changed_at=moment, **{**kind, **indexed, **facts}
    )
    Person.objects.bulk_create([one])
    return one


def roster(unit_id: int, kind: str = "people", key: str = "") -> Roster:
    """Open a roster without an import."""
    one = Roster(key=key or kind, title=key or kind, kind=kind, unit_id=unit_id, created_at=at(1))
    Roster.objects.bulk_create([one])
    return one


def told(one: Roster) -> RosterImport:
    """Return an import that was applied to the roster."""
    found = RosterImport.objects.filter(roster=one).first()
    if found is not None:
        return found
    source = RosterImport(
        key=fresh_keys(1)[0],
        roster=one,
        roster_key=one.key,
        kind=one.kind,
        unit_id=one.unit_id,
        file_name=f"{one.key}.xlsx",
        file_digest="0" * 64,
        file_size=1,
        status=ImportStatus.APPLIED,
        options={},
        columns=[],
        counts={},
        created_at=at(1),
        touched_at=at(1),
        applied_at=at(1),
        day=FIRST_DAY,
    )
    RosterImport.objects.bulk_create([source])
    return source


def enrol(
    one: Roster, who: Person, starts_on: date = FIRST_DAY, ends_on: date | None = None, **facts: Any
) -> Enrolment:
    """Put a person on a roster of people."""
    row = Enrolment(
        roster=one,
        person=who,
        unit_id=facts.pop("unit_id", one.unit_id),
        told_digest="0" * 64,
        told_by=told(one),
        starts_on=starts_on,
        ends_on=ends_on,
        **facts,
    )
    Enrolment.objects.bulk_create([row])
    return row


def link(one: Roster, who: Person, relative: Person, relation: str = "spouse") -> FamilyLink:
    """Tell that somebody is a relative."""
    row = FamilyLink(
        roster=one,
        person=who,
        relative=relative,
        relation=relation,
        told_digest="0" * 64,
        told_by=told(one),
        starts_on=FIRST_DAY,
    )
    FamilyLink.objects.bulk_create([row])
    return row


def serve(one: Roster, who: Person, place: str = "东江大桥卡口", starts_on: date = FIRST_DAY) -> Service:
    """Tell that somebody served."""
    row = Service(
        roster=one,
        person=who,
        unit_id=one.unit_id,
        place=place,
        told_digest="0" * 64,
        told_by=told(one),
        starts_on=starts_on,
        recorded_on=FIRST_DAY,
    )
    Service.objects.bulk_create([row])
    return row


def pair(one: Person, other: Person, moment: datetime | None = None, **facts: Any) -> DuplicatePair:
    """Note a pair."""
    first, second = sorted((one, other), key=lambda person: person.pk)
    told_facts = {"reasons": ["alike_name_phone"], "score": 85, **facts}
    row = DuplicatePair(first=first, second=second, found_at=moment or at(1), **told_facts)
    DuplicatePair.objects.bulk_create([row])
    return row
