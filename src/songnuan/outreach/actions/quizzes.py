"""A quiz is opened and closed in rounds, and answered: by staff with their account, by others by a code."""

from collections.abc import Collection, Sequence
from datetime import date, datetime
from secrets import token_urlsafe
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from songnuan.kernel.actor import Actor
from songnuan.kernel.refusal import NotPermitted, Refusal
from songnuan.organisation.permissions import Permission
from songnuan.organisation.queries import day_of, require, subtree
from songnuan.outreach.actions.lessons import held, note, person
from songnuan.outreach.lesson_models import (
    Audience,
    Lesson,
    LessonStatus,
    QuizAsked,
    QuizCode,
    QuizKey,
    QuizRound,
    QuizTally,
    RoundKind,
)
from songnuan.outreach.lesson_queries import audience_of, digest_of, open_round
from songnuan.outreach.lesson_rules import PLACE_LONGEST, words
from songnuan.outreach.quiz_rules import Outcome, outcome, questions_of

_CODE_BYTES = 9


@transaction.atomic(savepoint=False)
def open_quiz(*, lesson_id: int, kind: str, until_on: date, actor: Actor, at: datetime) -> QuizRound:
    """Open a round of a quiz; who of the staff is asked is frozen.

    Args:
        lesson_id: A lesson that is signed off and has a quiz.
        kind: A value of `RoundKind`.
        until_on: The last day on which it is to be answered; it is closed by hand.
        actor: Needs OUTREACH_WRITE over the plan's unit.
        at: When.

    Raises:
        Refusal: `lesson_unknown`, `not_permitted`, `lesson_not_signed`, `quiz_missing`, `round_kind`,
            `round_runs`, `round_twice`, `round_order` for one before the lesson once one after it was opened,
            `round_past`.

    """
    lesson = held(lesson_id)
    opener = person(actor)
    require(actor, Permission.OUTREACH_WRITE, unit_id=lesson.measure.plan.unit_id, at=at)
    require_signed(lesson)
    if not lesson.questions:
        raise Refusal("quiz_missing", _("This lesson has no quiz."))
    if kind not in RoundKind.values:
        raise Refusal("round_kind", _("Choose which round it is."), field="kind")
    if open_round(lesson.pk) is not None:
        raise Refusal("round_runs", _("A round of this quiz is open already. Close it first."))
    held_before = set(QuizRound.objects.filter(lesson=lesson).values_list("kind", flat=True))
    if kind in held_before:
        sentence = _("This round was held already: before and after are held once each, or they say nothing.")
        raise Refusal("round_twice", sentence, field="kind")
    if kind == RoundKind.BEFORE and held_before:
        sentence = _("The round after the lesson was held already; there is no “before” any more.")
        raise Refusal("round_order", sentence, field="kind")
    if until_on < day_of(at):
        raise Refusal("round_past", _("The last day lies in the past."), field="until_on")
    made = QuizRound.objects.create(
        lesson=lesson, kind=kind, until_on=until_on, opened_by_id=opener, opened_at=at
    )
    audience = audience_of(lesson, at)
    QuizAsked.objects.bulk_create(
        QuizAsked(round=made, user_id=user, unit_id=unit) for user, unit in sorted(audience.items())
    )
    note(lesson, "open_quiz", actor, at, round=kind, people=len(audience))
    return made


@transaction.atomic(savepoint=False)
def close_quiz(*, lesson_id: int, actor: Actor, at: datetime) -> QuizRound:
    """Close the round that is open: nothing is answered any more, and its rates are shown.

    Raises:
        Refusal: `lesson_unknown`, `not_permitted`, `round_none`.

    """
    lesson = held(lesson_id)
    closer = person(actor)
    require(actor, Permission.OUTREACH_WRITE, unit_id=lesson.measure.plan.unit_id, at=at)
    row = _open(lesson)
    digest = digest_of(row.pk)
    QuizKey.objects.filter(round=row).delete()
    QuizRound.objects.filter(pk=row.pk).update(closed_by=closer, closed_at=at, digest=digest)
    answers = sum(QuizTally.objects.filter(round=row).values_list("answered", flat=True))
    note(lesson, "close_quiz", actor, at, round=row.kind, answers=answers, digest=digest)
    row.refresh_from_db()
    return row


@transaction.atomic(savepoint=False)
def answer_quiz(*, lesson_id: int, picks: Sequence[Collection[int]], actor: Actor, at: datetime) -> Outcome:
    """Answer the open round with one's own account: that it was answered is kept, what is counted.

    Raises:
        Refusal: `lesson_unknown`, `lesson_not_signed`, `round_none`, `quiz_not_asked`, `quiz_answered`, and
            as `quiz_rules.outcome`.

    """
    lesson = held(lesson_id)
    user_id = person(actor)
    require_signed(lesson)
    row = _open(lesson)
    asked = QuizAsked.objects.filter(round=row, user=user_id).first()
    if asked is None:
        sentence = _("You are not among those asked in this round. You can read the lesson all the same.")
        raise NotPermitted("quiz_not_asked", sentence)
    found = outcome(questions_of(lesson.questions), picks, lesson.aware_at)
    if not QuizAsked.objects.filter(pk=asked.pk, answered_at__isnull=True).update(answered_at=at):
        raise Refusal("quiz_answered", _("You answered in this round already; the first answer counts."))
    _count(row, asked.unit_id, Audience.STAFF, found)
    note(lesson, "answer_quiz", actor, at, round=row.kind)
    return found


