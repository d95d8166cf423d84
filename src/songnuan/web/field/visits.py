"""Visit records: what is asked on the form at the door, filled in where there is no network.

A device takes along the visits that are next, with what their form offers: the checklist, the goods, who may
have gone, who can be given a problem. What it sends is read by that very form, and recorded by its journey.
"""

from base64 import b64encode
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Final

from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile, UploadedFile
from django.http import QueryDict
from django.urls import reverse
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext as _
from django.utils.translation import override
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from songnuan.jobs.queries import result_of
from songnuan.journeys.record_visit import record_visit
from songnuan.kernel.clock import CHINA
from songnuan.kernel.days import written
from songnuan.kernel.refusal import NotPermitted, Refusal
from songnuan.organisation.permissions import Permission
from songnuan.plans.models import Measure
from songnuan.visits.access import require_recorder
from songnuan.visits.models import Visit, VisitStatus
from songnuan.visits.queries import VisitDetail, detail
from songnuan.visits.rules import Begun, is_before_plan, is_late_entry
from songnuan.web.counting import taken
from songnuan.web.door import Door
from songnuan.web.field.asked import require_same, wrong
from songnuan.web.field.kinds import FieldKind, Outcome, Record, Sent, is_usable
from songnuan.web.field.visit_pack import pack
from songnuan.web.field.visit_words import WORDS
from songnuan.web.problem_form import PROBLEMS_MOST, problem_places
from songnuan.web.views.shared import Reader
from songnuan.web.visit_door import door_of
from songnuan.web.visit_form import ReportForm
from songnuan.web.visit_goods import name_of

SIGNATURE: Final = "signature"
"""The name of the file that is the signature; all others are photos."""
_LONG: Final = 5000
_PURPOSE: Final = "record_visit"


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, str_strip_whitespace=True)


class Check(_Part):
    """The answer to one line of the checklist."""

    result: str = Field("", max_length=_LONG)
    note: str = Field("", max_length=_LONG)


class Raised(_Part):
    """A problem that was raised; without an owner the lead has to solve it."""

    title: str = Field(max_length=_LONG)
    owner: int | None = Field(None, gt=0, lt=2**63)
    answer: str = Field("", max_length=_LONG)


class VisitRecord(Record):
    """What the visitors put down. Without `happened_at` the visit took place when it was put down.

    `handed` are packs by item; `signed_text` is what stood above the signature.
    """

    visit: int = Field(gt=0, lt=2**63)
    happened_at: AwareDatetime | None = None
    form: str = Field(max_length=_LONG)
    form_reason: str = Field("", max_length=_LONG)
    late_reason: str = Field("", max_length=_LONG)
    entry_reason: str = Field("", max_length=_LONG)
    members: list[int] = Field(default_factory=list, max_length=100)
    other_members: str = Field("", max_length=_LONG)
    prevention: str = Field("", max_length=_LONG)
    prevention_note: str = Field("", max_length=_LONG)
    conditions: str = Field("", max_length=_LONG)
    checks: dict[str, Check] = Field(default_factory=dict, max_length=200)
    handed: dict[int, int] = Field(default_factory=dict, max_length=200)
    short_reason: str = Field("", max_length=_LONG)
    signed_text: str = Field("", max_length=_LONG)
    receiver_name: str = Field("", max_length=_LONG)
    confirmed_by_name: bool = False
    position: str = Field("", max_length=100)
    problems: list[Raised] = Field(default_factory=list, max_length=PROBLEMS_MOST)


def take(reader: Reader, sent: Sent) -> Outcome:
    """Record a visit: also one whose day was moved meanwhile, and late, where it comes late.

    One that somebody else recorded meanwhile is not recorded over: both are for people to compare.
    """
    told = sent.as_told(VisitRecord)
    if _is_recorded(reader, sent):
        return _again(reader, sent, told)
    found = detail(told.visit)
    if found is None or not reader.may(Permission.VISIT_VIEW, found.unit_id):
        return _not_yours()
    try:
        require_recorder(reader.actor, unit_id=found.unit_id, lead_id=found.lead_id, at=reader.at)
        return _by_another(found) if found.status == VisitStatus.RECORDED else _record(reader, sent, found)
    except NotPermitted:
        return _not_yours()
    except Refusal as refusal:
        return _overtaken(reader, sent, refusal)


def _overtaken(reader: Reader, sent: Sent, refusal: Refusal) -> Outcome:
    """Return what became of a record where another came at the same moment.

    Raises:
        Refusal: What was refused, where none did.

    """
    visit_id = sent.as_told(VisitRecord).visit
    if _is_recorded(reader, sent):  # the same record, sent twice at once
        return _again(reader, sent, sent.as_told(VisitRecord))
    now = detail(visit_id)
    if refusal.code != "wrong_state" or now is None or now.received_at is None:
        raise refusal
    return _by_another(now)


def _again(reader: Reader, sent: Sent, told: VisitRecord) -> Outcome:
    """Return what is said of a record that was taken before; a clock that was none was not kept with it."""
    found = Visit.objects.filter(pk=told.visit).first()
    kept = sent.device_at if is_usable(sent.device_at, reader.at) else None
    require_same(found.device_at if found else sent.recorded_at, kept)
    return _recorded(told.visit)


def _is_recorded(reader: Reader, sent: Sent) -> bool:
    return bool(result_of(sent.key, _PURPOSE, reader.actor))


