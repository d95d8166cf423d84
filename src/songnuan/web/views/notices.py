"""What the house told the reader: shown with what is due, and marked as read here."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, path

from songnuan.journeys.read_notices import read_notices
from songnuan.web.views.shared import reader_of


@login_required
def notices_read(request: HttpRequest) -> HttpResponse:
    """Mark all notices of the reader as read."""
    reader = reader_of(request)
    if request.method == "POST":
        read_notices(actor=reader.actor, at=reader.at)
    return redirect("home")


urlpatterns: list[URLPattern] = [path("notices/read/", notices_read, name="notices_read")]
