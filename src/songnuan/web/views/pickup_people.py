"""Somebody who gets a kit: portions, records, who may pick it up for them, what the office does."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from http import HTTPStatus

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from songnuan.goods.models import Batch, Portion
from songnuan.goods.pickup_lists import records_of
from songnuan.goods.pickup_models import PickupStatus
from songnuan.goods.pickup_rules import WAITING
from songnuan.goods.pickup_states import Portioned
from songnuan.journeys.give_back import give_back
from songnuan.journeys.name_proxy import name_proxy
from songnuan.journeys.place_portion import place_portion
from songnuan.journeys.reopen_portion import reopen_portion
from songnuan.journeys.settle_portion import settle_portion
from songnuan.web.forms import Form
from songnuan.web.pickup_forms import BackForm, PlaceForm, ProxyForm, ReopenForm, SettleForm
from songnuan.web.pickup_page import (
    Line,
    Record,
    head_of,
    lines_of,
    name_of,
    portion_kept,
    recipient_kept,
    record_kept,
    record_of,
)
from songnuan.web.views.shared import Reader, names_on, posted_from, reader_of


@dataclass(frozen=True, slots=True)
class PortionView:
    """A portion with its records, and the forms of what may be done about it, where it may be."""

    line: Line
    records: list[tuple[Record, Form | None]]
    settle: Form | None
    place: Form | None
    reopen: Form | None


Wrong = Mapping[str, Form]


@login_required
@never_cache
@require_safe
def pickups_person(request: HttpRequest, pk: int) -> HttpResponse:
    """Show somebody who gets a kit."""
    return _page(request, reader_of(request), pk, {})


def _page(request: HttpRequest, reader: Reader, pk: int, wrong: Wrong) -> HttpResponse:
    """Show somebody; `wrong` holds a form that could not be taken, by its name."""
    recipient = recipient_kept(reader, pk)
    row = recipient.distribution
    head = head_of(reader, row, "pickups_people")
    rows = Portion.objects.filter(recipient=recipient).select_related(
        "recipient__person__merged_into", "batch"
    )
    portions = list(rows.order_by("round"))
    records = records_of([one.pk for one in portions])
    batches = list(Batch.objects.filter(distribution=row, on__gte=reader.day).order_by("position"))
    units = names_on([recipient.unit_id], reader.day)
    context = {
        "head": head,
        "row": row,
        "plan": row.measure.plan,
        "recipient": recipient,
        "name": name_of(recipient.person),
        "unit": units[recipient.unit_id],
        "portions": [
            PortionView(
                line,
                [
                    (record_of(one, reader), _back_form(reader, one.pk, one.by_id, one.status, wrong))
                    for one in records[line.portion.pk]
                ],
                wrong.get(f"settle{line.portion.pk}", SettleForm(auto_id=f"settle{line.portion.pk}-%s"))
                if line.portion.status in WAITING
                else None,
                _place_form(line.portion, batches, wrong) if head.is_open else None,
                wrong.get(f"reopen{line.portion.pk}", ReopenForm(auto_id=f"reopen{line.portion.pk}-%s"))
                if line.portion.status == Portioned.SETTLED and head.is_open
                else None,
            )
            for line in lines_of(portions, units)
        ],
        "proxy_form": wrong.get("proxy", ProxyForm(initial={"proxy": recipient.proxy}))
        if head.is_open and recipient.code
        else None,
        "waits": any(one.status == PickupStatus.WAITING for some in records.values() for one in some),
    }
    return render(request, "web/pickups_person.html", context, status=422 if wrong else 200)


def _back_form(reader: Reader, pk: int, by_id: int, status: str, wrong: Wrong) -> Form | None:
    if status != PickupStatus.BOOKED or by_id == reader.user.pk:
        return None
    return wrong.get(f"back{pk}", BackForm(auto_id=f"back{pk}-%s"))


def _place_form(portion: Portion, batches: list[Batch], wrong: Wrong) -> Form | None:
    others = [one for one in batches if one.pk != portion.batch_id]
    if portion.status != Portioned.OPEN or not others:
        return None
    return wrong.get(f"place{portion.pk}", PlaceForm(others, auto_id=f"place{portion.pk}-%s"))


def _page_of(request: HttpRequest, pk: int) -> str:
    return reverse("pickups_person", args=(recipient_kept(reader_of(request), pk).pk,))


def _page_of_portion(request: HttpRequest, pk: int) -> str:
    return reverse("pickups_person", args=(portion_kept(reader_of(request), pk).recipient_id,))


def _page_of_record(request: HttpRequest, pk: int) -> str:
    found = record_kept(reader_of(request), pk)
    return reverse("pickups_person", args=(found.portion.recipient_id,))


def _tried(
    request: HttpRequest, recipient_id: int, name: str, form: Form, act: Callable[[], str]
) -> HttpResponse:
    """Carry out what a form asks for, and say so on the person's page; what is wrong is shown there."""
    if form.is_valid():
        with form.refusals():
            messages.success(request, act())
            return redirect("pickups_person", recipient_id)
    return _page(request, reader_of(request), recipient_id, {name: form})


