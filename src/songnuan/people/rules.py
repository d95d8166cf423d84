"""Pure decisions: whom a row means, which of several rows stands, who is a minor, what a roster may be."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import NamedTuple

from django.utils.translation import gettext as _

from songnuan.kernel.names import tidy_name
from songnuan.kernel.refusal import Refusal
from songnuan.people.models.register import LegalGround, RosterKind

ADULT_AT = 18
KEY = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
KEY_MAX = 80
RESERVED = frozenset({"imports", "new"})  # words of the addresses that rosters stand under
TITLE_MAX = 120
TEXT_MAX = 4000
PURPOSE_MAX = 400
REMARK_MAX = 400


@dataclass(frozen=True, slots=True)
class Candidate:
    """A person that a row without an identity number may mean.

    `target_id` is what stands of the person in the roster, `told_digest` what was told there; None and ""
    when nothing stands.
    """

    person_id: int
    target_id: int | None = None
    told_digest: str = ""


class Several(Exception):  # noqa: N818 - an answer
    """More than one person may be meant."""


def choose(candidates: Sequence[Candidate], told_digest: str) -> Candidate | None:
    """Return the one person that a row means, or None when nobody is known.

    Of several, the one that stands in the roster is meant, or the one that stands there just as told.

    Raises:
        Several: When that does not tell one.

    """
    if len(candidates) <= 1:
        return next(iter(candidates), None)
    standing = [one for one in candidates if one.target_id is not None]
    told = [one for one in standing if one.told_digest == told_digest]
    for some in (told, standing):
        if len(some) == 1:
            return some[0]
    raise Several


class FoundBy(StrEnum):
    """How a row led to a person."""

    NUMBER = "number"
    FORMER_NUMBER = "former_number"
    PHONE_WITH_NUMBER = "phone_with_number"
    LESS = "less"


@dataclass(frozen=True, slots=True)
class Claim:
    """A staged row, by its id, that was found to mean a person whom another row means as well."""

    staged_id: int
    found_by: FoundBy


class Double(NamedTuple):
    """A staged row, the row it repeats (0: none), and its code; "" lets it come as a new person."""

    staged_id: int
    first_id: int
    code: str


@dataclass(frozen=True, slots=True)
class Settled:
    """Which of several rows stands (None: none of them), which are set aside, which mean a new person."""

    first: int | None
    aside: tuple[int, ...]
    released: tuple[int, ...] = ()


def settle(claims: Iterable[Claim]) -> Settled:
    """Decide which row of one file stands for a person that several of them mean.

    The row with the person's number stands before one with a number the person had, that before one that
    tells less; of equals, the first. Two numbers for one person of whom none was known are two people:
    which of them was known cannot be told, and both come as new.
    """
    ordered = sorted(claims, key=lambda claim: claim.staged_id)
    told = [claim.staged_id for claim in ordered if claim.found_by is FoundBy.PHONE_WITH_NUMBER]
    released = tuple(told) if len(told) > 1 else ()
    rank = {FoundBy.NUMBER: 0, FoundBy.FORMER_NUMBER: 1, FoundBy.PHONE_WITH_NUMBER: 1, FoundBy.LESS: 2}
    left = [claim for claim in ordered if claim.staged_id not in released]
    if not left:
        return Settled(None, (), released)
    first = min(left, key=lambda claim: (rank[claim.found_by], claim.staged_id)).staged_id
    return Settled(first, tuple(claim.staged_id for claim in left if claim.staged_id != first), released)


def minor_after(on: date) -> date:
    """Return the day such that who was born after it is a minor on `on`."""
    try:
        return on.replace(year=on.year - ADULT_AT)
    except ValueError:  # 29 February
        return on.replace(year=on.year - ADULT_AT, day=28)


def is_minor(birth_on: date | None, on: date) -> bool:
    """Return whether somebody born on that day is known to be a minor."""
    return birth_on is not None and birth_on > minor_after(on)


def is_young(birth_on: date | None, on: date, *, restricted: bool) -> bool:
    """Return whether somebody counts as a minor: by the day of birth, and where none is known, as marked."""
    return restricted if birth_on is None else is_minor(birth_on, on)


# Rosters -----------------------------------------------------------------------------------------


def roster_key(text: str) -> str:
    """Return the key of a roster as it is.

    Raises:
        Refusal: `key_invalid`, `key_reserved`.

    """
    if text in RESERVED:
        sentence = _("The program uses the key “%(key)s” itself. Choose another, such as “%(key)s-people”.")
        raise Refusal("key_reserved", sentence % {"key": text}, field="key")
    if not KEY.fullmatch(text) or len(text) > KEY_MAX:
        sentence = _("“%(key)s” is no key. Use small letters, digits and single hyphens between them.")
        raise Refusal("key_invalid", sentence % {"key": text[:KEY_MAX]}, field="key")
    return text


def roster_facts(told: Mapping[str, object]) -> dict[str, object]:
    """Return what is told of a roster, tidied.

    Raises:
        Refusal: `title_missing`, `text_too_long`, `ground_unknown`, `date_invalid`.

    """
    return {name: _FACTS[name](name, value) for name, value in told.items()}


def kind(text: str) -> RosterKind:
    """Return the kind of that name.

    Raises:
        Refusal: `kind_unknown`.

    """
    if text not in RosterKind.values:
        raise Refusal(
            "kind_unknown", _("There is no such kind of roster. Choose one of the list."), field="kind"
        )
    return RosterKind(text)


def purpose_of_look(text: str) -> str:
    """Return why somebody's numbers are looked at.

    Raises:
        Refusal: `purpose_missing`, `text_too_long`.

    """
    tidy = " ".join(text.split())
    if not tidy:
        sentence = _("Say what you need the numbers for. It is kept with the record of this look.")
        raise Refusal("purpose_missing", sentence, field="purpose")
    return _short("purpose", tidy, PURPOSE_MAX)


def decision(text: str) -> str:
    """Return what was decided about a household.

    Raises:
        Refusal: `decision_missing`, `text_too_long`.

    """
    tidy = " ".join(text.split())
    if not tidy:
        raise Refusal("decision_missing", _("Write what was decided, and who decided it."), field="text")
    return _short("text", tidy, REMARK_MAX)


def remark(text: str) -> str:
    """Return what somebody adds to a decision, tidied; it may be empty.

    Raises:
        Refusal: `text_too_long`.

    """
    return _short("remark", " ".join(text.split()), REMARK_MAX)


def _title(name: str, value: object) -> str:
    title = tidy_name(str(value))
    if not title:
        raise Refusal("title_missing", _("The roster has no title. Enter one."), field=name)
    return _short(name, title, TITLE_MAX)


def _text(name: str, value: object) -> str:
    return _short(name, str(value).strip(), TEXT_MAX)


def _short(name: str, text: str, most: int) -> str:
    if len(text) > most:
        sentence = _("The text has %(length)s characters; shorten it to %(max)s.")
        raise Refusal("text_too_long", sentence % {"length": len(text), "max": most}, field=name)
    return text


def _ground(name: str, value: object) -> LegalGround:
    if value not in LegalGround.values:
        sentence = _("There is no such legal ground. Choose one of the list.")
        raise Refusal("ground_unknown", sentence, field=name)
    return LegalGround(str(value))


def _day(name: str, value: object) -> date | None:
    if value is not None and (not isinstance(value, date) or isinstance(value, datetime)):
        raise Refusal("date_invalid", _("This is not a date. Enter one day, such as 2020-04-21."), field=name)
    return value


_FACTS = {"title": _title, "purpose": _text, "notice": _text, "legal_ground": _ground, "retain_until": _day}
