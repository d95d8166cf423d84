"""Pages of the epidemic office: reports as they come in, and whom to chase."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from django.contrib.auth.decorators import login_not_required, login_required
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import URLPattern, path, reverse
from django.views.decorators.http import require_safe
from django_htmx.http import HttpResponseClientRefresh

from songnuan.kernel.clock import CHINA
from songnuan.organisation.permissions import Permission
from songnuan.plans.models import Measure, MeasureStatus, Plan
from songnuan.visits.kept import chased_on, chases
from songnuan.visits.leaders import of_plans
from songnuan.visits.models import VisitStatus
from songnuan.visits.queries import VisitRow, feed, of_measure
from songnuan.visits.rules import last_day
from songnuan.web.office_board import (
    Delays,
    OwnerLine,
    PaceLine,
    Report,
    delays_of,
    owner_lines,
    pace_lines,
    reports_of,
)
from songnuan.web.views import office_lists
from songnuan.web.views.leaders import Line, lines_of
from songnuan.web.views.shared import Reader, names_on, reader_of

# How soon after the visit its report is due, where the plan does not say.
_REPORT_HOURS = 24
# How many late visits stand above the reports; the others are one step away.
_CHASED = 6
_LEADERS = 3
_REPORTS = 10


@dataclass(frozen=True, slots=True)
class Chase:
    """One visit to ask after: `day` is that on which it was to be made, `days` how long ago that is.

    `unreported`: made on its day, its report would be overdue as well. `asked`: a later day waits. `chased`
    is how often the lead was reminded, `today` that it was today.
    """

    visit_id: int
    unit_name: str
    lead_name: str
    day: date
    days: int
    unreported: bool
    asked: bool
    chased: int
    today: bool


@dataclass(frozen=True, slots=True)
class Feed:
    """How the visits stand as of `at`; `unreported` are those of `late` whose report is overdue as well.

    `late_units` are the first of them, `lists` the addresses where all stand, by the title of their plan;
    `late_url` is that one where there is but one plan. `more`: `items` are the newest reports, others follow.
    `overdue_problems` are those of the open ones whose day is over; `leader_lists` the lists of leaders'
    visits by the title of their plan, `leaders` the latest of them.
    """

    at: datetime
    due: int
    visited: int
    late: int
    unreported: int
    open_problems: int
    items: list[Report]
    more: bool
    late_units: list[Chase]
    lists: dict[str, str]
    late_url: str
    overdue_problems: int
    paces: list[PaceLine]
    owners: list[OwnerLine]
    delays: Delays
    leaders: list[Line]
    leader_lists: dict[str, str]
    may_chase: bool
    may_record_leader: bool


@login_required
@require_safe
def office(request: HttpRequest) -> HttpResponse:
    """Show the reports as they come in."""
    return render(request, "web/office.html", _context(reader_of(request)))


@login_not_required  # it asks for the sign-in itself, in a way that does not put that page inside this one
@require_safe
def office_feed(request: HttpRequest) -> HttpResponse:
    """Give the page's middle again."""
    if not request.user.is_authenticated:
        is_script = "HX-Request" in request.headers
        return HttpResponseClientRefresh() if is_script else redirect_to_login(request.get_full_path())
    return render(request, "web/parts/feed.html", _context(reader_of(request)))


def _context(reader: Reader) -> dict[str, Any]:
    plans = office_lists.watched(reader)
    visited = Measure.objects.filter(plan__in=plans, kind="unit_visits").values_list("plan_id", flat=True)
    named = [plan for plan in plans if plan.pk in set(visited)]
    return {"feed": _feed(reader, plans), "plan": named[0] if len(named) == 1 else None}


