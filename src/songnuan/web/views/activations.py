"""The page of one response, with all that is done about it; and the orders of superiors."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import URLPattern, path
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from songnuan.documents.official import from_json
from songnuan.emergency.actions.muster import leads
from songnuan.emergency.command_queries import (
    activations_of,
    after_action_of,
    in_force,
    members_on,
    offer_of,
    open_orders,
)
from songnuan.emergency.command_rules import may_succeed
from songnuan.emergency.models import Activation, ActivationStatus, Asks, Order
from songnuan.emergency.muster_queries import musters_of
from songnuan.emergency.order_task_queries import tasks_of_order
from songnuan.emergency.still_open import still_open
from songnuan.journeys import emergency_papers as papers
from songnuan.journeys.hand_over_response import answer_handover, offer_handover, take_back_handover
from songnuan.journeys.measures.response import number_of, settings_of, summary_due
from songnuan.journeys.papers import kinds_of, paper
from songnuan.journeys.stand_down import stand_down
from songnuan.journeys.steer_response import assess_response, change_level
from songnuan.journeys.take_in_order import answer_order, take_in_order
from songnuan.journeys.write_after_action import write_after_action
from songnuan.kernel.refusal import Refusal
from songnuan.web.emergency_forms import (
    AfterActionForm,
    AnswerHandOverForm,
    AssessForm,
    HandOverForm,
    LevelForm,
    OrderAnswerForm,
    OrderForm,
    StandDownForm,
)
from songnuan.web.emergency_page import emergency_seen, role_of, timeline
from songnuan.web.forms import Form
from songnuan.web.opening import saved
from songnuan.web.order_task_page import rows_of
from songnuan.web.views.shared import Reader, key_of, reader_of, was_received

_SAID = ("not_the_holder", "not_a_member", "handover_not_yours", "person_needed")
"""What stands against one person alone is said beside the form; a missing right has a page of its own."""


@dataclass(frozen=True, slots=True)
class Act:
    """A form of the page: how it is made, what it does, and what is said then."""

    form: Callable[[Any], Form]
    carry_out: Callable[[Any], object]
    said: str


@login_required
@never_cache
def activation(request: HttpRequest, pk: int) -> HttpResponse:
    """Show a response, and carry out what was posted about it."""
    reader = reader_of(request)
    row = _seen(reader, pk)
    acts = _acts(request, reader, row)
    forms = {name: act.form(None) for name, act in acts.items()}
    name = request.POST.get("act", "")
    if request.method != "POST":
        return _page(request, reader, row, forms)
    if name == "stand_down" and was_received(request):
        return redirect("activation", pk)
    if name == "take_back":
        try:
            take_back_handover(activation_id=pk, actor=reader.actor, at=reader.at)
            messages.success(request, _("The offer is taken back."))
        except Refusal as refusal:
            messages.error(request, refusal.sentence)
        return redirect("activation", pk)
    if name not in acts:
        raise Http404
    form = forms[name] = acts[name].form(request.POST)
    if form.is_valid():
        with form.refusals(_SAID):
            acts[name].carry_out(form)
            messages.success(request, acts[name].said)
            return redirect("activation", pk)
    return _page(request, reader, _seen(reader, pk), forms, wrong=name)


def _seen(reader: Reader, pk: int) -> Activation:
    """Return the response; one that the reader may not see is not there.

    Raises:
        Http404: Without a word on whether it exists.

    """
    key = Activation.objects.filter(pk=pk).values_list("measure", flat=True).first()
    row = get_object_or_404(activations_of([key or 0]), pk=pk)
    emergency_seen(row.measure_id, reader)
    return row


def _acts(request: HttpRequest, reader: Reader, row: Activation) -> dict[str, Act]:
    """Return what may be posted about a response."""
    measure = row.measure
    settings = settings_of(measure)
    told: dict[str, Any] = {"activation_id": row.pk, "actor": reader.actor, "at": reader.at}
    levels = [(one.key, one.title) for one in settings.levels if one.key != row.level]
    people = [
        (str(one.user_id), f"{one.user.name}（{one.get_position_display()}）")
        for one in members_on(measure.pk, reader.day)
        if may_succeed(one, settings.issuers) and one.user_id != row.holder.user_id
    ]
    ordered = open_orders([measure.pk]).filter(activation=row, asks=Asks.END)
    orders = [(str(one.pk), f"{one.issuer} {one.number} {one.text[:40]}") for one in ordered]
    return {
        "assess": Act(
            AssessForm,
            lambda form: assess_response(
                should_end=form.cleaned_data["verdict"] == "end", text=form.cleaned_data["words"], **told
            ),
            _("The assessment is noted, and the group has been told."),
        ),
        "level": Act(
            lambda data: LevelForm(data, levels=levels),
            lambda form: change_level(
                level=form.cleaned_data["level"], reason=form.cleaned_data["reason"], **told
            ),
            _("The level is changed, and the group has been told."),
        ),
        "offer": Act(
            lambda data: HandOverForm(data, people=people),
            lambda form: offer_handover(
                successor_id=int(form.cleaned_data["successor"]), reason=form.cleaned_data["reason"], **told
            ),
            _("Offered. Until they accept, you alone may end the response."),
        ),
        "accept": Act(
            AnswerHandOverForm,
            lambda form: answer_handover(accept=True, remark=form.cleaned_data["remark"], **told),
            _("From now on you alone may end this response."),
        ),
        "decline": Act(
            AnswerHandOverForm,
            lambda form: answer_handover(accept=False, remark=form.cleaned_data["remark"], **told),
            _("You declined. Nothing has changed."),
        ),
        "after_action": Act(
            lambda data: AfterActionForm(data, initial=_report_initial(row)),
            lambda form: write_after_action(lessons=form.lessons(), **told),
            _("The report is kept, with the timeline annexed."),
        ),
        "stand_down": Act(
            lambda data: StandDownForm(data, orders=orders, is_open=bool(_open(reader, row))),
            lambda form: stand_down(**form.end(), key=key_of(request), **told),
            _("Stood down. The leading group and the office have been told."),
        ),
    }


def _open(reader: Reader, row: Activation) -> list[str]:
    """Return what is still open, for who may end it."""
    is_asked = row.status == ActivationStatus.ACTIVE and row.holder.user_id == reader.user.pk
    return still_open(row, reader.at) if is_asked else []


def _report_initial(row: Activation) -> dict[str, object]:
    """Return the newest version of the report, to be written on."""
    found = after_action_of(row.pk)
    if found is None:
        return {}
    names = ("went_well", "shortcomings", "improvements")
    return {"seen": found.version, **{name: getattr(found, name) for name in names}}


@login_required
@require_safe
def activation_paper(request: HttpRequest, pk: int, which: str, kind: str) -> HttpResponse:
    """Give the order that set a response in motion or ended it, or the after-action report, as a paper."""
    row = _seen(reader_of(request), pk)
    report = after_action_of(pk)
    text = None
    if which == "order":
        text = papers.activation_paper(row)
    elif which == "end" and row.ended_at is not None:
        text = papers.stand_down_paper(row)
    elif which == "report" and report is not None:
        text = from_json(report.snapshot)
    if text is None or kind not in kinds_of(text):
        raise Http404
    made = paper(text, kind)
    return saved(made.content, made.name, made.media_type)


def _page(
    request: HttpRequest,
    reader: Reader,
    row: Activation,
    forms: dict[str, Form],
    wrong: str = "",
) -> HttpResponse:
    measure, offer = row.measure, offer_of(row.pk)
    settings = settings_of(measure)
    ordered = open_orders([measure.pk]).filter(activation=row)
    context = {
        "row": row,
        "measure": measure,
        "number": number_of(row),
        "end_number": number_of(row, is_end=True),
        "role": role_of(measure, reader),
        "is_active": row.status == ActivationStatus.ACTIVE,
        "is_holder": row.holder.user_id == reader.user.pk,
        "offer": offer,
        "is_asked": offer is not None and offer.successor.user_id == reader.user.pk,
        "orders": list(ordered),
        "now": reader.at,
        "moments": timeline(row),
        "report": after_action_of(row.pk),
        "musters": list(musters_of([row.pk])),
        "may_call": leads(row, reader.actor, reader.at),
        "summary_due": summary_due(row, settings),
        "forms": forms,
        "answer": forms["decline" if wrong == "decline" else "accept"],
        "wrong": wrong,
        "open": _open(reader, row),
    }
    return render(request, "web/activation.html", context, status=422 if wrong else 200)


@login_required
@never_cache
def order_new(request: HttpRequest, measure_id: int) -> HttpResponse:
    """Show the form that takes in an order, and take it in."""
    reader = reader_of(request)
    measure = emergency_seen(measure_id, reader)
    settings = settings_of(measure)
    active = [(str(one.pk), number_of(one)) for one in in_force([measure.pk])]
    people = [
        (str(one.pk), f"{one.user.name}（{one.get_position_display()}）")
        for one in members_on(measure.pk, reader.day)
        if may_succeed(one, settings.issuers)
    ]
    form = OrderForm(
        request.POST if request.method == "POST" else None,
        activations=active,
        people=people,
        initial={"received_at": reader.at, "activation": active[0][0] if active else ""},
    )
    if request.method == "POST" and form.is_valid():
        with form.refusals(("person_needed",)):
            pk = take_in_order(
                measure_id=measure.pk,
                ordered=form.ordered(),
                key=key_of(request),
                actor=reader.actor,
                at=reader.at,
            )
            messages.success(request, _("Taken in. Whoever can carry it out has been told."))
            return redirect("emergency_order", pk)
    context = {"measure": measure, "form": form, "role": role_of(measure, reader)}
    return render(request, "web/emergency_order_new.html", context, status=422 if form.errors else 200)


@login_required
@never_cache
def order(request: HttpRequest, pk: int) -> HttpResponse:
    """Show an order and what came of it; answer it."""
    reader = reader_of(request)
    told = ("measure__plan", "activation", "successor__user", "recorded_by", "answered_by")
    row = get_object_or_404(Order.objects.select_related(*told), pk=pk)
    measure = emergency_seen(row.measure_id, reader)
    form = OrderAnswerForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        with form.refusals(_SAID):
            answer_order(order_id=pk, answer=form.cleaned_data["answer"], actor=reader.actor, at=reader.at)
            messages.success(request, _("The order is answered."))
            return redirect("emergency_order", pk)
    about = row.activation or Activation.objects.filter(order=row).first()
    context = {
        "row": row,
        "measure": measure,
        "role": role_of(measure, reader),
        "form": form,
        "now": reader.at,
        "about": about,
        "number": number_of(about) if about else "",
        "tasks": rows_of(tasks_of_order(pk), reader.day, reader.at),
    }
    return render(request, "web/emergency_order.html", context, status=422 if form.errors else 200)


urlpatterns: list[URLPattern] = [
    path(
        "emergency/activations/<int:pk>/<slug:which>.<slug:kind>", activation_paper, name="activation_paper"
    ),
    path("emergency/activations/<int:pk>/", activation, name="activation"),
    path("emergency/<int:measure_id>/orders/new/", order_new, name="emergency_order_new"),
    path("emergency/orders/<int:pk>/", order, name="emergency_order"),
]
