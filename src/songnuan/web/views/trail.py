"""The page of the trail: who did what, stream by stream, and whether every link still holds."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import urlencode

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import URLPattern, path, reverse
from django.views.decorators.http import require_safe

from songnuan.audit.findings import Finding
from songnuan.audit.queries import Head, TrailRow, entries, heads
from songnuan.audit.record import BIRTH
from songnuan.funds.models import Fund
from songnuan.goods.models import Desk, Distribution
from songnuan.journeys.base import REFUSALS
from songnuan.journeys.check_trail import check_trail
from songnuan.organisation.models import UnitRecord
from songnuan.organisation.permissions import Permission
from songnuan.organisation.queries import installation, now, require
from songnuan.organisation.rules import live
from songnuan.plans.models import Plan
from songnuan.web.paging import before_of, page_of
from songnuan.web.templatetags.trail_words import refused_words, stream_names
from songnuan.web.trail_facts import Told, things_of, words_of
from songnuan.web.trail_named import Named
from songnuan.web.trail_subjects import look_up
from songnuan.web.views.shared import PAGE, Reader, reader_of

# How many rows stand above the one that a link leads to.
ABOVE = 5
# An act that was entered so much later than it happened says so.
_LATER = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Streams:
    """The streams open to the reader. `whole` says that these are all, read together too."""

    heads: list[Head]
    whole: bool

    def chosen(self, name: str) -> str:
        """Return the stream to show: the one asked for, or all of them (""), or the longest of some.

        Raises:
            Http404: When it is not open to the reader, or not there.

        """
        if not name and not self.whole and self.heads:
            return max(self.heads, key=lambda head: head.length).name
        if name and name not in {head.name for head in self.heads}:
            raise Http404
        return name


@dataclass(frozen=True, slots=True)
class RowView:
    """One entry in words.

    `raw` is its facts as they are kept, `entered_later` the moment of entry or None, `faults` what was
    found wrong with it just now.
    """

    row: TrailRow
    stream: str
    about: Named
    facts: Sequence[Told]
    raw: str
    entered_later: datetime | None
    faults: Sequence[str]


@dataclass(frozen=True, slots=True)
class FoundView:
    """A fault: its stream in words, the row and the link to it, or 0 where it is no single row's."""

    stream: str
    name: str
    row: int
    url: str
    sentence: str


@dataclass(frozen=True, slots=True)
class Verified:
    """What reading the chains again came to, and when."""

    found: Sequence[FoundView]
    rows: int
    streams: int
    at: datetime

    def faults_of(self, row: TrailRow) -> list[str]:
        """Return what is wrong with one row."""
        here = (row.stream, row.seq)
        return [fault.sentence for fault in self.found if (fault.stream, fault.row) == here]


@login_required
@require_safe
def trail(request: HttpRequest) -> HttpResponse:
    """Show what happened, the last entered first; verify the chains when asked to."""
    reader = reader_of(request)
    require(reader.actor, Permission.TRAIL_VIEW, at=reader.at)
    streams = _streams(reader)
    stream = streams.chosen(request.GET.get("stream", ""))
    readable = streams.whole or bool(stream)
    row = _row_asked(request) if stream else None
    upto = None if row is None else row + ABOVE
    found = entries(stream=stream, before=before_of(request), upto=upto, size=PAGE + 1) if readable else []
    rows, older = page_of(found, PAGE, lambda row: row.id)
    verified = None
    names = stream_names(head.name for head in streams.heads)
    if readable and request.GET.get("verify") == "1":
        verified = _verified(stream, streams.heads, names)
    context = {
        "heads": [(head, names[head.name]) for head in streams.heads],
        "stream": stream,
        "stream_name": names.get(stream, ""),
        "rows": in_words(rows, names, reader, verified),
        "row_asked": row,
        "older": older,
        "verified": verified,
    }
    return render(request, "web/trail.html", context)


