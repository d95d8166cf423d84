"""Musters: one checks in oneself, and those one sees to, at a place without a network.

Whoever is there is there once: the first check-in counts, whatever device sends another. A device takes along
the names of those whom its holder may check in and who are not there yet; no telephone, no position.
"""

from collections.abc import Mapping
from typing import Any, Final

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _
from pydantic import Field

from songnuan.emergency.actions.muster import Arrival
from songnuan.emergency.models import Activation, ActivationStatus, Muster, MusterEntry
from songnuan.emergency.muster_queries import musters_with, running
from songnuan.emergency.muster_rules import THERE, Presence, presence
from songnuan.journeys.check_in import check_in_another, check_in_oneself
from songnuan.kernel.clock import CHINA
from songnuan.kernel.days import written
from songnuan.kernel.refusal import Refusal
from songnuan.organisation.permissions import Permission
from songnuan.web.field.kinds import FieldKind, Outcome, Record, Sent
from songnuan.web.field.muster_words import WORDS
from songnuan.web.muster_page import board_of
from songnuan.web.views.shared import Reader

PEOPLE_MOST: Final = 2000
"""People of a muster that a device takes along, in the order of the call tree."""


class CheckIn(Record):
    """Somebody is there: the holder of the device, or whoever stands in this line of the call tree."""

    muster: int = Field(gt=0, lt=2**63)
    line: int | None = Field(None, gt=0, lt=2**63)
    position: str = Field("", max_length=100)


def pack(reader: Reader) -> Mapping[str, Any] | None:
    """Return the musters that run in which the reader is expected, or sees to somebody."""
    plans = Q(measure__plan__unit__in=reader.reach_ids(Permission.EMERGENCY_MANAGE))
    led = Activation.objects.filter(plans | Q(holder__user=reader.user.pk), status=ActivationStatus.ACTIVE)
    leading = running(list(led.values_list("pk", flat=True)))
    rows = {one.pk: one for one in (*musters_with(reader.user.pk), *leading)}
    found = [_muster(row, reader) for _pk, row in sorted(rows.items())]
    return {"musters": found} if found else None


def _muster(row: Muster, reader: Reader) -> dict[str, Any]:
    board = board_of(row, reader)
    return {
        "id": row.pk,
        "place": row.place,
        "due_at": row.due_at.isoformat(),
        "plan": row.activation.measure.plan.title,
        "drill": row.activation.is_drill,
        "own": "" if board.own is None else "there" if board.own.presence in THERE else "waits",
        "people": [[one.line.pk, one.name, one.section] for one in board.missing[:PEOPLE_MOST] if one.acts],
    }


def take(reader: Reader, sent: Sent) -> Outcome:
    """Check somebody in; who is in already stays so, as they came first.

    It is received when it comes in, and on time or late by that, also after the closing where it was put down
    before; when it was put down stands beside it.
    """
    told = sent.as_told(CheckIn)
    who: dict[str, Any] = {"muster_id": told.muster, "actor": reader.actor, "at": reader.at}
    if (earlier := _earlier(reader, told)) is not None:
        return _there(earlier)
    try:
        if told.line is None:
            arrival = Arrival(device_at=sent.recorded_at, position=told.position, was_kept=True)
            return _there(check_in_oneself(arrival=arrival, **who))
        arrival = Arrival(device_at=sent.recorded_at, was_kept=True)
        return _there(check_in_another(line_id=told.line, arrival=arrival, **who))
    except Refusal as refusal:
        if refusal.code != "muster_closed":
            raise
        return _closed(sent, told)


def _earlier(reader: Reader, told: CheckIn) -> MusterEntry | None:
    """Return the check-in that is there: the reader's own, or one that the reader made."""
    rows = MusterEntry.objects.filter(muster=told.muster, arrived_at__isnull=False)
    if told.line is None:
        rows = rows.filter(line__user=reader.user.pk)
    else:
        rows = rows.filter(line=told.line, checked_in_by=reader.user.pk)
    return rows.select_related("muster").defer("position").first()


def _there(entry: MusterEntry) -> Outcome:
    assert entry.arrived_at is not None  # noqa: S101 - it is a check-in
    state = presence(entry.muster.due_at, entry.arrived_at, None, None)
    sentence = _("Checked in, %(time)s.")
    if state == Presence.LATE:
        sentence = _("Checked in late, %(time)s.")
    time = written(entry.arrived_at.astimezone(CHINA), "moment")
    return Outcome("taken", sentence % {"time": time}, _url(entry.muster_id))


def _closed(sent: Sent, told: CheckIn) -> Outcome:
    sentence = _(
        "The muster was closed before this was put down at %(time)s, and stays as it was closed: tell whoever"
        " leads the response that they were there, then discard it here."
    )
    time = written(sent.recorded_at.astimezone(CHINA), "moment")
    return Outcome("refused", sentence % {"time": time}, _url(told.muster))


def _url(muster_id: int) -> str:
    return reverse("muster", args=(muster_id,))


KIND = FieldKind("musters", CheckIn, pack, take, WORDS)
