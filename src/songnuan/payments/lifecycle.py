"""The states of a list."""

from songnuan.kernel.lifecycle import Lifecycle, Move
from songnuan.payments.models import ListStatus

_PENDING = frozenset({ListStatus.PENDING.value})
_APPROVED = frozenset({ListStatus.APPROVED.value})

LIST = Lifecycle(
    "payments.list",
    {
        "return": Move(_PENDING, ListStatus.RETURNED.value),
        "withdraw": Move(_PENDING, ListStatus.WITHDRAWN.value),
        "approve": Move(_PENDING, ListStatus.APPROVED.value),
        "sign": Move(_APPROVED, ListStatus.SIGNED.value),
        "cancel": Move(_APPROVED | {ListStatus.SIGNED.value}, ListStatus.CANCELLED.value),
    },
)
