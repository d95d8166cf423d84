"""The states of a closing or a reopening."""

from songnuan.funds.models import StepStatus
from songnuan.kernel.lifecycle import Lifecycle, Move

_PROPOSED = frozenset({StepStatus.PROPOSED.value})

CLOSING = Lifecycle(
    "funds.closing",
    {
        "confirm": Move(_PROPOSED, StepStatus.CONFIRMED.value),
        "decline": Move(_PROPOSED, StepStatus.DECLINED.value),
        "withdraw": Move(_PROPOSED, StepStatus.WITHDRAWN.value),
    },
)
