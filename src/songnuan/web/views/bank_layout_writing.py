"""Pages on which a layout of bank files is written: column by column, or whole from a file or its text."""

from collections.abc import Sequence

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import BadRequest
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, path
from django.utils.translation import gettext as _

from songnuan.benefits.words import Difference
from songnuan.journeys.write_layout import write_layout
from songnuan.organisation.permissions import Permission
from songnuan.organisation.queries import require
from songnuan.payments.layout_models import BankLayout
from songnuan.payments.layout_queries import told_of
from songnuan.payments.layouts.model import COLUMNS_MOST, Layout
from songnuan.payments.layouts.reading import written
from songnuan.web.layout_form import LayoutForm
from songnuan.web.layout_kept import LayoutFileForm
from songnuan.web.layout_rows import head_of, posted, rearranged, typed_rows
from songnuan.web.moved_rows import Typed
from songnuan.web.version_forms import Ground, units_for
from songnuan.web.version_writing import Book, Writing, standing, typed_head, version_page
from songnuan.web.views.bank_layouts import seen_by
from songnuan.web.views.shared import Reader, key_of, reader_of

Standing = Writing[BankLayout]


@login_required
def bank_layout_new(request: HttpRequest) -> HttpResponse:
    """Write a new layout column by column, perhaps after one that stands."""
    reader = reader_of(request)
    writing, model = _new(request, reader)
    return _rows_page(request, reader, writing, model)


@login_required
def bank_layout_new_file(request: HttpRequest) -> HttpResponse:
    """Take a new layout from a file or its text."""
    reader = reader_of(request)
    writing, model = _new(request, reader)
    return _file_page(request, reader, writing, model)


@login_required
def bank_layout_change(request: HttpRequest, slug: str) -> HttpResponse:
    """Write the next version of an own layout."""
    reader = reader_of(request)
    writing, model = _standing(request, reader, slug)
    if model is None:
        sentence = _("It was written when layouts took other entries. Write the next version from a file.")
        messages.info(request, sentence)
        return redirect("bank_layout_file", slug)
    return _rows_page(request, reader, writing, model)


@login_required
def bank_layout_file(request: HttpRequest, slug: str) -> HttpResponse:
    """Take the next version of an own layout from a file or its text."""
    reader = reader_of(request)
    writing, model = _standing(request, reader, slug)
    return _file_page(request, reader, writing, model)


def _new(request: HttpRequest, reader: Reader) -> tuple[Standing, Layout | None]:
    """Return what a new layout is written on, and the layout that it begins like."""
    require(reader.actor, Permission.PURCHASE_RECORD, at=reader.at)
    after = request.GET.get("from", "")
    model = seen_by(reader, after).layout if after else None
    return Writing(units=units_for(reader, Permission.PURCHASE_RECORD)), model


def _standing(request: HttpRequest, reader: Reader, slug: str) -> tuple[Standing, Layout | None]:
    """Return an own layout to be changed, and what the version says that the form was made on."""
    seen = seen_by(reader, slug)
    if seen.row is None:
        raise Http404
    require(reader.actor, Permission.PURCHASE_RECORD, unit_id=seen.row.unit_id, at=reader.at)
    writing = standing(request, slug, seen.versions)
    return writing, told_of(writing.base) if writing.base else None


def _rows_page(request: HttpRequest, reader: Reader, writing: Standing, model: Layout | None) -> HttpResponse:
    form = _rows_form(request, writing, model)
    return _page(request, reader, writing, form, "web/bank_layout_form.html")


def _rows_form(request: HttpRequest, writing: Standing, model: Layout | None) -> LayoutForm:
    """Return the form; where a button only moves columns about, with all that was typed, nothing judged."""
    on, units = Ground(writing.slug), writing.units
    if request.method == "POST" and "act" not in request.POST:
        stands = model if writing.base else None
        return LayoutForm(request.POST, on=on, units=units, stands=stands)
    if request.method == "POST":
        rows = posted(request.POST)
        if not rearranged(rows, request.POST["act"]):
            raise BadRequest("no such change of columns")
        return LayoutForm(rows=rows, on=on, units=units, initial=typed_head(request, LayoutForm))
    head: Typed = head_of(model) if model else {"header": True}
    if model and not writing.base:
        head["title"] = _("%(title)s (own)") % {"title": model.title}
    return LayoutForm(rows=typed_rows(model), on=on, units=units, initial=head)


def _file_page(request: HttpRequest, reader: Reader, writing: Standing, model: Layout | None) -> HttpResponse:
    told = (request.POST, request.FILES) if request.method == "POST" else ()
    initial = {"text": written(model) if model else ""}
    form = LayoutFileForm(*told, on=Ground(writing.slug), units=writing.units, initial=initial)
    return _page(request, reader, writing, form, "web/bank_layout_file.html")


def _page(
    request: HttpRequest,
    reader: Reader,
    writing: Standing,
    form: LayoutForm | LayoutFileForm,
    template: str,
) -> HttpResponse:
    """Show a form of a layout, or keep what was written in it."""

    def keep() -> str:
        told, base = form.cleaned_data, writing.base
        return write_layout(
            unit_id=base.unit_id if base else told["unit"],
            base=base.number if base else 0,
            source=form.source,
            note=told["remark"],
            key=key_of(request),
            actor=reader.actor,
            at=reader.at,
        )

    def theirs(_base: BankLayout) -> tuple[BankLayout, Sequence[Difference]]:
        return seen_by(reader, writing.slug).versions[0], ()

    book = Book("bank_layout", "bank_layouts", _("The layout is kept."), keep, "layout_stale", theirs)
    return version_page(request, writing, form, template, book, columns_most=COLUMNS_MOST)


urlpatterns: list[URLPattern] = [
    path("new-bank-layout/", bank_layout_new, name="bank_layout_new"),
    path("new-bank-layout/file/", bank_layout_new_file, name="bank_layout_new_file"),
    path("bank-layouts/<slug:slug>/change/", bank_layout_change, name="bank_layout_change"),
    path("bank-layouts/<slug:slug>/file/", bank_layout_file, name="bank_layout_file"),
]