def _feed(reader: Reader, plans: list[Plan]) -> Feed:
    kinds = ("unit_visits", "visit_reports", "leader_visits")
    asked_for = Measure.objects.filter(plan__in=plans, kind__in=kinds).exclude(status=MeasureStatus.CLOSED)
    measures = list(asked_for.select_related("plan"))
    hours = {
        row.plan_id: int(row.settings["within_hours"]) for row in measures if row.kind == "visit_reports"
    }
    seen = reader.reach(Permission.VISIT_VIEW)
    seen_ids = set(seen.values_list("pk", flat=True))
    came = feed(seen, limit=_REPORTS + 1)
    more, came = len(came) > _REPORTS, came[:_REPORTS]
    rows: list[VisitRow] = []
    unreported: set[int] = set()
    lists: dict[str, str] = {}
    for measure in measures:
        if measure.kind == "unit_visits":
            own = [row for row in of_measure(measure.pk, reader.day) if row.unit_id in seen_ids]
            limit = timedelta(hours=hours.get(measure.plan_id, _REPORT_HOURS))
            rows += own
            unreported |= {row.visit_id for row in own if _is_unreported(row, reader.at - limit)}
            if any(row.overdue for row in own):
                lists[measure.plan.title] = reverse("pairing", args=(measure.plan.slug,)) + "?state=overdue"
    late = sorted((row for row in rows if row.overdue), key=lambda row: (_day(row), row.visit_id))
    named = {(row.unit_id, row.lead_id) for row in came} | {(row.unit_id, row.lead_id) for row in late}
    names = names_on((pk for pair in named for pk in pair), reader.day)
    owners = owner_lines(plans, reader.day)
    return Feed(
        at=reader.at,
        due=len(rows),
        visited=sum(row.status == VisitStatus.RECORDED for row in rows),
        late=len(late),
        unreported=len(unreported),
        open_problems=sum(owner.open for owner in owners),
        more=more,
        items=reports_of(came, names, measures),
        late_units=_chases(late[:_CHASED], names, reader.day, unreported),
        lists=lists if len(late) > _CHASED else {},
        late_url=next(iter(lists.values())) if len(lists) == 1 else "",
        overdue_problems=sum(owner.overdue for owner in owners),
        paces=pace_lines([row for row in measures if row.kind == "unit_visits"], reader.day),
        owners=owners,
        delays=delays_of(plans, seen_ids, reader.day),
        leaders=lines_of(of_plans([plan.pk for plan in plans], withdrawn=False, limit=_LEADERS), reader),
        leader_lists={
            row.plan.title: reverse("leader_visits", args=(row.plan.slug,))
            for row in measures
            if row.kind == "leader_visits"
        },
        may_chase=reader.may(Permission.VISIT_CHASE),
        may_record_leader=reader.may(Permission.LEADER_VISIT_RECORD),
    )


def _day(row: VisitRow) -> date:
    """Return the day that a visit to do has missed: its own, or the deadline."""
    return last_day(row.planned_on, row.due_on)


def _is_unreported(row: VisitRow, before: datetime) -> bool:
    """Return whether the visit, made on its day, would have had to be reported by now."""
    end = datetime.combine(_day(row) + timedelta(days=1), time.min, CHINA)
    return row.overdue and end <= before


def _chases(
    rows: Sequence[VisitRow], names: Mapping[int, str], today: date, unreported: Collection[int]
) -> list[Chase]:
    ids = [row.visit_id for row in rows]
    often, lately = chases(ids), chased_on(ids, today)
    return [
        Chase(
            visit_id=row.visit_id,
            unit_name=names[row.unit_id],
            lead_name=names[row.lead_id],
            day=_day(row),
            days=(today - _day(row)).days,
            unreported=row.visit_id in unreported,
            asked=row.asked_on is not None,
            chased=often.get(row.visit_id, 0),
            today=row.visit_id in lately,
        )
        for row in rows
    ]


urlpatterns: list[URLPattern] = [
    path("office/", office, name="office"),
    path("office/feed/", office_feed, name="office_feed"),
    *office_lists.urlpatterns,
]
