"""What a visit's report must say, and what makes it late. Pure: the facts come in, an answer comes out."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta

from django.utils.translation import gettext as _

from songnuan.kernel.clock import CHINA
from songnuan.kernel.days import written
from songnuan.kernel.names import tidy_name
from songnuan.kernel.refusal import Refusal
from songnuan.visits.models import Prevention, Result, VisitForm

FUTURE_TOLERANCE = timedelta(minutes=5)
ENTRY_IN_TIME = timedelta(hours=24)
BEFORE_MOST = timedelta(days=60)
CONDITIONS_SHORTEST = 2
TEXT_LONGEST = 2000
REASON_LONGEST = 500
NAME_LONGEST = 60
MEMBERS_MOST = 50
SKEW_MOST = 10 * 366 * 86_400


@dataclass(frozen=True, slots=True)
class Member:
    """One who took part; `user_id` where the person has an account."""

    name: str
    user_id: int | None = None


@dataclass(frozen=True, slots=True)
class InspectionAnswer:
    """The inspection's answer to one item: `result` is pass, fail or na."""

    item_key: str
    result: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class Report:
    """A visit's report as it was handed in.

    `happened_at` is when it took place, as the visitors say, `device_at` when the device took it down
    (None where none did), `received_at` when the server got it; all aware. `clock_skew_seconds` is
    the device's clock minus the server's. `conditions` is how the staff work and live. `signed`: the
    receiver signed or confirmed by name; only a call goes without. `members`: the leader first.
    `inspection`: the whole checklist; nothing does only where nobody was on site. `late_reason`
    replaces that of a late date; `entry_reason` says why a late entry is made only now. `lacking`: what
    was there was not all handed over, and `short_reason` says why. `booked` is what the unit got, and signed
    for, with the report that is corrected. `barred` went or entered it, and cannot have received it.
    """

    form: str
    happened_at: datetime
    device_at: datetime | None
    received_at: datetime
    clock_skew_seconds: int
    prevention: str
    prevention_note: str
    conditions: str
    receiver_name: str
    signed: bool
    members: Sequence[Member]
    inspection: Sequence[InspectionAnswer] = ()
    form_reason: str = ""
    late_reason: str = ""
    entry_reason: str = ""
    lacking: bool = False
    short_reason: str = ""
    booked: Sequence[str] = ()
    barred: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Begun:
    """When a plan began: its first day, if it has one, and the moment its visits were opened."""

    starts_on: date | None = None
    opened_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class FieldProblem:
    """What is wrong with one input of the report, to be shown beside it."""

    field: str
    code: str
    sentence: str


class ReportRefused(Refusal):
    """The report cannot be taken as it is. Code, sentence and field are those of the first problem.

    Args:
        problems: All of them, at least one.

    """

    def __init__(self, problems: Sequence[FieldProblem]) -> None:
        first = problems[0]
        codes = ",".join(problem.code for problem in problems)
        super().__init__(first.code, first.sentence, field=first.field, problems=codes)
        self.problems = tuple(problems)


def tidy(report: Report) -> Report:
    """Return the report as it is kept: no spaces around texts, names in one way of writing."""
    return replace(
        report,
        prevention_note=plain(report.prevention_note),
        conditions=plain(report.conditions),
        # What was typed before the form was chosen, which does not ask for it, is dropped.
        form_reason=plain(report.form_reason) if report.form != VisitForm.ON_SITE else "",
        late_reason=plain(report.late_reason),
        entry_reason=plain(report.entry_reason),
        short_reason=plain(report.short_reason) if report.lacking else "",
        receiver_name=tidy_name(plain(report.receiver_name)),
        members=tuple(replace(member, name=tidy_name(plain(member.name))) for member in report.members),
        inspection=tuple(replace(answer, note=plain(answer.note)) for answer in report.inspection),
    )


def examine(report: Report, *, begun: Begun, items: Sequence[str]) -> list[FieldProblem]:
    """Return everything that is wrong with the report, in the order of the form; empty when it can be taken.

    Args:
        report: What was handed in, tidied or not.
        begun: When the plan began.
        items: The keys of the measure's inspection checklist.

    """
    report = tidy(report)
    return [
        *_form(report),
        *_times(report),
        *(_long_ago(report, begun) or _entry(report, begun)),
        *_members(report),
        *_prevention(report),
        *_conditions(report),
        *_inspection(report, items),
        *_goods(report),
        *_receiver(report),
        *longest("late_reason", report.late_reason, REASON_LONGEST),
    ]


def is_late(happened_at: datetime, due_on: date) -> bool:
    """Return whether a visit took place after its deadline, by China's calendar."""
    return happened_at.astimezone(CHINA).date() > due_on


def is_late_entry(happened_at: datetime, received_at: datetime) -> bool:
    """Return whether a visit was received more than 24 hours after it took place.

    Measured by the server's receipt and not by the device's own time, which its holder can set.
    """
    return received_at - happened_at > ENTRY_IN_TIME


