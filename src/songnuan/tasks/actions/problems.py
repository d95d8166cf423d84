"""The writers of problems: raised at visits, closed with feedback."""

from collections.abc import Collection, Mapping
from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext as _

from songnuan.audit.record import record
from songnuan.kernel.actor import Actor
from songnuan.kernel.clock import CHINA
from songnuan.kernel.refusal import Refusal
from songnuan.organisation.permissions import Permission
from songnuan.organisation.queries import permits, require, unit_names
from songnuan.tasks.lifecycle import TASK
from songnuan.tasks.models import Task, TaskStatus
from songnuan.tasks.rules import (
    AT_VISIT,
    OF_LEADER,
    RECEIPT,
    due_in_time,
    feedback_of,
    is_duty,
    text_of,
    title_of,
)


@transaction.atomic(savepoint=False)
def raise_task(
    *,
    plan_slug: str,
    source: str,
    title: str,
    detail: str = "",
    owner_id: int,
    unit_id: int,
    due_on: date,
    original_due_on: date | None = None,
    actor: Actor,
    at: datetime,
) -> Task:
    """Raise a problem found at `unit_id` as a task that `owner_id` answers for.

    `source` says what raised it, such as "visits.visit:12". `due_on` is the date the owner is held to;
    where it was derived from another, that one is `original_due_on`.

    Raises:
        NotPermitted: The actor may not record visits there, or leaders' visits, or check receipts; what a
            visit found, who closes problems there adds as well.
        Refusal: `title_missing`, `title_too_long`, `text_too_long`, `due_in_past`,
            `owner_unknown` when no such unit is open.

    """
    if not (source.startswith(AT_VISIT) and permits(actor, Permission.PROBLEM_CLOSE, unit_id=unit_id, at=at)):
        require(actor, raising(source), unit_id=unit_id, at=at)
    today = at.astimezone(CHINA).date()
    due_in_time(due_on=due_on, raised_on=today)
    if not unit_names([owner_id], today):
        raise Refusal(
            "owner_unknown", _("Choose the unit that has to solve it from the list."), field="owner"
        )
    task = Task(
        plan_slug=plan_slug,
        source=source,
        title=title_of(title),
        detail=text_of(detail, field="detail"),
        owner_id=owner_id,
        unit_id=unit_id,
        raised_at=at,
        due_on=due_on,
        original_due_on=original_due_on or due_on,
    )
    task.save()
    _note_raised(task, "raise_task", actor, at)
    return task


@transaction.atomic(savepoint=False)
def assign(
    *,
    plan_slug: str,
    source: str,
    title: str,
    detail: str = "",
    owner_id: int,
    unit_id: int,
    days: Collection[date],
    actor: Actor,
    at: datetime,
) -> None:
    """Assign a duty that the plan of `unit_id` sets to `owner_id`, once for each of the days it is due.

    `source` names the measure, as `rules.DUTY` begins it. A duty whose day is over is assigned all the
    same, and is late: a plan opened late owes what it says. The days are written together: a plan may set
    thousands of them, and others wait for the end of its opening.

    Raises:
        NotPermitted: The actor may not open plans of the unit.
        Refusal: `title_missing`, `title_too_long`, `text_too_long`.

    """
    require(actor, Permission.PLAN_OPEN, unit_id=unit_id, at=at)
    name, whole = title_of(title), text_of(detail, field="detail")
    tasks = [
        Task(
            plan_slug=plan_slug,
            source=source,
            title=name,
            detail=whole,
            owner_id=owner_id,
            unit_id=unit_id,
            raised_at=at,
            due_on=day,
            original_due_on=day,
        )
        for day in days
    ]
    for task in Task.objects.bulk_create(tasks):
        _note_raised(task, "assign", actor, at)


@transaction.atomic(savepoint=False)
def close_task(*, task_id: int, feedback: str, actor: Actor, at: datetime) -> Task:
    """Close a task with the feedback on how it ended.

    Raises:
        NotPermitted: The actor may not close problems for the owner unit, or not report on its duties.
        Refusal: `feedback_missing`, `text_too_long`, `wrong_state` when it is closed already,
            `task_unknown`.

    """
    task = Task.objects.filter(pk=task_id).first()
    if task is None:
        raise Refusal("task_unknown", _("There is no such task. Open the list of problems again."))
    require(actor, closing(task.source), unit_id=task.owner_id, at=at)
    said = feedback_of(feedback)
    TASK.move_one(
        Task.objects.filter(pk=task_id), "close", feedback=said, done_at=at, done_by_id=actor.user_id
    )
    facts = {"owner": task.owner_id, "overdue": at.astimezone(CHINA).date() > task.due_on}
    _note(task, "report_duty" if is_duty(task.source) else "close_task", actor, at, facts)
    task.refresh_from_db()
    return task


@transaction.atomic(savepoint=False)
def fulfil(*, source: str, feedback: str, actor: Actor, at: datetime) -> int:
    """Close the open tasks that `source` raised, since what they ask for was done; return how many.

    Whoever may raise a task there may close it this way: the deed itself is in the trail.

    Raises:
        NotPermitted: The actor may not record visits where it was raised.
        Refusal: `feedback_missing`, `text_too_long`.

    """
    said = feedback_of(feedback)
    closed = 0
    for task in Task.objects.filter(source=source, status=TaskStatus.OPEN).order_by("pk"):
        require(actor, Permission.VISIT_RECORD, unit_id=task.unit_id, at=at)
        done = TASK.move(
            Task.objects.filter(pk=task.pk), "close", feedback=said, done_at=at, done_by_id=actor.user_id
        )
        if done:  # somebody else may have closed it in the meantime, and that is as well
            facts = {"owner": task.owner_id, "overdue": at.astimezone(CHINA).date() > task.due_on}
            _note(task, "close_task", actor, at, facts)
        closed += done
    return closed


def raising(source: str) -> Permission:
    """Return what raises a task: who visits finds problems, who inspects finds receipts amiss."""
    if source.startswith(OF_LEADER):
        return Permission.LEADER_VISIT_RECORD
    return Permission.RECEIPT_CHECK if source.startswith(RECEIPT) else Permission.VISIT_RECORD


def closing(source: str) -> Permission:
    """Return what closes a task: a duty is reported by its owner, a problem closed by who checks it."""
    return Permission.DUTY_REPORT if is_duty(source) else Permission.PROBLEM_CLOSE


def _note_raised(task: Task, verb: str, actor: Actor, at: datetime) -> None:
    facts = {
        "source": task.source,
        "owner": task.owner_id,
        "unit": task.unit_id,
        "due_on": task.due_on.isoformat(),
        "original_due_on": task.original_due_on.isoformat(),
    }
    _note(task, verb, actor, at, facts)


def _note(task: Task, verb: str, actor: Actor, at: datetime, facts: Mapping[str, object]) -> None:
    record(
        stream=f"plan:{task.plan_slug}",
        action=f"tasks.{verb}",
        subject=f"tasks.task:{task.pk}",
        actor=actor,
        at=at,
        facts=facts,
    )
