"""Pages of rosters: which there are, who stands on them, and what was brought into them.

What is looked for is posted, not put into the address: names and numbers of people have no place in
the browser's history or in a log.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import URLPattern, path
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from songnuan.journeys.change_roster import change_roster
from songnuan.journeys.close_roster import close_roster
from songnuan.journeys.create_roster import create_roster
from songnuan.journeys.reopen_roster import reopen_roster
from songnuan.kernel.refusal import NotPermitted, Refusal
from songnuan.organisation.models import Unit
from songnuan.organisation.permissions import Permission
from songnuan.organisation.queries import require
from songnuan.people import queries as people
from songnuan.people.models import LIVING, LegalGround, Roster, RosterKind, RosterStatus
from songnuan.people.queries import RosterRow
from songnuan.web.paging import before_of, page_of
from songnuan.web.roster_forms import RosterForm
from songnuan.web.roster_jobs import Job, job_of
from songnuan.web.roster_people import lines_of
from songnuan.web.roster_retention import retention_of
from songnuan.web.views.shared import PAGE, Reader, key_of, names_on, only_posted, reader_of


@dataclass(frozen=True, slots=True)
class Head:
    """A roster as its pages show it.

    `state` is empty while it is open; `waiting` is an import that somebody has to go on with.
    """

    key: str
    title: str
    kind: str
    unit: str
    people: int
    state: str
    retain_until: date | None
    overdue: bool
    may_import: bool
    last: Job | None
    waiting: Job | None


@login_required
@require_safe
def roster_list(request: HttpRequest) -> HttpResponse:
    """Show the rosters in the reader's reach."""
    reader = reader_of(request)
    require(reader.actor, Permission.PEOPLE_VIEW, at=reader.at)
    rows = people.rosters(reader.reach(Permission.PEOPLE_VIEW))
    units = names_on((row.unit_id for row in rows), reader.day)
    context = {
        "rosters": [_head(row, units, reader) for row in rows],
        "may_make": reader.may(Permission.PEOPLE_IMPORT),
        "may_merge": reader.may(Permission.PEOPLE_MERGE),
    }
    return render(request, "web/rosters.html", context)


@login_required
def roster_new(request: HttpRequest) -> HttpResponse:
    """Make a roster."""
    reader = reader_of(request)
    require(reader.actor, Permission.PEOPLE_IMPORT, at=reader.at)
    if request.method != "POST":
        return _form_page(request, RosterForm(reader), None)
    form = RosterForm(reader, request.POST)
    key = key_of(request)
    if form.is_valid():
        told = dict(form.cleaned_data)
        unit_id = told.pop("unit")
        with form.refusals():
            made = create_roster(unit_id=unit_id, key=key, actor=reader.actor, at=reader.at, **told)
            messages.success(request, _("The roster is made. Now bring in the first workbook."))
            return redirect("roster", made)
    return _form_page(request, form, None)


@login_required
def roster_change(request: HttpRequest, key: str) -> HttpResponse:
    """Change what a roster says of itself."""
    reader = reader_of(request)
    roster = roster_seen(reader, key)
    require(reader.actor, Permission.PEOPLE_IMPORT, unit_id=roster.unit_id, at=reader.at)
    kept = ("title", "purpose", "legal_ground", "notice", "retain_until")
    form = RosterForm(reader, request.POST or None, initial={name: getattr(roster, name) for name in kept})
    form.keep_kind_and_unit()
    if request.method == "POST" and form.is_valid():
        with form.refusals():
            change_roster(roster_id=roster.pk, actor=reader.actor, at=reader.at, **form.cleaned_data)
            messages.success(request, _("The changes are kept."))
            return redirect("roster", roster.key)
    return _form_page(request, form, roster)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def roster_page(request: HttpRequest, key: str) -> HttpResponse:
    """Show who stands on a roster; a POST looks for somebody, and changes nothing."""
    reader = reader_of(request)
    roster = roster_seen(reader, key)
    asked = request.POST.get("text", "").strip()[:100]
    if asked:
        found = people.search_roster(roster.pk, asked, reader.actor, reader.at, size=PAGE)
        older = None
    else:
        after = _after(request)
        found, older = page_of(
            people.roster_page(roster.pk, after=after, size=PAGE + 1), PAGE, lambda row: row.after
        )
    units = names_on((row.unit_id for row in found), reader.day)
    columns, rows = lines_of(roster.kind, found, units)
    head = _head_of(roster, reader)
    context = {
        "roster": head,
        "about": roster,
        "ground": LegalGround(roster.legal_ground).label,
        "waiting": waiting_imports(roster),
        "may_import": head.may_import,
        "may_change": roster.status in LIVING and reader.may(Permission.PEOPLE_IMPORT, roster.unit_id),
        "retention": retention_of(roster, reader.day, counted=not asked and "after" not in request.GET),
        "columns": columns,
        "rows": rows,
        "older": older,
        "asked": asked,
    }
    return render(request, "web/roster.html", context)


