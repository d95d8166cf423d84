"""What is held of one person, whole, for that person alone; others' names in it are masked."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import cache

from django.db.models import Q

from songnuan.audit.queries import entries
from songnuan.kernel.names import mask_name
from songnuan.organisation.queries import day_of, posts_held, unit_names
from songnuan.people import access_codes
from songnuan.people.models import (
    TOLD,
    AccessCode,
    Enrolment,
    FamilyLink,
    HouseholdNote,
    Person,
    PersonStatus,
    Roster,
    RosterImport,
    Service,
)
from songnuan.people.purposes import LOOK
from songnuan.people.queries.corrections import OwnCorrection, own_corrections
from songnuan.people.queries.looks import purposes_of

_LOOKS = 500


@dataclass(frozen=True, slots=True)
class OwnFacts:
    """The facts of a person in full; "" for what is not known. `earlier` are other names and numbers."""

    name: str
    sex: str
    birth_on: date | None
    id_kind: str
    id_number: str
    phone: str
    account: str
    bank: str
    address: str
    earlier: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class OwnLine:
    """What a roster tells of a person in one period; of family, `other` is the other one, masked.

    `of_other` says that the person is the relative, `told_on` the day of the file it came with, and
    `withdrawn_on` when it was told otherwise.
    """

    starts_on: date
    ends_on: date | None
    told_on: date
    unit: str = ""
    post: str = ""
    rank: str = ""
    category: str = ""
    employee_number: str = ""
    relation: str = ""
    other: str = ""
    of_other: bool = False
    workplace: str = ""
    place: str = ""
    direct_contact: bool | None = None
    minutes: int | None = None
    note: str = ""
    withdrawn_on: date | None = None


@dataclass(frozen=True, slots=True)
class OwnRoster:
    """A roster on which a person stands or stood, and why it is kept."""

    title: str
    kind: str
    unit: str
    purpose: str
    legal_ground: str
    notice: str
    retain_until: date | None
    lines: tuple[OwnLine, ...]


@dataclass(frozen=True, slots=True)
class Look:
    """Somebody looked at the person in full: in which posts, and what for."""

    at: datetime
    posts: tuple[str, ...]
    purpose: str


@dataclass(frozen=True, slots=True)
class Decision:
    """What was decided about the person's household, by somebody in which posts."""

    at: datetime
    posts: tuple[str, ...]
    text: str


@dataclass(frozen=True, slots=True)
class OwnView:
    """Everything that is held of a person."""

    key: str
    facts: OwnFacts
    rosters: tuple[OwnRoster, ...]
    looks: tuple[Look, ...]
    decisions: tuple[Decision, ...]
    corrections: tuple[OwnCorrection, ...]


@dataclass(frozen=True, slots=True)
class CodeRow:
    """The codes that a person was given last, as the office sees them: `left` of `count` open something.

    Each opens once; failures are counted for all of them together.
    """

    issued_at: datetime
    issued_by: str
    expires_at: datetime
    count: int
    left: int
    used_count: int
    failed_count: int
    revoked: bool
    locked: bool
    is_live: bool


def last_code(person_key: str, at: datetime) -> CodeRow | None:
    """Return the codes that a person was given last."""
    mine = Q(person__key=person_key) | Q(person__merged_into__key=person_key)
    row = AccessCode.objects.select_related("issued_by").filter(mine).order_by("-issued_at", "-pk").first()
    if row is None:
        return None
    together = AccessCode.objects.filter(person=row.person, issued_at=row.issued_at)
    left = together.filter(access_codes.live(at), used_at__isnull=True).count()
    locked = row.failed_count >= access_codes.FAILURES
    return CodeRow(
        issued_at=row.issued_at,
        issued_by=row.issued_by.name,
        expires_at=row.expires_at,
        count=together.count(),
        left=left,
        used_count=together.filter(used_at__isnull=False).count(),
        failed_count=row.failed_count,
        revoked=row.revoked_at is not None,
        locked=locked,
        is_live=left > 0,
    )


def may_ask_code(person_key: str) -> bool:
    """Return whether something is known of a person that goes with a code."""
    person = Person.objects.filter(key=person_key).first()
    return person is not None and bool(access_codes.ending_of(person))


def asks_guardian(person_key: str, at: datetime) -> bool:
    """Return whether a parent or guardian asks for the person's code."""
    person = Person.objects.filter(key=person_key).first()
    return person is not None and access_codes.needs_guardian(person, day_of(at))


def opened_for(code_id: int) -> str | None:
    """Return whose the code is; None when it was revoked since, or nobody is left whom it was for."""
    rows = AccessCode.objects.select_related("person__merged_into")
    row = rows.filter(pk=code_id, revoked_at__isnull=True).first()
    person = None if row is None else access_codes.behind(row)
    return person.key if person is not None and person.status == PersonStatus.ACTIVE else None


def own_view(person_key: str, at: datetime) -> OwnView:
    """Return everything that is held of an active person.

    Raises:
        Person.DoesNotExist: When the person was merged or erased meanwhile.

    """
    person, merged = _person(person_key)
    return OwnView(
        key=person.key,
        facts=_facts(person, merged),
        rosters=tuple(_rosters(person, day_of(at))),
        looks=tuple(_looks([person.key, *(one.key for one in merged)])),
        decisions=tuple(_decisions(person)),
        corrections=tuple(own_corrections(person)),
    )


