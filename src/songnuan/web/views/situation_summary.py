"""The consolidated report of a period: made, its papers, sent up, its receipt."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import URLPattern, path
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from songnuan.documents.official import from_json
from songnuan.emergency.models import ReportPeriod, ReportSummary, SummaryStatus
from songnuan.emergency.report_queries import top_of
from songnuan.journeys.papers import kinds_of, paper
from songnuan.journeys.report_periods import period_name
from songnuan.journeys.report_settings import settings_of
from songnuan.journeys.report_summary import enter_report_receipt, make_report_summary, send_report_summary
from songnuan.web.situation_forms import ReceiptForm, SendForm
from songnuan.web.situation_page import is_office, sees
from songnuan.web.views.shared import Reader, only_posted, reader_of


@login_required
@never_cache
@require_safe
def situation_summary(request: HttpRequest, pk: int) -> HttpResponse:
    """Show the consolidated report of a period."""
    reader = reader_of(request)
    return _page(request, reader, _seen(reader, pk))


@login_required
@never_cache
@only_posted
def situation_make(request: HttpRequest, pk: int) -> HttpResponse:
    """Make the consolidated report as things stand now."""
    reader = reader_of(request)
    _seen(reader, pk)
    made = make_report_summary(period_id=pk, actor=reader.actor, at=reader.at)
    messages.success(request, _("%(number)s is made. Read it, then send it up.") % {"number": made.number})
    return redirect("situation_summary", pk)


@login_required
@never_cache
@only_posted
def situation_send(request: HttpRequest, pk: int, summary: int) -> HttpResponse:
    """Note that it was sent up."""
    reader = reader_of(request)
    period = _seen(reader, pk)
    form = SendForm(request.POST)
    if form.is_valid():
        with form.refusals():
            way = form.cleaned_data["way"]
            send_report_summary(summary_id=summary, way=way, actor=reader.actor, at=reader.at)
            messages.success(request, _("It is recorded as sent."))
            return redirect("situation_summary", pk)
    return _page(request, reader, period, send=form)


@login_required
@never_cache
@only_posted
def situation_receipt(request: HttpRequest, pk: int, summary: int) -> HttpResponse:
    """Enter the superior's receipt."""
    reader = reader_of(request)
    period = _seen(reader, pk)
    form = ReceiptForm(request.POST)
    if form.is_valid():
        with form.refusals():
            enter_report_receipt(summary_id=summary, receipt=form.receipt, actor=reader.actor, at=reader.at)
            messages.success(request, _("The receipt is entered."))
            return redirect("situation_summary", pk)
    return _page(request, reader, period, receipt=form)


@login_required
@never_cache
@require_safe
def situation_paper(request: HttpRequest, pk: int, summary: int, kind: str) -> HttpResponse:
    """Give one paper of a consolidated report."""
    period = _seen(reader_of(request), pk)
    row = ReportSummary.objects.filter(pk=summary, period=period).first()
    text = from_json(row.snapshot) if row else None
    if text is None or kind not in kinds_of(text):
        raise Http404
    made = paper(text, kind)
    disposition = content_disposition_header(True, made.name) or "attachment"
    return HttpResponse(
        made.content, content_type=made.media_type, headers={"Content-Disposition": disposition}
    )


def _seen(reader: Reader, pk: int) -> ReportPeriod:
    """Return a period of a plan that the reader sees as a whole.

    Raises:
        Http404: Without a word on whether it exists.

    """
    period = ReportPeriod.objects.select_related("measure__plan").filter(pk=pk).first()
    if period is None or not sees(reader, [period.measure.plan.unit_id]):
        raise Http404
    return period


def _page(
    request: HttpRequest,
    reader: Reader,
    period: ReportPeriod,
    *,
    send: SendForm | None = None,
    receipt: ReceiptForm | None = None,
) -> HttpResponse:
    measure = period.measure
    rows = ReportSummary.objects.filter(period=period).select_related(
        "made_by", "sent_by", "receipt_entered_by"
    )
    versions = list(rows.order_by("-version"))
    newest = versions[0] if versions else None
    text = from_json(newest.snapshot) if newest else None
    top = top_of(period.pk)
    office = is_office(reader, measure.plan)
    is_stale = newest is not None and top is not None and newest.changes != top.changes
    context = {
        "period": period,
        "plan": measure.plan,
        "measure": measure,
        "name": period_name(period, settings_of(measure).rhythm),
        "superior": settings_of(measure).superior,
        "superior_due": settings_of(measure).superior_due,
        "newest": newest,
        "older": versions[1:],
        "text": text,
        "kinds": _papers(kinds_of(text)) if text else [],
        "is_stale": is_stale,
        "top": top,
        "may_make": office
        and (newest is None or is_stale)
        and top is not None
        and (reader.at > period.due_at or not top.tally.lacking),
        "is_late": newest is not None and newest.status == SummaryStatus.MADE and reader.at > newest.due_at,
        "send": _form(
            send or SendForm(), office and newest is not None and newest.status == SummaryStatus.MADE
        ),
        "receipt": _form(
            receipt or ReceiptForm(initial={"received_at": reader.at}),
            office and newest is not None and newest.status == SummaryStatus.SENT,
        ),
    }
    wrong = any(form is not None and form.errors for form in (send, receipt))
    return render(request, "web/situation_summary.html", context, status=422 if wrong else 200)


def _form(form: SendForm | ReceiptForm, may: bool) -> SendForm | ReceiptForm | None:  # noqa: FBT001
    return form if may else None


def _papers(kinds: tuple[str, ...]) -> list[tuple[str, str]]:
    words = {"docx": _("Word"), "pdf": _("PDF"), "xlsx": _("Annex, Excel")}
    return [(kind, words[kind]) for kind in kinds]


urlpatterns: list[URLPattern] = [
    path("situation/periods/<int:pk>/summary/", situation_summary, name="situation_summary"),
    path("situation/periods/<int:pk>/summary/make/", situation_make, name="situation_make"),
    path("situation/periods/<int:pk>/summary/<int:summary>/send/", situation_send, name="situation_send"),
    path(
        "situation/periods/<int:pk>/summary/<int:summary>/receipt/",
        situation_receipt,
        name="situation_receipt",
    ),
    path(
        "situation/periods/<int:pk>/summary/<int:summary>/<slug:kind>/",
        situation_paper,
        name="situation_paper",
    ),
]
