"""Pages of what was bought and comes in, or goes back."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import URLPattern, path
from django.utils.translation import gettext as _

from songnuan.goods.models import Purchase
from songnuan.goods.queries import last_move, open_lines
from songnuan.journeys.receive_goods import receive_goods
from songnuan.journeys.return_goods import return_goods
from songnuan.kernel.refusal import NotPermitted, Refusal
from songnuan.organisation.permissions import Permission
from songnuan.organisation.queries import require
from songnuan.web.purchase_page import purchase_page, purchase_seen, returning_form
from songnuan.web.stock_forms import ReceivingForm
from songnuan.web.stock_words import short_dated
from songnuan.web.views.shared import Reader, key_of, reader_of, was_received
from songnuan.web.views.stock import told_to_count


@login_required
def purchase_receive(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a delivery in by lot; as long as something is still to come, offer the next."""
    reader = reader_of(request)
    row = _received_by(reader, pk)
    if why := _why_none_comes(row):
        messages.warning(request, why)
        return redirect("purchase", pk)
    lines = open_lines(pk)
    if not lines:
        messages.info(request, _("Nothing of this purchase is still to come."))
        return redirect("purchase", pk)
    if request.method != "POST":
        return _page(request, row, ReceivingForm(lines, initial={"came_on": reader.day}))
    form = ReceivingForm(lines, request.POST)
    if form.is_valid():
        with form.refusals():
            receive_goods(
                purchase_id=pk,
                came_on=form.cleaned_data["came_on"],
                deliveries=form.deliveries,
                key=key_of(request),
                actor=reader.actor,
                at=reader.at,
            )
            for words in short_dated(form.deliveries, lines, reader.day):
                messages.warning(request, words)
            if open_lines(pk):
                messages.success(request, _("Taken into the store. The rest is still to come."))
                return redirect("purchase_receive", pk)
            messages.success(request, _("Everything of this purchase is in the store."))
            return redirect("purchase", pk)
    return _page(request, row, form)


@login_required
def purchase_receive_all(request: HttpRequest, pk: int) -> HttpResponse:
    """Take in all that is still to come of a purchase whose goods have no date, today."""
    reader = reader_of(request)
    _received_by(reader, pk)
    if request.method != "POST":
        return redirect("purchase", pk)
    try:
        receive_goods(
            purchase_id=pk,
            came_on=reader.day,
            deliveries=None,
            key=key_of(request),
            actor=reader.actor,
            at=reader.at,
        )
    except NotPermitted:
        raise
    except Refusal as refusal:
        messages.warning(request, refusal.sentence)
    else:
        messages.success(request, _("Everything of this purchase is in the store."))
    return redirect("purchase", pk)


@login_required
def purchase_return(request: HttpRequest, pk: int) -> HttpResponse:
    """Send packs back to the supplier."""
    reader = reader_of(request)
    row = _received_by(reader, pk)
    if request.method != "POST":
        return redirect("purchase", pk)
    if not was_received(request) and told_to_count(request, reader, row.fund.plan):
        return redirect("purchase", pk)
    form = returning_form(row, request.POST)
    if not form.is_valid():
        return purchase_page(request, reader, row, form)
    try:
        return_goods(
            purchase_id=pk,
            packs=form.packs,
            reason=form.cleaned_data["reason"],
            seen=form.cleaned_data["seen"],
            key=key_of(request),
            actor=reader.actor,
            at=reader.at,
        )
    except NotPermitted:
        raise
    except Refusal as refusal:
        form = returning_form(row, _looked_again(request.POST, pk))
        form.refuse(refusal)
        return purchase_page(request, reader, row, form)
    messages.success(request, _("They are booked out of the store, and stand among what is to come."))
    return redirect("purchase", pk)


def _looked_again(sent: QueryDict, pk: int) -> QueryDict:
    """Return what was typed, beside the figures that the page shows now."""
    data = sent.copy()
    data["seen"] = str(last_move(pk))
    return data


def _received_by(reader: Reader, pk: int) -> Purchase:
    """Return the purchase, to whoever may take its goods in."""
    row = purchase_seen(reader, pk)
    require(reader.actor, Permission.PURCHASE_RECORD, unit_id=row.fund.plan.unit_id, at=reader.at)
    return row


def _why_none_comes(row: Purchase) -> str:
    """Return why nothing of a purchase comes any more, though not all of it did; empty where some may."""
    if row.cancelled_at is not None:
        return _("Purchase no. %(number)s is cancelled: nothing of it comes any more.") % {
            "number": row.number
        }
    if row.fund.closed_at is not None:
        return _("The fund is closed, and what had not come was taken for lost. Have it reopened first.")
    return ""


def _page(request: HttpRequest, row: Purchase, form: ReceivingForm) -> HttpResponse:
    context = {"purchase": row, "fund": row.fund, "form": form}
    return render(request, "web/receive.html", context, status=422 if form.errors else 200)


urlpatterns: list[URLPattern] = [
    path("purchases/<int:pk>/receive/", purchase_receive, name="purchase_receive"),
    path("purchases/<int:pk>/receive-all/", purchase_receive_all, name="purchase_receive_all"),
    path("purchases/<int:pk>/return/", purchase_return, name="purchase_return"),
]
