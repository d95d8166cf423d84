"""How actions write dated records of units: what differs, the end of the old record, the start of the new."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import partial
from itertools import count, islice
from types import MappingProxyType
from typing import Any, TypedDict

from django.db.models import Q
from django.utils.translation import gettext as _

from songnuan.kernel.bulk import chunks, digest_rows
from songnuan.kernel.refusal import Refusal
from songnuan.kernel.sealed import blind_index
from songnuan.organisation import rules, tree
from songnuan.organisation.models import OPEN, Assignment, Post, Unit, UnitKind, UnitLink, UnitRecord
from songnuan.organisation.roster import UnitRow

BATCH = 1000
_IN = 10_000
_PARSERS: Mapping[str, Callable[[Any], object]] = MappingProxyType(
    {
        "name": rules.unit_name,
        "kind": rules.unit_kind,
        "parent_id": lambda parent_id: parent_id,
        **{column: partial(rules.unit_text, column) for column in rules.TEXT_MAX},
        "contact_phone": rules.phone,
        "staff_count": rules.staff_count,
    }
)
# What a row of the workbook tells of a unit beside its name; its lead and its day belong to the pairing.
_IMPORTED = (*rules.TEXT_MAX, "contact_phone", "staff_count")


class UnitFacts(TypedDict, total=False):
    """What may be told of a unit beside its name, kind and place."""

    category: str
    compound: str
    district: str
    address: str
    contact_name: str
    contact_phone: str
    staff_count: int | None


class UnitChanges(UnitFacts, total=False):
    """What may change of a unit. `parent_id` None is the top of a tree."""

    name: str
    kind: str
    parent_id: int | None


@dataclass(frozen=True, slots=True)
class ImportResult:
    """How many rows were taken, and of these how many units are new, changed, or as they were."""

    accepted: int
    created: int
    changed: int
    unchanged: int
    leads_created: int = 0


@dataclass(slots=True)
class Difference:
    """What rows would change: records of new units, and old records beside those that follow them."""

    new: list[UnitRecord] = field(default_factory=list)
    old: list[UnitRecord] = field(default_factory=list)
    following: list[UnitRecord] = field(default_factory=list)
    unchanged: int = 0


def tidy(told: Mapping[str, Any]) -> dict[str, Any]:
    """Return what is told of a unit in the spelling that is stored.

    Raises:
        Refusal: From `rules`, naming the field.

    """
    return {name: _PARSERS[name](value) for name, value in told.items()}


def new_record(told: Mapping[str, Any], on: date) -> UnitRecord:
    """Return a record from tidied facts, not stored and of no unit yet."""
    phone = told.get("contact_phone", "")
    index = blind_index("organisation.unitrecord.contact_phone", phone) if phone else ""
    return UnitRecord(starts_on=on, contact_phone_index=index, **told)


def following(record: UnitRecord, told: Mapping[str, Any], on: date) -> UnitRecord | None:
    """Return the record that follows when these tidied facts hold, or None when they hold already."""
    before = {name: getattr(record, name) for name in _PARSERS}
    after = {**before, **told}
    if after == before:
        return None
    fresh = new_record(after, on)
    fresh.unit_id = record.unit_id
    return fresh


def supersede(old: Sequence[UnitRecord], fresh: Iterable[UnitRecord], on: date) -> None:
    """End the old records and store those that follow.

    Raises:
        Refusal: `before_last_change`.

    """
    rules.not_before(on, (record.starts_on for record in old))
    for some in chunks([record.pk for record in old], _IN):
        UnitRecord.objects.filter(OPEN, pk__in=some).update(ends_on=on)
    UnitRecord.objects.bulk_create(fresh, batch_size=BATCH)


def open_units(records: Sequence[UnitRecord], parent_id: int | None, on: date, key: str = "") -> list[Unit]:
    """Store new units with their records and their place; `key` is the key of a single one.

    Raises:
        Refusal: `name_taken` when an open unit at that place, or another of these, has the name.

    """
    refuse_taken([record.name for record in records], parent_id)
    keys = [key] if key else _fresh_keys(len(records))
    units = [Unit(key=key, opened_on=on) for key in keys]
    Unit.objects.bulk_create(units, batch_size=BATCH)
    for unit, record in zip(units, records, strict=True):
        record.unit = unit
        record.parent_id = parent_id
    UnitRecord.objects.bulk_create(records, batch_size=BATCH)
    tree.plant(units, parent_id, on)
    return units


def refuse_taken(names: Sequence[str], parent_id: int | None, but: int | None = None) -> None:
    """Let pass when no open unit below the parent, other than `but`, has one of the names.

    Raises:
        Refusal: `name_taken`.

    """
    place = Q(parent__isnull=True) if parent_id is None else Q(parent=parent_id)
    siblings = UnitRecord.objects.filter(OPEN, place).exclude(unit=but)
    for some in chunks(names, _IN):
        name = siblings.filter(name__in=some).values_list("name", flat=True).first()
        if name is not None:
            sentence = _(
                "There is a unit “%(name)s” at this place already. Choose another name, or change that unit."
            )
            raise Refusal("name_taken", sentence % {"name": name}, field="name")


def refuse_in_use(unit_id: int) -> None:
    """Let pass a unit at which no post is held and that stands in no pair.

    Raises:
        Refusal: `unit_has_posts`, `unit_has_pairs`.

    """
    posts = Post.objects.filter(OPEN, unit_id=unit_id).count()
    if posts:
        sentence = _("%(count)s posts are held at this unit. End them first.")
        raise Refusal("unit_has_posts", sentence % {"count": posts}, unit=unit_id, count=posts)
    paired = Assignment.objects.filter(OPEN).filter(Q(holder_id=unit_id) | Q(subject_id=unit_id)).count()
    if paired:
        sentence = _("The unit stands in %(count)s pairs. Give them to others, or end them first.")
        raise Refusal("unit_has_pairs", sentence % {"count": paired}, unit=unit_id, count=paired)


def difference(rows: Sequence[UnitRow], bureau_id: int, on: date) -> Difference:
    """Return what the rows would change among the front-line units of a bureau.

    A unit is known by its name. What a row leaves empty stays as it is known.

    Raises:
        Refusal: `duplicate_row`, `name_ambiguous`, and from `rules` what is wrong with a cell.

    """
    told = _told(rows)
    known = _known(bureau_id)
    result = Difference()
    for name, facts in told.items():
        record = known.get(name)
        if record is None:
            result.new.append(new_record({"name": name, "kind": UnitKind.FRONT_LINE, **facts}, on))
            continue
        fresh = following(record, facts, on)
        if fresh is None:
            result.unchanged += 1
        else:
            result.old.append(record)
            result.following.append(fresh)
    return result


def open_leads(rows: Iterable[UnitRow], bureau_id: int, on: date) -> int:
    """Open the leads whose names nobody below the bureau bears; return how many."""
    names = list(dict.fromkeys(rules.unit_name(row.lead_name) for row in rows if row.lead_name))
    inside = UnitLink.objects.filter(OPEN, ancestor_id=bureau_id).values("descendant")
    below = UnitRecord.objects.filter(OPEN, unit__in=inside)
    known: set[str] = set()
    for some in chunks(names, _IN):
        known |= set(below.filter(name__in=some).values_list("name", flat=True))
    leads = [
        new_record({"name": name, "kind": rules.lead_kind(name)}, on) for name in names if name not in known
    ]
    open_units(leads, bureau_id, on)
    return len(leads)


def place_all(rows: Sequence[UnitRow], top: UnitRecord, kind: UnitKind | None, on: date) -> Difference:
    """Open, change and move the units of rows that tell each unit's place below `top`; return the difference.

    A unit is known by its name among all below; a row without a place opens one directly below the top,
    and leaves one that is known where it is. A new unit is of the kind, or of the one its name tells.

    Raises:
        Refusal: `duplicate_row`, `name_ambiguous`, `unit_unknown` when a place is not known, `under_itself`,
            `before_last_change`, and from `rules` what is wrong with a cell.

    """
    told, places = _told(rows), {row.name: row.parent_name for row in rows}
    records = _records_below(top.unit_id)
    known = {name: record.unit_id for name, record in records.items()}
    result = Difference()
    fresh = {name: facts for name, facts in told.items() if name not in records}
    while fresh:
        ready = {name for name in fresh if places[name] in known or not places[name]}
        if not ready:
            raise _unknown_place(places[next(iter(fresh))])
        for parent, names in _by_place(ready, places).items():
            new = [
                new_record({"name": name, "kind": kind or rules.lead_kind(name), **fresh.pop(name)}, on)
                for name in names
            ]
            units = open_units(new, known[parent] if parent else top.unit_id, on)
            known |= {record.name: unit.pk for record, unit in zip(new, units, strict=True)}
            result.new += new
    for name, record in records.items():
        if name not in told:
            continue
        if places[name] and places[name] not in known:
            raise _unknown_place(places[name])
        _note_change(result, record, told[name], known.get(places[name]), on)
    supersede(result.old, result.following, on)
    for old, after in zip(result.old, result.following, strict=True):
        if after.parent_id != old.parent_id:
            tree.move(old.unit_id, after.parent_id, on)
    return result


def _note_change(
    result: Difference, record: UnitRecord, told: Mapping[str, Any], place: int | None, on: date
) -> None:
    """Note whether a known unit changes, or moves to the place that is told."""
    after = following(record, told if place is None else {**told, "parent_id": place}, on)
    if after is None:
        result.unchanged += 1
    else:
        result.old.append(record)
        result.following.append(after)


def _by_place(names: Iterable[str], places: Mapping[str, str]) -> dict[str, list[str]]:
    """Return the names by their place, in their order."""
    found: dict[str, list[str]] = {}
    for name in sorted(names):
        found.setdefault(places[name], []).append(name)
    return found


def _records_below(unit_id: int) -> dict[str, UnitRecord]:
    """Return the open records at and below a unit by name.

    Raises:
        Refusal: `name_ambiguous`.

    """
    inside = UnitLink.objects.filter(OPEN, ancestor_id=unit_id).values("descendant")
    known: dict[str, UnitRecord] = {}
    for record in UnitRecord.objects.filter(OPEN, unit__in=inside):
        if record.name in known:
            sentence = _("Two units are called “%(name)s”. Rename one of them first.")
            raise Refusal("name_ambiguous", sentence % {"name": record.name})
        known[record.name] = record
    return known


def _unknown_place(name: str) -> Refusal:
    sentence = _("“%(name)s” is no unit here. Correct it, or create it first.")
    return Refusal("unit_unknown", sentence % {"name": name}, field="parent_name")


def digest(rows: Iterable[UnitRow]) -> str:
    """Return the digest of rows for the trail, over the blind indexes of what is personal."""
    purpose = "organisation.import_units"
    return digest_rows(
        (
            row.name,
            row.category,
            row.compound,
            row.district,
            blind_index(purpose, row.address),
            row.staff_count,
            blind_index(purpose, row.contact_name),
            blind_index(purpose, row.contact_phone),
            row.lead_name,
            row.planned_on,
            row.parent_name,
        )
        for row in rows
    )


def _told(rows: Sequence[UnitRow]) -> dict[str, dict[str, Any]]:
    """Return what each row tells beside the name, by the name."""
    told: dict[str, dict[str, Any]] = {}
    for row in rows:
        name = rules.unit_name(row.name)
        if name in told:
            sentence = _("“%(name)s” stands in the rows twice. Leave one of the two.")
            raise Refusal("duplicate_row", sentence % {"name": name}, row=row.row)
        facts = {column: getattr(row, column) for column in _IMPORTED}
        told[name] = tidy({column: value for column, value in facts.items() if value not in {"", None}})
    return told


def _known(bureau_id: int) -> dict[str, UnitRecord]:
    """Return the open front-line records below the bureau by name."""
    inside = UnitLink.objects.filter(OPEN, ancestor_id=bureau_id).values("descendant")
    known: dict[str, UnitRecord] = {}
    for record in UnitRecord.objects.filter(OPEN, unit__in=inside, kind=UnitKind.FRONT_LINE):
        if record.name in known:
            sentence = _("Two front-line units are called “%(name)s”. Rename one of them first.")
            raise Refusal("name_ambiguous", sentence % {"name": record.name})
        known[record.name] = record
    return known


def _fresh_keys(number: int) -> list[str]:
    """Return that many keys that no unit has, such as u1 and u2."""
    taken = set(Unit.objects.filter(key__startswith="u").values_list("key", flat=True))

    def free() -> Iterator[str]:
        yield from (key for place in count(1) if (key := f"u{place}") not in taken)

    return list(islice(free(), number))
