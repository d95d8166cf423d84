"""Pages of a problem raised at a visit, or a duty that a plan sets: how it stands, and its closing."""

from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import URLPattern, path
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from songnuan.journeys.close_problem import close_problem, closes_itself
from songnuan.journeys.hand_over_later import visit_of
from songnuan.journeys.measures.assignments import lapsed
from songnuan.kernel.refusal import Refusal
from songnuan.organisation.permissions import Permission
from songnuan.organisation.queries import day_of
from songnuan.plans.queries import plan_by_slug
from songnuan.tasks.actions import closing
from songnuan.tasks.models import Task, TaskStatus
from songnuan.tasks.rules import TEXT_LONGEST, is_duty
from songnuan.visits.models import Visit, VisitProblem
from songnuan.web.fields import CharField
from songnuan.web.forms import Form
from songnuan.web.views.shared import Reader, names_on, reader_of


class Closing(Form):
    """How a problem ended."""

    asks = "problem_closing"

    feedback = CharField(
        fact="tasks.task.feedback",
        label=gettext_lazy("What was done, and what came of it"),
        help_text=gettext_lazy("The unit that raised the problem reads this."),
        widget=forms.Textarea(attrs={"rows": 3}),
        max_length=TEXT_LONGEST,
    )


class Reporting(Closing):
    """How a duty was done."""

    asks = "duty_report"

    feedback = CharField(
        fact="tasks.task.feedback:duty",
        label=gettext_lazy("What was done, and what came of it"),
        help_text=gettext_lazy("Whoever watches the plan reads this; write no personal data."),
        widget=forms.Textarea(attrs={"rows": 3}),
        max_length=TEXT_LONGEST,
    )


def _form(task: Task) -> type[Closing]:
    return Reporting if is_duty(task.source) else Closing


@login_required
@require_safe
def problem(request: HttpRequest, pk: int) -> HttpResponse:
    """Show one problem, with the form that closes it to whoever may."""
    reader = reader_of(request)
    task = _seen(reader, pk)
    form = _form(task)() if _may_close(reader, task) else None
    return render(request, "web/problem.html", {"problem": _shown(reader, task), "form": form})


@login_required
def problem_close(request: HttpRequest, pk: int) -> HttpResponse:
    """Close the problem with the feedback that was posted."""
    reader = reader_of(request)
    task = _seen(reader, pk)
    if request.method != "POST":
        return redirect("problem", pk)
    form = _form(task)(request.POST)
    try:
        close_problem(task_id=pk, feedback=request.POST.get("feedback", ""), actor=reader.actor, at=reader.at)
    except Refusal as refusal:
        if refusal.field not in form.fields:
            raise
        if form.is_valid():
            form.refuse(refusal)
    else:
        messages.success(
            request, _("Reported as done.") if is_duty(task.source) else _("The problem is closed.")
        )
        return redirect("problem", pk)
    context = {"problem": _shown(reader, task), "form": form}
    return render(request, "web/problem.html", context, status=422)


def state_of(status: str, *, overdue: bool) -> str:
    """Return the mark of a problem: done, late or on_time."""
    if status == TaskStatus.DONE:
        return "done"
    return "late" if overdue else "on_time"


def _seen(reader: Reader, pk: int) -> Task:
    """Return the problem if the reader may see the unit that raised it, or the one that answers for it."""
    task = Task.objects.select_related("done_by").filter(pk=pk, instruction__isnull=True).first()
    if task is None or not (
        any(reader.may(Permission.VISIT_VIEW, unit_id) for unit_id in (task.unit_id, task.owner_id))
        or reader.may(closing(task.source), task.owner_id)
    ):
        raise Http404
    return task


def _may_close(reader: Reader, task: Task) -> bool:
    may = task.status == TaskStatus.OPEN and reader.may(closing(task.source), task.owner_id)
    return may and not closes_itself(task.source)


def _shown(reader: Reader, task: Task) -> dict[str, Any]:
    plan = plan_by_slug(task.plan_slug)
    office_id = plan.office_id if plan else None
    names = names_on((task.unit_id, task.owner_id, office_id), day_of(task.raised_at))
    done_on = day_of(task.done_at) if task.done_at else None
    return {
        "id": task.pk,
        "title": task.title,
        "detail": task.detail,
        "unit_name": names[task.unit_id],
        "owner_name": names[task.owner_id],
        "raised_at": task.raised_at,
        "due_on": task.due_on,
        "original_due_on": task.original_due_on,
        "days_left": (task.due_on - reader.day).days,
        "state": state_of(task.status, overdue=task.due_on < reader.day),
        "is_duty": is_duty(task.source),
        "lapsed": task.status == TaskStatus.OPEN and bool(lapsed([task.source])),
        "is_kit": visit_of(task.source) is not None,
        "closes_itself": task.status == TaskStatus.OPEN and closes_itself(task.source),
        "closer": names[office_id] if office_id else "",
        "done_at": task.done_at,
        "days_late": max((done_on - task.due_on).days, 0) if done_on else 0,
        "done_by": task.done_by.name if task.done_by else "",
        "feedback": task.feedback,
        "visit": _visit(reader, task),
        "plan_slug": task.plan_slug,
        "plan_title": plan.title if plan else "",
    }


def _visit(reader: Reader, task: Task) -> Visit | None:
    """Return the visit that a problem comes from, if the reader may look at it."""
    raised = VisitProblem.objects.filter(task=task).values("visit")
    seen = Visit.objects.filter(unit__in=reader.reach(Permission.VISIT_VIEW)).defer("receiver_name")
    return seen.filter(Q(pk__in=raised) | Q(pk=visit_of(task.source))).first()


urlpatterns: list[URLPattern] = [
    path("problems/<int:pk>/", problem, name="problem"),
    path("problems/<int:pk>/close/", problem_close, name="problem_close"),
]
