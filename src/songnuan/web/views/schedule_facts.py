"""What a plan's schedule goes by: its settings, the teams of the lead offices, the hours of units."""

from dataclasses import dataclass

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import URLPattern, path
from django.utils.translation import gettext as _

from songnuan.journeys.end_visit_team import end_visit_team
from songnuan.journeys.set_unit_hours import set_unit_hours
from songnuan.journeys.set_visit_team import set_visit_team
from songnuan.journeys.settle_schedule import settle_schedule
from songnuan.organisation.permissions import Permission
from songnuan.organisation.queries import pairs, refuse
from songnuan.plans.models import Plan
from songnuan.visits.access import colleagues
from songnuan.visits.models import TeamCar, UnitHours
from songnuan.visits.schedule_queries import TeamView, districts_of, hours_of, leads_of, settings_of, teams_of
from songnuan.visits.scheduling.problem import Hours
from songnuan.web.schedule_forms import HoursForm, TeamForm, UsualForm, days_words
from songnuan.web.views.shared import Reader, names_on, plan_seen, reader_of
from songnuan.web.visit_page import units_on


@dataclass(frozen=True, slots=True)
class LeadLine:
    """A lead office with its teams; those it goes by without any are `is_usual`."""

    lead_id: int
    name: str
    teams: list[TeamView]

    @property
    def is_usual(self) -> bool:
        """Whether nobody named a team: the lead goes as one."""
        return self.teams[0].pk is None


@dataclass(frozen=True, slots=True)
class UnitLine:
    """A unit to be visited: its district and hours; `is_own` where they are not the plan's."""

    unit_id: int
    name: str
    lead_name: str
    district: str
    days: str
    hours: Hours
    is_own: bool


@login_required
def schedule_facts(request: HttpRequest, slug: str) -> HttpResponse:
    """Show what the schedule goes by; a POST sets what holds for the whole plan."""
    reader = reader_of(request)
    plan, mine = _arranged(reader, slug)
    may_settle = reader.may(Permission.VISIT_SCHEDULE, plan.unit_id)
    known = settings_of(plan.pk)
    form = UsualForm.of(known)
    status = 200
    if request.method == "POST":
        if not may_settle:
            refuse(Permission.VISIT_SCHEDULE, unit_id=plan.unit_id)
        form = UsualForm(request.POST)
        if form.is_valid():
            with form.refusals():
                settle_schedule(plan_id=plan.pk, usual=form.usual(), actor=reader.actor, at=reader.at)
                messages.success(request, _("The settings are kept. They hold for the next proposal."))
                return redirect("schedule_facts", slug)
        status = 422
    names = names_on(mine, reader.day)
    ordered = {pk: names[pk] for pk in sorted(mine)}
    teams = teams_of(plan.pk, ordered)
    context = {
        "plan": plan,
        "form": form if may_settle else None,
        "usual": known,
        "leads": [
            LeadLine(pk, name, [team for team in teams if team.lead_id == pk]) for pk, name in ordered.items()
        ],
        "cars": dict(TeamCar.choices),
        "units": _units(reader, plan, mine),
    }
    return render(request, "web/schedule_facts.html", context, status=status)


def _arranged(reader: Reader, slug: str) -> tuple[Plan, frozenset[int]]:
    """Return the plan and the lead offices that the reader arranges.

    Raises:
        NotPermitted: The reader arranges none.

    """
    plan = plan_seen(reader, slug)
    mine = leads_of(plan.pk, reader.actor, reader.at)
    if not mine:
        refuse(Permission.VISIT_SCHEDULE, unit_id=plan.unit_id)
    return plan, mine


def _units(reader: Reader, plan: Plan, mine: frozenset[int]) -> list[UnitLine]:
    rows = [pair for pair in pairs(plan.slug, reader.day) if pair.lead_id in mine]
    ids = {pair.unit_id for pair in rows}
    units, hours = units_on(ids, reader.day), hours_of(ids, settings_of(plan.pk))
    own = set(UnitHours.objects.filter(unit__in=ids).values_list("unit_id", flat=True))
    return [
        UnitLine(
            unit_id=pair.unit_id,
            name=pair.unit_name,
            lead_name=pair.lead_name,
            district=units[pair.unit_id].district,
            days=days_words(hours[pair.unit_id]),
            hours=hours[pair.unit_id],
            is_own=pair.unit_id in own,
        )
        for pair in rows
    ]


