"""Goods out of the store for a need of a family: what goes out, and who of the family signs for it."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import URLPattern, path
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from songnuan.casework.case_access import require_managing
from songnuan.casework.case_rules import printed_need
from songnuan.goods.queries import times_of
from songnuan.journeys.issue_for_need import issue_for_need
from songnuan.web.case_page import family_rows
from songnuan.web.donation_forms import IssueForm
from songnuan.web.views.family_needs import need_seen
from songnuan.web.views.issues import givable
from songnuan.web.views.shared import key_of, reader_of, was_received
from songnuan.web.views.stock import COUNT_FIRST, is_blind


@login_required
@never_cache
def family_goods(request: HttpRequest, pk: int) -> HttpResponse:
    """Give goods for a need."""
    reader = reader_of(request)
    need, _reach = need_seen(reader, pk)
    plan = need.case.plan
    require_managing(plan, reader.actor, reader.at)
    [family] = family_rows([need.case], reader.day)
    # What is posted twice names goods that may be used up by then: it is still read as the first time.
    there = givable(plan, reader, is_read_again=request.method == "POST")
    units, times = [(need.case.unit_id, family.unit)], times_of(plan, reader.actor, reader.at)
    context = {
        "plan": plan,
        "need": need,
        "family": family,
        "number": printed_need(need.case.number, need.number),
        "blind": is_blind(reader, plan),
    }
    if request.method != "POST":
        given = {"happened_on": reader.day, "unit": need.case.unit_id}
        return _page(request, context, IssueForm(there, units, times, initial=given))
    form = IssueForm(there, units, times, request.POST)
    if context["blind"] and not was_received(request):
        # A refusal would tell what the books say.
        form.add_error(None, COUNT_FIRST)
    if form.is_valid():
        told = form.cleaned_data
        with form.refusals():
            issue_for_need(
                need_id=pk,
                packs=form.packs,
                happened_on=told["happened_on"],
                handing=form.handing,
                signature=form.drawn,
                reason_late=told["reason_late"],
                key=key_of(request),
                actor=reader.actor,
                at=reader.at,
            )
            messages.success(request, _("The goods are booked out of the store."))
            return redirect("family_need", pk)
    return _page(request, context, form)


def _page(request: HttpRequest, context: dict[str, object], form: IssueForm) -> HttpResponse:
    status = 422 if form.errors else 200
    return render(request, "web/family_goods.html", {**context, "form": form}, status=status)


urlpatterns: list[URLPattern] = [path("families/needs/<int:pk>/goods/", family_goods, name="family_goods")]
