"""Pages on which a standard is written: row by row, or whole from a workbook, a file or its text."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _

from songnuan.benefits.models import StandardVersion
from songnuan.benefits.words import Difference
from songnuan.journeys.write_standard import write_standard
from songnuan.kernel.refusal import NotPermitted, Refusal
from songnuan.organisation.permissions import Permission
from songnuan.organisation.queries import require
from songnuan.web.plan_writing import base_of
from songnuan.web.standard_decision import units_for
from songnuan.web.standard_form import Ground, StandardForm, head_of
from songnuan.web.standard_page import between, told_of, versions_of
from songnuan.web.standard_rows import PARTS_MOST, ROWS_MOST, posted, rearranged, typed_parts
from songnuan.web.standard_uploads import StandardFileForm
from songnuan.web.views.shared import Reader, key_of, reader_of


@dataclass(frozen=True, slots=True)
class Writing:
    """What is written: a standard with its versions, the newest first, or a new one; `units` for that."""

    slug: str
    versions: Sequence[StandardVersion]
    base: StandardVersion | None
    units: Sequence[tuple[int, str]] = ()

    @property
    def ground(self) -> Ground:
        """What the next version is written on."""
        if self.base is None:
            return Ground()
        return Ground(self.slug, self.base.source, self.base.number + 1)


@dataclass(frozen=True, slots=True)
class Theirs:
    """What somebody else wrote meanwhile."""

    sentence: str
    version: StandardVersion
    differences: list[Difference]


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


def _new(reader: Reader) -> Writing:
    require(reader.actor, Permission.BENEFIT_WRITE, at=reader.at)
    return Writing("", (), None, units_for(reader))


def _standing(request: HttpRequest, reader: Reader, slug: str) -> Writing:
    """Return a standard to be changed, with the version that the form was made on."""
    versions = versions_of(reader, slug)
    require(reader.actor, Permission.BENEFIT_WRITE, unit_id=versions[0].standard.unit_id, at=reader.at)
    number = base_of(request) if request.method == "POST" else versions[0].number
    base = next((version for version in versions if version.number == number), None)
    if base is None:
        raise BadRequest("the form names no version of this standard")
    return Writing(slug, versions, base)


def _rows_page(request: HttpRequest, reader: Reader, writing: Writing) -> HttpResponse:
    form = _rows_form(request, writing)
    return _page(request, reader, writing, form, "web/standard_form.html")


def _rows_form(request: HttpRequest, writing: Writing) -> StandardForm:
    """Return the form; where a button only moves rows about, with all that was typed, and nothing judged."""
    on, units = writing.ground, writing.units
    if request.method == "POST" and "act" not in request.POST:
        return StandardForm(request.POST, on=on, units=units)
    if request.method == "POST":
        parts = posted(request.POST)
        if not rearranged(parts, request.POST["act"]):
            raise BadRequest("no such change of rows")
        typed = {name: request.POST.get(name, "") for name in StandardForm.base_fields}
        return StandardForm(parts=parts, on=on, units=units, initial=typed)
    told = told_of(writing.base) if writing.base else None
    return StandardForm(parts=typed_parts(told), on=on, units=units, initial=head_of(told) if told else None)


def _file_page(request: HttpRequest, reader: Reader, writing: Writing) -> HttpResponse:
    told = (request.POST, request.FILES) if request.method == "POST" else ()
    initial = {"text": writing.base.source if writing.base else ""}
    form = StandardFileForm(*told, on=writing.ground, units=writing.units, initial=initial)
    return _page(request, reader, writing, form, "web/standard_file.html")


def _page(
    request: HttpRequest,
    reader: Reader,
    writing: Writing,
    form: StandardForm | StandardFileForm,
    template: str,
) -> HttpResponse:
    """Show a form of a standard, or keep what was written in it."""
    theirs = None
    if form.is_bound and form.is_valid():
        try:
            slug = _keep(request, reader, writing, form)
        except NotPermitted:
            raise
        except Refusal as refusal:
            if refusal.code == "standard_stale" and writing.base is not None:
                theirs = _theirs(reader, writing, refusal)
            else:
                form.refuse(refusal)
        else:
            messages.success(request, _("The standard is kept."))
            return redirect("standard", slug)
    seen = theirs.version if theirs else writing.base
    context = {
        "form": form,
        "theirs": theirs,
        "slug": writing.slug,
        "title": writing.versions[0].title if writing.versions else "",
        "number": seen.number if seen else 0,
        "version": seen,
        "back": reverse("standard", args=(writing.slug,)) if writing.slug else reverse("standards"),
        "rows_most": ROWS_MOST,
        "parts_most": PARTS_MOST,
    }
    return render(request, template, context, status=422 if form.errors or theirs else 200)


def _keep(
    request: HttpRequest, reader: Reader, writing: Writing, form: StandardForm | StandardFileForm
) -> str:
    told = form.cleaned_data
    base = writing.base
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


def _theirs(reader: Reader, writing: Writing, refusal: Refusal) -> Theirs:
    newest = versions_of(reader, writing.slug)[0]
    return Theirs(refusal.sentence, newest, between(writing.base, newest))


urlpatterns: list[URLPattern] = [
    path("new-standard/", standard_new, name="standard_new"),
    path("new-standard/file/", standard_new_file, name="standard_new_file"),
    path("standards/<slug:slug>/change/", standard_change, name="standard_change"),
    path("standards/<slug:slug>/file/", standard_file, name="standard_file"),
]
