"""The states of a task."""

from songnuan.kernel.lifecycle import Lifecycle, Move
from songnuan.tasks.models import TaskStatus

TASK = Lifecycle("tasks.task", {"close": Move(frozenset({TaskStatus.OPEN.value}), TaskStatus.DONE.value)})
