"""The states of a visit, and of a later day that was asked for."""

from songnuan.kernel.lifecycle import Lifecycle, Move
from songnuan.visits.models import LaterDayStatus, VisitStatus

_TO_DO = frozenset({VisitStatus.PLANNED.value})
_WAITING = frozenset({LaterDayStatus.WAITING.value})

VISIT = Lifecycle(
    "visits.visit",
    {
        "replan": Move(_TO_DO, VisitStatus.PLANNED.value),
        "ask_later": Move(_TO_DO, VisitStatus.PLANNED.value),
        "allow_late": Move(_TO_DO, VisitStatus.PLANNED.value),
        "place": Move(_TO_DO, VisitStatus.PLANNED.value),
        "pin": Move(_TO_DO, VisitStatus.PLANNED.value),
        "record": Move(_TO_DO, VisitStatus.RECORDED.value),
        "correct": Move(frozenset({VisitStatus.RECORDED.value}), VisitStatus.RECORDED.value),
    },
)

LATER_DAY = Lifecycle(
    "visits.later_day",
    {
        "allow": Move(_WAITING, LaterDayStatus.ALLOWED.value),
        "return": Move(_WAITING, LaterDayStatus.RETURNED.value),
        "withdraw": Move(_WAITING, LaterDayStatus.WITHDRAWN.value),
    },
)