@transaction.atomic(savepoint=False)
def answer_by_code(*, code: str, key: UUID, picks: Sequence[Collection[int]]) -> Outcome:
    """Count a sheet of somebody who is nobody: no person, no time, nothing in the trail; once for each `key`.

    Raises:
        Refusal: `code_unknown`, `round_none`, and as `quiz_rules.outcome`.

    """
    found = QuizCode.objects.filter(code=code, ended_at__isnull=True).first()
    if found is None:
        raise Refusal("code_unknown", _("This code is not valid any more."))
    lesson = held(found.lesson_id)
    require_signed(lesson)
    row = _open(lesson)
    told = outcome(questions_of(lesson.questions), picks, lesson.aware_at)
    _row, is_new = QuizKey.objects.get_or_create(round=row, key=key)
    if is_new:
        _count(row, found.unit_id, Audience(found.audience), told)
    return told


@transaction.atomic(savepoint=False)
def make_quiz_code(
    *, lesson_id: int, unit_id: int, audience: str, place: str, actor: Actor, at: datetime
) -> QuizCode:
    """Make a code for a poster of a lesson; for a place that has one it is that one.

    Raises:
        Refusal: `lesson_unknown`, `not_permitted`, `lesson_not_signed`, `code_audience`, `lesson_unit`,
            `words_missing`, `text_too_long`.

    """
    lesson = held(lesson_id)
    maker = person(actor)
    require(actor, Permission.OUTREACH_WRITE, unit_id=lesson.measure.plan.unit_id, at=at)
    require_signed(lesson)
    if audience not in {Audience.FLOATING, Audience.RESIDENTS}:
        sentence = _("Staff answer with their account. Choose whom the poster is for.")
        raise Refusal("code_audience", sentence, field="audience")
    if not subtree(lesson.measure.plan.unit_id or 0, day_of(at)).filter(pk=unit_id).exists():
        sentence = _("One of the units is not below that of the plan. Reload the page.")
        raise Refusal("lesson_unit", sentence, field="unit")
    where = words(place, field="place", longest=PLACE_LONGEST)
    made, is_new = QuizCode.objects.get_or_create(
        lesson=lesson,
        unit_id=unit_id,
        audience=audience,
        place=where,
        ended_at=None,
        defaults={"code": token_urlsafe(_CODE_BYTES), "made_by_id": maker, "made_at": at},
    )
    if is_new:
        note(lesson, "make_quiz_code", actor, at, unit=unit_id, audience=audience)
    return made


@transaction.atomic(savepoint=False)
def end_quiz_code(*, code_id: int, actor: Actor, at: datetime) -> QuizCode:
    """End a code: what is counted stays, and nobody answers by it any more.

    Raises:
        Refusal: `code_unknown`, `not_permitted`.

    """
    found = QuizCode.objects.filter(pk=code_id, ended_at__isnull=True).first()
    if found is None:
        raise Refusal("code_unknown", _("This code is not valid any more."))
    lesson = held(found.lesson_id)
    require(actor, Permission.OUTREACH_WRITE, unit_id=lesson.measure.plan.unit_id, at=at)
    if QuizCode.objects.filter(pk=code_id, ended_at__isnull=True).update(ended_at=at):
        note(lesson, "end_quiz_code", actor, at, unit=found.unit_id, audience=found.audience)
    return found


def require_signed(lesson: Lesson) -> None:
    """Let pass a lesson that is signed off.

    Raises:
        Refusal: `lesson_not_signed`.

    """
    if lesson.status != LessonStatus.SIGNED:
        sentence = _("This lesson is not signed off, or was withdrawn: nothing goes out of it.")
        raise Refusal("lesson_not_signed", sentence, lesson=lesson.pk)


def _open(lesson: Lesson) -> QuizRound:
    row = open_round(lesson.pk)
    if row is None:
        raise Refusal("round_none", _("This quiz is not open now."))
    return row


def _count(row: QuizRound, unit_id: int, audience: Audience, found: Outcome) -> None:
    """Add a sheet to the counts of its unit and audience."""
    zeros = [0] * len(found.right)
    QuizTally.objects.get_or_create(round=row, unit_id=unit_id, audience=audience, defaults={"right": zeros})
    held_row = QuizTally.objects.select_for_update(no_key=True)
    tally = held_row.get(round=row, unit_id=unit_id, audience=audience)
    right = [before + one for before, one in zip(tally.right, map(int, found.right), strict=True)]
    QuizTally.objects.filter(pk=tally.pk).update(
        answered=tally.answered + 1, aware=tally.aware + int(found.is_aware), right=right
    )
