"""The states of a lesson."""

from songnuan.kernel.lifecycle import Lifecycle, Move
from songnuan.outreach.lesson_models import LessonStatus

_DRAFT = frozenset({LessonStatus.DRAFT.value})
_READY = frozenset({LessonStatus.READY.value})
_SIGNED = frozenset({LessonStatus.SIGNED.value})

LESSON = Lifecycle(
    "outreach.lesson",
    {
        "change": Move(_DRAFT, LessonStatus.DRAFT.value),
        "hand_in": Move(_DRAFT, LessonStatus.READY.value),
        "give_back": Move(_READY, LessonStatus.DRAFT.value),
        "sign": Move(_READY, LessonStatus.SIGNED.value),
        "withdraw": Move(_SIGNED, LessonStatus.WITHDRAWN.value),
    },
)