@login_required
@require_safe
def roster_imports(request: HttpRequest, key: str) -> HttpResponse:
    """Show what was brought into a roster, the newest first."""
    reader = reader_of(request)
    roster = roster_seen(reader, key)
    rows = people.imports_of(roster.pk, before=before_of(request), size=PAGE + 1)
    shown, older = page_of(rows, PAGE, lambda row: row.pk)
    context = {
        "roster": roster,
        "imports": [job_of(row) for row in shown],
        "older": older,
        "may_import": roster.status in LIVING and reader.may(Permission.PEOPLE_IMPORT, roster.unit_id),
    }
    return render(request, "web/roster_imports.html", context)


@login_required
@only_posted
def roster_close(request: HttpRequest, key: str) -> HttpResponse:
    """Close a roster."""
    return _moved(request, key, close_roster, _("The roster is closed."))


@login_required
@only_posted
def roster_reopen(request: HttpRequest, key: str) -> HttpResponse:
    """Open a closed roster again."""
    return _moved(request, key, reopen_roster, _("The roster is open again."))


def _moved(request: HttpRequest, key: str, move: Callable[..., None], done: str) -> HttpResponse:
    """Move a roster along its states, and go back to it; what is refused is told there."""
    reader = reader_of(request)
    roster = roster_seen(reader, key)
    try:
        move(roster_id=roster.pk, actor=reader.actor, at=reader.at)
    except NotPermitted:
        raise
    except Refusal as refusal:
        messages.error(request, refusal.sentence)
    else:
        messages.success(request, done)
    return redirect("roster", key)


def roster_seen(reader: Reader, key: str) -> Roster:
    """Return the roster; one that the reader may not see is not there.

    Raises:
        Http404: Without a word on whether it exists.

    """
    roster = people.roster(key)
    if roster is None or not reader.may(Permission.PEOPLE_VIEW, roster.unit_id):
        raise Http404
    return roster


def waiting_imports(roster: Roster) -> list[Job]:
    """Return the newest imports of the roster that somebody has to go on with."""
    jobs = [job_of(row) for row in people.imports_of(roster.pk, size=PAGE)]
    return [job for job in jobs if job.is_open]


def _after(request: HttpRequest) -> int | None:
    text = request.GET.get("after", "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else None


def _head_of(roster: Roster, reader: Reader) -> Head:
    """Return one roster as its page shows it."""
    [row] = [row for row in people.rosters(Unit.objects.filter(pk=roster.unit_id)) if row.pk == roster.pk]
    return _head(row, names_on([row.unit_id], reader.day), reader)


def _head(row: RosterRow, units: Mapping[int, str], reader: Reader) -> Head:
    is_open = row.status == RosterStatus.OPEN
    return Head(
        key=row.key,
        title=row.title,
        kind=str(RosterKind(row.kind).label),
        unit=units[row.unit_id],
        people=row.people,
        state="" if is_open else str(RosterStatus(row.status).label),
        retain_until=row.retain_until,
        overdue=row.retain_until is not None and row.retain_until < reader.day and row.status in LIVING,
        may_import=reader.may(Permission.PEOPLE_IMPORT, row.unit_id) and is_open,
        last=job_of(row.last_import) if row.last_import else None,
        waiting=job_of(row.waiting) if row.waiting else None,
    )


def _form_page(request: HttpRequest, form: RosterForm, roster: Roster | None) -> HttpResponse:
    context: dict[str, Any] = {"form": form, "roster": roster}
    return render(request, "web/roster_form.html", context, status=422 if form.errors else 200)


urlpatterns: list[URLPattern] = [
    path("rosters/", roster_list, name="rosters"),
    path("rosters/new/", roster_new, name="roster_new"),
    path("rosters/<slug:key>/", roster_page, name="roster"),
    path("rosters/<slug:key>/change/", roster_change, name="roster_change"),
    path("rosters/<slug:key>/close/", roster_close, name="roster_close"),
    path("rosters/<slug:key>/reopen/", roster_reopen, name="roster_reopen"),
    path("rosters/<slug:key>/imports/", roster_imports, name="roster_imports"),
]
