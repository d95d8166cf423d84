"""Pages of leaders' visits under a plan: the list, the form, and the withdrawal of a wrong entry."""

from dataclasses import dataclass, replace
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import URLPattern, path
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from songnuan.journeys.record_leader_visit import record_leader_visit
from songnuan.journeys.record_visit import Problem
from songnuan.journeys.withdraw_leader_visit import withdraw_leader_visit
from songnuan.kernel.refusal import Refusal
from songnuan.organisation.permissions import Permission
from songnuan.organisation.queries import pairs, require, unit_views
from songnuan.plans.models import Measure, Plan
from songnuan.visits.leaders import LeaderRow, leaders_known, of_plans, told_to
from songnuan.visits.models import LeaderVisit, VisitStatus
from songnuan.visits.queries import VisitDetail, detail
from songnuan.visits.rules import Begun
from songnuan.web.leader_form import LeaderForm, Occasion, WithdrawForm
from songnuan.web.problem_form import owners_of, problem_places
from songnuan.web.views.shared import Reader, key_of, names_on, plan_seen, reader_of


@dataclass(frozen=True, slots=True)
class Line:
    """One leader's visit in the list, with the names of its units and of the owners of its problems.

    `withdrawal` is the form to withdraw it with, where the reader may.
    """

    row: LeaderRow
    units: list[str]
    problems: list[tuple[int, str, str, bool]]
    withdrawal: WithdrawForm | None = None


def lines_of(rows: list[LeaderRow], reader: Reader) -> list[Line]:
    """Return the visits with names; units that the reader may not look into are not among them.

    What was found, given and raised at several places at once is shown to who may look into all of them.
    """
    seen = reader.reach_ids(Permission.VISIT_VIEW)
    shown = [row for row in rows if seen & set(row.unit_ids)]
    ids = {unit_id for row in shown for unit_id in row.unit_ids}
    names = names_on(ids | {one.owner_id for row in shown for one in row.problems}, reader.day)
    return [
        Line(
            row=told_to(row, seen),
            units=[names[unit_id] for unit_id in row.unit_ids if unit_id in seen],
            problems=[(one.task_id, one.title, names[one.owner_id], one.is_open) for one in row.problems]
            if seen >= set(row.unit_ids)
            else [],
        )
        for row in shown
    ]


@login_required
@require_safe
def leader_visits(request: HttpRequest, slug: str) -> HttpResponse:
    """List the leaders' visits under a plan, the latest first."""
    reader = reader_of(request)
    return _list(request, reader, plan_seen(reader, slug))


def _list(
    request: HttpRequest, reader: Reader, plan: Plan, form: WithdrawForm | None = None, wrong: int = 0
) -> HttpResponse:
    rows = of_plans([plan.pk])
    lines = lines_of(rows, reader)
    if reader.may(Permission.LEADER_VISIT_RECORD, plan.unit_id):
        lines = [
            _with_withdrawal(line, form if line.row.leader_visit_id == wrong else None) for line in lines
        ]
    context = {
        "plan": plan,
        "lines": lines,
        "hidden": sum(row.withdrawn_at is None for row in rows)
        - sum(line.row.withdrawn_at is None for line in lines),
        "today": reader.day,
        "may_record": reader.may(Permission.LEADER_VISIT_RECORD, plan.unit_id),
        "form": form,
    }
    return render(request, "web/leader_visits.html", context, status=422 if form else 200)


def _with_withdrawal(line: Line, tried: WithdrawForm | None) -> Line:
    """Return the line with the form that was tried, or a new one; with none where it is withdrawn."""
    if line.row.withdrawn_at is not None:
        return line
    return replace(line, withdrawal=tried or WithdrawForm(auto_id=_auto_id(line.row.leader_visit_id)))


def _auto_id(pk: int) -> str:
    """Return how the ids of inputs begin that stand on a page once for each entry."""
    return f"id_{pk}_%s"


