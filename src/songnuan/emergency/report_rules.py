"""Pure decisions about situation reports: periods, what a report must say, how a slot stands and counts."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, fields
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from typing import Any, Final

from django.utils.translation import gettext as _

from songnuan.audit.chain import canonical
from songnuan.emergency.models import EventCategory, SlotStatus
from songnuan.kernel.blotting import without_number
from songnuan.kernel.bulk import digest_rows
from songnuan.kernel.clock import CHINA
from songnuan.kernel.refusal import Refusal

WORDS_LONGEST: Final = 1000
REASON_LONGEST: Final = 400
NAME_LONGEST: Final = 60
FIGURE_MOST: Final = 1_000_000
EXCUSE_MOST: Final = 366
"""Days of one excuse, and how far from today it may lie."""
LONG_AGO: Final = timedelta(days=30)
"""How long before its period an event may have happened."""
CLOCKS_DIFFER: Final = timedelta(minutes=5)
CHASED_AGAIN: Final = timedelta(minutes=10)
SKEW_MOST: Final = 10 * 366 * 86_400
STREAMS: Final = 16


@dataclass(frozen=True, slots=True)
class Rhythm:
    """How often units report, in China time: `second` is the due time of the afternoon's half."""

    period: str
    due: time
    second: time | None = None
    weekday: int = 5


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """One period, before it is opened."""

    starts_at: datetime
    due_at: datetime
    ends_at: datetime

    @property
    def day(self) -> date:
        """The day in China on which it begins."""
        return self.starts_at.astimezone(CHINA).date()


@dataclass(frozen=True, slots=True)
class InForce:
    """From when until when a response was in force; `until` is None while it is."""

    is_drill: bool
    since: datetime
    until: datetime | None = None


def drill_or_real(span: Span, responses: Collection[InForce]) -> bool | None:
    """Return whether only a drill was in force between the beginning and the due time of a period.

    None where nothing was.
    """
    kinds = {
        one.is_drill
        for one in responses
        if one.since < span.due_at and (one.until is None or one.until > span.starts_at)
    }
    return False not in kinds if kinds else None


def span_at(rhythm: Rhythm, moment: datetime) -> Span:
    """Return the period in which a moment lies."""
    here = moment.astimezone(CHINA)
    day = here.date()
    if rhythm.period == "week":
        first = day - timedelta(days=day.weekday())
        due = first + timedelta(days=rhythm.weekday - 1)
        return Span(_at(first), _at(due, rhythm.due), _at(first + timedelta(days=7)))
    if rhythm.period == "half_day":
        if here.hour < _NOON.hour:
            return Span(_at(day), _at(day, rhythm.due), _at(day, _NOON))
        return Span(_at(day, _NOON), _at(day, rhythm.second or rhythm.due), _at(day + timedelta(days=1)))
    return Span(_at(day), _at(day, rhythm.due), _at(day + timedelta(days=1)))


_NOON = time(12)


def _at(day: date, clock: time = time(0)) -> datetime:
    return datetime.combine(day, clock, CHINA)


def spans(rhythm: Rhythm, opened_at: datetime, last_on: date | None, until: datetime) -> Iterator[Span]:
    """Yield the periods that have begun by a moment, from the first one that could still be reported in time.

    Args:
        rhythm: How often.
        opened_at: When the measure was opened.
        last_on: The last day of the plan; None where it has none.
        until: The moment.

    """
    span = span_at(rhythm, opened_at)
    while span.starts_at <= until and (last_on is None or span.day <= last_on):
        if span.due_at > opened_at:
            yield span
        span = span_at(rhythm, span.ends_at)


# How a slot stands, and what it counts -------------------------------------------------------------


class State(StrEnum):
    """How a slot stands at a moment."""

    OPEN = "open"
    MISSING = "missing"
    ZERO = "zero"
    EVENT = "event"
    EXCUSED = "excused"


def state_of(status: str, due_at: datetime, at: datetime, *, is_excused: bool) -> State:
    """Return how a slot stands; late and corrected stand beside it."""
    if status != SlotStatus.OPEN:
        return State(status)
    if is_excused:
        return State.EXCUSED
    return State.MISSING if at > due_at else State.OPEN


