"""The form with which a problem is added to a visit whose report was sent."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import URLPattern, path
from django.utils.translation import gettext as _

from songnuan.journeys.add_problem import add_problem
from songnuan.journeys.record_visit import Problem
from songnuan.organisation.permissions import Permission
from songnuan.organisation.queries import refuse
from songnuan.plans.models import Plan
from songnuan.visits.access import may_add_problem
from songnuan.visits.checklist import texts_asked
from songnuan.visits.models import Result, VisitStatus
from songnuan.visits.queries import VisitDetail
from songnuan.web.problem_form import ProblemForm, owners_of, title_of_item
from songnuan.web.views.shared import key_of, names_on, reader_of
from songnuan.web.visit_page import seen


@login_required
def visit_problem(request: HttpRequest, pk: int) -> HttpResponse:
    """Show the form, opened with an item of the inspection where one is named, and add what was posted."""
    reader = reader_of(request)
    found = seen(reader, pk)
    if not may_add_problem(reader.actor, unit_id=found.unit_id, lead_id=found.lead_id, at=reader.at):
        refuse(Permission.VISIT_RECORD, unit_id=found.lead_id)
    if found.status != VisitStatus.RECORDED:
        return redirect("visit", pk)
    plan = Plan.objects.get(slug=found.plan_slug)
    owners = owners_of(reader, plan, found.lead_id)
    if request.method == "POST":
        form = ProblemForm(request.POST, owners=owners)
        if form.is_valid():
            with form.refusals():
                told = form.cleaned_data
                raised = Problem(told["title"], told["owner"], told["answer"])
                key = key_of(request)
                add_problem(visit_id=pk, problem=raised, key=key, actor=reader.actor, at=reader.at)
                messages.success(request, _("The problem stands with the visit, and its owner is told."))
                return redirect("visit", pk)
    else:
        initial = {"title": _item(found, plan, request.GET.get("item", ""))}
        form = ProblemForm(owners=owners, initial=initial)
    context: dict[str, Any] = {
        "visit_id": pk,
        "happened_at": found.happened_at,
        "unit_name": names_on([found.unit_id], reader.day)[found.unit_id],
        "form": form,
    }
    return render(request, "web/visit_problem.html", context, status=422 if form.errors else 200)


def _item(found: VisitDetail, plan: Plan, key: str) -> str:
    """Return the title for an item that does not comply; "" for any other."""
    texts = texts_asked(plan.pk)
    for answer in found.inspection:
        if answer.item_key == key and answer.result == Result.FAIL:
            return title_of_item(texts.get(key, key), answer.note)
    return ""


urlpatterns: list[URLPattern] = [
    path("visits/<int:pk>/problem/", visit_problem, name="visit_problem"),
]
