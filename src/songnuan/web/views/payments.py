"""The page of a list's payment: its release, what became of it, what failed and is paid again or not."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from songnuan.approvals.hold_queries import active_among
from songnuan.funds.holding import subject_of as fund_subject
from songnuan.journeys.payment_lists import page_of
from songnuan.journeys.release_list import confirm_account, end_lines, pay_again, release_list
from songnuan.kernel.refusal import NotPermitted, Refusal
from songnuan.organisation.permissions import Permission
from songnuan.payments.actions.releases import CONFIRMING
from songnuan.payments.models import (
    Channel,
    ListAct,
    ListStatus,
    PaymentBatch,
    PaymentLine,
    PaymentList,
    Verb,
)
from songnuan.payments.notices import gate_of
from songnuan.payments.queries import is_paid
from songnuan.payments.release_queries import batches_of, paid_of, told_now, unpaid_lines
from songnuan.payments.releasing import Lines, sums_of
from songnuan.payments.rules import list_number, subject_of
from songnuan.web.forms import Form
from songnuan.web.hold_forms import mark_of
from songnuan.web.notice_words import standing_words
from songnuan.web.payment_forms import EndLinesForm, PayAgainForm, ReleaseForm
from songnuan.web.payment_list_page import SAID, STATES, list_seen
from songnuan.web.payment_page import batch_rows, open_lines, shares_of
from songnuan.web.views.shared import Reader, only_posted, reader_of

SHOWN = 200
"""How many lines that are not paid a page shows; more of them are chosen after these."""
Tried = Form | None


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def payment(request: HttpRequest, list_id: int) -> HttpResponse:
    """Show what became of a list, or release it."""
    reader = reader_of(request)
    row = list_seen(reader, list_id, *CONFIRMING)
    if request.method != "POST":
        return _page(request, reader, row)
    form = ReleaseForm(request.POST, is_asked=_asks_bank(row), units=_units(reader))
    if form.is_valid():
        with form.refusals(SAID):
            release_list(
                list_id=list_id,
                digest=request.POST.get("digest", ""),
                layout=form.cleaned_data.get("layout", ""),
                actor=reader.actor,
                at=reader.at,
            )
            messages.success(request, _("The list is released. What is on its way stands below."))
            return redirect("payment", list_id)
    return _page(request, reader, list_seen(reader, list_id), form)


@login_required
@only_posted
def payment_again(request: HttpRequest, list_id: int) -> HttpResponse:
    """Pay lines again that failed or came back."""
    reader = reader_of(request)
    row = list_seen(reader, list_id)
    form = PayAgainForm(request.POST, units=_units(reader))
    if form.is_valid():
        told = form.cleaned_data
        with form.refusals(SAID):
            pay_again(
                list_id=list_id,
                line_ids=told["lines"],
                layout=told["layout"],
                actor=reader.actor,
                at=reader.at,
            )
            messages.success(request, _("They are on their way again, in a batch of their own."))
            return redirect("payment", list_id)
    return _page(request, reader, row, form)


@login_required
@only_posted
def payment_end(request: HttpRequest, list_id: int) -> HttpResponse:
    """Pay lines not after all."""
    reader = reader_of(request)
    row = list_seen(reader, list_id)
    form = EndLinesForm(request.POST)
    if form.is_valid():
        told = form.cleaned_data
        with form.refusals(SAID):
            end_lines(
                list_id=list_id, line_ids=told["lines"], why=told["why"], actor=reader.actor, at=reader.at
            )
            messages.success(request, _("They are not paid. Their money is available again."))
            return redirect("payment", list_id)
    return _page(request, reader, row, form)


@login_required
@only_posted
def payment_confirm(request: HttpRequest, list_id: int, line_id: int) -> HttpResponse:
    """Confirm the account that the register tells by now."""
    reader = reader_of(request)
    get_object_or_404(PaymentLine, pk=line_id, payment_list=list_seen(reader, list_id, *CONFIRMING))
    try:
        confirm_account(line_id=line_id, seen=request.POST.get("seen", ""), actor=reader.actor, at=reader.at)
    except Refusal as refusal:
        if isinstance(refusal, NotPermitted) and refusal.code not in SAID:
            raise
        messages.error(request, refusal.sentence)
        return redirect("payment", list_id)
    messages.success(request, _("The account is confirmed. Finance can pay there now."))
    return redirect("payment", list_id)


def _asks_bank(row: PaymentList) -> bool:
    return bool(sums_of(Lines(row.pk))[Channel.BANK][0])


def _page(request: HttpRequest, reader: Reader, row: PaymentList, tried: Tried = None) -> HttpResponse:
    """Show the page; `tried` is a form that could not be taken."""
    unit_id, is_released = row.measure.plan.unit_id, row.status == ListStatus.RELEASED
    held = active_among([subject_of(row.pk), fund_subject(row.fund_id)])
    pays = reader.may(Permission.PAYMENT_RELEASE, unit_id) and _is_free(row, reader)
    lines = open_lines(told_now(unpaid_lines(row.pk))[:SHOWN]) if is_released else []
    ids = [line.id for line in lines]
    paid = paid_of([row.pk])[row.pk] if is_released else None
    confirms = any(reader.may(one, unit_id) for one in CONFIRMING) and not is_paid(row.pk, reader.user.pk)
    released = PaymentBatch.objects.filter(payment_list=row, released_by=reader.user).exists()
    context: dict[str, Any] = {
        "row": row,
        "plan": row.measure.plan,
        "number": list_number(row.number),
        "list_url": page_of(row),
        "notice_url": reverse("payment_notice", args=(row.pk,)),
        "calls_url": _calls(row) if reader.may(Permission.LIST_INSPECT, unit_id) else "",
        "state": STATES[row.status],
        "status_label": str(ListStatus(row.status).label),
        "mark": mark_of(reader, unit_id, [subject_of(row.pk), fund_subject(row.fund_id)]),
        "reads": reader.may(Permission.BENEFIT_VIEW, unit_id),
        "paid": paid,
        "shares": shares_of(paid) if paid else [],
        "batches": batch_rows(list(batches_of(row.pk))),
        "lines": lines,
        "ticked": {pk for pk in ids if str(pk) in request.POST.getlist("lines")} if tried else set(),
        "confirms": confirms and not released,
        "again": _again(tried, reader) if lines and pays and not held else None,
        "ending": _ending(tried) if lines and reader.may(Permission.PURCHASE_RECORD, unit_id) else None,
        **_before(row, reader, tried, is_held=bool(held), pays=pays),
    }
    stands = (context["release"], context["again"], context["ending"])
    context["refused"] = tried if tried is not None and all(tried is not one for one in stands) else None
    return render(request, "web/payment.html", context, status=422 if tried is not None else 200)


def _again(tried: Tried, reader: Reader) -> PayAgainForm:
    if isinstance(tried, PayAgainForm):
        return tried
    return PayAgainForm(units=_units(reader), auto_id="id_again_%s")


def _ending(tried: Tried) -> EndLinesForm:
    return tried if isinstance(tried, EndLinesForm) else EndLinesForm(auto_id="id_end_%s")


def _calls(row: PaymentList) -> str:
    """Return where payees of the list are called back."""
    return reverse("payment_callbacks", args=(row.pk,))


def _units(reader: Reader) -> frozenset[int]:
    """Return the units whose own layouts are offered."""
    return reader.reach_ids(Permission.PAYMENT_RELEASE)


def _before(row: PaymentList, reader: Reader, tried: Tried, *, is_held: bool, pays: bool) -> dict[str, Any]:
    """Return what stands between a signed list and its release, and the form that releases it."""
    if row.status != ListStatus.SIGNED:
        return {"release": None, "gate": ""}
    standing = gate_of(row.pk).standing(reader.day)
    is_open = standing.value == "over" and not is_held and pays
    sums = sums_of(Lines(row.pk))
    return {
        "release": (
            tried
            if isinstance(tried, ReleaseForm)
            else ReleaseForm(is_asked=bool(sums[Channel.BANK][0]), units=_units(reader))
        )
        if is_open
        else None,
        "gate": standing_words(standing),
        "is_over": standing.value == "over",
        "by_bank": sums[Channel.BANK],
        "in_cash": sums[Channel.CASH],
    }


def _is_free(row: PaymentList, reader: Reader) -> bool:
    """Return whether the reader did nothing else about the list, and is not paid by it."""
    acts = ListAct.objects.filter(payment_list=row, person=reader.user).exclude(verb=Verb.RELEASE)
    return not acts.exists() and not is_paid(row.pk, reader.user.pk)


urlpatterns: list[URLPattern] = [
    path("lists/<int:list_id>/pay/", payment, name="payment"),
    path("lists/<int:list_id>/pay/again/", payment_again, name="payment_again"),
    path("lists/<int:list_id>/pay/end/", payment_end, name="payment_end"),
    path("lists/<int:list_id>/pay/lines/<int:line_id>/confirm/", payment_confirm, name="payment_confirm"),
]