def _row_asked(request: HttpRequest) -> int | None:
    """Return the place in its stream of the row that a link leads to."""
    text = request.GET.get("row", "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None


def in_words(
    rows: Iterable[TrailRow], streams: Mapping[str, str], reader: Reader, verified: Verified | None
) -> list[RowView]:
    """Return the rows in words; what they speak of is looked up for all of them at once."""
    told = list(rows)
    subjects = {row.subject for row in told if row.stream != REFUSALS}
    subjects |= {subject for row in told for subject in things_of(row.facts)}
    names = look_up(subjects, reader)
    offset = timedelta(seconds=installation().clock_offset_seconds)
    views = []
    for row in told:
        about = _about(row, streams, names)
        entered_at = row.entered_at + offset
        views.append(
            RowView(
                row=row,
                stream=streams.get(row.stream, row.stream),
                about=about,
                facts=_without_twins(words_of(row.facts, names, row.action), about),
                raw=json.dumps(row.facts, ensure_ascii=False, sort_keys=True),
                entered_later=entered_at if entered_at - row.at > _LATER else None,
                faults=verified.faults_of(row) if verified else [],
            )
        )
    return views


def _without_twins(facts: Sequence[Told], about: Named) -> list[Told]:
    """Return the facts without those that only say again what the subject or a link says."""
    linked = {fact.text for fact in facts if fact.url}
    return [fact for fact in facts if fact.text != about.text and (fact.url or fact.text not in linked)]


def _about(row: TrailRow, streams: Mapping[str, str], names: Mapping[str, Named]) -> Named:
    if row.stream == REFUSALS:
        return Named(refused_words(row.subject))
    if row.action == BIRTH:
        return Named(streams.get(row.subject, row.subject))
    return names.get(row.subject, Named(row.subject))


def _verified(stream: str, known: Sequence[Head], names: Mapping[str, str]) -> Verified:
    """Read one chain again, or all of them."""
    read = [0]

    def count(rows: int) -> None:
        read[0] += rows

    findings = check_trail(stream or None, read=count)
    found = [_found(finding, names) for finding in findings]
    return Verified(found=found, rows=read[0], streams=1 if stream else len(known), at=now())


def _found(finding: Finding, names: Mapping[str, str]) -> FoundView:
    stream, _mark, place = finding.where.partition(" #")
    row = int(place) if place.isdigit() else 0
    asked = {"stream": stream, "row": row or None, "verify": 1}
    query = urlencode({key: value for key, value in asked.items() if value is not None})
    here = f"{reverse('trail')}?{query}" + (f"#row-{row}" if row else "")
    return FoundView(
        stream=stream,
        name=names.get(stream, stream),
        row=row,
        url=here if stream in names else "",
        sentence=finding.sentence,
    )


def inspects_whole(reader: Reader) -> bool:
    """Return whether the reader looks into the trail of the whole house, and not of some plans."""
    reach = reader.reach(Permission.TRAIL_VIEW).values("pk")
    tops = UnitRecord.objects.filter(live(reader.day), parent__isnull=True)
    return not tops.exclude(unit__in=reach).exists()


def _streams(reader: Reader) -> Streams:
    """Return every stream for who inspects the whole house; else those of the plans within reach."""
    found = heads()
    if inspects_whole(reader):
        return Streams(found, whole=True)
    plans = Plan.objects.filter(unit__in=reader.reach(Permission.TRAIL_VIEW).values("pk"))
    names = {f"plan:{slug}" for slug in plans.values_list("slug", flat=True)}
    names |= {f"fund:{pk}" for pk in Fund.objects.filter(plan__in=plans).values_list("pk", flat=True)}
    given = Distribution.objects.filter(measure__plan__in=plans).values_list("pk", flat=True)
    names |= {f"pickups:{pk}" for pk in given}
    desks = Desk.objects.filter(distribution__in=given).values_list("distribution_id", "pk")
    names |= {f"pickups:{pk}:{desk}" for pk, desk in desks}
    return Streams([head for head in found if head.name in names], whole=False)


urlpatterns: list[URLPattern] = [path("trail/", trail, name="trail")]
