"""The page of a batch: the file for the bank, its answer, what is booked by it, cash that is signed for."""

from datetime import datetime
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import Sum
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import URLPattern, path
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from songnuan.approvals.hold_queries import active_among
from songnuan.funds.holding import subject_of as fund_subject
from songnuan.journeys.book_results import book_by_hand, book_cash, book_result, drop_result, sign_for_cash
from songnuan.journeys.payment_lists import page_of
from songnuan.journeys.read_bank_result import read_bank_result
from songnuan.journeys.release_list import recall_batch
from songnuan.journeys.take_bank_file import take_bank_file
from songnuan.kernel.refusal import NotPermitted, Refusal
from songnuan.organisation.permissions import Permission
from songnuan.organisation.queries import day_of
from songnuan.payments.bank_lines import layout_of_batch
from songnuan.payments.models import (
    CashReceipt,
    Channel,
    InstructionStatus,
    PaymentBatch,
    PaymentInstruction,
    PaymentResult,
    Recall,
)
from songnuan.payments.release_models import ResultStatus
from songnuan.payments.release_queries import odd_rows, receipts_of, states_of, waiting_result
from songnuan.payments.rules import list_number, subject_of
from songnuan.records.rules import Opened
from songnuan.web.forms import Form
from songnuan.web.hold_forms import mark_of
from songnuan.web.opening import shown
from songnuan.web.paging import before_of
from songnuan.web.paging import page_of as paged
from songnuan.web.payment_forms import BankAnswerForm, BookingForm, CashForm, HandForm, RecallForm
from songnuan.web.payment_list_page import SAID, list_seen
from songnuan.web.payment_page import MARKS, booked_words, odd_sentences, payment_rows, state_words
from songnuan.web.views.shared import PAGE, Reader, only_posted, reader_of

BY_HAND = 50
"""Up to how many payments without an answer are entered one by one."""
ODD_SHOWN = 100


@login_required
@require_safe
def payment_batch(request: HttpRequest, list_id: int, number: int) -> HttpResponse:
    """Show a batch: its payments, and what is to be done about them."""
    reader = reader_of(request)
    return _page(request, reader, _seen(reader, list_id, number))


@login_required
@only_posted
def payment_bank_file(request: HttpRequest, list_id: int, number: int) -> HttpResponse | FileResponse:
    """Hand out the file for the bank; who took it is recorded."""
    reader = reader_of(request)
    batch = _seen(reader, list_id, number)
    try:
        made = take_bank_file(batch_id=batch.pk, actor=reader.actor, at=reader.at)
    except NotPermitted:
        raise
    except Refusal as refusal:
        messages.error(request, refusal.sentence)
        return redirect("payment_batch", list_id, number)
    return FileResponse(made.content, as_attachment=True, filename=made.name)


@login_required
@only_posted
def payment_answer(request: HttpRequest, list_id: int, number: int) -> HttpResponse:
    """Take in the bank's answer, and show what it would book."""
    reader = reader_of(request)
    batch = _seen(reader, list_id, number)
    form = BankAnswerForm(request.POST, request.FILES)
    if form.is_valid():
        name, content = form.cleaned_data["file"]
        with form.refusals():
            read_bank_result(batch_id=batch.pk, content=content, name=name, actor=reader.actor, at=reader.at)
            return redirect("payment_batch", list_id, number)
    return _page(request, reader, batch, form)


@login_required
@only_posted
def payment_book(request: HttpRequest, list_id: int, number: int, result: int) -> HttpResponse:
    """Book what was read, or set it aside."""
    reader = reader_of(request)
    batch = _seen(reader, list_id, number)
    row = get_object_or_404(PaymentResult, batch=batch, number=result)
    if "drop" in request.POST:
        try:
            drop_result(result_id=row.pk, actor=reader.actor, at=reader.at)
        except NotPermitted:
            raise
        except Refusal as refusal:
            messages.error(request, refusal.sentence)
        else:
            messages.success(request, _("It is set aside. Nothing was booked by it."))
        return redirect("payment_batch", list_id, number)
    form = BookingForm(request.POST, pays=bool(row.paid_count), returns=bool(row.back_count))
    if form.is_valid():
        with form.refusals():
            book_result(result_id=row.pk, vouchers=form.vouchers(), actor=reader.actor, at=reader.at)
            return _booked(request, list_id, number)
    return _page(request, reader, batch, form)


@login_required
@only_posted
def payment_by_hand(request: HttpRequest, list_id: int, number: int) -> HttpResponse:
    """Book what became of single payments, or all cash that was signed for."""
    reader = reader_of(request)
    batch = _seen(reader, list_id, number)
    if "signed" in request.POST:
        form: BookingForm = BookingForm(request.POST, auto_id="id_signed_%s")
    else:
        is_cash = batch.channel == Channel.CASH
        form = HandForm(_places(batch), request.POST, is_cash=is_cash, auto_id="id_hand_%s")
    if form.is_valid():
        by: dict[str, Any] = {"vouchers": form.vouchers(), "actor": reader.actor, "at": reader.at}
        with form.refusals():
            if isinstance(form, HandForm):
                book_by_hand(batch_id=batch.pk, told=form.told(), **by)
            else:
                book_cash(batch_id=batch.pk, **by)
            return _booked(request, list_id, number)
    return _page(request, reader, batch, form)


