"""Pages of purchases: recording one line by line, and looking at one."""

from collections.abc import Callable, Collection
from dataclasses import dataclass, replace

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import URLPattern, path
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from songnuan.funds.holding import subject_of as fund_subject
from songnuan.funds.models import Fund
from songnuan.funds.queries import balance
from songnuan.goods.holding import subject_of as purchase_subject
from songnuan.goods.models import Kit, Purchase, PurchaseRequest, ReplacedInvoice, RequestStatus
from songnuan.goods.queries import (
    StockRow,
    bought,
    is_short,
    stock,
)
from songnuan.goods.request_ends import end_of
from songnuan.goods.request_queries import approved_of, open_requests
from songnuan.goods.request_rules import request_number
from songnuan.goods.rules import Draft, KitPrice, Problem, dearest_kit, price_of_kit, together
from songnuan.journeys.add_invoice import add_invoice
from songnuan.journeys.buy_kits import buy_kits
from songnuan.journeys.cancel_purchase import cancel_purchase
from songnuan.journeys.measures.kit_purchase import terms_of
from songnuan.journeys.replace_invoice import replace_invoice
from songnuan.kernel.money import LIMIT_MINOR, yuan
from songnuan.kernel.refusal import NotPermitted, Refusal
from songnuan.organisation.permissions import Permission
from songnuan.organisation.queries import require
from songnuan.plans.models import MeasureStatus
from songnuan.records.rules import Opened
from songnuan.web.hold_forms import mark_of
from songnuan.web.line_inputs import is_sound
from songnuan.web.opening import shown
from songnuan.web.purchase_form import Arrival, Cancelling, PurchaseForm
from songnuan.web.purchase_page import purchase_page, purchase_seen
from songnuan.web.purchase_request_forms import InvoiceForm, ReplacingForm, sent_file
from songnuan.web.purchase_request_page import open_of
from songnuan.web.purchase_spot import Spot, spot_of
from songnuan.web.views.shared import Reader, key_of, reader_of, was_received
from songnuan.web.views.stock import told_to_count


@dataclass(frozen=True, slots=True)
class Total:
    """What a draft comes to, with what was bought before; `below_minor` is standard less dearest kit."""

    total_minor: int
    per_kit: KitPrice
    dearest_minor: int
    below_minor: int


@login_required
def purchase_new(request: HttpRequest, measure_id: int) -> HttpResponse:
    """Work out a purchase, or record it: paid from the fund, taken into stock."""
    reader = reader_of(request)
    return _new(request, reader, spot_of(reader, measure_id))


@login_required
def purchase_on_request(request: HttpRequest, pk: int) -> HttpResponse:
    """Work out or record a purchase on an approved request, at the prices of the quotation chosen."""
    reader = reader_of(request)
    row = get_object_or_404(PurchaseRequest.objects.select_related("chosen", "kit"), pk=pk)
    spot = replace(spot_of(reader, row.kit.measure_id), request=row)
    # What is recorded is handed in all the same: posted twice, it is taken as before.
    if row.status != RequestStatus.APPROVED and (request.method != "POST" or "check" in request.POST):
        waits = _("Request %(number)s is not approved yet, so nothing is bought on it.")
        messages.warning(request, end_of(row) or waits % {"number": request_number(row.number)})
        return redirect("purchase_request", pk)
    return _new(request, reader, spot)


_RECORDED = {
    Arrival.BY_LOT: gettext_lazy(
        "The purchase is recorded and paid from the fund. Enter now what came, by lot: it is not in the store"
        " yet."
    ),
    Arrival.BARE: gettext_lazy("The purchase is recorded, paid from the fund and taken into stock."),
    Arrival.LATER: gettext_lazy(
        "The purchase is recorded and paid from the fund. Its goods are still to be received."
    ),
}


def _new(request: HttpRequest, reader: Reader, spot: Spot) -> HttpResponse:
    if spot.fund.closed_at is not None and not was_received(request):
        return say_closed(request, spot.fund)
    approved = spot.approved
    rows = _rows(spot, approved)
    if request.method != "POST":
        form = PurchaseForm(rows, spot.dated, approved=approved, initial=_begun(reader, spot))
        return _form_page(request, reader, spot, form, None)
    form = PurchaseForm(rows, spot.dated, request.POST, request.FILES, approved=approved)
    form.full_clean()
    draft = form.draft(reader.day)
    problems = spot.problems(draft, reader)
    if "check" in request.POST:
        form.look_at_lines_only()
        form.show((problem for problem in problems if _is_told(problem)), draft)
    elif not form.is_valid():
        form.show(problems, draft)
    else:
        purchase_id = _record(request, reader, spot, form, draft)
        if purchase_id is not None:
            arrival = form.arrival_told
            messages.success(request, _RECORDED[arrival])
            return redirect("purchase_receive" if arrival == Arrival.BY_LOT else "purchase", purchase_id)
    return _form_page(request, reader, spot, form, None if form.is_unread else _total(spot, draft))


