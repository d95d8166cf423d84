"""What may be done about a public notice, and whether it lets a list be paid; pure."""

import re
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from django.utils.translation import gettext as _

from songnuan.kernel.actor import Actor
from songnuan.kernel.days import written
from songnuan.kernel.names import mask_name, valid_phone
from songnuan.kernel.refusal import Refusal
from songnuan.kernel.workdays import add_workdays
from songnuan.organisation import rules
from songnuan.payments.notice_models import EMAIL_LONGEST, PHONE_LONGEST, PLACE_LONGEST, WHY_LONGEST
from songnuan.people.masking import tail

AHEAD_MOST = 30
"""Days that a notice may begin later than it is put up."""
TEXT_LEAST, TEXT_MOST = 5, 1000
NAME_LONGEST = 60
LEAST = 2
_HOTLINE = re.compile("1[0-9]{4}")  # 12351 of the unions, 12388 of discipline inspection
VISITOR = Actor(key="public", label="公示页面")
"""Who objects on the page of a notice, without an account and without a right."""


class Standing(StrEnum):
    """How a list stands with its public notice."""

    MISSING = "missing"
    AHEAD = "ahead"
    RUNNING = "running"
    OPEN = "open"
    UPHELD = "upheld"
    OVER = "over"


@dataclass(frozen=True, slots=True)
class Gate:
    """What decides whether a list may be paid: the days of its notice, None without one, and objections."""

    begins_on: date | None = None
    ends_on: date | None = None
    waiting: int = 0
    upheld: int = 0

    def standing(self, day: date) -> Standing:
        """Return how the list stands on a day: only OVER lets it be paid."""
        if self.begins_on is None or self.ends_on is None:
            return Standing.MISSING
        if self.upheld:
            return Standing.UPHELD
        if day < self.begins_on:
            return Standing.AHEAD
        if day <= self.ends_on:
            return Standing.RUNNING
        return Standing.OPEN if self.waiting else Standing.OVER


def last_day(begins_on: date, days: int) -> date:
    """Return the last of so many working days, of which the first day is one where people work on it.

    Raises:
        CalendarEnds: `calendar_ends`.

    """
    return add_workdays(begins_on - timedelta(days=1), days)


def require_over(gate: Gate, day: date) -> None:
    """Let pass a list whose public notice is over, with nothing left to answer and no objection upheld.

    Raises:
        Refusal: `notice_missing`, `notice_running` with its last day, `objection_open`, `objection_upheld`.

    """
    match gate.standing(day):
        case Standing.MISSING:
            raise missing()
        case Standing.UPHELD:
            raise upheld(gate.upheld)
        case Standing.AHEAD | Standing.RUNNING:
            assert gate.ends_on is not None  # noqa: S101 - it has a notice
            sentence = _("The public notice of this list runs until %(day)s. Nothing is paid before.")
            words = {"day": written(gate.ends_on, "full")}
            raise Refusal("notice_running", sentence % words, ends_on=gate.ends_on.isoformat())
        case Standing.OPEN:
            raise waiting(gate.waiting)
        case Standing.OVER:
            return


def missing() -> Refusal:
    """Return that there is no notice."""
    return Refusal("notice_missing", _("This list was not put up for public notice. Put it up first."))


def upheld(count: int) -> Refusal:
    """Return that an objection was right."""
    sentence = _(
        "An objection to this list was upheld: the list has to be cancelled, and made anew without the fault."
    )
    return Refusal("objection_upheld", sentence, objections=count)


def waiting(count: int) -> Refusal:
    """Return that objections are to be answered first."""
    sentence = _("Objections to this list wait for an answer: %(count)s. Answer them first.")
    return Refusal("objection_open", sentence % {"count": count}, objections=count)


def shown_name(name: str) -> str:
    """Return a name as everybody reads it: never without a star."""
    masked = mask_name(name)
    return masked if "*" in masked else "*" * max(1, len(masked))


def shown_tail(number: str | None, *, minor: bool) -> str:
    """Return what of an identity number stands in a notice: its end, of a minor nothing."""
    return tail(number, minor=minor)


def begins(day: date, today: date) -> date:
    """Return the first day of a notice.

    Raises:
        Refusal: `notice_day`.

    """
    if not today <= day <= today + timedelta(days=AHEAD_MOST):
        sentence = _("A notice begins today, or at most %(days)s days later.")
        raise Refusal("notice_day", sentence % {"days": AHEAD_MOST}, field="begins_on", limit=AHEAD_MOST)
    return day


def received(day: date, first: date, today: date) -> date:
    """Return the day on which an objection came.

    Raises:
        Refusal: `objection_day`.

    """
    if not first <= day <= today:
        sentence = _("The objection came on a day from the beginning of the notice, %(day)s, to today.")
        raise Refusal("objection_day", sentence % {"day": written(first, "full")}, field="received_on")
    return day


def place_of(text: str) -> str:
    """Return where a notice hangs.

    Raises:
        Refusal: `place_missing`, `text_too_long`.

    """
    place = line(text)
    if len(place) < LEAST:
        raise Refusal("place_missing", _("Say where the notice hangs for everybody to read."), field="place")
    return fitting(place, PLACE_LONGEST, "place")


def phone_of(text: str) -> str:
    """Return the phone for objections: a number, or a hotline of five digits.

    Raises:
        Refusal: `phone_invalid`.

    """
    if _HOTLINE.fullmatch(text.strip()):
        return text.strip()
    try:
        return fitting(valid_phone(text), PHONE_LONGEST, "phone")
    except Refusal as refusal:
        raise Refusal(refusal.code, refusal.sentence, field="phone") from None


def email_of(text: str) -> str:
    """Return the mail address for objections, or none.

    Raises:
        Refusal: `email_invalid`, `text_too_long`.

    """
    return rules.email(fitting(line(text), EMAIL_LONGEST, "email"))


def said(text: str, missing: str, field: str = "text") -> str:
    """Return an objection or the answer to it, with its lines.

    Args:
        text: As it was typed.
        missing: What is said where it says nothing.
        field: Where it was typed.

    Raises:
        Refusal: `objection_empty`, `text_too_long`.

    """
    told = plain(text)
    if len(told) < TEXT_LEAST:
        raise Refusal("objection_empty", missing, field=field, least=TEXT_LEAST)
    return fitting(told, TEXT_MOST, field)


def why_ended(text: str) -> str:
    """Return why a notice is taken back.

    Raises:
        Refusal: `reason_missing`, `text_too_long`.

    """
    why = line(text)
    if len(why) < LEAST:
        raise Refusal("reason_missing", _("Say why the notice is taken back."), field="why")
    return fitting(why, WHY_LONGEST, "why")


def plain(text: str) -> str:
    """Return a text with its lines, as the database keeps it."""
    return text.replace("\x00", "").replace("\r\n", "\n").strip()


def line(text: str) -> str:
    """Return a text as one line."""
    return " ".join(text.replace("\x00", "").split())


def fitting(text: str, most: int, field: str) -> str:
    """Return a text that fits.

    Raises:
        Refusal: `text_too_long`.

    """
    if len(text) > most:
        sentence = _("This has %(length)s characters; at most %(limit)s fit. Shorten it.")
        facts = {"length": len(text), "limit": most}
        raise Refusal("text_too_long", sentence % facts, field=field, **facts)
    return text
