"""Pages of the earmarked funds: the list, one fund with its ledger, its vouchers, and the workbook."""

import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from django.contrib.auth.decorators import login_required
from django.db.models import QuerySet
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import URLPattern, path, reverse
from django.views.decorators.http import require_safe

from songnuan.funds.figures import months_of, together, total_of, waiting_closings
from songnuan.funds.holding import subject_of as fund_subject
from songnuan.funds.models import VOUCHED, Entry, Fund, Kind
from songnuan.funds.queries import Wanted, ledger_page, reversals_of, voucher_totals
from songnuan.goods.models import Kit, Purchase, PurchaseRequest
from songnuan.goods.request_queries import covering, open_requests
from songnuan.goods.request_rules import request_number
from songnuan.journeys.fund_book import fund_book, printed_name
from songnuan.journeys.fund_clauses import ClauseRow, clause_rows, own_clauses
from songnuan.journeys.fund_closing import undone
from songnuan.kernel.days import written
from songnuan.organisation.permissions import Permission
from songnuan.organisation.queries import require
from songnuan.plans.models import Plan
from songnuan.web.fund_forms import Appropriation, GoingBack, LedgerFilter
from songnuan.web.fund_page import (
    EntryView,
    StockView,
    entry_views,
    fund_view,
    purchase_views,
    stock_views,
)
from songnuan.web.hold_forms import mark_of
from songnuan.web.paging import before_of, page_of
from songnuan.web.views.shared import PAGE, Reader, reader_of
from songnuan.web.views.stock import is_blind

_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@dataclass(frozen=True, slots=True)
class LedgerPart:
    """A page of the ledger: what was asked for, the lines, newest first, and the key of the next page."""

    filter: LedgerFilter
    entries: list[EntryView]
    older: int | None
    is_filtered: bool


@dataclass(frozen=True, slots=True)
class VoucherView:
    """An entry with a voucher, and what reversed it."""

    entry: EntryView
    undone_by: Entry | None


@login_required
@require_safe
def funds(request: HttpRequest) -> HttpResponse:
    """List the funds of the plans whose money the reader may see, the latest first, with the five figures."""
    reader = reader_of(request)
    require(reader.actor, Permission.FUND_VIEW, at=reader.at)
    seen = _in_reach(reader)
    plans = Plan.objects.filter(pk__in=seen.order_by().values("plan")).order_by("-pk")
    plan = plans.filter(slug=request.GET.get("plan", "")).first()
    rows = seen.filter(plan=plan) if plan else seen
    before = before_of(request)
    page = rows.filter(pk__lt=before) if before is not None else rows
    shown, older = page_of(page[: PAGE + 1], PAGE, lambda row: row.pk)
    context = {
        "funds": list(map(fund_view, shown)),
        "older": older,
        "total": total_of(rows.order_by()),
        "plans": list(plans.values_list("slug", "title")),
        "plan": plan,
        "clauses": clause_rows(plan, list(rows)) if plan else [],
    }
    return render(request, "web/funds.html", context)


@login_required
@require_safe
def fund(request: HttpRequest, pk: int) -> HttpResponse:
    """Show one fund: how it stands, its ledger, what was bought from it."""
    reader = reader_of(request)
    return fund_page(request, reader, fund_seen(reader, pk))


@login_required
@require_safe
def fund_vouchers(request: HttpRequest, pk: int) -> HttpResponse:
    """List the entries of a fund that have a voucher, the latest first."""
    reader = reader_of(request)
    row = fund_seen(reader, pk)
    numbers = _numbers(own_clauses([row])[row.pk], clause_rows(row.plan, [row]))
    bought = {one.commitment_id: one for one in Purchase.objects.filter(fund=row)}
    rows = ledger_page(row.pk, size=PAGE + 1, before=before_of(request), wanted=Wanted(kinds=tuple(VOUCHED)))
    shown, older = page_of(rows, PAGE, lambda entry: entry.entry_id)
    undone_by = reversals_of([entry.entry_id for entry in shown])
    context = {
        "fund": fund_view(row),
        "vouchers": [
            VoucherView(view, undone_by.get(view.id)) for view in entry_views(shown, row, bought, numbers)
        ],
        "totals": voucher_totals(row.pk),
        "older": older,
    }
    return render(request, "web/fund_vouchers.html", context)


@login_required
@require_safe
def fund_workbook(request: HttpRequest, pk: int) -> FileResponse:
    """Give the books of a fund as .xlsx."""
    reader = reader_of(request)
    row = fund_seen(reader, pk)
    return _workbook(reader, row.plan, [row])


@login_required
@require_safe
def plan_workbook(request: HttpRequest, slug: str) -> FileResponse:
    """Give the books of all funds of a plan as .xlsx."""
    reader = reader_of(request)
    plan = get_object_or_404(Plan, slug=slug)
    rows = list(_in_reach(reader).filter(plan=plan).order_by("pk"))
    if not rows:
        raise Http404
    return _workbook(reader, plan, rows)


def fund_seen(reader: Reader, pk: int) -> Fund:
    """Return the fund with plan and document; one that the reader may not see is not there.

    Raises:
        Http404: Without a word on whether it exists.

    """
    row = Fund.objects.select_related("plan", "document").filter(pk=pk).first()
    if row is None or not reader.may(Permission.FUND_VIEW, row.plan.unit_id):
        raise Http404
    return row


