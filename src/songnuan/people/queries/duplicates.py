"""Reads of pairs that may be one person, and of what became of a person; numbers masked."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Q, QuerySet

from songnuan.kernel.actor import Actor
from songnuan.organisation.permissions import Permission
from songnuan.organisation.queries import day_of, unit_names
from songnuan.people.masking import listed_name, masked, tail
from songnuan.people.merging import open_links
from songnuan.people.models import (
    OPEN,
    STANDING,
    TOLD,
    DuplicatePair,
    Enrolment,
    FamilyLink,
    PairStatus,
    Person,
    PersonStatus,
    RosterImport,
    Service,
)
from songnuan.people.scope import within

COMPARED = ("name", "sex", "birth_on", "id_number", "phone", "account", "address")
_SEALED = {
    "id_number": "id_index",
    "phone": "phone_index",
    "account": "account_index",
    "address": "address_index",
}


@dataclass(frozen=True, slots=True)
class Side:
    """One person of a pair: `where` are the units and rosters somebody stands at."""

    pk: int
    key: str
    name: str
    id_tail: str
    phone: str
    restricted: bool
    where: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PairRow:
    """Two persons who may be one; `reasons` are values of `Reason`."""

    pk: int
    score: int
    reasons: tuple[str, ...]
    status: str
    first: Side
    second: Side
    decided_at: datetime | None
    decided_by: str
    remark: str


@dataclass(frozen=True, slots=True)
class Compared:
    """One fact of both, masked. `differs` says that both are known, and not the same."""

    field: str
    first: str
    second: str
    differs: bool


def open_pairs(
    actor: Actor, at: datetime, *, before: tuple[int, int] | None = None, size: int
) -> list[PairRow]:
    """Return the next `size` pairs that the actor may decide, the likeliest first.

    Args:
        actor: Holds PEOPLE_MERGE over both of a pair.
        at: When.
        before: Score and key of the last pair of the page before.
        size: How many.

    """
    rows = _open(actor, at)
    if before is not None:
        rows = rows.filter(Q(score__lt=before[0]) | Q(score=before[0], pk__lt=before[1]))
    return _rows(rows.order_by("-score", "-pk")[:size], at)


def pairs_waiting(actor: Actor, at: datetime) -> int:
    """Return how many pairs wait for the actor's decision."""
    return _open(actor, at).count()


def pair(pk: int, actor: Actor, at: datetime) -> tuple[PairRow, list[Compared]] | None:
    """Return a pair that the actor may decide or look back on, with its facts; None when there is none.

    Of a pair that is merged no facts are left to compare.
    """
    one = DuplicatePair.objects.select_related("first", "second", "decided_by").filter(pk=pk).first()
    if one is None:
        return None
    merged = one.status == PairStatus.MERGED
    asked = {_kept(one.first), _kept(one.second)} if merged else {one.first_id, one.second_id}
    reached = within(actor, Permission.PEOPLE_MERGE, at).filter(pk__in=asked).count()
    if reached != len(asked):
        return None
    [row] = _rows(DuplicatePair.objects.filter(pk=pk), at)
    return row, [] if merged else [_compared(field, one.first, one.second) for field in COMPARED]


def links_between(one: int, other: int) -> list[tuple[str, str]]:
    """Return what tells two persons, by their ids, to be family now: titles of rosters, and relations."""
    rows = open_links(one, other).order_by("pk").values_list("roster__title", "relation")
    return [(title, relation) for title, relation in rows]


def pairs_of(person_key: str, actor: Actor, at: datetime) -> list[PairRow]:
    """Return the open pairs of a person that the actor may decide."""
    mine = Q(first__key=person_key) | Q(second__key=person_key)
    return _rows(_open(actor, at).filter(mine).order_by("-score", "-pk"), at)


