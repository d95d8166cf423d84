"""How consolidated reports move, as data; a slot moves by its version, as its action says."""

from songnuan.emergency.models import SummaryStatus
from songnuan.kernel.lifecycle import Lifecycle, Move

SUMMARY = Lifecycle(
    "emergency.summary",
    {
        "send": Move(frozenset({SummaryStatus.MADE.value}), SummaryStatus.SENT.value),
        "receive": Move(frozenset({SummaryStatus.SENT.value}), SummaryStatus.RECEIVED.value),
    },
)
