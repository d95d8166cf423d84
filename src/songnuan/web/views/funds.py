"""Pages of the earmarked funds: the list, and one fund with its ledger and what was bought from it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from songnuan.funds.models import Fund, Kind
from songnuan.funds.queries import LedgerRow, ledger_page
from songnuan.goods.models import Kit, Purchase
from songnuan.goods.queries import StockRow, is_short, parts_of, purchases_to_come, stock
from songnuan.journeys.appropriate_fund import appropriate_fund
from songnuan.kernel.refusal import NotPermitted, Refusal
from songnuan.organisation.permissions import Permission
from songnuan.organisation.queries import day_of, require
from songnuan.plans.models import Plan
from songnuan.plans.queries import clauses
from songnuan.web.forms import Day, Form, Money
from songnuan.web.paging import before_of, page_of
from songnuan.web.purchase_page import kit_price
from songnuan.web.views.shared import PAGE, Reader, key_of, reader_of
from songnuan.web.views.stock import is_blind


class Appropriation(Form):
    """Money that came in under the fund's document."""

    amount = Money(label=gettext_lazy("Amount (yuan)"))
    voucher = forms.CharField(
        label=gettext_lazy("Voucher"), help_text=gettext_lazy("Its number as in the books, such as 记-01.")
    )
    happened_on = Day(label=gettext_lazy("Day"))


@dataclass(frozen=True, slots=True)
class BalanceView:
    """How a fund stands, in fen."""

    appropriated_minor: int
    committed_minor: int
    disbursed_minor: int

    @property
    def available_minor(self) -> int:
        """What can still be promised."""
        return self.appropriated_minor - self.committed_minor - self.disbursed_minor


@dataclass(frozen=True, slots=True)
class FundView:
    """A fund under its document, and how it stands."""

    id: int
    title: str
    number_line: str
    issuer: str
    dated_on: date
    plan_slug: str
    plan_title: str
    balance: BalanceView


@dataclass(frozen=True, slots=True)
class EntryView:
    """One line of the ledger, with what it is for and what is available after it.

    `freed_minor` is what it added to what is available, below zero what it took; zero where it changed
    nothing of that. `entered_on` is the day of entry where that is later than the day it happened.
    """

    id: int
    happened_on: date
    entered_on: date | None
    kind_label: str
    subject_label: str
    subject_url: str
    clause_number: str
    voucher: str
    amount_minor: int
    freed_minor: int
    available_minor: int
    reversed: bool


@dataclass(frozen=True, slots=True)
class PurchaseView:
    """One purchase in the list. `per_kit_minor` is None where it does not hold every item of the kit."""

    id: int
    number: int
    supplier: str
    bought_on: date
    total_minor: int
    per_kit_minor: int | None
    is_cancelled: bool
    is_awaited: bool


@dataclass(frozen=True, slots=True)
class StockView:
    """Where the goods of one kit stand. `name` is empty where the fund pays for one kit only."""

    name: str
    measure_id: int
    rows: list[StockRow]

    @property
    def is_short(self) -> bool:
        """Whether something is still to be bought."""
        return is_short(self.rows)

    @property
    def is_awaited(self) -> bool:
        """Whether something that was bought is still to come."""
        return any(row.to_come for row in self.rows)


@login_required
@require_safe
def funds(request: HttpRequest) -> HttpResponse:
    """List the funds of the plans whose money the reader may see, the latest first."""
    reader = reader_of(request)
    require(reader.actor, Permission.FUND_VIEW, at=reader.at)
    rows = Fund.objects.filter(plan__unit__in=reader.reach(Permission.FUND_VIEW).values("pk"))
    shown = rows.select_related("plan", "document").order_by("-pk")
    return render(request, "web/funds.html", {"funds": list(map(_fund_view, shown))})


@login_required
@require_safe
def fund(request: HttpRequest, pk: int) -> HttpResponse:
    """Show one fund: how it stands, its ledger, what was bought from it."""
    reader = reader_of(request)
    row = _seen(reader, pk)
    form = Appropriation(initial={"happened_on": reader.day})
    return _page(request, reader, row, form)


@login_required
def fund_appropriate(request: HttpRequest, pk: int) -> HttpResponse:
    """Book money that came in."""
    reader = reader_of(request)
    row = _seen(reader, pk)
    if request.method != "POST":
        return redirect("fund", pk)
    require(reader.actor, Permission.FUND_APPROPRIATE, unit_id=row.plan.unit_id, at=reader.at)
    key = key_of(request)
    form = Appropriation(request.POST)
    if not form.is_valid():
        return _page(request, reader, row, form)
    try:
        appropriate_fund(
            fund_id=pk,
            amount_minor=form.cleaned_data["amount"],
            voucher=form.cleaned_data["voucher"],
            happened_on=form.cleaned_data["happened_on"],
            key=key,
            actor=reader.actor,
            at=reader.at,
        )
    except NotPermitted:
        raise
    except Refusal as refusal:
        form.refuse(refusal)
        return _page(request, reader, row, form)
    messages.success(request, _("The appropriation is booked."))
    return redirect("fund", pk)