def merged_into(person_key: str) -> str | None:
    """Return the key of whom a person was merged into; None for anybody else."""
    found = Person.objects.filter(key=person_key, status=PersonStatus.MERGED)
    return found.values_list("merged_into__key", flat=True).first()


def merged_keys(person_key: str) -> list[str]:
    """Return the keys of those who were merged into a person."""
    return list(
        Person.objects.filter(merged_into__key=person_key).order_by("pk").values_list("key", flat=True)
    )


def told_by(person_key: str) -> list[RosterImport]:
    """Return the imports that told what stands of a person, the newest first; at most fifty."""
    told: set[int] = set()
    told.update(Enrolment.objects.filter(TOLD, person__key=person_key).values_list("told_by", flat=True))
    told.update(Service.objects.filter(TOLD, person__key=person_key).values_list("told_by", flat=True))
    kin = Q(person__key=person_key) | Q(relative__key=person_key)
    told.update(FamilyLink.objects.filter(TOLD, kin).values_list("told_by", flat=True))
    return list(
        RosterImport.objects.select_related("roster", "created_by").filter(pk__in=told).order_by("-pk")[:50]
    )


def employees_of(person_key: str) -> set[str]:
    """Return the keys of the employees as whose relative a person is or was told."""
    links = FamilyLink.objects.filter(relative__key=person_key)
    return set(links.values_list("person__key", flat=True))


def _open(actor: Actor, at: datetime) -> QuerySet[DuplicatePair]:
    rows = DuplicatePair.objects.filter(status=PairStatus.OPEN)
    reached = within(actor, Permission.PEOPLE_MERGE, at).values("pk")
    return rows.filter(first__in=reached, second__in=reached)


def _kept(person: Person) -> int:
    return person.merged_into_id or person.pk


def _rows(rows: QuerySet[DuplicatePair], at: datetime) -> list[PairRow]:
    found = list(rows.select_related("first", "second", "decided_by"))
    where = _where({pk for one in found for pk in (one.first_id, one.second_id)}, day_of(at))
    return [
        PairRow(
            pk=one.pk,
            score=one.score,
            reasons=tuple(one.reasons),
            status=one.status,
            first=_side(one.first, where),
            second=_side(one.second, where),
            decided_at=one.decided_at,
            decided_by=one.decided_by.name if one.decided_by else "",
            remark=one.remark,
        )
        for one in found
    ]


def _side(person: Person, where: dict[int, list[str]]) -> Side:
    minor = person.restricted
    return Side(
        pk=person.pk,
        key=person.key,
        name=listed_name(person.name, minor=minor),
        id_tail=tail(person.id_number, minor=minor),
        phone=masked("phone", person.phone, minor=minor),
        restricted=minor,
        where=tuple(where.get(person.pk, ())),
    )


def _where(persons: Collection[int], on: date) -> dict[int, list[str]]:
    """Return for each person where they stand: "unit · roster"."""
    rows = [
        *Enrolment.objects.filter(OPEN, person__in=persons).values_list("person", "unit", "roster__title"),
        *Service.objects.filter(STANDING, person__in=persons).values_list("person", "unit", "roster__title"),
        *FamilyLink.objects.filter(OPEN, relative__in=persons).values_list(
            "relative", "roster__unit", "roster__title"
        ),
    ]
    units = unit_names({unit for _person, unit, _title in rows}, on)
    found: dict[int, list[str]] = defaultdict(list)
    for person, unit, title in rows:
        text = f"{units.get(unit, '')} · {title}".removeprefix(" · ")
        if text not in found[person]:
            found[person].append(text)
    return found


def _compared(field: str, one: Person, other: Person) -> Compared:
    column = _SEALED.get(field, field)
    values = getattr(one, column), getattr(other, column)
    first, second = (
        listed_name(person.name, minor=person.restricted)
        if field == "name"
        else masked(field, getattr(person, field), minor=person.restricted)
        for person in (one, other)
    )
    return Compared(field, first, second, all(values) and values[0] != values[1])