def _is_told(problem: Problem) -> bool:
    """Return whether a problem is told while a total is worked out: one of the goods, or of the year."""
    of_day = {"happened_long_ago", "happened_in_future"}
    return problem.field.startswith("lines") or problem.code in of_day


@login_required
@require_safe
def purchase(request: HttpRequest, pk: int) -> HttpResponse:
    """Show one purchase with its lines, and to whoever may the form that cancels it."""
    reader = reader_of(request)
    return purchase_page(request, reader, purchase_seen(reader, pk))


@login_required
def purchase_cancel(request: HttpRequest, pk: int) -> HttpResponse:
    """Cancel a purchase: its money is available again, its goods leave the store."""
    reader = reader_of(request)
    row = purchase_seen(reader, pk)
    if request.method != "POST":
        return redirect("purchase", pk)
    require(reader.actor, Permission.PURCHASE_RECORD, unit_id=row.fund.plan.unit_id, at=reader.at)
    key = key_of(request)
    if not was_received(request) and told_to_count(request, reader, row.fund.plan):
        return redirect("purchase", pk)
    form = Cancelling(request.POST)
    if not form.is_valid():
        return purchase_page(request, reader, row, form)
    try:
        cancel_purchase(
            purchase_id=pk, reason=form.cleaned_data["reason"], key=key, actor=reader.actor, at=reader.at
        )
    except NotPermitted:
        raise
    except Refusal as refusal:
        if refusal.field not in form.fields:
            return purchase_page(request, reader, row, refused=refusal)
        form.refuse(refusal)
        return purchase_page(request, reader, row, form)
    messages.success(request, _cancelled_words(row))
    return redirect("purchase", pk)


def _cancelled_words(row: Purchase) -> str:
    """Return where the money of a cancelled purchase went: to its request, or back to the fund."""
    if row.request_id is None:
        return _("The purchase is cancelled: its money is available in the fund again.")
    asked = PurchaseRequest.objects.get(pk=row.request_id)
    facts = {"number": request_number(asked.number), "sum": yuan(asked.total_minor)}
    if asked.status == RequestStatus.APPROVED:
        sentence = _(
            "The purchase is cancelled: %(sum)s yuan are set aside for request %(number)s again, which stands"
            " as it was approved."
        )
    else:
        sentence = _(
            "The purchase is cancelled: its money is available in the fund again. The fund no longer has the"
            " %(sum)s yuan of request %(number)s, so the request is over."
        )
    return sentence % facts


@login_required
@require_safe
@cache_control(private=True, no_store=True)
def purchase_invoice(request: HttpRequest, pk: int) -> HttpResponse:
    """Give the picture or PDF of the invoice."""
    reader = reader_of(request)
    row = purchase_seen(reader, pk)
    return shown(request, reader, row.invoice_file_id, _opened("invoice", row))


@login_required
@require_safe
@cache_control(private=True, no_store=True)
def purchase_invoice_replaced(request: HttpRequest, pk: int, replaced_id: int) -> HttpResponse:
    """Give the picture of an invoice that another took the place of."""
    reader = reader_of(request)
    purchase = purchase_seen(reader, pk)
    row = get_object_or_404(ReplacedInvoice, pk=replaced_id, purchase_id=pk)
    return shown(request, reader, row.file_id, _opened("invoice_replaced", purchase))


def _opened(kind: str, row: Purchase) -> Opened:
    return Opened(kind, f"fund:{row.fund_id}", purchase_subject(row.pk))


@login_required
def purchase_invoice_replace(request: HttpRequest, pk: int) -> HttpResponse:
    """Put the right picture of the invoice in the place of a wrong one."""
    return _prove(
        request,
        pk,
        ReplacingForm,
        replace_invoice,
        _("The invoice is replaced; the earlier picture is kept beside it."),
    )


@login_required
def purchase_invoice_add(request: HttpRequest, pk: int) -> HttpResponse:
    """Add the picture of the invoice to a purchase that was recorded without."""
    return _prove(request, pk, InvoiceForm, add_invoice, _("The invoice is kept with the purchase."))


def _prove(
    request: HttpRequest,
    pk: int,
    form_of: type[InvoiceForm],
    act: Callable[..., object],
    said: str,
) -> HttpResponse:
    """Keep the picture of an invoice by `act`, with all that its form asks besides, and say so."""
    reader = reader_of(request)
    row = purchase_seen(reader, pk)
    if request.method != "POST":
        return redirect("purchase", pk)
    require(reader.actor, Permission.PURCHASE_RECORD, unit_id=row.fund.plan.unit_id, at=reader.at)
    key, form = key_of(request), form_of(request.POST, request.FILES)
    invoice = sent_file(form, "invoice") if form.is_valid() else None
    if invoice is None:
        return purchase_page(request, reader, row, form)
    facts = {**form.cleaned_data, "invoice": invoice}
    try:
        act(purchase_id=pk, **facts, key=key, actor=reader.actor, at=reader.at)
    except NotPermitted:
        raise
    except Refusal as refusal:
        if refusal.field not in form.fields:
            return purchase_page(request, reader, row, refused=refusal)
        form.refuse(refusal)
        return purchase_page(request, reader, row, form)
    messages.success(request, said)
    return redirect("purchase", pk)


