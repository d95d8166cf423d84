"""The states of a problem, and those of an item of an instruction."""

from songnuan.kernel.lifecycle import Lifecycle, Move
from songnuan.tasks.models import TaskStatus

_OPEN = TaskStatus.OPEN.value

TASK = Lifecycle(
    "tasks.task",
    {
        "close": Move(frozenset({_OPEN}), TaskStatus.DONE.value),
        # These leave the problem open; moved all the same, so that nothing is said after the closing.
        "report": Move(frozenset({_OPEN}), _OPEN),
        "amend": Move(frozenset({_OPEN}), _OPEN),
        "chase": Move(frozenset({_OPEN}), _OPEN),
    },
)

_ASSIGNED, _ACCEPTED, _ASKED = TaskStatus.ASSIGNED.value, TaskStatus.ACCEPTED.value, TaskStatus.ASKED.value

ITEM = Lifecycle(
    "tasks.item",
    {
        "accept": Move(frozenset({_ASSIGNED}), _ACCEPTED),
        # A report leaves the item where it is; moved all the same, so that none comes after the closing.
        "report": Move(frozenset({_ACCEPTED}), _ACCEPTED),
        "ask_closing": Move(frozenset({_ACCEPTED}), _ASKED),
        "send_back": Move(frozenset({_ASKED}), _ACCEPTED),
        "close": Move(frozenset({_ASKED}), TaskStatus.DONE.value),
        "extend": Move(frozenset({_ACCEPTED}), _ACCEPTED),
        # Whoever owns it now has accepted nothing yet.
        "reassign": Move(frozenset({_ASSIGNED, _ACCEPTED, _ASKED}), _ASSIGNED),
    },
)
