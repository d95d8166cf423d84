"""Pure decisions: may this version be loaded, may this plan be opened, does this answer count."""

import hashlib
from collections.abc import Iterable
from datetime import datetime

from django.utils.translation import gettext as _

from songnuan.kernel.refusal import Refusal
from songnuan.plans.models import Measure, MeasureStatus, Plan, PlanStatus, Question
from songnuan.plans.planfile import PlanFile, QuestionEntry

ANSWER_LIMIT = 2000
# What waits for approval stays as it was handed in, and what is closed is over.
UNANSWERABLE = frozenset({PlanStatus.SUBMITTED, PlanStatus.CLOSED})
REASON_SHORTEST = 2
REASON_LONGEST = 1000


def digest(source: str) -> str:
    """Return the SHA-256 (hex) of a plan file's text, which approvals are bound to."""
    return hashlib.sha256(source.encode()).hexdigest()


def check_may_rewrite(plan: Plan, unit_id: int, *, is_new: bool = False) -> None:
    """Let pass a plan whose text may still be replaced; `is_new` when it is to be none that was there.

    Raises:
        Refusal: `slug_taken`, `plan_running`, `plan_waiting` or `plan_closed`.

    """
    facts = {"title": plan.title, "slug": plan.slug}
    if plan.unit_id != unit_id:
        sentence = _("The short name “%(slug)s” belongs to a plan of another unit. Choose another slug.")
        raise Refusal("slug_taken", sentence % facts, field="slug", slug=plan.slug)
    if is_new and plan.version:
        sentence = _("There is a plan “%(title)s” with the short name “%(slug)s”. Choose another slug.")
        raise Refusal("slug_taken", sentence % facts, field="slug", slug=plan.slug)
    if plan.status == PlanStatus.OPEN:
        sentence = _(
            "“%(title)s” is under way, so its text stays as it was approved. "
            "A change is made by an amendment, which is approved before it counts: choose “Amend the plan” "
            "on the plan’s page."
        )
        raise Refusal("plan_running", sentence % facts, slug=plan.slug, version=plan.version)
    if plan.status == PlanStatus.CLOSED:
        sentence = _("“%(title)s” is closed. Write a new plan with a slug of its own.")
        raise Refusal("plan_closed", sentence % facts, slug=plan.slug, version=plan.version)
    if plan.status != PlanStatus.DRAFT:
        sentence = _("“%(title)s” has been submitted. Return it to draft first, then load the new text.")
        raise Refusal("plan_waiting", sentence % facts, slug=plan.slug, version=plan.version)


def check_base(base: int | None, current: int) -> None:
    """Let pass what was written on the text that stands now.

    Raises:
        Refusal: `text_stale` with both numbers.

    """
    if base is not None and base != current:
        sentence = _(
            "Somebody else has saved version %(current)s meanwhile; yours was written on version %(base)s. "
            "Nothing was overwritten. Compare the two texts, then save yours again."
        )
        facts = {"base": base, "current": current}
        raise Refusal("text_stale", sentence % facts, base=base, current=current)


def check_running(plan: Plan) -> None:
    """Let pass a plan that is under way.

    Raises:
        Refusal: `plan_not_open`.

    """
    if plan.status != PlanStatus.OPEN:
        sentence = _("“%(title)s” is not under way; only a plan under way is amended.")
        raise Refusal("plan_not_open", sentence % {"title": plan.title}, status=plan.status)


def check_measure_runs(measure: Measure, when: datetime) -> None:
    """Let pass what happened `when` the measure was not closed yet, as may be, before its plan.

    Raises:
        Refusal: `measure_closed` with the reason.

    """
    if measure.close_reason and measure.closed_at is not None and when >= measure.closed_at:
        sentence = _("This measure of the plan was closed: %(reason)s")
        raise Refusal("measure_closed", sentence % {"reason": measure.close_reason}, measure=measure.pk)


def reason_of(text: str) -> str:
    """Return a reason without spaces around it.

    Raises:
        Refusal: `reason_missing` or `reason_too_long`.

    """
    reason = text.replace("\x00", "").strip()  # PostgreSQL keeps no NUL in a text
    if len(reason) < REASON_SHORTEST:
        raise Refusal("reason_missing", _("Say why."), field="reason")
    if len(reason) > REASON_LONGEST:
        sentence = _("The reason has %(length)s characters. Keep it within %(most)s.")
        facts = {"length": len(reason), "most": REASON_LONGEST}
        raise Refusal("reason_too_long", sentence % facts, field="reason", length=len(reason))
    return reason


