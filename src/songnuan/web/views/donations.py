"""Pages of donations: the list with its totals, one donation, a new one, and what is given to a unit."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import URLPattern, path
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from songnuan.goods.cards import DonationCard, donation_card, donations
from songnuan.goods.handed import HandOverRow, IssueCard, issues
from songnuan.goods.lots import OnHand, usable
from songnuan.goods.models import Issue, Item, Lot
from songnuan.goods.queries import on_hand, times_of
from songnuan.goods.voided import Cancelled, cancelled_donations
from songnuan.journeys.cancel_donation import cancel_donation
from songnuan.journeys.issue_goods import issue_goods
from songnuan.journeys.record_donation import record_donation
from songnuan.organisation.permissions import Permission
from songnuan.organisation.queries import require, subtree, unit_views
from songnuan.plans.models import Plan
from songnuan.records.queries import read_file
from songnuan.web.donation_forms import DonationCancelling, DonationForm, Givable, IssueForm
from songnuan.web.paging import before_of, page_of
from songnuan.web.sheet_form import gift_offer
from songnuan.web.stock_words import lot_words
from songnuan.web.views.shared import PAGE, Reader, key_of, names_on, reader_of
from songnuan.web.views.stock import is_blind, store_seen

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


@dataclass(frozen=True, slots=True)
class IssueView:
    """What a unit got, with its name and the goods in words."""

    card: IssueCard
    unit_name: str
    goods: list[str]


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
        "issues": [
            IssueView(card, names.get(card.unit_id, ""), [_handed(line) for line in card.lines])
            for card in got
        ],
        "older_issues": older_issues,
        "totals": _totals(standing),
        "total_minor": sum(card.total_minor for card in standing),
        "may_record": may_record,
        "may_issue": may_record and bool(_givable(plan, reader)),
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
            messages.success(request, _("The donation is cancelled; its goods are booked out of the store."))
            return redirect("donation", pk)
    return _one_page(request, reader, card, plan, form)


def _donation_seen(reader: Reader, pk: int) -> tuple[DonationCard, Plan]:
    """Return the donation and its plan; one that the reader may not see is not there."""
    card = donation_card(pk)
    plan = Plan.objects.filter(pk=card.plan_id).first() if card else None
    if card is None or plan is None or not reader.may(Permission.FUND_VIEW, plan.unit_id):
        raise Http404
    return card, plan


def _one_page(
    request: HttpRequest,
    reader: Reader,
    card: DonationCard,
    plan: Plan,
    tried: DonationCancelling | None = None,
) -> HttpResponse:
    cancelled = cancelled_donations([card.donation_id])
    names = names_on([card.unit_id], reader.day)
    is_whole = card.unit_id is None and all(line.in_store == line.quantity for line in card.lines)
    may_cancel = reader.may(Permission.DONATION_RECORD, plan.unit_id) and not cancelled and is_whole
    context = {
        "plan": plan,
        "view": _donation_view(card, names, cancelled),
        "lines": [{"row": line, "lot": lot_words(line.number, line.expires_on)} for line in card.lines],
        "offer": gift_offer(reader, plan, pk=card.donation_id),
        "cancelling": (tried or DonationCancelling()) if may_cancel or tried else None,
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
    plan = _recording(reader, slug)
    units, times = _units(plan, reader), times_of(plan, reader.actor, reader.at)
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


@login_required
def issue_new(request: HttpRequest, slug: str) -> HttpResponse:
    """Give donated goods out of the store to a unit."""
    reader = reader_of(request)
    plan = _recording(reader, slug)
    # What is posted twice names goods that may be used up by then: it is still read as the first time.
    givable = _givable(plan, reader, is_read_again=request.method == "POST")
    units, times = _units(plan, reader), times_of(plan, reader.actor, reader.at)
    context = {"plan": plan, "blind": is_blind(reader, plan)}
    if request.method != "POST":
        form = IssueForm(givable, units, times, initial={"happened_on": reader.day})
        return render(request, "web/issue_goods.html", {**context, "form": form})
    form = IssueForm(givable, units, times, request.POST)
    if form.is_valid():
        told = form.cleaned_data
        with form.refusals():
            issue_goods(
                plan_id=plan.pk,
                unit_id=told["unit"],
                packs=form.packs,
                happened_on=told["happened_on"],
                handing=form.handing,
                signature=form.drawn,
                reason_late=told["reason_late"],
                key=key_of(request),
                actor=reader.actor,
                at=reader.at,
            )
            messages.success(request, _("The goods are booked out of the store."))
            return redirect("donations", slug)
    return render(request, "web/issue_goods.html", {**context, "form": form}, status=422)


@login_required
@require_safe
@cache_control(private=True, no_store=True)
def issue_signature(request: HttpRequest, pk: int) -> HttpResponse:
    """Give the picture of the signature for goods that a unit got."""
    reader = reader_of(request)
    row = get_object_or_404(Issue.objects.select_related("store__plan", "signature"), pk=pk)
    if row.signature is None or not reader.may(Permission.FUND_VIEW, row.store.plan.unit_id):
        raise Http404
    return HttpResponse(read_file(row.signature), content_type=row.signature.media_type)


def _recording(reader: Reader, slug: str) -> Plan:
    plan = store_seen(reader, slug)
    require(reader.actor, Permission.DONATION_RECORD, unit_id=plan.unit_id, at=reader.at)
    return plan


def _donation_page(request: HttpRequest, plan: Plan, form: DonationForm) -> HttpResponse:
    known = Item.objects.order_by("name").values_list("name", flat=True).distinct()
    context = {"plan": plan, "form": form, "known": list(known)}
    return render(request, "web/donation_form.html", context, status=422 if form.errors else 200)


def _units(plan: Plan, reader: Reader) -> list[tuple[int, str]]:
    """Return the units below that of the plan, by name."""
    below = unit_views(subtree(plan.unit_id, reader.day).exclude(pk=plan.unit_id), reader.day)
    return [(unit.unit_id, unit.name) for unit in below]


def _givable(plan: Plan, reader: Reader, *, is_read_again: bool = False) -> list[Givable]:
    """Return the donated goods that may go out today, by item; read again, those that are used up too."""
    given = Lot.objects.filter(store__plan=plan, gift__isnull=False)
    lots: dict[int, list[OnHand]] = {}
    if is_read_again:
        lots = {item_id: [] for item_id in given.values_list("item_id", flat=True)}
    for lot in usable(on_hand(given, on=reader.day), reader.day):
        lots.setdefault(lot.item_id, []).append(lot)
    return [
        Givable(
            item_id=item.pk,
            item=item.label,
            packing=item.packing,
            there=sum(lot.quantity for lot in lots[item.pk]),
            first=lot_words(lots[item.pk][0].number, lots[item.pk][0].expires_on) if lots[item.pk] else "",
        )
        for item in Item.objects.filter(pk__in=lots).order_by("pk")
    ]


def _donation_view(
    card: DonationCard, names: Mapping[int, str], cancelled: Mapping[int, Cancelled]
) -> DonationView:
    goods = [f"{line.item} {line.quantity} {line.packing}" for line in card.lines]
    unit = names[card.unit_id] if card.unit_id is not None else ""
    return DonationView(card, unit, goods, cancelled.get(card.donation_id))


def _handed(line: HandOverRow) -> str:
    lot = lot_words(line.number, line.expires_on)
    words = f"{line.item} {line.quantity} {line.packing}"
    return _("%(packs)s (%(lot)s)") % {"packs": words, "lot": lot} if lot else words


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
    path("plans/<slug:slug>/donations/issue/", issue_new, name="issue_new"),
    path("donations/<int:pk>/", donation, name="donation"),
    path("donations/<int:pk>/cancel/", donation_cancel, name="donation_cancel"),
    path("issues/<int:pk>/signature/", issue_signature, name="issue_signature"),
]
