"""A request for a purchase as its page shows it: its lines, the quotations side by side, what can be done."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from songnuan.approvals.queries import subjects_of
from songnuan.goods.models import PurchaseRequest, RequestStatus
from songnuan.goods.queries import parts_of
from songnuan.goods.request_queries import SUBJECT, QuotationRow, lines_of, offers_of, quotations, subject_of
from songnuan.goods.request_rules import Offer, dearer, proposed, request_number, totals, within
from songnuan.goods.rules import Line, Part
from songnuan.journeys.measures.kit_purchase import Terms
from songnuan.organisation.permissions import Permission
from songnuan.web.views.shared import Reader

STATES = {
    RequestStatus.PENDING.value: "waiting",
    RequestStatus.APPROVED.value: "on_time",
    RequestStatus.RETURNED.value: "late",
    RequestStatus.WITHDRAWN.value: "none",
    RequestStatus.BOUGHT.value: "done",
}


@dataclass(frozen=True, slots=True)
class RequestRow:
    """One request in a list."""

    id: int
    number: str
    state: str
    status_label: str
    name: str
    total_minor: int
    asked_by: str
    asked_at: datetime
    supplier: str


@dataclass(frozen=True, slots=True)
class Cell:
    """The price of a pack in one quotation, None for none; `is_above` the one that was approved."""

    supplier: str
    price: int | None
    is_above: bool


@dataclass(frozen=True, slots=True)
class AskedLine:
    """One line of a request: what is asked for, and what each quotation says of it."""

    item_name: str
    packing: str
    quantity: int
    most_minor: int
    amount_minor: int
    cells: tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class Column:
    """One quotation beside the others.

    `difference_minor` is how much more it costs than the cheapest that may be chosen, None for one that is
    not compared: `why_not` says why. `may_choose`: it is whole and within the highest prices of the request.
    `needs_reason`: another is cheaper, or was chosen before, or too few count.
    """

    row: QuotationRow
    difference_minor: int | None
    is_cheapest: bool
    is_chosen: bool
    is_proposed: bool
    may_choose: bool
    needs_reason: bool
    why_not: str


@dataclass(frozen=True, slots=True)
class Comparison:
    """The quotations of a request side by side.

    `fitting` are whole and within the highest prices of the request, `above` are whole and dearer: those do
    not count.
    """

    columns: tuple[Column, ...]
    aside: tuple[QuotationRow, ...]
    lines: tuple[AskedLine, ...]
    needs: bool
    least: int
    fitting: int
    above: int

    @property
    def lacking(self) -> int:
        """How many quotations that count are still to be got."""
        return max(self.least - self.fitting, 0) if self.needs else 0

    @property
    def may_choose(self) -> bool:
        """Whether one may be chosen: among enough that count, or with the reason why there are no more."""
        return not self.lacking or self.fitting + self.above >= self.least


@dataclass(frozen=True, slots=True)
class OpenRequest:
    """A request that waits or is approved, with what it asks for in words."""

    id: int
    number: str
    status_label: str
    is_approved: bool
    goods: tuple[str, ...]


def open_of(rows: Iterable[PurchaseRequest]) -> list[OpenRequest]:
    """Return requests that are under way as a note shows them."""
    return [
        OpenRequest(
            id=row.pk,
            number=request_number(row.number),
            status_label=str(RequestStatus(row.status).label),
            is_approved=row.status == RequestStatus.APPROVED,
            goods=tuple(
                f"{line.item.label} {line.quantity} {line.item.packing}"
                for line in sorted(row.lines.all(), key=lambda line: line.pk)
            ),
        )
        for row in rows
    ]


def row_of(row: PurchaseRequest) -> RequestRow:
    """Return the request as a list shows it."""
    return RequestRow(
        id=row.pk,
        number=request_number(row.number),
        state=STATES[row.status],
        status_label=str(RequestStatus(row.status).label),
        name=row.kit.name,
        total_minor=row.total_minor,
        asked_by=row.asked_by.name,
        asked_at=row.asked_at,
        supplier=row.chosen.supplier if row.chosen else "",
    )


def may_see(row: PurchaseRequest, reader: Reader) -> bool:
    """Return whether the reader sees the fund, or has to decide about the request, or has."""
    unit_id = row.kit.measure.plan.unit_id
    if reader.may(Permission.FUND_VIEW, unit_id):
        return True
    return subject_of(row.pk) in subjects_of(reader.actor, reader.at, SUBJECT.partition(".")[0])


def comparison_of(row: PurchaseRequest, terms: Terms) -> Comparison:
    """Return the quotations of a request side by side."""
    lines = lines_of(row.pk)
    parts = {part.item_id: part for part in parts_of(row.kit_id)}
    rows = quotations(row.pk, lines)
    standing = [one for one in rows if one.set_aside_at is None]
    offers = {offer.quotation_id: offer for offer in offers_of(row.pk)}
    whole, fitting = totals(offers.values(), lines), within(offers.values(), lines)
    needs, least = terms.comparing.asks(row.total_minor), terms.comparing.least
    is_short = needs and len(fitting) < least
    return Comparison(
        columns=tuple(_column(one, row, lines, offers, is_short=is_short) for one in standing),
        aside=tuple(one for one in rows if one.set_aside_at is not None),
        lines=tuple(_line(line, parts[line.item_id], standing) for line in lines),
        needs=needs,
        least=least,
        fitting=len(fitting),
        above=len(whole) - len(fitting),
    )


def _column(
    one: QuotationRow,
    request: PurchaseRequest,
    lines: Sequence[Line],
    offers: dict[int, Offer],
    *,
    is_short: bool,
) -> Column:
    whole = totals(offers.values(), lines)
    cheapest = min(within(offers.values(), lines).values(), default=0)
    total = whole.get(one.quotation_id)
    why_not = ""
    if total is None:
        why_not = _("A price is missing.")
    elif dearer(offers[one.quotation_id], lines):
        why_not = _("A price is above the highest of the request.")
    is_chosen = request.chosen_id == one.quotation_id
    return Column(
        row=one,
        difference_minor=None if total is None or why_not else total - cheapest,
        is_cheapest=total == cheapest and not why_not,
        is_chosen=is_chosen,
        is_proposed=request.chosen_id is None and one.quotation_id in proposed(offers.values(), lines),
        may_choose=not why_not and not is_chosen,
        needs_reason=is_short or request.chosen_id is not None or (total is not None and total > cheapest),
        why_not=why_not,
    )


def _line(line: Line, part: Part, standing: Sequence[QuotationRow]) -> AskedLine:
    prices = [(one.supplier, one.prices.get(line.item_id)) for one in standing]
    return AskedLine(
        item_name=part.item,
        packing=part.packing,
        quantity=line.quantity,
        most_minor=line.unit_price_minor,
        amount_minor=line.total_minor,
        cells=tuple(
            Cell(supplier, price, price is not None and price > line.unit_price_minor)
            for supplier, price in prices
        ),
    )
