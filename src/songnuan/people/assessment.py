"""What an impact assessment is made of: the shape of its facts, the judgement, and its digest. Pure.

The facts are kept as JSON with a version that is signed, so a name here is never given another meaning.
Days are ISO text.
"""

import hashlib
import json
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any, Final, NotRequired, TypedDict

from django.db import models
from django.utils.translation import gettext as _
from django.utils.translation import pgettext_lazy

from songnuan.audit.chain import canonical
from songnuan.kernel.refusal import Refusal
from songnuan.people.rules import TEXT_MAX


class RosterFact(TypedDict):
    """What a roster says of itself, and how many stand on it."""

    key: str
    title: str
    kind: str
    unit: str
    status: str
    purpose: str
    legal_ground: str
    notice: str
    created_on: str
    retain_until: str | None
    people: int
    minors: int


class FieldFact(TypedDict):
    """A field that may be told of somebody, and of how many it is."""

    field: str
    sealed: bool
    held: int


class BesideFact(TypedDict):
    """What is kept of people beside the register: a column, "app.model.field", and how many rows tell it."""

    place: str
    sealed: bool
    held: int


class ShownFact(TypedDict):
    """Who looked up contacts of units and made papers with names in full, which ask for no purpose."""

    user: str
    name: str
    contacts: int
    papers: int


class RoleFact(TypedDict):
    """A post that lets people see or change the register, and how many hold it."""

    role: str
    users: int
    may: list[str]


class HolderFact(TypedDict):
    """Somebody who holds more than one such permission, from whatever post."""

    user: str
    name: str
    may: list[str]


class LookFact(TypedDict):
    """Who looked at numbers in full, how often, and how often on the day with the most."""

    user: str
    name: str
    looks: int
    most: int
    day: str


class CorrectionFact(TypedDict):
    """What was asked for by those in the register. `median` is in working days, None before any answer."""

    open: int
    late: int
    accepted: int
    declined: int
    median: float | None


class DueFact(TypedDict):
    """A roster that is to be erased soon, or should be by now."""

    key: str
    title: str
    day: str


class ErasureFact(TypedDict):
    """What was erased so far, and what is next."""

    rosters: int
    persons: int
    due: list[DueFact]


class KeyFact(TypedDict):
    """The sealing key: its id, since when (None when that was not noted), and what is under older ones."""

    current: str
    since: str | None
    keys: int
    old: int


class OutflowFact(TypedDict):
    """How often facts of people left the house, by the way they took."""

    way: str
    count: int


class Facts(TypedDict):
    """Everything the system itself knows for the assessment, on one day.

    Versions signed before the house told of them lack `beside`, `shown` and `papers`.
    """

    day: str
    since: str
    house: list[str]
    rosters: list[RosterFact]
    persons: int
    minors: int
    fields: list[FieldFact]
    roles: list[RoleFact]
    holders: list[HolderFact]
    looks: list[LookFact]
    beside: NotRequired[list[BesideFact]]
    shown: NotRequired[list[ShownFact]]
    corrections: CorrectionFact
    erasures: ErasureFact
    keys: KeyFact
    outflow: list[OutflowFact]
    papers: NotRequired[list[OutflowFact]]


class Level(models.TextChoices):
    """How high the risk is that remains."""

    LOW = "low", pgettext_lazy("risk", "low")
    MEDIUM = "medium", pgettext_lazy("risk", "medium")
    HIGH = "high", pgettext_lazy("risk", "high")


@dataclass(frozen=True, slots=True)
class Judgement:
    """What the officer judges, in three texts: as the law asks for, and how high the risk is."""

    lawful: str
    impact: str
    level: str
    measures: str

    def text(self) -> str:
        """Return it as it is kept."""
        return canonical(asdict(self))


_GROWING: Final = frozenset({"beside", "shown", "papers"})
TEXTS: Final = ("lawful", "impact", "measures")


def judgement(*, lawful: str, impact: str, level: str, measures: str) -> Judgement:
    """Return the judgement, tidied.

    Raises:
        Refusal: `judgement_missing`, `text_too_long`, `level_unknown`, each with its field.

    """
    told = {"lawful": _text("lawful", lawful), "impact": _text("impact", impact)}
    told["measures"] = _text("measures", measures)
    if level not in Level.values:
        sentence = _("Choose how high the risk is: low, medium or high.")
        raise Refusal("level_unknown", sentence, field="level")
    return Judgement(**told, level=level)


def judgement_of(text: str) -> Judgement:
    """Return a judgement as it was kept."""
    return Judgement(**json.loads(text))


def digest_of_facts(facts: Facts) -> str:
    """Return the SHA-256 (hex) of facts: what somebody read is what is signed.

    What is kept and looked up beside the rosters grows with every visit, and so do the papers made; that they
    grew asks for no new look.
    """
    return _digest({name: value for name, value in facts.items() if name not in _GROWING})


def digest(*, number: int, facts: Any, judgement: str, made_by: int, made_at: datetime) -> str:  # noqa: ANN401 - JSON
    """Return the SHA-256 (hex) of a version: number, facts, judgement, who signed it and when."""
    moment = made_at.astimezone(UTC).isoformat(timespec="microseconds")
    return _digest([number, facts, judgement, made_by, moment])


def _digest(document: object) -> str:
    return hashlib.sha256(canonical(document).encode()).hexdigest()


def _text(field: str, text: str) -> str:
    tidy = "\n".join(line.rstrip() for line in text.strip().splitlines())
    if not tidy:
        sentence = _("This part of the judgement is empty. Write it: it is what you stand for.")
        raise Refusal("judgement_missing", sentence, field=field)
    if len(tidy) > TEXT_MAX:
        sentence = _("The text has %(length)s characters; shorten it to %(max)s.")
        raise Refusal("text_too_long", sentence % {"length": len(tidy), "max": TEXT_MAX}, field=field)
    return tidy
