"""Pages of an import into a roster: a file is brought, read, looked at, taken over or given up.

One address shows an import, whatever state it is in: a reload, the button back, or a second person
sees where it stands, and a post that comes too late is answered with a sentence.
"""

import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, TypedDict

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required, login_required
from django.contrib.auth.views import redirect_to_login
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import URLPattern, path, re_path
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe
from django_htmx.http import HttpResponseClientRefresh

from songnuan.documents.reading import FILE_MAX
from songnuan.journeys import import_roster as journey
from songnuan.journeys.roster_reading import MendedCell
from songnuan.journeys.roster_tasks import enqueue_apply, enqueue_read
from songnuan.kernel.actor import Actor
from songnuan.kernel.refusal import NotPermitted, Refusal
from songnuan.organisation.permissions import Permission
from songnuan.organisation.queries import require
from songnuan.people.forms import LAYOUTS
from songnuan.people.models import LIVING, ImportStatus, Roster, RosterImport
from songnuan.people.queries import import_of, problem_row
from songnuan.web.counting import taken
from songnuan.web.roster_columns import doubled_in, found_in, headings_form, missing_in, passed_in
from songnuan.web.roster_forms import FORMATS, MEGABYTE, Bring, Headings
from songnuan.web.roster_jobs import counts_of, job_of
from songnuan.web.roster_preview import at_front_after, head_of_preview, mended, preview, said_of, tally
from songnuan.web.roster_progress import progress_of
from songnuan.web.roster_words import field_label
from songnuan.web.templatetags.songnuan import names
from songnuan.web.views.rosters import roster_seen, waiting_imports
from songnuan.web.views.shared import Reader, names_on, only_posted, reader_of


class By(TypedDict):
    """Who acts, and when."""

    actor: Actor
    at: datetime


@dataclass(frozen=True, slots=True)
class Asked:
    """A request about an import, and who makes it."""

    request: HttpRequest
    reader: Reader
    source: RosterImport

    @property
    def by(self) -> By:
        """Return what journeys are told of who acts."""
        return {"actor": self.reader.actor, "at": self.reader.at}


# The steps of an import, as they stand above its pages.
_FILE, _COLUMNS, _PEOPLE, _DONE = range(4)
_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_CELLS_MAX = 200  # cells mended at once; a page shows fewer
_MEMORY = 8_000_000  # bytes of a marked copy kept in memory; a larger one goes to a file without a name


@login_required
def roster_bring(request: HttpRequest, key: str) -> HttpResponse:
    """Take a workbook in; the worker reads it."""
    reader = reader_of(request)
    roster = roster_seen(reader, key)
    require(reader.actor, Permission.PEOPLE_IMPORT, unit_id=roster.unit_id, at=reader.at)
    may_create = reader.may(Permission.UNIT_IMPORT, roster.unit_id)
    if request.method != "POST":
        return _bring_page(request, roster, Bring(may_create=may_create))
    form = Bring(request.POST, request.FILES, may_create=may_create)
    if not form.is_valid():
        return _bring_page(request, roster, form)
    file = form.cleaned_data["workbook"]
    try:
        import_key = journey.bring(
            roster_key=roster.key,
            file=file.file,
            name=file.name or "",
            options=journey.Options(create_units=form.cleaned_data.get("create_units", False)),
            actor=reader.actor,
            at=reader.at,
        )
        enqueue_read(import_key=import_key, actor=reader.actor)
    except NotPermitted:
        raise
    except Refusal as refusal:
        form.add_error("workbook", refusal.sentence)
        return _bring_page(request, roster, form)
    return redirect("roster_import", import_key)


@login_required
@require_safe
def roster_import(request: HttpRequest, key: str) -> HttpResponse:
    """Show an import where it stands; of one whose roster is erased nothing is left to show."""
    asked = _asked(request, key)
    source = asked.source
    if source.roster is not None and source.roster.status not in LIVING:
        return redirect("roster", source.roster_key)
    progress = progress_of(source, asked.reader.at)
    if progress is not None:
        step = _DONE if progress.applies else _COLUMNS
        return _page(asked, "web/roster_wait.html", progress.title, progress=progress, steps=_steps(step))
    if source.status == ImportStatus.ASKING:
        return _columns_page(asked, headings_form(source))
    if source.status == ImportStatus.STAGED:
        shown = preview(source, request.GET)
        return _page(asked, "web/roster_preview.html", _("Check the people"), **shown)
    return _end_page(asked)


@login_not_required  # it asks for the sign-in itself, in a way that does not put that page inside this one
@require_safe
def roster_import_progress(request: HttpRequest, key: str) -> HttpResponse:
    """Give the middle of the waiting page again, until there is nothing to wait for."""
    if not request.user.is_authenticated:
        is_script = "HX-Request" in request.headers
        return HttpResponseClientRefresh() if is_script else redirect_to_login(request.get_full_path())
    asked = _asked(request, key)
    progress = progress_of(asked.source, asked.reader.at)
    if progress is None:
        return HttpResponseClientRefresh()
    return render(request, "web/roster_progress.html", {"job": job_of(asked.source), "progress": progress})


