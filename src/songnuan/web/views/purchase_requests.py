"""Pages of requests for purchases: asking for one, deciding about it, comparing quotations."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from songnuan.approvals.models import RequestStatus as Answer
from songnuan.approvals.queries import latest, may_act
from songnuan.funds.holding import subject_of as fund_subject
from songnuan.funds.models import Fund
from songnuan.funds.queries import balance
from songnuan.goods.holding import request_subject
from songnuan.goods.models import Kit, PurchaseRequest, Quotation, RequestStatus
from songnuan.goods.queries import parts_of, stock
from songnuan.goods.request_ends import end_of
from songnuan.goods.request_queries import (
    asked_of,
    asked_packs,
    check_quote,
    check_request,
    lines_of,
    open_requests,
    requests_of,
    subject_of,
)
from songnuan.goods.request_rules import request_number
from songnuan.journeys.approve_purchase import approve_purchase
from songnuan.journeys.choose_quotation import choose_quotation
from songnuan.journeys.measures.kit_purchase import terms_of
from songnuan.journeys.record_quotation import record_quotation
from songnuan.journeys.request_purchase import request_purchase
from songnuan.journeys.return_purchase import return_purchase
from songnuan.journeys.set_quotation_aside import set_quotation_aside
from songnuan.journeys.withdraw_purchase_request import withdraw_purchase_request
from songnuan.kernel.refusal import NotPermitted, Refusal
from songnuan.organisation.permissions import Permission
from songnuan.organisation.queries import require
from songnuan.plans.models import MeasureStatus
from songnuan.records.rules import Opened
from songnuan.web.approval_page import course_lines
from songnuan.web.decided import say_request_decided
from songnuan.web.hold_forms import mark_of
from songnuan.web.line_inputs import is_sound
from songnuan.web.opening import shown
from songnuan.web.paging import before_of, page_of
from songnuan.web.purchase_request_forms import QuotationForm, RequestForm, sent_file
from songnuan.web.purchase_request_page import STATES, comparison_of, may_see, open_of, row_of
from songnuan.web.purchase_spot import Spot, spot_of
from songnuan.web.views.purchases import say_closed
from songnuan.web.views.shared import PAGE, Reader, key_of, reader_of, was_received

_DIGITS = 18
_DECIDING = frozenset({"approve", "return"})


@login_required
@require_safe
def purchase_requests(request: HttpRequest, pk: int) -> HttpResponse:
    """List the requests for purchases out of one fund, the newest first."""
    reader = reader_of(request)
    fund = get_object_or_404(Fund.objects.select_related("plan"), pk=pk)
    if not reader.may(Permission.FUND_VIEW, fund.plan.unit_id):
        raise Http404
    found, before = requests_of([fund.pk]), before_of(request)
    found = found.filter(pk__lt=before) if before is not None else found
    rows, older = page_of(list(found[: PAGE + 1]), PAGE, lambda row: row.pk)
    buys = reader.may(Permission.PURCHASE_RECORD, fund.plan.unit_id)
    kits = Kit.objects.filter(fund=fund).exclude(measure__status=MeasureStatus.CLOSED).order_by("pk")
    context = {
        "fund": fund,
        "requests": list(map(row_of, rows)),
        "older": older,
        "kits": list(kits) if buys else [],
    }
    return render(request, "web/purchase_requests.html", context)


@login_required
def purchase_request_new(request: HttpRequest, measure_id: int) -> HttpResponse:
    """Work out a request, or hand it in for approval."""
    reader = reader_of(request)
    spot = spot_of(reader, measure_id)
    if spot.fund.closed_at is not None and not was_received(request):
        return say_closed(request, spot.fund)
    rows = stock(spot.kit.kit_id, units=spot.terms.kits)
    if request.method != "POST":
        return _new_page(request, spot, RequestForm(rows, initial=_begun(request, spot)))
    form = RequestForm(rows, request.POST)
    form.full_clean()
    asked = form.asked()
    problems = check_request(kit_id=spot.kit.kit_id, asked=asked, units=spot.terms.kits, at=reader.at)
    if "check" in request.POST:
        form.show((problem for problem in problems if problem.field.startswith("lines")), asked)
    elif not form.is_valid():
        form.show(problems, asked)
    else:
        try:
            pk = request_purchase(
                measure_id=measure_id, asked=asked, key=key_of(request), actor=reader.actor, at=reader.at
            )
        except NotPermitted:
            raise
        except Refusal as refusal:
            if any(problem.code == refusal.code for problem in problems):
                form.show(problems, asked)
            else:
                form.refuse(refusal)
        else:
            said = _("The request is handed in. Its money is set aside once it is approved.")
            messages.success(request, said)
            return redirect("purchase_request", pk)
    return _new_page(request, spot, form)


@login_required
def purchase_request(request: HttpRequest, pk: int) -> HttpResponse:
    """Show a request with its approval and quotations, and carry out what was posted about it."""
    reader = reader_of(request)
    row = _seen(reader, pk)
    if request.method != "POST":
        return _page(request, reader, row)
    name = request.POST.get("act", "")
    act = _acts(request, reader, row).get(name)
    if act is None:
        return redirect("purchase_request", pk)
    try:
        act[0]()
    except Refusal as refusal:
        if name in _DECIDING and say_request_decided(request, subject_of(pk), reader.user):
            return redirect("purchase_request", pk)
        if name == "choose" and _is_own_choice(request, _seen(reader, pk), reader):
            messages.info(request, _("This is recorded already: you chose this quotation."))
            return redirect("purchase_request", pk)
        if isinstance(refusal, NotPermitted):
            raise
        now = _seen(reader, pk)
        # Once it is over, that says more than what would be wrong with the act, whose form is gone.
        told = end_of(now)
        return _page(request, reader, now, Refusal("wrong_state", told) if told else refusal)
    messages.success(request, act[1])
    return redirect("purchase_request", pk)


@login_required
def quotation_new(request: HttpRequest, pk: int) -> HttpResponse:
    """Enter what a supplier asks for the items of a request."""
    reader = reader_of(request)
    row = _seen(reader, pk)
    require(reader.actor, Permission.PURCHASE_RECORD, unit_id=row.kit.measure.plan.unit_id, at=reader.at)
    parts, lines = parts_of(row.kit_id), lines_of(pk)
    if request.method != "POST":
        if told := end_of(row):
            messages.warning(request, told)
            return redirect("purchase_request", pk)
        form = QuotationForm(parts, lines, initial={"quoted_on": reader.day})
        return _quotation_page(request, row, form)
    form = QuotationForm(parts, lines, request.POST, request.FILES)
    if form.is_valid():
        # Handed in first, and judged as a whole where it is refused: posted twice, it is taken as before.
        try:
            record_quotation(
                request_id=pk,
                quote=form.quote(),
                file=sent_file(form, "file"),
                key=key_of(request),
                actor=reader.actor,
                at=reader.at,
            )
        except NotPermitted:
            raise
        except Refusal as refusal:
            problems = check_quote(pk, form.quote(), reader.at)
            if any(problem.code == refusal.code for problem in problems):
                form.show(problems)
            else:
                form.refuse(refusal)
        else:
            messages.success(request, _("The quotation is entered."))
            return redirect("purchase_request", pk)
    return _quotation_page(request, row, form)


@login_required
@require_safe
@cache_control(private=True, no_store=True)
def quotation_file(request: HttpRequest, pk: int) -> HttpResponse:
    """Give the picture or PDF of a quotation."""
    reader = reader_of(request)
    quotation = get_object_or_404(Quotation, pk=pk)
    row = _seen(reader, quotation.request_id)
    opened = Opened("quotation", f"fund:{row.fund_id}", subject_of(row.pk), {"supplier": quotation.supplier})
    return shown(request, reader, quotation.file_id, opened)


def _seen(reader: Reader, pk: int) -> PurchaseRequest:
    """Return the request; one that the reader may not see is not there.

    Raises:
        Http404: Without a word on whether it exists.

    """
    rows = PurchaseRequest.objects.select_related(
        "kit__measure__plan", "fund", "asked_by", "chosen", "chosen_by"
    )
    row = get_object_or_404(rows, pk=pk)
    if not may_see(row, reader):
        raise Http404
    return row


def _begun(request: HttpRequest, spot: Spot) -> dict[str, object]:
    """Return what the form begins with: an earlier request, or what is needed and not asked for yet."""
    begun: dict[str, object] = {}
    told = request.GET.get("from", "")
    if told.isascii() and told.isdigit() and len(told) < _DIGITS:
        earlier = PurchaseRequest.objects.filter(pk=int(told), kit_id=spot.kit.kit_id).first()
        if earlier is not None:
            asked = asked_of(earlier.pk)
            begun["reason"] = asked.reason
            for line in asked.lines:
                begun[f"lines-{line.item_id}-quantity"] = line.quantity
                begun[f"lines-{line.item_id}-price"] = line.unit_price_minor
            return begun
    asked_for = asked_packs(open_requests([spot.measure.pk]))
    for row in stock(spot.kit.kit_id, units=spot.terms.kits):
        lacking = row.lacking - asked_for[row.item_id]
        if lacking > 0:
            begun[f"lines-{row.item_id}-quantity"] = lacking
            begun[f"lines-{row.item_id}-price"] = spot.terms.expected.get(row.item)
    return begun


def _new_page(request: HttpRequest, spot: Spot, form: RequestForm) -> HttpResponse:
    reader = reader_of(request)
    total = sum(line.total_minor for line in form.told_lines if is_sound(line))
    context = {
        "spot": spot,
        "form": form,
        "total_minor": total or None,
        "available_minor": balance(spot.fund.pk).available,
        "open_requests": open_of(open_requests([spot.measure.pk])),
        "mark": mark_of(reader, spot.measure.plan.unit_id, [fund_subject(spot.fund.pk)]),
        "needs_comparing": bool(total) and spot.terms.comparing.asks(total),
    }
    return render(request, "web/purchase_request_form.html", context, status=422 if form.errors else 200)


def _quotation_page(request: HttpRequest, row: PurchaseRequest, form: QuotationForm) -> HttpResponse:
    context = {"request_row": row_of(row), "fund": row.fund, "form": form}
    return render(request, "web/quotation_form.html", context, status=422 if form.errors else 200)


def _acts(
    request: HttpRequest, reader: Reader, row: PurchaseRequest
) -> dict[str, tuple[Callable[[], object], str]]:
    """Return what may be posted: the act, and what is said then."""
    who: dict[str, Any] = {"actor": reader.actor, "at": reader.at}
    remark = request.POST.get("remark", "")
    seen: dict[str, Any] = {"digest": request.POST.get("digest", ""), "remark": remark}
    seen["step"] = _number(request, "step")
    quotation_id = _number(request, "quotation") or 0
    return {
        "approve": (
            lambda: approve_purchase(request_id=row.pk, **seen, **who),
            _("Your approval is noted."),
        ),
        "return": (
            lambda: return_purchase(request_id=row.pk, **seen, **who),
            _("The request went back to who asked."),
        ),
        "take_back": (
            lambda: withdraw_purchase_request(request_id=row.pk, remark=remark, **who),
            _("The request is withdrawn. What was set aside for it is available again.")
            if row.status == RequestStatus.APPROVED
            else _("The request is withdrawn."),
        ),
        "choose": (
            lambda: choose_quotation(
                request_id=row.pk,
                quotation_id=quotation_id,
                reason=request.POST.get("reason", ""),
                seen=_number(request, "seen"),
                **who,
            ),
            _("The quotation is chosen. The purchase can be recorded now."),
        ),
        "set_aside": (
            lambda: set_quotation_aside(
                quotation_id=quotation_id, reason=request.POST.get("reason", ""), **who
            ),
            _("The quotation counts no more."),
        ),
    }


def _number(request: HttpRequest, name: str) -> int | None:
    """Return a number that was posted, or None."""
    told = request.POST.get(name, "")
    return int(told) if told.isascii() and told.isdigit() and len(told) < _DIGITS else None


def _page(
    request: HttpRequest, reader: Reader, row: PurchaseRequest, refusal: Refusal | None = None
) -> HttpResponse:
    terms = terms_of(row.kit.measure)
    held_by = [request_subject(row.pk), fund_subject(row.fund_id)]
    mark = mark_of(reader, row.kit.measure.plan.unit_id, held_by)
    asked = latest(subject_of(row.pk))
    waits = asked if asked is not None and asked.status == Answer.PENDING else None
    office = may_act(reader.actor, waits, reader.at) if waits is not None else None
    buys = reader.may(Permission.PURCHASE_RECORD, row.kit.measure.plan.unit_id)
    is_open = row.status in {RequestStatus.PENDING, RequestStatus.APPROVED}
    comparison = comparison_of(row, terms)
    purchase = row.purchases.filter(cancelled_at__isnull=True).first()
    beside = refusal is not None and refusal.field in {"remark", "reason"} and _is_remark(request)
    context = {
        "row": row_of(row),
        "mark": mark,
        "request_row": row,
        "fund": row.fund,
        "terms": terms,
        "standard_minor": row.kit.standard_minor,
        "available_minor": balance(row.fund_id).available,
        "course": course_lines([asked], reader)[0] if asked is not None else None,
        "step": waits.step if waits is not None else 0,
        "in_stead_of": office.holder.label if office is not None and office.delegation is not None else "",
        "may_sign": office is not None,
        "may_approve": office is not None and not mark.holds,
        "comparison": comparison,
        "may_quote": buys and is_open,
        "may_choose": buys and row.status == RequestStatus.APPROVED and comparison.may_choose,
        "may_buy": buys and row.status == RequestStatus.APPROVED and (row.chosen_id or not comparison.needs),
        "may_take_back": _may_take_back(reader, row, office=office is not None, buys=buys),
        "take_back_needs_reason": row.status == RequestStatus.APPROVED or row.asked_by_id != reader.user.pk,
        "again_url": _again_url(row) if buys and not is_open and purchase is None else "",
        "purchase": purchase,
        "is_over": row.status in {RequestStatus.RETURNED, RequestStatus.WITHDRAWN},
        "refusal": refusal if refusal and not beside else None,
        "remark": request.POST.get("remark", "") if refusal else "",
        "remark_error": refusal.sentence if refusal and beside else "",
        "state": STATES[row.status],
        "number": request_number(row.number),
    }
    return render(request, "web/purchase_request.html", context, status=409 if refusal else 200)


def _is_own_choice(request: HttpRequest, row: PurchaseRequest, reader: Reader) -> bool:
    """Return whether the reader asks for what the reader chose before: a second click."""
    return row.chosen_by_id == reader.user.pk and row.chosen_id == _number(request, "quotation")


def _is_remark(request: HttpRequest) -> bool:
    return request.POST.get("act") in {"return", "approve", "take_back"}


def _may_take_back(reader: Reader, row: PurchaseRequest, *, office: bool, buys: bool) -> bool:
    """Return whether the reader may end the request: who asked or signs while it waits, later who buys."""
    if row.status == RequestStatus.APPROVED:
        return buys
    signs = reader.may(Permission.PLAN_APPROVE, row.kit.measure.plan.unit_id)
    is_maker = row.asked_by_id == reader.user.pk
    return row.status == RequestStatus.PENDING and (is_maker or (signs and not office))


def _again_url(row: PurchaseRequest) -> str:
    return reverse("purchase_request_new", args=(row.kit.measure_id,)) + f"?from={row.pk}"


urlpatterns: list[URLPattern] = [
    path("funds/<int:pk>/requests/", purchase_requests, name="purchase_requests"),
    path("measures/<int:measure_id>/requests/new/", purchase_request_new, name="purchase_request_new"),
    path("purchase-requests/<int:pk>/", purchase_request, name="purchase_request"),
    path("purchase-requests/<int:pk>/quotations/new/", quotation_new, name="quotation_new"),
    path("quotations/<int:pk>/file/", quotation_file, name="quotation_file"),
]
