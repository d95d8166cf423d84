"""Matches rows of a roster of service: who served, and what stands of that service already."""

from collections.abc import Collection
from datetime import date
from typing import Final, NamedTuple

from songnuan.kernel.bulk import chunks
from songnuan.people.asides import Aside, set_aside
from songnuan.people.matching.known import Told, find
from songnuan.people.models import STANDING, Service, State
from songnuan.people.staging import Span
from songnuan.people.statements import run_each

_COLUMNS: Final = (
    *("pk", "name", "id_index", "unit_name", "phone_index", "apart"),
    *("told_digest", "place", "post", "starts_on"),
)
_NOTE: Final = "UPDATE people_stagedservice SET person_id = %s, target_id = %s, state = %s WHERE id = %s"
_IN: Final = 10_000
_Told = tuple[int | None, str, int | None]
"""A standing service: its id, the digest of what was told, the roster it was told in."""


class _Row(NamedTuple):
    """What is asked of a staged row, in the order of `_COLUMNS`."""

    pk: int
    name: str
    id_index: str
    unit_name: str
    phone_index: str
    apart: bool | None
    told_digest: str
    place: str
    post: str
    starts_on: date


def match(span: Span) -> None:
    """Match the rows of a span that are as they were read.

    The person must be known, unless the row tells a number: by number, by name and phone, or by name at
    the unit told or below it. The same service is one at the same place, in the same post, from the same day.
    """
    asked = span.rows().filter(state=State.NEW).order_by("pk").values_list(*_COLUMNS)
    rows = [_Row(*row) for row in asked]
    found = find(span, [Told(*row[:6]) for row in rows], "id_number")
    standing = _standing({one for one in found.values() if not isinstance(one, Aside)})
    aside: dict[int, Aside] = {}
    notes = []
    for row in rows:
        person = found.get(row.pk)
        if isinstance(person, Aside):
            aside[row.pk] = person
        elif person is not None:
            target, *told = standing.get((person, row.place, row.post, row.starts_on), (None, "", None))
            # What another roster told alike is taken over from it.
            alike = told == [row.told_digest, span.source.roster_id]
            state = State.UNCHANGED if alike else State.CHANGED
            notes.append((person, target, (state if target else State.JOINED).value, row.pk))
    run_each(_NOTE, notes)
    set_aside(span.source, aside)


def _standing(persons: Collection[int]) -> dict[tuple[int, str, str, date], _Told]:
    """Return the standing services of persons by what tells them apart."""
    standing: dict[tuple[int, str, str, date], _Told] = {}
    for some in chunks(sorted(persons), _IN):
        rows = Service.objects.filter(STANDING, person__in=some)
        columns = ("person_id", "place", "post", "starts_on", "pk", "told_digest", "roster_id")
        for person, place, post, starts_on, *told in rows.values_list(*columns):
            standing[person, place, post, starts_on] = (told[0], told[1], told[2])
    return standing
