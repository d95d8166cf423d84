"""Pages of what was settled already of a standard: the list, recording it, withdrawing what was wrong.

What is looked for is posted, not put into the address: names have no place in a browser's history.
"""

from dataclasses import dataclass
from io import BytesIO

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import QuerySet
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import URLPattern, path
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe

from songnuan.benefits.models import Settlement, StandardVersion
from songnuan.benefits.queries import standard_seen
from songnuan.benefits.settled_file import HEADINGS, ROWS_MOST
from songnuan.benefits.settled_sample import write_sample
from songnuan.benefits.settled_standing import SettledLine, about, lines_of, rows_of, sums_of
from songnuan.journeys.record_settlements import record_settlements
from songnuan.journeys.settled_upload import Looked, is_own, keep, look, record_kept
from songnuan.journeys.withdraw_settlement import withdraw_settlement
from songnuan.kernel.names import mask_name, tidy_name
from songnuan.kernel.refusal import NotPermitted, Refusal
from songnuan.organisation.permissions import Permission
from songnuan.organisation.queries import require
from songnuan.people.masking import listed_name
from songnuan.people.models import Person
from songnuan.people.queries.looked_for import looked_for
from songnuan.web.counting import taken
from songnuan.web.paging import before_of, page_of
from songnuan.web.settlement_forms import SettlementFileForm, SettlementForm, SettlementWithdrawForm
from songnuan.web.views.shared import PAGE, Reader, key_of, reader_of, was_received

FAULTS_SHOWN = 100
_LONGEST = 60
_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@dataclass(frozen=True, slots=True)
class Line:
    """A row of the list, with the names as this reader may see them; empty where nobody is named."""

    row: SettledLine
    payee: str
    qualifier: str


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def settlements(request: HttpRequest, slug: str) -> HttpResponse:
    """List what was settled already; a POST looks for somebody, and changes nothing."""
    reader = reader_of(request)
    version = _seen(reader, slug)
    withdrawn = request.GET.get("state") == "withdrawn"
    rows, asked = (
        rows_of(version.standard, withdrawn=withdrawn),
        request.POST.get("text", "").strip()[:_LONGEST],
    )
    count, total = sums_of(rows)
    shows_names = reader.may(Permission.PEOPLE_VIEW, version.standard.unit_id)
    if asked:
        rows = about(rows, _persons(reader, asked, in_part=shows_names))
    before = before_of(request)
    rows = rows if before is None else rows.filter(pk__lt=before)
    shown, older = page_of(lines_of(rows[: PAGE + 1]), PAGE, lambda line: line.pk)
    context = {
        **_head(reader, version),
        "lines": [_line(one, shows_names=shows_names) for one in shown],
        "older": older,
        "asked": asked,
        "withdrawn": withdrawn,
        "count": count,
        "total_minor": total,
        "in_part": shows_names,
    }
    return render(request, "web/settlements.html", context)


@login_required
def settlement_record(request: HttpRequest, slug: str) -> HttpResponse:
    """Record a single sum, or the days of one service."""
    reader = reader_of(request)
    version = _written(reader, slug)
    form = SettlementForm(
        request.POST if request.method == "POST" else None,
        is_own=is_own(version),
        actor=reader.actor,
        at=reader.at,
    )
    if form.is_bound and was_received(request):
        return redirect("settlements", slug)
    if form.is_bound and form.is_valid() and form.row:
        with form.refusals():
            record_settlements(
                slug=slug,
                rows=[form.row],
                file_digest="",
                key=key_of(request),
                actor=reader.actor,
                at=reader.at,
            )
            messages.success(request, _("It is recorded."))
            return redirect("settlements", slug)
    context = {**_head(reader, version), "form": form}
    return render(request, "web/settlement_record.html", context, status=422 if form.errors else 200)


@login_required
def settlement_file(request: HttpRequest, slug: str) -> HttpResponse:
    """Take a file and show what it would record; with the token of one that was looked at, record it."""
    reader = reader_of(request)
    version = _written(reader, slug)
    if request.method != "POST":
        return _file_page(request, reader, version, SettlementFileForm())
    if "token" in request.POST:
        return _recorded(request, reader, version)
    form = SettlementFileForm(request.POST, request.FILES)
    looked = _looked(form, reader, slug) if form.is_valid() else None
    if looked is None:
        return _file_page(request, reader, version, form)
    taken()
    name, content = form.cleaned_data["file"]
    source = form.cleaned_data["source"]
    token = (
        keep(content, name=name, slug=slug, source=source, actor=reader.actor)
        if looked.may_be_recorded
        else ""
    )
    fresh = SettlementFileForm(initial={"source": source})
    return _file_page(request, reader, version, fresh, **_preview(looked), token=token, file_name=name)


def _looked(form: SettlementFileForm, reader: Reader, slug: str) -> Looked | None:
    name, content = form.cleaned_data["file"]
    with form.refusals():
        return look(
            content=content,
            name=name,
            slug=slug,
            source=form.cleaned_data["source"],
            actor=reader.actor,
            at=reader.at,
        )
    return None


