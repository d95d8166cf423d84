"""How slots and consolidated reports move, as data."""

from songnuan.emergency.models import SlotStatus, SummaryStatus
from songnuan.kernel.lifecycle import Lifecycle, Move

_REPORTED = frozenset({SlotStatus.ZERO.value, SlotStatus.EVENT.value})
_ANY = _REPORTED | {SlotStatus.OPEN.value}

SLOT = Lifecycle(
    "emergency.slot",
    {
        SlotStatus.ZERO.value: Move(_ANY, SlotStatus.ZERO.value),
        SlotStatus.EVENT.value: Move(_ANY, SlotStatus.EVENT.value),
    },
)
"""Named by what the valid report says; whether it is the first one, the guard of its version tells."""

SUMMARY = Lifecycle(
    "emergency.summary",
    {
        "send": Move(frozenset({SummaryStatus.MADE.value}), SummaryStatus.SENT.value),
        "receive": Move(frozenset({SummaryStatus.SENT.value}), SummaryStatus.RECEIVED.value),
    },
)
