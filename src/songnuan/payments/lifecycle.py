"""The states of a list, and of what was told about its payment."""

from songnuan.kernel.lifecycle import Lifecycle, Move
from songnuan.payments.models import ListStatus
from songnuan.payments.release_models import ResultStatus

_PENDING = frozenset({ListStatus.PENDING.value})
_APPROVED = frozenset({ListStatus.APPROVED.value})
_SIGNED = frozenset({ListStatus.SIGNED.value})
_READ = frozenset({ResultStatus.READ.value})

LIST = Lifecycle(
    "payments.list",
    {
        "return": Move(_PENDING, ListStatus.RETURNED.value),
        "withdraw": Move(_PENDING, ListStatus.WITHDRAWN.value),
        "approve": Move(_PENDING, ListStatus.APPROVED.value),
        "sign": Move(_APPROVED, ListStatus.SIGNED.value),
        "release": Move(_SIGNED, ListStatus.RELEASED.value),
        "cancel": Move(_APPROVED | _SIGNED, ListStatus.CANCELLED.value),
    },
)
RESULT = Lifecycle(
    "payments.result",
    {
        "book": Move(_READ, ResultStatus.BOOKED.value),
        "drop": Move(_READ, ResultStatus.DROPPED.value),
    },
)
