"""Reads of the funds for others. Every amount is in fen."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Count, Exists, OuterRef, QuerySet, Sum

from songnuan.funds.models import VOUCHED, Account, Commitment, Entry, Fund, Kind, Posting
from songnuan.funds.rules import is_late


@dataclass(frozen=True, slots=True)
class Balance:
    """What stands in a fund, in fen."""

    appropriated: int
    committed: int
    disbursed: int
    returned: int

    @property
    def available(self) -> int:
        """What can still be promised."""
        return self.appropriated - self.committed - self.disbursed - self.returned


@dataclass(frozen=True, slots=True)
class FundRow:
    """One fund in a list, with its document and what stands in it; `closed_at` is None while it is open."""

    fund_id: int
    title: str
    document_title: str
    document_number: str
    granted_minor: int
    closed_at: datetime | None
    balance: Balance


@dataclass(frozen=True, slots=True)
class LedgerRow:
    """One entry, with the balance after it.

    `draws_on` and `reverses` are ids of entries, `undoes` is the kind of the entry that is reversed.
    `late_entry` says that it was entered on a later day. `freed_minor` is what it added to what is
    available; below zero what it took, zero where it changed nothing of that.
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
    undoes: str
    is_reversed: bool
    freed_minor: int
    after: Balance


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which entries of a ledger: all, or those under some clauses, of some kinds, of the month of a day."""

    clause_keys: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()
    month: date | None = None

    def of(self, entries: QuerySet[Entry]) -> QuerySet[Entry]:
        """Return those of `entries` that are wanted."""
        if self.clause_keys:
            entries = entries.filter(clause_key__in=self.clause_keys)
        if self.kinds:
            entries = entries.filter(kind__in=self.kinds)
        if self.month:
            entries = entries.filter(happened_on__year=self.month.year, happened_on__month=self.month.month)
        return entries


ALL = Wanted()


def balance(fund_id: int) -> Balance:
    """Return what stands in the fund.

    Raises:
        Fund.DoesNotExist: When there is no such fund.

    """
    return balance_of(Fund.objects.get(pk=fund_id))


def balance_of(fund: Fund) -> Balance:
    """Return what stands in a fund that was read already."""
    return Balance(fund.appropriated_minor, fund.committed_minor, fund.disbursed_minor, fund.returned_minor)


def of_plan(plan_id: int) -> list[FundRow]:
    """Return the plan's funds in the order they were opened."""
    return of_plans([plan_id])[plan_id]


def of_plans(plan_ids: Collection[int]) -> dict[int, list[FundRow]]:
    """Return the funds of each plan in the order they were opened, in one query."""
    found: dict[int, list[FundRow]] = {plan_id: [] for plan_id in plan_ids}
    for fund in Fund.objects.filter(plan_id__in=plan_ids).select_related("document").order_by("pk"):
        row = FundRow(
            fund_id=fund.pk,
            title=fund.title,
            document_title=fund.document.title,
            document_number=fund.document.number,
            granted_minor=fund.granted_minor,
            closed_at=fund.closed_at,
            balance=balance_of(fund),
        )
        found[fund.plan_id].append(row)
    return found


def rest_of(entry_id: int) -> int:
    """Return what is left of a commitment; nothing is left of a reversed one.

    Raises:
        Commitment.DoesNotExist: When the entry is no commitment.

    """
    row = Commitment.objects.get(entry_id=entry_id)
    return 0 if row.is_reversed else row.amount_minor - row.disbursed_minor - row.released_minor


def held_by(entry_id: int) -> int:
    """Return what a commitment still holds back or has paid: nothing once reversed, released or refunded.

    Raises:
        Commitment.DoesNotExist: When the entry is no commitment.

    """
    row = Commitment.objects.get(entry_id=entry_id)
    return 0 if row.is_reversed else row.amount_minor - row.released_minor - row.refunded_minor


def paid_on(entry_id: int) -> int:
    """Return what was paid on a commitment and did not come back.

    Raises:
        Commitment.DoesNotExist: When the entry is no commitment.

    """
    row = Commitment.objects.get(entry_id=entry_id)
    return row.disbursed_minor - row.refunded_minor


def refunds_on(entry_id: int) -> list[Entry]:
    """Return what came back of what was paid on a commitment, without what was reversed, as it was booked."""
    return list(_refunds().filter(commitment_id=entry_id))


def refunds_of_fund(fund_id: int) -> dict[int, list[Entry]]:
    """Return all such refunds of a fund, by id of the commitment."""
    found: dict[int, list[Entry]] = defaultdict(list)
    for row in _refunds().filter(fund_id=fund_id):
        found[row.commitment_id or 0].append(row)
    return dict(found)


