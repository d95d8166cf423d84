"""The states of a request, and of a delegation."""

from songnuan.approvals.models import DelegationStatus, RequestStatus
from songnuan.kernel.lifecycle import Lifecycle, Move

_PENDING = frozenset({RequestStatus.PENDING.value})

# What is passed on waits at its next step; the last one approves it.
REQUEST = Lifecycle(
    "approvals.request",
    {
        "pass": Move(_PENDING, RequestStatus.PENDING.value),
        "approve": Move(_PENDING, RequestStatus.APPROVED.value),
        "return": Move(_PENDING, RequestStatus.RETURNED.value),
        "withdraw": Move(_PENDING, RequestStatus.WITHDRAWN.value),
    },
)

_OFFERED = frozenset({DelegationStatus.OFFERED.value})
STANDING = _OFFERED | {DelegationStatus.ACCEPTED.value}

DELEGATION = Lifecycle(
    "approvals.delegation",
    {
        "accept": Move(_OFFERED, DelegationStatus.ACCEPTED.value),
        "decline": Move(_OFFERED, DelegationStatus.DECLINED.value),
        "end": Move(STANDING, DelegationStatus.ENDED.value),
    },
)
