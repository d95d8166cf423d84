"""Pages of purchases: recording one line by line, and looking at one."""

from dataclasses import dataclass

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import URLPattern, path
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from songnuan.funds.holding import subject_of as fund_subject
from songnuan.funds.models import Fund
from songnuan.funds.queries import balance
from songnuan.goods.models import Kit
from songnuan.goods.queries import (
    KitView,
    bought,
    check_purchase,
    is_short,
    kit_of,
    stock,
)
from songnuan.goods.rules import Draft, dearest_kit, price_of_kit, together
from songnuan.journeys.buy_kits import buy_kits
from songnuan.journeys.cancel_purchase import cancel_purchase
from songnuan.kernel.money import LIMIT_MINOR
from songnuan.kernel.refusal import NotPermitted, Refusal
from songnuan.organisation.permissions import Permission
from songnuan.organisation.queries import require
from songnuan.plans.models import Measure, MeasureStatus
from songnuan.web.hold_forms import mark_of
from songnuan.web.purchase_form import Cancelling, PurchaseForm
from songnuan.web.purchase_page import purchase_page, purchase_seen
from songnuan.web.views.shared import Reader, key_of, reader_of


@dataclass(frozen=True, slots=True)
class Total:
    """What a draft comes to, with what was bought before; `below_minor` is standard less dearest kit."""

    total_minor: int
    per_kit_minor: int
    dearest_minor: int
    below_minor: int


@dataclass(frozen=True, slots=True)
class Spot:
    """What is bought for: the measure with its kit, the fund that pays, and how many units get a kit."""

    measure: Measure
    kit: KitView
    fund: Fund
    units: int

    @property
    def dated(self) -> bool:
        """Whether something of the kit expires, so that it is received by lot."""
        return any(part.expires for part in self.kit.parts)


@login_required
def purchase_new(request: HttpRequest, measure_id: int) -> HttpResponse:
    """Work out a purchase, or record it: paid from the fund, and taken into stock where all of it came."""
    reader = reader_of(request)
    spot = _spot(reader, measure_id)
    rows = stock(spot.kit.kit_id, units=spot.units)
    if request.method != "POST":
        return _form_page(
            request, reader, spot, PurchaseForm(rows, spot.dated, initial={"bought_on": reader.day}), None
        )
    form = PurchaseForm(rows, spot.dated, request.POST)
    form.full_clean()
    draft = form.draft(reader.day)
    problems = check_purchase(kit_id=spot.kit.kit_id, draft=draft, units=spot.units, at=reader.at)
    if "check" in request.POST:
        form.look_at_lines_only()
        form.show((problem for problem in problems if problem.field.startswith("lines")), draft)
    elif not form.is_valid():
        form.show(problems, draft)
    else:
        purchase_id = _record(request, reader, spot, form, draft)
        if purchase_id is not None:
            if form.is_received:
                said = _("The purchase is recorded, paid from the fund and taken into stock.")
            else:
                said = _(
                    "The purchase is recorded and paid from the fund. Its goods are still to be received."
                )
            messages.success(request, said)
            return redirect("purchase", purchase_id)
    return _form_page(request, reader, spot, form, None if form.is_unread else _total(spot, draft))


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
    messages.success(request, _("The purchase is cancelled: its money is available in the fund again."))
    return redirect("purchase", pk)


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
        return buy_kits(
            measure_id=spot.measure.pk,
            draft=draft,
            received=form.is_received,
            key=key,
            actor=reader.actor,
            at=reader.at,
        )
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
    got = together(bought(spot.kit.kit_id), draft.lines)
    dearest = dearest_kit(spot.kit.parts, got)
    return Total(
        total_minor=draft.total_minor,
        per_kit_minor=price_of_kit(spot.kit.parts, got),
        dearest_minor=dearest,
        below_minor=spot.kit.standard_minor - dearest,
    )


def _others(spot: Spot) -> list[Kit]:
    """Return the other kits that the fund pays for, still asked for and not bought in full."""
    kits = Kit.objects.filter(fund=spot.fund).exclude(pk=spot.kit.kit_id)
    asked_for = kits.exclude(measure__status=MeasureStatus.CLOSED).select_related("measure")
    return [
        kit
        for kit in asked_for.order_by("pk")
        if is_short(stock(kit.pk, units=int(kit.measure.settings["units"])))
    ]


def _form_page(
    request: HttpRequest, reader: Reader, spot: Spot, form: PurchaseForm, total: Total | None
) -> HttpResponse:
    context = {
        "kit": {"name": spot.kit.name, "standard_minor": spot.kit.standard_minor, "units": spot.units},
        "fund": spot.fund,
        "mark": mark_of(reader, spot.measure.plan.unit_id, [fund_subject(spot.fund.pk)]),
        "others": _others(spot),
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