@login_required
@only_posted
def roster_import_again(request: HttpRequest, key: str) -> HttpResponse:
    """Go on with work that broke off."""
    asked = _asked(request, key)
    actor, status = asked.reader.actor, asked.source.status

    def go_on() -> None:
        if status == ImportStatus.APPLYING:
            enqueue_apply(import_key=key, end_missing=False, actor=actor)  # who leaves was said when it began
        elif status in {ImportStatus.RECEIVED, ImportStatus.READING}:
            enqueue_read(import_key=key, actor=actor)

    return _act(asked, go_on)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def roster_import_columns(request: HttpRequest, key: str) -> HttpResponse:
    """Take in what headings hold, and have the workbook read again; a GET asks about every heading anew."""
    asked = _asked(request, key)
    if asked.source.status not in {ImportStatus.ASKING, ImportStatus.STAGED}:
        return redirect("roster_import", key)
    if request.method != "POST":
        return _columns_page(asked, headings_form(asked.source, every=True), every=True)
    every = request.POST.get("every") == "1"
    form = headings_form(asked.source, request.POST, every=every)
    if not form.is_valid():
        return _columns_page(asked, form, every=every)

    def settle() -> None:
        journey.settle_columns(import_key=key, chosen=form.chosen, **asked.by)
        enqueue_read(import_key=key, actor=asked.reader.actor)

    return _act(asked, settle)


@login_required
@only_posted
def roster_import_mend(request: HttpRequest, key: str) -> HttpResponse:
    """Put other values into cells; a script is given their rows anew, with the figures."""
    asked = _asked(request, key)
    cells = _cells(request)

    def mend() -> None:
        journey.mend(import_key=key, cells=cells, **asked.by)

    if not request.headers.get("HX-Request"):
        return _act(asked, mend)
    places = dict.fromkeys((cell.sheet, cell.row) for cell in cells)
    before = [problem_row(asked.source.pk, sheet, row) for sheet, row in places]
    mend()
    taken()
    fresh = _find(key)
    rows = [mended(fresh, one) for one in before]
    context = {
        "job": job_of(fresh),
        "rows": rows,
        "said": said_of(rows),
        "aside": True,
        **head_of_preview(fresh, "problems"),
    }
    return render(request, "web/roster_mended.html", context)


def _cells(request: HttpRequest) -> list[MendedCell]:
    """Return the cells that a form mends: one, or several as lists of equal length.

    Raises:
        Http404: When the form names no cell, or no cell of a sheet.

    """
    sheets, rows, fields, values = (request.POST.getlist(name) for name in ("sheet", "row", "field", "value"))
    if not 0 < len(sheets) == len(rows) == len(fields) == len(values) <= _CELLS_MAX:
        raise Http404
    if not all(row.isascii() and row.isdigit() and len(row) <= 9 for row in rows):
        raise Http404
    return [
        MendedCell(sheet, int(row), field, value)
        for sheet, row, field, value in zip(sheets, rows, fields, values, strict=True)
    ]


@login_required
@only_posted
def roster_import_apply(request: HttpRequest, key: str) -> HttpResponse:
    """Have the sound rows taken over."""
    asked = _asked(request, key)
    if asked.source.status != ImportStatus.STAGED:
        return redirect("roster_import", key)
    actor, end_missing = asked.reader.actor, request.POST.get("end_missing") == "1"
    return _act(asked, lambda: enqueue_apply(import_key=key, end_missing=end_missing, actor=actor))


@login_required
@only_posted
def roster_import_cancel(request: HttpRequest, key: str) -> HttpResponse:
    """Give an import up."""
    asked = _asked(request, key)
    return _act(asked, lambda: journey.cancel(import_key=key, **asked.by))


@login_required
@only_posted
def roster_import_report(request: HttpRequest, key: str) -> HttpResponseBase:
    """Give the copy of the workbook in which what is wrong is marked."""
    asked = _asked(request, key)
    copy = tempfile.SpooledTemporaryFile(max_size=_MEMORY)  # noqa: SIM115 - the answer closes it
    try:
        journey.report(import_key=key, to=copy, **asked.by)  # type: ignore[arg-type]  # writes bytes
    except Refusal as refusal:
        copy.close()
        if isinstance(refusal, NotPermitted):
            raise
        messages.error(request, refusal.sentence)
        return redirect("roster_import", key)
    copy.seek(0)
    name = _("%(file)s, problems marked") % {"file": Path(asked.source.file_name).stem}
    return FileResponse(copy, as_attachment=True, filename=f"{name}.xlsx", content_type=_XLSX)


