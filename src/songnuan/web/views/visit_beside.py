"""What goes with a visit beside its report: signatures, photos, a correction, a contact, a reminder."""

from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from songnuan.journeys.add_photos import add_photos
from songnuan.journeys.chase_visit import chase_visit
from songnuan.journeys.correct_report import correct_report
from songnuan.journeys.show_contact import show_contact
from songnuan.kernel.refusal import Refusal
from songnuan.plans.models import Measure
from songnuan.records.rules import Opened
from songnuan.visits.access import require_recorder
from songnuan.visits.kept import later_receipt, photos
from songnuan.visits.models import VisitStatus
from songnuan.visits.queries import VisitDetail
from songnuan.visits.versions import versions_of
from songnuan.web.correction_form import CorrectionForm, PhotosForm
from songnuan.web.opening import shown, thumbnail
from songnuan.web.views.shared import Reader, key_of, reader_of
from songnuan.web.visit_door import around, door_of
from songnuan.web.visit_page import seen, visit_page


def _opened(kind: str, found: VisitDetail, **facts: int) -> Opened:
    return Opened(kind, f"plan:{found.plan_slug}", f"visits.visit:{found.visit_id}", facts)


@login_required
@require_safe
@cache_control(private=True, no_store=True)
def visit_signature(request: HttpRequest, pk: int) -> HttpResponse:
    """Give the picture of the receiver's signature."""
    reader = reader_of(request)
    found = seen(reader, pk)
    return shown(request, reader, found.signature_id, _opened("visit_signature", found))


@login_required
@require_safe
@cache_control(private=True, no_store=True)
def visit_version_signature(request: HttpRequest, pk: int, number: int) -> HttpResponse:
    """Give the picture of the signature that was given for an earlier version of the report."""
    reader = reader_of(request)
    found = seen(reader, pk)
    if found.status != VisitStatus.RECORDED:
        raise Http404
    file_id = next((row.signature_id for row in versions_of(pk) if row.number == number), None)
    return shown(request, reader, file_id, _opened("visit_signature", found, version=number))


@login_required
@require_safe
@cache_control(private=True, no_store=True)
def visit_later_signature(request: HttpRequest, pk: int) -> HttpResponse:
    """Give the picture of the signature with which the unit took its kit later."""
    reader = reader_of(request)
    found, receipt = seen(reader, pk), later_receipt(pk)
    file_id = receipt.signature_id if receipt else None
    return shown(request, reader, file_id, _opened("later_signature", found))


@login_required
@require_safe
@cache_control(private=True, no_store=True)
def visit_photo(request: HttpRequest, pk: int, number: int) -> HttpResponse:
    """Give one photo of a visit."""
    reader = reader_of(request)
    found = seen(reader, pk)
    file_id = next((row.picture_id for row in photos(pk) if row.number == number), None)
    return shown(request, reader, file_id, _opened("photo", found, number=number))


@login_required
@require_safe
@cache_control(private=True, no_store=True)
def visit_photo_small(request: HttpRequest, pk: int, number: int) -> HttpResponse:
    """Give the thumbnail of a photo."""
    seen(reader_of(request), pk)
    return thumbnail(next((row.thumbnail_id for row in photos(pk) if row.number == number), None))


@login_required
def visit_photos(request: HttpRequest, pk: int) -> HttpResponse:
    """Add the photos that were posted."""
    reader = reader_of(request)
    found = seen(reader, pk)
    require_recorder(reader.actor, unit_id=found.unit_id, lead_id=found.lead_id, at=reader.at)
    if request.method != "POST":
        return redirect("visit", pk)
    form = PhotosForm(request.POST, request.FILES)
    if form.is_valid():
        with form.refusals():
            chosen = form.cleaned_data["photos"]
            add_photos(visit_id=pk, photos=chosen, key=key_of(request), actor=reader.actor, at=reader.at)
            messages.success(request, _("The photos are kept with the visit."))
            return redirect("visit", pk)
    return visit_page(request, reader, found, form)


@login_required
def visit_contact(request: HttpRequest, pk: int) -> HttpResponse:
    """Show whom to call at the unit, once; the look is noted."""
    reader = reader_of(request)
    found = seen(reader, pk)
    if request.method != "POST":
        return redirect("visit", pk)
    contact = show_contact(visit_id=pk, actor=reader.actor, at=reader.at)
    return visit_page(request, reader, found, contact=contact)


@login_required
def visit_chase(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask the lead for an overdue visit, and go back to the board, or to the list of units."""
    reader = reader_of(request)
    found = seen(reader, pk)
    if request.method != "POST":
        return redirect("visit", pk)
    if chase_visit(visit_id=pk, actor=reader.actor, at=reader.at):
        messages.success(request, _("The lead office is reminded."))
    else:
        messages.info(request, _("The lead office was reminded today already; once a day is enough."))
    if request.POST.get("back") == "units":
        asked = {name: request.POST.get(name, "") for name in ("lead", "state")}
        query = urlencode({name: value for name, value in asked.items() if value})
        return redirect(f"{reverse('pairing', args=(found.plan_slug,))}?{query}")
    return redirect("office")


@login_required
def visit_correct(request: HttpRequest, pk: int) -> HttpResponse:
    """Show the report with what it says, and put the corrected one in its place."""
    reader = reader_of(request)
    found = seen(reader, pk)
    require_recorder(reader.actor, unit_id=found.unit_id, lead_id=found.lead_id, at=reader.at)
    if found.status != VisitStatus.RECORDED:
        return redirect("visit", pk)
    measure = Measure.objects.select_related("plan").get(pk=found.measure_id)
    door = door_of(reader, found, measure, received_at=found.received_at, posted=request.POST)
    form = CorrectionForm(request.POST if request.method == "POST" else None, door=door, found=found)
    if request.method == "POST" and form.is_valid():
        try:
            _correct(request, reader, form, pk)
        except Refusal as refusal:
            if not form.tell(refusal):
                raise
        else:
            messages.success(request, _("The report is corrected; the one before stands beside it."))
            return redirect("visit", pk)
    return _correction(request, reader, found, measure, form)


def _correct(request: HttpRequest, reader: Reader, form: CorrectionForm, pk: int) -> None:
    correct_report(
        visit_id=pk,
        version=form.cleaned_data["version"],
        report=form.corrected(),
        reason=form.cleaned_data["correction_reason"],
        key=key_of(request),
        actor=reader.actor,
        at=reader.at,
    )


def _correction(
    request: HttpRequest, reader: Reader, found: VisitDetail, measure: Measure, form: CorrectionForm
) -> HttpResponse:
    context: dict[str, Any] = {**around(reader, found, measure, late=form.door.late), "form": form}
    status = 422 if form.errors else 200
    return render(request, "web/visit_correct.html", context, status=status)


urlpatterns: list[URLPattern] = [
    path("visits/<int:pk>/signature/", visit_signature, name="visit_signature"),
    path("visits/<int:pk>/signature/later/", visit_later_signature, name="visit_later_signature"),
    path("visits/<int:pk>/signature/<int:number>/", visit_version_signature, name="visit_version_signature"),
    path("visits/<int:pk>/photos/", visit_photos, name="visit_photos"),
    path("visits/<int:pk>/photos/<int:number>/", visit_photo, name="visit_photo"),
    path("visits/<int:pk>/photos/<int:number>/small/", visit_photo_small, name="visit_photo_small"),
    path("visits/<int:pk>/contact/", visit_contact, name="visit_contact"),
    path("visits/<int:pk>/chase/", visit_chase, name="visit_chase"),
    path("visits/<int:pk>/correct/", visit_correct, name="visit_correct"),
]