def _refunds() -> QuerySet[Entry]:
    undone = Entry.objects.filter(reverses=OuterRef("pk"))
    return Entry.objects.filter(~Exists(undone), kind=Kind.REFUND).order_by("pk")


def ledger(fund_id: int) -> list[LedgerRow]:
    """Return every entry of the fund in the order written, each with the balance after it."""
    return _rows(Entry.objects.filter(fund_id=fund_id).order_by("pk"), dict.fromkeys(Account, 0))


def ledger_page(
    fund_id: int, *, size: int, before: int | None = None, wanted: Wanted = ALL
) -> list[LedgerRow]:
    """Return up to `size` entries, newest first, with ids below `before` (the page's key).

    The balance after each is that of the whole ledger, whatever is `wanted` of it. What stood before the
    page is added up by the database; no more entries are read than are returned.
    """
    entries = wanted.of(Entry.objects.filter(fund_id=fund_id))
    if before is not None:
        entries = entries.filter(pk__lt=before)
    ids = list(entries.order_by("-pk").values_list("pk", flat=True)[:size])
    if not ids:
        return []
    postings = Posting.objects.filter(entry__fund_id=fund_id)
    sums = postings.filter(entry_id__lt=ids[-1]).values_list("account")
    stood = dict.fromkeys(Account, 0)
    stood |= {Account(account): int(total) for account, total in sums.annotate(total=Sum("amount_minor"))}
    between = postings.filter(entry_id__gte=ids[-1], entry_id__lte=ids[0]).exclude(entry_id__in=ids)
    unseen = between.order_by("-entry_id").values_list("entry_id", "account", "amount_minor")
    return _rows(Entry.objects.filter(pk__in=ids).order_by("pk"), stood, list(unseen))[::-1]


@dataclass(frozen=True, slots=True)
class VoucherTotal:
    """How many vouchers of a kind stand in a fund, and what they come to (fen); none that was reversed."""

    kind: Kind
    count: int
    amount_minor: int


def voucher_totals(fund_id: int) -> list[VoucherTotal]:
    """Return the totals of a fund's vouchers by kind, in the order of the kinds; none that was reversed."""
    undone = Entry.objects.filter(reverses=OuterRef("pk"))
    rows = Entry.objects.filter(~Exists(undone), fund_id=fund_id, kind__in=VOUCHED)
    sums = rows.values_list("kind").order_by().annotate(count=Count("pk"), total=Sum("amount_minor"))
    found = {Kind(kind): VoucherTotal(Kind(kind), count, int(total)) for kind, count, total in sums}
    return [found[kind] for kind in VOUCHED if kind in found]


def reversals_of(entry_ids: Collection[int]) -> dict[int, Entry]:
    """Return the reversals of those of these entries that were reversed, by id of the entry."""
    rows = Entry.objects.filter(reverses__in=entry_ids)
    return {row.reverses_id: row for row in rows if row.reverses_id is not None}


def standing(totals: Mapping[Account, int]) -> Balance:
    """Return the balance that the postings of each account add up to."""
    return Balance(
        -totals[Account.SOURCE],
        totals[Account.COMMITTED],
        totals[Account.DISBURSED],
        totals[Account.RETURNED],
    )


def _rows(
    entries: QuerySet[Entry], stood: dict[Account, int], unseen: list[tuple[int, str, int]] | None = None
) -> list[LedgerRow]:
    """Return the entries in the order given; `stood` is what each account held before the first.

    `unseen` are postings of entries in between that are not shown, the last first: id, account, amount.
    """
    between = unseen or []
    rows = list(entries.select_related("entered_by", "reverses").prefetch_related("postings"))
    undone = set(Entry.objects.filter(reverses__in=entries).values_list("reverses_id", flat=True))
    totals = dict(stood)
    found = []
    for entry in rows:
        while between and between[-1][0] < entry.pk:
            _entry_id, account, amount = between.pop()
            totals[Account(account)] += amount
        brings = {Account(posting.account): posting.amount_minor for posting in entry.postings.all()}
        for one, amount in brings.items():
            totals[one] += amount
        after = standing(totals)
        freed = brings.get(Account.AVAILABLE, 0)
        found.append(_row(entry, after, freed, is_reversed=entry.pk in undone))
    return found


def _row(entry: Entry, after: Balance, freed: int, *, is_reversed: bool) -> LedgerRow:
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
        undoes=entry.reverses.kind if entry.reverses else "",
        is_reversed=is_reversed,
        freed_minor=freed,
        after=after,
    )
