"""The lists behind the figures of the epidemic office's board: every report, every problem."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import URLPattern, path
from django.views.decorators.http import require_safe

from songnuan.organisation.models import Unit
from songnuan.organisation.permissions import Permission
from songnuan.organisation.queries import refuse
from songnuan.plans.models import Plan, PlanStatus
from songnuan.plans.queries import visible_plans
from songnuan.tasks.models import TaskStatus
from songnuan.tasks.queries import TaskRow, of_plans
from songnuan.visits.models import Visit, VisitStatus
from songnuan.visits.queries import feed
from songnuan.web.office_board import reports_of
from songnuan.web.paging import after, before_of, page_of
from songnuan.web.views.problems import state_of
from songnuan.web.views.shared import PAGE, Reader, names_on, reader_of


def watched(reader: Reader) -> list[Plan]:
    """Return the plans under way, for who looks after their reports; others are refused.

    Who may see every visit under a plan, such as an approver, reads the reports as well.
    """
    plans = list(visible_plans(reader.actor, reader.at))
    if not reader.may(Permission.PROBLEM_CLOSE) and not reader.may(Permission.PLAN_OPEN):
        plans = [plan for plan in plans if reader.may(Permission.VISIT_VIEW, plan.unit_id)]
        # Who allows later days has the board in the menu, before there is any plan as well.
        if not plans and not reader.may(Permission.VISIT_ALLOW):
            refuse(Permission.PROBLEM_CLOSE)
    return [plan for plan in plans if plan.status == PlanStatus.OPEN]


@login_required
@require_safe
def office_reports(request: HttpRequest) -> HttpResponse:
    """List the reports as they came in, newest first: all, one lead's, or those that found something."""
    reader = reader_of(request)
    watched(reader)
    seen = reader.reach(Permission.VISIT_VIEW)
    made = Visit.objects.filter(status=VisitStatus.RECORDED, unit__in=seen.values("pk"))
    names = names_on(made.order_by().values_list("lead_id", flat=True).distinct(), reader.day)
    lead, failing = _chosen(request, "lead", names), request.GET.get("state") == "failed"
    leads = Unit.objects.filter(pk=lead) if lead else None
    found = feed(seen, before_of(request), PAGE + 1, leads=leads, failing=failing)
    rows, older = page_of(found, PAGE, lambda row: row.visit_id)
    shown = names_on((pk for row in rows for pk in (row.unit_id, row.lead_id)), reader.day)
    context = {
        "items": reports_of(rows, shown),
        "older": older,
        "choices": _choices(names, lead),
        "failing": failing,
        "is_filtered": bool(lead) or failing,
    }
    return render(request, "web/office_reports.html", context)


_STATES: Mapping[str, Callable[[TaskRow, date], bool]] = {
    "open": lambda row, _day: row.status == TaskStatus.OPEN,
    "overdue": lambda row, day: row.is_overdue(day),
    "closed": lambda row, _day: row.status == TaskStatus.DONE,
    "all": lambda _row, _day: True,
}


@login_required
@require_safe
def office_problems(request: HttpRequest) -> HttpResponse:
    """List the problems of a state, an owner, or a unit that raised them; open ones first, by due date."""
    reader = reader_of(request)
    titles = {plan.slug: plan.title for plan in watched(reader)}
    state = request.GET.get("state") or "open"
    if state not in _STATES:
        raise Http404
    seen = reader.reach_ids(Permission.VISIT_VIEW) | reader.reach_ids(Permission.PROBLEM_CLOSE)
    found = [row for row in of_plans(titles) if {row.unit_id, row.owner_id} & seen]
    names = names_on((pk for row in found for pk in (row.unit_id, row.owner_id)), reader.day)
    owners, units = ({pk: names[pk] for pk in ids} for ids in _sides(found))
    owner, unit = (_chosen(request, name, known) for name, known in (("owner", owners), ("unit", units)))
    chosen = [row for row in found if owner in {"", str(row.owner_id)} and unit in {"", str(row.unit_id)}]
    shown = [row for row in chosen if _STATES[state](row, reader.day)]
    is_closed = state == "closed"
    place = _closed_at if is_closed else _due_on
    shown.sort(key=place, reverse=is_closed)
    rest = after(shown, request.GET.get("before", ""), place, descending=is_closed)
    page, older = page_of(rest, PAGE, place)
    context = {
        "rows": [_line(row, names, titles, reader.day) for row in page],
        "older": older,
        "choices": _choices(owners, owner),
        "units": _choices(units, unit),
        "states": [
            {"id": name, "count": sum(holds(row, reader.day) for row in chosen), "current": name == state}
            for name, holds in _STATES.items()
        ],
        "state": state,
        "has_plans": len({row.plan_slug for row in found}) > 1,
    }
    return render(request, "web/office_problems.html", context)


def _due_on(row: TaskRow) -> str:
    """Return the place of a problem among those that stand by due date, open ones first."""
    return f"{row.status != TaskStatus.OPEN:d}-{row.due_on:%Y%m%d}-{row.task_id:012d}"


def _closed_at(row: TaskRow) -> str:
    """Return the place of a closed problem among those that stand by when they were closed."""
    return f"{row.done_at.timestamp() if row.done_at else 0:.6f}-{row.task_id:012d}"


def _sides(rows: Sequence[TaskRow]) -> tuple[set[int], set[int]]:
    """Return the units that answer for these problems, and those where they were raised."""
    return {row.owner_id for row in rows}, {row.unit_id for row in rows}


def _chosen(request: HttpRequest, name: str, known: Mapping[int, str]) -> str:
    """Return the unit that the list is to show only; "" for none, or one that has nothing in it."""
    asked = request.GET.get(name, "")
    return asked if asked in map(str, known) else ""


def _line(row: TaskRow, names: Mapping[int, str], titles: Mapping[str, str], day: date) -> dict[str, Any]:
    return {
        "row": row,
        "unit_name": names[row.unit_id],
        "owner_name": names[row.owner_id],
        "plan_title": titles[row.plan_slug],
        "state": state_of(row.status, overdue=row.due_on < day),
    }


def _choices(names: Mapping[int, str], chosen: str) -> list[dict[str, Any]]:
    return [{"id": pk, "name": name, "current": str(pk) == chosen} for pk, name in sorted(names.items())]


urlpatterns: list[URLPattern] = [
    path("office/reports/", office_reports, name="office_reports"),
    path("office/problems/", office_problems, name="office_problems"),
]
