"""What the pages tell of tasks out of orders: for whom, by when, and where they stand, in words."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.utils.translation import gettext as _

from songnuan.emergency.models import OrderTask, OrderTaskStatus
from songnuan.emergency.order_task_rules import is_late
from songnuan.web.views.shared import names_on

_MARKS = {
    OrderTaskStatus.OPEN: "waiting",
    OrderTaskStatus.ANSWERED: "on_time",
    OrderTaskStatus.ACKNOWLEDGED: "done",
    OrderTaskStatus.WITHDRAWN: "none",
}


@dataclass(frozen=True, slots=True)
class TaskRow:
    """A task as a line of a list."""

    task: OrderTask
    who: str
    mark: str
    label: str


def told_to(tasks: Collection[OrderTask], on: date) -> Mapping[int, str]:
    """Return for whom each task is, by its id: the name of a person, or that of a unit on the day."""
    names = names_on([one.unit_id for one in tasks], on)
    return {one.pk: one.owner.name if one.owner else names.get(one.unit_id or 0, "") for one in tasks}


def rows_of(tasks: Sequence[OrderTask], on: date, at: datetime) -> list[TaskRow]:
    """Return tasks as lines."""
    who = told_to(tasks, on)
    return [row_of(one, who, at) for one in tasks]


def row_of(task: OrderTask, who: Mapping[int, str], at: datetime) -> TaskRow:
    """Return a task as a line: what is late says so."""
    status = OrderTaskStatus(task.status)
    mark, label = _MARKS[status], str(status.label)
    if is_late(task, at):
        if status == OrderTaskStatus.OPEN:
            mark, label = "late", _("overdue, not answered")
        else:
            label = _("%(state)s, late") % {"state": label}
    return TaskRow(task, who[task.pk], mark, label)
