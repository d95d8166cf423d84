"""How the observation of a returnee moves, as data."""

from songnuan.emergency.models import ReturneeStatus
from songnuan.kernel.lifecycle import Lifecycle, Move

_WAITING = frozenset({ReturneeStatus.WAITING.value})
_OBSERVED = frozenset({ReturneeStatus.OBSERVED.value})

RETURNEE = Lifecycle(
    "emergency.returnee",
    {
        "confirm": Move(_WAITING, ReturneeStatus.OBSERVED.value),
        "set_aside": Move(_WAITING, ReturneeStatus.SET_ASIDE.value),
        "release": Move(_OBSERVED, ReturneeStatus.RELEASED.value),
        "end_early": Move(_OBSERVED, ReturneeStatus.ENDED.value),
    },
)
