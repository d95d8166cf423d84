"""What the office and units above do about situation reports: ask, excuse, pass on."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from songnuan.emergency.models import ChaseWay, ReportExcuse, ReportSlot
from songnuan.journeys.chase_reports import chase_missing, chase_report
from songnuan.journeys.excuse_reports import excuse_reports, withdraw_excuse
from songnuan.journeys.pass_part_on import pass_part_on
from songnuan.web.asked_words import asked_words
from songnuan.web.situation_forms import ExcuseForm, PartForm, PhoneForm, WithdrawForm
from songnuan.web.situation_page import period_seen, slot_seen
from songnuan.web.views.shared import only_posted, reader_of
from songnuan.web.views.situation import slot_page
from songnuan.web.views.situation_office import period_page


@login_required
@never_cache
@only_posted
def situation_chase(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask one unit, by a notice."""
    reader = reader_of(request)
    slot_seen(reader, pk)
    if chase_report(slot_id=pk, way=ChaseWay.NOTICE, actor=reader.actor, at=reader.at):
        messages.success(request, _("The unit is asked."))
    else:
        messages.info(request, _("The unit was asked less than ten minutes ago."))
    return redirect("situation_slot", pk)


@login_required
@never_cache
@only_posted
def situation_phone(request: HttpRequest, pk: int) -> HttpResponse:
    """Record that one unit was called, and what it answered."""
    reader = reader_of(request)
    slot = slot_seen(reader, pk)
    form = PhoneForm(request.POST)
    if form.is_valid():
        with form.refusals():
            words = form.cleaned_data["words"]
            chase_report(slot_id=pk, way=ChaseWay.PHONE, words=words, actor=reader.actor, at=reader.at)
            messages.success(request, _("The call is recorded."))
            return redirect("situation_slot", pk)
    return slot_page(request, reader, slot, {"phone": form})


@login_required
@never_cache
@only_posted
def situation_excuse(request: HttpRequest, pk: int) -> HttpResponse:
    """Excuse the unit of a slot for some days."""
    reader = reader_of(request)
    slot = slot_seen(reader, pk)
    form = ExcuseForm(request.POST)
    if form.is_valid():
        with form.refusals():
            excuse_reports(
                measure_id=slot.period.measure_id,
                unit_id=slot.unit_id,
                days=form.days,
                reason=form.cleaned_data["reason"],
                actor=reader.actor,
                at=reader.at,
            )
            messages.success(request, _("The unit is excused."))
            return redirect("situation_slot", pk)
    return slot_page(request, reader, slot, {"excuse": form})


@login_required
@never_cache
@only_posted
def situation_withdraw(request: HttpRequest, pk: int, excuse: int) -> HttpResponse:
    """Take an excuse back; `pk` is the slot on whose page it stands."""
    reader = reader_of(request)
    slot = slot_seen(reader, pk)
    form = WithdrawForm(request.POST)
    if form.is_valid() and _is_of(excuse, slot):
        with form.refusals():
            reason = form.cleaned_data["reason"]
            withdraw_excuse(excuse_id=excuse, reason=reason, actor=reader.actor, at=reader.at)
            messages.success(request, _("The excuse is taken back."))
            return redirect("situation_slot", pk)
    return slot_page(request, reader, slot, {"withdraw": form})


def _is_of(excuse_id: int, slot: ReportSlot) -> bool:
    rows = ReportExcuse.objects.filter(pk=excuse_id, unit=slot.unit_id, measure=slot.period.measure_id)
    return rows.exists()


@login_required
@never_cache
@only_posted
def situation_chase_all(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask all units that are missing below a node."""
    reader = reader_of(request)
    period, node, _line = period_seen(reader, pk, request.POST.get("node", ""))
    told = chase_missing(period_id=period.pk, node_id=node.node_id, actor=reader.actor, at=reader.at)
    messages.success(request, asked_words(told))
    return redirect(reverse("situation_period", args=(pk,)) + f"?node={node.node_id}&show=missing")


@login_required
@never_cache
@only_posted
def situation_pass_on(request: HttpRequest, pk: int) -> HttpResponse:
    """Pass a node's part on."""
    reader = reader_of(request)
    seen = period_seen(reader, pk, request.POST.get("node", ""))
    node = seen.node
    form = PartForm(request.POST)
    if form.is_valid():
        with form.refusals():
            pass_part_on(
                period_id=pk,
                unit_id=node.node_id,
                words=form.cleaned_data["words"],
                named=form.cleaned_data["missing"],
                actor=reader.actor,
                at=reader.at,
            )
            messages.success(request, _("The part is passed on."))
            return redirect(reverse("situation_period", args=(pk,)) + f"?node={node.node_id}")
    return period_page(request, reader, seen, form=form)


urlpatterns: list[URLPattern] = [
    path("situation/slots/<int:pk>/chase/", situation_chase, name="situation_chase"),
    path("situation/slots/<int:pk>/phone/", situation_phone, name="situation_phone"),
    path("situation/slots/<int:pk>/excuse/", situation_excuse, name="situation_excuse"),
    path(
        "situation/slots/<int:pk>/excuses/<int:excuse>/back/", situation_withdraw, name="situation_withdraw"
    ),
    path("situation/periods/<int:pk>/chase/", situation_chase_all, name="situation_chase_all"),
    path("situation/periods/<int:pk>/pass-on/", situation_pass_on, name="situation_pass_on"),
]
