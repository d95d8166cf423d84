"""The states of a response, and of the handing over of the authority to end it."""

from songnuan.emergency.models import ActivationStatus, HandoverStatus
from songnuan.kernel.lifecycle import Lifecycle, Move

_ACTIVE = frozenset({ActivationStatus.ACTIVE.value})
_OFFERED = frozenset({HandoverStatus.OFFERED.value})

ACTIVATION = Lifecycle(
    "emergency.activation",
    {
        "change_level": Move(_ACTIVE, ActivationStatus.ACTIVE.value),
        "hand_over": Move(_ACTIVE, ActivationStatus.ACTIVE.value),
        "stand_down": Move(_ACTIVE, ActivationStatus.ENDED.value),
    },
)

HANDOVER = Lifecycle(
    "emergency.handover",
    {
        "accept": Move(_OFFERED, HandoverStatus.ACCEPTED.value),
        "decline": Move(_OFFERED, HandoverStatus.DECLINED.value),
        "take_back": Move(_OFFERED, HandoverStatus.TAKEN_BACK.value),
    },
)
