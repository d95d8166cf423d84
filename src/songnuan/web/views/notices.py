"""What the house told the reader: the newest stand with what is due, all of them here."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import URLPattern, path
from django.views.decorators.http import require_safe

from songnuan.jobs.queries import notices as notices_of
from songnuan.journeys.read_notices import read_notices
from songnuan.web.paging import before_of, page_of
from songnuan.web.views.shared import PAGE, reader_of


@login_required
@require_safe
def notices(request: HttpRequest) -> HttpResponse:
    """List every notice of the reader, page by page."""
    reader = reader_of(request)
    rows = notices_of(reader.user.pk, before=before_of(request))
    shown, older = page_of(rows[: PAGE + 1], PAGE, lambda row: row.pk)
    context = {"notices": shown, "older": older, "unread": [row for row in shown if row.read_at is None]}
    return render(request, "web/notices.html", context)


@login_required
def notices_read(request: HttpRequest) -> HttpResponse:
    """Mark the notices that the page showed as read; one that came since stays unread."""
    reader = reader_of(request)
    if request.method == "POST":
        shown = [int(key) for key in request.POST.getlist("notice") if key.isdecimal() and len(key) < _DIGITS]
        read_notices(notice_ids=shown, actor=reader.actor, at=reader.at)
    return redirect("notices" if request.POST.get("page") == "notices" else "home")


_DIGITS = 19  # of a key in the database


urlpatterns: list[URLPattern] = [
    path("notices/", notices, name="notices"),
    path("notices/read/", notices_read, name="notices_read"),
]
