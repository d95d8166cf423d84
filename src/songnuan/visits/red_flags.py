"""Signs that something may be amiss with purchases and receipts: pure rules, each with its sentence.

A sign is no finding: it says where to look. Its key stays the same while what it is about does, so that a
note on it is found again.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import pairwise

from django.utils.translation import gettext as _

from songnuan.kernel.bulk import digest_rows
from songnuan.kernel.clock import CHINA
from songnuan.kernel.days import written
from songnuan.kernel.money import yuan
from songnuan.kernel.workdays import CalendarEnds, is_workday

# Sums from which houses commonly ask for one more signature or for a comparison of prices, in fen.
THRESHOLDS_MINOR = (1_000_00, 5_000_00, 10_000_00, 50_000_00, 100_000_00)
BELOW_PER_CENT = 3
SPLIT_DAYS = 3
ENTERED_DAYS = 7
INVOICE_DAYS = 7
REPORTED_DAYS = 2
HANDED_DAYS = 3
AT_ONCE = timedelta(minutes=1)
DAWN, DUSK = time(6), time(22)
NAMES_LEAST = 3


@dataclass(frozen=True, slots=True)
class PurchaseSeen:
    """One purchase as the rules look at it; sums in fen.

    `unproved_days` is for how many days it has been paid without the picture of its invoice.
    """

    purchase_id: int
    number: int
    supplier: str
    bought_on: date
    entered_on: date
    total_minor: int
    is_cancelled: bool
    unproved_days: int = 0


@dataclass(frozen=True, slots=True)
class ReceiptSeen:
    """One receipt as the rules look at it: of a visit, or of an issue at the store; the other is None.

    `in_store_at` is when the first goods of its kit came into the store, None where none did. `person` is who
    recorded it, `signature` names the picture of the signature, None where there is none. `is_later`: the
    unit signed for it after the visit. At the store `visited_at` is when the kit was given out, of which the
    day alone is known unless it was entered then, and `received_at` when that was entered.
    """

    visit_id: int | None
    unit: str
    lead_id: int
    lead: str
    compound: str
    person: int | None
    handed_at: datetime
    visited_at: datetime
    received_at: datetime
    in_store_at: datetime | None
    signature: int | None
    by_name: bool
    is_later: bool = False
    issue_id: int | None = None

    @property
    def is_at_store(self) -> bool:
        """Whether the unit got it straight out of the store."""
        return self.visit_id is None

    @property
    def entered_after(self) -> int:
        """How many days after the visit, or after it was given out, it was entered."""
        return (_day(self.received_at) - _day(self.visited_at)).days


@dataclass(frozen=True, slots=True)
class CallSeen:
    """One unit of a sample that was called back and said that something is amiss.

    `said` is what, `changed` the result of a later call that found it in order, or reached nobody.
    """

    receipt_id: int
    unit: str
    said: str
    changed: str = ""


@dataclass(frozen=True, slots=True)
class Flag:
    """One sign: its rule, what it is about, and the sentence."""

    code: str
    subjects: tuple[str, ...]
    sentence: str

    @property
    def key(self) -> str:
        """Return what names it."""
        return f"{self.code}:{digest_rows([self.subjects])[:24]}"


def flags(
    purchases: Sequence[PurchaseSeen], receipts: Sequence[ReceiptSeen], calls: Sequence[CallSeen] = ()
) -> list[Flag]:
    """Return every sign once: what units said first, then purchases, then receipts.

    A unit that got its kit in parts signed twice for one visit; what is said of the visit is said once.
    """
    standing = [row for row in purchases if not row.is_cancelled]
    found = [
        *_called_amiss(calls),
        *_below_threshold(standing),
        *_split(standing),
        *_no_workday(standing),
        *_entered_late(standing),
        *_without_invoice(standing),
        *_before_stock(receipts),
        *_same_signature(receipts),
        *_two_at_once(receipts),
        *_at_night(receipts),
        *_handed_later(receipts),
        *_reported_late(receipts),
        *_late_by_name(receipts),
        *_without_signatures(receipts),
    ]
    once: dict[str, Flag] = {}
    for flag in found:
        once.setdefault(flag.key, flag)
    return list(once.values())


def _bought(row: PurchaseSeen) -> str:
    return f"goods.purchase:{row.purchase_id}"


def _occasion(row: ReceiptSeen) -> str:
    return f"goods.issue:{row.issue_id}" if row.is_at_store else f"visits.visit:{row.visit_id}"


def _called_amiss(rows: Sequence[CallSeen]) -> Iterator[Flag]:
    for row in rows:
        sentence = _("%(unit)s was called back, and says of its kit: %(said)s.")
        if row.changed:
            sentence = _(
                "%(unit)s was called back, and said of its kit: %(said)s. The result of a later call is: "
                "%(changed)s."
            )
        facts = {"unit": row.unit, "said": row.said, "changed": row.changed}
        yield Flag("called_amiss", (f"visits.receipt:{row.receipt_id}",), sentence % facts)


def _below_threshold(rows: Sequence[PurchaseSeen]) -> Iterator[Flag]:
    for row in rows:
        for limit in THRESHOLDS_MINOR:
            if limit * (100 - BELOW_PER_CENT) <= row.total_minor * 100 < limit * 100:
                sentence = _(
                    "Purchase %(number)s comes to %(total)s yuan, just below %(limit)s yuan, from which more"
                    " is commonly asked."
                )
                facts = {"number": row.number, "total": yuan(row.total_minor), "limit": yuan(limit)}
                yield Flag("below_threshold", (_bought(row),), sentence % facts)


def _split(rows: Sequence[PurchaseSeen]) -> Iterator[Flag]:
    """Yield one sign for all purchases of a supplier of which each came within days of the one before.

    When one more is bought the sign is another: whoever noted the smaller sum has to look at the larger.
    """
    for found in _close_together(rows):
        if len(found) == 2:
            sentence = _(
                "Purchases %(one)s and %(other)s are from the same supplier within %(days)s days, together"
                " %(total)s yuan: one purchase may have been split."
            )
        else:
            sentence = _(
                "Purchases %(numbers)s are from the same supplier, each within %(days)s days of the one"
                " before, together %(total)s yuan: one purchase may have been split."
            )
        facts = {
            "one": found[0].number,
            "other": found[-1].number,
            "numbers": "、".join(str(row.number) for row in found),
            "days": SPLIT_DAYS,
            "total": yuan(sum(row.total_minor for row in found)),
        }
        yield Flag("split", tuple(map(_bought, found)), sentence % facts)


def _close_together(rows: Sequence[PurchaseSeen]) -> Iterator[list[PurchaseSeen]]:
    """Yield two or more purchases of one supplier without a longer pause between them, by their numbers."""
    by_supplier: dict[str, list[PurchaseSeen]] = defaultdict(list)
    for row in rows:
        by_supplier[row.supplier].append(row)
    for found in by_supplier.values():
        ordered = sorted(found, key=lambda row: (row.bought_on, row.number))
        groups = [[ordered[0]]]
        for one, other in pairwise(ordered):
            if other.bought_on - one.bought_on > timedelta(SPLIT_DAYS):
                groups.append([])
            groups[-1].append(other)
        yield from (sorted(some, key=lambda row: row.number) for some in groups if len(some) > 1)


def _no_workday(rows: Sequence[PurchaseSeen]) -> Iterator[Flag]:
    for row in rows:
        if not _works(row.bought_on):
            sentence = _("Purchase %(number)s was made on %(day)s, when nobody works.")
            facts = {"number": row.number, "day": written(row.bought_on, "full")}
            yield Flag("no_workday", (_bought(row),), sentence % facts)


def _works(day: date) -> bool:
    """Return whether people work on a day; where the table of working days ends, from Monday to Friday."""
    try:
        return is_workday(day)
    except CalendarEnds:
        return day.weekday() < 5


def _entered_late(rows: Sequence[PurchaseSeen]) -> Iterator[Flag]:
    for row in rows:
        days = (row.entered_on - row.bought_on).days
        if days >= ENTERED_DAYS:
            sentence = _("Purchase %(number)s was entered %(days)s days after it was made.")
            yield Flag("entered_late", (_bought(row),), sentence % {"number": row.number, "days": days})


def _without_invoice(rows: Sequence[PurchaseSeen]) -> Iterator[Flag]:
    for row in rows:
        if row.unproved_days > INVOICE_DAYS:
            sentence = _(
                "Purchase %(number)s was paid %(days)s days ago, and the picture of its invoice is lacking."
            )
            facts = {"number": row.number, "days": row.unproved_days}
            yield Flag("without_invoice", (_bought(row),), sentence % facts)


def _before_stock(rows: Sequence[ReceiptSeen]) -> Iterator[Flag]:
    for row in rows:
        if row.in_store_at is None or _came_before(row, row.in_store_at):
            sentence = _("%(unit)s signed on %(time)s, before any goods had come into the store.")
            facts = {"unit": row.unit, "time": _moment(row.handed_at)}
            yield Flag("before_stock", (_occasion(row),), sentence % facts)


def _came_before(row: ReceiptSeen, moment: datetime) -> bool:
    if row.is_at_store:
        return _day(row.handed_at) < _day(moment)
    return row.handed_at < moment


def _same_signature(rows: Sequence[ReceiptSeen]) -> Iterator[Flag]:
    same: dict[int, list[ReceiptSeen]] = defaultdict(list)
    for row in rows:
        if row.signature is not None:
            same[row.signature].append(row)
    for found in same.values():
        if len(found) > 1:
            sentence = _("The very same picture of a signature stands for %(units)s.")
            units = "、".join(row.unit for row in found)
            yield Flag("same_signature", tuple(map(_occasion, found)), sentence % {"units": units})


def _two_at_once(rows: Sequence[ReceiptSeen]) -> Iterator[Flag]:
    """Yield one sign for two visits of a person; to the store units come, and its hours are not known."""
    by_person: dict[int, list[ReceiptSeen]] = defaultdict(list)
    for row in rows:
        if row.person is not None and not row.is_at_store:
            by_person[row.person].append(row)
    for found in by_person.values():
        ordered = sorted(found, key=lambda row: row.handed_at)
        for one, other in pairwise(ordered):
            if other.handed_at - one.handed_at < AT_ONCE and one.compound != other.compound:
                sentence = _(
                    "%(one)s and %(other)s signed within a minute for the same person, and lie at different"
                    " compounds."
                )
                facts = {"one": one.unit, "other": other.unit}
                yield Flag("two_at_once", (_occasion(one), _occasion(other)), sentence % facts)


def _at_night(rows: Sequence[ReceiptSeen]) -> Iterator[Flag]:
    for row in rows:
        if not DAWN <= row.handed_at.astimezone(CHINA).time() < DUSK:
            sentence = _("%(unit)s signed at night, %(time)s.")
            if row.is_at_store:
                sentence = _("What %(unit)s got at the store was entered at night, %(time)s.")
            facts = {"unit": row.unit, "time": _moment(row.handed_at)}
            yield Flag("at_night", (_occasion(row),), sentence % facts)


def _handed_later(rows: Sequence[ReceiptSeen]) -> Iterator[Flag]:
    for row in rows:
        days = (_day(row.handed_at) - _day(row.visited_at)).days
        if days >= HANDED_DAYS:
            sentence = _("%(unit)s got its kit %(days)s days after the visit.")
            yield Flag("handed_later", (_occasion(row),), sentence % {"unit": row.unit, "days": days})


def _reported_late(rows: Sequence[ReceiptSeen]) -> Iterator[Flag]:
    for row in rows:
        days = row.entered_after
        if days >= REPORTED_DAYS:
            sentence = _("The visit to %(unit)s was entered %(days)s days after it took place.")
            if row.is_at_store:
                sentence = _("What %(unit)s got at the store was entered %(days)s days after that.")
            yield Flag("reported_late", (_occasion(row),), sentence % {"unit": row.unit, "days": days})


def _late_by_name(rows: Sequence[ReceiptSeen]) -> Iterator[Flag]:
    for row in rows:
        days = row.entered_after
        if row.by_name and days > 0 and not row.is_later:
            sentence = _(
                "%(unit)s confirmed its kit by name only, and the visit was entered %(days)s days later."
            )
            if row.is_at_store:
                sentence = _(
                    "%(unit)s confirmed its kit at the store by name only, and that was entered %(days)s days"
                    " later."
                )
            yield Flag("late_by_name", (_occasion(row),), sentence % {"unit": row.unit, "days": days})


def _without_signatures(rows: Sequence[ReceiptSeen]) -> Iterator[Flag]:
    by_lead: dict[int, list[ReceiptSeen]] = defaultdict(list)
    for row in rows:
        by_lead[row.lead_id].append(row)
    for found in by_lead.values():
        unsigned = [row for row in found if row.signature is None]
        if len(unsigned) >= NAMES_LEAST and 2 * len(unsigned) > len(found):
            sentence = _("%(count)s of %(all)s receipts of %(lead)s bear no signature by hand.")
            facts = {"count": len(unsigned), "all": len(found), "lead": found[0].lead}
            yield Flag("without_signatures", tuple(map(_occasion, unsigned)), sentence % facts)


def _day(moment: datetime) -> date:
    return moment.astimezone(CHINA).date()


def _moment(moment: datetime) -> str:
    return written(moment.astimezone(CHINA), "moment")
