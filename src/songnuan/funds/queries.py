"""Reads of the funds for others. Every amount is in fen."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from songnuan.funds.models import Account, Commitment, Entry, Fund, Kind
from songnuan.funds.rules import is_late


@dataclass(frozen=True, slots=True)
class Balance:
    """What stands in a fund, in fen."""

    appropriated: int
    committed: int
    disbursed: int

    @property
    def available(self) -> int:
        """What can still be promised."""
        return self.appropriated - self.committed - self.disbursed


@dataclass(frozen=True, slots=True)
class FundRow:
    """One fund in a list, with its document and what stands in it."""

    fund_id: int
    title: str
    document_title: str
    document_number: str
    balance: Balance


@dataclass(frozen=True, slots=True)
class LedgerRow:
    """One entry, with the balance after it.

    `draws_on` and `reverses` are ids of entries. `late_entry` says that it was entered on a later day.
    """

    entry_id: int
    kind: str
    kind_label: str
    amount_minor: int
    happened_on: date
    at: datetime
    late_entry: bool
    entered_by: str
    subject: str
    clause_key: str
    voucher: str
    reason: str
    draws_on: int | None
    reverses: int | None
    is_reversed: bool
    after: Balance


def balance(fund_id: int) -> Balance:
    """Return what stands in the fund.

    Raises:
        Fund.DoesNotExist: When there is no such fund.

    """
    return _balance(Fund.objects.get(pk=fund_id))


def of_plan(plan_id: int) -> list[FundRow]:
    """Return the plan's funds in the order they were opened."""
    funds = Fund.objects.filter(plan_id=plan_id).select_related("document").order_by("pk")
    return [
        FundRow(
            fund_id=fund.pk,
            title=fund.title,
            document_title=fund.document.title,
            document_number=fund.document.number,
            balance=_balance(fund),
        )
        for fund in funds
    ]


def rest_of(entry_id: int) -> int:
    """Return what is left of a commitment; nothing is left of a reversed one.

    Raises:
        Commitment.DoesNotExist: When the entry is no commitment.

    """
    row = Commitment.objects.get(entry_id=entry_id)
    return 0 if row.is_reversed else row.amount_minor - row.disbursed_minor - row.released_minor


def held_by(entry_id: int) -> int:
    """Return what a commitment still holds back or has paid: nothing once reversed or released.

    Raises:
        Commitment.DoesNotExist: When the entry is no commitment.

    """
    row = Commitment.objects.get(entry_id=entry_id)
    return 0 if row.is_reversed else row.amount_minor - row.released_minor


def ledger(fund_id: int) -> list[LedgerRow]:
    """Return every entry of the fund in the order written, each with the balance after it."""
    entries = Entry.objects.filter(fund_id=fund_id).select_related("entered_by")
    rows = list(entries.prefetch_related("postings").order_by("pk"))
    reversed_ids = {entry.reverses_id for entry in rows}
    return [
        _row(entry, after, is_reversed=entry.pk in reversed_ids)
        for entry, after in zip(rows, _running(rows), strict=True)
    ]


def _balance(fund: Fund) -> Balance:
    return Balance(fund.appropriated_minor, fund.committed_minor, fund.disbursed_minor)


def _running(entries: Iterable[Entry]) -> Iterable[Balance]:
    totals = dict.fromkeys(Account, 0)
    for entry in entries:
        for posting in entry.postings.all():
            totals[Account(posting.account)] += posting.amount_minor
        yield Balance(-totals[Account.SOURCE], totals[Account.COMMITTED], totals[Account.DISBURSED])


def _row(entry: Entry, after: Balance, *, is_reversed: bool) -> LedgerRow:
    return LedgerRow(
        entry_id=entry.pk,
        kind=entry.kind,
        kind_label=str(Kind(entry.kind).label),
        amount_minor=entry.amount_minor,
        happened_on=entry.happened_on,
        at=entry.at,
        late_entry=is_late(entry.happened_on, entry.at),
        entered_by=entry.entered_by.name if entry.entered_by else "",
        subject=entry.subject,
        clause_key=entry.clause_key,
        voucher=entry.voucher,
        reason=entry.reason,
        draws_on=entry.commitment_id,
        reverses=entry.reverses_id,
        is_reversed=is_reversed,
        after=after,
    )
