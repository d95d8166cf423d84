"""Codes with which people pick a kit up, as a file to print and cut apart."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import URLPattern, path
from django.views.decorators.cache import never_cache

from songnuan.goods.models import Batch
from songnuan.journeys.print_pickup_codes import print_pickup_codes
from songnuan.web.counting import taken
from songnuan.web.opening import saved
from songnuan.web.pickup_forms import CodesForm
from songnuan.web.pickup_page import head_of, kept
from songnuan.web.views.pickups import unit_choices
from songnuan.web.views.shared import reader_of


@login_required
@never_cache
def pickups_codes(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask whose codes are printed; a POST gives the file."""
    reader = reader_of(request)
    row = kept(reader, pk)
    batches = Batch.objects.filter(distribution=row).order_by("position")
    form = CodesForm(unit_choices(row, reader), batches, request.POST or None)
    if request.method == "POST" and form.is_valid():
        with form.refusals():
            made = print_pickup_codes(
                distribution_id=pk,
                unit_id=form.cleaned_data["unit"],
                batch=form.cleaned_data["batch"],
                actor=reader.actor,
                at=reader.at,
            )
            taken()
            return saved(made.content, made.name, "application/pdf")
    context = {
        "head": head_of(reader, row, "pickups_one"),
        "row": row,
        "plan": row.measure.plan,
        "form": form,
    }
    return render(request, "web/pickups_codes.html", context, status=422 if form.errors else 200)


urlpatterns: list[URLPattern] = [path("pickups/<int:pk>/codes/", pickups_codes, name="pickups_codes")]
