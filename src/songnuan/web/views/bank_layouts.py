"""Pages of the layouts of bank files (银行文件模板): the list, one layout, its YAML, an example of a file."""

from dataclasses import dataclass

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import URLPattern, path
from django.views.decorators.http import require_safe

from songnuan.organisation.permissions import Permission
from songnuan.organisation.queries import require
from songnuan.payments.layout_models import BankLayout
from songnuan.payments.layout_queries import latest, told_of, versions_of
from songnuan.payments.layouts.model import Layout
from songnuan.payments.layouts.reading import shipped, written
from songnuan.web.layout_words import answers, columns, example, example_file, facts, kind_words
from songnuan.web.opening import saved
from songnuan.web.views.shared import Reader, names_on, reader_of


@dataclass(frozen=True, slots=True)
class Line:
    """A layout in the list; an own one with its newest version and its unit."""

    slug: str
    title: str
    kind: str
    note: str
    headings: str
    row: BankLayout | None = None
    unit: str = ""


@dataclass(frozen=True, slots=True)
class Seen:
    """A layout that the reader may see; an own one with the version asked for, and all of them."""

    slug: str
    layout: Layout | None
    row: BankLayout | None = None
    versions: tuple[BankLayout, ...] = ()

    @property
    def title(self) -> str:
        """What it is called."""
        return self.row.title if self.row else (self.layout.title if self.layout else self.slug)

    @property
    def is_newest(self) -> bool:
        """Whether it is what holds now."""
        return self.row is None or self.row == self.versions[0]


@login_required
@require_safe
def bank_layouts(request: HttpRequest) -> HttpResponse:
    """List the layouts: the shipped ones, and the own ones that the reader may see."""
    reader = reader_of(request)
    require(reader.actor, Permission.FUND_VIEW, at=reader.at)
    rows = list(latest().filter(unit__in=reader.reach_ids(Permission.FUND_VIEW)).order_by("slug"))
    units = names_on({row.unit_id for row in rows}, reader.day)
    context = {
        "shipped": [_line(one) for one in shipped()],
        "own": [_own_line(row, units[row.unit_id]) for row in rows],
        "may_write": reader.may(Permission.PURCHASE_RECORD),
    }
    return render(request, "web/bank_layouts.html", context)


@login_required
@require_safe
def bank_layout(request: HttpRequest, slug: str) -> HttpResponse:
    """Show a layout: its columns in words, an example of its file, and how the bank's answer is read."""
    reader = reader_of(request)
    seen = seen_by(reader, slug, request.GET.get("version", ""))
    layout, row = seen.layout, seen.row
    context = {
        "seen": seen,
        "layout": layout,
        "facts": facts(layout) if layout else (),
        "columns": columns(layout) if layout else (),
        "example": example(layout) if layout else None,
        "answers": answers(layout) if layout else (),
        "unit": names_on([row.unit_id], reader.day)[row.unit_id] if row else "",
        "may_write": reader.may(Permission.PURCHASE_RECORD),
        "may_change": row is not None and reader.may(Permission.PURCHASE_RECORD, row.unit_id),
    }
    return render(request, "web/bank_layout.html", context)


@login_required
@require_safe
def bank_layout_yaml(request: HttpRequest, slug: str) -> HttpResponse:
    """Give a layout as YAML."""
    seen = seen_by(reader_of(request), slug, request.GET.get("version", ""))
    if seen.layout is None:
        raise Http404
    return saved(written(seen.layout).encode(), f"{slug}.yaml", "text/yaml; charset=utf-8")


@login_required
@require_safe
def bank_layout_example(request: HttpRequest, slug: str) -> HttpResponse:
    """Give a file of invented payments, to be tried with the bank."""
    seen = seen_by(reader_of(request), slug, request.GET.get("version", ""))
    if seen.layout is None:
        raise Http404
    name = f"{seen.title}.{seen.layout.extension}"
    return saved(example_file(seen.layout), name, "application/octet-stream")


def seen_by(reader: Reader, slug: str, number: str = "") -> Seen:
    """Return a layout, an own one in its newest version or that of `number`.

    Raises:
        Http404: When there is none that the reader may see.

    """
    require(reader.actor, Permission.FUND_VIEW, at=reader.at)
    for one in shipped():
        if one.slug == slug:
            return Seen(slug, one)
    versions = tuple(versions_of(slug).filter(unit__in=reader.reach_ids(Permission.FUND_VIEW)))
    for row in versions:
        if not number or str(row.number) == number:
            return Seen(slug, told_of(row), row, versions)
    raise Http404


def _line(layout: Layout) -> Line:
    headings = " | ".join(column.heading for column in layout.columns)
    return Line(layout.slug, layout.title, kind_words(layout), layout.note, headings)


def _own_line(row: BankLayout, unit: str) -> Line:
    layout = told_of(row)
    if layout is None:
        return Line(row.slug, row.title, "", "", "", row, unit)
    told = _line(layout)
    return Line(told.slug, told.title, told.kind, told.note, told.headings, row, unit)


urlpatterns: list[URLPattern] = [
    path("bank-layouts/", bank_layouts, name="bank_layouts"),
    path("bank-layouts/<slug:slug>/", bank_layout, name="bank_layout"),
    path("bank-layouts/<slug:slug>/layout.yaml", bank_layout_yaml, name="bank_layout_yaml"),
    path("bank-layouts/<slug:slug>/example/", bank_layout_example, name="bank_layout_example"),
]
