"""What is due from somebody, as a letter tells it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum


class When(StrEnum):
    """How soon something is due."""

    LATE = "late"
    TODAY = "today"


@dataclass(frozen=True, slots=True)
class Fact:
    """One thing late, or due today. `plan` is a title, "" without one; `due_on` None where no day is set."""

    title: str
    detail: str
    plan: str
    url: str
    when: When
    due_on: date | None


def still_holds(url: str, facts: Iterable[Fact]) -> bool:
    """Return whether something that is due stands at the address to which a notice leads."""
    return any(fact.url.startswith(url) for fact in facts)
