"""Codes with which people see what is held of them: how one looks, how long it holds, what goes with it."""

import re
from datetime import date, datetime, timedelta
from typing import Final
from unicodedata import normalize

from django.db.models import Q

from songnuan.kernel import codes
from songnuan.kernel.actor import Actor
from songnuan.kernel.sealed import blind_index, place_of
from songnuan.people import rules
from songnuan.people.columns import INDEX_DIGITS
from songnuan.people.models import AccessCode, Person

DIGITS: Final = "23456789"
"""Codes are made of these alone: they can be read aloud, and entered with the keys for numbers."""

LENGTH: Final = 12
ENDING: Final = 4
VALID: Final = timedelta(days=14)
FAILURES: Final = 5
OPEN_FOR: Final = timedelta(minutes=15)
"""How long what a code opened stays open."""

AGAIN: Final = timedelta(minutes=2)
"""How long a code opens what it opened: a second tap, or a connection that broke, is the same visit."""

_GROUP: Final = 4
_PLACE: Final = place_of("people.accesscode", "digest")
_CODE: Final = re.compile(f"[{codes.SIGNS}]{{{LENGTH}}}")
_BETWEEN: Final = re.compile(r"[\s\-‐‑‒–—―−_.·]+")
_OWN: Final = "person:"


def fresh() -> str:
    """Return a new code, such as 7326-9845-2287."""
    signs = codes.drawn(LENGTH, DIGITS)
    return "-".join(signs[at : at + _GROUP] for at in range(0, LENGTH, _GROUP))


def plain(text: str) -> str:
    """Return what was typed in capitals and half-width signs, without spaces and hyphens."""
    return _BETWEEN.sub("", normalize("NFKC", text)).upper()


def is_code(text: str) -> bool:
    """Return whether a text may be a code at all."""
    return _CODE.fullmatch(plain(text)) is not None


def digest(text: str) -> str:
    """Return the blind index by which a code is kept, however it was typed."""
    return blind_index(_PLACE, plain(text))[:INDEX_DIGITS]


def ending_of(person: Person) -> str:
    """Return what a person enters beside the code: the last four of the number, else those of the phone.

    "" when neither is known.
    """
    number = person.id_number or re.sub("[^0-9]", "", person.phone or "")
    return number[-ENDING:] if len(number) >= ENDING else ""


def needs_guardian(person: Person, on: date) -> bool:
    """Return whether a parent or guardian asks for the code: for a minor, not for who came of age since."""
    return rules.is_young(person.birth_on, on, restricted=person.restricted)


def live(at: datetime) -> Q:
    """Return the condition that a code still opens something: it does once."""
    unused = Q(used_at__isnull=True) | Q(used_at__gt=at - AGAIN)
    return unused & Q(revoked_at__isnull=True, expires_at__gt=at, failed_count__lt=FAILURES)


def behind(code: AccessCode) -> Person:
    """Return whom a code is for now: who was merged stands for nobody any more."""
    return code.person.merged_into or code.person


def oneself(person_key: str) -> Actor:
    """Return the actor that a person is who came in with a code: without a post, and without a name."""
    return Actor(key=f"{_OWN}{person_key}", label="本人")
