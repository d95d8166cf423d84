"""Pages of situation reports for who reports: what is due, all safe by one tap, an event, corrections."""

from collections.abc import Mapping
from datetime import timedelta

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import URLPattern, path
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from songnuan.emergency.models import ReportChase, ReportExcuse, ReportSlot, SituationReport, SlotStatus
from songnuan.emergency.report_queries import KIND, due_slots, own_slots
from songnuan.emergency.report_rules import Told
from songnuan.journeys.report_settings import settings_of
from songnuan.journeys.report_situation import enter_by_phone, report_situation
from songnuan.organisation.clocks import clock_offset
from songnuan.organisation.models import Installation, User
from songnuan.organisation.own import own_units
from songnuan.organisation.permissions import Permission
from songnuan.organisation.queries import actor_of, day_of, now
from songnuan.plans.models import Measure, MeasureStatus
from songnuan.web.situation_forms import (
    CallCorrectionForm,
    CallForm,
    CorrectionForm,
    EventForm,
    ExcuseForm,
    PhoneForm,
    WithdrawForm,
    initial_of,
    sent_of,
)
from songnuan.web.situation_page import is_office, may_oversee, slot_lines, slot_seen
from songnuan.web.views.shared import Reader, key_of, only_posted, reader_of
from songnuan.web.warning_page import measures_seen

_RECENT = 14
"""Past slots of one's own units on the first page."""


@login_required
@never_cache
@require_safe
def situation(request: HttpRequest) -> HttpResponse:
    """Show what the reader's units have to report now, what they reported, and the plans that ask for it."""
    reader = reader_of(request)
    units = own_units(reader.user.pk, Permission.SITUATION_REPORT, reader.day)
    own = list(units.values_list("pk", flat=True))
    due = slot_lines(list(due_slots(own, reader.at)), reader.at)
    waiting = {line.slot.pk for line in due}
    recent = list(own_slots(own, reader.at).exclude(pk__in=waiting)[:_RECENT])
    measures = Measure.objects.filter(kind=KIND).exclude(opened_at=None)
    above = set(measures.values_list("plan__unit_id", flat=True))
    measures = measures.filter(plan__unit__in=reader.reached(Permission.EMERGENCY_VIEW, above))
    context = {
        "due": due,
        "recent": slot_lines(recent, reader.at),
        "measures": measures.select_related("plan").order_by("-pk"),
        "reports": bool(own),
        "warns": measures_seen(reader).exists(),
    }
    return render(request, "web/situation.html", context)


@login_required
@never_cache
@require_safe
def situation_slot(request: HttpRequest, pk: int) -> HttpResponse:
    """Show a unit's report of a period: to give it, or as it was given."""
    reader = reader_of(request)
    return slot_page(request, reader, slot_seen(reader, pk))


@login_required
@never_cache
@only_posted
def situation_report(request: HttpRequest, pk: int) -> HttpResponse:
    """Take in that all is safe, or an event."""
    reader, offset = _reader_here(request)
    if request.POST.get("kind") == SlotStatus.ZERO:
        _report(request, reader, offset, pk, Told(SlotStatus.ZERO.value))
        messages.success(request, _("Reported: all safe."))
        return redirect("situation_slot", pk)
    slot = slot_seen(reader, pk)
    form = EventForm(_figures(slot), request.POST)
    if form.is_valid():
        with form.refusals():
            _report(request, reader, offset, pk, form.told())
            messages.success(request, _("The event is reported; the office has it."))
            return redirect("situation_slot", pk)
    return slot_page(request, reader, slot, {"event": form})


@login_required
@never_cache
@only_posted
def situation_correct(request: HttpRequest, pk: int) -> HttpResponse:
    """Take in a correction of a report."""
    reader, offset = _reader_here(request)
    slot = slot_seen(reader, pk)
    form = CorrectionForm(_figures(slot), request.POST)
    if form.is_valid():
        with form.refusals():
            _report(request, reader, offset, pk, form.told())
            messages.success(request, _("The report is corrected; the earlier version stays."))
            return redirect("situation_slot", pk)
    return slot_page(request, reader, slot, {"correction": form})


@login_required
@never_cache
@only_posted
def situation_call(request: HttpRequest, pk: int) -> HttpResponse:
    """Take in what a unit told the office by telephone."""
    reader, offset = _reader_here(request)
    slot = slot_seen(reader, pk)
    form = CallForm(_figures(slot), request.POST)
    if form.is_valid():
        with form.refusals():
            _enter(request, reader, offset, pk, form.told())
            messages.success(request, _("The report is entered, marked as told by telephone."))
            return redirect("situation_slot", pk)
    return slot_page(request, reader, slot, {"call": form})


