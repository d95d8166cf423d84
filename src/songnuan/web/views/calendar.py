"""A person's calendar: to download, or at a secret address that a phone's calendar subscribes to."""

from datetime import date

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required, login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import override
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from songnuan.documents.calendar import Appointment, WholeDay, render_calendar
from songnuan.journeys.end_calendar_address import end_calendar_address
from songnuan.journeys.make_calendar_address import make_calendar_address
from songnuan.organisation.access import calendar_made_at, holder_of_calendar
from songnuan.organisation.models import User
from songnuan.organisation.permissions import Permission
from songnuan.organisation.queries import actor_of, day_of, now
from songnuan.web.calendar_days import days_of
from songnuan.web.due import desk_of
from songnuan.web.views.shared import Reader, reader_of

_COMING = 30


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def calendar(request: HttpRequest) -> HttpResponse:
    """Show how the reader's address stands; a POST makes one, shown this once, or takes it back."""
    reader = reader_of(request)
    address = ""
    if request.method == "POST" and request.POST.get("act") == "end":
        if end_calendar_address(actor=reader.actor, at=reader.at):
            messages.success(request, _("The address opens nothing any more."))
        return redirect("calendar")
    if request.method == "POST":
        secret = make_calendar_address(actor=reader.actor, at=reader.at)
        address = site_of(request) + reverse("calendar_feed", args=(secret,))
    coming = [row for row in days_of(desk_of(reader), "") if _last_of(row) >= reader.day]
    context = {
        "address": address,
        "visits": reader.may(Permission.VISIT_RECORD),
        "made_at": calendar_made_at(reader.user.pk),
        "coming": coming[:_COMING],
        "more": max(len(coming) - _COMING, 0),
    }
    return render(request, "web/calendar.html", context)


def _last_of(row: WholeDay | Appointment) -> date:
    """Return the last day of what stands in the calendar."""
    return row.last or row.day if isinstance(row, WholeDay) else row.day


@login_required
@require_safe
def calendar_file(request: HttpRequest) -> HttpResponse:
    """Give the reader's calendar as a file."""
    answer = _calendar(request, reader_of(request))
    answer.headers["Content-Disposition"] = 'attachment; filename="songnuan.ics"'
    return answer


@login_not_required  # the secret in the address stands for the sign-in
@never_cache
@require_safe
def calendar_feed(request: HttpRequest, secret: str) -> HttpResponse:
    """Give the calendar of whoever made this address, in that person's language."""
    user = holder_of_calendar(secret)
    # Somebody else still knows the password: until it is changed, the address rests.
    if user is None or user.must_change_password:
        raise Http404
    with override(user.language):
        return _calendar(request, _reader(user))


def _reader(user: User) -> Reader:
    at = now()
    return Reader(user=user, actor=actor_of(user), at=at, day=day_of(at))


def _calendar(request: HttpRequest, reader: Reader) -> HttpResponse:
    name = f"{settings.SITE_NAME} · {reader.actor.label}"
    content = render_calendar(name, days_of(desk_of(reader), site_of(request)), reader.at)
    return HttpResponse(content, content_type="text/calendar; charset=utf-8")


def site_of(request: HttpRequest) -> str:
    """Return where the pages are, for addresses that leave the house."""
    return settings.SITE_URL or f"{request.scheme}://{request.get_host()}"


urlpatterns: list[URLPattern] = [
    path("calendar/", calendar, name="calendar"),
    path("calendar.ics", calendar_file, name="calendar_file"),
    path("calendar/<str:secret>.ics", calendar_feed, name="calendar_feed"),
]
