"""What is due about purchases on their way: quotations, choices, purchases on a request, invoices."""

from collections.abc import Iterator

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from songnuan.goods.models import Purchase, PurchaseRequest
from songnuan.goods.request_queries import to_buy
from songnuan.goods.request_rules import Offer, request_number, within
from songnuan.goods.rules import Line
from songnuan.journeys.kit_settings import KitPurchaseSettings
from songnuan.kernel.days import beside
from songnuan.kernel.money import yuan
from songnuan.organisation.permissions import Permission
from songnuan.web.due.base import Desk, Due, Part

_PARTS = 6


def to_compare(desk: Desk) -> Iterator[Due]:
    """Yield the approved requests: quotations to get, one to choose, then the purchase to record."""
    running = desk.running(desk.reach_ids(Permission.PURCHASE_RECORD))
    if not running:
        return
    for row in to_buy({plan.unit_id for plan in running}):
        if row.kit.measure.plan not in running:
            continue
        title, action, url = _next(row)
        facts = {"number": request_number(row.number), "sum": yuan(row.total_minor)}
        yield Due(
            title=title,
            plan=row.kit.measure.plan.title,
            detail=_("Request %(number)s, %(sum)s yuan at the most") % facts,
            url=url,
            action=action,
            today=desk.day,
            due_on=row.kit.measure.plan.due_on,
        )


def _next(row: PurchaseRequest) -> tuple[str, str, str]:
    """Return what comes next for an approved request: title, the word on its button, and where."""
    comparing = KitPurchaseSettings.model_validate(row.kit.measure.settings).comparing
    page, buy = reverse("purchase_request", args=(row.pk,)), reverse("purchase_on_request", args=(row.pk,))
    if row.chosen_id is not None:
        return _("Record the purchase that was approved"), _("Record a purchase"), buy
    lines = [Line(line.item_id, line.quantity, line.most_minor) for line in row.lines.all()]
    offers = (
        Offer(one.pk, one.supplier, {line.item_id: line.unit_price_minor for line in one.lines.all()})
        for one in row.quotations.all()
    )
    fitting = len(within(offers, lines))
    if not comparing.asks(row.total_minor):
        return _("Record the purchase that was approved"), _("Record a purchase"), page
    if fitting < comparing.least:
        facts = {"count": fitting, "least": comparing.least}
        return _("Get quotations: %(count)s of %(least)s are there") % facts, _("Enter a quotation"), page
    return _("Choose among %(count)s quotations") % {"count": fitting}, _("Compare"), page


def to_prove(desk: Desk) -> Iterator[Due]:
    """Yield the purchases whose invoice is lacking, those of one plan together."""
    running = {plan.pk: plan for plan in desk.running(desk.reach_ids(Permission.PURCHASE_RECORD))}
    if not running:
        return
    rows = Purchase.objects.filter(
        fund__plan__in=running, cancelled_at__isnull=True, invoice_file__isnull=True
    ).order_by("number")
    lacking: dict[int, list[Purchase]] = {}
    for row in rows.select_related("fund"):
        lacking.setdefault(row.fund.plan_id, []).append(row)
    for plan_id, found in lacking.items():
        count = len(found)
        title = ngettext(
            "The invoice of %(count)s purchase is lacking",
            "The invoices of %(count)s purchases are lacking",
            count,
        )
        yield Due(
            title=title % {"count": count},
            plan=running[plan_id].title,
            url=reverse("purchase", args=(found[0].pk,))
            if count == 1
            else reverse("fund", args=(found[0].fund_id,)),
            action=_("Add the invoice") if count == 1 else _("See which"),
            today=desk.day,
            parts=tuple(_part(row, desk) for row in found[:_PARTS]) if count > 1 else (),
        )


def _part(row: Purchase, desk: Desk) -> Part:
    title = _("Purchase %(number)s") % {"number": row.number}
    detail = f"{row.supplier} · {beside(row.bought_on, desk.day)}"
    return Part(title, detail, reverse("purchase", args=(row.pk,)))
