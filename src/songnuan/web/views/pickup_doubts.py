"""What waits for a decision: every record of a portion side by side, and what came of it."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from songnuan.goods.models import Pickup, Portion
from songnuan.goods.pickup_lists import records_of
from songnuan.goods.pickup_models import PickupStatus
from songnuan.journeys.decide_pickup import decide_pickup
from songnuan.web.paging import before_of, page_of
from songnuan.web.pickup_forms import DecideForm
from songnuan.web.pickup_page import Line, Record, head_of, kept, lines_of, record_kept, record_of
from songnuan.web.views.shared import Reader, names_on, posted_from, reader_of

_PAGE = 20


@dataclass(frozen=True, slots=True)
class Doubted:
    """A portion of which a record waits, with all its records; a form with those that the reader decides."""

    line: Line
    records: list[tuple[Record, DecideForm | None]]


@login_required
@never_cache
@require_safe
def pickups_doubts(request: HttpRequest, pk: int) -> HttpResponse:
    """Show what waits for a decision, what came first on top."""
    return _page(request, reader_of(request), pk, {})


def _page(request: HttpRequest, reader: Reader, pk: int, wrong: Mapping[int, DecideForm]) -> HttpResponse:
    row = kept(reader, pk)
    head = head_of(reader, row, "pickups_doubts")
    waiting = Pickup.objects.filter(desk__distribution=row, status=PickupStatus.WAITING)
    rows = Portion.objects.filter(pk__in=waiting.values("portion"))
    rows = rows.select_related("recipient__person__merged_into", "batch").order_by("pk")
    after = before_of(request) if not wrong else None
    rows = rows if after is None else rows.filter(pk__gt=after)
    shown, older = page_of(rows[: _PAGE + 1], _PAGE, lambda one: one.pk)
    if wrong:
        # The record that could not be decided about stands there, whichever page it was on.
        asked = Portion.objects.filter(pickups__in=wrong).exclude(pk__in=[one.pk for one in shown])
        shown = [*asked.select_related("recipient__person__merged_into", "batch").distinct(), *shown]
    records = records_of([one.pk for one in shown])
    units = names_on((one.recipient.unit_id for one in shown), reader.day)
    context = {
        "head": head,
        "row": row,
        "plan": row.measure.plan,
        "rows": [
            Doubted(line, [_with_form(one, reader, wrong) for one in records[line.portion.pk]])
            for line in lines_of(shown, units)
        ],
        "older": older,
    }
    return render(request, "web/pickups_doubts.html", context, status=422 if wrong else 200)


def _with_form(
    row: Pickup, reader: Reader, wrong: Mapping[int, DecideForm]
) -> tuple[Record, DecideForm | None]:
    record = record_of(row, reader)
    if row.pk in wrong:
        return record, wrong[row.pk]
    if row.status != PickupStatus.WAITING or not record.may_decide:
        return record, None
    return record, DecideForm(auto_id=f"of{row.pk}-%s")


def _page_of(request: HttpRequest, pk: int) -> str:
    return reverse("pickups_doubts", args=(record_kept(reader_of(request), pk).desk.distribution_id,))


@login_required
@never_cache
@posted_from(_page_of)
def pickups_decide(request: HttpRequest, pk: int) -> HttpResponse:
    """Decide about a record that waits."""
    reader = reader_of(request)
    found = record_kept(reader, pk)
    form = DecideForm(request.POST, auto_id=f"of{pk}-%s")
    if form.is_valid():
        told = form.cleaned_data
        with form.refusals(said={"own_record"}):
            decide_pickup(
                pickup_id=pk,
                went_out=told["went_out"] == "yes",
                reason=told["reason"],
                actor=reader.actor,
                at=reader.at,
            )
            messages.success(request, _("Decided. Both records stay as they were told."))
            return redirect("pickups_doubts", found.desk.distribution_id)
    return _page(request, reader, found.desk.distribution_id, {pk: form})


urlpatterns: list[URLPattern] = [
    path("pickups/<int:pk>/doubts/", pickups_doubts, name="pickups_doubts"),
    path("pickups/records/<int:pk>/decide/", pickups_decide, name="pickups_decide"),
]
