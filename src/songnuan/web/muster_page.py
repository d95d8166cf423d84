"""What the pages of a muster show: how everybody stands, by section and by name; whom the reader calls."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.http import Http404
from django.utils.translation import gettext as _

from songnuan.emergency.actions.muster import leads
from songnuan.emergency.models import CallLine, CallOutcome, Muster
from songnuan.emergency.muster_queries import Standing, callers, musters_of, own_line, standings
from songnuan.emergency.muster_rules import (
    THERE,
    Presence,
    may_see_to,
    responsible,
    steps_up,
    tally,
)
from songnuan.kernel.names import mask_phone
from songnuan.organisation.permissions import Permission
from songnuan.web.views.shared import Reader

_MARKS = {
    Presence.ON_TIME: "done",
    Presence.LATE: "on_time",
    Presence.EXCUSED: "none",
    Presence.ABSENT: "late",
    Presence.UNKNOWN: "waiting",
}


def presence_label(one: Presence) -> str:
    """Return how somebody stands, in a word."""
    labels = {
        Presence.ON_TIME: _("there on time"),
        Presence.LATE: _("there, late"),
        Presence.EXCUSED: _("excused from the muster"),
        Presence.ABSENT: _("does not come"),
        Presence.UNKNOWN: _("nothing known"),
    }
    return labels[one]


@dataclass(frozen=True, slots=True)
class Person:
    """One who is expected, as the reader sees them; `mine`: it is for the reader to see to them now."""

    line: CallLine
    name: str
    phone: str
    section: str
    mark: str
    label: str
    at: object
    note: str
    may_see_to: bool
    is_mine: bool
    is_there: bool


@dataclass(frozen=True, slots=True)
class Section:
    """A section: how many are expected, there, and not accounted for."""

    name: str
    expected: int
    there: int
    unknown: int


@dataclass(frozen=True, slots=True)
class Board:
    """A muster as the reader sees it; who only may look sees sections, and no names."""

    muster: Muster
    counts: dict[str, int]
    expected: int
    sections: list[Section]
    missing: list[Person]
    others: list[Person]
    own: Person | None
    leads: bool


def muster_seen(pk: int, reader: Reader) -> Muster:
    """Return a muster; one that the reader may not see is not there.

    Raises:
        Http404: Without a word on whether it exists.

    """
    key = Muster.objects.filter(pk=pk).values_list("activation", flat=True).first()
    muster = musters_of([key or 0]).filter(pk=pk).first()
    if muster is None:
        raise Http404
    plan = muster.activation.measure.plan
    is_called = own_line(muster.tree_id, reader.user.pk) is not None
    is_leading = leads(muster.activation, reader.actor, reader.at)
    if not is_called and not is_leading and not reader.may(Permission.EMERGENCY_VIEW, plan.unit_id):
        raise Http404
    return muster


def board_of(muster: Muster, reader: Reader) -> Board:
    """Return how a muster stands."""
    rows = standings(muster)
    own, above = own_line(muster.tree_id, reader.user.pk), callers(muster.tree_id)
    is_leading = leads(muster.activation, reader.actor, reader.at)
    until = muster.closed_at or reader.at
    steps = steps_up(muster.called_at, muster.escalate_minutes, until)
    people = []
    for one in rows:
        sees = is_leading or may_see_to(one.line.pk, above, own.pk if own else None)
        is_own = own is not None and one.line.pk == own.pk
        if not sees and not is_own:
            continue
        in_charge = responsible(one.line.pk, above, steps)
        is_mine = (own is not None and in_charge == own.pk) or (in_charge is None and is_leading)
        people.append(_person(one, sees=sees, is_mine=is_mine))
    open_ = [one for one in people if not one.is_there]
    return Board(
        muster=muster,
        counts={one.value: count for one, count in tally([row.presence for row in rows]).items()},
        expected=len(rows),
        sections=_sections(rows),
        missing=sorted((one for one in open_ if one.may_see_to), key=lambda one: not one.is_mine),
        others=[one for one in people if one.is_there and one.may_see_to],
        own=next((one for one in people if own is not None and one.line.pk == own.pk), None),
        leads=is_leading,
    )


def _person(one: Standing, *, sees: bool, is_mine: bool) -> Person:
    note = ""
    if one.newest is not None:
        outcome = CallOutcome(one.newest.outcome).label
        words = f"：{one.newest.words}" if one.newest.words else ""
        note = f"{outcome}{words}（{one.newest.by.name}）"
    if one.entry.checked_in_by is not None:
        note = _("checked in by %(who)s") % {"who": one.entry.checked_in_by.name}
    return Person(
        line=one.line,
        name=one.line.name,
        phone=mask_phone(one.line.phone) if one.line.phone else "",
        section=one.line.section,
        mark=_MARKS[one.presence],
        label=presence_label(one.presence),
        at=one.entry.arrived_at,
        note=note,
        may_see_to=sees,
        is_mine=is_mine and one.presence == Presence.UNKNOWN,
        is_there=one.presence in THERE,
    )


def _sections(rows: Sequence[Standing]) -> list[Section]:
    names = dict.fromkeys(row.line.section for row in rows)
    return [
        Section(
            name or _("without a section"),
            sum(row.line.section == name for row in rows),
            sum(row.line.section == name and row.presence in THERE for row in rows),
            sum(row.line.section == name and row.presence == Presence.UNKNOWN for row in rows),
        )
        for name in names
    ]
