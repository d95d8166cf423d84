"""Pages on which a standard is written: row by row, or whole from a workbook, a file or its text."""

from collections.abc import Sequence

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, path
from django.utils.translation import gettext as _

from songnuan.benefits.models import StandardVersion
from songnuan.benefits.words import Difference
from songnuan.journeys.write_standard import write_standard
from songnuan.organisation.permissions import Permission
from songnuan.organisation.queries import require
from songnuan.web.standard_form import StandardForm, head_of
from songnuan.web.standard_page import between, told_of, versions_of
from songnuan.web.standard_rows import PARTS_MOST, ROWS_MOST, posted, rearranged, typed_parts
from songnuan.web.standard_uploads import StandardFileForm
from songnuan.web.version_forms import Ground, units_for
from songnuan.web.version_writing import Book, Writing, standing, typed_head, version_page
from songnuan.web.views.shared import Reader, key_of, reader_of

Standing = Writing[StandardVersion]


@login_required
def standard_new(request: HttpRequest) -> HttpResponse:
    """Write a new standard, row by row."""
    reader = reader_of(request)
    return _rows_page(request, reader, _new(reader))


@login_required
def standard_change(request: HttpRequest, slug: str) -> HttpResponse:
    """Write the next version of a standard, row by row."""
    reader = reader_of(request)
    writing = _standing(request, reader, slug)
    told = told_of(writing.base) if writing.base else None
    if request.method != "POST" and (told is None or sum(len(part.rows) for part in told.parts) > ROWS_MOST):
        sentence = _("This standard has too many rows for one page. Change it as a workbook.")
        messages.info(request, sentence)
        return redirect("standard_file", slug)
    return _rows_page(request, reader, writing)


@login_required
def standard_new_file(request: HttpRequest) -> HttpResponse:
    """Take a new standard from a workbook, a file or its text."""
    reader = reader_of(request)
    return _file_page(request, reader, _new(reader))


@login_required
def standard_file(request: HttpRequest, slug: str) -> HttpResponse:
    """Take the next version of a standard from a workbook, a file or its text."""
    reader = reader_of(request)
    return _file_page(request, reader, _standing(request, reader, slug))


def _new(reader: Reader) -> Standing:
    require(reader.actor, Permission.BENEFIT_WRITE, at=reader.at)
    return Writing(units=units_for(reader, Permission.BENEFIT_WRITE))


def _standing(request: HttpRequest, reader: Reader, slug: str) -> Standing:
    """Return a standard to be changed, with the version that the form was made on."""
    versions = versions_of(reader, slug)
    require(reader.actor, Permission.BENEFIT_WRITE, unit_id=versions[0].standard.unit_id, at=reader.at)
    return standing(request, slug, versions)


def _ground(writing: Standing) -> Ground:
    """Return what the next version is written on."""
    base = writing.base
    return Ground(writing.slug, base.source, base.number + 1) if base else Ground()


def _rows_page(request: HttpRequest, reader: Reader, writing: Standing) -> HttpResponse:
    form = _rows_form(request, writing)
    return _page(request, reader, writing, form, "web/standard_form.html")


def _rows_form(request: HttpRequest, writing: Standing) -> StandardForm:
    """Return the form; where a button only moves rows about, with all that was typed, and nothing judged."""
    on, units = _ground(writing), writing.units
    if request.method == "POST" and "act" not in request.POST:
        return StandardForm(request.POST, on=on, units=units)
    if request.method == "POST":
        parts = posted(request.POST)
        if not rearranged(parts, request.POST["act"]):
            raise BadRequest("no such change of rows")
        typed = typed_head(request, StandardForm)
        return StandardForm(parts=parts, on=on, units=units, initial=typed)
    told = told_of(writing.base) if writing.base else None
    return StandardForm(parts=typed_parts(told), on=on, units=units, initial=head_of(told) if told else None)


def _file_page(request: HttpRequest, reader: Reader, writing: Standing) -> HttpResponse:
    told = (request.POST, request.FILES) if request.method == "POST" else ()
    initial = {"text": writing.base.source if writing.base else ""}
    form = StandardFileForm(*told, on=_ground(writing), units=writing.units, initial=initial)
    return _page(request, reader, writing, form, "web/standard_file.html")


def _page(
    request: HttpRequest,
    reader: Reader,
    writing: Standing,
    form: StandardForm | StandardFileForm,
    template: str,
) -> HttpResponse:
    """Show a form of a standard, or keep what was written in it."""

    def keep() -> str:
        told, base = form.cleaned_data, writing.base
        return write_standard(
            unit_id=base.standard.unit_id if base else told["unit"],
            base=base.number if base else 0,
            source=form.source,
            decision=told["decision"],
            decided_on=told["decided_on"],
            key=key_of(request),
            actor=reader.actor,
            at=reader.at,
        )

    def theirs(base: StandardVersion) -> tuple[StandardVersion, Sequence[Difference]]:
        newest = versions_of(reader, writing.slug)[0]
        return newest, between(base, newest)

    book = Book("standard", "standards", _("The standard is kept."), keep, "standard_stale", theirs)
    most = {"rows_most": ROWS_MOST, "parts_most": PARTS_MOST}
    return version_page(request, writing, form, template, book, **most)


urlpatterns: list[URLPattern] = [
    path("new-standard/", standard_new, name="standard_new"),
    path("new-standard/file/", standard_new_file, name="standard_new_file"),
    path("standards/<slug:slug>/change/", standard_change, name="standard_change"),
    path("standards/<slug:slug>/file/", standard_file, name="standard_file"),
]
