"""What is due of a family, how a need stands, and what may be written down; pure."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from django.utils.translation import gettext as _

from songnuan.casework.case_models import REASON_LONGEST, Urgency
from songnuan.kernel.actor import Actor
from songnuan.kernel.days import written
from songnuan.kernel.refusal import Refusal

TEXT_LEAST, TEXT_MOST = 2, 1000
NAME_MOST = 60
AHEAD_MOST = 366
LINK_DAYS = 14
"""How long the link for feedback opens."""
FAMILY = Actor(key="family", label="家属本人")
"""Who answers by a link, without an account and without a right."""
DAYS: dict[str, int] = {Urgency.TODAY: 0, Urgency.DAYS: 3, Urgency.WEEK: 7, Urgency.WHENEVER: 30}
"""By how many days after it came up a need is promised, if nobody says otherwise."""


class Stage(StrEnum):
    """How far a need is."""

    OPEN = "open"
    HEARD = "heard"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True)
class Rhythm:
    """How often a family is contacted: the settings of its measure, in days."""

    first: int
    every: int
    chase: int
    visit: int


@dataclass(frozen=True, slots=True)
class Standing:
    """What decides what is due of a family: since when it is helped, when it was reached last."""

    opened_on: date
    helped_since: date | None
    reached_on: date | None
    visited_on: date | None
    serves: bool
    ended_on: date | None
    open_needs: int


def printed(number: int) -> str:
    """Return the number of a case as it is printed (档案号)."""
    return f"台-{number:04}"


def printed_need(case_number: int, number: int) -> str:
    """Return the number of a need as it is printed."""
    return f"{printed(case_number)}-{number}"


def visit_owed(one: Standing) -> date | None:
    """Return since when a visit at home is owed: somebody came back, and nobody has visited since."""
    if one.ended_on is None or one.ended_on < one.opened_on:
        return None
    if one.visited_on is not None and one.visited_on >= one.ended_on:
        return None
    return one.ended_on


def visit_due(one: Standing, rhythm: Rhythm) -> date | None:
    """Return by when the visit at home is due; None where none is owed."""
    owed = visit_owed(one)
    return None if owed is None else owed + timedelta(days=rhythm.visit)


def is_at_rest(one: Standing) -> bool:
    """Return whether nothing more is due: nobody serves any more, no need is open, no visit is owed."""
    return not one.serves and not one.open_needs and visit_owed(one) is None


def contact_due(one: Standing, rhythm: Rhythm) -> date | None:
    """Return by when the family is to be contacted next.

    The first time counts from the day the helper accepted, each next one from the day the family was reached.
    None without a helper, or when nothing more is due.
    """
    if one.helped_since is None or is_at_rest(one):
        return None
    first = one.helped_since + timedelta(days=rhythm.first)
    if one.reached_on is None:
        return first
    # A new helper introduces themselves, however lately the one before was there.
    if one.reached_on < one.helped_since:
        return first
    return one.reached_on + timedelta(days=rhythm.every)


def promised(urgency: str, raised_on: date) -> date:
    """Return the day that is proposed for a need of this urgency."""
    return raised_on + timedelta(days=DAYS[urgency])


# What is written down -----------------------------------------------------------------------------


def words(text: str, field: str, missing: str) -> str:
    """Return what was said, tidied.

    Raises:
        Refusal: `words_missing`, `text_too_long`.

    """
    tidy = optional(text, field)
    if len(tidy) < TEXT_LEAST:
        raise Refusal("words_missing", missing, field=field)
    return tidy


def person(text: str, field: str, missing: str) -> str:
    """Return who it was, tidied.

    Raises:
        Refusal: `words_missing`, `name_too_long`.

    """
    tidy = " ".join(text.replace("\x00", "").split())
    if not tidy:
        raise Refusal("words_missing", missing, field=field)
    if len(tidy) > NAME_MOST:
        sentence = _("A name has at most %(limit)s characters.") % {"limit": NAME_MOST}
        raise Refusal("name_too_long", sentence, field=field, limit=NAME_MOST)
    return tidy


def optional(text: str, field: str) -> str:
    """Return what may be said, tidied: lines stay.

    Raises:
        Refusal: `text_too_long`.

    """
    lines = (" ".join(line.split()) for line in text.replace("\x00", "").splitlines())
    return _short("\n".join(lines).strip(), field, TEXT_MOST)


def reason(text: str, field: str = "reason") -> str:
    """Return why, in one line.

    Raises:
        Refusal: `reason_missing`, `text_too_long`.

    """
    tidy = " ".join(text.replace("\x00", "").split())
    if len(tidy) < TEXT_LEAST:
        raise Refusal("reason_missing", _("Say why, in a few words."), field=field)
    return _short(tidy, field, REASON_LONGEST)


def _short(text: str, field: str, most: int) -> str:
    if len(text) > most:
        sentence = _("The text has %(length)s characters; shorten it to %(max)s.")
        raise Refusal("text_too_long", sentence % {"length": len(text), "max": most}, field=field)
    return text


def happened(day: date, since: date, today: date, field: str = "happened_on") -> date:
    """Return a day on which something about a family happened.

    Raises:
        Refusal: `contact_ahead`, `day_before_case`.

    """
    if day > today:
        raise Refusal(
            "contact_ahead", _("This day is still to come. Enter the day it happened."), field=field
        )
    if day < since:
        sentence = _("The family is looked after since %(day)s. Enter that day or a later one.")
        words_ = {"day": written(since, "full")}
        raise Refusal("day_before_case", sentence % words_, field=field, since=since.isoformat())
    return day


def promise(day: date, since: date, field: str = "promised_on") -> date:
    """Return the day by which something is promised.

    Raises:
        Refusal: `promise_past`, `promise_far`.

    """
    if day < since:
        sentence = _("Nothing can be promised for %(day)s any more. Choose today or a later day.")
        raise Refusal("promise_past", sentence % {"day": written(day, "full")}, field=field)
    if day > since + timedelta(days=AHEAD_MOST):
        raise Refusal("promise_far", _("This is more than a year ahead. Check the day."), field=field)
    return day


def choice(value: str, known: Iterable[str], field: str) -> str:
    """Return one of a few words.

    Raises:
        Refusal: `choice_unknown`.

    """
    if value not in set(known):
        raise Refusal("choice_unknown", _("Choose one of the list."), field=field)
    return value


def digest_of(secret: str) -> str:
    """Return what is kept of the secret of a link."""
    return hashlib.sha256(secret.encode()).hexdigest()
