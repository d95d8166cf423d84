"""What a superior orders is given to whom it concerns, answered, acknowledged or sent back (交办、反馈)."""

from collections.abc import Callable, Iterable
from datetime import datetime
from functools import partial
from uuid import UUID

from django.utils.translation import gettext as _

from songnuan.emergency.actions import order_tasks as tasks
from songnuan.emergency.actions.order_tasks import NewTask
from songnuan.emergency.models import OrderTask
from songnuan.jobs import actions as jobs
from songnuan.journeys.base import journey
from songnuan.journeys.commanding import concerned, earlier, marked
from songnuan.journeys.sent_files import SentFile, store
from songnuan.journeys.telling import tell
from songnuan.kernel.actor import Actor
from songnuan.kernel.clock import CHINA
from songnuan.kernel.days import written
from songnuan.organisation.models import User
from songnuan.organisation.permissions import Permission
from songnuan.organisation.queries import holders


@journey
def assign_task(*, order_id: int, new: NewTask, key: UUID, actor: Actor, at: datetime) -> int:
    """Give a part of an order to a unit or a person, once for each `key`; return the id of the task.

    Raises:
        Refusal: As `emergency.actions.order_tasks.assign_task`, and `key_reused`.

    """
    tasks.held_order(order_id)
    if (found := earlier(key, "order_task", (order_id, new), actor=actor, at=at)) is not None:
        return found
    task = tasks.assign_task(order_id=order_id, new=new, actor=actor, at=at)
    _tell(task, _answering(task, actor, at), partial(_given, task), "assigned", actor=actor, at=at)
    jobs.settle(key=key, result=str(task.pk))
    return task.pk


@journey
def answer_task(
    *, order_task_id: int, text: str, file: SentFile | None = None, key: UUID, actor: Actor, at: datetime
) -> int:
    """Answer a task, with a file where there is one, once for each `key`; return the id of the task.

    Raises:
        Refusal: As `emergency.actions.order_tasks.answer_task`, `key_reused`, `file_size`, `file_kind`.

    """
    told = (order_task_id, text, file.digest if file else "")
    if (found := earlier(key, "order_answer", told, actor=actor, at=at)) is not None:
        return found
    file_id = store(file, "file", actor, at) if file is not None else None
    task = tasks.answer_task(order_task_id=order_task_id, text=text, file_id=file_id, actor=actor, at=at)
    readers = concerned(task.order.measure, at, but=actor.user_id)
    _tell(task, readers, partial(_answered, task, actor.label, text), "answered", actor=actor, at=at)
    jobs.settle(key=key, result=str(task.pk))
    return task.pk


@journey
def acknowledge_task(*, order_task_id: int, text: str = "", actor: Actor, at: datetime) -> OrderTask:
    """Acknowledge the answer to a task.

    Raises:
        Refusal: As `emergency.actions.order_tasks.acknowledge_task`.

    """
    return tasks.acknowledge_task(order_task_id=order_task_id, text=text, actor=actor, at=at)


@journey
def send_back_task(*, order_task_id: int, text: str, actor: Actor, at: datetime) -> OrderTask:
    """Send the answer to a task back; whoever answers it is told what is missing.

    Raises:
        Refusal: As `emergency.actions.order_tasks.send_back_task`.

    """
    task = tasks.send_back_task(order_task_id=order_task_id, text=text, actor=actor, at=at)
    _tell(task, _answering(task, actor, at), partial(_sent_back, task, text), "back", actor=actor, at=at)
    return task


@journey
def withdraw_task(*, order_task_id: int, text: str, actor: Actor, at: datetime) -> OrderTask:
    """Withdraw a task; whoever was to answer it is told.

    Raises:
        Refusal: As `emergency.actions.order_tasks.withdraw_task`.

    """
    task = tasks.withdraw_task(order_task_id=order_task_id, text=text, actor=actor, at=at)
    _tell(task, _answering(task, actor, at), partial(_withdrawn, task, text), "withdrawn", actor=actor, at=at)
    return task


def _answering(task: OrderTask, actor: Actor, at: datetime) -> Iterable[User]:
    """Return who answers a task, without who acts."""
    if task.owner is not None:
        people = [task.owner]
    else:
        people = list(holders(Permission.SITUATION_REPORT, task.unit_id or 0, at))
    return [one for one in people if one.pk != actor.user_id]


def _tell(
    task: OrderTask,
    readers: Iterable[User],
    say: Callable[[], tuple[str, str]],
    what: str,
    *,
    actor: Actor,
    at: datetime,
) -> None:
    tell(
        readers,
        partial(marked, task.order.activation, say),
        topic="emergency.task",
        key=f"emergency:task:{what}:{task.pk}:{at.isoformat()}",
        url=f"/emergency/tasks/{task.pk}/",
        plan=task.order.measure.plan.title,
        actor=actor,
        at=at,
    )


def _given(task: OrderTask) -> tuple[str, str]:
    facts = {"issuer": task.order.issuer, "moment": written(task.due_at.astimezone(CHINA), "moment")}
    return _("Task of %(issuer)s, to be answered by %(moment)s") % facts, task.what


def _answered(task: OrderTask, who: str, text: str) -> tuple[str, str]:
    return _("%(who)s answered: %(what)s") % {"who": who, "what": task.what}, text


def _sent_back(task: OrderTask, text: str) -> tuple[str, str]:
    return _("Sent back, to be answered again: %(what)s") % {"what": task.what}, text


def _withdrawn(task: OrderTask, text: str) -> tuple[str, str]:
    return _("Withdrawn, nothing to do any more: %(what)s") % {"what": task.what}, text
