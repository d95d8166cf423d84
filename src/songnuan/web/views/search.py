"""Search within what the reader may see."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import URLPattern, path
from django.views.decorators.http import require_http_methods

from songnuan.organisation.permissions import Permission
from songnuan.web.search_patterns import LONGEST, tidy
from songnuan.web.searching import search
from songnuan.web.views.shared import reader_of


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def search_page(request: HttpRequest) -> HttpResponse:
    """Show what a text finds; a POST, as the box in the header sends it, changes nothing.

    People are looked for in a POST alone: what stands in an address stays in histories and logs.
    """
    reader = reader_of(request)
    posted = request.method == "POST"
    text = tidy((request.POST if posted else request.GET).get("q", ""))
    context = {
        "q": text,
        "found": search(reader, text, with_people=posted) if text else [],
        "finds_people": reader.may(Permission.PEOPLE_VIEW),
        "posted": posted,
        "longest": LONGEST,
    }
    return render(request, "web/search.html", context)


urlpatterns: list[URLPattern] = [path("search/", search_page, name="search")]
