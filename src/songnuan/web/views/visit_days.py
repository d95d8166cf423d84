"""What is done from the page of a visit: another day, and what becomes of a later one."""

from datetime import date, datetime
from typing import Protocol

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, path
from django.utils.translation import gettext as _

from songnuan.journeys.allow_late_visit import allow_late_visit
from songnuan.journeys.replan_visit import replan_visit
from songnuan.journeys.return_late_visit import return_late_visit
from songnuan.kernel.actor import Actor
from songnuan.kernel.days import beside
from songnuan.kernel.refusal import Refusal
from songnuan.visits.models import LaterDay, LaterDayStatus, Visit
from songnuan.visits.queries import VisitDetail
from songnuan.visits.rules import last_day
from songnuan.visits.schedule_queries import arrangement
from songnuan.visits.scheduling.breaks import Rule, day_breaks
from songnuan.visits.scheduling.words import broken_words
from songnuan.web.decided import say_decided
from songnuan.web.forms import Form
from songnuan.web.views.shared import Reader, reader_of
from songnuan.web.visit_page import DecisionForm, ReplanForm, seen, visit_page


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
        return _refused(request, reader, found, form, refusal)
    day = form.cleaned_data["planned_on"]
    _say_day(request, found, day)
    _say_broken(request, reader, found, day)
    return redirect("visit", pk)


def _say_broken(request: HttpRequest, reader: Reader, found: VisitDetail, day: date) -> None:
    """Say what the visit breaks on the day that was posted, and whether its time is gone."""
    visit = Visit.objects.select_related("measure__plan").get(pk=found.visit_id)
    arranged = arrangement(visit.measure.plan, {visit.lead_id}, reader.at)
    if visit.pk not in arranged.visits:
        return
    # A reason was given for it, so it is kept; whoever gave it may not have seen what breaks.
    broken = [one for one in day_breaks(arranged.stop(visit.pk), day) if one.rule != Rule.AFTER_DEADLINE]
    for sentence in broken_words(broken, arranged.names()):
        messages.warning(request, sentence)
    if found.start is not None and visit.planned_start is None:
        messages.warning(request, _("The time of the visit does not fit that day. Set it anew."))


def _say_day(request: HttpRequest, found: VisitDetail, day: date) -> None:
    """Say what became of the day that was posted: it is set, or asked for while another stands."""
    if day <= found.due_on or day == found.planned_on:
        messages.success(request, _("The day is changed."))
        return
    stands = last_day(found.planned_on, found.due_on)
    sentence = _("%(day)s is after the deadline and waits to be allowed. Until then %(stands)s stands.")
    facts = {"day": beside(day, found.due_on), "stands": beside(stands, found.due_on)}
    messages.info(request, sentence % facts)


@login_required
def visit_allow_late(request: HttpRequest, pk: int) -> HttpResponse:
    """Allow the day after the deadline that the reader saw."""
    return _decide(request, pk, allow_late_visit, _("The later day is allowed; the one who asked is told."))


@login_required
def visit_return_late(request: HttpRequest, pk: int) -> HttpResponse:
    """Return the day after the deadline that the reader saw, with a remark."""
    return _decide(request, pk, return_late_visit, _("The later day is returned; the one who asked is told."))


class _Journey(Protocol):
    """What becomes of a later day."""

    def __call__(self, *, later_day_id: int, remark: str, actor: Actor, at: datetime) -> None:
        """Carry it out."""


def _decide(request: HttpRequest, pk: int, decide: _Journey, done: str) -> HttpResponse:
    """Decide about the later day that the form is about, and say `done`.

    One that was decided or taken back meanwhile is no fault of the reader's: the page of the visit shows
    what became of it.
    """
    reader = reader_of(request)
    found = seen(reader, pk)
    if request.method != "POST":
        return redirect("visit", pk)
    form = DecisionForm(request.POST)
    later_day_id, remark = _later_day(form, found), form.cleaned_data["remark"]
    try:
        decide(later_day_id=later_day_id, remark=remark, actor=reader.actor, at=reader.at)
    except Refusal as refusal:
        if refusal.code != "wrong_state":
            return _refused(request, reader, found, form, refusal)
        _say_decided(request, reader, later_day_id)
    else:
        messages.success(request, done)
    return redirect("visit", pk)


def _say_decided(request: HttpRequest, reader: Reader, later_day_id: int) -> None:
    """Say what was decided before: by the reader with a first click, or by somebody else."""
    asked = LaterDay.objects.select_related("decided_by").get(pk=later_day_id)
    if asked.decided_at is None:
        messages.error(request, _("Nothing was decided: this day was decided about or taken back meanwhile."))
        return
    what = str(LaterDayStatus(asked.status).label)
    say_decided(request, what, asked.decided_at, asked.decided_by, reader.user)


def _refused(
    request: HttpRequest, reader: Reader, found: VisitDetail, form: Form, refusal: Refusal
) -> HttpResponse:
    """Show the page with the refusal beside its input; one that is about no input goes on."""
    if refusal.field not in form.fields:
        raise refusal
    form.refuse(refusal)
    return visit_page(request, reader, found, form)


def _later_day(form: DecisionForm, found: VisitDetail) -> int:
    """Return the later day that the form is about."""
    asked = {row.later_day_id for row in found.later_days}
    if not form.is_valid() or form.cleaned_data["later_day"] not in asked:
        raise BadRequest("the form names no day of this visit")
    later_day_id: int = form.cleaned_data["later_day"]
    return later_day_id


urlpatterns: list[URLPattern] = [
    path("visits/<int:pk>/replan/", visit_replan, name="visit_replan"),
    path("visits/<int:pk>/allow-late/", visit_allow_late, name="visit_allow_late"),
    path("visits/<int:pk>/return-late/", visit_return_late, name="visit_return_late"),
]
