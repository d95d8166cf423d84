"""Pages of donated goods that units got: one issue with its receipt and its taking back, and a new one."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from songnuan.casework.case_models import NeedGoods
from songnuan.casework.case_rules import printed_need
from songnuan.goods.cards import printed_donation
from songnuan.goods.handed import HandOverRow, IssueCard, issue_card
from songnuan.goods.lots import OnHand, usable
from songnuan.goods.models import Issue, Item, Lot
from songnuan.goods.queries import on_hand, times_of
from songnuan.goods.undoing import fault_of_issue
from songnuan.journeys.issue_goods import issue_goods
from songnuan.journeys.take_back_issue import take_back_issue
from songnuan.organisation.permissions import Permission
from songnuan.organisation.queries import require, subtree, unit_views
from songnuan.plans.models import Plan
from songnuan.records.rules import Opened
from songnuan.visits.signing import words_of
from songnuan.web.donation_forms import Givable, IssueForm, IssueTakingBack
from songnuan.web.opening import shown
from songnuan.web.stock_words import lot_words, with_lot
from songnuan.web.trail_named import Named
from songnuan.web.views.shared import Reader, key_of, names_on, reader_of, was_received
from songnuan.web.views.stock import COUNT_FIRST, is_blind, plan_of_store, store_seen


@dataclass(frozen=True, slots=True)
class IssueView:
    """What a unit got, with its name and the goods in words."""

    card: IssueCard
    unit_name: str
    goods: list[str]


@login_required
@require_safe
def issue(request: HttpRequest, pk: int) -> HttpResponse:
    """Show what a unit got, who took it, and to whoever may the form that takes it back."""
    reader = reader_of(request)
    card, plan = _issue_seen(reader, pk)
    return _one_page(request, reader, card, plan)


@login_required
def issue_back(request: HttpRequest, pk: int) -> HttpResponse:
    """Take back what was given out wrongly."""
    reader = reader_of(request)
    card, plan = _issue_seen(reader, pk)
    if request.method != "POST":
        return redirect("issue", pk)
    form = IssueTakingBack(request.POST)
    if form.is_valid():
        with form.refusals():
            why = form.cleaned_data["reason"]
            take_back_issue(issue_id=pk, reason=why, key=key_of(request), actor=reader.actor, at=reader.at)
            messages.success(request, _("The goods are booked back into the store."))
            return redirect("issue", pk)
    return _one_page(request, reader, card, plan, form)


def _issue_seen(reader: Reader, pk: int) -> tuple[IssueCard, Plan]:
    """Return what a unit got and its plan; what the reader may not see is not there."""
    card = issue_card(pk)
    if card is None:
        raise Http404
    return card, plan_of_store(reader, card.plan_id)


def _one_page(
    request: HttpRequest,
    reader: Reader,
    card: IssueCard,
    plan: Plan,
    tried: IssueTakingBack | None = None,
) -> HttpResponse:
    names = names_on([card.unit_id], reader.day)
    may = reader.may(Permission.DONATION_RECORD, plan.unit_id) and card.withdrawn_at is None
    row = Issue.objects.select_related("store", "movement", "donation").get(pk=card.issue_id)
    fault = fault_of_issue(row, reader.user.pk, reader.at) if may else None
    context = {
        "plan": plan,
        "view": issue_view(card, names),
        "lines": [
            {
                "row": line,
                "lot": lot_words(line.number, line.expires_on),
                "of_one_minor": line.unit_price_minor,
            }
            for line in card.lines
        ],
        "need": _need_of(card, reader, plan),
        "donation": printed_donation(row.donation.number) if row.donation else "",
        "why_not": fault.sentence if fault and not tried else "",
        "taking_back": (tried or IssueTakingBack()) if (may and not fault) or tried else None,
    }
    return render(request, "web/issue.html", context, status=422 if tried else 200)


def _need_of(card: IssueCard, reader: Reader, plan: Plan) -> Named | None:
    """Return the need of a family for which goods were given, with its page for who may look there."""
    given = NeedGoods.objects.select_related("need__case").filter(issue=card.issue_id).first()
    if given is None:
        return None
    may = reader.may(Permission.CASE_VIEW, plan.unit_id)
    number = printed_need(given.need.case.number, given.need.number)
    return Named(number, reverse("family_need", args=(given.need_id,)) if may else "")


@login_required
def issue_new(request: HttpRequest, slug: str) -> HttpResponse:
    """Give donated goods out of the store to a unit."""
    reader = reader_of(request)
    plan = recording(reader, slug)
    # What is posted twice names goods that may be used up by then: it is still read as the first time.
    there = givable(plan, reader, is_read_again=request.method == "POST")
    units, times = units_of(plan, reader), times_of(plan, reader.actor, reader.at)
    context = {"plan": plan, "blind": is_blind(reader, plan)}
    if request.method != "POST":
        form = IssueForm(there, units, times, initial={"happened_on": reader.day})
        return render(request, "web/issue_goods.html", {**context, "form": form})
    form = IssueForm(there, units, times, request.POST)
    if context["blind"] and not was_received(request):
        # A refusal would tell what the books say.
        form.add_error(None, COUNT_FIRST)
    if form.is_valid():
        told = form.cleaned_data
        with form.refusals():
            issue_id = issue_goods(
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
            return redirect("issue", issue_id)
    return render(request, "web/issue_goods.html", {**context, "form": form}, status=422)


@login_required
@require_safe
@cache_control(private=True, no_store=True)
def issue_signature(request: HttpRequest, pk: int) -> HttpResponse:
    """Give the picture of the signature for goods that a unit got."""
    reader = reader_of(request)
    row = get_object_or_404(Issue.objects.select_related("store__plan"), pk=pk)
    if not reader.may(Permission.FUND_VIEW, row.store.plan.unit_id):
        raise Http404
    opened = Opened("issue_signature", f"plan:{row.store.plan.slug}", f"goods.issue:{row.pk}")
    return shown(request, reader, row.signature_id, opened)


def recording(reader: Reader, slug: str) -> Plan:
    """Return the plan, to whoever may record what is given for it."""
    plan = store_seen(reader, slug)
    require(reader.actor, Permission.DONATION_RECORD, unit_id=plan.unit_id, at=reader.at)
    return plan


def units_of(plan: Plan, reader: Reader) -> list[tuple[int, str]]:
    """Return the units below that of the plan, by name."""
    below = unit_views(subtree(plan.unit_id, reader.day).exclude(pk=plan.unit_id), reader.day)
    return [(unit.unit_id, unit.name) for unit in below]


def givable(plan: Plan, reader: Reader, *, is_read_again: bool = False) -> list[Givable]:
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


def issue_view(card: IssueCard, names: Mapping[int, str]) -> IssueView:
    """Return what a unit got as pages show it."""
    return IssueView(card, names.get(card.unit_id, ""), [_handed(line) for line in card.lines])


def _handed(line: HandOverRow) -> str:
    return with_lot(words_of(line.item, line.quantity, line.packing), line.number, line.expires_on)


urlpatterns: list[URLPattern] = [
    path("plans/<slug:slug>/donations/issue/", issue_new, name="issue_new"),
    path("issues/<int:pk>/", issue, name="issue"),
    path("issues/<int:pk>/take-back/", issue_back, name="issue_back"),
    path("issues/<int:pk>/signature/", issue_signature, name="issue_signature"),
]
