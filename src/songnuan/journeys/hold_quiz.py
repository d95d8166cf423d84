"""A round of a quiz is opened, and closed; who of the staff is asked is told at once."""

from datetime import date, datetime
from functools import partial

from django.utils.translation import gettext as _

from songnuan.journeys.base import journey
from songnuan.journeys.telling import tell
from songnuan.journeys.write_lesson import marked
from songnuan.kernel.actor import Actor
from songnuan.kernel.days import written
from songnuan.outreach.actions import quizzes
from songnuan.outreach.lesson_models import QuizCode, QuizRound
from songnuan.outreach.lesson_queries import accounts


@journey
def open_quiz(*, lesson_id: int, kind: str, until_on: date, actor: Actor, at: datetime) -> QuizRound:
    """Open a round of a quiz.

    Raises:
        Refusal: As `outreach.actions.quizzes.open_quiz`.

    """
    row = quizzes.open_quiz(lesson_id=lesson_id, kind=kind, until_on=until_on, actor=actor, at=at)
    tell(
        accounts(row.asked.values_list("user", flat=True)),
        partial(_words, row),
        topic="lesson.quiz",
        key=f"lesson.quiz:{row.pk}",
        url=f"/lessons/{lesson_id}/quiz/",
        plan=row.lesson.measure.plan.title,
        actor=actor,
        at=at,
    )
    return row


def _words(row: QuizRound) -> tuple[str, str]:
    title = marked(row.lesson, _("A few questions: %(title)s") % {"title": row.lesson.title})
    body = _("Answer by %(day)s. What you answer is counted, and kept for nobody to see.")
    return title, body % {"day": written(row.until_on)}


@journey
def close_quiz(*, lesson_id: int, actor: Actor, at: datetime) -> QuizRound:
    """Close the round that is open.

    Raises:
        Refusal: As `outreach.actions.quizzes.close_quiz`.

    """
    return quizzes.close_quiz(lesson_id=lesson_id, actor=actor, at=at)


@journey
def make_quiz_code(
    *, lesson_id: int, unit_id: int, audience: str, place: str, actor: Actor, at: datetime
) -> QuizCode:
    """Make a code for a poster.

    Raises:
        Refusal: As `outreach.actions.quizzes.make_quiz_code`.

    """
    return quizzes.make_quiz_code(
        lesson_id=lesson_id, unit_id=unit_id, audience=audience, place=place, actor=actor, at=at
    )


@journey
def end_quiz_code(*, code_id: int, actor: Actor, at: datetime) -> QuizCode:
    """End a code.

    Raises:
        Refusal: As `outreach.actions.quizzes.end_quiz_code`.

    """
    return quizzes.end_quiz_code(code_id=code_id, actor=actor, at=at)
