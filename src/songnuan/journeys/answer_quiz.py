"""A quiz is answered: by staff with their account, by others by a code, who stay nobody."""

from collections.abc import Collection, Sequence
from datetime import datetime
from uuid import UUID

from songnuan.journeys.base import journey, step
from songnuan.kernel.actor import Actor
from songnuan.outreach.actions import quizzes
from songnuan.outreach.quiz_rules import Outcome


@journey
def answer_quiz(*, lesson_id: int, picks: Sequence[Collection[int]], actor: Actor, at: datetime) -> Outcome:
    """Answer with one's own account.

    Raises:
        Refusal: As `outreach.actions.quizzes.answer_quiz`.

    """
    return quizzes.answer_quiz(lesson_id=lesson_id, picks=picks, actor=actor, at=at)


def answer_by_code(*, code: str, key: UUID, picks: Sequence[Collection[int]]) -> Outcome:
    """Answer by the code of a poster. No journey: neither act nor refusal leaves anything in the trail.

    Raises:
        Refusal: As `outreach.actions.quizzes.answer_by_code`.

    """
    with step():
        return quizzes.answer_by_code(code=code, key=key, picks=picks)
