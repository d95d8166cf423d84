"""The states of a task out of an order."""

from songnuan.emergency.models import OrderTaskStatus
from songnuan.kernel.lifecycle import Lifecycle, Move

_OPEN = frozenset({OrderTaskStatus.OPEN.value})
_ANSWERED = frozenset({OrderTaskStatus.ANSWERED.value})
UNFINISHED = _OPEN | _ANSWERED

ORDER_TASK = Lifecycle(
    "emergency.ordertask",
    {
        "answer": Move(_OPEN, OrderTaskStatus.ANSWERED.value),
        "acknowledge": Move(_ANSWERED, OrderTaskStatus.ACKNOWLEDGED.value),
        "send_back": Move(_ANSWERED, OrderTaskStatus.OPEN.value),
        "withdraw": Move(_OPEN, OrderTaskStatus.WITHDRAWN.value),
    },
)