def is_before_plan(happened_at: datetime, begun: Begun) -> bool:
    """Return whether a visit took place before the plan's first day, or before the plan was opened."""
    if begun.starts_on is not None and happened_at.astimezone(CHINA).date() < begun.starts_on:
        return True
    return begun.opened_at is not None and happened_at < begun.opened_at


def needs_entry_reason(happened_at: datetime, received_at: datetime, begun: Begun) -> bool:
    """Return whether a visit is a late entry (补录): it is taken and marked, and says why."""
    return is_late_entry(happened_at, received_at) or is_before_plan(happened_at, begun)


def entered_in_time_from(received_at: datetime, begun: Begun) -> datetime:
    """Return the first moment of which a visit received then is no late entry."""
    moments = [received_at - ENTRY_IN_TIME]
    if begun.starts_on is not None:
        moments.append(datetime.combine(begun.starts_on, time.min, CHINA))
    if begun.opened_at is not None:
        moments.append(begun.opened_at)
    return max(moments)


def last_day(planned_on: date | None, due_on: date) -> date:
    """Return the day by which a visit is to be made: the one planned, else the deadline.

    A planned day lies within the deadline or was allowed; a later day that waits for its approval is none.
    """
    return planned_on or due_on


def is_overdue(planned_on: date | None, due_on: date, on: date) -> bool:
    """Return whether a visit still to do has missed its day, as `last_day` says it, on the day `on`."""
    return last_day(planned_on, due_on) < on


def plain(text: str) -> str:
    """Return a text as it is kept."""
    # PostgreSQL keeps no NUL in a text; nobody types one on purpose.
    return text.replace("\x00", "").strip()


def longest(field: str, text: str, most: int) -> Iterator[FieldProblem]:
    """Yield the problem that a text is too long."""
    if len(text) > most:
        sentence = _("This text has %(length)s characters. Keep it within %(most)s.")
        yield FieldProblem(field, f"{field}_too_long", sentence % {"length": len(text), "most": most})


def _form(report: Report) -> Iterator[FieldProblem]:
    if report.form not in VisitForm.values:
        yield FieldProblem("form", "form_unknown", _("Say how the unit was reached."))
    elif report.form != VisitForm.ON_SITE and not report.form_reason:
        yield FieldProblem(
            "form_reason", "form_reason_missing", _("Say why the unit was not visited on site.")
        )
    if report.form == VisitForm.CALL and report.booked:
        yield FieldProblem("form", "form_of_handed", no_call(report.booked))
    yield from longest("form_reason", report.form_reason, REASON_LONGEST)


def no_call(booked: Sequence[str]) -> str:
    """Return why a report with which a unit got its goods cannot become one of a call, and what to do."""
    sentence = _(
        "With this report the unit signed for %(goods)s: through a telephone nothing changes hands. Choose"
        " the visit on site, or goods left at the gate. What was signed for stays in the record. Should the"
        " goods not have gone there, say so in the report and to the discipline inspector."
    )
    return sentence % {"goods": "、".join(booked)}


def _times(report: Report) -> Iterator[FieldProblem]:
    if report.happened_at > report.received_at + FUTURE_TOLERANCE:
        yield FieldProblem(
            "happened_at",
            "happened_in_future",
            _("The visit cannot have taken place at a time still to come. Check the date and the time."),
        )
    if abs(report.clock_skew_seconds) > SKEW_MOST:
        yield FieldProblem(
            "clock_skew_seconds",
            "clock_skew_too_large",
            _("The clock of this device is years off. Set its date and time, then send the report again."),
        )


def _long_ago(report: Report, begun: Begun) -> list[FieldProblem]:
    """Return that a day lies so far before the plan's first that its year must be mistyped."""
    day = report.happened_at.astimezone(CHINA).date()
    if begun.starts_on is None or begun.starts_on - day <= BEFORE_MOST:
        return []
    sentence = _(
        "%(day)s is more than %(most)s days before the plan's first day, %(first)s. Check the date, the year"
        " above all."
    )
    days = {"day": written(day, "full"), "first": written(begun.starts_on, "full"), "most": BEFORE_MOST.days}
    return [FieldProblem("happened_at", "visit_long_ago", sentence % days)]


def _entry(report: Report, begun: Begun) -> Iterator[FieldProblem]:
    """A late entry is never refused for being late; it has to say why it is made only now."""
    if needs_entry_reason(report.happened_at, report.received_at, begun):
        yield from entry_faults(report.happened_at, report.entry_reason, begun)


def entry_faults(happened_at: datetime, reason: str, begun: Begun) -> Iterator[FieldProblem]:
    """Yield what is wrong with the reason of a late entry, of whoever's visit."""
    if not reason:
        sentence = (
            _("The visit took place before the plan began. It is taken as a late entry: say why.")
            if is_before_plan(happened_at, begun)
            else _("The visit took place more than a day ago. It is taken as a late entry: say why.")
        )
        yield FieldProblem("entry_reason", "entry_reason_missing", sentence)
    yield from longest("entry_reason", reason, REASON_LONGEST)