# Teams -------------------------------------------------------------------------------------------


@login_required
def team_new(request: HttpRequest, slug: str, unit_id: int) -> HttpResponse:
    """Add a team to a lead office."""
    reader = reader_of(request)
    plan, mine = _arranged(reader, slug)
    if unit_id not in mine:
        raise Http404
    return _team_page(request, reader, plan, unit_id, None)


@login_required
def team(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Change a team, or take it away."""
    reader = reader_of(request)
    plan, mine = _arranged(reader, slug)
    names = names_on(mine, reader.day)
    found = next((one for one in teams_of(plan.pk, names) if one.pk == pk), None)
    if found is None:
        raise Http404
    if request.method == "POST" and request.POST.get("act") == "end":
        end_visit_team(team_id=pk, actor=reader.actor, at=reader.at)
        messages.success(request, _("The team is gone; its visits keep their day."))
        return redirect("schedule_facts", slug)
    return _team_page(request, reader, plan, found.lead_id, found)


def _team_page(
    request: HttpRequest, reader: Reader, plan: Plan, lead_id: int, found: TeamView | None
) -> HttpResponse:
    people = {user.pk: user.name for user in colleagues(lead_id, reader.day).filter(is_active=True)}
    lead_name = names_on({lead_id}, reader.day)[lead_id]
    usual = teams_of(plan.pk, {lead_id: lead_name})
    fresh = TeamForm.initial_of(usual[0]) | {"name": "", "members": []}
    own, known = districts_of(plan.slug, lead_id, reader.day)
    districts = sorted({*known, own} - {""}) if known else []
    form = TeamForm(
        people=people, districts=districts, initial=TeamForm.initial_of(found) if found else fresh
    )
    status = 200
    if request.method == "POST":
        form, status = TeamForm(request.POST, people=people, districts=districts), 422
        if form.is_valid():
            with form.refusals():
                set_visit_team(
                    plan_id=plan.pk,
                    lead_id=lead_id,
                    team_id=found.pk if found else None,
                    draft=form.draft(),
                    actor=reader.actor,
                    at=reader.at,
                )
                messages.success(request, _("The team is kept."))
                return redirect("schedule_facts", plan.slug)
    context = {
        "plan": plan,
        "form": form,
        "team": found,
        "lead_name": lead_name,
        "is_first": found is None and usual[0].pk is None,
    }
    return render(request, "web/schedule_team.html", context, status=status)


# Units -------------------------------------------------------------------------------------------


@login_required
def unit_hours(request: HttpRequest, slug: str, unit_id: int) -> HttpResponse:
    """Say when a unit may be visited and in which district it lies."""
    reader = reader_of(request)
    plan, mine = _arranged(reader, slug)
    line = next((one for one in _units(reader, plan, mine) if one.unit_id == unit_id), None)
    if line is None:
        raise Http404
    may_district = reader.may(Permission.UNIT_IMPORT, unit_id)
    initial = {
        "weekdays": [str(day) for day in sorted(line.hours.weekdays)] if line.is_own else [],
        "opens": line.hours.opens,
        "closes": line.hours.closes,
        "district": line.district,
    }
    form, status = HoursForm(initial=initial), 200
    if request.method == "POST":
        form, status = HoursForm(request.POST), 422
    if not may_district:
        del form.fields["district"]
    if request.method == "POST" and form.is_valid():
        told = form.cleaned_data
        with form.refusals():
            set_unit_hours(
                plan_id=plan.pk,
                unit_id=unit_id,
                weekdays=[int(day) for day in told["weekdays"]],
                opens=told["opens"],
                closes=told["closes"],
                district=told.get("district"),
                actor=reader.actor,
                at=reader.at,
            )
            messages.success(request, _("The unit's hours are kept. They hold for the next proposal."))
            return redirect("schedule_facts", slug)
    context = {"plan": plan, "form": form, "unit": line}
    return render(request, "web/schedule_unit.html", context, status=status)


_PLAN = "plans/<slug:slug>/schedule"
urlpatterns: list[URLPattern] = [
    path(f"{_PLAN}/facts/", schedule_facts, name="schedule_facts"),
    path(f"{_PLAN}/leads/<int:unit_id>/team/", team_new, name="schedule_team_new"),
    path(f"{_PLAN}/teams/<int:pk>/", team, name="schedule_team"),
    path(f"{_PLAN}/units/<int:unit_id>/", unit_hours, name="schedule_unit"),
]
