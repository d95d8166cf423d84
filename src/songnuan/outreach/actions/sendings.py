"""A lesson goes out: to the accounts of its audience, and by hand; who opened it has read it."""

from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from songnuan.kernel.actor import Actor
from songnuan.kernel.refusal import Refusal
from songnuan.organisation.permissions import Permission
from songnuan.organisation.queries import day_of, require, subtree
from songnuan.outreach.actions.lessons import held, note, person
from songnuan.outreach.actions.quizzes import require_signed
from songnuan.outreach.lesson_queries import audience_of
from songnuan.outreach.lesson_rules import PLACE_LONGEST, words
from songnuan.outreach.sending_models import Addressed, HandedOn, HandWay, Sending, SendingKind

REMIND_AGAIN = timedelta(minutes=10)
PEOPLE_MOST = 100_000


@transaction.atomic(savepoint=False)
def send_lesson(*, lesson_id: int, actor: Actor, at: datetime) -> Sending:
    """Send a lesson to those of its audience who did not get it yet.

    Raises:
        Refusal: `lesson_unknown`, `not_permitted`, `lesson_not_signed`, `audience_empty` where all have it.

    """
    lesson = held(lesson_id)
    sender = person(actor)
    require(actor, Permission.OUTREACH_WRITE, unit_id=lesson.measure.plan.unit_id, at=at)
    require_signed(lesson)
    had = set(Addressed.objects.filter(lesson=lesson).values_list("user", flat=True))
    fresh = {user: unit for user, unit in audience_of(lesson, at).items() if user not in had}
    if not fresh:
        sentence = _("Everybody of its audience has it already.") if had else _("Nobody is in its audience.")
        raise Refusal("audience_empty", sentence)
    made = Sending.objects.create(
        lesson=lesson, kind=SendingKind.SEND, people=len(fresh), by_id=sender, at=at
    )
    Addressed.objects.bulk_create(
        Addressed(lesson=lesson, sending=made, user_id=user, unit_id=unit)
        for user, unit in sorted(fresh.items())
    )
    note(lesson, "send_lesson", actor, at, people=len(fresh))
    return made


@transaction.atomic(savepoint=False)
def remind_of_lesson(*, lesson_id: int, actor: Actor, at: datetime) -> Sending:
    """Remind those who got a lesson and did not open it.

    Raises:
        Refusal: `lesson_unknown`, `not_permitted`, `lesson_not_signed`, `all_read`, `reminded_now`.

    """
    lesson = held(lesson_id)
    sender = person(actor)
    require(actor, Permission.OUTREACH_WRITE, unit_id=lesson.measure.plan.unit_id, at=at)
    require_signed(lesson)
    unread = Addressed.objects.filter(lesson=lesson, read_at__isnull=True, user__is_active=True).count()
    if not unread:
        raise Refusal("all_read", _("Everybody who got it has read it."))
    if Sending.objects.filter(lesson=lesson, at__gt=at - REMIND_AGAIN).exists():
        raise Refusal("reminded_now", _("It went out within the last ten minutes. Give people time to read."))
    made = Sending.objects.create(lesson=lesson, kind=SendingKind.REMIND, people=unread, by_id=sender, at=at)
    note(lesson, "remind_of_lesson", actor, at, people=unread)
    return made


@transaction.atomic(savepoint=False)
def read_lesson(*, lesson_id: int, actor: Actor, at: datetime) -> bool:
    """Note that somebody opened a lesson that was sent to them; return whether it was the first time."""
    rows = Addressed.objects.filter(lesson=lesson_id, user=actor.user_id or 0, read_at__isnull=True)
    return rows.update(read_at=at) == 1


@transaction.atomic(savepoint=False)
def note_handed_on(
    *, lesson_id: int, unit_id: int, way: str, place: str, people: int | None, actor: Actor, at: datetime
) -> HandedOn:
    """Note that the actor passed a lesson on by hand.

    Args:
        lesson_id: Which lesson.
        unit_id: For which unit; the actor holds OUTREACH_VIEW over it, and it stands below the plan's.
        way: A value of `HandWay`.
        place: Which group, board or street.
        people: To about how many; None where nobody can say.
        actor: Who did it.
        at: When.

    Raises:
        Refusal: `lesson_unknown`, `lesson_not_signed`, `lesson_unit`, `not_permitted`, `hand_way`,
            `words_missing`, `text_too_long`, `people_many`.

    """
    lesson = held(lesson_id)
    who = person(actor)
    require_signed(lesson)
    if not subtree(lesson.measure.plan.unit_id or 0, day_of(at)).filter(pk=unit_id).exists():
        sentence = _("One of the units is not below that of the plan. Reload the page.")
        raise Refusal("lesson_unit", sentence, field="unit")
    require(actor, Permission.OUTREACH_VIEW, unit_id=unit_id, at=at)
    if way not in HandWay.values:
        raise Refusal("hand_way", _("Choose how it was passed on."), field="way")
    where = words(place, field="place", longest=PLACE_LONGEST)
    if people is not None and not 1 <= people <= PEOPLE_MOST:
        sentence = _("Write from 1 to %(most)s people, or leave it empty.")
        raise Refusal("people_many", sentence % {"most": PEOPLE_MOST}, field="people")
    made = HandedOn.objects.create(
        lesson=lesson, unit_id=unit_id, way=way, place=where, people=people, by_id=who, at=at
    )
    note(lesson, "hand_on_lesson", actor, at, unit=unit_id, handed=way, people=people)
    return made
