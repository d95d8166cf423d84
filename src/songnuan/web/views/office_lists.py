"""The lists behind the figures of the epidemic office's board: every report, every open problem."""

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import URLPattern, path
from django.views.decorators.http import require_safe

from songnuan.organisation.models import Unit
from songnuan.organisation.permissions import Permission
from songnuan.organisation.queries import refuse
from songnuan.plans.models import Plan, PlanStatus
from songnuan.plans.queries import visible_plans
from songnuan.tasks.queries import open_of_plans
from songnuan.visits.models import Visit, VisitStatus
from songnuan.visits.queries import feed
from songnuan.web.office_board import report_of
from songnuan.web.paging import before_of, page_of
from songnuan.web.views.shared import PAGE, Reader, names_on, reader_of


def watched(reader: Reader) -> list[Plan]:
    """Return the plans under way, for who looks after their reports; others are refused."""
    if not reader.may(Permission.PROBLEM_CLOSE) and not reader.may(Permission.PLAN_OPEN):
        refuse(Permission.PROBLEM_CLOSE)
    return list(visible_plans(reader.actor, reader.at).filter(status=PlanStatus.OPEN))


@login_required
@require_safe
def office_reports(request: HttpRequest) -> HttpResponse:
    """List the reports as they came in, newest first, all or one lead's."""
    reader = reader_of(request)
    watched(reader)
    seen = reader.reach(Permission.VISIT_VIEW)
    made = Visit.objects.filter(status=VisitStatus.RECORDED, unit__in=seen.values("pk"))
    names = names_on(made.order_by().values_list("lead_id", flat=True).distinct(), reader.day)
    lead = request.GET.get("lead", "")
    lead = lead if lead in map(str, names) else ""
    leads = Unit.objects.filter(pk=lead) if lead else None
    found = feed(seen, before_of(request), PAGE + 1, leads=leads)
    rows, older = page_of(found, PAGE, lambda row: row.visit_id)
    shown = names_on((pk for row in rows for pk in (row.unit_id, row.lead_id)), reader.day)
    context = {
        "items": [report_of(row, shown) for row in rows],
        "older": older,
        "choices": _choices(names, lead),
        "is_filtered": bool(lead),
    }
    return render(request, "web/office_reports.html", context)


@login_required
@require_safe
def office_problems(request: HttpRequest) -> HttpResponse:
    """List the open problems by their due date, all, one owner's, or those that are overdue."""
    reader = reader_of(request)
    plans = watched(reader)
    titles = {plan.slug: plan.title for plan in plans}
    seen = reader.reach_ids(Permission.VISIT_VIEW) | reader.reach_ids(Permission.PROBLEM_CLOSE)
    found = [row for row in open_of_plans(titles) if {row.unit_id, row.owner_id} & seen]
    names = names_on((pk for row in found for pk in (row.unit_id, row.owner_id)), reader.day)
    owners = {row.owner_id: names[row.owner_id] for row in found}
    owner, state = request.GET.get("owner", ""), request.GET.get("state", "")
    owner = owner if owner in map(str, owners) else ""
    rows = [
        {
            "row": row,
            "unit_name": names[row.unit_id],
            "owner_name": names[row.owner_id],
            "plan_title": titles[row.plan_slug],
            "state": "late" if row.is_overdue(reader.day) else "on_time",
        }
        for row in found
        if owner in {"", str(row.owner_id)} and (state != "overdue" or row.is_overdue(reader.day))
    ]
    context = {
        "rows": rows,
        "choices": _choices(owners, owner),
        "is_overdue": state == "overdue",
        "is_filtered": bool(owner) or state == "overdue",
        "has_plans": len({row.plan_slug for row in found}) > 1,
    }
    return render(request, "web/office_problems.html", context)


def _choices(names: dict[int, str], chosen: str) -> list[dict[str, Any]]:
    return [{"id": pk, "name": name, "current": str(pk) == chosen} for pk, name in sorted(names.items())]


urlpatterns: list[URLPattern] = [
    path("office/reports/", office_reports, name="office_reports"),
    path("office/problems/", office_problems, name="office_problems"),
]