def _asked(request: HttpRequest, key: str) -> Asked:
    """Return the import and who asks; one into a roster that the reader may not import into is not there.

    Raises:
        Http404: Without a word on whether it exists.

    """
    reader = reader_of(request)
    source = _find(key)
    if not reader.may(Permission.PEOPLE_IMPORT, source.unit_id):
        raise Http404
    return Asked(request, reader, source)


def _find(key: str) -> RosterImport:
    source = import_of(key)
    if source is None:
        raise Http404
    return source


def _act(asked: Asked, act: Callable[[], None]) -> HttpResponse:
    """Act, and go back to the import; what is refused is told there."""
    try:
        act()
    except NotPermitted:
        raise
    except Refusal as refusal:
        messages.error(asked.request, refusal.sentence)
    return redirect("roster_import", asked.source.key)


def _bring_page(request: HttpRequest, roster: Roster, form: Bring) -> HttpResponse:
    fields = LAYOUTS[roster.kind].fields
    context = {
        "roster": roster,
        "steps": _steps(_FILE),
        "heading": _("Bring in a workbook"),
        "form": form,
        "formats": names(FORMATS),
        "max_mb": FILE_MAX // MEGABYTE,
        "max_bytes": FILE_MAX,
        "known": [(field_label(field.name), field.headings[:6]) for field in fields],
        "waiting": waiting_imports(roster),
    }
    return render(request, "web/roster_bring.html", context, status=422 if form.errors else 200)


def _columns_page(asked: Asked, form: Headings, *, every: bool = False) -> HttpResponse:
    return _page(
        asked,
        "web/roster_columns.html",
        _("Check the columns"),
        form=form,
        every=every,
        missing=missing_in(asked.source),
        steps=_steps(_COLUMNS),
        status=422 if form.errors else 200,
    )


def _end_page(asked: Asked) -> HttpResponse:
    source = asked.source
    counts = counts_of(source.counts)
    taken = ngettext("%(count)s row was taken over.", "%(count)s rows were taken over.", counts.takes)
    ends = {
        ImportStatus.APPLIED: (_("Taken over"), taken % {"count": counts.takes}),
        ImportStatus.CANCELLED: (
            _("Given up"),
            _("This import was given up; nothing of it came into the roster."),
        ),
        ImportStatus.FAILED: (_("Could not be read"), source.note),
    }
    heading, sentence = ends[ImportStatus(source.status)]
    is_applied = source.status == ImportStatus.APPLIED
    return _page(
        asked,
        "web/roster_done.html",
        heading,
        sentence=sentence,
        outcome=source.status,
        tally=tally(counts) if is_applied else [],
        at_front=at_front_after(source, asked.reader) if is_applied else 0,
    )


def _page(
    asked: Asked,
    template: str,
    heading: str,
    *,
    status: int = 200,
    **parts: Any,  # noqa: ANN401 - the parts of a template
) -> HttpResponse:
    """Show one step of an import in its frame."""
    source = asked.source
    step = {ImportStatus.STAGED: _PEOPLE, ImportStatus.APPLIED: _DONE}
    context = {
        "roster": {
            "key": source.roster_key if source.roster else "",
            "title": source.roster_title,
            "unit": names_on([source.unit_id], asked.reader.day).get(source.unit_id or 0, ""),
        },
        "job": job_of(source),
        "steps": _steps(step.get(ImportStatus(source.status), _COLUMNS)),
        "heading": heading,
        "found": found_in(source),
        "doubled": doubled_in(source),
        "passed": passed_in(source),
        "several": len(source.columns) > 1,
        **parts,
    }
    return render(asked.request, template, context, status=status)


def _steps(here: int) -> list[dict[str, str]]:
    labels = (_("Choose the file"), _("Check the columns"), _("Check the people"), _("Done"))
    return [
        {"label": label, "state": "past" if place < here else "here" if place == here else "next"}
        for place, label in enumerate(labels)
    ]


_KEY = r"^rosters/imports/(?P<key>[0-9a-f]{32})/"

urlpatterns: list[URLPattern] = [
    path("rosters/<slug:key>/bring/", roster_bring, name="roster_bring"),
    re_path(f"{_KEY}$", roster_import, name="roster_import"),
    re_path(f"{_KEY}progress/$", roster_import_progress, name="roster_import_progress"),
    re_path(f"{_KEY}again/$", roster_import_again, name="roster_import_again"),
    re_path(f"{_KEY}columns/$", roster_import_columns, name="roster_import_columns"),
    re_path(f"{_KEY}mend/$", roster_import_mend, name="roster_import_mend"),
    re_path(f"{_KEY}apply/$", roster_import_apply, name="roster_import_apply"),
    re_path(f"{_KEY}cancel/$", roster_import_cancel, name="roster_import_cancel"),
    re_path(f"{_KEY}report/$", roster_import_report, name="roster_import_report"),
]
