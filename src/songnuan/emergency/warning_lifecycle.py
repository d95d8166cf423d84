"""How alerts move, as data; nothing goes back, and what the house reckons anew moves none."""

from songnuan.emergency.models import AlertStatus
from songnuan.kernel.lifecycle import Lifecycle, Move

ALERT = Lifecycle(
    "emergency.alert",
    {
        "acknowledge": Move(frozenset({AlertStatus.RAISED.value}), AlertStatus.ACKNOWLEDGED.value),
        "verify": Move(frozenset({AlertStatus.ACKNOWLEDGED.value}), AlertStatus.VERIFIED.value),
        "close": Move(frozenset({AlertStatus.VERIFIED.value}), AlertStatus.CLOSED.value),
    },
)
