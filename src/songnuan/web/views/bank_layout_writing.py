"""Pages on which a layout of bank files is written: column by column, or whole from a file or its text."""

from dataclasses import dataclass

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import BadRequest
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _

from songnuan.journeys.write_layout import write_layout
from songnuan.kernel.refusal import NotPermitted, Refusal
from songnuan.organisation.permissions import Permission
from songnuan.organisation.queries import require
from songnuan.payments.layout_models import BankLayout
from songnuan.payments.layout_queries import told_of
from songnuan.payments.layouts.model import COLUMNS_MOST, Layout
from songnuan.payments.layouts.reading import written
from songnuan.web.layout_form import LayoutForm
from songnuan.web.layout_kept import Ground, LayoutFileForm, units_for
from songnuan.web.layout_rows import Typed, head_of, posted, rearranged, typed_rows
from songnuan.web.plan_writing import base_of
from songnuan.web.views.bank_layouts import seen_by
from songnuan.web.views.shared import Reader, key_of, reader_of


@dataclass(frozen=True, slots=True)
class Writing:
    """What is written: the next version on `base`, or a new layout, perhaps after a `model` that stands."""

    slug: str = ""
    title: str = ""
    base: BankLayout | None = None
    model: Layout | None = None
    units: tuple[tuple[int, str], ...] = ()
    theirs: BankLayout | None = None

    @property
    def ground(self) -> Ground:
        """What the next version is written on."""
        return Ground(self.model if self.base else None)


@login_required
def bank_layout_new(request: HttpRequest) -> HttpResponse:
    """Write a new layout column by column, perhaps after one that stands."""
    reader = reader_of(request)
    return _rows_page(request, reader, _new(request, reader))


@login_required
def bank_layout_new_file(request: HttpRequest) -> HttpResponse:
    """Take a new layout from a file or its text."""
    reader = reader_of(request)
    return _file_page(request, reader, _new(request, reader))


@login_required
def bank_layout_change(request: HttpRequest, slug: str) -> HttpResponse:
    """Write the next version of an own layout."""
    reader = reader_of(request)
    return _rows_page(request, reader, _standing(request, reader, slug))


@login_required
def bank_layout_file(request: HttpRequest, slug: str) -> HttpResponse:
    """Take the next version of an own layout from a file or its text."""
    reader = reader_of(request)
    return _file_page(request, reader, _standing(request, reader, slug))


def _new(request: HttpRequest, reader: Reader) -> Writing:
    require(reader.actor, Permission.PURCHASE_RECORD, at=reader.at)
    after = request.GET.get("from", "")
    model = seen_by(reader, after).layout if after else None
    return Writing(model=model, units=tuple(units_for(reader)))


def _standing(request: HttpRequest, reader: Reader, slug: str) -> Writing:
    """Return an own layout to be changed, with the version that the form was made on."""
    seen = seen_by(reader, slug)
    if seen.row is None:
        raise Http404
    require(reader.actor, Permission.PURCHASE_RECORD, unit_id=seen.row.unit_id, at=reader.at)
    number = base_of(request) if request.method == "POST" else seen.row.number
    base = next((row for row in seen.versions if row.number == number), None)
    if base is None:
        raise BadRequest("the form names no version of this layout")
    theirs = None if seen.is_newest and base == seen.row else seen.row
    return Writing(slug, seen.title, base, told_of(base), theirs=theirs)


def _rows_page(request: HttpRequest, reader: Reader, writing: Writing) -> HttpResponse:
    return _page(request, reader, writing, _rows_form(request, writing), "web/bank_layout_form.html")


def _rows_form(request: HttpRequest, writing: Writing) -> LayoutForm:
    """Return the form; where a button only moves columns about, with all that was typed, nothing judged."""
    on, units = writing.ground, writing.units
    if request.method == "POST" and "act" not in request.POST:
        return LayoutForm(request.POST, on=on, units=units)
    if request.method == "POST":
        rows = posted(request.POST)
        if not rearranged(rows, request.POST["act"]):
            raise BadRequest("no such change of columns")
        typed = {name: request.POST[name] for name in request.POST if not name.startswith("rows-")}
        return LayoutForm(rows=rows, on=on, units=units, initial={"header": "", **typed})
    head: Typed = head_of(writing.model) if writing.model else {"header": True}
    if writing.model and not writing.base:
        head["title"] = _("%(title)s (own)") % {"title": writing.model.title}
    return LayoutForm(rows=typed_rows(writing.model), on=on, units=units, initial=head)


def _file_page(request: HttpRequest, reader: Reader, writing: Writing) -> HttpResponse:
    told = (request.POST, request.FILES) if request.method == "POST" else ()
    initial = {"text": written(writing.model) if writing.model else ""}
    form = LayoutFileForm(*told, on=writing.ground, units=writing.units, initial=initial)
    return _page(request, reader, writing, form, "web/bank_layout_file.html")


def _page(
    request: HttpRequest,
    reader: Reader,
    writing: Writing,
    form: LayoutForm | LayoutFileForm,
    template: str,
) -> HttpResponse:
    """Show a form of a layout, or keep what was written in it."""
    stale = ""
    if form.is_bound and form.is_valid():
        try:
            slug = _keep(request, reader, writing, form)
        except NotPermitted:
            raise
        except Refusal as refusal:
            if refusal.code == "layout_stale":
                stale = refusal.sentence
            else:
                form.refuse(refusal)
        else:
            messages.success(request, _("The layout is kept."))
            return redirect("bank_layout", slug)
    seen = writing.theirs if stale and writing.theirs else writing.base
    context = {
        "form": form,
        "stale": stale,
        "theirs": writing.theirs,
        "slug": writing.slug,
        "title": writing.title,
        "number": seen.number if seen else 0,
        "back": reverse("bank_layout", args=(writing.slug,)) if writing.slug else reverse("bank_layouts"),
        "columns_most": COLUMNS_MOST,
    }
    return render(request, template, context, status=422 if form.errors or stale else 200)


def _keep(request: HttpRequest, reader: Reader, writing: Writing, form: LayoutForm | LayoutFileForm) -> str:
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


urlpatterns: list[URLPattern] = [
    path("new-bank-layout/", bank_layout_new, name="bank_layout_new"),
    path("new-bank-layout/file/", bank_layout_new_file, name="bank_layout_new_file"),
    path("bank-layouts/<slug:slug>/change/", bank_layout_change, name="bank_layout_change"),
    path("bank-layouts/<slug:slug>/file/", bank_layout_file, name="bank_layout_file"),
]
