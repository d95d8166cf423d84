"""What is done from the page of a visit: another day, its approval, a kit that follows."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, path
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _

from songnuan.journeys.allow_late_visit import allow_late_visit
from songnuan.journeys.hand_over_later import hand_over_later
from songnuan.journeys.replan_visit import replan_visit
from songnuan.kernel.refusal import Refusal
from songnuan.web.views.shared import reader_of
from songnuan.web.visit_page import ReplanForm, seen, visit_page


@login_required
def visit_replan(request: HttpRequest, pk: int) -> HttpResponse:
    """Set the day that was posted."""
    reader = reader_of(request)
    found = seen(reader, pk)
    if request.method != "POST":
        return redirect("visit", pk)
    form = ReplanForm(request.POST)
    if not form.is_valid():
        return visit_page(request, reader, found, form)
    try:
        replan_visit(visit_id=pk, **form.cleaned_data, actor=reader.actor, at=reader.at)
    except Refusal as refusal:
        if refusal.field not in form.fields:
            raise
        form.refuse(refusal)
        return visit_page(request, reader, found, form)
    if form.cleaned_data["planned_on"] > found.due_on:
        messages.success(request, _("The day is changed. It is after the deadline and waits for approval."))
    else:
        messages.success(request, _("The day is changed."))
    return redirect("visit", pk)


@login_required
def visit_allow_late(request: HttpRequest, pk: int) -> HttpResponse:
    """Allow the day after the deadline that the reader saw."""
    reader = reader_of(request)
    seen(reader, pk)
    if request.method != "POST":
        return redirect("visit", pk)
    try:
        planned_on = parse_date(request.POST.get("planned_on", ""))
    except ValueError:
        planned_on = None
    if planned_on is None:
        raise BadRequest("the form has no day")
    allow_late_visit(visit_id=pk, planned_on=planned_on, actor=reader.actor, at=reader.at)
    messages.success(request, _("The later day is allowed."))
    return redirect("visit", pk)


@login_required
def visit_hand_over(request: HttpRequest, pk: int) -> HttpResponse:
    """Book that the unit got its kit."""
    reader = reader_of(request)
    seen(reader, pk)
    if request.method != "POST":
        return redirect("visit", pk)
    try:
        hand_over_later(visit_id=pk, actor=reader.actor, at=reader.at)
    except Refusal as refusal:
        if refusal.code != "stock_short":
            raise
        messages.error(request, refusal.sentence)
    else:
        messages.success(request, _("The hand-over is booked."))
    return redirect("visit", pk)


urlpatterns: list[URLPattern] = [
    path("visits/<int:pk>/replan/", visit_replan, name="visit_replan"),
    path("visits/<int:pk>/allow-late/", visit_allow_late, name="visit_allow_late"),
    path("visits/<int:pk>/hand-over/", visit_hand_over, name="visit_hand_over"),
]
