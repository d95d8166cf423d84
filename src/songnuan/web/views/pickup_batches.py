"""The office moves a batch that has not begun, or adds one after the last."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import URLPattern, path
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache

from songnuan.goods.models import Batch
from songnuan.journeys.change_batches import add_batch, move_batch
from songnuan.web.pickup_forms import BatchForm
from songnuan.web.pickup_page import head_of, kept
from songnuan.web.views.shared import reader_of


@login_required
@never_cache
def pickups_batch(request: HttpRequest, pk: int, position: int) -> HttpResponse:
    """Put a batch on another day, or to another place."""
    reader = reader_of(request)
    row = kept(reader, pk)
    batch = Batch.objects.filter(distribution=row, position=position).first()
    if batch is None or batch.on < reader.day:
        raise Http404
    form = BatchForm(request.POST or None, initial={"on": batch.on, "place": batch.place})
    if request.method == "POST" and form.is_valid():
        with form.refusals():
            told = form.cleaned_data
            move_batch(
                distribution_id=pk,
                batch=position,
                on=told["on"],
                place=told["place"],
                actor=reader.actor,
                at=reader.at,
            )
            messages.success(
                request, _("Changed. Who is in this batch sees it on their own page; tell them as well.")
            )
            return redirect("pickups_one", pk)
    context = {"head": head_of(reader, row, "pickups_one"), "row": row, "plan": row.measure.plan}
    context |= {"form": form, "batch": batch}
    return render(request, "web/pickups_batch.html", context, status=422 if form.errors else 200)


@login_required
@never_cache
def pickups_batch_new(request: HttpRequest, pk: int) -> HttpResponse:
    """Add a batch after the last one, for those who picked nothing up."""
    reader = reader_of(request)
    row = kept(reader, pk)
    form = BatchForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        with form.refusals():
            told = form.cleaned_data
            _batch, again = add_batch(
                distribution_id=pk, on=told["on"], place=told["place"], actor=reader.actor, at=reader.at
            )
            words = ngettext(
                "Added. %(count)s person who picked nothing up can come on that day.",
                "Added. %(count)s people who picked nothing up can come on that day.",
                again,
            )
            messages.success(request, words % {"count": again})
            return redirect("pickups_one", pk)
    head = head_of(reader, row, "pickups_one")
    context = {"head": head, "row": row, "plan": row.measure.plan, "form": form, "batch": None}
    return render(request, "web/pickups_batch.html", context, status=422 if form.errors else 200)


urlpatterns: list[URLPattern] = [
    path("pickups/<int:pk>/batches/new/", pickups_batch_new, name="pickups_batch_new"),
    path("pickups/<int:pk>/batches/<int:position>/", pickups_batch, name="pickups_batch"),
]
