"""The states of a request for a purchase."""

from songnuan.goods.request_models import RequestStatus
from songnuan.kernel.lifecycle import Lifecycle, Move

_PENDING = frozenset({RequestStatus.PENDING.value})
_APPROVED = frozenset({RequestStatus.APPROVED.value})
_BOUGHT = frozenset({RequestStatus.BOUGHT.value})

# A purchase that is cancelled leaves its request approved, or ends it where its money is gone.
REQUEST = Lifecycle(
    "goods.request",
    {
        "approve": Move(_PENDING, RequestStatus.APPROVED.value),
        "return": Move(_PENDING, RequestStatus.RETURNED.value),
        "take_back": Move(_PENDING, RequestStatus.WITHDRAWN.value),
        "withdraw": Move(_APPROVED, RequestStatus.WITHDRAWN.value),
        "buy": Move(_APPROVED, RequestStatus.BOUGHT.value),
        "reopen": Move(_BOUGHT, RequestStatus.APPROVED.value),
        "end": Move(_BOUGHT, RequestStatus.WITHDRAWN.value),
    },
)
