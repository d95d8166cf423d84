"""The site as it is served, and beside it a bare view that writes one row, for `bench.py --reports`.

`bench/bare/` stands behind the same doors as every page of ours (session, sign-in, the check of origin);
with BENCH_BARE=1 the site has no middleware at all, and its only view writes one row.
"""

import os

from django.db import connection
from django.http import HttpRequest, HttpResponse  # noqa: TID251 - a view
from django.urls import URLPattern, URLResolver, include, path

INSERT = "INSERT INTO bench_row (unit_id, words, at) VALUES (%s, %s, CURRENT_TIMESTAMP)"


def bare(request: HttpRequest, pk: int) -> HttpResponse:
    """Write one row."""
    with connection.cursor() as cursor:
        cursor.execute(INSERT, [pk, request.POST["kind"]])
    return HttpResponse(status=204)


urlpatterns: list[URLPattern | URLResolver] = [path("bench/bare/<int:pk>/", bare)]
if not os.environ.get("BENCH_BARE"):
    urlpatterns.append(path("", include("songnuan.config.urls")))
handler400 = "songnuan.web.errors.bad_request"
handler403 = "songnuan.web.errors.forbidden"
handler404 = "songnuan.web.errors.not_found"
handler500 = "songnuan.web.errors.server_error"
