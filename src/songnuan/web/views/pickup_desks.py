"""Desks: what each has, how many kits it gets, what goes into the box, and how it is closed."""

from dataclasses import dataclass
from datetime import date

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from songnuan.goods.models import Desk, Movement, MovementKind, MovementLine, StockLevel
from songnuan.goods.pickup_lists import desk_rows, store_kits
from songnuan.goods.places import desk_place
from songnuan.goods.queries import parts_of
from songnuan.journeys.allot_to_desk import allot_to_desk
from songnuan.journeys.close_desk import close_desk
from songnuan.journeys.open_desk import open_desk
from songnuan.kernel.refusal import NotPermitted, Refusal
from songnuan.organisation.permissions import Permission
from songnuan.organisation.queries import require
from songnuan.web.pickup_forms import AllotForm, DeskForm
from songnuan.web.pickup_page import desk_seen, head_of, kept, seen
from songnuan.web.stock_words import state_of_lot
from songnuan.web.views.shared import Reader, key_of, posted_from, reader_of
from songnuan.web.views.stock import is_blind, told_to_count

_MOVES = 20
"""How many of the newest movements of a desk its page shows."""


@dataclass(frozen=True, slots=True)
class LotLine:
    """Packs of one lot: `state` is "expired", "soon" or nothing."""

    item: str
    packing: str
    number: str
    expires_on: date | None
    packs: int
    state: str


@dataclass(frozen=True, slots=True)
class Move:
    """What a desk got, or brought back, by lot."""

    row: Movement
    is_back: bool
    lots: list[LotLine]


@login_required
@never_cache
def pickups_desks(request: HttpRequest, pk: int) -> HttpResponse:
    """List the desks with what each has; the office opens one."""
    reader = reader_of(request)
    row = seen(reader, pk) if request.method != "POST" else kept(reader, pk)
    form = DeskForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        with form.refusals():
            name = form.cleaned_data["name"]
            made = open_desk(distribution_id=pk, name=name, actor=reader.actor, at=reader.at)
            messages.success(request, _("The desk is open. Now say how many kits it gets."))
            return redirect("pickups_desk", made.pk)
    head, blind = head_of(reader, row, "pickups_desks"), is_blind(reader, row.measure.plan)
    desks = desk_rows(row, reader.day)
    context = {
        "head": head,
        "row": row,
        "plan": row.measure.plan,
        "rows": desks,
        "store": None if blind else store_kits(row.kit_id, reader.day),
        "at_desks": sum(one.kits.whole for one in desks),
        "blind": blind,
        "form": form if head.is_office and head.is_open else None,
    }
    return render(request, "web/pickups_desks.html", context, status=422 if form.errors else 200)


@login_required
@never_cache
@require_safe
def pickups_desk(request: HttpRequest, pk: int) -> HttpResponse:
    """Show a desk: what it has by lot, and what it got."""
    return _page(request, reader_of(request), pk)


def _page(request: HttpRequest, reader: Reader, pk: int, form: AllotForm | None = None) -> HttpResponse:
    """Show a desk; with `form`, as one whose allotting could not be done."""
    desk = desk_seen(reader, pk)
    row = desk.distribution
    head, blind = head_of(reader, row, "pickups_desks"), is_blind(reader, row.measure.plan)
    [mine] = [one for one in desk_rows(row, reader.day) if one.desk.pk == pk]
    # What a desk handed out while the measure was open is booked even after it was closed.
    acts = head.is_office and (head.is_open or mine.waiting > 0) and not blind
    context = {
        "head": head,
        "row": row,
        "plan": row.measure.plan,
        "desk": desk,
        "mine": mine,
        "lots": _there(pk, reader.day),
        "moves": _moves(desk, reader.day),
        "parts": parts_of(row.kit_id),
        "store": None if blind else store_kits(row.kit_id, reader.day),
        "blind": blind,
        "form": (form or AllotForm()) if acts else None,
        "unoffered": None if acts else form,
        "may_close": head.is_office and (desk.closed_at is None or mine.kits.packs),
    }
    return render(request, "web/pickups_desk.html", context, status=422 if form else 200)


