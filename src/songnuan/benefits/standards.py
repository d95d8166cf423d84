"""A standard (标准) as it is computed with: parts that are added up, of each the first row that holds.

Amounts are fen. Pure: it knows no database and no file.
"""

from dataclasses import dataclass
from datetime import date

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class By(TextChoices):
    """By what the rows of a part are counted."""

    ONCE = "once", _("once")
    DAY = "day", _("by the day")
    HALF_DAY = "half_day", _("by the half day")
    MONTH = "month", _("by the month")


class Payee(TextChoices):
    """Who is paid for whose service."""

    SELF = "self", _("those who served")
    RELATIVE = "relative", _("employees whose spouse, parent or child served")


HALF_AT_MOST = 240
"""Minutes up to which a service of one day is half a day."""


@dataclass(frozen=True, slots=True)
class Row:
    """A row (档) of a part: conditions and what a day, month or time is worth under it.

    An empty condition holds for everybody. `amount_minor` is None while it is open (XX).
    """

    key: str
    label: str
    amount_minor: int | None
    factor: int = 1
    places: tuple[str, ...] = ()
    posts: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    relations: tuple[str, ...] = ()
    direct_contact: bool | None = None
    days_least: int = 0

    @property
    def worth_minor(self) -> int:
        """What counting once under this row is worth; an open amount is worth nothing yet."""
        return (self.amount_minor or 0) * self.factor

    @property
    def is_open(self) -> bool:
        """Whether its amount is still to be decided."""
        return self.amount_minor is None


@dataclass(frozen=True, slots=True)
class Part:
    """A part (部分) of a standard: rows counted by the same, tried from the top."""

    by: By
    rows: tuple[Row, ...]

    def ranked(self) -> list[tuple[int, Row]]:
        """Return the rows with their places, those worth most first; of equals the upper one."""
        return sorted(enumerate(self.rows), key=lambda told: (-told[1].worth_minor, told[0]))


@dataclass(frozen=True, slots=True)
class Standard:
    """A standard: its parts, the days within which service counts, and what limits a sum (fen)."""

    parts: tuple[Part, ...]
    starts_on: date
    ends_on: date | None = None
    cap_time_minor: int | None = None
    cap_year_minor: int | None = None
    payee: Payee = Payee.SELF

    def last_day(self, as_of: date) -> date:
        """Return the last day that counts in a list made for a day."""
        return min(self.ends_on or as_of, as_of)
