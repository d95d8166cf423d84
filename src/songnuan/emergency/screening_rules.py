"""Pure decisions about screening: what a round has to be, what a unit may report, coverage."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _

from songnuan.emergency.report_rules import nodes_of
from songnuan.kernel.refusal import Refusal

TITLE_LONGEST, REASON_LONGEST = 120, 400
DAYS_MOST = 92
PEOPLE_MOST = 1_000_000
UNITS_MOST = 20_000


@dataclass(frozen=True, slots=True)
class Coverage:
    """What is counted of units together."""

    units: int = 0
    reported: int = 0
    expected: int = 0
    screened: int = 0
    unwell: int = 0

    def __add__(self, other: "Coverage") -> "Coverage":
        """Return both together."""
        return Coverage(
            self.units + other.units,
            self.reported + other.reported,
            self.expected + other.expected,
            self.screened + other.screened,
            self.unwell + other.unwell,
        )

    @property
    def permille(self) -> int | None:
        """Screened of expected, in thousandths, rounded down; None where nobody is expected."""
        return self.screened * 1000 // self.expected if self.expected else None


def by_node(shares: Iterable[tuple[str, Coverage]]) -> Mapping[int, Coverage]:
    """Return what is counted of every node, from the paths of shares: each counts for all on it."""
    found: dict[int, Coverage] = {}
    for path, own in shares:
        for node in nodes_of(path):
            found[node] = found.get(node, Coverage()) + own
    return found


def checked_round(title: str, first_on: date, last_on: date) -> str:
    """Return the title of a round that can be.

    Raises:
        Refusal: `round_title`, `round_days`.

    """
    told = " ".join(title.split())
    if not 0 < len(told) <= TITLE_LONGEST:
        sentence = _("Give the round a title of at most %(most)s characters.")
        raise Refusal("round_title", sentence % {"most": TITLE_LONGEST}, field="title")
    if not 0 <= (last_on - first_on).days < DAYS_MOST:
        sentence = _("The last day lies on the first or after it, at most %(most)s days in all.")
        raise Refusal("round_days", sentence % {"most": DAYS_MOST}, field="last_on")
    return told


def checked_report(*, screened: int, unwell: int, reason: str, expected: int, before: int) -> str:
    """Return the reason of a report that can be; needed where fewer are screened than were said before.

    Raises:
        Refusal: `screened_beyond`, `unwell_beyond`, `reason_missing`, `text_too_long`.

    """
    if not 0 <= screened <= expected:
        sentence = _("At most %(expected)s people are to be screened here. Enter how many have been so far.")
        raise Refusal("screened_beyond", sentence % {"expected": expected}, field="screened")
    if not 0 <= unwell <= screened:
        sentence = _("At most as many are unwell as were screened.")
        raise Refusal("unwell_beyond", sentence, field="unwell")
    told = reason.strip()
    if screened < before and not told:
        sentence = _("Fewer than the %(before)s said before: say why.") % {"before": before}
        raise Refusal("reason_missing", sentence, field="reason")
    if len(told) > REASON_LONGEST:
        sentence = _("Write at most %(most)s characters here.") % {"most": REASON_LONGEST}
        raise Refusal("text_too_long", sentence, field="reason")
    return told
