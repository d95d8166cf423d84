"""What an assessment's facts give cause for: each concern with what is the matter and what to do. Pure."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from songnuan.kernel.days import written
from songnuan.organisation.permissions import Permission
from songnuan.people.assessment import CorrectionFact, HolderFact, LookFact, RosterFact
from songnuan.people.models.register import LegalGround, RosterStatus

LOOKS_A_DAY: Final = 20
"""Looks of one person at numbers in full on one day, beyond which somebody should ask what for."""

YEARS_KEPT: Final = 3
"""Years after a roster was made, beyond which its day of erasure needs a word."""


@dataclass(frozen=True, slots=True)
class Concern:
    """One thing to mend. `about` is a roster's key or somebody's, `name` what it is called."""

    code: str
    about: str = ""
    name: str = ""
    number: int = 0
    day: str = ""

    @property
    def matter(self) -> str:
        """Return what is the matter."""
        return str(_WORDS[self.code][0]) % self._values()

    @property
    def advice(self) -> str:
        """Return what to do."""
        return str(_WORDS[self.code][1]) % self._values()

    def _values(self) -> dict[str, object]:
        day = written(date.fromisoformat(self.day), "full") if self.day else ""
        return {"name": self.name, "number": self.number, "day": day, "years": YEARS_KEPT}


def concerns(
    *,
    rosters: list[RosterFact],
    holders: list[HolderFact],
    looks: list[LookFact],
    corrections: CorrectionFact,
    on: date,
) -> list[Concern]:
    """Return what to mend, the most urgent kind first."""
    found = [
        *(concern for roster in rosters for concern in _of_roster(roster, on)),
        *_of_holders(holders),
        *_of_looks(looks),
    ]
    if corrections["late"]:
        found.append(Concern("corrections_late", number=corrections["late"]))
    order = list(_WORDS)
    return sorted(found, key=lambda concern: order.index(concern.code))


def _of_roster(roster: RosterFact, on: date) -> Iterator[Concern]:
    if roster["status"] == RosterStatus.ERASED:
        return
    about, name = roster["key"], roster["title"]
    unfounded = roster["legal_ground"] == LegalGround.UNSTATED
    if unfounded and roster["minors"]:
        yield Concern("minors_unfounded", about, name, roster["minors"])
    elif unfounded:
        yield Concern("ground_missing", about, name)
    if not roster["purpose"]:
        yield Concern("purpose_missing", about, name)
    if not roster["notice"]:
        yield Concern("notice_missing", about, name)
    if roster["retain_until"] is None:
        yield Concern("retention_missing", about, name)
        return
    until, made = date.fromisoformat(roster["retain_until"]), date.fromisoformat(roster["created_on"])
    if until < on:
        yield Concern("retention_over", about, name, day=until.isoformat())
    elif until > _years_after(made):
        yield Concern("retention_long", about, name, day=until.isoformat())


def _of_holders(holders: list[HolderFact]) -> Iterator[Concern]:
    for holder in holders:
        may = set(holder["may"])
        if Permission.PRIVACY_MANAGE in may and may & {Permission.PEOPLE_SHOW, Permission.PEOPLE_IMPORT}:
            yield Concern("watches_oneself", holder["user"], holder["name"])
        if {Permission.ACCOUNT_MANAGE, Permission.PEOPLE_SHOW} <= may:
            yield Concern("admits_oneself", holder["user"], holder["name"])


def _of_looks(looks: list[LookFact]) -> Iterator[Concern]:
    for row in looks:
        if row["most"] > LOOKS_A_DAY:
            yield Concern("looks_many", row["user"], row["name"], row["most"], row["day"])


def _years_after(day: date) -> date:
    try:
        return day.replace(year=day.year + YEARS_KEPT)
    except ValueError:  # 29 February
        return day.replace(year=day.year + YEARS_KEPT, month=3, day=1)


# In the order in which they press.
_WORDS: Final[Mapping[str, tuple[Promise, Promise]]] = MappingProxyType(
    {
        "retention_over": (
            _("“%(name)s” was to be kept until %(day)s, and is still there."),
            _("It is erased in the night, unless a ground calls for a later day and somebody enters it."),
        ),
        "minors_unfounded": (
            _("On “%(name)s” stand minors (%(number)s), and no legal ground is stated."),
            _("Have the ground stated, for children under 14 a parent's consent too; or have it erased."),
        ),
        "ground_missing": (
            _("“%(name)s” states no legal ground."),
            _("Have the roster's office state it. Without one, the roster may not be kept."),
        ),
        "purpose_missing": (
            _("“%(name)s” does not say what it is for."),
            _("Have the roster's office state the purpose: what is kept must be needed for it."),
        ),
        "notice_missing": (
            _("For “%(name)s” no notice to the people on it is entered."),
            _("Have the text entered with which people were told what is kept of them, and why."),
        ),
        "retention_missing": (
            _("“%(name)s” is kept without an end."),
            _("Have a day set: the shortest time that the purpose needs."),
        ),
        "retention_long": (
            _("“%(name)s” is kept until %(day)s, more than %(years)s years after it was made."),
            _("Ask whether the purpose needs it so long, and say why in the judgement."),
        ),
        "corrections_late": (
            _("Corrections asked for have waited more than 15 working days: %(number)s."),
            _("Ask the union officers to answer them; whoever asks may expect an answer soon."),
        ),
        "looks_many": (
            _("%(name)s looked at numbers in full %(number)s times on %(day)s."),
            _("Read for what purposes, and ask whether a masked list would have done."),
        ),
        "watches_oneself": (
            _("%(name)s watches over the rosters and works with them too."),
            _("Have an administrator give one of the posts to somebody else."),
        ),
        "admits_oneself": (
            _("%(name)s gives out accounts and sees numbers in full too."),
            _("Have one of the posts given to somebody else: nobody should let oneself in."),
        ),
    }
)