@dataclass(frozen=True, slots=True)
class Tally:
    """What slots count together: `received` and `on_time` are of those that are expected, not excused."""

    expected: int = 0
    excused: int = 0
    received: int = 0
    on_time: int = 0
    zero: int = 0
    event: int = 0
    corrected: int = 0

    def __add__(self, other: "Tally") -> "Tally":
        """Return both together."""
        return Tally(*(getattr(self, name) + getattr(other, name) for name in COUNTED))

    def __sub__(self, other: "Tally") -> "Tally":
        """Return what this counts more."""
        return Tally(*(getattr(self, name) - getattr(other, name) for name in COUNTED))

    @property
    def asked(self) -> int:
        """Of how many a report is expected: all but those excused."""
        return self.expected - self.excused

    @property
    def lacking(self) -> int:
        """Of how many that are expected none is there."""
        return self.asked - self.received

    @property
    def late(self) -> int:
        """How many of those received were late."""
        return self.received - self.on_time

    @property
    def completeness(self) -> int | None:
        """Received ÷ expected in tenths of a per cent, rounded down; None where nothing is expected."""
        return self.received * 1000 // self.asked if self.asked else None

    @property
    def timeliness(self) -> int | None:
        """Received by the due time ÷ expected, likewise."""
        return self.on_time * 1000 // self.asked if self.asked else None


COUNTED: Final = tuple(one.name for one in fields(Tally))


def tally(status: str, version: int, *, is_late: bool, is_excused: bool) -> Tally:
    """Return what one slot counts."""
    received = version > 0 and not is_excused
    return Tally(
        expected=1,
        excused=int(is_excused),
        received=int(received),
        on_time=int(received and not is_late),
        zero=int(status == SlotStatus.ZERO),
        event=int(status == SlotStatus.EVENT),
        corrected=int(version > 1),
    )


def path_of(nodes: Collection[int]) -> str:
    """Return the nodes that a slot counts for, from the top, as a slot keeps them."""
    return f",{','.join(map(str, nodes))},"


def line_to(unit_id: int, parents: Mapping[int, int | None], top: int) -> list[int]:
    """Return the units from the top down to one, itself included."""
    line: list[int] = [unit_id]
    while line[-1] != top:
        parent = parents[line[-1]]
        assert parent is not None  # noqa: S101 - it stands below the top, as its link says
        line.append(parent)
    return line[::-1]


def nodes_of(path: str) -> list[int]:
    """Return the nodes of a path."""
    return [int(one) for one in path.split(",") if one]


def stream_of(measure_id: int, unit_id: int) -> str:
    """Return the chain of the trail for what a unit reports: one of sixteen, always the same."""
    return f"reports:{measure_id}:{unit_id % STREAMS:02}"


# What a report says --------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Told:
    """What somebody reports: `kind` is zero or event; the rest belongs to an event.

    `reason` is given with a correction, and only there; `told_by` and `told_at` where it was told by phone.
    `checked` are the unlikely figures that somebody says to be right; no part of what is told.
    """

    kind: str
    category: str = ""
    happened_at: datetime | None = None
    figures: Mapping[str, int] | None = None
    words: str = ""
    reason: str = ""
    told_by: str = ""
    told_at: datetime | None = None
    checked: Mapping[str, int] | None = None

    def digest(self, slot_id: int) -> str:
        """Return what tells one report from another: of which slot it is, and what it says."""
        figures = canonical(dict(self.figures or {}))
        facts = (self.kind, self.category, self.happened_at, figures, self.words, self.reason)
        call = (self.told_by, self.told_at) if self.told_at else ()
        return digest_rows([(slot_id, *facts, *call)])


def figure_keys(settings: Mapping[str, Any]) -> list[str]:
    """Return the keys of the figures that a measure's settings ask for."""
    return [one["key"] for one in settings.get("figures", ())]


def tidy(told: Told, keys: Collection[str], span: Span, at: datetime) -> Told:
    """Return a report as it is kept.

    Args:
        told: As it was handed in.
        keys: The figures that the plan asks for.
        span: Its period.
        at: When it was received.

    Raises:
        Refusal: `period_not_begun`, `kind_unfit`, `category_missing`, `happened_missing`, `happened_ahead`,
            `happened_later`, `happened_long_ago`, `words_missing`, `text_too_long`, `figure_unfit`,
            `number_of_person`: the words go up to others.

    """
    if at < span.starts_at:
        sentence = _("This period has not begun yet. Report when it has.")
        raise Refusal("period_not_begun", sentence)
    reason = (
        without_number(said(told.reason, "reason", REASON_LONGEST), "reason") if told.reason.strip() else ""
    )
    if told.kind == SlotStatus.ZERO:
        return Told(SlotStatus.ZERO.value, figures=dict.fromkeys(keys, 0), reason=reason)
    if told.kind != SlotStatus.EVENT:
        sentence = _("Choose whether all is safe, or something happened.")
        raise Refusal("kind_unfit", sentence, field="kind")
    if told.category not in EventCategory.values:
        sentence = _("Choose what kind of event it is.")
        raise Refusal("category_missing", sentence, field="category")
    return Told(
        SlotStatus.EVENT.value,
        category=told.category,
        happened_at=_happened(told.happened_at, span, at),
        figures=_figures(told.figures or {}, keys),
        words=without_number(said(told.words, "words", WORDS_LONGEST), "words"),
        reason=reason,
    )


