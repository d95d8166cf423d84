"""Sets staged rows aside that matching cannot take, and says why, beside the right column."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Self

from songnuan.kernel.bulk import chunks, load
from songnuan.kernel.sealed import seal_texts
from songnuan.people.columns import FACTS_PLACE, PROBLEM_COLUMNS
from songnuan.people.forms import LAYOUTS
from songnuan.people.models import ImportProblem, RosterImport, RosterKind, State
from songnuan.people.rules import Double
from songnuan.people.staging import CHUNK, UNMATCHED, staged


@dataclass(frozen=True, slots=True)
class Aside:
    """Why a row is set aside: a code of `kernel.faults`, the field it is about, its facts as JSON."""

    code: str
    field: str
    facts: str = "{}"

    @classmethod
    def because(cls, code: str, field: str, **facts: str | int) -> Self:
        """Return the reason with these facts."""
        return cls(code, field, json.dumps(facts, ensure_ascii=False))


def set_aside(source: RosterImport, found: Mapping[int, Aside], *, by_reading: bool = False) -> None:
    """Set staged rows, told by their ids, aside, and say why; `by_reading` for good."""
    state = State.REJECTED if by_reading else State.ASIDE
    for ids in chunks(found, CHUNK):
        staged(source).filter(pk__in=ids).update(state=state, **UNMATCHED)
    note(source, found, by_reading=by_reading)


def note(source: RosterImport, found: Mapping[int, Aside], *, by_reading: bool = False) -> None:
    """Say what is wrong with staged rows, told by their ids, and leave them as they stand."""
    facts = list({why.facts for why in found.values()})
    sealed = dict(zip(facts, seal_texts(FACTS_PLACE, facts), strict=True))
    for ids in chunks(found, CHUNK):
        rows = staged(source).filter(pk__in=ids)
        problems = []
        for pk, sheet, row in rows.order_by("pk").values_list("pk", "sheet", "row"):
            why = found[pk]
            column = heading(source, sheet, why.field)
            told = (sheet, row, column, why.field, why.code, sealed[why.facts])
            problems.append((source.pk, not by_reading, *told))
        load(ImportProblem, ("source", "matched", *PROBLEM_COLUMNS), problems)


def set_aside_doubles(source: RosterImport, found: Sequence[Double]) -> None:
    """Write what `doubles` found: rows set aside, and rows that come as new persons after all.

    Rows that reading rejected stay rejected; what else is wrong with them is only noted.
    """
    for some in chunks([double.staged_id for double in found if not double.code], CHUNK):
        staged(source).filter(pk__in=some).update(state=State.NEW, apart=True, **UNMATCHED)
    for doubles in chunks([double for double in found if double.code], CHUNK):
        firsts = staged(source).filter(pk__in={double.first_id for double in doubles})
        places = {pk: place for pk, *place in firsts.values_list("pk", "sheet", "row")}
        fields = _fields(source, [double.staged_id for double in doubles])
        why = {}
        for double in doubles:
            sheet, row = places[double.first_id]
            why[double.staged_id] = Aside.because(double.code, fields[double.staged_id], sheet=sheet, row=row)
        rejected = staged(source).filter(pk__in=why, state=State.REJECTED).values_list("pk", flat=True)
        noted = {pk: why.pop(pk) for pk in list(rejected)}
        set_aside(source, why)
        note(source, noted)


def heading(source: RosterImport, sheet: str, name: str) -> str:
    """Return the heading of a field as it stands in a sheet, or its first known one where there is none."""
    for table in source.columns:
        place = table["places"].get(name) if table["sheet"] == sheet else None
        if place is not None:
            return str(table["headings"][place])
    headings = {field.name: field.headings[0] for field in LAYOUTS[source.kind].fields}
    return headings.get(name, "")


_FAMILY: Final = ("relative_id_index", "relative_id_number", "relative_name")
_OTHERS: Final = ("id_index", "id_number", "name")


def number_field(source: RosterImport) -> str:
    """Return the field of the number that makes a new person."""
    return _keys(source)[1]


def _keys(source: RosterImport) -> tuple[str, str, str]:
    return _FAMILY if source.kind == RosterKind.FAMILIES else _OTHERS


def _fields(source: RosterImport, staged_ids: Sequence[int]) -> dict[int, str]:
    """Return by staged id the field that a repeated row repeats: a number where it tells one, else a name."""
    index, number, name = _keys(source)
    indexes = staged(source).filter(pk__in=staged_ids).values_list("pk", index)
    return {pk: number if told else name for pk, told in indexes}
