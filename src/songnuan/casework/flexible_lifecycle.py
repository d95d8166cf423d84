"""The states of a request for flexible work."""

from songnuan.casework.flexible_models import FlexibleStatus
from songnuan.kernel.lifecycle import Lifecycle, Move

_PENDING = frozenset({FlexibleStatus.PENDING.value})

FLEXIBLE = Lifecycle(
    "casework.flexible",
    {
        "return": Move(_PENDING, FlexibleStatus.RETURNED.value),
        "withdraw": Move(_PENDING, FlexibleStatus.WITHDRAWN.value),
        "approve": Move(_PENDING, FlexibleStatus.APPROVED.value),
        "end": Move(frozenset({FlexibleStatus.APPROVED.value}), FlexibleStatus.ENDED.value),
    },
)