@login_required
def leader_visit_new(request: HttpRequest, slug: str) -> HttpResponse:
    """Show the form of a leader's visit, and record what was posted with it."""
    reader = reader_of(request)
    plan = plan_seen(reader, slug)
    require(reader.actor, Permission.LEADER_VISIT_RECORD, unit_id=plan.unit_id, at=reader.at)
    visit = _visit(reader, plan, request.GET.get("visit", ""))
    occasion = _occasion(reader, plan, visit)
    owners = owners_of(reader, plan, visit.lead_id if visit else None)
    posted = request.POST if request.method == "POST" else None
    form, problems = LeaderForm(posted, occasion=occasion), problem_places(owners, posted)
    if posted is not None and all([form.is_valid(), problems.is_valid()]):
        raised = [one.cleaned_data for one in problems if one.has_changed()]
        try:
            record_leader_visit(
                plan_id=plan.pk,
                report=form.report(),
                problems=[Problem(one["title"], one["owner"], one["answer"]) for one in raised],
                key=key_of(request),
                actor=reader.actor,
                at=reader.at,
            )
        except Refusal as refusal:
            if not form.tell(refusal):
                raise
        else:
            messages.success(request, _("The leader's visit is recorded."))
            return redirect("leader_visits", slug)
    context = {
        "plan": plan,
        "form": form,
        "problems": problems,
        "occasion": occasion,
        "visit": visit,
        "unit_name": names_on([visit.unit_id], reader.day)[visit.unit_id] if visit else "",
    }
    wrong = form.errors or problems.total_error_count()
    return render(request, "web/leader_visit_form.html", context, status=422 if wrong else 200)


@login_required
def leader_visit_withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    """Withdraw the entry with the reason that was posted."""
    reader = reader_of(request)
    found = LeaderVisit.objects.select_related("plan").filter(pk=pk).first()
    if found is None:
        raise Http404
    plan = plan_seen(reader, found.plan.slug)
    if request.method != "POST":
        return redirect("leader_visits", plan.slug)
    form = WithdrawForm(request.POST, auto_id=_auto_id(pk))
    if form.is_valid():
        with form.refusals():
            reason = form.cleaned_data["reason"]
            withdraw_leader_visit(leader_visit_id=pk, reason=reason, actor=reader.actor, at=reader.at)
            messages.success(request, _("The entry is withdrawn; it stays in the list, marked."))
            return redirect("leader_visits", plan.slug)
    return _list(request, reader, plan, form, pk)


def _visit(reader: Reader, plan: Plan, asked: str) -> VisitDetail | None:
    """Return the recorded visit on whose occasion it was; None where none was named."""
    if not asked:
        return None
    found = detail(int(asked)) if asked.isascii() and asked.isdigit() and len(asked) < 19 else None
    is_ours = found is not None and found.plan_slug == plan.slug and found.status == VisitStatus.RECORDED
    if found is None or not is_ours or not reader.may(Permission.VISIT_VIEW, found.unit_id):
        raise Http404
    return found


def _occasion(reader: Reader, plan: Plan, visit: VisitDetail | None) -> Occasion:
    measure = Measure.objects.filter(plan=plan, kind="leader_visits").first()
    mine = reader.reach(Permission.LEADER_VISIT_RECORD)
    paired = mine.filter(pk__in={pair.unit_id for pair in pairs(plan.slug, reader.day)})
    facts: dict[str, Any] = {}
    if visit is not None:
        facts = {
            "visit_id": visit.visit_id,
            "happened_at": visit.happened_at,
            "unit_ids": (visit.unit_id,),
        }
    return Occasion(
        at=reader.at,
        begun=Begun(plan.starts_on, measure.opened_at if measure else None),
        units=[(unit.unit_id, unit.name) for unit in unit_views(paired, reader.day)],
        leaders=leaders_known([plan.pk]),
        **facts,
    )


urlpatterns: list[URLPattern] = [
    path("plans/<slug:slug>/leader-visits/", leader_visits, name="leader_visits"),
    path("plans/<slug:slug>/leader-visits/new/", leader_visit_new, name="leader_visit_new"),
    path("leader-visits/<int:pk>/withdraw/", leader_visit_withdraw, name="leader_visit_withdraw"),
]
