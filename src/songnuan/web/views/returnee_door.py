"""Posters of returnees: codes are made and withdrawn, and by them people register without an account."""

from typing import Any, Final

from allauth.core.internal import ratelimit
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from songnuan.documents import qr
from songnuan.emergency.models import ReturneeCode
from songnuan.journeys.keep_returnees import make_returnee_code, withdraw_returnee_code
from songnuan.journeys.register_returnee import BY_POSTER, register_returnee
from songnuan.organisation.queries import day_of, now
from songnuan.plans.models import MeasureStatus
from songnuan.web.returnee_forms import CodeForm, RegisterForm
from songnuan.web.returnee_page import measure_seen, own_units
from songnuan.web.unsigned import without_sign_in
from songnuan.web.views.returnees import board_page
from songnuan.web.views.shared import Reader, names_on, only_posted, posted_from, reader_of

_ACTION: Final = "returnee_register"
_COUNTED: Final[dict[str, Any]] = {
    "app": "songnuan.web",
    "action": _ACTION,
    "config": {_ACTION: "300/h/ip,20/10m/key"},
}
"""A whole community may come from one address; in one browser nobody registers so many."""


@login_required
@never_cache
@only_posted
def returnee_code(request: HttpRequest, measure_id: int) -> HttpResponse:
    """Make the code of a unit's poster, in place of the one before."""
    reader = reader_of(request)
    measure = measure_seen(measure_id, reader)
    form = CodeForm(own_units(measure, reader), request.POST)
    if form.is_valid():
        with form.refusals():
            made = make_returnee_code(
                measure_id=measure_id, unit_id=form.cleaned_data["unit"], actor=reader.actor, at=reader.at
            )
            return redirect("returnee_poster", made.pk)
    return board_page(request, reader, measure_id, {"code_form": form})


def _board_of_code(request: HttpRequest, pk: int) -> str:
    """Return the page on which a code is withdrawn."""
    return reverse("returnees_board", args=(_code_seen(pk, reader_of(request)).measure_id,))


@login_required
@never_cache
@posted_from(_board_of_code)
def returnee_code_end(request: HttpRequest, pk: int) -> HttpResponse:
    """Withdraw a code."""
    reader = reader_of(request)
    found = _code_seen(pk, reader)
    withdraw_returnee_code(code_id=pk, actor=reader.actor, at=reader.at)
    messages.success(request, _("The code does not count any more. Take the poster down."))
    return redirect("returnees_board", found.measure_id)


@login_required
@never_cache
@require_safe
def returnee_poster(request: HttpRequest, pk: int) -> HttpResponse:
    """Show the poster with the code."""
    reader = reader_of(request)
    found = _code_seen(pk, reader)
    if found.withdrawn_at is not None:
        raise Http404
    address = request.build_absolute_uri(reverse("returnee_register", args=(found.code,)))
    dots, size = qr.path(address)
    context = {
        "measure": found.measure,
        "unit": names_on([found.unit_id], reader.day)[found.unit_id],
        "address": address,
        "dots": dots,
        "size": size,
    }
    return render(request, "web/returnee_poster.html", context)


def _code_seen(pk: int, reader: Reader) -> ReturneeCode:
    found = ReturneeCode.objects.select_related("measure__plan").filter(pk=pk).first()
    if found is None or found.unit_id not in own_units(found.measure, reader):
        raise Http404
    return found


@without_sign_in
@require_http_methods(["GET", "HEAD", "POST"])
def register(request: HttpRequest, code: str) -> HttpResponse:
    """Register whoever opened the code of a poster; the answer is the same however often they do."""
    found = ReturneeCode.objects.select_related("measure__plan").filter(code=code).first()
    if found is None:
        raise Http404
    at = now()
    is_open = found.withdrawn_at is None and found.measure.status == MeasureStatus.OPEN
    unit = names_on([found.unit_id], day_of(at))[found.unit_id]
    form = RegisterForm(initial={"arrived_on": day_of(at)})
    context: dict[str, Any] = {"unit": unit, "form": form, "is_open": is_open, "plan": found.measure.plan}
    if request.method != "POST":
        return render(request, "web/returnee_register.html", context)
    context["form"] = form = RegisterForm(request.POST)
    if form.is_valid():
        browser = request.headers.get("User-Agent", "")
        if ratelimit.consume(request, key=f"{found.pk}:{browser}", **_COUNTED) is None:
            form.add_error(None, _("Too many tries from here. Turn to the staff of the community."))
            return render(request, "web/returnee_register.html", context, status=429)
        with form.refusals():
            register_returnee(code=code, told=form.told(), actor=BY_POSTER, at=at)
            context["done"] = True
            return render(request, "web/returnee_register.html", context)
    return render(request, "web/returnee_register.html", context, status=422)


urlpatterns: list[URLPattern] = [
    path("returnees/measures/<int:measure_id>/code/", returnee_code, name="returnee_code"),
    path("returnees/codes/<int:pk>/withdraw/", returnee_code_end, name="returnee_code_end"),
    path("returnees/codes/<int:pk>/poster/", returnee_poster, name="returnee_poster"),
    path("arrived/<str:code>/", register, name="returnee_register"),
]
