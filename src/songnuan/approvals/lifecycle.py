"""The states of a request."""

from songnuan.approvals.models import RequestStatus
from songnuan.kernel.lifecycle import Lifecycle, Move

_PENDING = frozenset({RequestStatus.PENDING.value})

REQUEST = Lifecycle(
    "approvals.request",
    {
        "approve": Move(_PENDING, RequestStatus.APPROVED.value),
        "return": Move(_PENDING, RequestStatus.RETURNED.value),
    },
)
