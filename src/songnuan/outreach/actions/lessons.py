"""A lesson is written, handed in, signed off or given back."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from songnuan.audit.record import record
from songnuan.kernel.actor import Actor
from songnuan.kernel.refusal import Fact, NotPermitted, Refusal
from songnuan.organisation.permissions import Permission
from songnuan.organisation.queries import day_of, require, subtree
from songnuan.outreach.lesson_lifecycle import LESSON
from songnuan.outreach.lesson_models import Lesson, LessonUnit
from songnuan.outreach.lesson_queries import KIND, lessons
from songnuan.outreach.lesson_rules import REMARK_LONGEST, Draft, check_draft, words
from songnuan.outreach.quiz_rules import check_quiz, questions_of, read_question
from songnuan.plans.models import Measure, MeasureStatus


@transaction.atomic(savepoint=False)
def write_lesson(*, measure_id: int, draft: Draft, actor: Actor, at: datetime) -> Lesson:
    """Begin a lesson.

    Raises:
        Refusal: `measure_unknown`, `measure_closed`, `not_permitted`, `person_needed`, and as `check_draft`.

    """
    measure = _held_measure(measure_id)
    author = person(actor)
    require(actor, Permission.OUTREACH_WRITE, unit_id=measure.plan.unit_id, at=at)
    told = _checked(measure, draft, at)
    lesson = Lesson.objects.create(
        measure=measure,
        title=told.title,
        text=told.text,
        roles=list(told.roles),
        district=told.district,
        is_drill=told.is_drill,
        written_by_id=author,
        written_at=at,
    )
    LessonUnit.objects.bulk_create(LessonUnit(lesson=lesson, unit_id=unit) for unit in told.unit_ids)
    note(lesson, "write_lesson", actor, at)
    return lesson


@transaction.atomic(savepoint=False)
def change_lesson(*, lesson_id: int, draft: Draft, actor: Actor, at: datetime) -> Lesson:
    """Write a draft anew; who changed it last counts as who wrote it.

    Raises:
        Refusal: `lesson_unknown`, `wrong_state`, `measure_closed`, and as `write_lesson`.

    """
    lesson = held(lesson_id)
    author = person(actor)
    require(actor, Permission.OUTREACH_WRITE, unit_id=lesson.measure.plan.unit_id, at=at)
    told = _checked(lesson.measure, draft, at)
    LESSON.move_one(
        Lesson.objects.filter(pk=lesson.pk),
        "change",
        title=told.title,
        text=told.text,
        roles=list(told.roles),
        district=told.district,
        is_drill=told.is_drill,
        written_by=author,
        written_at=at,
    )
    LessonUnit.objects.filter(lesson=lesson).delete()
    LessonUnit.objects.bulk_create(LessonUnit(lesson=lesson, unit_id=unit) for unit in told.unit_ids)
    note(lesson, "change_lesson", actor, at)
    return lesson


@transaction.atomic(savepoint=False)
def add_question(*, lesson_id: int, text: str, options: str, actor: Actor, at: datetime) -> Lesson:
    """Add a question to the quiz of a draft; until it is said otherwise, all have to be answered right.

    Raises:
        Refusal: `lesson_unknown`, `not_permitted`, `wrong_state`, `question_twice`, and as `read_question`
            and `check_quiz`.

    """
    lesson = held(lesson_id)
    require(actor, Permission.OUTREACH_WRITE, unit_id=lesson.measure.plan.unit_id, at=at)
    made = read_question(text, options)
    before = questions_of(lesson.questions)
    if any(one.text == made.text for one in before):
        raise Refusal("question_twice", _("This question is in the quiz already."), field="question")
    _set_quiz(lesson, [*lesson.questions, made.stored()], _aware_after(lesson, len(before) + 1))
    note(lesson, "set_quiz", actor, at, questions=len(before) + 1)
    return lesson


@transaction.atomic(savepoint=False)
def drop_question(*, lesson_id: int, number: int, actor: Actor, at: datetime) -> Lesson:
    """Take a question out of the quiz of a draft, by its number from 1.

    Raises:
        Refusal: `lesson_unknown`, `not_permitted`, `wrong_state`, `question_unknown`.

    """
    lesson = held(lesson_id)
    require(actor, Permission.OUTREACH_WRITE, unit_id=lesson.measure.plan.unit_id, at=at)
    if not 1 <= number <= len(lesson.questions):
        raise Refusal("question_unknown", _("There is no such question any more. Reload the page."))
    left = [one for place, one in enumerate(lesson.questions, 1) if place != number]
    _set_quiz(lesson, left, _aware_after(lesson, len(left)))
    note(lesson, "set_quiz", actor, at, questions=len(left))
    return lesson


@transaction.atomic(savepoint=False)
def set_aware_at(*, lesson_id: int, aware_at: int, actor: Actor, at: datetime) -> Lesson:
    """Say from how many right answers on somebody counts as aware.

    Raises:
        Refusal: `lesson_unknown`, `not_permitted`, `wrong_state`, `aware_at`.

    """
    lesson = held(lesson_id)
    require(actor, Permission.OUTREACH_WRITE, unit_id=lesson.measure.plan.unit_id, at=at)
    _set_quiz(lesson, lesson.questions, aware_at)
    note(lesson, "set_quiz", actor, at, questions=len(lesson.questions), aware_at=aware_at)
    return lesson


def _aware_after(lesson: Lesson, count: int) -> int:
    """Return the bar once there are so many questions: all of them, where it was all of them before."""
    return count if lesson.aware_at == len(lesson.questions) else min(lesson.aware_at, count)


def _set_quiz(lesson: Lesson, questions: list[object], aware_at: int) -> None:
    check_quiz(len(questions), aware_at)
    rows = Lesson.objects.filter(pk=lesson.pk)
    LESSON.move_one(rows, "change", questions=questions, aware_at=aware_at)
    lesson.questions, lesson.aware_at = questions, aware_at


@transaction.atomic(savepoint=False)
def hand_in_lesson(*, lesson_id: int, actor: Actor, at: datetime) -> Lesson:
    """Hand a draft in to the publicity officer.

    Raises:
        Refusal: `lesson_unknown`, `not_permitted`, `wrong_state`, `measure_closed`.

    """
    lesson = held(lesson_id)
    require(actor, Permission.OUTREACH_WRITE, unit_id=lesson.measure.plan.unit_id, at=at)
    require_running(lesson.measure)
    LESSON.move_one(Lesson.objects.filter(pk=lesson.pk), "hand_in", remark="")
    note(lesson, "hand_in_lesson", actor, at)
    return lesson


@transaction.atomic(savepoint=False)
def sign_lesson(*, lesson_id: int, actor: Actor, at: datetime) -> Lesson:
    """Sign a lesson off; from now on its words, audience and quiz stay as they are.

    Raises:
        Refusal: `lesson_unknown`, `not_permitted`, `own_text`, `wrong_state`, `measure_closed`.

    """
    lesson = held(lesson_id)
    signer = person(actor)
    require(actor, Permission.OUTREACH_SIGN, unit_id=lesson.measure.plan.unit_id, at=at)
    if lesson.written_by_id == signer:
        sentence = _("You wrote this yourself. Another publicity officer, here or above, signs it off.")
        raise NotPermitted("own_text", sentence)
    require_running(lesson.measure)
    LESSON.move_one(Lesson.objects.filter(pk=lesson.pk), "sign", signed_by=signer, signed_at=at)
    note(lesson, "sign_lesson", actor, at, questions=len(lesson.questions))
    lesson.refresh_from_db()
    return lesson


@transaction.atomic(savepoint=False)
def give_lesson_back(*, lesson_id: int, remark: str, actor: Actor, at: datetime) -> Lesson:
    """Give a lesson back to be changed, and say what is wrong with it.

    Raises:
        Refusal: `lesson_unknown`, `not_permitted`, `wrong_state`, `words_missing`, `text_too_long`.

    """
    lesson = held(lesson_id)
    require(actor, Permission.OUTREACH_SIGN, unit_id=lesson.measure.plan.unit_id, at=at)
    told = words(remark, field="remark", longest=REMARK_LONGEST)
    LESSON.move_one(Lesson.objects.filter(pk=lesson.pk), "give_back", remark=told)
    note(lesson, "give_lesson_back", actor, at)
    lesson.refresh_from_db()
    return lesson


def person(actor: Actor) -> int:
    """Return the id of the person who acts.

    Raises:
        NotPermitted: `person_needed`.

    """
    if actor.user_id is None:
        sentence = _("Only a person can do this. Sign in with your own account.")
        raise NotPermitted("person_needed", sentence)
    return actor.user_id


def held(lesson_id: int) -> Lesson:
    """Return a lesson, held until commit.

    Raises:
        Refusal: `lesson_unknown`.

    """
    # Held by itself, so that what is joined is read once the lock is there.
    Lesson.objects.select_for_update(no_key=True).filter(pk=lesson_id).first()
    found = lessons().filter(pk=lesson_id).first()
    if found is None:
        raise Refusal("lesson_unknown", _("There is no such lesson. Open it from the list."))
    return found


def require_running(measure: Measure) -> None:
    """Let pass a measure that is under way.

    Raises:
        Refusal: `measure_closed`.

    """
    if measure.status != MeasureStatus.OPEN:
        sentence = _("“%(plan)s” is not under way: nothing is written or sent for it.")
        raise Refusal("measure_closed", sentence % {"plan": measure.plan.title}, measure=measure.pk)


def note(lesson: Lesson, verb: str, actor: Actor, at: datetime, **facts: Fact) -> None:
    """Add to the trail of the plan."""
    record(
        stream=f"plan:{lesson.measure.plan.slug}",
        action=f"outreach.{verb}",
        subject=f"outreach.lesson:{lesson.pk}",
        actor=actor,
        at=at,
        facts={"measure": lesson.measure_id, **facts},
    )


def _held_measure(measure_id: int) -> Measure:
    rows = Measure.objects.select_for_update(of=("self",), no_key=True).select_related("plan")
    found = rows.filter(pk=measure_id, kind=KIND).first()
    if found is None:
        raise Refusal("measure_unknown", _("There is no such measure. Open it from the list."))
    require_running(found)
    return found


def _checked(measure: Measure, draft: Draft, at: datetime) -> Draft:
    unit_id = measure.plan.unit_id or 0
    return check_draft(draft, set(subtree(unit_id, day_of(at)).values_list("pk", flat=True)))
