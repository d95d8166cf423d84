"""Pages of donations: the list with its totals, one donation, and a new one."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import URLPattern, path
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from songnuan.goods.cards import DonationCard, donation_card, donations
from songnuan.goods.handed import issues
from songnuan.goods.models import Donation, Item
from songnuan.goods.queries import times_of
from songnuan.goods.undoing import fault_of_donation, issues_of
from songnuan.goods.voided import Cancelled, cancelled_donations
from songnuan.journeys.cancel_donation import cancel_donation
from songnuan.journeys.record_donation import record_donation
from songnuan.organisation.permissions import Permission
from songnuan.plans.models import Plan
from songnuan.web.donation_forms import DonationCancelling, DonationForm
from songnuan.web.paging import before_of, page_of
from songnuan.web.sheet_form import gift_offer
from songnuan.web.stock_words import lot_words
from songnuan.web.views.issues import givable, issue_view, recording, units_of
from songnuan.web.views.shared import PAGE, Reader, key_of, names_on, reader_of
from songnuan.web.views.stock import plan_of_store, store_seen

_DIGITS = 18


@dataclass(frozen=True, slots=True)
class DonationView:
    """A donation with the name of the unit it went to, empty for the store, and its goods in words.

    `cancelled` says when, by whom and why it was, or is None.
    """

    card: DonationCard
    unit_name: str
    goods: list[str]
    cancelled: Cancelled | None


@login_required
@require_safe
def donations_list(request: HttpRequest, slug: str) -> HttpResponse:
    """List what was given for a plan, what it comes to, and which units got of it."""
    reader = reader_of(request)
    plan = store_seen(reader, slug)
    cards, given = donations(plan.pk), issues(plan.pk)
    cancelled = cancelled_donations([card.donation_id for card in cards])
    standing = [card for card in cards if card.donation_id not in cancelled]
    before = before_of(request)
    shown, older = page_of(
        [card for card in cards if before is None or card.number < before], PAGE, lambda card: card.number
    )
    last = _key(request)
    got, older_issues = page_of(
        [card for card in given if last is None or card.issue_id < last], PAGE, lambda card: card.issue_id
    )
    names = names_on([*(card.unit_id for card in shown), *(card.unit_id for card in got)], reader.day)
    may_record = reader.may(Permission.DONATION_RECORD, plan.unit_id)
    context = {
        "plan": plan,
        "donations": [_donation_view(card, names, cancelled) for card in shown],
        "older": older,
        "count": len(standing),
        "issues": [issue_view(card, names) for card in got],
        "older_issues": older_issues,
        "totals": _totals(standing),
        "total_minor": sum(card.total_minor for card in standing),
        "may_record": may_record,
        "may_issue": may_record and bool(givable(plan, reader)),
    }
    return render(request, "web/donations.html", context)


@login_required
@require_safe
def donation(request: HttpRequest, pk: int) -> HttpResponse:
    """Show one donation, and to whoever may the form that cancels it."""
    reader = reader_of(request)
    card, plan = _donation_seen(reader, pk)
    return _one_page(request, reader, card, plan)


@login_required
def donation_cancel(request: HttpRequest, pk: int) -> HttpResponse:
    """Cancel a donation that was entered wrongly."""
    reader = reader_of(request)
    card, plan = _donation_seen(reader, pk)
    if request.method != "POST":
        return redirect("donation", pk)
    form = DonationCancelling(request.POST)
    if form.is_valid():
        with form.refusals():
            why = form.cleaned_data["reason"]
            cancel_donation(donation_id=pk, reason=why, key=key_of(request), actor=reader.actor, at=reader.at)
            messages.success(request, _("The donation is cancelled; its goods are booked back to the donor."))
            return redirect("donation", pk)
    return _one_page(request, reader, card, plan, form)


def _donation_seen(reader: Reader, pk: int) -> tuple[DonationCard, Plan]:
    """Return the donation and its plan; one that the reader may not see is not there."""
    card = donation_card(pk)
    if card is None:
        raise Http404
    return card, plan_of_store(reader, card.plan_id)


def _one_page(
    request: HttpRequest,
    reader: Reader,
    card: DonationCard,
    plan: Plan,
    tried: DonationCancelling | None = None,
) -> HttpResponse:
    cancelled = cancelled_donations([card.donation_id])
    row = Donation.objects.select_related("store").get(pk=card.donation_id)
    out = list(issues_of(row)) if card.unit_id is None else []
    names = names_on([card.unit_id, *(issue.unit_id for issue in out)], reader.day)
    may_cancel = reader.may(Permission.DONATION_RECORD, plan.unit_id) and not cancelled
    fault = fault_of_donation(row, reader.user.pk, reader.at) if may_cancel else None
    context = {
        "plan": plan,
        "view": _donation_view(card, names, cancelled),
        "lines": [
            {
                "row": line,
                "lot": lot_words(line.number, line.expires_on),
                "of_one_minor": line.unit_value_minor,
            }
            for line in card.lines
        ],
        "offer": gift_offer(reader, plan, pk=card.donation_id),
        "issues": [{"row": issue, "unit": names[issue.unit_id]} for issue in out],
        "why_not": fault.sentence if fault and not tried else "",
        "cancelling": (tried or DonationCancelling()) if (may_cancel and not fault) or tried else None,
    }
    return render(request, "web/donation.html", context, status=422 if tried else 200)


def _key(request: HttpRequest) -> int | None:
    """Return from which distribution on the page goes on."""
    told = request.GET.get("row", "")
    return int(told) if told.isascii() and told.isdigit() and len(told) < _DIGITS else None


@login_required
def donation_new(request: HttpRequest, slug: str) -> HttpResponse:
    """Record a donation."""
    reader = reader_of(request)
    plan = recording(reader, slug)
    units, times = units_of(plan, reader), times_of(plan, reader.actor, reader.at)
    if request.method != "POST":
        return _donation_page(request, plan, DonationForm(units, times, initial={"happened_on": reader.day}))
    form = DonationForm(units, times, request.POST)
    if form.is_valid():
        with form.refusals():
            donation_id = record_donation(
                plan_id=plan.pk,
                gift=form.gift,
                signature=form.drawn if form.cleaned_data["unit"] else b"",
                key=key_of(request),
                actor=reader.actor,
                at=reader.at,
            )
            messages.success(request, _("The donation is recorded."))
            return redirect("donation", donation_id)
    return _donation_page(request, plan, form)


def _donation_page(request: HttpRequest, plan: Plan, form: DonationForm) -> HttpResponse:
    known = Item.objects.order_by("name").values_list("name", flat=True).distinct()
    context = {"plan": plan, "form": form, "known": list(known)}
    return render(request, "web/donation_form.html", context, status=422 if form.errors else 200)


def _donation_view(
    card: DonationCard, names: Mapping[int, str], cancelled: Mapping[int, Cancelled]
) -> DonationView:
    goods = _totals([card])
    unit = names[card.unit_id] if card.unit_id is not None else ""
    return DonationView(card, unit, goods, cancelled.get(card.donation_id))


def _totals(cards: Iterable[DonationCard]) -> list[str]:
    """Return how many packs of each item were given, in words."""
    packs: Counter[tuple[str, str]] = Counter()
    for card in cards:
        for line in card.lines:
            packs[line.item, line.packing] += line.quantity
    return [f"{item} {quantity} {packing}" for (item, packing), quantity in packs.items()]


urlpatterns: list[URLPattern] = [
    path("plans/<slug:slug>/donations/", donations_list, name="donations"),
    path("plans/<slug:slug>/donations/new/", donation_new, name="donation_new"),
    path("donations/<int:pk>/", donation, name="donation"),
    path("donations/<int:pk>/cancel/", donation_cancel, name="donation_cancel"),
]
