"""What is due from somebody, as a letter tells it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum


class When(StrEnum):
    """How soon something is due."""

    LATE = "late"
    TODAY = "today"
    SOON = "soon"


@dataclass(frozen=True, slots=True)
class Fact:
    """One thing due. `plan` is its plan's title, "" without one; `due_on` None where no day is set."""

    title: str
    detail: str
    plan: str
    url: str
    when: When
    due_on: date | None


def still_holds(url: str, facts: Iterable[Fact]) -> bool:
    """Return whether something late or of today stands at the address to which a notice leads."""
    return any(fact.url.startswith(url) for fact in facts if fact.when is not When.SOON)
