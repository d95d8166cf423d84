"""The only writers of tasks."""

from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext as _

from songnuan.audit.record import record
from songnuan.kernel.actor import Actor
from songnuan.kernel.clock import CHINA
from songnuan.kernel.refusal import Refusal
from songnuan.organisation.permissions import Permission
from songnuan.organisation.queries import require
from songnuan.tasks.lifecycle import TASK
from songnuan.tasks.models import Task
from songnuan.tasks.rules import due_in_time, feedback_of, text_of, title_of


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
    """Raise a problem as a task that `owner_id` answers for.

    Args:
        plan_slug: The plan it belongs to.
        source: What raised it, such as "visits.visit:12".
        title: The problem in a few words.
        detail: What else is known.
        owner_id: The unit that has to solve it.
        unit_id: The unit where it was raised.
        due_on: The date the owner is held to.
        original_due_on: The date first set, where `due_on` was derived from it; else the same.
        actor: Who, with VISIT_RECORD over the unit where it was raised.
        at: When.

    Raises:
        NotPermitted: The actor may not record visits there.
        Refusal: `title_missing`, `title_too_long`, `text_too_long`, `due_in_past`.

    """
    require(actor, Permission.VISIT_RECORD, unit_id=unit_id, at=at)
    due_in_time(due_on=due_on, raised_on=at.astimezone(CHINA).date())
    task = Task.objects.create(
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
    facts = {
        "source": source,
        "owner": owner_id,
        "unit": unit_id,
        "due_on": task.due_on.isoformat(),
        "original_due_on": task.original_due_on.isoformat(),
    }
    record(
        stream=f"plan:{plan_slug}",
        action="tasks.raise_task",
        subject=f"tasks.task:{task.pk}",
        actor=actor,
        at=at,
        facts=facts,
    )
    return task


@transaction.atomic(savepoint=False)
def close_task(*, task_id: int, feedback: str, actor: Actor, at: datetime) -> Task:
    """Close a task with the feedback on how it ended.

    Raises:
        NotPermitted: The actor may not close problems for the owner unit.
        Refusal: `feedback_missing`, `text_too_long`, `wrong_state` when it is closed already,
            `task_unknown`.

    """
    task = Task.objects.filter(pk=task_id).first()
    if task is None:
        raise Refusal("task_unknown", _("There is no such task. Open the list of problems again."))
    require(actor, Permission.PROBLEM_CLOSE, unit_id=task.owner_id, at=at)
    said = feedback_of(feedback)
    TASK.move_one(
        Task.objects.filter(pk=task_id), "close", feedback=said, done_at=at, done_by_id=actor.user_id
    )
    record(
        stream=f"plan:{task.plan_slug}",
        action="tasks.close_task",
        subject=f"tasks.task:{task_id}",
        actor=actor,
        at=at,
        facts={"owner": task.owner_id, "overdue": at.astimezone(CHINA).date() > task.due_on},
    )
    task.refresh_from_db()
    return task