@login_required
@only_posted
def payment_recall(request: HttpRequest, list_id: int, number: int) -> HttpResponse:
    """Note that the bank was asked to give a batch back."""
    reader = reader_of(request)
    batch = _seen(reader, list_id, number)
    form = RecallForm(request.POST)
    if form.is_valid():
        with form.refusals():
            recall_batch(batch_id=batch.pk, why=form.cleaned_data["why"], actor=reader.actor, at=reader.at)
            messages.success(request, _("It is noted. What comes back is booked by the bank's answer."))
            return redirect("payment_batch", list_id, number)
    return _page(request, reader, batch, form)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def payment_cash(request: HttpRequest, list_id: int, number: int, position: int) -> HttpResponse:
    """Have somebody sign for cash."""
    reader = reader_of(request)
    batch = _seen(reader, list_id, number)
    rows = PaymentInstruction.objects.select_related("line__payee")
    row = get_object_or_404(rows, batch=batch, position=position)
    if batch.channel != Channel.CASH or not reader.may(
        Permission.PAYMENT_RELEASE, batch.payment_list.measure.plan.unit_id
    ):
        raise Http404
    if row.status != InstructionStatus.SENT or CashReceipt.objects.filter(instruction=row).exists():
        messages.info(request, _("This was signed for already, or is not to be paid any more."))
        return redirect("payment_batch", list_id, number)
    form = (
        CashForm(request.POST, request.FILES)
        if request.method == "POST"
        else CashForm(initial={"signed_by": row.name, "signed_on": reader.day})
    )
    if form.is_bound and form.is_valid():
        with form.refusals(SAID):
            _sign(form, row, reader)
            messages.success(request, _("It is signed for. It is booked with its voucher."))
            return redirect("payment_batch", list_id, number)
    context = {
        **_head(batch),
        "row": payment_rows([row], batch.channel)[0],
        "form": form,
    }
    return render(request, "web/payment_cash.html", context, status=422 if form.errors else 200)


@login_required
@require_safe
def payment_signature(request: HttpRequest, list_id: int, number: int, position: int) -> HttpResponse:
    """Give the picture of what was signed for cash; who looks at it is recorded."""
    reader = reader_of(request)
    batch = _seen(reader, list_id, number)
    rows = CashReceipt.objects.filter(instruction__batch=batch, instruction__position=position)
    receipt = get_object_or_404(rows)
    opened = Opened("cash_signature", f"fund:{batch.payment_list.fund_id}", subject_of(list_id))
    return shown(request, reader, receipt.signature_id, opened)


def _booked(request: HttpRequest, list_id: int, number: int) -> HttpResponse:
    messages.success(request, _("It is booked. The fund's ledger agrees with it."))
    return redirect("payment_batch", list_id, number)


def _seen(reader: Reader, list_id: int, number: int) -> PaymentBatch:
    """Return a batch of a list that the reader may see.

    Raises:
        Http404: For every other.

    """
    row = list_seen(reader, list_id)
    rows = PaymentBatch.objects.select_related("released_by")
    batch = get_object_or_404(rows, payment_list=row, number=number)
    batch.payment_list = row
    return batch


def _sign(form: CashForm, row: PaymentInstruction, reader: Reader) -> None:
    signed_by, relation, signed_on = form.signed()
    sign_for_cash(
        instruction_id=row.pk,
        signed_by=signed_by,
        relation=relation,
        signed_on=signed_on,
        signature=form.picture(),
        actor=reader.actor,
        at=reader.at,
    )


def _head(batch: PaymentBatch) -> dict[str, Any]:
    row = batch.payment_list
    return {
        "batch": batch,
        "list": row,
        "plan": row.measure.plan,
        "number": list_number(row.number),
        "list_url": page_of(row),
        "channel": str(Channel(batch.channel).label),
        "is_cash": batch.channel == Channel.CASH,
    }


def _places(batch: PaymentBatch) -> list[int]:
    """Return the places whose answer can be entered one by one: of cash, those that nobody signed for."""
    rows = PaymentInstruction.objects.filter(batch=batch).order_by("position")
    if batch.channel == Channel.CASH:
        rows = rows.filter(status=InstructionStatus.SENT, receipt__isnull=True)
    else:
        rows = rows.filter(status__in=(InstructionStatus.SENT, InstructionStatus.PAID))
    return list(rows.values_list("position", flat=True)[:BY_HAND])


