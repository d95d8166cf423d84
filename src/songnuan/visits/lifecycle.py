"""The states of a visit."""

from songnuan.kernel.lifecycle import Lifecycle, Move
from songnuan.visits.models import VisitStatus

_TO_DO = frozenset({VisitStatus.PLANNED.value})

VISIT = Lifecycle(
    "visits.visit",
    {
        "replan": Move(_TO_DO, VisitStatus.PLANNED.value),
        "allow_late": Move(_TO_DO, VisitStatus.PLANNED.value),
        "record": Move(_TO_DO, VisitStatus.RECORDED.value),
    },
)
