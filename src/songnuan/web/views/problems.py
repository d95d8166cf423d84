"""Pages of a problem raised at a visit, or a duty that a plan sets: how it stands, and its closing."""

from collections.abc import Sequence
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

from songnuan.journeys.amend_problem import amend_problem, may_amend_problem
from songnuan.journeys.chase_problem import chase_problem
from songnuan.journeys.close_problem import close_problem, closes_itself
from songnuan.journeys.hand_over_later import visit_of
from songnuan.journeys.measures.assignments import lapsed
from songnuan.journeys.report_problem import report_problem
from songnuan.kernel.refusal import Refusal
from songnuan.organisation.permissions import Permission
from songnuan.organisation.queries import day_of
from songnuan.plans.queries import plan_by_slug
from songnuan.tasks.actions import chased_on, closing
from songnuan.tasks.models import Feedback, Task, TaskStatus
from songnuan.tasks.rules import TEXT_LONGEST, TITLE_LONGEST, is_duty, text_of
from songnuan.visits.models import Visit, VisitProblem
from songnuan.web.fields import CharField, TypedChoiceField
from songnuan.web.forms import Form
from songnuan.web.middleware import REFUSAL_HEADER
from songnuan.web.problem_form import owners_of
from songnuan.web.views.shared import Reader, key_of, names_on, reader_of


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


class Progress(Form):
    """How far a problem is, as its owner says."""

    asks = "problem_report"

    text = CharField(
        fact="tasks.feedback.text:problem",
        label=gettext_lazy("How far it is"),
        widget=forms.Textarea(attrs={"rows": 2}),
        max_length=TEXT_LONGEST,
    )


class Amendment(Form):
    """A problem that was named or given wrongly, and why it is corrected."""

    asks = "problem_amend"

    title = CharField(
        fact="tasks.task.title",
        again="a problem is corrected",
        label=gettext_lazy("What the problem is"),
        max_length=TITLE_LONGEST,
    )
    owner = TypedChoiceField(
        fact="tasks.task.owner",
        again="a problem is corrected",
        label=gettext_lazy("Who has to solve it"),
        coerce=int,
    )
    reason = CharField(
        fact="tasks.feedback.text:amend",
        label=gettext_lazy("Why it is corrected"),
        help_text=gettext_lazy("It stands on this page with what the problem was called until then."),
    )

    def __init__(self, *args: Any, owners: Sequence[tuple[int, str]], **kwargs: Any) -> None:  # noqa: ANN401
        super().__init__(*args, **kwargs)
        owner = self.fields["owner"]
        assert isinstance(owner, forms.TypedChoiceField)  # noqa: S101 - as declared above
        owner.choices = list(owners)


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
    return _page(request, reader, task)


def _page(request: HttpRequest, reader: Reader, task: Task, refused: Form | None = None) -> HttpResponse:
    """Show the problem with what the reader may do to it; `refused` is a form with what is wrong in it.

    Where somebody else closed it meanwhile, what was typed stands there to be copied.
    """
    if refused is not None:
        task = _seen(reader, task.pk)
        if task.status == TaskStatus.DONE:
            return _too_late(request, reader, task, refused)
    form = progress = amendment = None
    if isinstance(refused, Closing) or _may_close(reader, task):
        form = refused if isinstance(refused, Closing) else _form(task)()
    if _is_handled(task) and reader.may(Permission.DUTY_REPORT, task.owner_id):
        progress = refused if isinstance(refused, Progress) else Progress()
    if _is_handled(task) and may_amend_problem(task, reader.actor, reader.at):
        initial = {"title": task.title, "owner": task.owner_id}
        fresh = Amendment(initial=initial, owners=_owners(reader, task))
        amendment = refused if isinstance(refused, Amendment) else fresh
    context = {
        **_told(reader, task),
        "form": form,
        "progress": progress,
        "amendment": amendment,
        "chase": _chase(reader, task),
    }
    return render(request, "web/problem.html", context, status=422 if refused else 200)


def _told(reader: Reader, task: Task) -> dict[str, Any]:
    said = Feedback.objects.filter(task=task).select_related("by").order_by("pk")
    return {"problem": _shown(reader, task), "said": said}


