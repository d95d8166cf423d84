"""A lesson is written, with its quiz, and handed in; the publicity officers are told."""

from datetime import datetime
from functools import partial
from uuid import UUID

from django.utils.translation import gettext as _

from songnuan.audit.chain import canonical
from songnuan.jobs import actions as jobs
from songnuan.journeys.base import journey
from songnuan.journeys.telling import tell
from songnuan.kernel.actor import Actor
from songnuan.kernel.bulk import digest_rows
from songnuan.organisation.permissions import Permission
from songnuan.organisation.queries import holders
from songnuan.outreach.actions import lessons
from songnuan.outreach.lesson_models import Lesson
from songnuan.outreach.lesson_rules import Draft


@journey
def write_lesson(*, measure_id: int, draft: Draft, key: UUID, actor: Actor, at: datetime) -> int:
    """Begin a lesson, once for each `key`; return its id.

    Raises:
        Refusal: As `outreach.actions.lessons.write_lesson`, and `key_reused`.

    """
    body = digest_rows([(canonical([str(measure_id), repr(draft)]),)])
    found = jobs.receive(key=key, purpose="outreach.lesson", body_digest=body, actor=actor, at=at)
    if found is not None:
        return int(found)
    made = lessons.write_lesson(measure_id=measure_id, draft=draft, actor=actor, at=at)
    jobs.settle(key=key, result=str(made.pk))
    return made.pk


@journey
def change_lesson(*, lesson_id: int, draft: Draft, actor: Actor, at: datetime) -> Lesson:
    """Write a draft anew.

    Raises:
        Refusal: As `outreach.actions.lessons.change_lesson`.

    """
    return lessons.change_lesson(lesson_id=lesson_id, draft=draft, actor=actor, at=at)


@journey
def add_question(*, lesson_id: int, text: str, options: str, actor: Actor, at: datetime) -> Lesson:
    """Add a question to the quiz of a draft.

    Raises:
        Refusal: As `outreach.actions.lessons.add_question`.

    """
    return lessons.add_question(lesson_id=lesson_id, text=text, options=options, actor=actor, at=at)


@journey
def drop_question(*, lesson_id: int, number: int, actor: Actor, at: datetime) -> Lesson:
    """Take a question out of the quiz of a draft.

    Raises:
        Refusal: As `outreach.actions.lessons.drop_question`.

    """
    return lessons.drop_question(lesson_id=lesson_id, number=number, actor=actor, at=at)


@journey
def set_aware_at(*, lesson_id: int, aware_at: int, actor: Actor, at: datetime) -> Lesson:
    """Say from how many right answers on somebody counts as aware.

    Raises:
        Refusal: As `outreach.actions.lessons.set_aware_at`.

    """
    return lessons.set_aware_at(lesson_id=lesson_id, aware_at=aware_at, actor=actor, at=at)


@journey
def hand_in_lesson(*, lesson_id: int, actor: Actor, at: datetime) -> Lesson:
    """Hand a draft in; those who may sign it off are told.

    Raises:
        Refusal: As `outreach.actions.lessons.hand_in_lesson`.

    """
    lesson = lessons.hand_in_lesson(lesson_id=lesson_id, actor=actor, at=at)
    signers = holders(Permission.OUTREACH_SIGN, lesson.measure.plan.unit_id or 0, at)
    tell(
        signers.exclude(pk=lesson.written_by_id),
        partial(_handed_in, lesson),
        topic="lesson.ready",
        key=f"lesson.ready:{lesson.pk}:{at.isoformat()}",
        url=page_of(lesson),
        plan=lesson.measure.plan.title,
        actor=actor,
        at=at,
    )
    return lesson


def _handed_in(lesson: Lesson) -> tuple[str, str]:
    return marked(lesson, _("Sign off: %(title)s") % {"title": lesson.title}), ""


def marked(lesson: Lesson, title: str) -> str:
    """Return a title, marked where the lesson is for a drill."""
    return _("Drill! %(title)s") % {"title": title} if lesson.is_drill else title


def page_of(lesson: Lesson) -> str:
    """Return the path of a lesson's page."""
    return f"/lessons/{lesson.pk}/"
