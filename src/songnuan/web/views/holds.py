"""Pages of holds: placing one, and one with what is said about it."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import URLPattern, path
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from songnuan.approvals.hold_models import HoldStatement
from songnuan.approvals.hold_queries import HoldRow, active_among, one, statements
from songnuan.journeys.answer_hold import answer_hold
from songnuan.journeys.holding import Thing, find_thing
from songnuan.journeys.lift_hold import lift_hold
from songnuan.journeys.place_hold import place_hold
from songnuan.kernel.refusal import Refusal
from songnuan.organisation.permissions import Permission
from songnuan.organisation.queries import require
from songnuan.plans.models import Plan
from songnuan.records.rules import Opened
from songnuan.web.forms import Form
from songnuan.web.hold_forms import LiftForm, PlaceForm, StatementForm
from songnuan.web.opening import handed_out
from songnuan.web.views.shared import Reader, key_of, reader_of


@login_required
def hold_new(request: HttpRequest) -> HttpResponse:
    """Show the form that puts a thing on hold, and place the hold that was posted with it."""
    reader = reader_of(request)
    subject = request.GET.get("subject", "")
    thing = _thing(reader, subject)
    require(reader.actor, Permission.HOLD_PLACE, unit_id=thing.held.unit_id, at=reader.at)
    reason = request.GET.get("reason", "")
    form = PlaceForm(initial={"reason": reason}) if request.method != "POST" else None
    if form is None:
        form = PlaceForm(request.POST, request.FILES)
        key = key_of(request)
        if form.is_valid():
            with form.refusals():
                pk = place_hold(
                    subject=subject,
                    reason=form.cleaned_data["reason"],
                    picture=form.brought(),
                    key=key,
                    actor=reader.actor,
                    at=reader.at,
                )
                messages.success(request, _("On hold. Whoever is concerned has been told."))
                return redirect("hold", pk)
    standing = active_among([thing.held.subject]).get(thing.held.subject)
    context = {"form": form, "thing": thing, "name": thing.name(), "standing": standing}
    return render(request, "web/hold_new.html", context, status=422 if form.errors else 200)


@login_required
@require_safe
def hold(request: HttpRequest, pk: int) -> HttpResponse:
    """Show one hold: why, what was said, what was found."""
    reader = reader_of(request)
    return _page(request, reader, _seen(reader, pk))


@login_required
def hold_answer(request: HttpRequest, pk: int) -> HttpResponse:
    """Add to what is said about a hold."""
    reader = reader_of(request)
    row = _seen(reader, pk)
    if request.method != "POST":
        return redirect("hold", pk)
    form = StatementForm(request.POST, request.FILES)
    key = key_of(request)
    if form.is_valid():
        with form.refusals():
            answer_hold(
                hold_id=pk,
                text=form.cleaned_data["text"],
                picture=form.brought(),
                key=key,
                actor=reader.actor,
                at=reader.at,
            )
            messages.success(request, _("Your statement is kept; the others concerned have been told."))
            return redirect("hold", pk)
    return _page(request, reader, row, form)


@login_required
def hold_lift(request: HttpRequest, pk: int) -> HttpResponse:
    """Lift a hold."""
    reader = reader_of(request)
    row = _seen(reader, pk)
    if request.method != "POST":
        return redirect("hold", pk)
    form = LiftForm(request.POST)
    if form.is_valid():
        with form.refusals():
            findings = form.cleaned_data["findings"]
            lift_hold(hold_id=pk, findings=findings, actor=reader.actor, at=reader.at)
            messages.success(request, _("The hold is lifted: what it stopped can go on."))
            return redirect("hold", pk)
    return _page(request, reader, row, form)


@login_required
@require_safe
def hold_file(request: HttpRequest, pk: int) -> FileResponse:
    """Give the picture or PDF that the hold was placed with."""
    reader = reader_of(request)
    row = _seen(reader, pk)
    return handed_out(request, reader, row.file_id, _opened("hold", row))


@login_required
@require_safe
def hold_statement_file(request: HttpRequest, pk: int) -> FileResponse:
    """Give the picture or PDF that goes with a statement."""
    row = HoldStatement.objects.filter(pk=pk).first()
    if row is None:
        raise Http404
    reader = reader_of(request)
    opened = _opened("statement", _seen(reader, row.hold_id))
    return handed_out(request, reader, row.file_id, opened)


def _opened(kind: str, row: HoldRow) -> Opened:
    return Opened(kind, f"plan:{row.plan_slug}", f"approvals.hold:{row.hold_id}", {"for": row.subject})


def _thing(reader: Reader, subject: str) -> Thing:
    """Return what a subject names; what the reader may not see is not there.

    Raises:
        Http404: Without a word on whether it exists.

    """
    try:
        thing = find_thing(subject)
    except Refusal:
        raise Http404 from None
    if not reader.may(Permission.FUND_VIEW, thing.held.unit_id):
        raise Http404
    return thing


def _seen(reader: Reader, pk: int) -> HoldRow:
    """Return the hold, to who may look into the money it is about.

    Raises:
        Http404: Without a word on whether it exists.

    """
    row = one(pk)
    if row is None or not reader.may(Permission.FUND_VIEW, row.unit_id):
        raise Http404
    return row


def _page(request: HttpRequest, reader: Reader, row: HoldRow, tried: Form | None = None) -> HttpResponse:
    """Show the hold; `tried` is the form to be mended."""
    thing = find_thing(row.subject)
    inspects = row.is_active and reader.may(Permission.HOLD_PLACE, row.unit_id)
    speaks = inspects or (row.is_active and reader.may(Permission.HOLD_ANSWER, row.unit_id))
    late = tried if tried is not None and not speaks else None
    context: dict[str, Any] = {
        "hold": row,
        "plan": Plan.objects.filter(slug=row.plan_slug).first(),
        "name": thing.name(),
        "url": thing.url,
        "statements": statements(row.hold_id),
        "inspects": inspects,
        "stating": (tried if isinstance(tried, StatementForm) else StatementForm()) if speaks else None,
        "lifting": (tried if isinstance(tried, LiftForm) else LiftForm()) if inspects else None,
        "refused": late,
        "unsent": late.data.get("text") or late.data.get("findings") or "" if late else "",
    }
    return render(request, "web/hold.html", context, status=422 if tried is not None else 200)


urlpatterns: list[URLPattern] = [
    path("holds/new/", hold_new, name="hold_new"),
    path("holds/<int:pk>/", hold, name="hold"),
    path("holds/<int:pk>/answer/", hold_answer, name="hold_answer"),
    path("holds/<int:pk>/lift/", hold_lift, name="hold_lift"),
    path("holds/<int:pk>/file/", hold_file, name="hold_file"),
    path("holds/statements/<int:pk>/file/", hold_statement_file, name="hold_statement_file"),
]
