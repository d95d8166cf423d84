"""Finds the persons whom rows of families and of service mean: they are known, or told with a number."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from songnuan.kernel.bulk import chunks
from songnuan.organisation.queries import subtree
from songnuan.people.asides import Aside
from songnuan.people.models import OPEN, Enrolment, Person, PersonStatus, StagedUnit
from songnuan.people.rules import Candidate, Several, choose
from songnuan.people.staging import Span

_IN = 10_000


@dataclass(frozen=True, slots=True)
class Told:
    """What a row tells of a person."""

    staged_id: int
    name: str
    id_index: str
    unit_name: str
    phone_index: str = ""
    apart: bool | None = None


@dataclass(slots=True)
class _Known:
    """Persons who may be meant: by number and name, by name and phone, by name with the unit they are at.

    `numbers` is what `bearers` returns.
    """

    numbers: dict[str, dict[str, int]]
    phones: dict[tuple[str, str], list[tuple[int, str]]] = field(default_factory=lambda: defaultdict(list))
    names: dict[str, set[tuple[int, int]]] = field(default_factory=lambda: defaultdict(set))


def find(span: Span, rows: Sequence[Told], number_field: str) -> dict[int, int | Aside]:
    """Return by staged id the person each row means, or why it is set aside.

    A row that tells a number nobody bears, and of whom nobody is known by name and phone, is left out:
    it means a new person.
    """
    known = _known(rows)
    below = _below(span, {row.unit_name for row in rows if not row.id_index and not row.phone_index})
    found: dict[int, int | Aside] = {}
    for row in rows:
        one = _by_number(row, known, number_field) if row.id_index else _by_less(row, known, below)
        if one is not None:
            found[row.staged_id] = one
    return found


def _by_number(row: Told, known: _Known, number_field: str) -> int | Aside | None:
    borne = known.numbers.get(row.id_index)
    if borne:
        return borne.get(row.name) or Aside.because("conflict_existing", number_field)
    alone = [pk for pk, number in known.phones.get((row.name, row.phone_index), ()) if not number]
    return alone[0] if row.phone_index and len(alone) == 1 and not row.apart else None


def _by_less(row: Told, known: _Known, below: Mapping[str, Collection[int]]) -> int | Aside:
    if row.phone_index:
        some = {pk for pk, _number in known.phones.get((row.name, row.phone_index), ())}
    else:
        inside = below.get(row.unit_name, ())
        some = {pk for pk, unit in known.names.get(row.name, ()) if unit in inside}
    try:
        one = choose([Candidate(pk) for pk in sorted(some)], "")
    except Several:
        return Aside.because("person_ambiguous", "name")
    return Aside.because("person_unknown", "name") if one is None else one.person_id


def _known(rows: Iterable[Told]) -> _Known:
    known = _Known(numbers=bearers({row.id_index for row in rows if row.id_index}))
    phones = {row.phone_index for row in rows if row.phone_index}
    names = {row.name for row in rows if not row.id_index and not row.phone_index}
    active = Person.objects.filter(status=PersonStatus.ACTIVE)
    for some in chunks(sorted(phones), _IN):
        persons = active.filter(phone_index__in=some, phone_index__gt="").order_by("pk")
        for name, phone, pk, number in persons.values_list("name", "phone_index", "pk", "id_index"):
            known.phones[name, phone].append((pk, number))
    enrolled = Enrolment.objects.filter(OPEN, person__status=PersonStatus.ACTIVE)
    for some in chunks(sorted(names), _IN):
        for name, pk, unit in enrolled.filter(person__name__in=some).values_list(
            "person__name", "person_id", "unit_id"
        ):
            known.names[name].add((pk, unit))
    return known


def bearers(numbers: Collection[str]) -> dict[str, dict[str, int]]:
    """Return for each number who bears it, by name.

    Where nobody bears it any more, it leads to whom a former bearer was merged into, under both names.
    """
    found: dict[str, dict[str, int]] = defaultdict(dict)
    for some in chunks(sorted(numbers), _IN):
        asked = Person.objects.filter(id_index__in=some, id_index__gt="")
        active = asked.filter(status=PersonStatus.ACTIVE)
        for number, name, pk in active.values_list("id_index", "name", "pk"):
            found[number][name] = pk
    borne = set(found)
    for some in chunks(sorted(set(numbers) - borne), _IN):
        merged = Person.objects.filter(id_index__in=some, status=PersonStatus.MERGED).order_by("pk")
        columns = ("id_index", "name", "merged_into_id", "merged_into__name")
        for number, name, former, its_name in merged.values_list(*columns):
            if former is not None:
                found[number] |= {name: former, its_name: former}
    return found


def _below(span: Span, names: Collection[str]) -> dict[str, frozenset[int]]:
    """Return for each name of a unit the ids of the unit and all below it; of "", the roster's unit."""
    source = span.source
    told = StagedUnit.objects.filter(source=source, name__in=names, unit_id__isnull=False)
    units: dict[str, int | None] = {"": source.unit_id, **dict(told.values_list("name", "unit_id"))}
    return {
        name: frozenset(subtree(unit, source.day).values_list("pk", flat=True))
        for name, unit in units.items()
        if unit is not None
    }
