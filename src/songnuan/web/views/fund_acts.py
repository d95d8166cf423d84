"""Acts on a fund: money that comes in and goes back, one entry with what can be done about it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import URLPattern, path
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from songnuan.funds.models import Account, Entry, Fund, Kind
from songnuan.funds.queries import paid_on, rest_of
from songnuan.goods.deliveries import given_up
from songnuan.goods.lots import OpenLine
from songnuan.goods.models import Purchase
from songnuan.goods.queries import open_lines
from songnuan.journeys.appropriate_fund import appropriate_fund
from songnuan.journeys.fund_clauses import clause_numbers, own_clauses
from songnuan.journeys.fund_entries import BOUND, purchase_of
from songnuan.journeys.refund_purchase import refund_purchase
from songnuan.journeys.release_commitment import release_commitment
from songnuan.journeys.return_money import return_money
from songnuan.journeys.reverse_entry import reverse_entry
from songnuan.kernel.actor import SYSTEM
from songnuan.organisation.permissions import Permission
from songnuan.organisation.queries import require
from songnuan.web.forms import Form
from songnuan.web.fund_forms import Appropriation, GoingBack, Refund, Why
from songnuan.web.fund_page import fund_view
from songnuan.web.views.funds import fund_page, fund_seen
from songnuan.web.views.shared import Reader, key_of, reader_of


@dataclass(frozen=True, slots=True)
class Doings:
    """What the reader can do about an entry: forms by name, and the purchase that is in the way of others."""

    forms: Mapping[str, Form]
    bound: Purchase | None = None


@login_required
def fund_appropriate(request: HttpRequest, pk: int) -> HttpResponse:
    """Book money that came in."""
    return _on_fund(
        request,
        pk,
        Appropriation,
        lambda facts: appropriate_fund(fund_id=pk, **facts),
        _("The appropriation is booked."),
    )


@login_required
def fund_return(request: HttpRequest, pk: int) -> HttpResponse:
    """Book money that goes back to where the fund came from."""
    return _on_fund(
        request,
        pk,
        lambda data: GoingBack(data, prefix="back"),
        lambda facts: return_money(fund_id=pk, **facts),
        _("The return is booked."),
    )


@login_required
@require_safe
def fund_entry(request: HttpRequest, pk: int) -> HttpResponse:
    """Show one entry, and to whoever may what can be done about it."""
    reader = reader_of(request)
    entry = _entry_seen(reader, pk)
    return _entry_page(request, reader, entry, _doings(reader, entry))


@login_required
def entry_reverse(request: HttpRequest, pk: int) -> HttpResponse:
    """Reverse an entry that was wrong."""
    return _on_entry(
        request,
        pk,
        "reversing",
        lambda facts: reverse_entry(entry_id=pk, **facts),
        _("The entry is reversed."),
    )


@login_required
def entry_release(request: HttpRequest, pk: int) -> HttpResponse:
    """Release what is left of a commitment."""
    return _on_entry(
        request,
        pk,
        "releasing",
        lambda facts: release_commitment(entry_id=pk, **facts),
        _("What was left of the commitment is available again."),
    )


@login_required
def entry_refund(request: HttpRequest, pk: int) -> HttpResponse:
    """Book what a supplier gave back of what was paid on a commitment."""
    return _on_entry(
        request,
        pk,
        "refunding",
        lambda facts: refund_purchase(entry_id=pk, **facts),
        _("The refund is booked: the money is available again."),
    )


def _on_fund(
    request: HttpRequest,
    pk: int,
    form_of: Callable[[Any], Appropriation],
    act: Callable[[dict[str, Any]], object],
    done: str,
) -> HttpResponse:
    """Carry out what the form asks of the fund and say so, or show what is to be mended."""
    reader = reader_of(request)
    row = fund_seen(reader, pk)
    if request.method != "POST":
        return redirect("fund", pk)
    require(reader.actor, Permission.FUND_APPROPRIATE, unit_id=row.plan.unit_id, at=reader.at)
    form = form_of(request.POST)
    if _carried_out(request, reader, form, act):
        messages.success(request, done)
        return redirect("fund", pk)
    return fund_page(request, reader, fund_seen(reader, pk), form)


def _on_entry(
    request: HttpRequest, pk: int, name: str, act: Callable[[dict[str, Any]], object], done: str
) -> HttpResponse:
    reader = reader_of(request)
    entry = _entry_seen(reader, pk)
    if request.method != "POST":
        return redirect("fund_entry", pk)
    needed = _needed(entry) if name == "reversing" else Permission.PURCHASE_RECORD
    require(reader.actor, needed, unit_id=entry.fund.plan.unit_id, at=reader.at)
    form: Form = Why(request.POST, prefix=name)
    if name == "refunding":
        form = Refund(request.POST, prefix=name, lines=_to_come(entry))
    if _carried_out(request, reader, form, act):
        messages.success(request, done)
        return redirect("fund_entry", pk)
    return _entry_page(request, reader, entry, Doings({name: form}), tried=form)


def _carried_out(
    request: HttpRequest, reader: Reader, form: Form, act: Callable[[dict[str, Any]], object]
) -> bool:
    key = key_of(request)
    if form.is_valid():
        facts = form.facts() if isinstance(form, Refund) else dict(form.cleaned_data)
        if "amount" in facts:
            facts["amount_minor"] = facts.pop("amount")
        with form.refusals():
            act({**facts, "key": key, "actor": reader.actor, "at": reader.at})
    return form.is_valid()


def _needed(entry: Entry) -> Permission:
    """Return what the reversal of an entry takes."""
    of_fund = entry.kind in {Kind.APPROPRIATE, Kind.RETURN}
    return Permission.FUND_APPROPRIATE if of_fund else Permission.PURCHASE_RECORD


def _entry_seen(reader: Reader, pk: int) -> Entry:
    """Return the entry; one of a fund that the reader may not see is not there.

    Raises:
        Http404: Without a word on whether it exists.

    """
    rows = Entry.objects.select_related(
        "fund__plan", "fund__document", "entered_by", "reverses", "commitment"
    )
    entry = rows.filter(pk=pk).first()
    if entry is None or not reader.may(Permission.FUND_VIEW, entry.fund.plan.unit_id):
        raise Http404
    return entry


def _doings(reader: Reader, entry: Entry) -> Doings:
    """Return what the reader can do about the entry as it stands."""
    if entry.fund.closed_at is not None or not reader.may(_needed(entry), entry.fund.plan.unit_id):
        return Doings({})
    is_promise = entry.kind == Kind.COMMIT
    forms: dict[str, Form] = {}
    if is_promise and paid_on(entry.pk):
        known = {"happened_on": reader.day}
        forms["refunding"] = Refund(initial=known, prefix="refunding", lines=_to_come(entry))
    if entry.kind == Kind.REVERSE or Entry.objects.filter(reverses=entry).exists():
        return Doings(forms)
    bound = purchase_of(entry) if entry.kind in BOUND else None
    left = rest_of(entry.pk) if is_promise and not bound else 0
    if left:
        forms["releasing"] = Why(prefix="releasing")
    if not bound and (not is_promise or left == entry.amount_minor):
        forms["reversing"] = Why(prefix="reversing")
    return Doings(forms, bound)


def _to_come(commitment: Entry) -> list[OpenLine]:
    """Return what is still to come of the purchase that rests on a commitment."""
    purchase = Purchase.objects.filter(commitment=commitment, cancelled_at__isnull=True).first()
    return open_lines(purchase.pk) if purchase else []


def _entry_page(
    request: HttpRequest, reader: Reader, entry: Entry, doings: Doings, tried: Form | None = None
) -> HttpResponse:
    fund: Fund = entry.fund
    clause = entry.clause_key or own_clauses([fund])[fund.pk]
    commitment_id = entry.commitment_id or entry.pk
    purchase = Purchase.objects.filter(commitment_id=commitment_id).first()
    related = Entry.objects.filter(commitment_id=entry.pk).order_by("pk")
    context = {
        "entry": entry,
        "kind_label": Kind(entry.kind).label,
        "fund": fund_view(fund),
        "clause_number": clause_numbers(fund.plan).get(clause, ""),
        "purchase": purchase,
        "entered_by": entry.entered_by.name if entry.entered_by else SYSTEM.label,
        "postings": [
            (Account(posting.account).label, posting.amount_minor)
            for posting in entry.postings.order_by("amount_minor")
        ],
        "reversal": Entry.objects.filter(reverses=entry).first(),
        "draws": [(one, Kind(one.kind).label) for one in related],
        "rest_minor": rest_of(entry.pk) if entry.kind == Kind.COMMIT else None,
        "paid_minor": paid_on(entry.pk) if entry.kind == Kind.COMMIT else None,
        "doings": doings,
        "given_up": given_up(entry.pk),
        "day": reader.day,
    }
    return render(request, "web/fund_entry.html", context, status=422 if tried is not None else 200)


urlpatterns: list[URLPattern] = [
    path("funds/<int:pk>/appropriate/", fund_appropriate, name="fund_appropriate"),
    path("funds/<int:pk>/return/", fund_return, name="fund_return"),
    path("funds/entries/<int:pk>/", fund_entry, name="fund_entry"),
    path("funds/entries/<int:pk>/reverse/", entry_reverse, name="entry_reverse"),
    path("funds/entries/<int:pk>/release/", entry_release, name="entry_release"),
    path("funds/entries/<int:pk>/refund/", entry_refund, name="entry_refund"),
]
