"""What the page of one purchase shows: what was bought, what came of it by lot, and what one can do."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, TypeVar

from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, render

from songnuan.funds.holding import subject_of as fund_subject
from songnuan.funds.queries import refunds_on
from songnuan.goods.cards import lots_of_purchase
from songnuan.goods.deliveries import purchases_to_come, short_in, with_short
from songnuan.goods.holding import subject_of as purchase_subject
from songnuan.goods.lots import OpenLine
from songnuan.goods.models import Purchase, PurchaseLine
from songnuan.goods.queries import can_go_back, cancelled_by, last_move, open_lines, parts_of
from songnuan.goods.request_rules import request_number
from songnuan.goods.rules import KitPrice, Line, Part, price_of_kit, together
from songnuan.goods.voided import replaced_invoices
from songnuan.journeys.measures.kit_purchase import terms_of
from songnuan.kernel.actor import SYSTEM
from songnuan.kernel.refusal import Refusal
from songnuan.organisation.permissions import Permission
from songnuan.web.forms import Form
from songnuan.web.hold_forms import mark_of
from songnuan.web.purchase_form import Cancelling
from songnuan.web.purchase_request_forms import InvoiceForm, ReplacingForm
from songnuan.web.stock_forms import ReturningForm
from songnuan.web.stock_words import lot_words
from songnuan.web.views.shared import Reader
from songnuan.web.views.stock import is_blind

F = TypeVar("F", bound=Form)


def purchase_seen(reader: Reader, pk: int) -> Purchase:
    """Return the purchase; one that the reader may not see is not there.

    Raises:
        Http404: Without a word on whether it exists.

    """
    rows = Purchase.objects.select_related(
        "fund__plan", "kit__measure__plan", "recorded_by", "request", "disbursement", "invoice_added_by"
    )
    row = get_object_or_404(rows.prefetch_related("lines__item"), pk=pk)
    if not reader.may(Permission.FUND_VIEW, row.fund.plan.unit_id):
        raise Http404
    return row


def purchase_page(
    request: HttpRequest,
    reader: Reader,
    row: Purchase,
    tried: Cancelling | ReturningForm | InvoiceForm | ReplacingForm | None = None,
    refused: Refusal | None = None,
) -> HttpResponse:
    """Show the purchase; `tried` is a form to be mended, `refused` what no form can mend."""
    standing = row.cancelled_at is None and reader.may(Permission.PURCHASE_RECORD, row.fund.plan.unit_id)
    shown = _shown(row, to_come := open_lines(row.pk) if row.cancelled_at is None else [])
    settled = standing and (refused is not None or not can_go_back(row.pk))
    has_picture = row.invoice_file_id is not None
    proving = ReplacingForm if has_picture else InvoiceForm
    is_open = standing and row.fund.closed_at is None
    # What came back of a payment stands in the way of its reversal.
    # Who counts is offered nothing that would be refused with what the books say.
    blind = is_blind(reader, row.fund.plan)
    may_cancel = is_open and not blind and not settled and not shown["refunds"]
    back = returning_form(row) if is_open and not blind else None
    context = {
        "purchase": shown,
        "mark": mark_of(reader, row.fund.plan.unit_id, [purchase_subject(row.pk), fund_subject(row.fund_id)]),
        "fund": row.fund,
        "plan": row.fund.plan,
        "lots": [
            {"row": lot, "words": lot_words(lot.number, lot.expires_on)} for lot in lots_of_purchase(row.pk)
        ],
        "blind": blind,
        "to_come": to_come,
        "may_receive": is_open and bool(to_come),
        "may_receive_all": standing and not any(line.expires for line in to_come),
        "returning": _one_of(tried, ReturningForm, back if back is not None and back.rows else None),
        "cancelling": _one_of(tried, Cancelling, Cancelling() if may_cancel else None),
        "settled": settled and refused is None,
        "may_refund": is_open and row.disbursement_id is not None,
        "refusal": refused,
        "terms": terms_of(row.kit.measure),
        "proving": _one_of(tried, InvoiceForm, proving() if standing else None),
        "replaced": replaced_invoices(row.pk),
    }
    status = 409 if refused else 422 if tried else 200
    return render(request, "web/purchase.html", context, status=status)


def _one_of(tried: Form | None, kind: type[F], fresh: F | None) -> F | None:
    """Return the form that was tried, whatever happened meanwhile: it says what is wrong; else `fresh`."""
    return tried if isinstance(tried, kind) else fresh


def returning_form(row: Purchase, data: QueryDict | None = None) -> ReturningForm:
    """Return the form that sends goods of a purchase back: of the lots in the store, and those of `data`."""
    seen = last_move(row.pk)  # before its figures: what comes in between was not seen
    told: Mapping[str, object] = data or {}
    lots = [lot for lot in lots_of_purchase(row.pk) if lot.in_store > 0 or told.get(f"lot-{lot.lot_id}")]
    return ReturningForm(lots, data, initial={"seen": seen})


def _shown(row: Purchase, to_come: Sequence[OpenLine]) -> dict[str, Any]:
    left = {line.line_id: line.left for line in to_come}
    lines = sorted(row.lines.all(), key=lambda line: line.pk)
    refunds = refunds_on(row.commitment_id)
    short = {line.pk: short_in(line) for line in with_short(PurchaseLine.objects.filter(purchase=row))}
    return {
        "id": row.pk,
        "number": row.number,
        "supplier": row.supplier,
        "invoice_number": row.invoice_number,
        "bought_on": row.bought_on,
        "recorded_by": row.recorded_by.name if row.recorded_by else SYSTEM.label,
        "recorded_at": row.recorded_at,
        "reason_late": row.reason_late,
        "voucher": row.disbursement.voucher if row.disbursement else "",
        "request_id": row.request_id,
        "request_number": request_number(row.request.number) if row.request else "",
        "has_picture": row.invoice_file_id is not None,
        "invoice_added_by": row.invoice_added_by.name if row.invoice_added_by else "",
        "invoice_added_at": row.invoice_added_at,
        "cancelled_at": row.cancelled_at,
        "cancelled_by": (cancelled_by(row) or SYSTEM.label) if row.cancelled_at else "",
        "cancel_reason": row.cancel_reason,
        "lines": [
            {
                "item_name": line.item.label,
                "packing": line.item.packing,
                "quantity": line.quantity,
                "unit_price_minor": line.unit_price_minor,
                "amount_minor": line.quantity * line.unit_price_minor,
                "short": short.get(line.pk, 0),
                "came": line.quantity - short.get(line.pk, 0) - left.get(line.pk, 0),
            }
            for line in lines
        ],
        "total_minor": row.total_minor,
        "short": sum(short.values()),
        "lost_minor": _lost(row) if to_come else 0,
        "refunds": refunds,
        "net_minor": row.total_minor - sum(entry.amount_minor for entry in refunds),
        "commitment_id": row.commitment_id,
        "per_kit": kit_price(parts_of(row.kit_id), lines),
        "standard_minor": row.kit.standard_minor,
    }


def _lost(row: Purchase) -> int:
    """Return what was lost with a purchase: paid for what is still to come when its fund was closed."""
    rows = purchases_to_come([row.fund.plan_id]) if row.fund.closed_at is not None else []
    return next((one.unmatched_minor for one in rows if one.purchase_id == row.pk), 0)


def kit_price(parts: Sequence[Part], lines: Iterable[PurchaseLine]) -> KitPrice | None:
    """Return what a kit costs at the prices of one purchase; None where it lacks an item."""
    got = together({}, [Line(line.item_id, line.quantity, line.unit_price_minor) for line in lines])
    return price_of_kit(parts, got) if all(part.item_id in got for part in parts) else None