def by_phone(told: Told, span: Span, at: datetime) -> tuple[str, datetime]:
    """Return who told a report by telephone, and when, as it is kept.

    Raises:
        Refusal: `told_by_missing`, `text_too_long`, `told_at_unfit`.

    """
    if not told.told_by.strip("\x00 "):
        raise Refusal("told_by_missing", _("Enter who told it."), field="told_by")
    who = said(told.told_by, "told_by", NAME_LONGEST)
    if told.told_at is None or not span.starts_at <= told.told_at <= at + CLOCKS_DIFFER:
        sentence = _("Enter when it was told: within this period, and not ahead.")
        raise Refusal("told_at_unfit", sentence, field="told_at")
    return who, told.told_at


def said(text: str, field: str, longest: int) -> str:
    """Return what somebody says, without spaces around it.

    Raises:
        Refusal: `words_missing` or `reason_missing`, `text_too_long`.

    """
    tidied = text.replace("\x00", "").strip()
    if not tidied:
        if field == "reason":
            raise Refusal("reason_missing", _("Say why."), field=field)
        raise Refusal("words_missing", _("Say it in a few words."), field=field)
    if len(tidied) > longest:
        sentence = _("This has %(length)s characters; at most %(limit)s fit. Shorten it.")
        figures = {"length": len(tidied), "limit": longest}
        raise Refusal("text_too_long", sentence % figures, field=field, length=len(tidied), limit=longest)
    return tidied


def _happened(moment: datetime | None, span: Span, at: datetime) -> datetime:
    if moment is None:
        raise Refusal("happened_missing", _("Enter when it happened."), field="happened_at")
    if moment > at + CLOCKS_DIFFER:
        sentence = _("This lies ahead. Enter when it happened; the house's time is %(now)s.")
        now = at.astimezone(CHINA).strftime("%Y-%m-%d %H:%M")
        raise Refusal("happened_ahead", sentence % {"now": now}, field="happened_at")
    if moment >= span.ends_at:
        sentence = _("It happened after this period had ended. Report it for the one in which it happened.")
        raise Refusal("happened_later", sentence, field="happened_at")
    if moment < span.starts_at - LONG_AGO:
        sentence = _("It happened more than %(days)s days before this period. Check the day.")
        days = LONG_AGO.days
        raise Refusal("happened_long_ago", sentence % {"days": days}, field="happened_at", days=days)
    return moment


def _figures(told: Mapping[str, object], keys: Collection[str]) -> dict[str, int]:
    """Return every figure that the plan asks for; one that was left empty is 0."""
    found = dict.fromkeys(keys, 0)
    if strange := sorted(set(told) - set(keys)):
        sentence = _("The plan asks for no such figure. Reload the page and enter it anew.")
        raise Refusal("figure_unfit", sentence, figure=strange[0][:40])
    for key, figure in told.items():
        if isinstance(figure, bool) or not isinstance(figure, int) or not 0 <= figure <= FIGURE_MOST:
            sentence = _("Enter a whole number from 0 to %(most)s.")
            field = f"figure-{key}"
            raise Refusal("figure_unfit", sentence % {"most": FIGURE_MOST}, field=field, figure=key)
        found[key] = figure
    return found


def excuse_days(first_on: date, last_on: date, today: date) -> None:
    """Let pass the days of an excuse.

    Raises:
        Refusal: `excuse_days`.

    """
    if last_on < first_on:
        sentence = _("The last day lies before the first. Correct one of them.")
        raise Refusal("excuse_days", sentence, field="last_on")
    most = timedelta(days=EXCUSE_MOST)
    if last_on - first_on >= most or abs(first_on - today) > most:
        sentence = _("An excuse is for at most %(days)s days, within a year of today.")
        raise Refusal("excuse_days", sentence % {"days": EXCUSE_MOST}, field="last_on", days=EXCUSE_MOST)


def permille(tenths: int | None) -> str:
    """Return a rate as it is shown, such as 98.5%; a dash where nothing is expected."""
    if tenths is None:
        return "—"
    return f"{tenths // 10}%" if tenths % 10 == 0 else f"{tenths // 10}.{tenths % 10}%"
