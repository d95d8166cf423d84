"""The columns of the sheets of an import: those that were found, those to be asked about."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from songnuan.people.forms import LAYOUTS
from songnuan.people.models import RosterImport
from songnuan.web.roster_forms import Headings, Unknown
from songnuan.web.roster_grid import Layer, letter
from songnuan.web.roster_words import field_label


@dataclass(frozen=True, slots=True)
class Found:
    """A column that was recognised: where it stands, under which heading, and what it tells."""

    sheet: str
    letter: str
    heading: str
    field: str


def found_in(source: RosterImport) -> list[Found]:
    """Return the columns that were recognised, sheet by sheet, in the order of their fields."""
    order = list(LAYOUTS[source.kind].by_name)
    return [
        Found(sheet["sheet"], letter(place), _heading(sheet, place), field_label(name))
        for sheet in source.columns
        for name, place in sorted(sheet["places"].items(), key=lambda told: order.index(told[0]))
    ]


def missing_in(source: RosterImport) -> list[str]:
    """Return what must be there and was not found in any sheet."""
    return [field_label(name) for name in dict.fromkeys(_of_all(source, "missing"))]


def headings_form(source: RosterImport, data: Any = None) -> Headings:  # noqa: ANN401 - as Django's forms take it
    """Return the form that asks what the unknown headings hold, each once."""
    unknown: dict[str, Unknown] = {}
    for column in _of_all(source, "unknown"):
        fresh = Unknown(column["place"], column["heading"], column["proposal"], tuple(column["samples"]))
        unknown.setdefault(fresh.heading, fresh)
    taken = {
        name: _heading(sheet, place) for sheet in source.columns for name, place in sheet["places"].items()
    }
    return Headings(list(unknown.values()), list(LAYOUTS[source.kind].by_name), taken, data)


def layers_of(source: RosterImport) -> dict[str, Layer]:
    """Return what the grid knows of each sheet; private values in order are hidden."""
    fields = LAYOUTS[source.kind].by_name
    return {
        sheet["sheet"]: Layer(
            sheet=sheet["sheet"],
            order=order,
            header_row=sheet["header_row"],
            headings=sheet["headings"],
            private=frozenset(
                place
                for name, place in sheet["places"].items()
                if fields[name].private and name not in _SHOWN
            ),
        )
        for order, sheet in enumerate(source.columns)
    }


# Names stay readable: by them the clerk finds the row, and calls whoever sent it.
_SHOWN = frozenset({"name", "relative_name"})


def places_of(source: RosterImport) -> dict[str, dict[str, int]]:
    """Return which column tells which field, by sheet."""
    return {sheet["sheet"]: sheet["places"] for sheet in source.columns}


def _of_all(source: RosterImport, what: str) -> Iterable[Any]:
    return [one for sheet in source.columns for one in sheet[what]]


def _heading(sheet: dict[str, Any], place: int) -> str:
    headings: list[str] = sheet["headings"]
    return headings[place] if place < len(headings) else ""
