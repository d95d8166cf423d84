"""What is due of lessons and events: to answer, to sign off, to learn, to close, invitations, who came."""

from collections.abc import Iterator

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from songnuan.organisation.permissions import Permission
from songnuan.organisation.queries import day_of
from songnuan.outreach.course_queries import courses, owed_by
from songnuan.outreach.event_models import EventStatus
from songnuan.outreach.event_queries import events, invited_to
from songnuan.outreach.lesson_models import Lesson, LessonStatus, QuizRound
from songnuan.outreach.lesson_queries import asked_of, lessons
from songnuan.plans.models import MeasureStatus
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
    for row in rows.filter(measure__status=MeasureStatus.OPEN).exclude(written_by=desk.user):
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


def to_learn(desk: Desk) -> Iterator[Due]:
    """Yield the lessons that the reader has to learn, or whose test they have to pass."""
    for course, lacks, _fails in owed_by(desk.user.pk):
        words = _("To learn: %(title)s") if lacks else _("Pass the test: %(title)s")
        yield Due(
            title=_marked(course.lesson, words),
            plan=course.lesson.measure.plan.title,
            url=reverse("course_mine", args=(course.pk,)),
            action=pgettext("course", "Learn it"),
            today=desk.day,
            due_on=course.until_on,
        )


def to_close_courses(desk: Desk) -> Iterator[Due]:
    """Yield the courses whose last day has passed: the reader sees to who lacks them, and closes them."""
    units = desk.reach_ids(Permission.OUTREACH_WRITE)
    if not units:
        return
    rows = courses().filter(closed_at__isnull=True, until_on__lt=desk.day)
    rows = rows.filter(lesson__measure__plan__unit__in=units, lesson__measure__status=MeasureStatus.OPEN)
    for row in rows:
        yield Due(
            title=_marked(row.lesson, _("Make up for it, and close: %(title)s")),
            plan=row.lesson.measure.plan.title,
            url=reverse("course", args=(row.pk,)) + "#make-up",
            action=pgettext("course", "See who"),
            today=desk.day,
            due_on=row.until_on,
        )


def to_answer_invitations(desk: Desk) -> Iterator[Due]:
    """Yield the invitations that the reader has not answered."""
    for row in invited_to(desk.user.pk).filter(answer="", event__begins_at__gt=desk.at):
        yield Due(
            title=_("You are invited: %(title)s") % {"title": row.event.title},
            plan=row.event.measure.plan.title,
            url=reverse("event", args=(row.event_id,)),
            action=pgettext("invitation", "Answer"),
            today=desk.day,
            due_on=day_of(row.event.begins_at),
        )


def to_note_who_came(desk: Desk) -> Iterator[Due]:
    """Yield the events that have begun, of which it is to be noted who came."""
    units = desk.reach_ids(Permission.OUTREACH_WRITE)
    if not units:
        return
    rows = events().filter(status=EventStatus.PLANNED, begins_at__lte=desk.at)
    for row in rows.filter(measure__plan__unit__in=units, measure__status=MeasureStatus.OPEN):
        yield Due(
            title=_("Note who came: %(title)s") % {"title": row.title},
            plan=row.measure.plan.title,
            url=reverse("event", args=(row.pk,)) + "#came",
            action=pgettext("event", "Note it"),
            today=desk.day,
            due_on=day_of(row.begins_at),
        )


def _marked(lesson: Lesson, words: str) -> str:
    title = words % {"title": lesson.title}
    return _("Drill! %(title)s") % {"title": title} if lesson.is_drill else title
