"""What is bought in parts counts as one, as far as comparing prices goes: pure decisions. Prices in fen."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from django.utils.translation import gettext as _

from songnuan.goods.request_rules import Comparing
from songnuan.goods.rules import Draft, Problem
from songnuan.kernel.money import yuan
from songnuan.kernel.refusal import Fact

WINDOW = timedelta(days=7)
"""Purchases of one need within so many days are one purchase, as far as comparing goes."""


@dataclass(frozen=True, slots=True)
class Apart:
    """A purchase that was made without comparing, for the same need as another or from its supplier."""

    number: int
    bought_on: date
    total_minor: int


def largest_week(day: date, others: Iterable[Apart]) -> list[Apart]:
    """Return those of `others` that come to the most within seven days that hold `day`."""
    rows = list(others)
    starts = (day - timedelta(days=back) for back in range(WINDOW.days))
    weeks = ([row for row in rows if start <= row.bought_on < start + WINDOW] for start in starts)
    return max(weeks, key=lambda week: sum(row.total_minor for row in week))


def examine_comparing(
    draft: Draft, comparing: Comparing, others: Sequence[Apart], *, is_compared: bool
) -> list[Problem]:
    """Return the problem of a purchase whose prices should have been compared and were not.

    `others` were bought out of the same fund without comparing: from the same supplier, or outright for the
    same need. What is bought so in parts within seven days counts as one. Code: `comparison_missing`.
    """
    week = largest_week(draft.bought_on, others)
    before = sum(row.total_minor for row in week)
    total = before + draft.total_minor
    if is_compared or not comparing.asks(total):
        return []
    words = {
        "from": yuan(comparing.from_minor or 0),
        "asked": yuan(draft.total_minor),
        "before": yuan(before),
        "total": yuan(total),
        "least": comparing.least,
        "numbers": "、".join(str(row.number) for row in sorted(week, key=lambda row: row.number)),
    }
    if before:
        sentence = _(
            "Within seven days, %(before)s yuan were bought without comparing for the same need or from this"
            " supplier (purchase %(numbers)s). With this one, %(asked)s yuan, it comes to %(total)s yuan;"
            " from %(from)s yuan on, prices are compared. Have a request approved and compare at least"
            " %(least)s quotations."
        )
    else:
        sentence = _(
            "This purchase costs %(asked)s yuan; from %(from)s yuan on, prices are compared. Have a request"
            " approved and compare at least %(least)s quotations."
        )
    facts: dict[str, Fact] = {
        "asked_minor": draft.total_minor,
        "before_minor": before,
        "from_minor": comparing.from_minor,
    }
    return [Problem("comparison_missing", sentence % words, "lines", facts)]
