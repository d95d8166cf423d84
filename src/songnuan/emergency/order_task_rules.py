"""When a task out of an order is due, and whether it is late; pure."""

from datetime import datetime

from django.utils.translation import gettext as _

from songnuan.emergency.models import OrderTask, OrderTaskStatus
from songnuan.kernel.refusal import Refusal


def check_due(due_at: datetime, order_due_at: datetime | None, at: datetime) -> None:
    """Let pass a task that lies ahead, and is due no later than the order that it comes from.

    An order that is over itself takes any time: better late than never.

    Raises:
        Refusal: `task_past`, `task_after_order`.

    """
    if due_at <= at:
        raise Refusal("task_past", _("The task is due at a time that is still to come."), field="due_at")
    if order_due_at is not None and at < order_due_at < due_at:
        sentence = _("The order itself is due before that. Choose an earlier time.")
        raise Refusal("task_after_order", sentence, field="due_at")


def is_late(task: OrderTask, at: datetime) -> bool:
    """Return whether a task was answered after it was due, or is due and not answered."""
    if task.status == OrderTaskStatus.WITHDRAWN:
        return False
    return (task.answered_at or at) > task.due_at
