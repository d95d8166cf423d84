"""Pages of the schedule: who visits whom when, proposals, calendar files, the sheet."""

from collections.abc import Collection, Iterable, Sequence
from io import BytesIO

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import Exists, OuterRef
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import URLPattern, path
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from songnuan.documents.calendar import render_calendar
from songnuan.documents.sheets import write_paper
from songnuan.journeys.pin_visits import pin_visits
from songnuan.journeys.propose_schedule import propose_schedule
from songnuan.journeys.schedule_sheet import SheetLine, schedule_sheet
from songnuan.journeys.take_schedule import take_schedule
from songnuan.kernel.refusal import NotPermitted, Refusal
from songnuan.organisation.permissions import Permission
from songnuan.plans.models import Plan
from songnuan.visits.models import ProposedVisit, ScheduleProposal, Visit, VisitTeam
from songnuan.visits.queries import for_lead
from songnuan.visits.schedule_queries import leads_of, teams_of
from songnuan.visits.schedule_rules import Taken
from songnuan.visits.scheduling.words import method_words
from songnuan.web.calendar_days import visit_entries, written
from songnuan.web.schedule_page import Line, by_day, compared, lines_of, proposed_lines, staying
from songnuan.web.views import visit_move
from songnuan.web.views.calendar import site_of
from songnuan.web.views.shared import Reader, names_on, plan_seen, reader_of

_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@login_required
@require_safe
def schedule(request: HttpRequest, slug: str) -> HttpResponse:
    """Show the visits still to make by day, all or one lead's."""
    reader = reader_of(request)
    plan = plan_seen(reader, slug)
    lines, found, mine = lines_of(reader, plan)
    leads = {str(line.lead_id): line.lead_name for line in lines}
    lead = request.GET.get("lead", "")
    lead = lead if lead in leads else next(iter(leads)) if len(leads) == 1 else ""
    shown = [line for line in lines if lead in {"", str(line.lead_id)}]
    teams = teams_of(plan.pk, {int(lead): leads[lead]}) if lead else []
    context = {
        "plan": plan,
        "groups": by_day(shown),
        "lead": lead,
        "lead_choices": [{"id": pk, "name": name, "current": pk == lead} for pk, name in leads.items()],
        "teams": [team for team in teams if team.pk is not None],
        "count": len(shown),
        "timed": sum(line.start is not None for line in shown),
        "undated": sum(line.day is None for line in shown),
        "pinned": sum(line.pinned for line in shown),
        "broken": sum(bool(line.broken) for line in shown),
        "has_districts": any(line.district for line in shown),
        "has_teams": any(line.team_name for line in shown),
        "may_arrange": bool(mine),
        "may_propose": any(stop.lead_id in mine for stop in found.problem.stops),
        "latest": _latest(plan, mine) if mine else None,
    }
    return render(request, "web/schedule.html", context)


def _latest(plan: Plan, mine: Collection[int]) -> ScheduleProposal | None:
    """Return the newest proposal for any of these leads, whoever made it: on a page or by the command."""
    own = ProposedVisit.objects.filter(proposal=OuterRef("pk"), visit__lead__in=mine)
    return ScheduleProposal.objects.filter(Exists(own), plan=plan).order_by("-pk").first()


@login_required
def schedule_propose(request: HttpRequest, slug: str) -> HttpResponse:
    """Work out a proposal and show it."""
    reader = reader_of(request)
    plan = plan_seen(reader, slug)
    if request.method != "POST":
        return redirect("schedule", plan.slug)
    try:
        kept = propose_schedule(slug=plan.slug, actor=reader.actor, at=reader.at)
    except NotPermitted:
        raise
    except Refusal as refusal:
        messages.error(request, refusal.sentence)
        return redirect("schedule", plan.slug)
    return redirect("schedule_proposal", plan.slug, kept.pk)


@login_required
def schedule_pin(request: HttpRequest, slug: str) -> HttpResponse:
    """Pin the visits that were chosen, or let them go."""
    reader = reader_of(request)
    plan = plan_seen(reader, slug)
    if request.method == "POST":
        pinned = request.POST.get("act") != "unpin"
        try:
            count = pin_visits(
                plan_id=plan.pk, visit_ids=_chosen(request), pinned=pinned, actor=reader.actor, at=reader.at
            )
        except NotPermitted:
            raise
        except Refusal as refusal:
            messages.error(request, refusal.sentence)
        else:
            words = (
                ngettext("%(count)s visit is pinned.", "%(count)s visits are pinned.", count)
                if pinned
                else ngettext("%(count)s visit is let go.", "%(count)s visits are let go.", count)
            )
            messages.success(request, words % {"count": count})
    return redirect("schedule", plan.slug)


