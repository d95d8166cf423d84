"""One visit set by hand: its day, its time, its team, and what that would break."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import NON_FIELD_ERRORS
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import URLPattern, path
from django.utils.translation import gettext as _

from songnuan.journeys.place_visit import place_visit
from songnuan.organisation.permissions import Permission
from songnuan.organisation.queries import refuse
from songnuan.plans.models import Measure, Plan
from songnuan.visits.day_rules import in_time_of_day, in_time_to_place
from songnuan.visits.models import Visit, VisitStatus
from songnuan.visits.queries import VisitDetail
from songnuan.visits.schedule_queries import arrangement, hours_of, key_of, settings_of, team_of, teams_of
from songnuan.visits.scheduling.problem import Spot
from songnuan.visits.scheduling.words import broken_words
from songnuan.web.schedule_forms import MoveForm, hours_words, span_words
from songnuan.web.views.shared import Reader, names_on, reader_of
from songnuan.web.visit_page import may_set_day, seen


@login_required
def visit_move(request: HttpRequest, pk: int) -> HttpResponse:
    """Put one visit on a day, at a time, with a team; what that breaks is shown before anything is saved."""
    reader = reader_of(request)
    found = seen(reader, pk)
    if not reader.may(Permission.VISIT_SCHEDULE, found.lead_id):
        refuse(Permission.VISIT_SCHEDULE, unit_id=found.lead_id)
    if found.status == VisitStatus.RECORDED:
        messages.info(request, _("This visit is made already: it is not set any more."))
        return redirect("visit", pk)
    visit = Visit.objects.select_related("measure__plan").get(pk=pk)
    lead = names_on({found.lead_id}, reader.day)
    teams = {team.key: team.name for team in teams_of(visit.measure.plan_id, lead)}
    if request.method != "POST":
        return _move_page(request, reader, found, _move_form(found, teams), [])
    form = MoveForm(request.POST, teams=teams)
    is_whole = form.is_valid()
    if not _in_time(form, found, reader) or not is_whole:
        return _move_page(request, reader, found, form, [])
    spot = Spot(form.cleaned_data["planned_on"], form.cleaned_data["start"], form.cleaned_data["team"])
    arranged = arrangement(visit.measure.plan, {found.lead_id}, reader.at)
    broken = arranged.breaks(pk, spot) if pk in arranged.visits else []
    codes = ",".join(one.rule for one in broken)
    words, is_hard = broken_words(broken, arranged.names()), any(one.rule.is_hard for one in broken)
    if "check" in request.POST or (broken and form.cleaned_data["seen"] != codes):
        told = request.POST.copy()
        told["seen"] = codes
        form = MoveForm(told, teams=teams)
        return _move_page(request, reader, found, form, words, is_hard=is_hard, checked=not broken)
    if is_hard and not form.cleaned_data["reason"].strip():
        form.add_error("reason", _("A rule is broken there: say why, or choose another day, time or team."))
    elif _placed(reader, pk, form, spot):
        messages.success(request, _("The visit is set."))
        return redirect("visit", pk)
    elif form.has_error(NON_FIELD_ERRORS, "visit_changed"):
        # It was said where the visit stands now, so the next press is meant so.
        told = request.POST.copy()
        told["revision"] = str(seen(reader, pk).revision)
        form.data = told
    return _move_page(request, reader, found, form, words, is_hard=is_hard)


def _in_time(form: MoveForm, found: VisitDetail, reader: Reader) -> bool:
    """Return whether the visit can be put on the day at all; why it can't stands beside it."""
    day = form.cleaned_data.get("planned_on")
    if day is None:
        return False
    with form.refusals():
        in_time_to_place(day, today=reader.day, due_on=found.due_on, stands=found.planned_on)
        if (start := form.cleaned_data.get("start")) is not None:
            in_time_of_day(day, start, stands=(found.planned_on, found.start), at=reader.at)
        return True
    return False


def _placed(reader: Reader, pk: int, form: MoveForm, spot: Spot) -> bool:
    """Put the visit there; return whether nothing was refused. What was stands beside its field."""
    with form.refusals():
        place_visit(
            visit_id=pk,
            planned_on=spot.day,
            start=spot.start,
            team_id=team_of(spot.team),
            reason=form.cleaned_data["reason"],
            revision=form.cleaned_data["revision"],
            actor=reader.actor,
            at=reader.at,
        )
        return True
    return False


def _move_form(found: VisitDetail, teams: dict[str, str]) -> MoveForm:
    key = key_of(found.team_id, found.lead_id)
    initial = {
        "planned_on": found.planned_on,
        "start": found.start,
        "team": key if key in teams else next(iter(teams)),
        "revision": found.revision,
    }
    return MoveForm(initial=initial, teams=teams)


def _move_page(  # noqa: PLR0913 - what the page shows
    request: HttpRequest,
    reader: Reader,
    found: VisitDetail,
    form: MoveForm,
    broken: list[str],
    *,
    is_hard: bool = False,
    checked: bool = False,
) -> HttpResponse:
    names = names_on({found.unit_id, found.lead_id}, reader.day)
    known = settings_of(Measure.objects.values_list("plan_id", flat=True).get(pk=found.measure_id))
    rest = (known.rest_begins, known.rest_ends)
    context = {
        "visit": found,
        "hours": hours_words(hours_of({found.unit_id}, known)[found.unit_id]),
        "team_hours": [
            (team.name, span_words(team.starts, team.ends))
            for team in teams_of(known.plan_id, {found.lead_id: names[found.lead_id]})
        ],
        "rest": "" if None in rest else span_words(known.rest_begins or 0, known.rest_ends or 0),
        "unit_name": names[found.unit_id],
        "lead_name": names[found.lead_id],
        "form": form,
        "broken": broken,
        "is_hard": is_hard,
        "checked": checked,
        "asks_later": form.has_error("planned_on", "later_day_by_asking"),
        "may_ask_later": may_set_day(reader, found, Plan.objects.get(pk=known.plan_id)),
        "has_teams": not form["team"].is_hidden,
        "pinned": Visit.objects.filter(pk=found.visit_id, pinned=True).exists(),
    }
    status = 422 if broken or form.errors else 200
    return render(request, "web/visit_move.html", context, status=status)


urlpatterns: list[URLPattern] = [path("visits/<int:pk>/move/", visit_move, name="visit_move")]
