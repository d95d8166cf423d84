"""Finds whom the rows of a file of settled sums mean: all at once, by the blind indexes of their numbers."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from songnuan.benefits.settled import RowFault, Settled
from songnuan.benefits.settled_file import Named, ToldRow
from songnuan.kernel.actor import Actor
from songnuan.people.queries import Bearer, bearers_of, only_ones_of


@dataclass(slots=True)
class Matched:
    """Rows whose persons are known, and what is wrong with the others."""

    rows: list[Settled] = field(default_factory=list)
    faults: list[RowFault] = field(default_factory=list)


def match(rows: Sequence[ToldRow], actor: Actor, at: datetime, *, is_own: bool) -> Matched:
    """Return the rows with their persons.

    A number tells who it is, and the name beside it has to fit; a name alone does where one active person
    has it. Where the standard pays for the own service, who was paid is who served.
    """
    known = _Known.of([who for row in rows for who in (row.payee, row.relative)], actor, at)
    found = Matched()
    first: dict[object, int] = {}
    for row in rows:
        persons = [_person(known, row, name) for name in ("payee", "relative")]
        wrong = [one for one in persons if isinstance(one, RowFault)]
        if wrong:
            found.faults += wrong
            continue
        payee, relative = (one if isinstance(one, int) else None for one in persons)
        if is_own and relative not in (None, payee):
            found.faults.append(RowFault(row.row, "relative_name", "settled_own"))
            continue
        settled = Settled(
            payee,
            payee if is_own else relative,
            row.starts_on,
            row.ends_on,
            row.amount_minor,
            row.paid_on,
            row.source,
        )
        earlier = first.setdefault(settled.told, row.row)
        if earlier == row.row:
            found.rows.append(settled)
        else:
            field_ = "payee_name" if row.payee.is_told else "relative_name"
            found.faults.append(RowFault(row.row, field_, "settled_twice", {"row": earlier}))
    return found


@dataclass(frozen=True, slots=True)
class _Known:
    numbers: Mapping[str, tuple[Bearer, ...]]
    names: Mapping[str, int | None]

    @classmethod
    def of(cls, persons: Iterable[Named], actor: Actor, at: datetime) -> "_Known":
        told = set(persons)
        numbers = {one.number for one in told if one.number}
        names = {one.name for one in told if one.name and not one.number}
        return cls(
            bearers_of(list(numbers)) if numbers else {},
            only_ones_of(list(names), actor, at) if names else {},
        )


def _person(known: _Known, row: ToldRow, which: str) -> int | RowFault | None:
    """Return who it is, None where nobody is named, or what is wrong."""
    who: Named = getattr(row, which)
    if who.number:
        bearers = known.numbers.get(who.number, ())
        fitting = [one.person_id for one in bearers if not who.name or who.name in one.names]
        if len(fitting) == 1:
            return fitting[0]
        code = "settled_several" if fitting else "conflict_existing" if bearers else "settled_number_unknown"
        return RowFault(row.row, f"{which}_number", code)
    if not who.name:
        return None
    if who.name not in known.names:
        return RowFault(row.row, f"{which}_name", "settled_name_unknown")
    only = known.names[who.name]
    return RowFault(row.row, f"{which}_name", "settled_several") if only is None else only
