"""What is due of messages and lessons: questions to answer, lessons to sign off, rounds to close."""

from collections.abc import Iterator

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from songnuan.organisation.permissions import Permission
from songnuan.outreach.lesson_models import Lesson, LessonStatus, QuizRound
from songnuan.outreach.lesson_queries import asked_of, lessons
from songnuan.web.due.base import Desk, Due


def to_answer_quizzes(desk: Desk) -> Iterator[Due]:
    """Yield the quizzes that the reader has to answer."""
    for row in asked_of(desk.user.pk):
        yield Due(
            title=_marked(row.round.lesson, _("A few questions: %(title)s")),
            plan=row.round.lesson.measure.plan.title,
            url=reverse("lesson_quiz", args=(row.round.lesson_id,)),
            action=pgettext("quiz", "Answer"),
            today=desk.day,
            due_on=row.round.until_on,
        )


def to_sign_lessons(desk: Desk) -> Iterator[Due]:
    """Yield the lessons that wait for the reader's signature: not those of their own."""
    units = desk.reach_ids(Permission.OUTREACH_SIGN)
    if not units:
        return
    rows = lessons().filter(status=LessonStatus.READY, measure__plan__unit__in=units)
    for row in rows.exclude(written_by=desk.user):
        yield Due(
            title=_marked(row, _("Sign off: %(title)s")),
            plan=row.measure.plan.title,
            url=reverse("lesson", args=(row.pk,)),
            action=pgettext("lesson", "Read and sign"),
            today=desk.day,
        )


def to_close_rounds(desk: Desk) -> Iterator[Due]:
    """Yield the rounds that were to be answered by a day that has passed: the reader closes them."""
    units = desk.reach_ids(Permission.OUTREACH_WRITE)
    if not units:
        return
    rows = QuizRound.objects.filter(closed_at__isnull=True, until_on__lt=desk.day)
    for row in rows.filter(lesson__measure__plan__unit__in=units).select_related("lesson__measure__plan"):
        yield Due(
            title=_marked(row.lesson, _("Close the quiz: %(title)s")),
            plan=row.lesson.measure.plan.title,
            url=reverse("lesson", args=(row.lesson_id,)) + "#rounds",
            action=pgettext("quiz", "Close it"),
            today=desk.day,
            due_on=row.until_on,
        )


def _marked(lesson: Lesson, words: str) -> str:
    title = words % {"title": lesson.title}
    return _("Drill! %(title)s") % {"title": title} if lesson.is_drill else title