def _record(reader: Reader, sent: Sent, found: VisitDetail) -> Outcome:
    told = sent.as_told(VisitRecord)
    measure = Measure.objects.select_related("plan").get(pk=found.measure_id)
    typed = _typed(sent, told)
    door = door_of(reader, found, measure, posted=typed)
    _add_of_door(typed, sent, told, door)
    form = ReportForm(typed, _photos(sent), door=door)
    problems = problem_places(door.owners, typed)
    if sentence := wrong([form, *problems]):
        return Outcome("refused", sentence, _url(told.visit))
    record_visit(
        visit_id=told.visit, report=form.report(problems), key=sent.key, actor=reader.actor, at=reader.at
    )
    taken()
    return _recorded(told.visit)


# The form at the door -----------------------------------------------------------------------------

_AS_THEY_ARE = (
    "form",
    "form_reason",
    "late_reason",
    "other_members",
    "prevention",
    "prevention_note",
    "conditions",
    "short_reason",
    "signed_text",
    "receiver_name",
    "position",
)


def _typed(sent: Sent, told: VisitRecord) -> QueryDict:
    """Return a record as the form at the door reads it."""
    typed = QueryDict(mutable=True)
    for name in _AS_THEY_ARE:
        typed[name] = getattr(told, name)
    happened_at = _happened(sent, told).astimezone(CHINA)
    typed["happened_at"] = f"{happened_at:%Y-%m-%dT%H:%M}"
    typed.setlist("members", [str(pk) for pk in told.members])
    for key, check in told.checks.items():
        typed[f"check_{key}"], typed[f"note_{key}"] = check.result, check.note
    typed.setlist("handed", [str(pk) for pk in told.handed])
    for pk, packs in told.handed.items():
        typed[name_of(pk)] = str(packs)
    if picture := sent.files.get(SIGNATURE):
        typed["signature"] = f"data:image/png;base64,{b64encode(picture).decode()}"
    if told.confirmed_by_name:
        typed["confirmed_by_name"] = "on"
    return typed


def _happened(sent: Sent, told: VisitRecord) -> datetime:
    return told.happened_at or sent.recorded_at


def _add_of_door(typed: QueryDict, sent: Sent, told: VisitRecord, door: Door) -> None:
    """Add what only the door knows: the clocks, why it comes in late, who is given a problem."""
    fast = timedelta(seconds=sent.skew_seconds)
    typed["device_at"] = (sent.device_at - door.clock_offset).isoformat()
    typed["device_sent_at"] = (door.at + fast - door.clock_offset).isoformat()
    typed["entry_reason"] = told.entry_reason or _why_late(sent, told, door.at, door.begun)
    typed["problems-TOTAL_FORMS"], typed["problems-INITIAL_FORMS"] = str(PROBLEMS_MOST), "0"
    for place in range(PROBLEMS_MOST):
        raised = told.problems[place] if place < len(told.problems) else Raised(title="")
        typed[f"problems-{place}-title"] = raised.title
        typed[f"problems-{place}-owner"] = str(raised.owner or door.owners[0][0])
        typed[f"problems-{place}-answer"] = raised.answer


def _why_late(sent: Sent, told: VisitRecord, at: datetime, begun: Begun) -> str:
    """Return why a visit comes in a day late that was put down in time; nobody has to be asked for that."""
    happened_at = _happened(sent, told)
    if is_before_plan(happened_at, begun) or not is_late_entry(happened_at, at):
        return ""
    if is_late_entry(happened_at, sent.recorded_at):
        return ""
    with override(settings.LANGUAGE_CODE):  # it is kept, and read by all
        time = written(sent.recorded_at.astimezone(CHINA), "moment")
        return _("Put down %(time)s without a network; sent when there was one.") % {"time": time}


def _photos(sent: Sent) -> "MultiValueDict[str, UploadedFile[Any]]":
    pictures = {name: file for name, file in sent.files.items() if name != SIGNATURE}
    files: list[UploadedFile[Any]] = [
        SimpleUploadedFile(f"{name}.jpg", file) for name, file in sorted(pictures.items())
    ]
    return MultiValueDict({"photos": files} if files else {})


# What becomes of it -------------------------------------------------------------------------------


def _recorded(visit_id: int) -> Outcome:
    found = detail(visit_id)
    assert found is not None  # noqa: S101 - it was recorded
    sentence = _("The visit is recorded.")
    if found.late and not found.late_approved:
        sentence = _("The visit is recorded, and marked as late.")
    elif found.late_entry:
        sentence = _("The visit is recorded, and marked as a late entry.")
    return Outcome("taken", sentence, _url(visit_id))


def _by_another(found: VisitDetail) -> Outcome:
    assert found.received_at is not None  # noqa: S101 - it is recorded
    facts: Mapping[str, str] = {
        "who": found.recorded_by,
        "time": written(found.received_at.astimezone(CHINA), "moment"),
    }
    sentence = _(
        "%(who)s has recorded this visit meanwhile (%(time)s). What you put down is kept on this device: open"
        " the report, correct it where it lacks something, then discard this here."
    )
    return Outcome("refused", sentence % facts, _url(found.visit_id))


def _not_yours() -> Outcome:
    """Return what is said of every visit that the reader may not record, whether it is there or not."""
    sentence = _(
        "This visit is not with your office any more, so it is not recorded in its name. What you put down is"
        " kept on this device: tell whoever visits the unit now, then discard it here."
    )
    return Outcome("refused", sentence)


def _url(visit_id: int) -> str:
    return reverse("visit", args=(visit_id,))


KIND = FieldKind("visits", VisitRecord, pack, take, WORDS)