def _recorded(request: HttpRequest, reader: Reader, version: StandardVersion) -> HttpResponse:
    """Record the file that was looked at; posted twice, it leads to what was recorded then."""
    slug, token = version.standard.slug, request.POST.get("token", "")
    if was_received(request):
        return redirect("settlements", slug)
    try:
        done = record_kept(token=token, slug=slug, key=key_of(request), actor=reader.actor, at=reader.at)
    except NotPermitted:
        raise
    except Refusal as refusal:
        messages.error(request, refusal.sentence)
        return redirect("settlement_file", slug)
    told = ngettext("%(count)s row is recorded.", "%(count)s rows are recorded.", done.rows)
    messages.success(request, told % {"count": done.rows})
    return redirect("settlements", slug)


def _preview(looked: Looked) -> dict[str, object]:
    """Return what a page shows of a file: what it would do, and the first of its faults."""
    headings = looked.told.headings
    return {
        "looked": looked,
        "known": len(looked.rows) - looked.fresh,
        "faulty": len({fault.row for fault in looked.faults}),
        "faults": [(fault, headings[fault.field]) for fault in looked.faults[:FAULTS_SHOWN]],
        "more": max(0, len(looked.faults) - FAULTS_SHOWN),
    }


def _file_page(
    request: HttpRequest,
    reader: Reader,
    version: StandardVersion,
    form: SettlementFileForm,
    **parts: object,
) -> HttpResponse:
    context = {
        **_head(reader, version),
        "form": form,
        "headings": [*HEADINGS.values()],
        "rows_most": ROWS_MOST,
        **parts,
    }
    wrong = form.errors or parts.get("faults")
    return render(request, "web/settlement_file.html", context, status=422 if wrong else 200)


@login_required
@require_safe
def settlement_sample(request: HttpRequest, slug: str) -> FileResponse:
    """Give the empty workbook with its headings."""
    _seen(reader_of(request), slug)
    made = BytesIO()
    write_sample(made)
    made.seek(0)
    return FileResponse(made, as_attachment=True, filename=_("Settled already.xlsx"), content_type=_XLSX)


@login_required
def settlement_withdraw(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Withdraw what was recorded wrongly, with the reason."""
    reader = reader_of(request)
    version = _written(reader, slug)
    rows = Settlement.objects.filter(standard=version.standard_id, pk=pk)
    line, told_by = next(lines_of(rows), None), rows.values_list("told_by", flat=True).first()
    if line is None:
        raise Http404
    standing = rows_of(version.standard, withdrawn=False)
    others = standing.filter(told_by=told_by).exclude(pk=pk).count() if told_by else 0
    form = SettlementWithdrawForm(request.POST if request.method == "POST" else None, others=others)
    if form.is_bound and was_received(request):
        return redirect("settlements", slug)
    if form.is_bound and form.is_valid():
        with form.refusals():
            count = withdraw_settlement(
                settlement_id=pk,
                why=form.cleaned_data["why"],
                whole_file=form.cleaned_data.get("whole_file", False),
                key=key_of(request),
                actor=reader.actor,
                at=reader.at,
            )
            told = ngettext("%(count)s row is withdrawn.", "%(count)s rows are withdrawn.", count)
            messages.success(request, told % {"count": count})
            return redirect("settlements", slug)
    shows_names = reader.may(Permission.PEOPLE_VIEW, version.standard.unit_id)
    context = {**_head(reader, version), "form": form, "line": _line(line, shows_names=shows_names)}
    return render(request, "web/settlement_withdraw.html", context, status=422 if form.errors else 200)


def _seen(reader: Reader, slug: str) -> StandardVersion:
    """Return the newest version of the standard; one that the reader may not see is not there."""
    version = standard_seen(slug, reader.actor, reader.at)
    if version is None:
        raise Http404
    return version


def _written(reader: Reader, slug: str) -> StandardVersion:
    """Return the standard for who records what was settled."""
    version = _seen(reader, slug)
    require(reader.actor, Permission.BENEFIT_WRITE, unit_id=version.standard.unit_id, at=reader.at)
    return version


def _head(reader: Reader, version: StandardVersion) -> dict[str, object]:
    may_record = reader.may(Permission.BENEFIT_WRITE, version.standard.unit_id)
    return {"version": version, "slug": version.standard.slug, "may_record": may_record, "today": reader.day}


def _persons(reader: Reader, asked: str, *, in_part: bool) -> QuerySet[Person]:
    """Return whom a text asks for; who sees no names finds nobody by the beginning of one."""
    if in_part:
        return looked_for(asked, reader.actor, reader.at)
    return Person.objects.filter(name=tidy_name(asked), name__gt="", restricted=False)


def _line(row: SettledLine, *, shows_names: bool) -> Line:
    def shown(person: int | None, name: str, *, minor: bool) -> str:
        if person is None or not name:
            return "" if person is None else _("(an erased person)")
        return listed_name(name, minor=minor) if shows_names else mask_name(name)

    return Line(
        row,
        shown(row.payee_id, row.payee, minor=row.payee_minor),
        shown(row.qualifier_id, row.qualifier, minor=row.qualifier_minor),
    )


urlpatterns: list[URLPattern] = [
    path("standards/<slug:slug>/settled/", settlements, name="settlements"),
    path("standards/<slug:slug>/settled/record/", settlement_record, name="settlement_record"),
    path("standards/<slug:slug>/settled/file/", settlement_file, name="settlement_file"),
    path("standards/<slug:slug>/settled/sample.xlsx", settlement_sample, name="settlement_sample"),
    path("standards/<slug:slug>/settled/<int:pk>/withdraw/", settlement_withdraw, name="settlement_withdraw"),
]