def own_facts(person_key: str) -> OwnFacts:
    """Return the facts of an active person, for that person alone.

    Raises:
        Person.DoesNotExist: When the person was merged or erased meanwhile.

    """
    return _facts(*_person(person_key))


def _person(key: str) -> tuple[Person, list[Person]]:
    """Return an active person, and whoever was merged into them."""
    person = Person.objects.get(key=key, status=PersonStatus.ACTIVE)
    return person, list(Person.objects.filter(merged_into=person).order_by("pk"))


def _facts(person: Person, merged: Iterable[Person]) -> OwnFacts:
    return OwnFacts(
        name=person.name,
        sex=person.sex,
        birth_on=person.birth_on,
        id_kind=person.id_kind,
        id_number=person.id_number or "",
        phone=person.phone or "",
        account=person.account or "",
        bank=person.bank,
        address=person.address or "",
        earlier=tuple((one.name, one.id_number or "") for one in merged),
    )


def _rosters(person: Person, on: date) -> list[OwnRoster]:
    """Return the rosters with what they tell, by title; of those that are erased nothing is left to tell."""
    told = [*_enrolments(person), *_services(person), *_family(person)]
    by_roster: dict[int, tuple[Roster, list[tuple[OwnLine, int | None]]]] = {}
    for roster, unit_id, line in told:
        by_roster.setdefault(roster.pk, (roster, []))[1].append((line, unit_id))
    units = unit_names(
        {
            unit
            for roster, lines in by_roster.values()
            for unit in (roster.unit_id, *(unit for _line, unit in lines))
            if unit
        },
        on,
    )
    return [
        OwnRoster(
            title=roster.title,
            kind=roster.kind,
            unit=units.get(roster.unit_id, ""),
            purpose=roster.purpose,
            legal_ground=roster.legal_ground,
            notice=roster.notice,
            retain_until=roster.retain_until,
            lines=tuple(
                replace(line, unit=units.get(unit_id, "")) if unit_id else line for line, unit_id in lines
            ),
        )
        for roster, lines in sorted(by_roster.values(), key=lambda pair: (pair[0].title, pair[0].pk))
    ]


Told = tuple[Roster, int | None, OwnLine]


def _enrolments(person: Person) -> list[Told]:
    rows = Enrolment.objects.select_related("roster", "told_by").filter(TOLD, person=person)
    return [
        (
            row.roster,
            row.unit_id,
            OwnLine(
                starts_on=row.starts_on,
                ends_on=row.ends_on,
                told_on=_day(row.told_by),
                post=row.post,
                rank=row.rank,
                category=row.category,
                employee_number=row.employee_number,
                note=row.note,
            ),
        )
        for row in rows.order_by("starts_on", "pk")
    ]


def _services(person: Person) -> list[Told]:
    rows = Service.objects.select_related("roster", "told_by").filter(TOLD, person=person)
    return [
        (
            row.roster,
            row.unit_id,
            OwnLine(
                starts_on=row.starts_on,
                ends_on=row.ends_on,
                told_on=_day(row.told_by),
                post=row.post,
                place=row.place,
                direct_contact=row.direct_contact,
                minutes=row.minutes,
                note=row.note,
                withdrawn_on=row.withdrawn_on,
            ),
        )
        for row in rows.order_by("starts_on", "pk")
    ]


def _family(person: Person) -> list[Told]:
    rows = FamilyLink.objects.select_related("roster", "told_by", "person", "relative")
    mine = rows.filter(TOLD).filter(Q(person=person) | Q(relative=person)).order_by("starts_on", "pk")
    return [(row.roster, None, _link(row, of_other=row.relative_id == person.pk)) for row in mine]


def _link(row: FamilyLink, *, of_other: bool) -> OwnLine:
    return OwnLine(
        starts_on=row.starts_on,
        ends_on=row.ends_on,
        told_on=_day(row.told_by),
        relation=row.relation,
        other=mask_name((row.person if of_other else row.relative).name),
        of_other=of_other,
        workplace=row.workplace,
        note=row.note,
    )


def _day(source: RosterImport) -> date:
    return day_of(source.applied_at or source.created_at)


def _looks(keys: Iterable[str]) -> list[Look]:
    """Return who looked at a person in full, the newest first; who it was is told by posts, not by name."""
    rows = [row for key in keys for row in entries(subject=f"people.person:{key}", action=LOOK, size=_LOOKS)]
    rows.sort(key=lambda row: row.at, reverse=True)
    purposes, held = purposes_of(rows), cache(_posts)
    return [Look(row.at, held(row.actor_key, day_of(row.at)), purposes.get(row.id, "")) for row in rows]


def _decisions(person: Person) -> list[Decision]:
    """Return what was decided about the household, the newest first, however many children it was about."""
    mine = Q(child=person) | Q(first=person) | Q(second=person)
    rows = HouseholdNote.objects.filter(mine).order_by("-noted_at", "pk")
    told = dict.fromkeys((row.noted_at, row.noted_by_id, row.text) for row in rows)
    return [Decision(at, _posts(f"user:{by}", day_of(at)), text) for at, by, text in told]


def _posts(actor_key: str, on: date) -> tuple[str, ...]:
    """Return the posts that who looked held on that day, each with its unit."""
    kind, _colon, key = actor_key.partition(":")
    if kind != "user" or not key.isdigit():
        return ()
    posts = posts_held(on, user_id=int(key))
    return tuple(dict.fromkeys(f"{post.role_name} · {post.unit_name}" for post in posts))
