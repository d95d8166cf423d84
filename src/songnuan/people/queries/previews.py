"""What an import would change: read for the page that is shown, and no more."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

from django.utils.translation import gettext as _

from songnuan.kernel.sealed import open_text
from songnuan.organisation.queries import unit_names
from songnuan.people.applying import leaving as leaving_ids
from songnuan.people.columns import INDEXES, PLACES
from songnuan.people.masking import listed_name, masked, tail
from songnuan.people.models import (
    Enrolment,
    FamilyLink,
    Person,
    Relation,
    RosterImport,
    RosterKind,
    Service,
    Sex,
    StagedFamily,
    StagedPerson,
    StagedService,
    StagedUnit,
    State,
)
from songnuan.people.rules import is_minor
from songnuan.people.staging import staged

StagedRow = StagedPerson | StagedFamily | StagedService
Target = Enrolment | FamilyLink | Service


@dataclass(frozen=True, slots=True)
class Change:
    """What is told of a field of the form, beside what is known; numbers masked, "" for nothing known."""

    field: str
    old: str
    new: str


@dataclass(frozen=True, slots=True)
class Difference:
    """A staged row that joins somebody or changes something. `after` is what the next page goes on from.

    `also` is the relative in a roster of families, the place in one of service.
    """

    after: int
    sheet: str
    row: int
    name: str
    id_tail: str
    unit: str
    also: str
    changes: tuple[Change, ...]


@dataclass(frozen=True, slots=True)
class Leaving:
    """Somebody on the roster whom the file does not tell. `after` is what the next page goes on from."""

    after: int
    name: str
    id_tail: str
    unit: str
    also: str


_TARGETS: Final[Mapping[str, type[Target]]] = {
    RosterKind.PEOPLE: Enrolment,
    RosterKind.FAMILIES: FamilyLink,
    RosterKind.SERVICE: Service,
}
# Fields of the form beside the columns of the staged row and of what stands.
_STANDING: Final[Mapping[str, tuple[tuple[str, str, str], ...]]] = {
    RosterKind.PEOPLE: tuple(
        (name, name, name) for name in ("post", "rank", "category", "employee_number", "note")
    ),
    RosterKind.FAMILIES: (
        ("relation", "relation", "relation"),
        ("relative_unit", "relative_unit", "workplace"),
        ("note", "note", "note"),
    ),
    RosterKind.SERVICE: (
        ("direct_contact", "direct_contact", "direct_contact"),
        ("ends_on", "ends_on", "ends_on"),
        ("hours", "minutes", "minutes"),
        ("note", "note", "note"),
    ),
}


def differences(import_id: int, state: str, *, after: int | None = None, size: int) -> list[Difference]:
    """Return the next `size` rows that join somebody (`state` "joined") or change something ("changed")."""
    source = RosterImport.objects.get(pk=import_id)
    states = [State.CHANGED] if state == State.CHANGED else [State.NEW, State.JOINED]
    rows = list(staged(source).filter(state__in=states, pk__gt=after or 0).order_by("pk")[:size])
    return list(_Page(source, rows).differences())


def leaving(import_id: int, *, after: int | None = None, size: int) -> list[Leaving]:
    """Return the next `size` who stand on the roster and would leave it if missing ones are ended."""
    source = RosterImport.objects.get(pk=import_id)
    ids = leaving_ids(source, after or 0, size)
    found = _TARGETS[source.kind]._default_manager.select_related("person").in_bulk(ids)  # noqa: SLF001 - Django's
    targets = [found[pk] for pk in ids]
    units = unit_names((one.unit_id for one in targets if not isinstance(one, FamilyLink)), source.day)
    return [
        Leaving(
            after=one.pk,
            name=listed_name(one.person.name, minor=one.person.restricted),
            id_tail=tail(one.person.id_number, minor=one.person.restricted),
            unit="" if isinstance(one, FamilyLink) else units.get(one.unit_id, ""),
            also=_also(one),
        )
        for one in targets
    ]


def _also(one: Target) -> str:
    if isinstance(one, FamilyLink):
        return listed_name(one.relative.name, minor=one.relative.restricted)
    return one.place if isinstance(one, Service) else ""


class _Page:
    """The rows of one page, with what the register knows of them."""

    def __init__(self, source: RosterImport, rows: list[StagedRow]) -> None:
        self._source, self._rows = source, rows
        ids = {pk for row in rows for pk in (row.person_id, getattr(row, "relative_id", None)) if pk}
        self._persons = Person.objects.in_bulk(ids)
        manager = _TARGETS[source.kind]._default_manager  # noqa: SLF001 - Django's documented API
        self._targets: Mapping[int, Target] = manager.in_bulk(
            {row.target_id for row in rows if row.target_id}
        )
        named = StagedUnit.objects.filter(source=source, name__in={row.unit_name for row in rows})
        self._units = {name: pk for name, pk in named.values_list("name", "unit_id") if pk is not None}
        known = {one.unit_id for one in self._targets.values() if not isinstance(one, FamilyLink)}
        self._names = unit_names({*known, *self._units.values()}, source.day)

    def differences(self) -> Iterator[Difference]:
        """Yield the page."""
        for row in self._rows:
            person = self._persons.get(row.person_id or 0)
            minor = self._minor(person, getattr(row, "birth_on", None))
            target = self._targets.get(row.target_id or 0)
            yield Difference(
                after=row.pk,
                sheet=row.sheet,
                row=row.row,
                name=listed_name(row.name, minor=minor),
                id_tail=tail(self._number(row, person), minor=minor),
                unit=self._unit(row, target),
                also=self._also(row),
                changes=tuple(self._changes(row, person, target, minor=minor)),
            )

    def _minor(self, person: Person | None, told: date | None) -> bool:
        return bool(person and person.restricted) or is_minor(told, self._source.day)

    def _number(self, row: StagedRow, person: Person | None) -> str | None:
        told = None if isinstance(row, StagedFamily) else row.id_number
        if told is not None:
            return open_text(PLACES["id_number"], told)
        return person.id_number if person else None

    def _unit(self, row: StagedRow, target: Target | None) -> str:
        if row.unit_name:
            return row.unit_name
        return "" if target is None or isinstance(target, FamilyLink) else self._names.get(target.unit_id, "")

    def _also(self, row: StagedRow) -> str:
        if isinstance(row, StagedFamily):
            minor = self._minor(self._persons.get(row.relative_id or 0), row.relative_birth_on)
            return listed_name(row.relative_name, minor=minor)
        return row.place if isinstance(row, StagedService) else ""

    def _changes(
        self, row: StagedRow, person: Person | None, target: Target | None, *, minor: bool
    ) -> Iterator[Change]:
        if isinstance(row, StagedFamily):
            relative = self._persons.get(row.relative_id or 0)
            if relative is not None:
                yield from _learnt(
                    row, relative, "relative_", minor=self._minor(relative, row.relative_birth_on)
                )
        elif person is not None:
            yield from _learnt(row, person, "", minor=minor)
        if target is None:
            return
        told = self._units.get(row.unit_name)
        if not isinstance(target, FamilyLink) and told not in (None, target.unit_id):
            yield Change("unit", self._names.get(target.unit_id, ""), row.unit_name)
        for field, column, known in _STANDING[self._source.kind]:
            new, old = getattr(row, column), getattr(target, known)
            if new not in (None, "", old):
                yield Change(field, _word(field, old), _word(field, new))


def _learnt(row: StagedRow, person: Person, prefix: str, *, minor: bool) -> Iterator[Change]:
    """Yield what a row tells of a person beyond what is known."""
    for field in ("sex", "birth_on", "bank"):
        new, old = getattr(row, prefix + field, None), getattr(person, field)
        if new not in (None, "", old):
            words = (masked(field, _word(field, value), minor=minor) for value in (old, new))
            yield Change(prefix + field, *words)
    for field, index in INDEXES.items():
        told, known = getattr(row, prefix + index, ""), getattr(person, index)
        if told in ("", known) or (field == "id_number" and known):
            continue
        new = open_text(PLACES[field], getattr(row, prefix + field))
        old = getattr(person, field)
        yield Change(prefix + field, masked(field, old, minor=minor), masked(field, new, minor=minor))


def _word(field: str, value: str | bool | int | date | None) -> str:  # noqa: FBT001 - a value as it is kept
    """Return a value as a person reads it."""
    if value is None or value == "":
        return ""
    if field == "sex":
        return str(Sex(str(value)).label)
    if field == "relation":
        return str(Relation(str(value)).label)
    if field == "hours":
        return f"{int(value) / 60:g}"  # type: ignore[arg-type]  # minutes are whole
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    return value.isoformat() if isinstance(value, date) else str(value)
