"""The columns of the sheets of an import: those that were found, those to be asked about."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from songnuan.documents.columns import letter
from songnuan.journeys.roster_result import Repeated, repeated_in
from songnuan.people.forms import LAYOUTS
from songnuan.people.models import RosterImport
from songnuan.web.roster_forms import Headings, Unknown
from songnuan.web.roster_grid import Layer
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


@dataclass(frozen=True, slots=True)
class Passed:
    """A column that nothing is read from: where it stands, and under which heading."""

    sheet: str
    letter: str
    heading: str


def passed_in(source: RosterImport) -> list[Passed]:
    """Return the columns that nothing is read from, but for those of which `doubled_in` says why."""
    return [
        Passed(sheet["sheet"], letter(told["place"]), told["heading"])
        for sheet in source.columns
        for told in sheet["unknown"]
        if told["heading"] and told.get("again") not in sheet["places"]
    ]


def doubled_in(source: RosterImport) -> list[Repeated]:
    """Return the columns that nothing is read from because another tells the same, fields in words."""
    return [replace(one, field=field_label(one.field)) for one in repeated_in(source.columns)]


def missing_in(source: RosterImport) -> list[str]:
    """Return what must be there and was not found in any sheet."""
    return [field_label(name) for name in dict.fromkeys(_of_all(source, "missing"))]


def headings_form(source: RosterImport, data: Any = None, *, every: bool = False) -> Headings:  # noqa: ANN401 - as Django's
    """Return the form that asks what headings hold, each once.

    Args:
        source: The import.
        data: What was posted, if anything was.
        every: Whether those that were recognised are asked about too.

    """
    found: dict[str, list[dict[str, Any]]] = {}
    for sheet in source.columns:
        taken = {} if every else {name: _heading(sheet, place) for name, place in sheet["places"].items()}
        for column in _all_of(sheet) if every else sheet["unknown"]:
            about = {**column, "sheet": sheet["sheet"], "taken": taken}
            found.setdefault(column["heading"], []).append(about)
    # A column without a heading can't be remembered: it stays out.
    asked = [_unknown(heading, places) for heading, places in found.items() if heading]
    return Headings(asked, list(LAYOUTS[source.kind].by_name), data)


def _all_of(sheet: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return every heading of a sheet, with what it is taken for."""
    names = {place: name for name, place in sheet["places"].items()}
    return [
        {"place": place, "heading": heading, "proposal": names.get(place, ""), "samples": ()}
        for place, heading in enumerate(sheet["headings"])
    ]


def _unknown(heading: str, places: Sequence[Mapping[str, Any]]) -> Unknown:
    """Return a heading to be asked about, with all sheets it stands in."""
    return Unknown(
        place=places[0]["place"],
        heading=heading,
        proposal=places[0]["proposal"],
        samples=tuple(places[0]["samples"]),
        sheets=frozenset(place["sheet"] for place in places),
        taken={name: other for place in places for name, other in place["taken"].items()},
    )


def layers_of(source: RosterImport) -> dict[str, Layer]:
    """Return what the grid knows of each sheet; private values in order are hidden."""
    fields = LAYOUTS[source.kind].by_name
    return {
        sheet["sheet"]: Layer(
            sheet=sheet["sheet"],
            order=order,
            header_row=sheet["header_row"],
            headings=sheet["headings"],
            name=sheet["places"].get("name"),
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


def _of_all(source: RosterImport, what: str) -> Iterable[Any]:
    return [one for sheet in source.columns for one in sheet[what]]


def _heading(sheet: dict[str, Any], place: int) -> str:
    headings: list[str] = sheet["headings"]
    return headings[place] if place < len(headings) else ""
