"""The writers of what happens to an open problem: its owner reports on it, and who raised it corrects it."""

from collections.abc import Mapping
from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext as _

from songnuan.audit.record import record
from songnuan.kernel.actor import Actor
from songnuan.kernel.refusal import Refusal
from songnuan.organisation.permissions import Permission
from songnuan.organisation.queries import day_of, permits, refuse, require, unit_names
from songnuan.tasks.actions.problems import raising
from songnuan.tasks.instruction_rules import words_of
from songnuan.tasks.lifecycle import TASK
from songnuan.tasks.models import Feedback, Task, Verb
from songnuan.tasks.rules import FOUND, OWED, RECEIPT, title_of


@transaction.atomic(savepoint=False)
def report_problem(*, task_id: int, text: str, actor: Actor, at: datetime) -> Task:
    """Say how far an open problem is; whoever answers for its owner does.

    Raises:
        NotPermitted: The actor does not report for the owner.
        Refusal: `task_unknown`, `report_missing`, `text_too_long`, `wrong_state` when it is closed.

    """
    task = _problem(task_id)
    require(actor, Permission.DUTY_REPORT, unit_id=task.owner_id, at=at)
    sentence = _("Say how far it is, in a few words.")
    said = words_of(text, field="text", code="report_missing", sentence=sentence)
    TASK.move_one(Task.objects.filter(pk=task_id, owner_id=task.owner_id), "report")
    return _say(task, Verb.REPORT, said, actor, at, {"owner": task.owner_id})


@transaction.atomic(savepoint=False)
def amend_problem(
    *, task_id: int, title: str, owner_id: int, reason: str, actor: Actor, at: datetime
) -> Task:
    """Correct the title of an open problem, or whom it was given to; its due date stays.

    Raises:
        NotPermitted: The actor neither raises problems there nor closes them; one that an inspector heard of
            is corrected by who closes it alone.
        Refusal: `task_unknown`, `title_missing`, `title_too_long`, `owner_unknown`, `reason_missing`,
            `problem_unchanged`, `text_too_long`, `wrong_state` when it is closed or was corrected meanwhile.

    """
    task = _problem(task_id)
    if not may_amend(task, actor, at):
        refuse(Permission.PROBLEM_CLOSE, unit_id=task.owner_id)
    name, former, title_was = title_of(title), task.owner_id, task.title
    if not unit_names([owner_id], day_of(at)):
        sentence = _("Choose the unit that has to solve it from the list.")
        raise Refusal("owner_unknown", sentence, field="owner")
    if (name, owner_id) == (title_was, former):
        sentence = _("Nothing of the problem was changed. Correct what it is, or who has to solve it.")
        raise Refusal("problem_unchanged", sentence, field="title")
    sentence = _("Say why the problem is corrected.")
    said = words_of(reason, field="reason", code="reason_missing", sentence=sentence)
    stands = Task.objects.filter(pk=task_id, owner_id=former, title=title_was)
    TASK.move_one(stands, "amend", title=name, owner_id=owner_id)
    if name != title_was:
        said = "\n".join((said, _("Until then: %(title)s") % {"title": title_was}))
    facts: dict[str, object] = {"owner": owner_id, "reason": reason.strip()}
    if owner_id != former:
        facts["former_owner"] = former
    return _say(task, Verb.AMEND, said, actor, at, facts)


@transaction.atomic(savepoint=False)
def chase_problem(*, task_id: int, actor: Actor, at: datetime) -> bool:
    """Keep that the owner was asked for an overdue problem; return False where that was done today already.

    Raises:
        NotPermitted: The actor does not close problems of the owner.
        Refusal: `task_unknown`, `nothing_overdue` before its due date is over, `wrong_state` when it is
            closed.

    """
    task = _problem(task_id)
    require(actor, Permission.PROBLEM_CLOSE, unit_id=task.owner_id, at=at)
    if day_of(at) <= task.due_on:
        sentence = _("This problem is not overdue. Its owner is reminded by itself before it is due.")
        raise Refusal("nothing_overdue", sentence, task=task_id)
    TASK.move_one(Task.objects.filter(pk=task_id, owner_id=task.owner_id), "chase")
    # Two at once have waited for each other at the row of the problem.
    if chased_on(task) == day_of(at):
        return False
    _say(task, Verb.CHASE, "", actor, at, {"owner": task.owner_id})
    return True


def chased_on(task: Task) -> date | None:
    """Return the day on which the owner was asked last; who got the problem since was never asked."""
    last = Feedback.objects.filter(task=task, verb__in=(Verb.CHASE, Verb.AMEND)).order_by("-pk").first()
    return day_of(last.at) if last and last.verb == Verb.CHASE else None


def may_amend(task: Task, actor: Actor, at: datetime) -> bool:
    """Return whether the actor corrects the problem: who raises them there, or closes them for its owner.

    An inspector reports what was heard, and gives nobody work: that is left to who closes it.
    """
    if permits(actor, Permission.PROBLEM_CLOSE, unit_id=task.owner_id, at=at):
        return True
    if task.source.startswith(RECEIPT):
        return False
    return permits(actor, raising(task.source), unit_id=task.unit_id, at=at)


def _problem(task_id: int) -> Task:
    # Goods that follow a visit are booked on its page; nobody renames them or gives them away.
    found = Task.objects.filter(pk=task_id, source__startswith=FOUND).exclude(source__startswith=OWED)
    task = found.first()
    if task is None:
        raise Refusal("task_unknown", _("There is no such task. Open the list of problems again."))
    return task


def _say(  # noqa: PLR0917 - all that is kept of it
    task: Task, verb: Verb, text: str, actor: Actor, at: datetime, facts: Mapping[str, object]
) -> Task:
    """Add what was said to the problem and to the trail; return the problem as it stands now."""
    Feedback.objects.create(task=task, verb=verb, text=text, at=at, by_id=actor.user_id)
    record(
        stream=f"plan:{task.plan_slug}",
        action=f"tasks.{verb.value}_problem",
        subject=f"tasks.task:{task.pk}",
        actor=actor,
        at=at,
        facts={**facts, "overdue": day_of(at) > task.due_on},
    )
    task.refresh_from_db()
    return task
