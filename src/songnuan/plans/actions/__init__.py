"""The only writers of plans."""

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from songnuan.approvals.authority import require_office
from songnuan.approvals.queries import was_ended_by
from songnuan.audit.record import record
from songnuan.kernel.actor import Actor
from songnuan.kernel.refusal import Refusal
from songnuan.organisation.permissions import Permission
from songnuan.organisation.queries import permits, require
from songnuan.plans import lifecycle, rules
from songnuan.plans.actions.amending import (
    InForce,
    approve_amendment,
    close_measure,
    open_amendment,
    put_in_force,
    reopen_amendment,
    return_amendment,
    rewrite_amendment,
    submit_amendment,
    withdraw_amendment,
)
from songnuan.plans.actions.texts import write_measures, write_questions, write_text
from songnuan.plans.models import Blocks, Measure, MeasureStatus, Plan, PlanStatus, PlanVersion, Question
from songnuan.plans.planfile import PlanFile
from songnuan.plans.yamltext import normal

__all__ = [
    "InForce",
    "answer_question",
    "approve_amendment",
    "close_measure",
    "close_plan",
    "load_version",
    "mark_approved",
    "note_archive",
    "open_amendment",
    "open_measure",
    "open_plan",
    "put_in_force",
    "reopen",
    "reopen_amendment",
    "return_amendment",
    "return_to_draft",
    "rewrite_amendment",
    "submit",
    "submit_amendment",
    "withdraw_amendment",
]


@transaction.atomic(savepoint=False)
def load_version(
    *,
    plan_file: PlanFile,
    source: str,
    unit_id: int,
    office_id: int | None,
    base: int | None = None,
    actor: Actor,
    at: datetime,
) -> Plan:
    """Store the plan file as a draft: as version 1, or as the next version of a plan still in draft.

    The text of the current version again changes nothing, whatever the plan's status.

    Args:
        plan_file: What `source` says.
        source: The plan file's text.
        unit_id: The unit that issues the plan.
        office_id: The office that runs it, if one does.
        base: The version that the text was written on, 0 for a new plan; None takes it whatever stands there.
        actor: Who loads it; needs PLAN_WRITE over the unit.
        at: When.

    Raises:
        Refusal: `plan_running`, `plan_waiting`, `plan_closed`, `slug_taken`, `text_stale` when somebody else
            has saved another text since `base`.

    """
    require(actor, Permission.PLAN_WRITE, unit_id=unit_id, at=at)
    # Of two first loads at once, one inserts and the other waits for it here, and goes on as a second load.
    fresh = Plan(slug=plan_file.slug, title=plan_file.title, unit_id=unit_id)
    Plan.objects.bulk_create([fresh], ignore_conflicts=True)
    plan = Plan.objects.select_for_update().get(slug=plan_file.slug)
    source = normal(source)
    digest = rules.digest(source)
    is_current = PlanVersion.objects.filter(plan=plan, number=plan.version, digest=digest).exists()
    if is_current and plan.unit_id == unit_id:
        return plan
    rules.check_may_rewrite(plan, unit_id, is_new=base == 0)
    rules.check_base(base, plan.version)
    number = plan.version + 1
    lifecycle.PLAN.move_one(
        Plan.objects.filter(pk=plan.pk, version=plan.version),
        "rewrite",
        title=plan_file.title,
        kind=plan_file.kind.value,
        office_id=office_id,
        version=number,
        starts_on=plan_file.starts_on,
        due_on=plan_file.due_on,
    )
    version = PlanVersion.objects.create(
        plan=plan, number=number, source=source, digest=digest, created_at=at, created_by_id=actor.user_id
    )
    write_text(version, plan_file)
    write_measures(plan, plan_file)
    write_questions(plan, plan_file, actor, at)
    plan.refresh_from_db()
    facts = {"version": number, "digest": digest, "clauses": len(plan_file.clauses)}
    _note(plan, "load_version", actor, at, facts)
    return plan


@transaction.atomic(savepoint=False)
def submit(*, plan_id: int, actor: Actor, at: datetime) -> Plan:
    """Hand the draft in for approval; needs PLAN_WRITE. Answers given until now are handed in with it.

    Raises:
        Refusal: `wrong_state` unless it is a draft.

    """
    plan = _plan(plan_id)
    require(actor, Permission.PLAN_WRITE, unit_id=plan.unit_id, at=at)
    moved = _moved(plan, "submit", actor, at)
    Question.objects.filter(plan=plan, after_approval=True).update(after_approval=False)
    return moved


