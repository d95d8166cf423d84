"""A lesson that was signed off is withdrawn, and with it all that is done by it."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from songnuan.kernel.actor import Actor
from songnuan.kernel.refusal import Refusal
from songnuan.organisation.permissions import Permission
from songnuan.organisation.queries import require
from songnuan.outreach.actions.courses import close, held_course
from songnuan.outreach.actions.lessons import held, note, person
from songnuan.outreach.course_queries import course_of
from songnuan.outreach.lesson_lifecycle import LESSON
from songnuan.outreach.lesson_models import Lesson, QuizCode
from songnuan.outreach.lesson_queries import open_round
from songnuan.outreach.lesson_rules import REMARK_LONGEST, words


@transaction.atomic(savepoint=False)
def withdraw_lesson(*, lesson_id: int, remark: str, actor: Actor, at: datetime) -> Lesson:
    """Withdraw a lesson that was signed off: it is shown and sent no more, its codes end, its course closes.

    Who learnt it until now has learnt it.

    Raises:
        Refusal: `lesson_unknown`, `not_permitted`, `person_needed`, `wrong_state`, `round_runs`,
            `words_missing`, `text_too_long`.

    """
    lesson = held(lesson_id)
    person(actor)
    require(actor, Permission.OUTREACH_SIGN, unit_id=lesson.measure.plan.unit_id, at=at)
    if open_round(lesson.pk) is not None:
        raise Refusal("round_runs", _("Its quiz is being answered. Close the round first."))
    told = words(remark, field="remark", longest=REMARK_LONGEST)
    LESSON.move_one(Lesson.objects.filter(pk=lesson.pk), "withdraw", remark=told)
    QuizCode.objects.filter(lesson=lesson, ended_at__isnull=True).update(ended_at=at)
    known = course_of(lesson.pk)
    course = held_course(known.pk) if known else None
    if course is not None and course.closed_at is None:
        close(course, actor, at)
    note(lesson, "withdraw_lesson", actor, at)
    return lesson
