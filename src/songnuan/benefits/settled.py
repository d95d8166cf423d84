"""What was settled already, as it is told: one sum or some days of one person, and what may be told; pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from dataclasses import field as made_by
from datetime import date
from types import MappingProxyType
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from songnuan.kernel.faults import sentence
from songnuan.kernel.money import yuan
from songnuan.kernel.refusal import Refusal

SOURCE_MOST: Final = 200
WHY_MOST: Final = 200
AMOUNT_MOST: Final = 10_000_000_00
"""The largest sum of one row, in fen: what is more is a slip, and many of them could not be added up."""


@dataclass(frozen=True, slots=True)
class Settled:
    """A sum, or days of service, that somebody had already; the persons by their ids, the sum in fen.

    `payee_id` had it, `qualifier_id` served for it; `starts_on` and `ends_on` are the days that were paid.
    """

    payee_id: int | None
    qualifier_id: int | None
    starts_on: date | None
    ends_on: date | None
    amount_minor: int
    paid_on: date
    source: str

    @property
    def told(self) -> tuple[int | None, int | None, date | None, date | None, int, date]:
        """What makes it the same as another, whoever paid it."""
        return (
            self.payee_id,
            self.qualifier_id,
            self.starts_on,
            self.ends_on,
            self.amount_minor,
            self.paid_on,
        )


@dataclass(frozen=True, slots=True)
class Recorded:
    """What came of rows: how many are new, how many stood already, and the sum of the new ones in fen.

    `digest` is that of the new rows, and of the file that told them.
    """

    rows: int
    known: int
    total_minor: int
    digest: str = ""


SENTENCES: Final[Mapping[str, Promise]] = MappingProxyType(
    {
        "settled_nothing": _("Neither a sum nor days are told. Enter the sum in yuan, or both days."),
        "settled_payee": _("Who had this sum is missing. Enter the name or the identity number."),
        "settled_relative": _("Whose service these days are of is missing. Enter the relative."),
        "settled_first": _("The first of the days that were paid is missing. Enter both days."),
        "settled_last": _("The last of the days that were paid is missing. Enter both days."),
        "settled_order": _("The last of the days that were paid is before the first. Correct the wrong one."),
        "settled_days_future": _("The last of the days that were paid is still to come. Correct it."),
        "settled_paid_missing": _("The day on which it was paid is missing. Enter it."),
        "settled_paid_future": _("The day on which it was paid is still to come. Correct it."),
        "settled_amount": _("The sum is more than %(most)s yuan for one person. Correct it."),
        "settled_source": _("Who paid it is missing. Enter the unit or union that did."),
        "settled_source_long": _("Who paid it has more than %(length)s characters. Shorten it."),
        "settled_own": _("This standard pays those who served themselves. Leave the relative empty."),
        "settled_money": _(
            "“%(text)s” is not a sum in yuan. Write digits with at most two decimals, such as 14,100.00."
        ),
        "settled_number_unknown": _(
            "Nobody in the register has this identity number. Compare it with the paper, or bring in the"
            " roster of people first."
        ),
        "settled_name_unknown": _(
            "Nobody could be told by this name. Add the identity number, or bring in the roster of people"
            " first."
        ),
        "settled_several": _("Several people have this name. Add the identity number."),
        "settled_twice": _("The same stands in row %(row)s already. Leave one of the two."),
    }
)
"""What can be wrong with a row: what it is, and what to do."""


@dataclass(frozen=True, slots=True)
class RowFault:
    """What is wrong with a field of a row, by the row's number; the facts name nobody."""

    row: int
    field: str
    code: str
    facts: Mapping[str, str | int] = made_by(default_factory=dict)

    @property
    def sentence(self) -> str:
        """What is wrong and what to do, in the reader's language."""
        return sentence_of(self.code, self.facts)


def sentence_of(code: str, facts: Mapping[str, str | int] = MappingProxyType({})) -> str:
    """Return the sentence of one of `SENTENCES`, or of a fault of a cell, in the reader's language."""
    if code in SENTENCES:
        return str(SENTENCES[code]) % {"most": yuan(AMOUNT_MOST), "length": SOURCE_MOST, **facts}
    return sentence(code, facts)


def wrong(row: Settled, today: date) -> tuple[str, str] | None:
    """Return the field and the code of what is wrong with a row; None when it may be recorded."""
    first, last = row.starts_on, row.ends_on
    has_days = first is not None or last is not None
    checks = (
        (not has_days and row.amount_minor <= 0, "amount", "settled_nothing"),
        (first is None and has_days, "starts_on", "settled_first"),
        (last is None and has_days, "ends_on", "settled_last"),
        (first is not None and last is not None and last < first, "ends_on", "settled_order"),
        (last is not None and last > today, "ends_on", "settled_days_future"),
        (row.amount_minor > 0 and row.payee_id is None, "payee_name", "settled_payee"),
        (has_days and row.qualifier_id is None, "relative_name", "settled_relative"),
        (not 0 <= row.amount_minor <= AMOUNT_MOST, "amount", "settled_amount"),
        (row.paid_on > today, "paid_on", "settled_paid_future"),
        (not row.source.strip(), "source", "settled_source"),
        (len(row.source) > SOURCE_MOST, "source", "settled_source_long"),
    )
    return next(((field, code) for is_wrong, field, code in checks if is_wrong), None)


def why(text: str) -> str:
    """Return why something is withdrawn, tidied.

    Raises:
        Refusal: `settled_why` when nothing is said, or too much.

    """
    tidy = " ".join(text.split())
    if not tidy:
        raise Refusal("settled_why", str(_("Say why it is withdrawn.")), field="why")
    if len(tidy) > WHY_MOST:
        told = str(_("The reason has more than %(length)s characters. Shorten it.")) % {"length": WHY_MOST}
        raise Refusal("settled_why", told, field="why")
    return tidy
