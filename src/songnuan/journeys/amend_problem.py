"""Who raised a problem corrects what it is, or whom it was given to."""

from datetime import datetime

from songnuan.journeys.base import journey
from songnuan.journeys.record_visit import Problem, check_owners
from songnuan.journeys.tell_of_problems import tell_of_raised
from songnuan.kernel.actor import Actor
from songnuan.organisation.permissions import Permission
from songnuan.organisation.queries import permits, refuse
from songnuan.plans.queries import plan_by_slug
from songnuan.tasks import actions as tasks
from songnuan.tasks.models import Task
from songnuan.tasks.rules import OF_LEADER, OWED, RECEIPT
from songnuan.visits.access import may_record
from songnuan.visits.models import VisitProblem


@journey
def amend_problem(
    *, task_id: int, title: str, owner_id: int, reason: str, actor: Actor, at: datetime
) -> None:
    """Correct it as long as it is open; a unit that it is given to now is told.

    Raises:
        Refusal: `not_permitted`, `task_unknown`, `owner_unknown`, `title_missing`, `title_too_long`,
            `reason_missing`, `problem_unchanged`, `wrong_state`.

    """
    task = Task.objects.filter(pk=task_id).first()
    # What is no problem is refused below, to everybody alike.
    if task is not None and not task.source.startswith(OWED):
        if not may_amend_problem(task, actor, at):
            refuse(Permission.VISIT_RECORD, unit_id=_lead_of(task) or task.unit_id)
        plan = plan_by_slug(task.plan_slug)
        if plan is not None:
            check_owners(plan, [Problem(title, owner_id)], at)
    tasks.amend_problem(task_id=task_id, title=title, owner_id=owner_id, reason=reason, actor=actor, at=at)
    if task is not None and task.owner_id != owner_id:
        task.refresh_from_db()
        tell_of_raised(task, actor=actor, at=at)


def may_amend_problem(task: Task, actor: Actor, at: datetime) -> bool:
    """Return whether the actor corrects the problem: who records visits for its lead, and the office."""
    if permits(actor, Permission.PROBLEM_CLOSE, unit_id=task.owner_id, at=at):
        return True
    lead = _lead_of(task)
    if lead is not None:
        return may_record(actor, unit_id=task.unit_id, lead_id=lead, at=at)
    return task.source.startswith((OF_LEADER, RECEIPT)) and tasks.may_amend(task, actor, at)


def _lead_of(task: Task) -> int | None:
    """Return the lead at whose visit it was raised."""
    raised = VisitProblem.objects.filter(task=task).values_list("visit__lead_id", flat=True)
    return raised.first()
