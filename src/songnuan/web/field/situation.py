"""Situation reports: all safe by one deliberate tap, or an event in a few words, for each that is due."""

from collections.abc import Mapping
from typing import Any, Final, Literal

from django.urls import reverse
from django.utils.translation import gettext as _
from pydantic import AwareDatetime, Field

from songnuan.emergency import actions as emergency
from songnuan.emergency.models import ReportSlot, SituationReport, SlotStatus
from songnuan.emergency.report_queries import due_slots
from songnuan.emergency.report_rules import Told
from songnuan.journeys.report_settings import settings_of
from songnuan.journeys.report_situation import report_situation
from songnuan.kernel.clock import CHINA
from songnuan.kernel.days import written
from songnuan.kernel.refusal import Refusal
from songnuan.organisation.models import User
from songnuan.organisation.own import own_units
from songnuan.organisation.permissions import Permission
from songnuan.web.counting import taken
from songnuan.web.field.asked import require_same, wrong
from songnuan.web.field.kinds import FieldKind, Outcome, Record, Sent
from songnuan.web.field.situation_words import WORDS
from songnuan.web.situation_forms import EventForm
from songnuan.web.situation_page import SlotLine, slot_lines
from songnuan.web.views.shared import Reader

SLOTS_MOST: Final = 60
"""Slots that a device takes along, those first that are due first."""
_LONG: Final = 5000


class SituationRecord(Record):
    """What a unit reports for a slot. Without `happened_at` an event happened when it was put down.

    `figures` are what was typed, by key; `checked` says that high ones were looked at again.
    """

    slot: int = Field(gt=0, lt=2**63)
    kind: Literal["zero", "event"]
    category: str = Field("", max_length=_LONG)
    happened_at: AwareDatetime | None = None
    figures: dict[str, str] = Field(default_factory=dict, max_length=100)
    words: str = Field("", max_length=_LONG)
    checked: bool = False


def pack(reader: Reader) -> Mapping[str, Any] | None:
    """Return what the reader's units have to report now."""
    units = own_units(reader.user.pk, Permission.SITUATION_REPORT, reader.day)
    own = list(units.values_list("pk", flat=True))
    lines = slot_lines(list(due_slots(own, reader.at)[:SLOTS_MOST]), reader.at)
    return {"slots": [_slot(line) for line in lines]} if lines else None


def _slot(line: SlotLine) -> dict[str, Any]:
    slot = line.slot
    measure = slot.period.measure
    return {
        "id": slot.pk,
        "unit": line.unit,
        "period": line.period,
        "plan": measure.plan.title,
        "due_at": line.due_at.isoformat(),
        "drill": slot.period.is_drill,
        "figures": [[one.key, one.label] for one in settings_of(measure).figures],
    }


def take(reader: Reader, sent: Sent) -> Outcome:
    """Take in what a unit reports. What comes after its time is taken as late, whenever it was put down."""
    told = sent.as_told(SituationRecord)
    earlier = SituationReport.objects.filter(key=sent.key, by=reader.user.pk).select_related("slot").first()
    if earlier is not None:
        require_same(earlier.device_at, sent.device_at)
        return _taken(earlier)
    what = Told(told.kind)
    if told.kind == SlotStatus.EVENT.value and _is_own(reader, told.slot):
        figures = _figures(told.slot)
        form = EventForm(figures, _typed(sent, told))
        if sentence := wrong([form]) or _strange(told, figures):
            return Outcome("refused", sentence)
        what = form.told()
    try:
        made = report_situation(
            slot_id=told.slot,
            told=what,
            sent=emergency.Sent(sent.key, sent.device_at, sent.skew_seconds),
            actor=reader.actor,
            at=reader.at,
        )
    except Refusal as refusal:
        if refusal.code != "report_there":
            raise
        return _there(told)
    taken()
    return _taken(made)


def _is_own(reader: Reader, slot_id: int) -> bool:
    """Return whether the reader reports for the unit of a slot; of others not even the figures are told."""
    units = own_units(reader.user.pk, Permission.SITUATION_REPORT, reader.day)
    return ReportSlot.objects.filter(pk=slot_id, unit__in=units).exists()


def _figures(slot_id: int) -> list[tuple[str, str]]:
    slot = ReportSlot.objects.select_related("period__measure").get(pk=slot_id)
    return [(one.key, one.label) for one in settings_of(slot.period.measure).figures]


def _strange(told: SituationRecord, figures: list[tuple[str, str]]) -> str:
    """Return what is said of numbers for which the plan does not ask any more; empty where there are none."""
    asked = {key for key, _label in figures}
    if all(key in asked or not figure for key, figure in told.figures.items()):
        return ""
    return _("The plan does not ask for one of these figures any more. Say it in your words instead.")


def _typed(sent: Sent, told: SituationRecord) -> dict[str, Any]:
    """Return an event as the form of the site reads it."""
    happened_at = (told.happened_at or sent.recorded_at).astimezone(CHINA)
    figures = {f"figure-{key}": figure for key, figure in told.figures.items()}
    checked = [f"{key}={figure}" for key, figure in told.figures.items()] if told.checked else []
    more: dict[str, Any] = {"checked": checked} if checked else {}
    return {
        "category": told.category,
        "happened_at": f"{happened_at:%Y-%m-%dT%H:%M}",
        "words": told.words,
        **figures,
        **more,
    }


def _taken(made: SituationReport) -> Outcome:
    if made.kind == SlotStatus.ZERO:
        sentence = _("Reported late: all safe.") if made.slot.is_late else _("Reported: all safe.")
    elif made.slot.is_late:
        sentence = _("The event is reported late; the office has it.")
    else:
        sentence = _("The event is reported; the office has it.")
    return Outcome("taken", sentence, _url(made.slot_id))


def _there(told: SituationRecord) -> Outcome:
    """Return what is said where the unit has reported meanwhile: the same need not be said twice."""
    rows = SituationReport.objects.filter(slot=told.slot).select_related("by").order_by("-version")
    valid = rows.first()
    assert valid is not None  # noqa: S101 - it was found there a moment ago
    assert isinstance(valid.by, User)  # noqa: S101 - as the column says
    facts = {"who": valid.by.name, "time": written(valid.received_at.astimezone(CHINA), "moment")}
    if told.kind == valid.kind == SlotStatus.ZERO:
        sentence = _("%(who)s had reported all safe for this unit already (%(time)s).")
        return Outcome("taken", sentence % facts, _url(told.slot))
    if valid.kind == SlotStatus.ZERO:
        sentence = _(
            "%(who)s has reported all safe for this unit meanwhile (%(time)s). Your event is kept on this"
            " device: open the report, correct it, then discard this here."
        )
    else:
        sentence = _(
            "%(who)s has reported an event for this unit meanwhile (%(time)s). Yours is kept on this device:"
            " open the report; where it lacks something, correct it, then discard this here."
        )
    return Outcome("refused", sentence % facts, _url(told.slot))


def _url(slot_id: int) -> str:
    return reverse("situation_slot", args=(slot_id,))


KIND = FieldKind("situation", SituationRecord, pack, take, WORDS)