def check_carried_over(there: Iterable[Measure], plan_file: PlanFile, *, all_closed: bool = True) -> None:
    """Let pass a text in which every measure under way goes on, and no key of a closed one is used anew.

    Unless `all_closed`, a measure may be under way that the text no longer has: it is closed later, once the
    text is approved. No other kind takes its key then.

    Raises:
        Refusal: `measures_open` naming those that the text no longer has, `measure_key_taken`.

    """
    told = {entry.key: (clause, entry) for clause, entry in plan_file.measures()}
    going = [row for row in there if row.status == MeasureStatus.OPEN]
    gone = [row.key for row in going if row.key not in told]
    if gone and all_closed:
        sentence = _(
            "These measures are under way, but the new text no longer has them: %(keys)s. "
            "Close each of them first, with its reason; then the new text comes into force."
        )
        keys = ", ".join(gone)
        raise Refusal("measures_open", sentence % {"keys": keys}, keys=keys)
    for row in there:
        if row.key not in told:
            continue
        clause, entry = told[row.key]
        if row.status == MeasureStatus.OPEN and entry.kind != row.kind:
            sentence = _(
                "The measure “%(key)s” is under way and stays of its kind. Give the new one another key."
            )
            raise Refusal("measure_key_taken", sentence % {"key": row.key}, key=row.key)
        same = (entry.kind, entry.settings, clause.key) == (row.kind, row.settings, row.clause_key)
        if row.status == MeasureStatus.CLOSED and not same:
            sentence = _(
                "The measure “%(key)s” is closed and stays as it was. Take it out of the text, or give "
                "the new one another key."
            )
            raise Refusal("measure_key_taken", sentence % {"key": row.key}, key=row.key)


def asked_alike(row: Question, entry: QuestionEntry) -> bool:
    """Return whether the text asks a question in the same words and with the same choices as before."""
    return (row.text, row.choices) == (entry.text, entry.offered)


def check_answers_stay(answered: Iterable[Question], plan_file: PlanFile) -> None:
    """Let pass a text that asks what was answered as it was asked, and answers it no other way.

    Raises:
        Refusal: `question_answered` with the key.

    """
    told = {entry.key: entry for entry in plan_file.questions}
    for row in answered:
        entry = told.get(row.key)
        if entry is None:
            continue
        if not asked_alike(row, entry) or (
            entry.answer and (entry.answer, entry.ground) != (row.answer, row.ground)
        ):
            sentence = _(
                "The question “%(text)s” was answered, and stays with its answer. Ask anything further as a "
                "question of its own."
            )
            raise Refusal("question_answered", sentence % {"text": row.text}, key=row.key)


def check_answered(questions: Iterable[Question]) -> None:
    """Let pass a plan none of whose `questions`, those that block its opening, is without answer.

    Raises:
        Refusal: `question_open` with every such question.

    """
    unanswered = [question for question in questions if not question.answer]
    if unanswered:
        head = _("The plan cannot go on while these questions have no answer. Answer each, with its ground:")
        keys = ",".join(question.key for question in unanswered)
        sentence = "\n".join([head, *(question.text for question in unanswered)])
        raise Refusal("question_open", sentence, count=len(unanswered), keys=keys)


def chosen(question: Question, key: str) -> str:
    """Return the text of the choice with the key, of a question that offers choices.

    Raises:
        Refusal: `choice_empty`, or `choice_unknown` naming what there is to choose from.

    """
    if not key:
        raise Refusal("choice_empty", _("Choose one of the answers."), field="choice")
    texts = {choice["key"]: choice["text"] for choice in question.choices}
    if key not in texts:
        sentence = _("This is none of the answers that the question offers. Choose one of: %(texts)s.")
        named = "、".join(f"“{text}”" for text in texts.values())
        raise Refusal("choice_unknown", sentence % {"texts": named}, field="choice", key=question.key)
    return str(texts[key])


def check_answer(answer: str, ground: str) -> None:
    """Let pass an answer that says something and on what it rests.

    Raises:
        Refusal: `answer_empty`, `ground_empty` or `answer_long`, with the field.

    """
    if not answer:
        raise Refusal("answer_empty", _("Write the answer."), field="answer")
    if not ground:
        sentence = _("Write on what the answer rests: a decision, minutes, a reply.")
        raise Refusal("ground_empty", sentence, field="ground")
    for field, text in (("answer", answer), ("ground", ground)):
        if len(text) > ANSWER_LIMIT:
            sentence = _("This is too long; at most %(limit)s characters.") % {"limit": ANSWER_LIMIT}
            raise Refusal("answer_long", sentence, field=field, limit=ANSWER_LIMIT)
