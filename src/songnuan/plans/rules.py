"""Pure decisions: may this version be loaded, may this plan be opened, does this answer count."""

import hashlib
from collections.abc import Iterable

from django.utils.translation import gettext as _

from songnuan.kernel.refusal import Refusal
from songnuan.plans.models import Plan, PlanStatus, Question

ANSWER_LIMIT = 2000


def digest(source: str) -> str:
    """Return the SHA-256 (hex) of a plan file's text, which approvals are bound to."""
    return hashlib.sha256(source.encode()).hexdigest()


def check_may_rewrite(plan: Plan, unit_id: int) -> None:
    """Let pass a plan whose text may still be replaced.

    Raises:
        Refusal: `slug_taken`, `plan_running`, `plan_waiting` or `plan_closed`.

    """
    facts = {"title": plan.title, "slug": plan.slug}
    if plan.unit_id != unit_id:
        sentence = _("The short name “%(slug)s” belongs to a plan of another unit. Choose another slug.")
        raise Refusal("slug_taken", sentence % facts, slug=plan.slug)
    if plan.status == PlanStatus.OPEN:
        sentence = _(
            "“%(title)s” is under way, so its text stays as it was approved. "
            "A change is made by an amendment, which is approved before it counts."
        )
        raise Refusal("plan_running", sentence % facts, slug=plan.slug, version=plan.version)
    if plan.status == PlanStatus.CLOSED:
        sentence = _("“%(title)s” is closed. Write a new plan with a slug of its own.")
        raise Refusal("plan_closed", sentence % facts, slug=plan.slug, version=plan.version)
    if plan.status != PlanStatus.DRAFT:
        sentence = _("“%(title)s” has been submitted. Return it to draft first, then load the new text.")
        raise Refusal("plan_waiting", sentence % facts, slug=plan.slug, version=plan.version)


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