def _seen(reader: Reader, pk: int) -> Fund:
    """Return the fund; one that the reader may not see is not there.

    Raises:
        Http404: Without a word on whether it exists.

    """
    row = Fund.objects.select_related("plan", "document").filter(pk=pk).first()
    if row is None or not reader.may(Permission.FUND_VIEW, row.plan.unit_id):
        raise Http404
    return row


def _page(request: HttpRequest, reader: Reader, row: Fund, form: Appropriation) -> HttpResponse:
    view = _fund_view(row)
    bought = list(Purchase.objects.filter(fund=row).prefetch_related("lines").order_by("number"))
    kits = list(Kit.objects.filter(fund=row).select_related("measure").order_by("pk"))
    purchases = _purchases(row.plan_id, bought, kits)
    stocks = _stocks(kits, reader.day)
    entries, older = _ledger(row, bought, before_of(request))
    context = {
        "fund": view,
        "balance": view.balance,
        "stocks": stocks,
        "blind": is_blind(reader, row.plan),
        "purchases": purchases,
        "with_kits": any(purchase.per_kit_minor is not None for purchase in purchases),
        "entries": entries,
        "older": older,
        "purchase_url": _purchase_url(stocks)
        if reader.may(Permission.PURCHASE_RECORD, row.plan.unit_id)
        else "",
        "appropriation": form if reader.may(Permission.FUND_APPROPRIATE, row.plan.unit_id) else None,
    }
    return render(request, "web/fund.html", context, status=422 if form.errors else 200)


def _fund_view(row: Fund) -> FundView:
    return FundView(
        id=row.pk,
        title=row.title,
        number_line=row.document.number,
        issuer=row.document.issuer,
        dated_on=row.document.dated_on,
        plan_slug=row.plan.slug,
        plan_title=row.plan.title,
        balance=BalanceView(row.appropriated_minor, row.committed_minor, row.disbursed_minor),
    )


def _ledger(row: Fund, bought: Sequence[Purchase], before: int | None) -> tuple[list[EntryView], int | None]:
    """Return a page of the ledger, newest first, and the key of the next page."""
    entries = ledger_page(row.pk, size=PAGE + 1, before=before)
    shown, older = page_of(entries, PAGE, lambda entry: entry.entry_id)
    numbers = _clause_numbers(row.plan)
    for_purchase = {purchase.commitment_id: purchase for purchase in bought}
    return [_entry_view(entry, row, for_purchase, numbers) for entry in shown], older


def _clause_numbers(plan: Plan) -> dict[str, str]:
    """Return each clause's number with those it stands under, 二、（一）, by its key."""
    numbers: dict[str, str] = {}
    above: list[str] = []
    for clause in clauses(plan):
        above = [*above[: clause.level - 1], clause.number]
        numbers[clause.key] = "".join(above)
    return numbers


def _entry_view(
    entry: LedgerRow, row: Fund, for_purchase: Mapping[int, Purchase], numbers: Mapping[str, str]
) -> EntryView:
    purchase = for_purchase.get(entry.draws_on or entry.entry_id)
    label = _("Purchase %(number)s") % {"number": purchase.number} if purchase else ""
    if Kind.APPROPRIATE in {entry.kind, entry.undoes}:
        label = row.document.number
    return EntryView(
        id=entry.entry_id,
        happened_on=entry.happened_on,
        entered_on=day_of(entry.at) if entry.late_entry else None,
        kind_label=entry.kind_label,
        subject_label=label,
        subject_url=reverse("purchase", args=(purchase.pk,)) if purchase else "",
        clause_number=numbers.get(entry.clause_key, ""),
        voucher=entry.voucher,
        amount_minor=entry.amount_minor,
        freed_minor=entry.freed_minor,
        available_minor=entry.after.available,
        reversed=entry.is_reversed,
    )


def _purchases(plan_id: int, bought: Sequence[Purchase], kits: Sequence[Kit]) -> list[PurchaseView]:
    awaited = {row.purchase_id for row in purchases_to_come([plan_id])}
    parts = {kit.pk: parts_of(kit.pk) for kit in kits}
    return [
        PurchaseView(
            id=row.pk,
            number=row.number,
            supplier=row.supplier,
            bought_on=row.bought_on,
            total_minor=row.total_minor,
            per_kit_minor=kit_price(parts[row.kit_id], row.lines.all()),
            is_cancelled=row.cancelled_at is not None,
            is_awaited=row.pk in awaited,
        )
        for row in bought
    ]


def _stocks(kits: Sequence[Kit], day: date) -> list[StockView]:
    return [
        StockView(
            name=kit.name if len(kits) > 1 else "",
            measure_id=kit.measure_id,
            rows=stock(kit.pk, units=int(kit.measure.settings["units"]), on=day),
        )
        for kit in kits
    ]


def _purchase_url(stocks: Sequence[StockView]) -> str:
    """Return where the next purchase is recorded: for the first kit that is not bought in full."""
    short = next((one for one in stocks if one.is_short), None)
    return reverse("purchase_new", args=(short.measure_id,)) if short else ""


urlpatterns: list[URLPattern] = [
    path("funds/", funds, name="funds"),
    path("funds/<int:pk>/", fund, name="fund"),
    path("funds/<int:pk>/appropriate/", fund_appropriate, name="fund_appropriate"),
]
