"""Pages of a plan's store: what is there by lot, and the card of an item or a lot."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from songnuan.approvals.hold_queries import HoldRow, active_among
from songnuan.funds.holding import subject_of as fund_subject
from songnuan.goods.cards import CardRow, LotRow, lots, stock_card
from songnuan.goods.deliveries import purchases_to_come
from songnuan.goods.giving import kits_to_give
from songnuan.goods.holding import subject_of as purchase_subject
from songnuan.goods.lots import is_expired
from songnuan.goods.models import (
    Count,
    CountStatus,
    Disposal,
    DisposalStatus,
    Distribution,
    Issue,
    Lot,
    Purchase,
)
from songnuan.goods.voided import void_lots
from songnuan.goods.waiting import counted_by
from songnuan.organisation.permissions import Permission
from songnuan.organisation.queries import require
from songnuan.plans.models import Plan
from songnuan.web.stock_forms import DisposalForm
from songnuan.web.stock_words import lot_words, state_of_lot
from songnuan.web.views.shared import Reader, names_on, plan_seen, reader_of

COUNT_FIRST = gettext_lazy("You are counting this store. Hand the count in first.")


@dataclass(frozen=True, slots=True)
class LotView:
    """A lot as the list shows it. `state` is "expired", "soon" or nothing; `hold` keeps it in the store."""

    row: LotRow
    lot: str
    state: str
    hold: HoldRow | None = None


@dataclass(frozen=True, slots=True)
class ItemView:
    """An item of the store with its lots, the first to expire first."""

    item_id: int
    item: str
    packing: str
    lots: list[LotView]

    @property
    def in_store(self) -> int:
        """Packs of all lots that are there."""
        return sum(view.row.in_store for view in self.lots)

    @property
    def bought(self) -> int:
        """Packs that are there and were bought."""
        return sum(view.row.in_store for view in self.lots if view.row.purchase_id is not None)

    @property
    def donated(self) -> int:
        """Packs that are there and were donated."""
        return self.in_store - self.bought

    @property
    def is_of_both(self) -> bool:
        """Whether some lots of it were bought and others donated."""
        return len({view.row.donation_id is None for view in self.lots}) > 1

    @property
    def expired(self) -> int:
        """Packs that are there and may not go out any more."""
        return sum(view.row.in_store for view in self.lots if view.state == "expired")


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a stock card with the words for who had a part in it; `url` leads to what it belongs to."""

    row: CardRow
    lot: str
    who: str
    url: str


@login_required
@require_safe
def stock(request: HttpRequest, slug: str) -> HttpResponse:
    """Show what is in the store of a plan by item and lot, and what is to be done there."""
    reader = reader_of(request)
    plan = store_seen(reader, slug)
    void = void_lots(plan.pk)
    rows = [row for row in lots(plan.pk) if row.lot_id not in void]
    counts = list(
        Count.objects.filter(store__plan=plan).select_related("started_by", "counted_by").order_by("-pk")
    )
    keeps = keeps_store(reader, plan)
    running = next((row for row in counts if row.status in {CountStatus.COUNTING, CountStatus.WAITING}), None)
    context = {
        "plan": plan,
        "items": items_of(rows, reader.day, holds_on(reader, rows)),
        "blind": is_blind(reader, plan),
        "counts": counts,
        "running": running,
        "may_count": keeps and running is None and bool(rows),
        "disposals": _waiting(plan),
        # What a fund lost when it was closed comes no more.
        "to_come": [one for one in purchases_to_come([plan.pk]) if not one.is_closed],
        "may_receive": reader.may(Permission.PURCHASE_RECORD, plan.unit_id),
        "kits": kits_to_give(plan),
        "picked": Distribution.objects.filter(measure__plan=plan).select_related("kit").order_by("pk"),
    }
    return render(request, "web/stock.html", context)


@login_required
@require_safe
def stock_item(request: HttpRequest, slug: str, item_id: int) -> HttpResponse:
    """Show the card of one item: every movement through the store, with what was left after it."""
    reader = reader_of(request)
    plan = store_seen(reader, slug)
    rows = lots(plan.pk, item_id)
    if not rows:
        raise Http404
    blind = is_blind(reader, plan)
    context = {
        "plan": plan,
        "item": items_of(rows, reader.day)[0],
        "blind": blind,
        "lines": [] if blind else lines_of(stock_card(plan_id=plan.pk, item_id=item_id), reader),
    }
    return render(request, "web/stock_item.html", context)


@login_required
@require_safe
def lot(request: HttpRequest, pk: int) -> HttpResponse:
    """Show the card of one lot."""
    reader = reader_of(request)
    return lot_page(request, reader, lot_seen(reader, pk))


def store_seen(reader: Reader, slug: str) -> Plan:
    """Return the plan, to whoever may look into its store.

    Raises:
        Http404: When the reader may not even see the plan.
        NotPermitted: When the reader may see it, and no more.

    """
    plan = plan_seen(reader, slug)
    require(reader.actor, Permission.FUND_VIEW, unit_id=plan.unit_id, at=reader.at)
    return plan


def plan_of_store(reader: Reader, plan_id: int) -> Plan:
    """Return the plan; one whose store the reader may not look into is not there."""
    plan = get_object_or_404(Plan, pk=plan_id)
    if not reader.may(Permission.FUND_VIEW, plan.unit_id):
        raise Http404
    return plan


def lot_seen(reader: Reader, pk: int) -> Lot:
    """Return the lot; one in a store that the reader may not look into is not there."""
    found = get_object_or_404(Lot.objects.select_related("store__plan", "item"), pk=pk)
    if not reader.may(Permission.FUND_VIEW, found.store.plan.unit_id):
        raise Http404
    return found


