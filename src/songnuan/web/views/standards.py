"""Pages of the standards of money to people (发放标准): the list, one standard, its files."""

from io import BytesIO

from django.contrib.auth.decorators import login_required
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import URLPattern, path
from django.views.decorators.http import require_safe

from songnuan.benefits import standard_book
from songnuan.benefits.queries import latest_of, versions_seen
from songnuan.benefits.words import days, document
from songnuan.kernel.clock import CHINA
from songnuan.organisation.permissions import Permission
from songnuan.organisation.queries import require
from songnuan.web.opening import saved
from songnuan.web.paging import before_of, page_of
from songnuan.web.standard_page import between, lines, parts_of, told_of, version_in, versions_of
from songnuan.web.views.shared import PAGE, names_on, reader_of

_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@login_required
@require_safe
def standards(request: HttpRequest) -> HttpResponse:
    """List the standards that the reader may see, each as its newest version says it."""
    reader = reader_of(request)
    require(reader.actor, Permission.BENEFIT_VIEW, at=reader.at)
    rows = latest_of(versions_seen(reader.actor, reader.at)).order_by("-standard_id")
    before = before_of(request)
    rows = rows if before is None else rows.filter(standard_id__lt=before)
    shown, older = page_of(rows, PAGE, lambda version: version.standard_id)
    context = {
        "lines": lines(shown, reader.day),
        "older": older,
        "may_write": reader.may(Permission.BENEFIT_WRITE),
    }
    return render(request, "web/standards.html", context)


@login_required
@require_safe
def standard(request: HttpRequest, slug: str) -> HttpResponse:
    """Show a version of a standard: the newest, or the one that the address names."""
    reader = reader_of(request)
    versions = versions_of(reader, slug)
    version = version_in(versions, request.GET.get("version", ""))
    told = told_of(version)
    earlier = next((one for one in versions if one.number == version.number - 1), None)
    unit_id = version.standard.unit_id
    context = {
        "version": version,
        "versions": versions,
        "newest": versions[0],
        "told": told,
        "parts": parts_of(told) if told else (),
        "days": days(told) if told else "",
        "document": document(told) if told else "",
        "earlier": earlier,
        "differences": between(earlier, version),
        "unit": names_on([unit_id], reader.day)[unit_id],
        "may_write": reader.may(Permission.BENEFIT_WRITE, unit_id),
    }
    return render(request, "web/standard.html", context)


@login_required
@require_safe
def standard_yaml(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """Give the file of a version as it was written."""
    version = version_in(versions_of(reader_of(request), slug), str(number))
    return saved(version.source, f"{slug}-{number}.yaml", "text/yaml; charset=utf-8")


@login_required
@require_safe
def standard_workbook(request: HttpRequest, slug: str, number: int) -> FileResponse:
    """Give a version as a workbook that can be changed and brought back."""
    reader = reader_of(request)
    version = version_in(versions_of(reader, slug), str(number))
    told, made = told_of(version), BytesIO()
    if told is None:
        raise Http404
    standard_book.write(told, reader.at.astimezone(CHINA), made)
    made.seek(0)
    name = f"{told.title}（第{number}版）.xlsx"
    return FileResponse(made, as_attachment=True, filename=name, content_type=_XLSX)


urlpatterns: list[URLPattern] = [
    path("standards/", standards, name="standards"),
    path("standards/<slug:slug>/", standard, name="standard"),
    path("standards/<slug:slug>/<int:number>.yaml", standard_yaml, name="standard_yaml"),
    path("standards/<slug:slug>/<int:number>.xlsx", standard_workbook, name="standard_workbook"),
]