def _too_late(request: HttpRequest, reader: Reader, task: Task, refused: Form) -> HttpResponse:
    """Show a problem that is closed by now, and the words with which the reader came too late."""
    typed = [str(refused[name].value() or "") for name in ("title", "feedback", "text", "reason")
             if name in refused.fields]  # fmt: skip
    context = {**_told(reader, task), "typed": "\n".join(filter(None, typed))}
    answer = render(request, "web/problem.html", context, status=409)
    answer.headers[REFUSAL_HEADER] = "wrong_state"
    return answer


def _chase(reader: Reader, task: Task) -> str:
    """Return whether the reader can ask the owner for it: "now", "done" today already, or ""."""
    if not (_is_handled(task) and task.due_on < reader.day):
        return ""
    if not reader.may(Permission.PROBLEM_CLOSE, task.owner_id):
        return ""
    return "done" if chased_on(task) == reader.day else "now"


def _is_handled(task: Task) -> bool:
    """Return whether it is an open problem that somebody has to solve: no duty, and no kit that is owed."""
    is_problem = not is_duty(task.source) and visit_of(task.source) is None
    return is_problem and task.status == TaskStatus.OPEN


def _owners(reader: Reader, task: Task) -> list[tuple[int, str]]:
    plan = plan_by_slug(task.plan_slug)
    return owners_of(reader, plan, task.owner_id) if plan else []


@login_required
def problem_report(request: HttpRequest, pk: int) -> HttpResponse:
    """Add what the owner says about how far it is."""
    reader = reader_of(request)
    task = _seen(reader, pk)
    if request.method != "POST":
        return redirect("problem", pk)
    form = Progress(request.POST)
    if form.is_valid():
        key, text = key_of(request), form.cleaned_data["text"]
        with form.refusals():
            report_problem(task_id=pk, text=text, key=key, actor=reader.actor, at=reader.at)
            messages.success(request, _("Your report stands with the problem."))
            return redirect("problem", pk)
    return _page(request, reader, task, form)


@login_required
def problem_chase(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask its owner for an overdue problem."""
    reader = reader_of(request)
    _seen(reader, pk)
    if request.method == "POST":
        if chase_problem(task_id=pk, actor=reader.actor, at=reader.at):
            messages.success(request, _("Whoever answers for it is reminded."))
        else:
            messages.info(request, _("They were reminded today already; once a day is enough."))
    return redirect("problem", pk)


@login_required
def problem_amend(request: HttpRequest, pk: int) -> HttpResponse:
    """Correct what the problem is, or whom it was given to."""
    reader = reader_of(request)
    task = _seen(reader, pk)
    if request.method != "POST":
        return redirect("problem", pk)
    form = Amendment(request.POST, owners=_owners(reader, task))
    if form.is_valid():
        told = form.cleaned_data
        with form.refusals():
            amend_problem(
                task_id=pk,
                title=told["title"],
                owner_id=told["owner"],
                reason=told["reason"],
                actor=reader.actor,
                at=reader.at,
            )
            messages.success(request, _("The problem is corrected."))
            return redirect("problem", pk)
    return _page(request, reader, task, form)


@login_required
def problem_close(request: HttpRequest, pk: int) -> HttpResponse:
    """Close the problem with the feedback that was posted."""
    reader = reader_of(request)
    task = _seen(reader, pk)
    if request.method != "POST":
        return redirect("problem", pk)
    form, said = _form(task)(request.POST), request.POST.get("feedback", "")
    try:
        close_problem(task_id=pk, feedback=said, actor=reader.actor, at=reader.at)
    except Refusal as refusal:
        if refusal.code == "wrong_state":
            if task.done_by_id == reader.actor.user_id and task.feedback == text_of(said, field="feedback"):
                return redirect("problem", pk)  # sent twice
        elif refusal.field not in form.fields:
            raise
        if form.is_valid():
            form.refuse(refusal)
    else:
        messages.success(
            request, _("Reported as done.") if is_duty(task.source) else _("The problem is closed.")
        )
        return redirect("problem", pk)
    return _page(request, reader, task, form)


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
    path("problems/<int:pk>/chase/", problem_chase, name="problem_chase"),
    path("problems/<int:pk>/report/", problem_report, name="problem_report"),
    path("problems/<int:pk>/amend/", problem_amend, name="problem_amend"),
]
