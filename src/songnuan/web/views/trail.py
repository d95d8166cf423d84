"""The page of the trail: who did what, stream by stream, and whether every link still holds."""

from dataclasses import dataclass

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import URLPattern, path
from django.views.decorators.http import require_safe

from songnuan.audit.queries import Head, entries, heads
from songnuan.funds.models import Fund
from songnuan.journeys.check_trail import check_trail
from songnuan.organisation.models import UnitRecord
from songnuan.organisation.permissions import Permission
from songnuan.organisation.queries import require
from songnuan.organisation.rules import live
from songnuan.plans.models import Plan
from songnuan.web.paging import before_of, page_of
from songnuan.web.views.shared import PAGE, Reader, reader_of


@dataclass(frozen=True, slots=True)
class Streams:
    """The streams open to the reader. `whole` says that these are all, read together too."""

    heads: list[Head]
    whole: bool

    def chosen(self, name: str) -> str:
        """Return the stream to show: the one asked for, or all of them (""), or the first of some.

        Raises:
            Http404: When it is not open to the reader, or not there.

        """
        if not name and not self.whole and self.heads:
            return self.heads[0].name
        if name and name not in {head.name for head in self.heads}:
            raise Http404
        return name


@login_required
@require_safe
def trail(request: HttpRequest) -> HttpResponse:
    """Show what happened, newest first; verify the chains when asked to."""
    reader = reader_of(request)
    require(reader.actor, Permission.TRAIL_VIEW, at=reader.at)
    streams = _streams(reader)
    stream = streams.chosen(request.GET.get("stream", ""))
    readable = streams.whole or bool(stream)
    found = entries(stream=stream, before=before_of(request), size=PAGE + 1) if readable else []
    rows, older = page_of(found, PAGE, lambda row: row.id)
    verified = check_trail(stream or None) if readable and request.GET.get("verify") == "1" else None
    context = {"heads": streams.heads, "stream": stream, "rows": rows, "older": older, "verified": verified}
    return render(request, "web/trail.html", context)


def _streams(reader: Reader) -> Streams:
    """Return every stream for who inspects the whole house; else those of the plans within reach."""
    found = heads()
    reach = reader.reach(Permission.TRAIL_VIEW).values("pk")
    tops = UnitRecord.objects.filter(live(reader.day), parent__isnull=True)
    if not tops.exclude(unit__in=reach).exists():
        return Streams(found, whole=True)
    plans = Plan.objects.filter(unit__in=reach)
    names = {f"plan:{slug}" for slug in plans.values_list("slug", flat=True)}
    names |= {f"fund:{pk}" for pk in Fund.objects.filter(plan__in=plans).values_list("pk", flat=True)}
    return Streams([head for head in found if head.name in names], whole=False)


urlpatterns: list[URLPattern] = [path("trail/", trail, name="trail")]