@transaction.atomic(savepoint=False)
def mark_approved(*, plan_id: int, version: int, actor: Actor, at: datetime) -> Plan:
    """Note that the submitted plan was approved; needs PLAN_APPROVE, or a delegation of it.

    `version` is the one that was approved: an approval of an earlier text does not pass a later one.

    Raises:
        Refusal: `version_changed`, or `wrong_state` unless it is submitted.

    """
    plan = _plan(plan_id)
    require_office(actor, Permission.PLAN_APPROVE, unit_id=plan.unit_id, at=at)
    if plan.version != version:
        sentence = _("The plan has a newer text, version %(current)s. Read that one and decide again.")
        facts = {"current": plan.version}
        raise Refusal("version_changed", sentence % facts, version=version, current=plan.version)
    return _moved(plan, "approve", actor, at)


@transaction.atomic(savepoint=False)
def return_to_draft(*, plan_id: int, actor: Actor, at: datetime) -> Plan:
    """Give a submitted or approved plan back to its writers; needs PLAN_APPROVE or PLAN_WRITE.

    Whoever returned the request about it at a step of the chain, or took it back, may too.

    Raises:
        Refusal: `wrong_state` when it is a draft, or was opened.

    """
    plan = _plan(plan_id)
    has_ended = was_ended_by(f"plans.plan:{plan.slug}@{plan.version}", actor)
    if not has_ended and not permits(actor, Permission.PLAN_APPROVE, unit_id=plan.unit_id, at=at):
        require(actor, Permission.PLAN_WRITE, unit_id=plan.unit_id, at=at)
    return _moved(plan, "return", actor, at)


@transaction.atomic(savepoint=False)
def reopen(*, plan_id: int, actor: Actor, at: datetime) -> Plan:
    """Take an approved plan that cannot be opened as it is back to its writers; needs PLAN_WRITE.

    Its approval counts no more: the next text is approved anew.

    Raises:
        Refusal: `wrong_state` unless it is approved and not opened.

    """
    plan = _plan(plan_id)
    require(actor, Permission.PLAN_WRITE, unit_id=plan.unit_id, at=at)
    return _moved(plan, "reopen", actor, at)


@transaction.atomic(savepoint=False)
def open_plan(*, plan_id: int, actor: Actor, at: datetime) -> Plan:
    """Open an approved plan; needs PLAN_OPEN.

    Raises:
        Refusal: `question_open` while a question that blocks it has no answer, `wrong_state` unless
            it is approved.

    """
    plan = _plan(plan_id)
    require(actor, Permission.PLAN_OPEN, unit_id=plan.unit_id, at=at)
    blocking = Question.objects.filter(plan=plan, blocks__in=[Blocks.ISSUE, Blocks.OPEN])
    rules.check_answered(blocking.order_by("position"))
    return _moved(plan, "open", actor, at)


@transaction.atomic(savepoint=False)
def open_measure(*, measure_id: int, actor: Actor, at: datetime) -> Measure:
    """Open one measure of an open plan; needs PLAN_OPEN.

    Raises:
        Refusal: `plan_not_open`, or `wrong_state` when the measure was opened before.

    """
    measure = Measure.objects.get(pk=measure_id)
    plan = _plan(measure.plan_id)
    require(actor, Permission.PLAN_OPEN, unit_id=plan.unit_id, at=at)
    if plan.status != PlanStatus.OPEN:
        sentence = _("Open the plan “%(title)s” first; its measures can be opened then.")
        raise Refusal("plan_not_open", sentence % {"title": plan.title}, status=plan.status)
    lifecycle.MEASURE.move_one(Measure.objects.filter(pk=measure_id), "open", opened_at=at)
    measure.refresh_from_db()
    record(
        stream=f"plan:{plan.slug}",
        action="plans.open_measure",
        subject=f"plans.measure:{plan.slug}/{measure.key}",
        actor=actor,
        at=at,
        facts={"kind": measure.kind, "clause": measure.clause_key},
    )
    return measure


@transaction.atomic(savepoint=False)
def close_plan(*, plan_id: int, actor: Actor, at: datetime) -> Plan:
    """Close an open plan and its open measures; needs PLAN_OPEN.

    Measures that were never opened stay planned, so that the closed plan shows it.

    Raises:
        Refusal: `wrong_state` unless it is open.

    """
    plan = _plan(plan_id)
    require(actor, Permission.PLAN_OPEN, unit_id=plan.unit_id, at=at)
    closing = Measure.objects.filter(plan=plan)
    facts = {"measures": closing.filter(status=MeasureStatus.OPEN).count()}
    _moved(plan, "close", actor, at, facts)
    lifecycle.MEASURE.move(closing, "close", closed_at=at)
    return plan


