"""Pages of call-backs: the draws of a list or plan, one with its payments, a call, the record to hand out."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import BadRequest
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from songnuan.journeys.call_back import call_back
from songnuan.journeys.draw_payments import draw_payments
from songnuan.journeys.sheet_files import FORMS, sheet_file
from songnuan.journeys.show_payee import show_payee
from songnuan.journeys.supervision_record import make_supervision_record
from songnuan.kernel.blotting import GONE
from songnuan.kernel.refusal import NotPermitted, Refusal
from songnuan.kernel.sampling import MARGINS, margin_for, size_for
from songnuan.organisation.permissions import Permission
from songnuan.payments import sample_rules
from songnuan.payments.models import ListStatus, PaymentList, PaymentSample, SampledPayment
from songnuan.payments.rules import list_number, subject_of
from songnuan.payments.sample_pool import drawing_of, measures_paid, pool
from songnuan.payments.sample_queries import (
    Call,
    DrawnPayment,
    drawn,
    is_open,
    next_to_call,
    row_of,
    samples_of,
)
from songnuan.payments.sample_rules import Scope
from songnuan.people.actions import PersonToCall
from songnuan.people.masking import listed_name
from songnuan.plans.models import Plan
from songnuan.web.callback_forms import CallForm, DrawPaymentsForm, DrawPlanForm
from songnuan.web.callback_words import MARKS, answer_words, found_words, mark_of, result_words, state_words
from songnuan.web.erased import erased
from songnuan.web.opening import saved
from songnuan.web.payment_list_page import list_there
from songnuan.web.views.inspection import plan_inspected
from songnuan.web.views.shared import Reader, key_of, names_on, only_posted, reader_of

_MONTHS = timedelta(days=90)
_SAID = frozenset({"already_acted", "payee_acts"})
"""What stands against one person alone is said on the page; a missing right has a page of its own."""


@dataclass(frozen=True, slots=True)
class PaymentView:
    """One payment of a draw in words; of `calls` each is (call, what was said, what of it is amiss)."""

    row: DrawnPayment
    name: str
    unit: str
    list_number: str
    state: str
    mark: str
    calls: tuple[tuple[Call, str, str], ...]
    was: tuple[Call, str] | None


@dataclass(frozen=True, slots=True)
class _Found:
    """One payment that was drawn, with its draw and all payments of that."""

    sample: PaymentSample
    rows: Sequence[DrawnPayment]
    one: DrawnPayment


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def payment_callbacks(request: HttpRequest, list_id: int) -> HttpResponse:
    """List the draws of a list, and draw another."""
    reader = reader_of(request)
    row = _list_seen(reader, list_id)
    form = DrawPaymentsForm(request.POST) if request.method == "POST" else DrawPaymentsForm()
    return _draws(request, reader, row.measure.plan, form, row)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def plan_callbacks(request: HttpRequest, slug: str) -> HttpResponse:
    """List all draws of a plan, and draw from all its lists in a period."""
    reader = reader_of(request)
    plan = plan_inspected(reader, slug)
    measures = measures_paid(plan.pk)
    begun = {"since": reader.day - _MONTHS, "until": reader.day}
    form = (
        DrawPlanForm(measures, request.POST)
        if request.method == "POST"
        else DrawPlanForm(measures, initial=begun)
    )
    return _draws(request, reader, plan, form, None)


@login_required
@require_safe
def callback_sample(request: HttpRequest, pk: int) -> HttpResponse:
    """Show one draw: its payments, what people said, and what that tells of all."""
    reader = reader_of(request)
    return render(request, "web/callback_sample.html", _context(reader, _seen(reader, pk)))


@login_required
@only_posted
def callback_record(request: HttpRequest, pk: int) -> HttpResponse:
    """Hand out the supervision record of a draw."""
    reader = reader_of(request)
    _seen(reader, pk)
    wanted = request.POST.get("form", "")
    if wanted not in FORMS:
        raise BadRequest("a record is made as one of the files that are offered")
    paper = make_supervision_record(sample_id=pk, actor=reader.actor, at=reader.at)
    made = sheet_file([paper], wanted)
    return saved(made.content, made.name, made.media_type)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def callback(request: HttpRequest, pk: int) -> HttpResponse:
    """Show one payment that was drawn, and note what the call about it came to."""
    reader = reader_of(request)
    found = _drawn(reader, pk)
    if request.method != "POST":
        return _call_page(request, reader, found, _call_form(reader, found))
    form = CallForm(request.POST, is_cash=found.one.booked.is_cash)
    key = key_of(request)
    if form.is_valid():
        try:
            with form.refusals():
                is_amiss = call_back(
                    payment_id=pk,
                    answer=form.answer(),
                    happened_on=form.cleaned_data["happened_on"],
                    key=key,
                    actor=reader.actor,
                    at=reader.at,
                )
                return _go_on(request, found, is_amiss=is_amiss)
        except NotPermitted as refusal:
            _said(form, refusal)
    return _call_page(request, reader, found, form)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def callback_phone(request: HttpRequest, pk: int) -> HttpResponse:
    """Show name and phone of whom to call, this once; the look is noted."""
    reader = reader_of(request)
    found = _drawn(reader, pk)
    if request.method != "POST":
        return redirect("callback", pk)
    form = _call_form(reader, found)
    try:
        told = show_payee(payment_id=pk, actor=reader.actor, at=reader.at)
    except NotPermitted as refusal:
        if refusal.code not in _SAID:
            raise
        return _call_page(request, reader, found, form, refusal)
    except Refusal as refusal:
        return _call_page(request, reader, found, form, refusal)
    return _call_page(request, reader, found, form, told)


def _list_seen(reader: Reader, list_id: int) -> PaymentList:
    """Return a list whose payments the reader inspects; of others there is no such page.

    Raises:
        Http404: Without a word on whether it exists.

    """
    row = list_there(list_id)
    if not reader.may(Permission.LIST_INSPECT, row.measure.plan.unit_id):
        raise Http404
    return row


def _seen(reader: Reader, pk: int) -> PaymentSample:
    rows = PaymentSample.objects.select_related("plan", "payment_list", "drawn_by")
    row = rows.filter(pk=pk).first()
    if row is None or not reader.may(Permission.LIST_INSPECT, row.plan.unit_id):
        raise Http404
    return row


def _drawn(reader: Reader, pk: int) -> _Found:
    sample_id = SampledPayment.objects.filter(pk=pk).values_list("sample", flat=True).first()
    sample = _seen(reader, sample_id or 0)
    rows = drawn(sample.pk)
    return _Found(sample, rows, next(one for one in rows if one.payment_id == pk))


def _said(form: DrawPaymentsForm | CallForm, refusal: NotPermitted) -> None:
    """Say in the form what stands against the reader alone; let pass what they may not do at all."""
    if refusal.code not in _SAID:
        raise refusal
    form.refuse(refusal)


def _draws(
    request: HttpRequest, reader: Reader, plan: Plan, form: DrawPaymentsForm, row: PaymentList | None
) -> HttpResponse:
    """Draw where it was asked for; else show the draws there are, with the form."""
    if form.is_bound and form.is_valid() and "check" not in request.POST:
        try:
            with form.refusals():
                pk = draw_payments(
                    slug=plan.slug,
                    scope=_scope(form, row),
                    order=form.order(),
                    key=key_of(request),
                    actor=reader.actor,
                    at=reader.at,
                )
                messages.success(request, _("Drawn and frozen. Every draw stays in the list."))
                return redirect("callback_sample", pk)
        except NotPermitted as refusal:
            _said(form, refusal)
    found = samples_of(plan.pk, row.pk if row else None)
    context = {
        "plan": plan,
        "list": row,
        "list_number": list_number(row.number) if row else "",
        "is_paid": row is None or row.status == ListStatus.RELEASED,
        "form": form,
        "samples": [
            (
                one,
                list_number(one.sample.payment_list.number) if one.sample.payment_list else "",
                result_words(one),
                *mark_of(one.result),
            )
            for one in found
        ],
        "asks_why": is_open(plan.pk),
        **_sizes(reader, plan, form, row),
    }
    return render(request, "web/callbacks.html", context, status=422 if form.errors else 200)


def _scope(form: DrawPaymentsForm, row: PaymentList | None) -> Scope:
    if row is not None:
        return Scope(list_id=row.pk)
    assert isinstance(form, DrawPlanForm)  # noqa: S101 - the form of what is no list
    return form.scope()


def _sizes(reader: Reader, plan: Plan, form: DrawPaymentsForm, row: PaymentList | None) -> dict[str, object]:
    """Return what sizes tell of how many payments, and of the one that was typed."""
    is_whole = form.is_bound and not form.errors
    scope = Scope(since=reader.day - _MONTHS, until=reader.day)
    if row is not None or is_whole:
        scope = _scope(form, row)
    payables = pool(plan.pk, scope, reader.at)
    population = len(payables)
    confidence = form.cleaned_data["confidence"] if is_whole else 95
    worked_out = None
    if is_whole:
        with form.refusals():
            sample_rules.check_scope(scope, reader.day)
            size = sample_rules.size_of(form.order(), {one.instruction_id: one.unit_id for one in payables})
            worked_out = size, margin_for(population, size=size, confidence=confidence)
    return {
        "population": population,
        "total_minor": sum(one.amount_minor for one in payables),
        "confidence": confidence,
        "sizes": [(one, size_for(population, confidence=confidence, margin=one)) for one in MARGINS],
        "worked_out": worked_out,
    }


def _call_form(reader: Reader, found: _Found) -> CallForm:
    return CallForm(is_cash=found.one.booked.is_cash, initial={"happened_on": reader.day})


def _go_on(request: HttpRequest, found: _Found, *, is_amiss: bool) -> HttpResponse:
    """Lead to the next one to be called; where something is amiss, stay."""
    if is_amiss:
        messages.warning(
            request,
            _("Noted, and a sign of the plan now. Nobody else is told; put the list on hold if need be."),
        )
        return redirect("callback", found.one.payment_id)
    after = next_to_call(drawn(found.sample.pk), found.one.payment_id)
    if after is None:
        messages.success(request, _("Noted. Everybody of this draw has been called."))
        return redirect("callback_sample", found.sample.pk)
    messages.success(request, _("Noted. This is the next one to call."))
    return redirect("callback", after.payment_id)


def _call_page(
    request: HttpRequest,
    reader: Reader,
    found: _Found,
    form: CallForm,
    beside: PersonToCall | Refusal | None = None,
) -> HttpResponse:
    """Show the page of a call; `beside` is whom to call, or why that is not said."""
    sample, one = found.sample, found.one
    refusal = beside if isinstance(beside, Refusal) else None
    after = next_to_call(found.rows, one.payment_id)
    names = names_on({row.unit_id for row in (one, after) if row}, reader.day)
    context = {
        "sample": sample,
        "plan": sample.plan,
        "view": _view(one, names),
        "form": form,
        "told": None if isinstance(beside, Refusal) else beside,
        "refusal": refusal,
        "after": (after.payment_id, _view(after, names)) if after else None,
        "hold_url": _hold_url(sample, one),
    }
    status = 422 if form.errors else 200 if refusal is None else 409
    return render(request, "web/callback.html", context, status=status)


def _hold_url(sample: PaymentSample, one: DrawnPayment) -> str:
    """Return where the list is put on hold, with the reason begun: who said it stays unsaid."""
    call = one.was_amiss or one.last
    if call is None or not call.is_amiss:
        return ""
    facts = {"number": sample.number, "place": one.position, "found": found_words(call.findings)}
    reason = _("Call-back %(number)s, payment %(place)s: %(found)s.") % facts
    return f"{reverse('hold_new')}?{urlencode({'subject': subject_of(one.list_id), 'reason': reason})}"


def _context(reader: Reader, sample: PaymentSample) -> dict[str, Any]:
    rows = drawn(sample.pk)
    told, drawing = row_of(sample, rows), drawing_of(sample)
    parts = drawing.parts()
    names = names_on({*(one.unit_id for one in rows), *(part.stratum for part in parts)}, reader.day)
    left = next_to_call(rows, 0)
    return {
        "sample": sample,
        "plan": sample.plan,
        "told": told,
        "result": result_words(told),
        "list_number": list_number(sample.payment_list.number) if sample.payment_list else "",
        "measure": measures_paid(sample.plan_id).get(sample.measure_id or 0, ""),
        "rows": [_view(one, names) for one in rows],
        "pool": [(part, names[part.stratum]) for part in parts],
        "is_same": drawing.gives([one.instruction_id for one in rows], sample.digest),
        "next_id": left.payment_id if left else None,
    }


def _name(one: DrawnPayment) -> str:
    if one.is_erased and not one.name:
        return erased()
    return listed_name(one.name, minor=one.minor or one.is_erased) or "—"


def _shown(call: Call) -> Call:
    """Return a call with a word in the place of what was erased of it."""
    words, back_to = (erased() if one == GONE else one for one in (call.answer.words, call.answer.back_to))
    return replace(call, answer=replace(call.answer, words=words, back_to=back_to))


def _view(one: DrawnPayment, names: dict[int, str]) -> PaymentView:
    was = one.was_amiss
    return PaymentView(
        row=one,
        name=_name(one),
        unit=names.get(one.unit_id, ""),
        list_number=list_number(one.list_number),
        state=state_words(one.state),
        mark=MARKS[one.state],
        calls=tuple(
            (call, answer_words(call.answer), found_words(call.findings)) for call in map(_shown, one.calls)
        ),
        was=(was, found_words(was.findings)) if was else None,
    )


urlpatterns: list[URLPattern] = [
    path("lists/<int:list_id>/callbacks/", payment_callbacks, name="payment_callbacks"),
    path("inspection/<slug:slug>/callbacks/", plan_callbacks, name="plan_callbacks"),
    path("callbacks/<int:pk>/", callback_sample, name="callback_sample"),
    path("callbacks/<int:pk>/record/", callback_record, name="callback_record"),
    path("callbacks/payments/<int:pk>/", callback, name="callback"),
    path("callbacks/payments/<int:pk>/phone/", callback_phone, name="callback_phone"),
]