def say_closed(request: HttpRequest, fund: Fund) -> HttpResponse:
    """Lead to a closed fund instead of a form that nothing would come of, and say why."""
    messages.warning(request, _("The fund is closed: nothing is bought from it any more."))
    return redirect("fund", fund.pk)


def _rows(spot: Spot, approved: Collection[int]) -> list[StockRow]:
    """Return the items that may be bought here: on a request, those of it."""
    rows = stock(spot.kit.kit_id, units=spot.terms.kits)
    return [row for row in rows if spot.request is None or row.item_id in approved]


def _begun(reader: Reader, spot: Spot) -> dict[str, object]:
    """Return what the form begins with: on a request, its packs at the prices of the quotation chosen."""
    begun: dict[str, object] = {"bought_on": reader.day}
    if spot.request is None:
        return begun
    approved = approved_of(spot.request)
    prices = approved.offer.prices if approved.offer else {}
    begun["supplier"] = approved.offer.supplier if approved.offer else ""
    for line in approved.lines:
        begun[f"lines-{line.item_id}-quantity"] = line.quantity
        begun[f"lines-{line.item_id}-unit_price"] = prices.get(line.item_id)
    return begun


def _record(request: HttpRequest, reader: Reader, spot: Spot, form: PurchaseForm, draft: Draft) -> int | None:
    """Record the purchase and return its id; when it is refused, say in the form everything that is wrong."""
    key = key_of(request)
    try:
        return buy_kits(
            measure_id=spot.measure.pk,
            draft=draft,
            key=key,
            request_id=spot.request.pk if spot.request else None,
            invoice=sent_file(form, "invoice"),
            received=form.arrival_told == Arrival.BARE,
            actor=reader.actor,
            at=reader.at,
        )
    except NotPermitted:
        raise
    except Refusal as refusal:
        problems = spot.problems(draft, reader)
        if any(problem.code == refusal.code for problem in problems):
            form.show(problems, draft)
        else:
            form.refuse(refusal)
        return None


def _total(spot: Spot, draft: Draft) -> Total | None:
    """Return what the draft comes to; None as long as a line makes no sense."""
    if not draft.lines or not all(map(is_sound, draft.lines)) or draft.total_minor > LIMIT_MINOR:
        return None
    got = together(bought(spot.kit.kit_id), draft.lines)
    dearest = dearest_kit(spot.kit.parts, got)
    return Total(
        total_minor=draft.total_minor,
        per_kit=price_of_kit(spot.kit.parts, got),
        dearest_minor=dearest,
        below_minor=spot.kit.standard_minor - dearest,
    )


def _others(spot: Spot) -> list[Kit]:
    """Return the other kits that the fund pays for, still asked for and not bought in full."""
    kits = Kit.objects.filter(fund=spot.fund).exclude(pk=spot.kit.kit_id)
    if spot.request is not None:
        return []
    asked_for = kits.exclude(measure__status=MeasureStatus.CLOSED).select_related("measure__plan")
    return [
        kit for kit in asked_for.order_by("pk") if is_short(stock(kit.pk, units=terms_of(kit.measure).kits))
    ]


def _form_page(
    request: HttpRequest, reader: Reader, spot: Spot, form: PurchaseForm, total: Total | None
) -> HttpResponse:
    context = {
        "mark": mark_of(reader, spot.measure.plan.unit_id, [fund_subject(spot.fund.pk)]),
        "kit": {"name": spot.kit.name, "standard_minor": spot.kit.standard_minor, "units": spot.terms.kits},
        "terms": spot.terms,
        "measure_id": spot.measure.pk,
        "request_row": spot.request,
        "request_number": request_number(spot.request.number) if spot.request else "",
        "fund": spot.fund,
        "others": _others(spot),
        "open_requests": [] if spot.request else open_of(open_requests([spot.measure.pk])),
        "available_minor": spot.request.total_minor if spot.request else balance(spot.fund.pk).available,
        "form": form,
        "total": total,
        "total_minor": total.total_minor if total else sum(line.total_minor for line in form.begun_lines),
    }
    return render(request, "web/purchase_form.html", context, status=422 if form.errors else 200)


urlpatterns: list[URLPattern] = [
    path("measures/<int:measure_id>/purchases/new/", purchase_new, name="purchase_new"),
    path("purchases/<int:pk>/", purchase, name="purchase"),
    path("purchases/<int:pk>/cancel/", purchase_cancel, name="purchase_cancel"),
    path("purchases/<int:pk>/invoice/", purchase_invoice, name="purchase_invoice"),
    path("purchases/<int:pk>/invoice/add/", purchase_invoice_add, name="purchase_invoice_add"),
    path("purchases/<int:pk>/invoice/replace/", purchase_invoice_replace, name="purchase_invoice_replace"),
    path(
        "purchases/<int:pk>/invoice/replaced/<int:replaced_id>/",
        purchase_invoice_replaced,
        name="purchase_invoice_replaced",
    ),
    path("purchase-requests/<int:pk>/buy/", purchase_on_request, name="purchase_on_request"),
]
