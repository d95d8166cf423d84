"""The page on which a unit signs for the kit that it gets after its visit."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import URLPattern, path
from django.utils.translation import gettext as _

from songnuan.goods.lots import SHORT
from songnuan.journeys.hand_over_later import hand_over_later, later_text
from songnuan.kernel.refusal import Refusal
from songnuan.plans.models import Measure
from songnuan.visits.access import require_recorder
from songnuan.visits.models import VisitStatus
from songnuan.visits.owed import in_store, kit_owed
from songnuan.web.correction_form import HandOverForm
from songnuan.web.views.shared import key_of, reader_of
from songnuan.web.visit_door import around
from songnuan.web.visit_page import seen


@login_required
def visit_hand_over(request: HttpRequest, pk: int) -> HttpResponse:
    """Show what is handed over and who signs for it, and book it."""
    reader = reader_of(request)
    found = seen(reader, pk)
    require_recorder(reader.actor, unit_id=found.unit_id, lead_id=found.lead_id, at=reader.at)
    form = HandOverForm(request.POST if request.method == "POST" else None)
    # What was booked goes on as well: the same post again is answered as the first one was.
    if request.method == "POST" and form.is_valid():
        try:
            hand_over_later(
                visit_id=pk, **form.cleaned_data, key=key_of(request), actor=reader.actor, at=reader.at
            )
        except Refusal as refusal:
            if refusal.code in SHORT:
                messages.error(request, refusal.sentence)
                return redirect("visit", pk)
            if refusal.field not in form.fields:
                raise
            form.refuse(refusal)
        else:
            messages.success(request, _("The hand-over is booked."))
            return redirect("visit", pk)
    measure = Measure.objects.select_related("plan").get(pk=found.measure_id)
    kit = kit_owed(measure, unit_id=found.unit_id) if found.status == VisitStatus.RECORDED else None
    if kit is None or in_store(kit, reader.day) < 1:
        return redirect("visit", pk)
    text = later_text(kit)
    context: dict[str, Any] = {
        **around(reader, found, measure, late=False),
        "form": form,
        "signing": {"text": text, "some": "", "none": text},
    }
    return render(request, "web/visit_hand_over.html", context, status=422 if form.errors else 200)


urlpatterns: list[URLPattern] = [
    path("visits/<int:pk>/hand-over/", visit_hand_over, name="visit_hand_over"),
]
