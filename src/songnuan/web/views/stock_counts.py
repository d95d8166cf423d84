"""Pages of stock counts and of what is to be disposed of."""

from dataclasses import dataclass

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import URLPattern, path
from django.utils.translation import gettext as _

from songnuan.goods.cards import lots
from songnuan.goods.counted import EnteredAfter, differences, entered_after
from songnuan.goods.counting import SETTLED
from songnuan.goods.models import Count, CountStatus, Disposal, DisposalStatus
from songnuan.journeys.count_stock import abandon_count, hand_in_count, start_count
from songnuan.journeys.decide_count import decide_count
from songnuan.journeys.dispose_goods import decide_disposal, propose_disposal
from songnuan.kernel.refusal import NotPermitted, Refusal
from songnuan.organisation.permissions import Permission
from songnuan.organisation.queries import holders
from songnuan.web.decided import say_decided
from songnuan.web.stock_forms import AbandoningForm, CountForm, DecisionForm, DisposalForm
from songnuan.web.stock_words import lot_words, origins_of, with_lot
from songnuan.web.views.shared import Reader, names_on, reader_of
from songnuan.web.views.stock import (
    is_blind,
    keeps_store,
    lot_page,
    lot_seen,
    page_of_subject,
    store_seen,
    told_to_count,
)


@dataclass(frozen=True, slots=True)
class CountedLine:
    """One lot of a count that was handed in. `since`: packs entered later that had moved before it began."""

    item: str
    packing: str
    lot: str
    origin: str
    lot_id: int
    booked: int
    since: int
    counted: int
    difference: int


@dataclass(frozen=True, slots=True)
class AfterLine:
    """What was entered after a count was settled, in words; `packs` is without its sign, `unit` may be "".

    `item` is told with its lot.
    """

    row: EnteredAfter
    item: str
    packs: int
    unit: str
    url: str


@login_required
def count_new(request: HttpRequest, slug: str) -> HttpResponse:
    """Begin to count the store of a plan."""
    reader = reader_of(request)
    plan = store_seen(reader, slug)
    if request.method != "POST":
        return redirect("stock", slug)
    try:
        count_id = start_count(plan_id=plan.pk, actor=reader.actor, at=reader.at)
    except NotPermitted:
        raise
    except Refusal as refusal:
        messages.warning(request, refusal.sentence)
        return redirect("stock", slug)
    return redirect("count", count_id)


@login_required
def count(request: HttpRequest, pk: int) -> HttpResponse:
    """Take in what was counted; afterwards show what differs, and take the decision about it."""
    reader = reader_of(request)
    row = _seen(reader, pk)
    if row.status == CountStatus.COUNTING:
        return _counting(request, reader, row)
    if request.method == "POST" and row.decided_at is not None:
        what = str(CountStatus(row.status).label)
        say_decided(request, what, row.decided_at, row.decided_by, reader.user)
        return redirect("count", pk)
    decides = _decides(reader, row)
    is_counted = any(name.startswith("lot-") for name in request.POST)
    if is_counted and row.status == CountStatus.WAITING:
        _say_handed_in(request, reader, row)
        return redirect("count", pk)
    form = _decision(request.POST if request.method == "POST" else None) if decides else None
    if request.method == "POST" and form is not None and form.is_valid():
        accept = form.cleaned_data["decision"] == "accept"
        with form.refusals():
            decide_count(
                count_id=pk,
                accept=accept,
                reason=form.cleaned_data["reason"],
                actor=reader.actor,
                at=reader.at,
            )
            said = _("The differences are booked.") if accept else _("The store is to be counted again.")
            messages.success(request, said)
            return redirect("count", pk)
    lines = [] if row.status == CountStatus.ABANDONED else _lines(row)
    context = {
        "count": row,
        "plan": row.store.plan,
        "differing": [line for line in lines if line.difference],
        "agreeing": [line for line in lines if not line.difference],
        "form": form,
        "own": row.status == CountStatus.WAITING and reader.user.pk in {row.started_by_id, row.counted_by_id},
        "deciders": [] if form is not None or row.status != CountStatus.WAITING else _deciders(reader, row),
        **_afterwards(reader, row),
    }
    status = 422 if form is not None and form.errors else 200
    return render(request, "web/count.html", context, status=status)