def fund_page(
    request: HttpRequest, reader: Reader, row: Fund, tried: Appropriation | None = None
) -> HttpResponse:
    """Show the fund; `tried` is the form that is to be mended."""
    bought = list(
        Purchase.objects.filter(fund=row)
        .select_related("commitment__rest")
        .prefetch_related("lines")
        .order_by("number")
    )
    kits = list(Kit.objects.filter(fund=row).select_related("measure").order_by("pk"))
    purchases, stocks = purchase_views(row.plan_id, bought, kits), stock_views(kits, reader.day)
    clauses = clause_rows(row.plan, [row])
    part = _ledger(request, row, clauses, {one.commitment_id: one for one in bought})
    is_open = row.closed_at is None
    books = is_open and reader.may(Permission.FUND_APPROPRIATE, row.plan.unit_id)
    buys = is_open and reader.may(Permission.PURCHASE_RECORD, row.plan.unit_id)
    back = isinstance(tried, GoingBack)
    initial = {"happened_on": reader.day}
    view = fund_view(row)
    appropriation = (None if back else tried) or Appropriation(initial=initial) if books else None
    giving_back = (
        (tried if back else None) or GoingBack(initial=initial, prefix="back")
        if books and view.balance.available
        else None
    )
    context = {
        "fund": view,
        "mark": mark_of(reader, row.plan.unit_id, [fund_subject(row.pk)]),
        "balance": view.balance,
        "clauses": clauses,
        "clause_total": together(one.balance for one in clauses),
        "stocks": stocks,
        "blind": is_blind(reader, row.plan),
        "purchases": purchases,
        "with_kits": any(purchase.per_kit is not None for purchase in purchases),
        "with_refunds": buys or any(purchase.refunded_minor for purchase in purchases),
        "may_refund": buys,
        "part": part,
        "entries": part.entries,
        "older": part.older,
        "next_purchase": _next_purchase(stocks) if buys else None,
        "appropriation": appropriation,
        "giving_back": giving_back,
        "unoffered": tried if tried not in {appropriation, giving_back} else None,
        "undone": undone(row, reader.day) if books and view.balance.available else [],
        "waiting": waiting_closings([row.pk]).get(row.pk),
    }
    return render(request, "web/fund.html", context, status=422 if tried is not None else 200)


def _in_reach(reader: Reader) -> QuerySet[Fund]:
    """Return the funds whose money the reader may see, the latest first."""
    rows = Fund.objects.filter(plan__unit__in=reader.reach(Permission.FUND_VIEW).values("pk"))
    return rows.select_related("plan", "document").order_by("-pk")


def _workbook(reader: Reader, plan: Plan, rows: Sequence[Fund]) -> FileResponse:
    made = io.BytesIO()
    fund_book(plan=plan, funds=rows, at=reader.at, to=made)
    made.seek(0)
    name = printed_name(plan, reader.day)
    return FileResponse(made, as_attachment=True, filename=name, content_type=_XLSX)


def _numbers(own: str, clauses: Sequence[ClauseRow]) -> dict[str, str]:
    """Return the clauses' numbers by key; what is booked for the fund itself stands under its own clause."""
    numbers = {clause.key: clause.number for clause in clauses}
    return {"": numbers.get(own, ""), **numbers}


def _ledger(
    request: HttpRequest, row: Fund, clauses: Sequence[ClauseRow], bought: Mapping[int, Purchase]
) -> LedgerPart:
    """Return the page of the ledger that the address asks for; what it asks in vain is not asked."""
    own = own_clauses([row])[row.pk]
    form = LedgerFilter(
        request.GET,
        choices={
            "clause": [(one.key, f"{one.number}{one.title}") for one in clauses if one.key],
            "kind": [(kind.value, str(kind.label)) for kind in Kind],
            "month": [
                (f"{year}-{month:02}", written(date(year, month, 1), "month"))
                for year, month in months_of(row.pk)
            ],
        },
        auto_id="ledger_%s",
    )
    form.full_clean()
    asked = form.cleaned_data
    month = asked.get("month", "")
    clause = asked.get("clause", "")
    wanted = Wanted(
        clause_keys=tuple(dict.fromkeys((clause, *([""] if clause == own else [])))) if clause else (),
        kinds=(asked["kind"],) if asked.get("kind") else (),
        month=date.fromisoformat(f"{month}-01") if month else None,
    )
    entries = ledger_page(row.pk, size=PAGE + 1, before=before_of(request), wanted=wanted)
    shown, older = page_of(entries, PAGE, lambda entry: entry.entry_id)
    numbers = _numbers(own, clauses)
    return LedgerPart(
        filter=form,
        entries=entry_views(shown, row, bought, numbers),
        older=older,
        is_filtered=wanted != Wanted(),
    )


@dataclass(frozen=True, slots=True)
class NextPurchase:
    """Where the next purchase is recorded; `request` is the one that asks for all that is lacking, if any."""

    url: str
    request: PurchaseRequest | None

    @property
    def request_number(self) -> str:
        """The number of the request as it is shown."""
        return request_number(self.request.number) if self.request else ""


def _next_purchase(stocks: Sequence[StockView]) -> NextPurchase | None:
    """Return where the next purchase is recorded: for the first kit that is not bought in full."""
    short = next((one for one in stocks if one.is_short), None)
    if short is None:
        return None
    lacking = {row.item_id: row.lacking for row in short.rows}
    asked = covering(lacking, open_requests([short.measure_id]))
    return NextPurchase(reverse("purchase_new", args=(short.measure_id,)), asked)


urlpatterns: list[URLPattern] = [
    path("funds/", funds, name="funds"),
    path("funds/<int:pk>/", fund, name="fund"),
    path("funds/<int:pk>/vouchers/", fund_vouchers, name="fund_vouchers"),
    path("funds/<int:pk>/workbook/", fund_workbook, name="fund_workbook"),
    path("plans/<slug:slug>/funds/workbook/", plan_workbook, name="plan_workbook"),
]
