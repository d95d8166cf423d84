"""Pure decisions about returnees: days of observation, days on which a status is due, what may be said."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Final

from django.utils.translation import gettext as _

from songnuan.emergency.models import StatusOutcome
from songnuan.kernel.clock import CHINA
from songnuan.kernel.names import phone_parts, tidy_name, valid_phone
from songnuan.kernel.refusal import Refusal
from songnuan.kernel.sealed import blind_index

NAME_LONGEST: Final = 60
PLACE_LONGEST: Final = 120
WORDS_LONGEST: Final = 400
DAYS_MOST: Final = 60
ARRIVED_BACK: Final = 60
"""How many days ago somebody may have come, and"""
ARRIVES_AHEAD: Final = 30
"""how many days ahead they may say they come."""
WAITING_MOST: Final = 300
"""How many people may wait under one code: a poster can be misused."""
_ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Policy:
    """What the plan says: days of observation, due time, days of chasing and of keeping."""

    days: int
    due: time
    chase: int
    retain: int


@dataclass(frozen=True, slots=True)
class Told:
    """What is told of somebody who came back."""

    name: str
    phone: str
    origin: str
    arrived_on: date
    address: str = ""


@dataclass(frozen=True, slots=True)
class Found:
    """How somebody was found on a day; `reason` is given where an earlier status is corrected."""

    day: date
    outcome: str
    found_at: datetime | None = None
    words: str = ""
    reason: str | None = None


# Days ----------------------------------------------------------------------------------------------


def last_day(arrived_on: date, days: int) -> date:
    """Return the last day of observation; the day of arrival is day 0."""
    return arrived_on + timedelta(days=days)


def due_moment(day: date, due: time) -> datetime:
    """Return when the status of a day is due."""
    return datetime.combine(day, due, CHINA)


def first_due(arrived_on: date, due: time, at: datetime) -> date:
    """Return the first day on which a status is due, for who is taken under observation now."""
    today = at.astimezone(CHINA).date()
    if at > due_moment(today, due):
        today += _ONE_DAY
    return max(arrived_on, today)


def due_until(ended_on: date | None, due: time, at: datetime) -> date:
    """Return the last day of which the status is due by now: never the day of the end, nor one after it."""
    today = at.astimezone(CHINA).date()
    last = today if at > due_moment(today, due) else today - _ONE_DAY
    return last if ended_on is None else min(last, ended_on - _ONE_DAY)


def missed(first: date, last: date, told: Collection[date]) -> list[date]:
    """Return the days from the first to the last of which nothing was told."""
    days = (last - first).days + 1
    every = (first + timedelta(days=one) for one in range(max(days, 0)))
    return [day for day in every if day not in told]


# Whom ----------------------------------------------------------------------------------------------


def person_index(name: str, phone: str) -> str:
    """Return by what one person is found again: name and telephone together."""
    return blind_index("emergency.returnee.person", f"{name}\n{phone}")


def tidied(told: Told, today: date) -> Told:
    """Return what was told as the house writes it.

    Raises:
        Refusal: `name_missing`, `phone_invalid`, `origin_missing`, `arrival_unfit`, `text_too_long`.

    """
    name = tidy_name(told.name[: 4 * NAME_LONGEST])
    if not any(sign.isalpha() for sign in name):
        raise Refusal("name_missing", _("Enter the name."), field="name")
    _short_enough(told.name, "name", NAME_LONGEST)
    if len(told.phone) > NAME_LONGEST or phone_parts(told.phone) is None:
        sentence = _("This is no telephone number. Enter a mobile number of 11 digits.")
        raise Refusal("phone_invalid", sentence, field="phone")
    origin, address = " ".join(told.origin.split()), " ".join(told.address.split())
    if not origin:
        raise Refusal("origin_missing", _("Enter the place that they come from."), field="origin")
    _short_enough(origin, "origin", PLACE_LONGEST)
    _short_enough(address, "address", PLACE_LONGEST)
    if not timedelta(days=-ARRIVED_BACK) <= told.arrived_on - today <= timedelta(days=ARRIVES_AHEAD):
        sentence = _("Enter a day of arrival at most %(back)s days back and %(ahead)s days ahead.")
        limits = {"back": ARRIVED_BACK, "ahead": ARRIVES_AHEAD}
        raise Refusal("arrival_unfit", sentence % limits, field="arrived_on")
    return Told(name, valid_phone(told.phone), origin, told.arrived_on, address)


def _short_enough(text: str, field: str, longest: int) -> None:
    if len(text) > longest:
        sentence = _("Write at most %(most)s characters here.") % {"most": longest}
        raise Refusal("text_too_long", sentence, field=field)


# A status ------------------------------------------------------------------------------------------


def checked(found: Found, first: date, at: datetime) -> Found:
    """Return what was found, if it can be said of that day.

    Args:
        found: What was found.
        first: The first day of which anything can be said.
        at: When the house hears of it.

    Raises:
        Refusal: `status_outcome`, `status_day`, `found_unfit`, `words_missing`, `text_too_long`,
            `reason_missing`.

    """
    if found.outcome not in StatusOutcome.values:
        raise Refusal("status_outcome", _("Choose how they were found."), field="outcome")
    if not first <= found.day <= at.astimezone(CHINA).date():
        sentence = _("Choose a day of the observation that is not ahead.")
        raise Refusal("status_day", sentence, field="day")
    has_time = found.outcome != StatusOutcome.NOT_ATTEMPTED
    if has_time and (
        found.found_at is None or found.found_at > at or found.found_at.astimezone(CHINA).date() != found.day
    ):
        sentence = _("Enter when that was: on the day itself, and not ahead.")
        raise Refusal("found_unfit", sentence, field="found_at")
    words = found.words.strip()
    if found.outcome != StatusOutcome.WELL and not words:
        raise Refusal("words_missing", _WANTED[found.outcome](), field="words")
    _short_enough(words, "words", WORDS_LONGEST)
    reason = found.reason
    if reason is not None:
        reason = reason.strip()
        if not reason:
            raise Refusal("reason_missing", _("Say why it is corrected."), field="reason")
        _short_enough(reason, "reason", WORDS_LONGEST)
    return Found(found.day, found.outcome, found.found_at if has_time else None, words, reason)


_WANTED = {
    StatusOutcome.UNWELL.value: lambda: _("Say what you found: temperature, complaints, since when."),
    StatusOutcome.NOT_REACHED.value: lambda: _("Say what you tried, so that others need not try the same."),
    StatusOutcome.NOT_ATTEMPTED.value: lambda: _("Say why nobody asked after them that day."),
}


def wanted_words(text: str, field: str) -> str:
    """Return words that are needed.

    Raises:
        Refusal: `words_missing`, `text_too_long`.

    """
    told = text.strip()
    if not told:
        raise Refusal("words_missing", _("Say it in a few words."), field=field)
    _short_enough(told, field, WORDS_LONGEST)
    return told


def checked_days(days: int) -> int:
    """Return days of observation.

    Raises:
        Refusal: `period_days`.

    """
    if not 1 <= days <= DAYS_MOST:
        sentence = _("Enter from 1 to %(most)s days.") % {"most": DAYS_MOST}
        raise Refusal("period_days", sentence, field="days")
    return days


# The rate ------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Tally:
    """What is counted: people by state; due days, those of which a status was made or explained."""

    waiting: int = 0
    observed: int = 0
    released: int = 0
    ended: int = 0
    set_aside: int = 0
    due: int = 0
    made: int = 0
    explained: int = 0
    overdue: int = 0
    """People of whom a due status is missing."""
    unwell: int = 0
    """People who were seen unwell, and nobody answered."""
    helpless: int = 0
    """People under observation without a contact person."""

    def __add__(self, other: "Tally") -> "Tally":
        """Return both together."""
        return Tally(*(getattr(self, name) + getattr(other, name) for name in COUNTED))

    @property
    def people(self) -> int:
        """Everybody who was entered, but for those set aside."""
        return self.waiting + self.observed + self.released + self.ended

    @property
    def lacking(self) -> int:
        """Due days of which nothing was said."""
        return self.due - self.made - self.explained

    @property
    def permille(self) -> int | None:
        """The rate in thousandths, rounded down; None where nothing was due yet."""
        return (self.made + self.explained) * 1000 // self.due if self.due else None


COUNTED = tuple(Tally.__dataclass_fields__)