@login_required
def count_abandon(request: HttpRequest, pk: int) -> HttpResponse:
    """Give a count up that was not handed in."""
    reader = reader_of(request)
    row = _seen(reader, pk)
    if request.method == "POST" and row.status == CountStatus.WAITING:
        _say_handed_in(request, reader, row)
    if request.method != "POST" or row.status != CountStatus.COUNTING:
        return redirect("count", pk)
    form = AbandoningForm(request.POST, auto_id="abandon_%s")
    if form.is_valid():
        with form.refusals():
            abandon_count(count_id=pk, reason=form.cleaned_data["reason"], actor=reader.actor, at=reader.at)
            messages.success(request, _("The count is given up. Another can be begun."))
            return redirect("stock", row.store.plan.slug)
    return _counting(request, reader, row, form)


@login_required
def lot_dispose(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask that packs of a lot be disposed of."""
    reader = reader_of(request)
    found = lot_seen(reader, pk)
    if request.method != "POST":
        return redirect("lot", pk)
    form = DisposalForm(request.POST)
    if told_to_count(request, reader, found.store.plan):
        return redirect("lot", pk)
    if form.is_valid():
        with form.refusals():
            propose_disposal(
                lot_id=pk,
                quantity=form.cleaned_data["quantity"],
                reason=form.cleaned_data["reason"],
                actor=reader.actor,
                at=reader.at,
            )
            messages.success(request, _("It waits for somebody else to decide."))
            return redirect("lot", pk)
    return lot_page(request, reader, found, form)


@login_required
def disposal(request: HttpRequest, pk: int) -> HttpResponse:
    """Show what is to be disposed of, and take the decision about it."""
    reader = reader_of(request)
    rows = Disposal.objects.select_related("lot__item", "lot__store__plan", "proposed_by", "decided_by")
    row = get_object_or_404(rows, pk=pk)
    plan = row.lot.store.plan
    if not reader.may(Permission.FUND_VIEW, plan.unit_id):
        raise Http404
    if request.method == "POST" and row.decided_at is not None:
        what = str(DisposalStatus(row.status).label)
        say_decided(request, what, row.decided_at, row.decided_by, reader.user)
        return redirect("disposal", pk)
    waits = row.status == DisposalStatus.WAITING
    own = waits and row.proposed_by_id == reader.user.pk
    form = None
    if waits and not own and reader.may(Permission.STOCK_DECIDE, plan.unit_id):
        form = _decision(request.POST if request.method == "POST" else None, disposal=True)
    if request.method == "POST" and form is not None and form.is_valid():
        accept = form.cleaned_data["decision"] == "accept"
        with form.refusals():
            decide_disposal(
                disposal_id=pk,
                accept=accept,
                remark=form.cleaned_data["reason"],
                actor=reader.actor,
                at=reader.at,
            )
            said = (
                _("The goods are booked out of the store.") if accept else _("The goods stay in the store.")
            )
            messages.success(request, said)
            return redirect("disposal", pk)
    context = {
        "disposal": row,
        "plan": plan,
        "lot": lot_words(row.lot.number, row.lot.expires_on),
        "form": form,
        "own": own,
    }
    status = 422 if form is not None and form.errors else 200
    return render(request, "web/disposal.html", context, status=status)


def _say_handed_in(request: HttpRequest, reader: Reader, row: Count) -> None:
    """Say to who comes with a page of before that the count was handed in, and by whom."""
    if row.counted_by_id == reader.user.pk:
        sentence = _(
            "You handed this count in already, and it waits for somebody else to decide. Nothing was added."
        )
        messages.info(request, sentence)
        return
    sentence = _(
        "%(person)s handed this count in already, and it waits for somebody else to decide. Nothing of yours"
        " was recorded."
    )
    by = row.counted_by
    messages.warning(request, sentence % {"person": (by.name or by.username) if by else ""})


def _seen(reader: Reader, pk: int) -> Count:
    """Return the count; one of a store that the reader may not look into is not there."""
    rows = Count.objects.select_related("store__plan", "started_by", "counted_by", "decided_by")
    row = get_object_or_404(rows, pk=pk)
    if not reader.may(Permission.FUND_VIEW, row.store.plan.unit_id):
        raise Http404
    return row


def _counting(
    request: HttpRequest, reader: Reader, row: Count, tried: AbandoningForm | None = None
) -> HttpResponse:
    """Show the list to be filled in to who keeps the store; nobody sees what the books say.

    `tried` is the form that gives the count up, where it is to be mended.
    """
    plan = row.store.plan
    form = None
    is_handed_in = request.method == "POST" and tried is None
    if keeps_store(reader, plan):
        wanted = set(row.lines.values_list("lot_id", flat=True))
        rows = [lot for lot in lots(plan.pk) if lot.lot_id in wanted]
        form = CountForm(rows, origins_of(rows), request.POST if is_handed_in else None)
    if is_handed_in and form is not None and form.is_valid():
        with form.refusals():
            status = hand_in_count(count_id=row.pk, counted=form.packs, actor=reader.actor, at=reader.at)
            if status == CountStatus.AGREED:
                messages.success(request, _("The count agrees with the books."))
            else:
                messages.warning(
                    request, _("The count differs from the books; somebody else decides about it.")
                )
            return redirect("count", row.pk)
    may_abandon = row.started_by_id == reader.user.pk or reader.may(Permission.STOCK_DECIDE, plan.unit_id)
    context = {
        "count": row,
        "plan": plan,
        "form": form,
        "abandoning": (tried or AbandoningForm(auto_id="abandon_%s")) if may_abandon else None,
    }
    status_code = 422 if tried is not None or (form is not None and form.errors) else 200
    return render(request, "web/count_form.html", context, status=status_code)


def _decides(reader: Reader, row: Count) -> bool:
    own = reader.user.pk in {row.started_by_id, row.counted_by_id}
    return (
        row.status == CountStatus.WAITING
        and not own
        and reader.may(Permission.STOCK_DECIDE, row.store.plan.unit_id)
    )


def _deciders(reader: Reader, row: Count) -> list[str]:
    """Return the names of those who can decide about a count, for who can't."""
    found = holders(Permission.STOCK_DECIDE, row.store.plan.unit_id, reader.at)
    return [user.name for user in found.exclude(pk__in=[row.started_by_id, row.counted_by_id])]


def _decision(data: object, *, disposal: bool = False) -> DecisionForm:
    if disposal:
        choices = {"accept": _("Dispose of them"), "return": _("Leave them in the store")}
        return DecisionForm(choices, data)
    choices = {
        "accept": _("Accept: book the differences"),
        "recount": _("Have the store counted again"),
    }
    return DecisionForm(choices, data, hint=_("Why it differs, or why it is counted again."))


def _lines(row: Count) -> list[CountedLine]:
    """Return what was counted, in the order in which it was asked for."""
    found = differences(row.pk)
    counted = {line.lot_id: line for line in row.lines.all()}
    rows = [lot for lot in lots(row.store.plan_id) if lot.lot_id in counted]
    origins = origins_of(rows)
    return [
        CountedLine(
            item=lot.item,
            packing=lot.packing,
            lot=lot_words(lot.number, lot.expires_on),
            origin=origins[lot.lot_id],
            lot_id=lot.lot_id,
            booked=line.booked,
            since=(line.counted or 0) - line.booked - found.get(lot.lot_id, 0),
            counted=line.counted or 0,
            difference=found.get(lot.lot_id, 0),
        )
        for lot in rows
        for line in [counted[lot.lot_id]]
    ]


def _afterwards(reader: Reader, row: Count) -> dict[str, object]:
    """Return what was entered after the count was settled, and whether it is to be counted again for it.

    Who is counting just now does not see what moved.
    """
    plan = row.store.plan
    found = [] if is_blind(reader, plan) else entered_after(row)
    if not found:
        return {"after": []}
    later = row.store.counts.filter(pk__gt=row.pk).exclude(status=CountStatus.ABANDONED)
    names = names_on((line.unit_id for line in found), reader.day)
    return {
        "after": [
            AfterLine(
                line,
                with_lot(line.item, line.number, line.expires_on),
                abs(line.packs),
                names[line.unit_id] if line.unit_id is not None else "",
                page_of_subject(line.subject, reader),
            )
            for line in found
        ],
        "later_count": later.filter(status__in=SETTLED).order_by("pk").first(),
        "may_count": keeps_store(reader, plan) and not later.exists(),
    }


urlpatterns: list[URLPattern] = [
    path("plans/<slug:slug>/stock/count/", count_new, name="count_new"),
    path("counts/<int:pk>/", count, name="count"),
    path("counts/<int:pk>/abandon/", count_abandon, name="count_abandon"),
    path("lots/<int:pk>/dispose/", lot_dispose, name="lot_dispose"),
    path("disposals/<int:pk>/", disposal, name="disposal"),
]