def keeps_store(reader: Reader, plan: Plan) -> bool:
    """Return whether the reader keeps the store: counts it, and asks for disposals."""
    both = (Permission.PURCHASE_RECORD, Permission.DONATION_RECORD)
    return any(reader.may(one, plan.unit_id) for one in both)


def is_blind(reader: Reader, plan: Plan) -> bool:
    """Return whether the reader is counting the store just now, and is not to see what the books say."""
    return plan.pk in counted_by(reader.user.pk)


def told_to_count(request: HttpRequest, reader: Reader, plan: Plan) -> bool:
    """Say to who is counting the store just now that the count comes first; return whether it was said.

    Asked before an act is tried: its refusal would tell what the books say.
    """
    blind = is_blind(reader, plan)
    if blind:
        messages.warning(request, COUNT_FIRST)
    return blind


def lot_page(
    request: HttpRequest, reader: Reader, found: Lot, form: DisposalForm | None = None
) -> HttpResponse:
    """Show the card of a lot; with `form`, as one whose disposal was refused."""
    plan = found.store.plan
    [row] = [row for row in lots(plan.pk, found.item_id) if row.lot_id == found.pk]
    blind = is_blind(reader, plan)
    waiting = found.disposals.filter(status=DisposalStatus.WAITING).select_related("proposed_by").first()
    may_ask = keeps_store(reader, plan) and row.in_store > 0 and waiting is None and not blind
    card = [] if blind else stock_card(plan_id=plan.pk, item_id=found.item_id, lot_id=found.pk)
    offered = (form or _disposal_form(row, reader.day)) if may_ask else None
    context = {
        "plan": plan,
        "view": items_of([row], reader.day, holds_on(reader, [row]))[0].lots[0],
        "blind": blind,
        "lines": lines_of(card, reader),
        "waiting": waiting,
        "may_decide": waiting is not None
        and waiting.proposed_by_id != reader.user.pk
        and reader.may(Permission.STOCK_DECIDE, plan.unit_id),
        "form": offered,
        "unoffered": form if offered is None else None,
    }
    return render(request, "web/lot.html", context, status=422 if form else 200)


def _disposal_form(row: LotRow, day: date) -> DisposalForm:
    """Return the form, filled in with what is known where a lot has expired."""
    known = {"quantity": row.in_store, "reason": _("Expired")} if is_expired(row.expires_on, day) else {}
    return DisposalForm(initial=known)


def holds_on(reader: Reader, rows: Iterable[LotRow]) -> dict[int, HoldRow]:
    """Return the holds on the purchases of these lots, or on their funds, by id of the purchase."""
    bought = {row.purchase_id for row in rows if row.purchase_id is not None and row.in_store}
    funds = dict(Purchase.objects.filter(pk__in=bought).values_list("pk", "fund_id"))
    held_by = {pk: (purchase_subject(pk), fund_subject(fund_id)) for pk, fund_id in funds.items()}
    found = active_among({subject for subjects in held_by.values() for subject in subjects})
    return {
        pk: hold
        for pk, subjects in held_by.items()
        for hold in [found.get(subjects[0]) or found.get(subjects[1])]
        if hold is not None and reader.may(Permission.FUND_VIEW, hold.unit_id)
    }


def items_of(
    rows: Iterable[LotRow], day: date, holds: Mapping[int, HoldRow] = MappingProxyType({})
) -> list[ItemView]:
    """Return lots together by their item; `holds` by id of the purchase."""
    found: dict[int, ItemView] = {}
    for row in rows:
        words, state = lot_words(row.number, row.expires_on), state_of_lot(row.expires_on, day)
        view = LotView(row, words, state, holds.get(row.purchase_id or 0))
        found.setdefault(row.item_id, ItemView(row.item_id, row.item, row.packing, [])).lots.append(view)
    return list(found.values())


def lines_of(card: Iterable[CardRow], reader: Reader) -> list[Line]:
    """Return a stock card with names in place of numbers, and the pages that the reader may open."""
    rows = list(card)
    names = names_on((row.unit_id for row in rows), reader.day)
    given = dict(
        Issue.objects.filter(movement__in=[row.movement_id for row in rows]).values_list("movement_id", "pk")
    )
    return [
        Line(
            row=row,
            lot=lot_words(row.number, row.expires_on),
            who=names[row.unit_id] if row.unit_id is not None else row.counterpart,
            url=page_of_subject(
                f"goods.issue:{given[row.movement_id]}" if row.movement_id in given else row.subject, reader
            ),
        )
        for row in rows
    ]


_PAGES = {
    "goods.desk": "pickups_desk",
    "goods.purchase": "purchase",
    "goods.donation": "donation",
    "goods.issue": "issue",
    "goods.count": "count",
    "visits.visit": "visit",
}


def page_of_subject(subject: str, reader: Reader) -> str:
    """Return the page of what a movement belongs to; nothing without one, or where it is not the reader's."""
    model, _colon, key = subject.partition(":")
    if model == "visits.visit" and not reader.may(Permission.VISIT_VIEW):
        return ""
    return reverse(_PAGES[model], args=(key,)) if model in _PAGES else ""


def _waiting(plan: Plan) -> list[Disposal]:
    rows = Disposal.objects.filter(lot__store__plan=plan, status=DisposalStatus.WAITING)
    return list(rows.select_related("lot__item", "proposed_by").order_by("pk"))


urlpatterns: list[URLPattern] = [
    path("plans/<slug:slug>/stock/", stock, name="stock"),
    path("plans/<slug:slug>/stock/<int:item_id>/", stock_item, name="stock_item"),
    path("lots/<int:pk>/", lot, name="lot"),
]
