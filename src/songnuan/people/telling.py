"""What the rows of a roster tell as a whole: their fields together, beyond what one cell can say.

A table is handled by columns: `told` holds the values of each field, one for each row, None where a row
tells nothing. Each function returns the columns of `COLUMNS` of its kind from behind state up to the
digest: numbers still plain, an empty index behind each.
"""

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Final, NamedTuple

from songnuan.kernel.faults import Fault
from songnuan.kernel.identity import identity

Column = list[Any]
Told = dict[str, Column]


class Wrong(NamedTuple):
    """What is wrong in a row: the field, and code and facts of the fault."""

    field: str
    code: str
    facts: dict[str, str | int]


@dataclass(slots=True)
class Faults:
    """What is wrong, by the row's place among those read."""

    of: dict[int, list[Wrong]]

    def note(self, at: int, name: str, fault: Fault) -> None:
        """Note what is wrong in a row, without the fault itself: that holds on to all around it."""
        self.of.setdefault(at, []).append(Wrong(name, fault.code, fault.facts))

    def require(self, told: Told, name: str, code: str) -> None:
        """Note the rows that do not tell a field, unless its cell is already said to be wrong."""
        column = told[name]
        if None in column:
            for at, value in enumerate(column):
                if value is None and all(wrong.field != name for wrong in self.of.get(at, ())):
                    self.note(at, name, Fault(code))


def people(told: Told, faults: Faults, today: dt.date) -> list[Column]:
    """Return the columns of a roster of people; what is wrong is added to `faults`."""
    return [
        *_who(told, faults, today),
        *_number(told["phone"]),
        *_number(told["account"]),
        _texts(told["bank"]),
        *_number(told["address"]),
        *[_texts(told[name]) for name in ("unit", "post", "rank", "category", "employee_number", "note")],
    ]


def families(told: Told, faults: Faults, today: dt.date) -> list[Column]:
    """Return the columns of a roster of families; what is wrong is added to `faults`."""
    name, _sex, _birth_on, _kind, number, _index, zeros = _who(told, faults, today)
    faults.require(told, "relation", "relation_missing")
    *relative, relative_zeros = _who(told, faults, today, "relative_")
    return [
        name,
        _texts(number),
        _texts(told["unit"]),
        _texts(told["relation"]),
        *relative,
        [one or other for one, other in zip(zeros, relative_zeros, strict=True)],
        *_number(told["relative_phone"]),
        _texts(told["relative_unit"]),
        _texts(told["note"]),
    ]


def service(told: Told, faults: Faults, today: dt.date) -> list[Column]:
    """Return the columns of a roster of service; what is wrong is added to `faults`."""
    who = _who(told, faults, today)
    faults.require(told, "place", "place_missing")
    faults.require(told, "starts_on", "start_missing")
    starts, ends = told["starts_on"], told["ends_on"]
    for at, (start, end) in enumerate(zip(starts, ends, strict=True)):
        if start is not None and end is not None and end < start:
            faults.note(at, "ends_on", Fault("date_order", start=start.isoformat(), end=end.isoformat()))
    return [
        *who,
        *_number(told["phone"]),
        *[_texts(told[name]) for name in ("unit", "place", "service_post")],
        told["direct_contact"],
        _days(starts),
        _days(ends),
        told["hours"],
        _texts(told["note"]),
    ]


TELL: Final[Mapping[str, Callable[[Told, Faults, dt.date], list[Column]]]] = MappingProxyType(
    {"people": people, "families": families, "service": service}
)


def _who(told: Told, faults: Faults, today: dt.date, prefix: str = "") -> list[Column]:
    """Return the columns of the persons told of under the fields that begin with `prefix`.

    They are name, sex, birth date, kind of paper, number in its normal form or None, its index, and
    whether the number ends as one that Excel has rounded, though its check digit fits.
    """
    faults.require(told, f"{prefix}name", "name_missing")
    papers = told[f"{prefix}id_number"]
    nothing: Column = [None] * len(papers)
    sexes, births = list(told.get(f"{prefix}sex", nothing)), list(told.get(f"{prefix}birth_on", nothing))
    hints = told.get(f"{prefix}id_kind", nothing)
    # Whether there are such zeros is told by 0 and 1: SQLite's driver takes ten times as long for a bool.
    kinds, numbers, zeros = [""] * len(papers), list(nothing), [0] * len(papers)
    for at, paper in enumerate(papers):
        if paper is None:
            continue
        try:
            found = identity(paper, hints[at] or "")
        except Fault as fault:
            faults.note(at, f"{prefix}id_number", fault)
            continue
        kind, number, birth_on, sex = found
        kinds[at], numbers[at] = str.__str__(kind), number
        zeros[at] = int(number[-3:] == "000" and len(number) == 18)
        if sex:
            if sexes[at] is not None and sexes[at] != sex:
                faults.note(at, f"{prefix}sex", Fault("sex_differs"))
            sexes[at] = sex
        if birth_on is not None:
            if birth_on > today:
                faults.note(at, f"{prefix}id_number", Fault("id_date", ending=number[-4:]))
            if births[at] is not None and not _agrees(births[at], birth_on):
                faults.note(at, f"{prefix}birth_on", Fault("birth_differs"))
            births[at] = birth_on
    if tuple in set(map(type, births)):
        _refuse_months(births, faults, f"{prefix}birth_on")
    return [_texts(told[f"{prefix}name"]), _texts(sexes), _days(births), kinds, *_number(numbers), zeros]


def _agrees(told: dt.date | tuple[int, ...], known: dt.date) -> bool:
    """Return whether a told birth date, or its year and one of the months it may mean, is the known one."""
    if isinstance(told, tuple):
        return told[0] == known.year and known.month in told[1:]
    return told == known


def _refuse_months(births: Column, faults: Faults, name: str) -> None:
    """Note birth dates of which only year and month are told, where no number tells the day."""
    for at, told in enumerate(births):
        if isinstance(told, tuple):
            year, month, *either = told
            faults.note(at, name, Fault("date_invalid", text=f"{year}.1" if either else f"{year}-{month:02}"))
            births[at] = None


def _texts(column: Column) -> Column:
    """Return a column of texts with "" for what is not told."""
    return [value or "" for value in column] if None in column else column


def _days(column: Column) -> Column:
    """Return a column of days as ISO text."""
    return [None if day is None else day.isoformat() for day in column]


def _number(column: Column) -> tuple[Column, Column]:
    """Return a column of plain numbers or texts to seal, and one of empty indexes."""
    return column, [""] * len(column)