@login_required
@never_cache
@only_posted
def situation_call_correct(request: HttpRequest, pk: int) -> HttpResponse:
    """Take in how the office corrects what it entered by telephone."""
    reader, offset = _reader_here(request)
    slot = slot_seen(reader, pk)
    form = CallCorrectionForm(_figures(slot), request.POST)
    if form.is_valid():
        with form.refusals():
            _enter(request, reader, offset, pk, form.told())
            messages.success(request, _("The report is corrected; the earlier version stays."))
            return redirect("situation_slot", pk)
    return slot_page(request, reader, slot, {"call_correction": form})


def _reader_here(request: HttpRequest) -> tuple[Reader, timedelta]:
    """Return who reports, and how far the house's clock stands from the world's; the house is asked once."""
    assert isinstance(request.user, User)  # noqa: S101 - the view asks for a sign-in
    offset = clock_offset()
    at = now(Installation(clock_offset_seconds=round(offset.total_seconds())))
    return Reader(request.user, actor_of(request.user), at, day_of(at)), offset


def _report(
    request: HttpRequest, reader: Reader, clock_offset: timedelta, pk: int, told: Told
) -> SituationReport:
    sent = sent_of(request.POST, key_of(request), reader.at, clock_offset)
    return report_situation(slot_id=pk, told=told, sent=sent, actor=reader.actor, at=reader.at)


def _enter(request: HttpRequest, reader: Reader, clock_offset: timedelta, pk: int, told: Told) -> None:
    sent = sent_of(request.POST, key_of(request), reader.at, clock_offset)
    enter_by_phone(slot_id=pk, told=told, sent=sent, actor=reader.actor, at=reader.at)


def _figures(slot: ReportSlot) -> list[tuple[str, str]]:
    return [(one.key, one.label) for one in settings_of(slot.period.measure).figures]


def slot_page(
    request: HttpRequest, reader: Reader, slot: ReportSlot, more: Mapping[str, object] | None = None
) -> HttpResponse:
    """Show a slot, with the forms that the reader may use; those in `more` could not be taken."""
    [line] = slot_lines([slot], reader.at)
    is_open = slot.period.measure.status == MeasureStatus.OPEN
    mine = is_open and bool(reader.reached(Permission.SITUATION_REPORT, [slot.unit_id]))
    figures = _figures(slot)
    versions = list(SituationReport.objects.filter(slot=slot).select_related("by").order_by("-version"))
    context: dict[str, object] = {
        "line": line,
        "slot": slot,
        "plan": slot.period.measure.plan,
        "figures": figures,
        "versions": [
            (row, [(label, row.figures.get(key, 0), key in row.checked) for key, label in figures])
            for row in versions
        ],
        "mine": mine,
        "chases": ReportChase.objects.filter(slot=slot).select_related("by").order_by("-pk"),
        "excuses": _excuses(slot),
        "above": is_office(reader, slot.period.measure.plan),
    }
    if mine and not slot.version:
        context["event"] = EventForm(figures, initial={"happened_at": reader.at})
    elif mine:
        context["correction"] = CorrectionForm(figures, initial=initial_of(versions[0]))
    if is_open and reader.may(Permission.EMERGENCY_MANAGE, slot.unit_id):
        if not versions:
            context["call"] = CallForm(figures, initial={"told_at": reader.at, "happened_at": reader.at})
        elif versions[0].told_at is not None:
            context["call_correction"] = CallCorrectionForm(figures, initial=initial_of(versions[0]))
    if is_open and may_oversee(reader, slot.unit_id, [slot.parent_id]):
        day = day_of(slot.period.starts_at)
        context["excuse"] = ExcuseForm(initial={"first_on": day, "last_on": day})
        context["withdraw"] = WithdrawForm()
        context["phone"] = PhoneForm()
    context |= more or {}
    wrong = any(getattr(form, "errors", None) for form in context.values())
    return render(request, "web/situation_slot.html", context, status=422 if wrong else 200)


def _excuses(slot: ReportSlot) -> list[ReportExcuse]:
    """Return the excuses that stood, or stand, for the day of the slot."""
    day = day_of(slot.period.starts_at)
    rows = ReportExcuse.objects.filter(
        measure=slot.period.measure_id, unit_id=slot.unit_id, first_on__lte=day, last_on__gte=day
    )
    return list(rows.select_related("by", "withdrawn_by").order_by("-pk"))


urlpatterns: list[URLPattern] = [
    path("situation/", situation, name="situation"),
    path("situation/slots/<int:pk>/", situation_slot, name="situation_slot"),
    path("situation/slots/<int:pk>/report/", situation_report, name="situation_report"),
    path("situation/slots/<int:pk>/by-phone/", situation_call, name="situation_call"),
    path("situation/slots/<int:pk>/by-phone/correct/", situation_call_correct, name="situation_call_correct"),
    path("situation/slots/<int:pk>/correct/", situation_correct, name="situation_correct"),
]
