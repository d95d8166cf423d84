"""A lesson is signed off, given back or withdrawn by the publicity officer; who wrote it is told."""

from datetime import datetime
from functools import partial

from django.utils.translation import gettext as _

from songnuan.journeys.base import journey
from songnuan.journeys.telling import tell
from songnuan.journeys.write_lesson import marked, page_of
from songnuan.kernel.actor import Actor
from songnuan.outreach.actions import lessons, withdrawing
from songnuan.outreach.lesson_models import Lesson


@journey
def sign_lesson(*, lesson_id: int, actor: Actor, at: datetime) -> Lesson:
    """Sign a lesson off.

    Raises:
        Refusal: As `outreach.actions.lessons.sign_lesson`.

    """
    lesson = lessons.sign_lesson(lesson_id=lesson_id, actor=actor, at=at)
    _tell(lesson, _("Signed off: %(title)s"), "lesson.signed", actor, at)
    return lesson


@journey
def give_lesson_back(*, lesson_id: int, remark: str, actor: Actor, at: datetime) -> Lesson:
    """Give a lesson back to be changed.

    Raises:
        Refusal: As `outreach.actions.lessons.give_lesson_back`.

    """
    lesson = lessons.give_lesson_back(lesson_id=lesson_id, remark=remark, actor=actor, at=at)
    _tell(lesson, _("To be changed: %(title)s"), "lesson.returned", actor, at)
    return lesson


@journey
def withdraw_lesson(*, lesson_id: int, remark: str, actor: Actor, at: datetime) -> Lesson:
    """Withdraw a lesson.

    Raises:
        Refusal: As `outreach.actions.withdrawing.withdraw_lesson`.

    """
    return withdrawing.withdraw_lesson(lesson_id=lesson_id, remark=remark, actor=actor, at=at)


def _tell(lesson: Lesson, words: str, topic: str, actor: Actor, at: datetime) -> None:
    tell(
        [lesson.written_by],
        partial(_words, lesson, words),
        topic=topic,
        key=f"{topic}:{lesson.pk}:{at.isoformat()}",
        url=page_of(lesson),
        plan=lesson.measure.plan.title,
        actor=actor,
        at=at,
    )


def _words(lesson: Lesson, words: str) -> tuple[str, str]:
    return marked(lesson, words % {"title": lesson.title}), lesson.remark
