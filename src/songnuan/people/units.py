"""Which units the names in an import mean."""

from collections.abc import Collection
from typing import Final, NamedTuple

from songnuan.kernel.faults import shown
from songnuan.organisation.queries import changes, unit_ids
from songnuan.people.asides import Aside, note, set_aside
from songnuan.people.models import ImportStatus, RosterImport, RosterKind, StagedUnit
from songnuan.people.staging import STAGED, TAKEN, Span, staged
from songnuan.people.statements import ask

_SINGLE: Final = 1

_UNPLACED: Final = """
SELECT s.id, u.several, s.unit_name, s.id_index FROM [staged] AS s
LEFT JOIN people_stagedunit AS u ON u.source_id = s.source_id AND u.name = s.unit_name
WHERE [span] AND s.unit_name > '' AND u.unit_id IS NULL AND s.state IN ([states])
"""
_TAKEN: Final = "'new', 'joined', 'changed', 'unchanged'"
_REJECTED: Final = "'rejected'"


class Settled(NamedTuple):
    """Whether some name of a unit in the rows is borne by nobody, and whether some is borne by several."""

    unknown: bool
    several: bool


def settle(source: RosterImport, names: Collection[str] | None = None) -> Settled:
    """Note anew what the names of units in the rows mean, and how many changes the organisation has seen.

    Without `names` they are looked for in all rows, those that reading rejected among them. A unit is looked
    for at and below the roster's. A name that nobody bears is not noted.
    """
    source.matched_units = changes()
    if names is None:
        names = set(staged(source).order_by().values_list("unit_name", flat=True).distinct())
    told = sorted(name for name in names if name)
    found = unit_ids(told, source.day, under=source.unit_id)
    StagedUnit.objects.filter(source=source).delete()
    StagedUnit.objects.bulk_create(
        [
            StagedUnit(
                source=source,
                name=name,
                unit_id=next(iter(ids)) if len(ids) == _SINGLE else None,
                several=len(ids) > _SINGLE,
            )
            for name, ids in found.items()
        ],
        batch_size=1000,
    )
    RosterImport.objects.filter(pk=source.pk).update(matched_units=source.matched_units)
    return Settled(not found.keys() >= set(told), any(len(ids) > _SINGLE for ids in found.values()))


def set_aside_unknown(span: Span) -> None:
    """Set aside the rows of a span whose unit is not known, or that several units may mean.

    Unknown names pass as long as their units may still be made. A family's row that tells the employee's
    number needs no unit.
    """
    set_aside(span.source, _unplaced(span, _TAKEN))


def note_unknown(span: Span) -> None:
    """Say of the rows of a span that reading rejected that their unit is not known either.

    Whoever mends such a row sees at once all that is wrong in it. A family's row whose number is wrong may
    need no unit once that is mended: of it nothing is said.
    """
    note(span.source, _unplaced(span, _REJECTED))


def _unplaced(span: Span, states: str) -> dict[int, Aside]:
    """Return by staged id why rows in some states have no unit."""
    table = STAGED[span.source.kind]._meta.db_table  # noqa: SLF001 - Django's documented API
    statement = _UNPLACED.replace("[staged]", table).replace("[states]", states)
    rows = ask(statement, span.values())
    if makes_units(span.source) and span.source.status == ImportStatus.READING:
        rows = [row for row in rows if row[1]]
    if span.source.kind == RosterKind.FAMILIES:
        rows = [row for row in rows if not row[3] and states == _TAKEN]
    return {
        pk: Aside.because("unit_ambiguous" if several else "unit_unknown", "unit", unit=shown(name))
        for pk, several, name, _number in rows
    }


def makes_units(source: RosterImport) -> bool:
    """Return whether units that nobody knows are to be made for the import."""
    return bool(source.options.get("create_units")) and source.kind != RosterKind.FAMILIES


def unknown(source: RosterImport) -> list[str]:
    """Return the names of units that the rows tell and nobody bears, in their order."""
    names = staged(source).filter(state__in=TAKEN).order_by().values_list("unit_name", flat=True)
    return unnoted(source, set(names.distinct()))


def unnoted(source: RosterImport, names: Collection[str]) -> list[str]:
    """Return those of the names of units in the rows that nobody bears, in their order."""
    known = set(StagedUnit.objects.filter(source=source).values_list("name", flat=True))
    return sorted(name for name in names if name and name not in known)
