"""The plan's annex: each unit with its lead and how its visit stands, looked through by lead and by state."""

from dataclasses import dataclass, replace
from datetime import date, datetime

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import URLPattern, path
from django.views.decorators.http import require_safe

from songnuan.organisation.permissions import Permission
from songnuan.organisation.queries import Pair, pairs
from songnuan.plans.models import Measure, MeasureStatus, Plan
from songnuan.visits.kept import chased_on, chases
from songnuan.visits.owed import owed
from songnuan.visits.queries import VisitRow, of_measure
from songnuan.web.views.shared import Reader, plan_seen, reader_of
from songnuan.web.visit_states import FILTERS, filter_words, state_of


@dataclass(frozen=True, slots=True)
class PairLine:
    """One row of the pairing table, and how its visit stands; `visit_id` where the reader may look.

    `asked_on` is a later day that waits to be allowed; `found_by` are the filters that show the row. `chased`
    is how often the lead was reminded, `chased_today` that it was today.
    """

    unit_name: str
    category: str
    compound: str
    staff_count: int | None
    lead_id: int
    lead_name: str
    planned_on: date | None
    start: int | None
    team_name: str
    asked_on: date | None
    state: str
    state_label: str
    happened_at: datetime | None
    visit_id: int | None
    found_by: frozenset[str]
    chased: int = 0
    chased_today: bool = False

    @property
    def is_late(self) -> bool:
        """Whether its lead may be reminded of it."""
        return self.visit_id is not None and "overdue" in self.found_by


@login_required
@require_safe
def pairing(request: HttpRequest, slug: str) -> HttpResponse:
    """Show the pairing table, all of it, one lead's, or what stands in one state."""
    reader = reader_of(request)
    plan = plan_seen(reader, slug)
    rows = _lines(reader, plan)
    leads = {str(pk): name for pk, name in sorted({(row.lead_id, row.lead_name) for row in rows})}
    states = filter_words()
    lead, state = request.GET.get("lead", ""), request.GET.get("state", "")
    lead, state = lead if lead in leads else "", state if state in states else ""
    of_lead = [row for row in rows if lead in {"", str(row.lead_id)}]
    context = {
        "plan": plan,
        "pairs": [row for row in of_lead if not state or state in row.found_by],
        "is_filtered": bool(lead or state),
        "units": len(of_lead),
        "leads": len({row.lead_id for row in of_lead}),
        "visited": sum("visited" in row.found_by for row in of_lead),
        "overdue": sum("overdue" in row.found_by for row in of_lead),
        "unplanned": sum("undated" in row.found_by for row in of_lead),
        "lead_choices": [{"id": pk, "name": name, "current": lead == pk} for pk, name in leads.items()],
        "state_choices": [
            {
                "id": key,
                "name": word,
                "current": state == key,
                "count": sum(key in row.found_by for row in of_lead),
            }
            for key, word in states.items()
        ],
        "lead": lead,
        "state": state,
        "may_chase": reader.may(Permission.VISIT_CHASE, plan.unit_id),
        "may_view_visits": reader.may(Permission.VISIT_VIEW),
    }
    return render(request, "web/pairing.html", context)


def _lines(reader: Reader, plan: Plan) -> list[PairLine]:
    of_plan = Measure.objects.filter(plan=plan, kind="unit_visits").order_by("position")
    # Visits that were closed give way to those that took their place.
    measure = min(of_plan, key=lambda row: row.status == MeasureStatus.CLOSED, default=None)
    visits = {row.unit_id: row for row in of_measure(measure.pk, reader.day)} if measure else {}
    lacking = {row.visit_id for row in owed([measure])} if measure else set()
    seen = reader.reach_ids(Permission.VISIT_VIEW)
    found = [
        _line(pair, visits.get(pair.unit_id), lacking, may_look=pair.unit_id in seen)
        for pair in pairs(plan.slug, reader.day)
    ]
    late = [row.visit_id for row in found if row.visit_id is not None and row.is_late]
    often, lately = chases(late), chased_on(late, reader.day)
    return [
        replace(row, chased=often.get(row.visit_id, 0), chased_today=row.visit_id in lately)
        if row.visit_id is not None and row.is_late
        else row
        for row in found
    ]


def _line(pair: Pair, visit: VisitRow | None, lacking: set[int], *, may_look: bool) -> PairLine:
    state, label = state_of(visit)
    found_by = {key for key, holds in FILTERS.items() if visit and holds(visit)}
    if visit and visit.visit_id in lacking:
        found_by.add("owed")
    return PairLine(
        unit_name=pair.unit_name,
        category=pair.category,
        compound=pair.compound,
        staff_count=pair.staff_count,
        lead_id=pair.lead_id,
        lead_name=pair.lead_name,
        planned_on=visit.planned_on if visit else pair.planned_on,
        start=visit.start if visit else None,
        team_name=visit.team_name if visit else "",
        asked_on=visit.asked_on if visit else None,
        state=state,
        state_label=label,
        happened_at=visit.happened_at if visit else None,
        visit_id=visit.visit_id if visit and may_look else None,
        found_by=frozenset(found_by),
    )


urlpatterns: list[URLPattern] = [path("plans/<slug:slug>/units/", pairing, name="pairing")]
