"""What the house told the reader: the newest stand with what is due, all of them here."""

from collections.abc import Iterable

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import URLPattern, path
from django.views.decorators.cache import never_cache
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
    topic = _topic(request.GET)
    rows = notices_of(reader.user.pk, topic=topic, before=before_of(request))
    shown, older = page_of(rows[: PAGE + 1], PAGE, lambda row: row.pk)
    waiting = notices_of(reader.user.pk, topic=topic, unread=True)
    context = {
        "notices": shown,
        "older": older,
        "topic": topic,
        "unread": [row for row in shown if row.read_at is None],
        "waiting": waiting.count(),
        "upto": waiting.order_by("-pk").values_list("pk", flat=True).first(),
    }
    return render(request, "web/notices.html", context)


@login_required
def notices_read(request: HttpRequest) -> HttpResponse:
    """Mark the notices that the page showed as read, or all up to one; what came since stays unread."""
    reader = reader_of(request)
    if request.method == "POST":
        shown = _numbers(request.POST.getlist("notice"))
        for upto in _numbers([request.POST.get("upto", "")]):
            unread = notices_of(reader.user.pk, topic=_topic(request.POST), unread=True)
            shown += unread.filter(pk__lte=upto).values_list("pk", flat=True)
        read_notices(notice_ids=shown, actor=reader.actor, at=reader.at)
    return redirect("notices" if request.POST.get("page") == "notices" else "home")


@login_required
@never_cache
@require_safe
def notice_open(request: HttpRequest, pk: int) -> HttpResponse:
    """Go where a notice of the reader's leads; who opens it has read it."""
    reader = reader_of(request)
    found = notices_of(reader.user.pk).filter(pk=pk).first()
    if found is None or not found.url:
        raise Http404
    if found.read_at is None:
        read_notices(notice_ids=[pk], actor=reader.actor, at=reader.at)
    return redirect(found.url)


def _topic(told: QueryDict) -> str:
    return told.get("topic", "").replace("\x00", "")  # PostgreSQL keeps no NUL in a text


def _numbers(texts: Iterable[str]) -> list[int]:
    return [int(text) for text in texts if text.isdecimal() and len(text) < _DIGITS]


_DIGITS = 19  # of a key in the database


urlpatterns: list[URLPattern] = [
    path("notices/", notices, name="notices"),
    path("notices/read/", notices_read, name="notices_read"),
    path("notices/<int:pk>/", notice_open, name="notice_open"),
]
