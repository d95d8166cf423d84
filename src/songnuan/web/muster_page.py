"""What the pages of a muster show: how everybody stands, by section and by name; whom the reader calls."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.http import Http404
from django.utils.translation import gettext as _

from songnuan.emergency.actions.muster import leads
from songnuan.emergency.models import CallLine, CallOutcome, Muster
from songnuan.emergency.muster_queries import (
    Caller,
    Opened,
    Standing,
    callers,
    calls_of,
    is_coming,
    musters_of,
    own_line,
    people_of,
    standings,
)
from songnuan.emergency.muster_rules import THERE, Presence, may_see_to, tally
from songnuan.kernel.clock import CHINA
from songnuan.kernel.days import written
from songnuan.kernel.names import mask_phone
from songnuan.kernel.positions import Position
from songnuan.organisation.permissions import Permission
from songnuan.web.views.shared import Reader

_AT_ONCE = timedelta(minutes=2)
"""What is received within this time was put down as it was received."""
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
    """One who is expected, as the reader sees them; `is_mine`: it is for the reader to call them now.

    `acts` is false for the reader's own entry, which somebody else sees to. `where` is where the phone was,
    rounded.
    """

    line: CallLine
    name: str
    phone: str
    section: str
    mark: str
    label: str
    at: datetime | None
    note: str
    where: str
    acts: bool
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
    own: Standing | None
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
    """Return how a muster stands; only of those whom the reader may see, what is sealed is opened."""
    rows = standings(muster)
    own, above = own_line(muster.tree_id, reader.user.pk), callers([muster.tree_id])
    own_pk = own.pk if own else None
    is_leading = leads(muster.activation, reader.actor, reader.at)
    asks = Caller(own, is_leading)
    mine = calls_of(muster, rows, above, asks, reader.at) if muster.closed_at is None else ()
    seen = [one for one in rows if is_leading or may_see_to(one.line.pk, above, own_pk)]
    opened = people_of(muster, [one.line.pk for one in seen])
    people = [
        _person(one, opened[one.line.pk], acts=one.line.pk != own_pk, is_mine=one.line.pk in mine)
        for one in seen
    ]
    return Board(
        muster=muster,
        counts={one.value: count for one, count in tally([row.presence for row in rows]).items()},
        expected=len(rows),
        sections=_sections(rows),
        missing=sorted((one for one in people if not one.is_there), key=lambda one: not one.is_mine),
        others=[one for one in people if one.is_there],
        own=next((one for one in rows if one.line.pk == own_pk), None),
        leads=is_leading,
    )


def _person(one: Standing, opened: Opened, *, acts: bool, is_mine: bool) -> Person:
    said = []
    if one.newest is not None:
        outcome = CallOutcome(one.newest.outcome).label
        words = f"：{one.newest.words}" if one.newest.words else ""
        said.append(f"{outcome}{words}（{one.newest.by.name}）")
    if one.entry.checked_in_by is not None:
        said.append(_("checked in by %(who)s") % {"who": one.entry.checked_in_by.name})
    elif one.entry.way:
        said.append(str(one.entry.get_way_display()))
    if put_down := _put_down(one):
        said.append(put_down)
    position = Position.read(opened.position)
    where = ""
    if position is not None:
        latitude, longitude = position.rounded
        where = _("near %(latitude)s, %(longitude)s, to within %(metres)s m") % {
            "latitude": latitude,
            "longitude": longitude,
            "metres": position.accuracy,
        }
    return Person(
        line=one.line,
        name=opened.name,
        phone=mask_phone(opened.phone) if opened.phone else "",
        section=one.line.section,
        mark=_MARKS[one.presence],
        label=_("on the way") if is_coming(one) else presence_label(one.presence),
        at=one.entry.arrived_at,
        note=" · ".join(said),
        where=where,
        acts=acts,
        is_mine=is_mine,
        is_there=one.presence in THERE,
    )


def _put_down(one: Standing) -> str:
    """Return when the phone says that it was put down, where it came in later for want of a network."""
    entry = one.entry
    if entry.device_at is None or entry.arrived_at is None or entry.arrived_at - entry.device_at < _AT_ONCE:
        return ""
    return _("put down on the phone %(time)s") % {
        "time": written(entry.device_at.astimezone(CHINA), "moment")
    }


def _sections(rows: Sequence[Standing]) -> list[Section]:
    told: dict[str, list[Presence]] = {}
    for row in rows:
        told.setdefault(row.line.section, []).append(row.presence)
    return [
        Section(
            name or _("without a section"),
            len(found),
            sum(one in THERE for one in found),
            found.count(Presence.UNKNOWN),
        )
        for name, found in told.items()
    ]