def _page(
    request: HttpRequest, reader: Reader, batch: PaymentBatch, tried: Form | None = None
) -> HttpResponse:
    """Show the page; `tried` is a form that could not be taken."""
    row, unit_id = batch.payment_list, batch.payment_list.measure.plan.unit_id
    subjects = [subject_of(row.pk), fund_subject(row.fund_id)]
    held, works = active_among(subjects), reader.may(Permission.PAYMENT_RELEASE, unit_id)
    waits, is_cash = waiting_result(batch.pk), batch.channel == Channel.CASH
    state, before = request.GET.get("state", ""), before_of(request)
    payments = (
        PaymentInstruction.objects.filter(batch=batch).select_related("line__payee").order_by("position")
    )
    if state in MARKS:
        payments = payments.filter(status=state)
    found, older = paged(
        payments if before is None else payments.filter(position__gt=before), PAGE, lambda one: one.position
    )
    parts, words = states_of([batch.pk])[batch.pk], state_words(batch.channel)
    signed = receipts_of(batch.pk)
    context: dict[str, Any] = {
        **_head(batch),
        "mark": mark_of(reader, unit_id, subjects),
        "is_held": bool(held),
        "works": works,
        "layout": "" if is_cash else layout_of_batch(batch).title,
        "states": [(name, words[name], MARKS[name], parts[name]) for name in MARKS if name in parts],
        "state": state,
        "payments": payment_rows(found, batch.channel),
        "older": older,
        "waits": waits,
        "booked": [(one, booked_words(one)) for one in _results(batch)],
        "recalls": Recall.objects.filter(batch=batch).select_related("asked_by").order_by("pk"),
        "signed_count": signed.count() if is_cash else 0,
        "signed_minor": signed.aggregate(sum=Sum("instruction__amount_minor", default=0))["sum"],
        **_waiting(waits),
        **_forms(tried, batch, waits, reader.at, works=works),
    }
    stands = [context[name] for name in ("booking", "answer", "hand", "recall", "signing")]
    context["refused"] = tried if tried is not None and all(tried is not one for one in stands) else None
    return render(request, "web/payment_batch.html", context, status=422 if tried is not None else 200)


def _results(batch: PaymentBatch) -> list[PaymentResult]:
    rows = PaymentResult.objects.filter(batch=batch).exclude(status=ResultStatus.READ)
    return list(rows.select_related("decided_by", "disbursement", "refund").order_by("-number"))


def _waiting(waits: PaymentResult | None) -> dict[str, Any]:
    if waits is None:
        return {}
    odd = odd_rows(waits.pk)
    return {
        "would": booked_words(waits),
        "odd": odd_sentences(odd[:ODD_SHOWN]),
        "odd_more": max(0, waits.odd_count - ODD_SHOWN),
    }


def _forms(
    tried: Form | None, batch: PaymentBatch, waits: PaymentResult | None, at: datetime, *, works: bool
) -> dict[str, Form | None]:
    """Return the forms that can be filled in now, the one that was tried as it was filled in."""
    none: dict[str, Form | None] = dict.fromkeys(("booking", "answer", "hand", "recall", "signing"))
    if not works:
        return none
    is_cash, day = batch.channel == Channel.CASH, {"happened_on": day_of(at)}
    if waits is not None:
        if not (waits.paid_count or waits.failed_count or waits.back_count):
            return none
        fresh = BookingForm(initial=day, pays=bool(waits.paid_count), returns=bool(waits.back_count))
        return {**none, "booking": tried if type(tried) is BookingForm else fresh}
    places = _places(batch)
    hand = HandForm(places, initial=day, is_cash=is_cash, auto_id="id_hand_%s") if places else None
    signing = BookingForm(initial=day, auto_id="id_signed_%s") if is_cash else None
    return {
        **none,
        "answer": None if is_cash else tried if isinstance(tried, BankAnswerForm) else BankAnswerForm(),
        "hand": tried if isinstance(tried, HandForm) else hand,
        "recall": None if is_cash else tried if isinstance(tried, RecallForm) else RecallForm(),
        "signing": tried if is_cash and type(tried) is BookingForm else signing,
    }


_BATCH = "lists/<int:list_id>/pay/<int:number>/"
urlpatterns: list[URLPattern] = [
    path(_BATCH, payment_batch, name="payment_batch"),
    path(f"{_BATCH}file/", payment_bank_file, name="payment_bank_file"),
    path(f"{_BATCH}answer/", payment_answer, name="payment_answer"),
    path(f"{_BATCH}results/<int:result>/", payment_book, name="payment_book"),
    path(f"{_BATCH}by-hand/", payment_by_hand, name="payment_by_hand"),
    path(f"{_BATCH}recall/", payment_recall, name="payment_recall"),
    path(f"{_BATCH}cash/<int:position>/", payment_cash, name="payment_cash"),
    path(f"{_BATCH}cash/<int:position>/signature/", payment_signature, name="payment_signature"),
]