def _chosen(request: HttpRequest) -> set[int]:
    return {int(pk) for pk in request.POST.getlist("visits") if pk.isdecimal() and len(pk) < 19}


# A proposal --------------------------------------------------------------------------------------


@login_required
def schedule_proposal(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Show a proposal beside what stands; take what was chosen of it."""
    reader = reader_of(request)
    plan = plan_seen(reader, slug)
    proposal = _proposal(reader, plan, pk)
    if request.method == "POST":
        try:
            done = take_schedule(proposal_id=pk, visit_ids=_chosen(request), actor=reader.actor, at=reader.at)
        except NotPermitted:
            raise
        except Refusal as refusal:
            messages.error(request, refusal.sentence)
        else:
            _say_taken(request, reader, done)
        return redirect("schedule_proposal", slug, pk)
    lines = proposed_lines(reader, proposal)
    placed = [line for line in lines if line.day is not None]
    context = {
        "plan": plan,
        "proposal": proposal,
        "how": method_words(proposal.method, is_best=proposal.is_best),
        "groups": by_day(placed),
        "unplaced": [line for line in lines if line.day is None],
        "figures": compared(lines),
        "placed": len(placed),
        "staying": staying(reader, proposal),
        "has_teams": any(line.team_name for line in placed),
        "moved": sum(line.is_moved for line in placed),
        "open": sum(line.state == "open" for line in placed),
        "taken": sum(line.state == "taken" for line in placed),
    }
    return render(request, "web/schedule_proposal.html", context)


def _proposal(reader: Reader, plan: Plan, pk: int) -> ScheduleProposal:
    """Return the proposal, for who arranges some of it; for others it is not there."""
    proposal = ScheduleProposal.objects.filter(plan=plan, pk=pk).first()
    mine = leads_of(plan.pk, reader.actor, reader.at)
    if proposal is None or not proposal.rows.filter(visit__lead__in=mine).exists():
        raise Http404
    return proposal


def _say_taken(request: HttpRequest, reader: Reader, done: Taken) -> None:
    """Say how many visits were taken, and name those that were not."""
    words = ngettext("%(count)s visit is set.", "%(count)s visits are set.", len(done.taken))
    messages.success(request, words % {"count": len(done.taken)})
    if done.changed:
        sentence = _("Not set, because they were changed since the proposal was made: %(units)s.")
        messages.warning(request, sentence % {"units": _units(done.changed, reader)})
    if done.clashing:
        sentence = _("Not set, because other visits are in their way by now: %(units)s. Make a new proposal.")
        messages.warning(request, sentence % {"units": _units(done.clashing, reader)})


def _units(visit_ids: Iterable[int], reader: Reader) -> str:
    units = Visit.objects.filter(pk__in=list(visit_ids)).values_list("unit_id", flat=True)
    return _("、").join(sorted(names_on(units, reader.day).values()))


# Files -------------------------------------------------------------------------------------------


@login_required
@require_safe
def lead_calendar(request: HttpRequest, slug: str, unit_id: int) -> HttpResponse:
    """Give the visits of one lead office as a calendar file."""
    reader = reader_of(request)
    plan = plan_seen(reader, slug)
    name = names_on({unit_id}, reader.day)[unit_id]
    return _calendar(request, reader, plan, name, [unit_id])


@login_required
@require_safe
def team_calendar(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Give the visits of one team as a calendar file."""
    reader = reader_of(request)
    plan = plan_seen(reader, slug)
    team = VisitTeam.objects.filter(plan=plan, pk=pk).first()
    if team is None:
        raise Http404
    lead = names_on({team.lead_id}, reader.day)[team.lead_id]
    return _calendar(request, reader, plan, f"{lead} {team.name}", [team.lead_id], team_id=pk)


@login_required
@require_safe
def plan_calendar(request: HttpRequest, slug: str) -> HttpResponse:
    """Give the visits of all lead offices that the reader arranges as a calendar file."""
    reader = reader_of(request)
    plan = plan_seen(reader, slug)
    mine = leads_of(plan.pk, reader.actor, reader.at)
    return _calendar(request, reader, plan, "", sorted(mine))


def _calendar(  # noqa: PLR0913 - whose visits, and for whom
    request: HttpRequest,
    reader: Reader,
    plan: Plan,
    name: str,
    lead_ids: Sequence[int],
    *,
    team_id: int | None = None,
) -> HttpResponse:
    """Give visits as a file named after whose they are; without a name, each visit says its lead."""
    measures = set(plan.measures.values_list("pk", flat=True))
    seen_units = reader.reach_ids(Permission.VISIT_VIEW)
    rows = [
        row
        for row in for_lead(lead_ids, reader.day)
        if row.measure_id in measures and row.unit_id in seen_units and team_id in {None, row.team_id}
    ]
    if not rows:
        raise Http404
    called = reader.reach_ids(Permission.CONTACT_VIEW)
    titles = dict.fromkeys(measures, plan.title)
    entries = visit_entries(rows, titles, reader.day, called=called, with_lead=not name)
    told = " · ".join(filter(None, (plan.title, name)))
    content = render_calendar(told, written(entries, site_of(request)), reader.at)
    answer = HttpResponse(content, content_type="text/calendar; charset=utf-8")
    file_name = "-".join(filter(None, (_("Visits"), plan.title, name)))
    answer.headers["Content-Disposition"] = content_disposition_header(
        as_attachment=True, filename=f"{file_name}.ics"
    )
    return answer


@login_required
@require_safe
def schedule_sheet_file(request: HttpRequest, slug: str) -> FileResponse:
    """Give the schedule as it stands as .xlsx."""
    reader = reader_of(request)
    plan = plan_seen(reader, slug)
    lines, _found, _mine = lines_of(reader, plan)
    return _sheet(reader, plan, "", lines)


@login_required
@require_safe
def proposal_sheet_file(request: HttpRequest, slug: str, pk: int) -> FileResponse:
    """Give a proposal as .xlsx; the paper says that it is one, and how it was made."""
    reader = reader_of(request)
    plan = plan_seen(reader, slug)
    proposal = _proposal(reader, plan, pk)
    lines = proposed_lines(reader, proposal)
    how = _stands(lines) % {"how": method_words(proposal.method, is_best=proposal.is_best)}
    return _sheet(reader, plan, how, lines)


def _stands(lines: Sequence[Line]) -> str:
    """Return how far a proposal is in force, as its paper says it."""
    placed = [line for line in lines if line.day is not None]
    taken = sum(line.state == "taken" for line in placed)
    if not taken:
        return _("Proposal, not in force. %(how)s")
    if taken == len(placed):
        return _("Proposal, taken. %(how)s")
    return _("Proposal, taken in part. %(how)s")


def _sheet(reader: Reader, plan: Plan, how: str, lines: Iterable[Line]) -> FileResponse:
    rows = [
        SheetLine(
            day=line.day,
            start=line.start,
            ends=line.ends,
            lead=line.lead_name,
            team=line.team_name,
            unit=line.unit_name,
            district=line.district,
            note=_note(line),
        )
        for group in by_day(lines)
        for line in group.lines
    ]
    paper = schedule_sheet(plan.title, how, rows, reader.day)
    out = BytesIO()
    write_paper(paper, out)
    out.seek(0)
    name = f"{paper.title}-{plan.title}-{reader.day.isoformat()}.xlsx"
    return FileResponse(out, as_attachment=True, filename=name, content_type=_XLSX)


def _note(line: Line) -> str:
    """Return what stands beside a visit on paper."""
    told = (
        line.why,
        _("after the deadline, approved") if line.is_allowed else "",
        _("pinned") if line.pinned else "",
    )
    marks = _(", ").join(one for one in told if one)
    rules = " ".join(line.broken)
    broken = _("Breaks a rule: %(rules)s") % {"rules": rules} if rules else ""
    reason = _("Reason given: %(reason)s") % {"reason": line.break_reason} if line.break_reason else ""
    return "\n".join(one for one in (marks, broken, reason) if one)


_PLAN = "plans/<slug:slug>/schedule"
urlpatterns: list[URLPattern] = [
    path(f"{_PLAN}/", schedule, name="schedule"),
    path(f"{_PLAN}/propose/", schedule_propose, name="schedule_propose"),
    path(f"{_PLAN}/pin/", schedule_pin, name="schedule_pin"),
    path(f"{_PLAN}/sheet.xlsx", schedule_sheet_file, name="schedule_sheet"),
    path(f"{_PLAN}/proposals/<int:pk>/", schedule_proposal, name="schedule_proposal"),
    path(f"{_PLAN}/proposals/<int:pk>/sheet.xlsx", proposal_sheet_file, name="proposal_sheet"),
    path(f"{_PLAN}/visits.ics", plan_calendar, name="plan_calendar"),
    path(f"{_PLAN}/leads/<int:unit_id>.ics", lead_calendar, name="lead_calendar"),
    path(f"{_PLAN}/teams/<int:pk>.ics", team_calendar, name="team_calendar"),
    *visit_move.urlpatterns,
]
