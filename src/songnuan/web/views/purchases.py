"""Pages of purchases: recording one line by line, and looking at one."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.forms import BoundField
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import URLPattern, path
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from songnuan.funds.models import Fund
from songnuan.funds.queries import balance
from songnuan.goods.models import Purchase, PurchaseLine
from songnuan.goods.queries import KitView, StockRow, bought, check_purchase, kit_of, parts_of, stock
from songnuan.goods.rules import LARGEST_QUANTITY, Draft, Line, Part, Problem, price_of_kit, together
from songnuan.journeys.buy_kits import buy_kits
from songnuan.journeys.cancel_purchase import cancel_purchase
from songnuan.kernel.actor import SYSTEM
from songnuan.kernel.money import LIMIT_MINOR, capitals
from songnuan.kernel.refusal import NotPermitted, Refusal
from songnuan.organisation.permissions import Permission
from songnuan.organisation.queries import require
from songnuan.plans.models import Measure
from songnuan.web.forms import Day, Form, Money
from songnuan.web.views.shared import Reader, key_of, reader_of

_LINE = re.compile(r"lines-(\d+)-(\w+)")


@dataclass(frozen=True, slots=True)
class LineView:
    """One item of the kit with its two inputs. `needed` is what is still to be bought of it."""

    item_name: str
    packing: str
    needed: int
    quantity: BoundField
    price: BoundField
    amount_minor: int | None


@dataclass(frozen=True, slots=True)
class Total:
    """What a draft comes to, with what was bought before; `below_minor` is standard less price."""

    total_minor: int
    per_kit_minor: int
    below_minor: int
    capitals: str


@dataclass(frozen=True, slots=True)
class Spot:
    """What is bought for: the measure with its kit, the fund that pays, and how many units get a kit."""

    measure: Measure
    kit: KitView
    fund: Fund
    units: int


class PurchaseForm(Form):
    """One invoice: its head, and two inputs for each item, such as lines-7-quantity and lines-7-unit_price.

    An item with neither quantity nor price is not part of the purchase. What the house asks of a
    purchase is said by `goods.rules`; here the inputs are only read. `bought_lines` holds the lines that
    were filled in, once the form is cleaned.
    """

    HEAD = ("supplier", "invoice_number", "bought_on", "reason_late")

    supplier = forms.CharField(label=gettext_lazy("Supplier"), help_text=gettext_lazy("As on the invoice."))
    invoice_number = forms.CharField(label=gettext_lazy("Invoice number"))
    bought_on = Day(label=gettext_lazy("Bought on"))
    reason_late = forms.CharField(
        label=gettext_lazy("Why it is entered late"),
        help_text=gettext_lazy("Only when it was bought on an earlier day."),
        required=False,
    )

    def __init__(self, stock_rows: Sequence[StockRow], *args: Any, **kwargs: Any) -> None:  # noqa: ANN401 - as Django's
        super().__init__(*args, **kwargs)
        self.stock_rows = stock_rows
        self.bought_lines: tuple[Line, ...] = ()
        for row in stock_rows:
            self.fields[f"lines-{row.item_id}-quantity"] = forms.IntegerField(
                label=_("%(item)s, quantity") % {"item": row.item},
                required=False,
                max_value=LARGEST_QUANTITY,
                widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
            )
            self.fields[f"lines-{row.item_id}-unit_price"] = Money(
                label=_("%(item)s, unit price") % {"item": row.item}, required=False
            )

    def clean(self) -> dict[str, Any]:
        """Return what was read; a line is whole or empty."""
        self.bought_lines = self._read_lines()
        for row in self.stock_rows:
            names = [f"lines-{row.item_id}-{part}" for part in ("quantity", "unit_price")]
            told = [name for name in names if self.cleaned_data.get(name) is not None]
            for name in names:
                if told and name not in told and name not in self.errors:
                    self.add_error(name, _("Enter the quantity and the price, or leave both empty."))
        return self.cleaned_data

    def _read_lines(self) -> tuple[Line, ...]:
        told = self.cleaned_data
        pairs = [
            (
                row.item_id,
                told.get(f"lines-{row.item_id}-quantity"),
                told.get(f"lines-{row.item_id}-unit_price"),
            )
            for row in self.stock_rows
        ]
        return tuple(
            Line(item_id, quantity, price)
            for item_id, quantity, price in pairs
            if quantity is not None and price is not None
        )

    @property
    def lines(self) -> list[LineView]:
        """The lines as the page shows them."""
        amounts = {line.item_id: line.total_minor for line in self.bought_lines}
        return [
            LineView(
                item_name=row.item,
                packing=row.packing,
                needed=max(row.needed - row.bought, 0),
                quantity=self[f"lines-{row.item_id}-quantity"],
                price=self[f"lines-{row.item_id}-unit_price"],
                amount_minor=amounts.get(row.item_id),
            )
            for row in self.stock_rows
        ]

    def draft(self, today: date) -> Draft:
        """Return the purchase that was entered; while its day is not, it counts as of `today`."""
        told = self.cleaned_data
        return Draft(
            supplier=told.get("supplier", ""),
            invoice_number=told.get("invoice_number", ""),
            bought_on=told.get("bought_on") or today,
            lines=self.bought_lines,
            reason_late=told.get("reason_late", ""),
        )

    def look_at_lines_only(self) -> None:
        """Forget what is wrong with the head: it may be filled in later than the lines."""
        for name in self.HEAD:
            self.errors.pop(name, None)

    def show(self, problems: Iterable[Problem], draft: Draft) -> None:
        """Put each problem beside its input: those of a line by the item that stands in it."""
        for problem in problems:
            match = _LINE.fullmatch(problem.field)
            name = f"lines-{draft.lines[int(match[1])].item_id}-{match[2]}" if match else problem.field
            self.add_error(name if name in self.fields else None, problem.sentence)


class Cancelling(Form):
    """Why a purchase is cancelled, said with full intent."""

    reason = forms.CharField(
        label=gettext_lazy("Why it is cancelled"), help_text=gettext_lazy("It stays in the ledger.")
    )
    sure = forms.BooleanField(label=gettext_lazy("Yes, cancel this purchase; it can't be undone."))


@login_required
def purchase_new(request: HttpRequest, measure_id: int) -> HttpResponse:
    """Work out a purchase, or record it: paid from the fund, taken into stock."""
    reader = reader_of(request)
    spot = _spot(reader, measure_id)
    rows = stock(spot.kit.kit_id, units=spot.units)
    if request.method != "POST":
        return _form_page(request, spot, PurchaseForm(rows, initial={"bought_on": reader.day}), None)
    form = PurchaseForm(rows, request.POST)
    form.full_clean()
    draft = form.draft(reader.day)
    if "check" in request.POST:
        form.look_at_lines_only()
        if not form.errors:
            problems = check_purchase(kit_id=spot.kit.kit_id, draft=draft, units=spot.units, at=reader.at)
            form.show((problem for problem in problems if problem.field.startswith("lines")), draft)
    elif form.is_valid():
        purchase_id = _record(request, reader, spot, form, draft)
        if purchase_id is not None:
            messages.success(request, _("The purchase is recorded, paid from the fund and taken into stock."))
            return redirect("purchase", purchase_id)
    return _form_page(request, spot, form, _total(spot, draft))


@login_required
@require_safe
def purchase(request: HttpRequest, pk: int) -> HttpResponse:
    """Show one purchase with its lines, and to whoever may the form that cancels it."""
    reader = reader_of(request)
    return _purchase_page(request, reader, _seen(reader, pk), Cancelling())


@login_required
def purchase_cancel(request: HttpRequest, pk: int) -> HttpResponse:
    """Cancel a purchase: its money is available again, its goods leave the store."""
    reader = reader_of(request)
    row = _seen(reader, pk)
    if request.method != "POST":
        return redirect("purchase", pk)
    require(reader.actor, Permission.PURCHASE_RECORD, unit_id=row.fund.plan.unit_id, at=reader.at)
    key = key_of(request)
    form = Cancelling(request.POST)
    if not form.is_valid():
        return _purchase_page(request, reader, row, form)
    try:
        cancel_purchase(
            purchase_id=pk, reason=form.cleaned_data["reason"], key=key, actor=reader.actor, at=reader.at
        )
    except NotPermitted:
        raise
    except Refusal as refusal:
        form.refuse(refusal)
        return _purchase_page(request, reader, row, form)
    messages.success(request, _("The purchase is cancelled: its money is available in the fund again."))
    return redirect("purchase", pk)


def _seen(reader: Reader, pk: int) -> Purchase:
    """Return the purchase; one that the reader may not see is not there.

    Raises:
        Http404: Without a word on whether it exists.

    """
    rows = Purchase.objects.select_related("fund__plan", "kit", "recorded_by")
    row = get_object_or_404(rows.prefetch_related("lines__item"), pk=pk)
    if not reader.may(Permission.FUND_VIEW, row.fund.plan.unit_id):
        raise Http404
    return row


def _purchase_page(request: HttpRequest, reader: Reader, row: Purchase, form: Cancelling) -> HttpResponse:
    may_cancel = reader.may(Permission.PURCHASE_RECORD, row.fund.plan.unit_id)
    context = {
        "purchase": _shown(row),
        "fund": row.fund,
        "cancelling": form if may_cancel and (form.is_bound or row.cancelled_at is None) else None,
    }
    return render(request, "web/purchase.html", context, status=422 if form.errors else 200)


def _shown(row: Purchase) -> dict[str, Any]:
    lines = sorted(row.lines.all(), key=lambda line: line.pk)
    return {
        "id": row.pk,
        "number": row.number,
        "supplier": supplier_of(row),
        "invoice_number": row.invoice_number,
        "bought_on": row.bought_on,
        "recorded_by": row.recorded_by.name if row.recorded_by else SYSTEM.label,
        "recorded_at": row.recorded_at,
        "reason_late": row.reason_late,
        "cancelled_at": row.cancelled_at,
        "cancel_reason": row.cancel_reason,
        "lines": [
            {
                "item_name": line.item.name,
                "packing": line.item.packing,
                "quantity": line.quantity,
                "unit_price_minor": line.unit_price_minor,
                "amount_minor": line.quantity * line.unit_price_minor,
            }
            for line in lines
        ],
        "total_minor": row.total_minor,
        "capitals": capitals(row.total_minor),
        "per_kit_minor": kit_price(parts_of(row.kit_id), lines),
        "standard_minor": row.kit.standard_minor,
    }


def supplier_of(row: Purchase) -> str:
    """Return the supplier, and that the purchase was cancelled if it was."""
    return _("%(supplier)s (cancelled)") % {"supplier": row.supplier} if row.cancelled_at else row.supplier


def kit_price(parts: Sequence[Part], lines: Iterable[PurchaseLine]) -> int | None:
    """Return what a kit costs at the prices of one purchase, in fen; None where it lacks an item."""
    got = together({}, [Line(line.item_id, line.quantity, line.unit_price_minor) for line in lines])
    return price_of_kit(parts, got) if all(part.item_id in got for part in parts) else None


def _spot(reader: Reader, measure_id: int) -> Spot:
    """Return what is bought for, to whoever may record purchases there.

    Raises:
        Http404: When there is no open kit, or the reader may not even see its fund.
        NotPermitted: When the reader may see it, and no more.

    """
    measure = get_object_or_404(Measure.objects.select_related("plan"), pk=measure_id)
    kit = kit_of(measure_id)
    if kit is None or not reader.may(Permission.FUND_VIEW, measure.plan.unit_id):
        raise Http404
    require(reader.actor, Permission.PURCHASE_RECORD, unit_id=measure.plan.unit_id, at=reader.at)
    return Spot(measure, kit, Fund.objects.get(pk=kit.fund_id), int(measure.settings["units"]))


def _record(request: HttpRequest, reader: Reader, spot: Spot, form: PurchaseForm, draft: Draft) -> int | None:
    """Record the purchase and return its id; when it is refused, say in the form everything that is wrong."""
    key = key_of(request)
    try:
        return buy_kits(measure_id=spot.measure.pk, draft=draft, key=key, actor=reader.actor, at=reader.at)
    except NotPermitted:
        raise
    except Refusal as refusal:
        problems = check_purchase(kit_id=spot.kit.kit_id, draft=draft, units=spot.units, at=reader.at)
        if any(problem.code == refusal.code for problem in problems):
            form.show(problems, draft)
        else:
            form.refuse(refusal)
        return None


def _total(spot: Spot, draft: Draft) -> Total | None:
    """Return what the draft comes to; None as long as a line makes no sense."""
    sound = all(line.quantity > 0 and line.unit_price_minor > 0 for line in draft.lines)
    if not draft.lines or not sound or draft.total_minor > LIMIT_MINOR:
        return None
    price = price_of_kit(spot.kit.parts, together(bought(spot.kit.kit_id), draft.lines))
    return Total(
        total_minor=draft.total_minor,
        per_kit_minor=price,
        below_minor=spot.kit.standard_minor - price,
        capitals=capitals(draft.total_minor),
    )


def _form_page(request: HttpRequest, spot: Spot, form: PurchaseForm, total: Total | None) -> HttpResponse:
    context = {
        "kit": {"name": spot.kit.name, "standard_minor": spot.kit.standard_minor, "units": spot.units},
        "fund": spot.fund,
        "available_minor": balance(spot.fund.pk).available,
        "form": form,
        "total": total,
    }
    return render(request, "web/purchase_form.html", context, status=422 if form.errors else 200)


urlpatterns: list[URLPattern] = [
    path("measures/<int:measure_id>/purchases/new/", purchase_new, name="purchase_new"),
    path("purchases/<int:pk>/", purchase, name="purchase"),
    path("purchases/<int:pk>/cancel/", purchase_cancel, name="purchase_cancel"),
]
