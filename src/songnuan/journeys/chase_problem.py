"""The office asks the owner for an overdue problem (催办)."""

from datetime import datetime
from functools import partial

from django.utils.translation import gettext as _

from songnuan.journeys.base import journey
from songnuan.journeys.remind_of_problems import who_answers
from songnuan.journeys.telling import NAME_SHOWN, tell
from songnuan.journeys.who_chased import office_of
from songnuan.kernel.actor import Actor
from songnuan.kernel.days import written
from songnuan.kernel.refusal import Refusal
from songnuan.organisation.permissions import Permission
from songnuan.organisation.queries import day_of, unit_names
from songnuan.tasks import actions as tasks
from songnuan.tasks.models import Task


@journey
def chase_problem(*, task_id: int, actor: Actor, at: datetime) -> bool:
    """Leave a notice for those who answer for it, once a day; return False where they have today's.

    Raises:
        Refusal: `not_permitted`, `task_unknown`, `nothing_overdue`, `wrong_state`, `nobody_to_remind` where
            its owner has nobody but the actor to answer for it.

    """
    if not tasks.chase_problem(task_id=task_id, actor=actor, at=at):
        return False
    task = Task.objects.get(pk=task_id)
    owner = unit_names({task.owner_id}, day_of(at)).get(task.owner_id, "")
    readers = [user for user in who_answers(task.owner_id, at) if user.pk != actor.user_id]
    if not readers:
        sentence = _("Nobody at %(owner)s has an account to be reminded by. Call them, or give a post there.")
        raise Refusal("nobody_to_remind", sentence % {"owner": owner}, task=task_id)
    tell(
        readers,
        partial(_words, task, owner[:NAME_SHOWN], actor, at),
        topic="problem.chased",
        key=f"problem.chased:{task_id}:{task.owner_id}:{day_of(at).isoformat()}",
        url=f"/problems/{task_id}/",
        actor=actor,
        at=at,
    )
    return True


def _words(task: Task, owner: str, actor: Actor, at: datetime) -> tuple[str, str]:
    """Return title and text of the notice."""
    title = _("%(owner)s is late with a problem: %(title)s")
    title %= {"owner": owner, "title": task.title[:NAME_SHOWN]}
    sentence = _(
        "%(office)s asks for it: it was to be solved by %(day)s. Say on its page how far it is, or what it "
        "waits for."
    )
    office = office_of(actor, Permission.PROBLEM_CLOSE, at)
    return title, sentence % {"office": office, "day": written(task.due_on)}
