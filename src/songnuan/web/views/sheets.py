"""Papers of a plan to print, fill in and sign: the list of them, and one as a file."""

from collections.abc import Callable

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.core.exceptions import BadRequest
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from songnuan.documents.sheet_pdf import missing_here
from songnuan.journeys.make_sheets import make_sheets
from songnuan.journeys.sheet_files import FORMS, sheet_file
from songnuan.kernel.refusal import NotPermitted, Refusal
from songnuan.plans.models import Plan
from songnuan.web.counting import taken
from songnuan.web.opening import saved
from songnuan.web.sheet_form import STORE, Offer, SheetForm, form_of, kinds_for
from songnuan.web.views.shared import Reader, only_posted, plan_seen, reader_of
from songnuan.web.views.stock import is_blind
from songnuan.web.visit_page import seen


@login_required
@require_safe
def sheets(request: HttpRequest, slug: str) -> HttpResponse:
    """List the papers of a plan that the reader may make."""
    reader = reader_of(request)
    return _page(request, reader, plan_seen(reader, slug))


@login_required
@only_posted
def sheet(request: HttpRequest, slug: str, kind: str) -> HttpResponse:
    """Make a paper and hand it out as a file."""
    reader = reader_of(request)
    plan = plan_seen(reader, slug)
    if kind not in kinds_for(reader, plan):
        raise Http404
    wanted = request.POST.get("form", "")
    if wanted not in FORMS:
        raise BadRequest("a paper is made as one of the files that are offered")
    form = form_of(reader, plan, kind, request.POST)
    if not form.is_valid():
        return _page(request, reader, plan, (kind, form))
    if kind == STORE and is_blind(reader, plan):
        sentence = _(
            "You are counting this store. Until the count is handed in, this paper is not made for you."
        )
        form.refuse(Refusal("count_running", sentence))
        return _page(request, reader, plan, (kind, form))
    order = form.order(kind, slug)
    if order.visit_id is not None:
        seen(reader, order.visit_id)
    try:
        papers = make_sheets(order=order, address=_address(request), actor=reader.actor, at=reader.at)
        made = sheet_file(papers, wanted)
    except NotPermitted:
        raise
    except Refusal as refusal:
        form.refuse(refusal)
        return _page(request, reader, plan, (kind, form))
    taken()
    return saved(made.content, made.name, made.media_type)


def _address(request: HttpRequest) -> Callable[[int], str]:
    site = settings.SITE_URL or f"{request.scheme}://{request.get_host()}"
    return lambda visit_id: f"{site}{reverse('visit_record', args=(visit_id,))}"


def _page(
    request: HttpRequest, reader: Reader, plan: Plan, tried: tuple[str, SheetForm] | None = None
) -> HttpResponse:
    """Show the list; `tried` is the form that could not be taken."""
    wrong = dict([tried]) if tried else {}
    offers = [
        Offer(key, kind.label, kind.about, wrong.get(key) or form_of(reader, plan, key))
        for key, kind in kinds_for(reader, plan).items()
    ]
    context = {"plan": plan, "offers": offers, "missing_fonts": missing_here()}
    return render(request, "web/sheets.html", context, status=422 if tried else 200)


urlpatterns: list[URLPattern] = [
    path("plans/<slug:slug>/sheets/", sheets, name="sheets"),
    path("plans/<slug:slug>/sheets/<slug:kind>/", sheet, name="sheet"),
]