def _members(report: Report) -> Iterator[FieldProblem]:
    if not report.members or any(not member.name for member in report.members):
        yield FieldProblem(
            "members",
            "members_missing",
            _("Name everyone who took part, at least one person, the leader first."),
        )
    if len(report.members) > MEMBERS_MOST or any(
        len(member.name) > NAME_LONGEST for member in report.members
    ):
        yield FieldProblem(
            "members",
            "members_too_long",
            _("Name at most %(most)s people, each with at most %(letters)s characters.")
            % {"most": MEMBERS_MOST, "letters": NAME_LONGEST},
        )


def no_post(names: Sequence[str], day: date) -> FieldProblem:
    """Return the problem that these people, named by account, had no post at the lead on the day."""
    sentence = _(
        "%(people)s had no post at the lead office on %(day)s. Untick them here; who went all the same is"
        " written under “Others who went”."
    )
    said = sentence % {"people": "、".join(names), "day": written(day, "full")}
    return FieldProblem("members", "member_unknown", said)


def _prevention(report: Report) -> Iterator[FieldProblem]:
    if report.prevention not in Prevention.values:
        yield FieldProblem(
            "prevention", "prevention_unknown", _("Say how the unit carries out prevention measures.")
        )
    elif report.prevention != Prevention.GOOD and not report.prevention_note:
        yield FieldProblem(
            "prevention_note",
            "prevention_note_missing",
            _("Say what is not carried out well, so that it can be put right."),
        )
    yield from longest("prevention_note", report.prevention_note, TEXT_LONGEST)


def _conditions(report: Report) -> Iterator[FieldProblem]:
    if len(report.conditions) < CONDITIONS_SHORTEST:
        yield FieldProblem(
            "conditions",
            "conditions_missing",
            _("Say in a few words how the staff work and live there."),
        )
    yield from longest("conditions", report.conditions, TEXT_LONGEST)


def _inspection(report: Report, items: Sequence[str]) -> Iterator[FieldProblem]:
    answered = Counter(answer.item_key for answer in report.inspection)
    if report.form == VisitForm.ON_SITE and not set(items) <= answered.keys():
        yield FieldProblem(
            "inspection",
            "inspection_missing",
            _("A visit on site carries the inspection. Answer every item of the checklist."),
        )
    elif answered and answered != Counter(items):
        yield FieldProblem(
            "inspection",
            "inspection_items_differ",
            _("Answer every item of the checklist once, or leave the whole inspection out."),
        )
    if any(answer.result not in Result.values for answer in report.inspection):
        yield FieldProblem(
            "inspection",
            "inspection_result_unknown",
            _("Answer each item with in order, not in order, or does not apply."),
        )
    yield from _failed(report.inspection)
    if any(len(answer.note) > REASON_LONGEST for answer in report.inspection):
        sentence = _("Keep each note on an item within %(most)s characters.") % {"most": REASON_LONGEST}
        yield FieldProblem("inspection", "inspection_note_too_long", sentence)


def _failed(inspection: Sequence[InspectionAnswer]) -> Iterator[FieldProblem]:
    """Yield what is not in order and named by no note; the field is "note_" and the key of the item."""
    for answer in inspection:
        if answer.result == Result.FAIL and not answer.note:
            sentence = _("Say what is not in order, so that it can be put right.")
            yield FieldProblem(f"note_{answer.item_key}", "inspection_note_missing", sentence)


def _goods(report: Report) -> Iterator[FieldProblem]:
    if report.lacking and not report.short_reason:
        sentence = _("Say why not everything was handed over. The unit's kit then stays owed.")
        yield FieldProblem("short_reason", "short_reason_missing", sentence)
    yield from longest("short_reason", report.short_reason, REASON_LONGEST)


def one_of_us(receiver: str, visitors: Iterable[str]) -> Iterator[FieldProblem]:
    """Yield the problem that who received the visit, or its goods, brought them or enters it.

    Args:
        receiver: The name of who received, tidied.
        visitors: The names of who went there, and of who enters it.

    """
    if receiver and receiver in {tidy_name(plain(name)) for name in visitors}:
        sentence = _(
            "%(name)s went there or enters this, so somebody of the unit has to receive it. Enter that name;"
            " for a namesake add the post."
        )
        yield FieldProblem("receiver_name", "receiver_is_visitor", sentence % {"name": receiver})


def _receiver(report: Report) -> Iterator[FieldProblem]:
    if not report.receiver_name:
        yield FieldProblem(
            "receiver_name", "receiver_missing", _("Write the name of the person who received the visit.")
        )
    yield from longest("receiver_name", report.receiver_name, NAME_LONGEST)
    yield from one_of_us(report.receiver_name, report.barred)
    if not report.signed and report.form != VisitForm.CALL:
        yield FieldProblem(
            "signature", "signature_missing", _("Have the receiver sign, or confirm by name below.")
        )