@transaction.atomic(savepoint=False)
def note_archive(*, slug: str, files: int, digest: str, actor: Actor, at: datetime) -> None:
    """Note that the plan was put away as `files` files, known by the digest (hex); needs PLAN_OPEN."""
    plan = Plan.objects.get(slug=slug)
    require(actor, Permission.PLAN_OPEN, unit_id=plan.unit_id, at=at)
    record(
        stream=f"plan:{slug}",
        action="plans.archive",
        subject=f"plans.plan:{slug}",
        actor=actor,
        at=at,
        facts={"files": files, "digest": digest},
    )


@transaction.atomic(savepoint=False)
def answer_question(
    *, plan_id: int, key: str, answer: str = "", choice: str = "", ground: str, actor: Actor, at: datetime
) -> Question:
    """Answer a question of the plan, once; needs PLAN_WRITE.

    Where the question offers choices, the answer is the text of the one whose key is `choice`, and no other.
    What was answered once the plan is approved was approved by nobody, and is marked so. While it waits for
    approval, what approvers read stays as it was handed in.

    Raises:
        Refusal: `answer_empty`, `ground_empty`, `answer_long`, `choice_empty`, `choice_unknown`,
            `question_unknown`, `question_answered`, `plan_waiting`, `plan_closed`.

    """
    plan = _plan(plan_id)
    require(actor, Permission.PLAN_WRITE, unit_id=plan.unit_id, at=at)
    rows = Question.objects.filter(plan=plan, key=key)
    question = rows.first()
    if question is None:
        raise Refusal("question_unknown", _("The plan has no such question. Reload the page and look again."))
    choice = choice.strip() if question.choices else ""
    answer = rules.chosen(question, choice) if question.choices else answer.strip()
    ground = ground.strip()
    rules.check_answer(answer, ground)
    if plan.status == PlanStatus.CLOSED:
        sentence = _("“%(title)s” is closed; its questions are no longer answered.")
        raise Refusal("plan_closed", sentence % {"title": plan.title}, slug=plan.slug)
    if plan.status == PlanStatus.SUBMITTED:
        sentence = _(
            "“%(title)s” waits for approval, and what is read meanwhile does not change. Take the request "
            "back to answer first, or answer once it is decided."
        )
        raise Refusal("plan_waiting", sentence % {"title": plan.title}, slug=plan.slug)
    is_after = plan.status != PlanStatus.DRAFT
    answered = rows.filter(answer="").update(
        answer=answer,
        choice=choice,
        ground=ground,
        answered_by_id=actor.user_id,
        answered_at=at,
        after_approval=is_after,
    )
    question.refresh_from_db()
    if not answered:
        sentence = _("This question was answered already: %(answer)s") % {"answer": question.answer}
        raise Refusal("question_answered", sentence, key=key)
    record(
        stream=f"plan:{plan.slug}",
        action="plans.answer_question",
        subject=f"plans.question:{plan.slug}/{key}",
        actor=actor,
        at=at,
        facts={
            "blocks": question.blocks,
            "after_approval": is_after,
            "choice": choice,
            "digest": rules.digest(f"{answer}\n{ground}"),
        },
    )
    return question


def _plan(plan_id: int) -> Plan:
    """Return the plan, locked until commit, so that its status holds while the action goes on."""
    return Plan.objects.select_for_update().get(pk=plan_id)


def _moved(
    plan: Plan, move: str, actor: Actor, at: datetime, facts: Mapping[str, object] | None = None
) -> Plan:
    lifecycle.PLAN.move_one(Plan.objects.filter(pk=plan.pk, version=plan.version), move)
    plan.refresh_from_db()
    _note(plan, move, actor, at, {"version": plan.version, **(facts or {})})
    return plan


def _note(plan: Plan, verb: str, actor: Actor, at: datetime, facts: Mapping[str, object]) -> None:
    record(
        stream=f"plan:{plan.slug}",
        action=f"plans.{verb}",
        subject=f"plans.plan:{plan.slug}@{plan.version}",
        actor=actor,
        at=at,
        facts=facts,
    )
