"""A lesson goes out to the accounts of its audience; it is passed on by hand; who opened it has read it."""

from collections.abc import Iterable
from datetime import datetime
from functools import partial

from songnuan.journeys.base import journey
from songnuan.journeys.telling import tell
from songnuan.journeys.write_lesson import marked, page_of
from songnuan.kernel.actor import Actor
from songnuan.organisation.models import User
from songnuan.outreach.actions import sendings
from songnuan.outreach.lesson_models import Lesson
from songnuan.outreach.lesson_queries import accounts
from songnuan.outreach.sending_models import Addressed, HandedOn, Sending


@journey
def send_lesson(*, lesson_id: int, actor: Actor, at: datetime) -> Sending:
    """Send a lesson to those of its audience who did not get it yet.

    Raises:
        Refusal: As `outreach.actions.sendings.send_lesson`.

    """
    made = sendings.send_lesson(lesson_id=lesson_id, actor=actor, at=at)
    fresh = Addressed.objects.filter(sending=made).values_list("user", flat=True)
    _tell(made.lesson, accounts(fresh), f"lesson.sent:{lesson_id}", actor, at)
    return made


@journey
def remind_of_lesson(*, lesson_id: int, actor: Actor, at: datetime) -> Sending:
    """Remind those who did not open a lesson.

    Raises:
        Refusal: As `outreach.actions.sendings.remind_of_lesson`.

    """
    made = sendings.remind_of_lesson(lesson_id=lesson_id, actor=actor, at=at)
    unread = Addressed.objects.filter(lesson=lesson_id, read_at__isnull=True).values_list("user", flat=True)
    readers = accounts(unread).filter(is_active=True)
    _tell(made.lesson, readers, f"lesson.remind:{made.pk}", actor, at)
    return made


def _tell(lesson: Lesson, readers: Iterable[User], key: str, actor: Actor, at: datetime) -> None:
    tell(
        readers,
        partial(_words, lesson),
        topic="lesson.sent",
        key=key,
        url=page_of(lesson),
        plan=lesson.measure.plan.title,
        actor=actor,
        at=at,
    )


def _words(lesson: Lesson) -> tuple[str, str]:
    return marked(lesson, lesson.title), lesson.text


@journey
def read_lesson(*, lesson_id: int, actor: Actor, at: datetime) -> bool:
    """Note that somebody opened a lesson that was sent to them."""
    return sendings.read_lesson(lesson_id=lesson_id, actor=actor, at=at)


@journey
def note_handed_on(
    *, lesson_id: int, unit_id: int, way: str, place: str, people: int | None, actor: Actor, at: datetime
) -> HandedOn:
    """Note that the actor passed a lesson on by hand.

    Raises:
        Refusal: As `outreach.actions.sendings.note_handed_on`.

    """
    return sendings.note_handed_on(
        lesson_id=lesson_id, unit_id=unit_id, way=way, place=place, people=people, actor=actor, at=at
    )
