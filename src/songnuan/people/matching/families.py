"""Matches rows of a roster of families: the employee, the relative, and the link between them."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from typing import Final, NamedTuple

from songnuan.kernel.bulk import chunks
from songnuan.people.asides import Aside, set_aside
from songnuan.people.matching.known import Told, bearers, find
from songnuan.people.models import OPEN, FamilyLink, PersonStatus, State
from songnuan.people.staging import Span
from songnuan.people.statements import run_each

_COLUMNS: Final = ("pk", "name", "id_index", "unit_name", "told_digest", "relative_name", "relative_id_index")
_NOTE: Final = """
UPDATE people_stagedfamily SET person_id = %s, relative_id = %s, target_id = %s, state = %s WHERE id = %s
"""
_UNKNOWN: Final = Aside.because("person_unknown", "name")
_IN: Final = 10_000


class _Row(NamedTuple):
    """What is asked of a staged row, in the order of `_COLUMNS`."""

    pk: int
    name: str
    id_index: str
    unit_name: str
    told_digest: str
    relative_name: str
    relative_number: str


class _Link(NamedTuple):
    """An open link of an employee."""

    pk: int
    relative_id: int
    name: str
    number: str
    told_digest: str
    roster_id: int


def match(span: Span) -> None:
    """Match the rows of a span that are as they were read.

    The employee must be known: by number, or by name at the unit told or below it. The relative is found
    by number, or by name among the relatives of the employee, or is new.
    """
    asked = span.rows().filter(state=State.NEW).order_by("pk").values_list(*_COLUMNS)
    rows = [_Row(*row) for row in asked]
    found = find(span, [Told(row.pk, row.name, row.id_index, row.unit_name) for row in rows], "id_number")
    links = _links({one for one in found.values() if not isinstance(one, Aside)})
    borne = bearers({row.relative_number for row in rows if row.relative_number})
    aside: dict[int, Aside] = {}
    notes = []
    for row in rows:
        employee = found.get(row.pk, _UNKNOWN)
        if isinstance(employee, Aside):
            aside[row.pk] = employee
            continue
        relative = _relative(employee, row, links[employee], borne.get(row.relative_number, {}))
        if isinstance(relative, Aside):
            aside[row.pk] = relative
            continue
        link = next((link for link in links[employee] if link.relative_id == relative), None)
        state = _state(relative, link, row.told_digest, span.source.roster_id)
        notes.append((employee, relative, link and link.pk, state, row.pk))
    run_each(_NOTE, notes)
    set_aside(span.source, aside)


def _relative(employee: int, row: _Row, links: list[_Link], borne: Mapping[str, int]) -> int | Aside | None:
    """Return the person the relative is, None for a new one, or why the row is set aside."""
    if borne:
        relative = borne.get(row.relative_name)
        if relative == employee:
            return Aside.because("relative_oneself", "relative_id_number")
        return relative or Aside.because("conflict_existing", "relative_id_number")
    called = [link for link in links if link.name == row.relative_name]
    if row.relative_number:
        called = [link for link in called if not link.number]
    if len(called) > 1:
        return Aside.because("person_ambiguous", "relative_name")
    return called[0].relative_id if called else None


def _state(relative: int | None, link: _Link | None, told_digest: str, roster_id: int | None) -> str:
    """Return what a row does; one that another roster told alike takes the link over from it."""
    if relative is None:
        return State.NEW.value
    if link is None:
        return State.JOINED.value
    told = (link.told_digest, link.roster_id) == (told_digest, roster_id)
    return State.UNCHANGED.value if told else State.CHANGED.value


def _links(employees: Collection[int]) -> dict[int, list[_Link]]:
    """Return the open links of employees to people who are in the register."""
    links: dict[int, list[_Link]] = defaultdict(list)
    standing = FamilyLink.objects.filter(OPEN, relative__status=PersonStatus.ACTIVE).order_by("pk")
    for some in chunks(sorted(employees), _IN):
        columns = (
            *("person_id", "pk", "relative_id", "relative__name", "relative__id_index"),
            *("told_digest", "roster_id"),
        )
        for employee, *link in standing.filter(person__in=some).values_list(*columns):
            links[employee].append(_Link(*link))
    return links
