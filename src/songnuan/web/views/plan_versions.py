"""Pages of a plan's versions: their list, and two of them side by side."""

from dataclasses import dataclass
from datetime import datetime

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import URLPattern, path
from django.views.decorators.http import require_safe

from songnuan.organisation.permissions import Permission
from songnuan.plans.comparing import Comparison, compare
from songnuan.plans.models import Plan, PlanStatus, PlanVersion
from songnuan.plans.queries import in_force, version_of, versions
from songnuan.plans.versions import text_of
from songnuan.web.views.shared import Reader, plan_seen, reader_of

_BEFORE_OPENING = frozenset({PlanStatus.DRAFT, PlanStatus.SUBMITTED, PlanStatus.APPROVED})
_WRITERS = (Permission.PLAN_WRITE, Permission.PLAN_APPROVE, Permission.PLAN_OPEN)


@dataclass(frozen=True, slots=True)
class VersionLine:
    """One version in the list; `before` is the one to compare it with, `since` when it came into force."""

    number: int
    at: datetime
    by: str
    before: int | None
    is_current: bool
    since: datetime | None


def seen_numbers(reader: Reader, plan: Plan) -> set[int]:
    """Return the numbers of the versions the reader may read: all, or those that were ever in force.

    What an amendment tries out is for those who write, approve and open; whoever carries the plan out goes
    by what is in force.
    """
    told = set(versions(plan).values_list("number", flat=True))
    if plan.status in _BEFORE_OPENING or any(reader.may(right, plan.unit_id) for right in _WRITERS):
        return told
    amended = in_force(plan)
    return told & ({plan.version} | {row.base for row in amended} | {row.version for row in amended})


@login_required
@require_safe
def plan_versions(request: HttpRequest, slug: str) -> HttpResponse:
    """List the versions, the latest first."""
    reader = reader_of(request)
    plan = plan_seen(reader, slug)
    told = seen_numbers(reader, plan)
    since = {row.version: row.ended_at for row in in_force(plan)}
    rows = list(versions(plan).filter(number__in=told).select_related("created_by"))
    lines = [
        VersionLine(
            number=row.number,
            at=row.created_at,
            by=row.created_by.name if row.created_by else "",
            before=rows[place + 1].number if place + 1 < len(rows) else None,
            is_current=row.number == plan.version,
            since=since.get(row.number),
        )
        for place, row in enumerate(rows)
    ]
    return render(request, "web/plan_versions.html", {"plan": plan, "versions": lines})


@login_required
@require_safe
def plan_compare(request: HttpRequest, slug: str) -> HttpResponse:
    """Show what differs between two versions."""
    reader = reader_of(request)
    plan = plan_seen(reader, slug)
    old, new = (_wanted(request, reader, plan, name) for name in ("a", "b"))
    context = {"plan": plan, "old": old, "new": new, "comparison": comparison_of(old, new)}
    return render(request, "web/plan_compare.html", context)


def comparison_of(old: PlanVersion, new: PlanVersion) -> Comparison:
    """Return how two versions differ."""
    return compare(text_of(old.source), text_of(new.source))


def _wanted(request: HttpRequest, reader: Reader, plan: Plan, name: str) -> PlanVersion:
    """Return the version that the address names.

    Raises:
        Http404: When there is none that the reader may read.

    """
    told = request.GET.get(name, "")
    number = int(told) if told.isascii() and told.isdigit() and len(told) < 10 else 0
    version = version_of(plan, number) if number in seen_numbers(reader, plan) else None
    if version is None:
        raise Http404
    return version


urlpatterns: list[URLPattern] = [
    path("plans/<slug:slug>/versions/", plan_versions, name="plan_versions"),
    path("plans/<slug:slug>/compare/", plan_compare, name="plan_compare"),
]
