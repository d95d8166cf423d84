"""The public notice as everybody reads it, without an account; and the form to object."""

from typing import Any, Final

from allauth.core.internal import ratelimit
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import URLPattern, path
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from songnuan.journeys.object_to_notice import object_to_notice
from songnuan.organisation.queries import day_of, now
from songnuan.payments.models import Notice
from songnuan.payments.notice_rules import VISITOR
from songnuan.payments.notices import lines_of, notice_by_key
from songnuan.web.paging import before_of, page_of
from songnuan.web.public_notice_forms import ObjectionForm
from songnuan.web.unsigned import without_sign_in
from songnuan.web.views.shared import key_of

_ROWS: Final = 200
_ACTION: Final = "public_objection"
_COUNTED: Final[dict[str, Any]] = {
    "app": "songnuan.web",
    "action": _ACTION,
    "config": {_ACTION: "20/h/ip,5/10m/key"},
}
"""Twenty an hour from one address, as a house has one for all; five in ten minutes in one browser."""


@without_sign_in
@require_http_methods(["GET", "HEAD", "POST"])
def public_notice(request: HttpRequest, key: str) -> HttpResponse:
    """Show a notice while it runs, and take in what is objected."""
    notice = notice_by_key(key)
    if notice is None:
        raise Http404
    state = _state(notice)
    if request.method != "POST" or state != "running":
        return _page(request, notice, state, ObjectionForm(notice.lines_count))
    form = ObjectionForm(notice.lines_count, request.POST)
    once = key_of(request)
    if not form.is_valid():
        return _page(request, notice, state, form)
    if ratelimit.consume(request, key=f"{notice.key}:{_session(request)}", **_COUNTED) is None:
        form.add_error(None, _("There were too many objections from here. Wait a while, or call."))
        return _page(request, notice, state, form, status=429)
    with form.refusals():
        number = object_to_notice(notice_key=key, said=form.said(), key=once, actor=VISITOR, at=now())
        sentence = _("Your objection came in as number %(number)s. Ask by phone what came of it: %(phone)s.")
        messages.success(request, sentence % {"number": number, "phone": notice.phone})
        return redirect("public_notice", key)
    return _page(request, notice, state, form)


def _session(request: HttpRequest) -> str:
    """Return the key of the session, begun where there is none."""
    if not request.session.session_key:
        request.session.create()
    return request.session.session_key or ""


def _state(notice: Notice) -> str:
    """Return whether it is to begin, runs, is over, or was taken back."""
    day = day_of(now())
    if hasattr(notice, "end"):
        return "ended"
    if day < notice.begins_on:
        return "ahead"
    return "running" if day <= notice.ends_on else "over"


def _page(
    request: HttpRequest, notice: Notice, state: str, form: ObjectionForm, *, status: int = 200
) -> HttpResponse:
    """Show the page: of the people nothing but while the notice runs."""
    context: dict[str, Any] = {"notice": notice, "state": state}
    if state == "running":
        rows, before = lines_of(notice), before_of(request)
        context["rows"], context["older"] = page_of(
            rows if before is None else rows.filter(position__gt=before), _ROWS, lambda row: row.position
        )
        context["form"] = form
    if form.errors and status == 200:
        status = 422
    return render(request, "web/public_notice.html", context, status=status)


urlpatterns: list[URLPattern] = [
    path("notices/public/<slug:key>/", public_notice, name="public_notice"),
]