def _there(desk_id: int, day: date) -> list[LotLine]:
    """Return what a desk has, by lot, what expires first on top."""
    rows = StockLevel.objects.filter(place=desk_place(desk_id), quantity__gt=0).select_related("lot__item")
    lines = [
        LotLine(
            row.lot.item.label,
            row.lot.item.packing,
            row.lot.number,
            row.lot.expires_on,
            row.quantity,
            state_of_lot(row.lot.expires_on, day),
        )
        for row in rows.order_by("lot__item", "lot")
    ]
    return sorted(lines, key=lambda line: (line.item, line.expires_on or date.max))


def _moves(desk: Desk, day: date) -> list[Move]:
    """Return what a desk got and brought back, the newest first. Two queries."""
    kinds = (MovementKind.ALLOT, MovementKind.BRING_BACK)
    rows = Movement.objects.filter(subject=f"goods.desk:{desk.pk}", kind__in=kinds)
    moves = list(rows.select_related("recorded_by").order_by("-pk")[:_MOVES])
    lines = MovementLine.objects.filter(movement__in=moves, quantity__gt=0).select_related("lot__item")
    found: dict[int, list[LotLine]] = {move.pk: [] for move in moves}
    for line in lines.order_by("lot__item", "lot__expires_on", "pk"):
        lot = line.lot
        state = state_of_lot(lot.expires_on, day)
        found[line.movement_id].append(
            LotLine(lot.item.label, lot.item.packing, lot.number, lot.expires_on, line.quantity, state)
        )
    return [Move(move, move.kind == MovementKind.BRING_BACK, found[move.pk]) for move in moves]


def _page_of(request: HttpRequest, pk: int) -> str:
    return reverse("pickups_desk", args=(desk_seen(reader_of(request), pk).pk,))


@login_required
@never_cache
@posted_from(_page_of)
def pickups_allot(request: HttpRequest, pk: int) -> HttpResponse:
    """Give a desk whole kits out of the store."""
    reader = reader_of(request)
    desk = _desk_kept(reader, pk)
    form = AllotForm(request.POST)
    if told_to_count(request, reader, desk.distribution.measure.plan):
        return redirect("pickups_desk", pk)
    if form.is_valid():
        with form.refusals():
            allot_to_desk(
                desk_id=pk,
                kits=form.cleaned_data["kits"],
                key=key_of(request),
                actor=reader.actor,
                at=reader.at,
            )
            messages.success(request, _("Allotted. The list of what goes into the box stands below."))
            return redirect(reverse("pickups_desk", args=(pk,)) + "#box")
    return _page(request, reader, pk, form)


@login_required
@never_cache
@posted_from(_page_of)
def pickups_close_desk(request: HttpRequest, pk: int) -> HttpResponse:
    """Close a desk: what it has left goes back to the store."""
    reader = reader_of(request)
    _desk_kept(reader, pk)
    try:
        close_desk(desk_id=pk, actor=reader.actor, at=reader.at)
        messages.success(request, _("The desk is closed; what it had left is back in the store."))
    except NotPermitted:
        raise
    except Refusal as refusal:
        messages.error(request, refusal.sentence)
    return redirect("pickups_desk", pk)


def _desk_kept(reader: Reader, pk: int) -> Desk:
    """Return a desk, to the office."""
    desk = desk_seen(reader, pk)
    unit_id = desk.distribution.measure.plan.unit_id
    require(reader.actor, Permission.PICKUP_MANAGE, unit_id=unit_id, at=reader.at)
    return desk


urlpatterns: list[URLPattern] = [
    path("pickups/<int:pk>/desks/", pickups_desks, name="pickups_desks"),
    path("pickups/desks/<int:pk>/", pickups_desk, name="pickups_desk"),
    path("pickups/desks/<int:pk>/allot/", pickups_allot, name="pickups_allot"),
    path("pickups/desks/<int:pk>/close/", pickups_close_desk, name="pickups_close_desk"),
]