@login_required
@never_cache
@posted_from(_page_of_portion)
def pickups_settle(request: HttpRequest, pk: int) -> HttpResponse:
    """Settle a portion that nobody picked up."""
    reader = reader_of(request)
    portion = portion_kept(reader, pk)
    form = SettleForm(request.POST, auto_id=f"settle{pk}-%s")

    def act() -> str:
        reason = form.cleaned_data["reason"]
        settle_portion(portion_id=pk, reason=reason, actor=reader.actor, at=reader.at)
        return _("Settled.")

    done = _tried(request, portion.recipient_id, f"settle{pk}", form, act)
    if done.status_code == HTTPStatus.FOUND and request.POST.get("back") == "list":
        return redirect("pickups_missed", portion.recipient.distribution_id)
    return done


@login_required
@never_cache
@posted_from(_page_of_portion)
def pickups_reopen(request: HttpRequest, pk: int) -> HttpResponse:
    """Let a portion be picked up that was settled."""
    reader = reader_of(request)
    portion = portion_kept(reader, pk)
    form = ReopenForm(request.POST, auto_id=f"reopen{pk}-%s")

    def act() -> str:
        reason = form.cleaned_data["reason"]
        reopen_portion(portion_id=pk, reason=reason, actor=reader.actor, at=reader.at)
        return _("It is open again.")

    return _tried(request, portion.recipient_id, f"reopen{pk}", form, act)


@login_required
@never_cache
@posted_from(_page_of_portion)
def pickups_place(request: HttpRequest, pk: int) -> HttpResponse:
    """Put a portion into another batch."""
    reader = reader_of(request)
    portion = portion_kept(reader, pk)
    batches = Batch.objects.filter(distribution=portion.recipient.distribution_id).order_by("position")
    form = PlaceForm(batches, request.POST, auto_id=f"place{pk}-%s")

    def act() -> str:
        place_portion(portion_id=pk, batch=form.cleaned_data["batch"], actor=reader.actor, at=reader.at)
        return _("The batch is changed.")

    return _tried(request, portion.recipient_id, f"place{pk}", form, act)


@login_required
@never_cache
@posted_from(_page_of_record)
def pickups_back(request: HttpRequest, pk: int) -> HttpResponse:
    """Take back what was picked up by mistake."""
    reader = reader_of(request)
    record = record_kept(reader, pk)
    form = BackForm(request.POST, auto_id=f"back{pk}-%s")

    def act() -> str:
        give_back(pickup_id=pk, reason=form.cleaned_data["reason"], actor=reader.actor, at=reader.at)
        return _("Given back: the kit lies at the desk again.")

    return _tried(request, record.portion.recipient_id, f"back{pk}", form, act)


@login_required
@never_cache
@posted_from(_page_of)
def pickups_proxy(request: HttpRequest, pk: int) -> HttpResponse:
    """Keep who may pick a kit up for somebody, as they told the office."""
    reader = reader_of(request)
    recipient = recipient_kept(reader, pk)
    form = ProxyForm(request.POST)

    def act() -> str:
        name_proxy(recipient_id=pk, name=form.cleaned_data["proxy"], actor=reader.actor, at=reader.at)
        return _("Kept.")

    return _tried(request, recipient.pk, "proxy", form, act)


urlpatterns: list[URLPattern] = [
    path("pickups/people/<int:pk>/", pickups_person, name="pickups_person"),
    path("pickups/people/<int:pk>/proxy/", pickups_proxy, name="pickups_proxy"),
    path("pickups/portions/<int:pk>/settle/", pickups_settle, name="pickups_settle"),
    path("pickups/portions/<int:pk>/reopen/", pickups_reopen, name="pickups_reopen"),
    path("pickups/portions/<int:pk>/place/", pickups_place, name="pickups_place"),
    path("pickups/records/<int:pk>/back/", pickups_back, name="pickups_back"),
]
