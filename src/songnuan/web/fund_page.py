"""What the pages of funds show: a fund's head, lines of its ledger, its purchases and goods."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.urls import reverse
from django.utils.translation import gettext as _

from songnuan.funds.models import Fund, Kind
from songnuan.funds.queries import Balance, LedgerRow, balance_of
from songnuan.goods.deliveries import purchases_to_come
from songnuan.goods.models import Kit, Purchase, PurchaseRequest
from songnuan.goods.queries import StockRow, is_short, parts_of, stock
from songnuan.goods.request_queries import subject_of
from songnuan.goods.request_rules import request_number
from songnuan.goods.rules import KitPrice
from songnuan.journeys.measures.kit_purchase import Terms, terms_of
from songnuan.organisation.queries import day_of
from songnuan.payments.models import PaymentList
from songnuan.payments.rules import list_number
from songnuan.payments.rules import subject_of as list_subject
from songnuan.web.purchase_page import kit_price


@dataclass(frozen=True, slots=True)
class FundView:
    """A fund under its document, and how it stands. `closed_on` is None while it is open."""

    id: int
    title: str
    number_line: str
    issuer: str
    dated_on: date
    plan_slug: str
    plan_title: str
    granted_minor: int
    closed_at: datetime | None
    balance: Balance


@dataclass(frozen=True, slots=True)
class EntryView:
    """One line of the ledger, with what it is for and what is available after it.

    `freed_minor` is what it added to what is available, below zero what it took; zero where it changed
    nothing of that. `entered_on` is the day of entry where that is later than the day it happened.
    """

    id: int
    happened_on: date
    entered_on: date | None
    kind_label: str
    subject_label: str
    subject_url: str
    clause_number: str
    voucher: str
    reason: str
    amount_minor: int
    freed_minor: int
    available_minor: int
    reversed: bool


@dataclass(frozen=True, slots=True)
class PurchaseView:
    """One purchase in the list. `per_kit` is None where it does not hold every item of the kit.

    `refunded_minor` is what the supplier gave back of it; `lost_minor` what was lost with it when the fund
    was closed; `entry_id` the commitment it rests on.
    """

    id: int
    number: int
    supplier: str
    bought_on: date
    total_minor: int
    refunded_minor: int
    per_kit: KitPrice | None
    is_cancelled: bool
    is_awaited: bool
    lost_minor: int
    lacks_invoice: bool
    entry_id: int

    @property
    def net_minor(self) -> int:
        """What was paid and did not come back."""
        return self.total_minor - self.refunded_minor


@dataclass(frozen=True, slots=True)
class StockView:
    """Where the goods of one kit stand, and to what standard they are bought.

    `name` is empty where the fund pays for one kit only.
    """

    name: str
    measure_id: int
    standard_minor: int
    terms: Terms
    rows: list[StockRow]

    @property
    def is_short(self) -> bool:
        """Whether something is still to be bought."""
        return is_short(self.rows)

    @property
    def is_awaited(self) -> bool:
        """Whether something that was bought is still to come."""
        return any(row.to_come for row in self.rows)


def fund_view(row: Fund) -> FundView:
    """Return the head of a fund that was read with its plan and document."""
    return FundView(
        id=row.pk,
        title=row.title,
        number_line=row.document.number,
        issuer=row.document.issuer,
        dated_on=row.document.dated_on,
        plan_slug=row.plan.slug,
        plan_title=row.plan.title,
        granted_minor=row.granted_minor,
        closed_at=row.closed_at,
        balance=balance_of(row),
    )


def entry_views(
    rows: Iterable[LedgerRow], fund: Fund, for_purchase: Mapping[int, Purchase], numbers: Mapping[str, str]
) -> list[EntryView]:
    """Return lines of the ledger; `for_purchase` has purchases by commitment, `numbers` those of clauses."""
    requests = PurchaseRequest.objects.filter(fund=fund)
    named = {
        subject_of(pk): (
            _("Request %(number)s") % {"number": request_number(number)},
            reverse("purchase_request", args=(pk,)),
        )
        for pk, number in requests.values_list("pk", "number")
    }
    for pk, number in PaymentList.objects.filter(fund=fund).values_list("pk", "number"):
        label = _("Payment list %(number)s") % {"number": list_number(number)}
        named[list_subject(pk)] = label, reverse("payment_list", args=(pk,))
    return [_entry_view(row, fund, for_purchase, numbers, named) for row in rows]


def _entry_view(
    entry: LedgerRow,
    row: Fund,
    for_purchase: Mapping[int, Purchase],
    numbers: Mapping[str, str],
    named: Mapping[str, tuple[str, str]],
) -> EntryView:
    purchase = for_purchase.get(entry.draws_on or entry.entry_id)
    label = _("Purchase %(number)s") % {"number": purchase.number} if purchase else ""
    url = reverse("purchase", args=(purchase.pk,)) if purchase else ""
    if not purchase and entry.subject in named:
        label, url = named[entry.subject]
    if {Kind.APPROPRIATE.value, Kind.RETURN.value} & {entry.kind, entry.undoes}:
        label = row.document.number
    return EntryView(
        id=entry.entry_id,
        happened_on=entry.happened_on,
        entered_on=day_of(entry.at) if entry.late_entry else None,
        kind_label=entry.kind_label,
        subject_label=label,
        subject_url=url,
        clause_number=numbers.get(entry.clause_key, ""),
        voucher=entry.voucher,
        reason=entry.reason,
        amount_minor=entry.amount_minor,
        freed_minor=entry.freed_minor,
        available_minor=entry.after.available,
        reversed=entry.is_reversed,
    )


def purchase_views(plan_id: int, bought: Sequence[Purchase], kits: Sequence[Kit]) -> list[PurchaseView]:
    """Return the purchases of a fund of the plan, read with their lines and commitments."""
    awaited = {row.purchase_id: row for row in purchases_to_come([plan_id])}
    parts = {kit.pk: parts_of(kit.pk) for kit in kits}
    return [
        PurchaseView(
            id=row.pk,
            number=row.number,
            supplier=row.supplier,
            bought_on=row.bought_on,
            total_minor=row.total_minor,
            refunded_minor=row.commitment.rest.refunded_minor,
            per_kit=kit_price(parts[row.kit_id], row.lines.all()),
            is_cancelled=row.cancelled_at is not None,
            is_awaited=row.pk in awaited and not awaited[row.pk].is_closed,
            lost_minor=awaited[row.pk].unmatched_minor
            if row.pk in awaited and awaited[row.pk].is_closed
            else 0,
            lacks_invoice=row.invoice_file_id is None and row.cancelled_at is None,
            entry_id=row.commitment_id,
        )
        for row in bought
    ]


def stock_views(kits: Sequence[Kit], day: date) -> list[StockView]:
    """Return where the goods of these kits stand on the day."""
    return [
        StockView(
            name=kit.name if len(kits) > 1 else "",
            measure_id=kit.measure_id,
            standard_minor=kit.standard_minor,
            terms=(terms := terms_of(kit.measure)),
            rows=stock(kit.pk, units=terms.kits, on=day),
        )
        for kit in kits
    ]
