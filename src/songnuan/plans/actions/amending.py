"""Amending a running plan: begun, rewritten, handed in, approved, put in force, or withdrawn."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db import IntegrityError, transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from songnuan.approvals.authority import require_office
from songnuan.approvals.queries import was_ended_by
from songnuan.audit.record import record
from songnuan.kernel.actor import Actor
from songnuan.kernel.refusal import Refusal
from songnuan.organisation.permissions import Permission
from songnuan.organisation.queries import permits, require
from songnuan.plans import lifecycle, rules
from songnuan.plans.actions.texts import amend_questions, write_text
from songnuan.plans.models import (
    AMENDMENT_OPEN,
    Amendment,
    AmendmentStatus,
    Blocks,
    Measure,
    MeasureStatus,
    Plan,
    PlanVersion,
    Question,
)
from songnuan.plans.planfile import PlanFile
from songnuan.plans.yamltext import normal


@dataclass(frozen=True, slots=True)
class InForce:
    """What coming into force did to the measures: those that are new, and those set otherwise than before."""

    version: int
    base: int
    added: tuple[Measure, ...]
    changed: tuple[Measure, ...]


@transaction.atomic(savepoint=False)
def open_amendment(*, plan_id: int, base: int, reason: str, actor: Actor, at: datetime) -> Amendment:
    """Begin to amend a plan under way, from the version the writer saw; needs PLAN_WRITE.

    Raises:
        Refusal: `plan_not_open`, `text_stale`, `reason_missing`, `reason_too_long`, `amendment_open` while
            another one is under way.

    """
    plan = _plan(plan_id)
    require(actor, Permission.PLAN_WRITE, unit_id=plan.unit_id, at=at)
    reason = rules.reason_of(reason)
    rules.check_running(plan)
    rules.check_base(base, plan.version)
    made = Amendment(
        plan=plan, base=base, version=base, reason=reason, begun_by_id=actor.user_id, begun_at=at
    )
    try:
        with transaction.atomic():  # the database alone knows whether one is under way
            made.save(force_insert=True)
    except IntegrityError:
        raise Refusal(
            "amendment_open",
            _("The plan is being amended already. Go on with that amendment, or withdraw it first."),
            slug=plan.slug,
        ) from None
    _note(plan, made, "open_amendment", actor, at, {"reason": reason})
    return made


@transaction.atomic(savepoint=False)
def rewrite_amendment(
    *, plan_id: int, plan_file: PlanFile, source: str, base: int, actor: Actor, at: datetime
) -> PlanVersion:
    """Keep the amendment's text as the next version; the plan goes on by the one in force.

    Raises:
        Refusal: `text_stale` when somebody else saved since `base`, `amendment_none`, `wrong_state` once it
            is handed in.

    """
    plan, amendment = _amended(plan_id)
    require(actor, Permission.PLAN_WRITE, unit_id=plan.unit_id, at=at)
    rules.check_base(base, amendment.version)
    source = normal(source)
    digest = rules.digest(source)
    standing = PlanVersion.objects.get(plan=plan, number=amendment.version)
    if standing.digest == digest:
        return standing
    latest = PlanVersion.objects.filter(plan=plan).aggregate(latest=Max("number"))["latest"]
    number = int(latest) + 1
    same = Amendment.objects.filter(pk=amendment.pk, version=base)
    lifecycle.AMENDMENT.move_one(same, "rewrite", version=number)
    version = PlanVersion.objects.create(
        plan=plan, number=number, source=source, digest=digest, created_at=at, created_by_id=actor.user_id
    )
    write_text(version, plan_file)
    amendment.refresh_from_db()
    facts = {"digest": digest, "clauses": len(plan_file.clauses)}
    _note(plan, amendment, "rewrite_amendment", actor, at, facts)
    return version


@transaction.atomic(savepoint=False)
def submit_amendment(
    *, plan_id: int, version: int, plan_file: PlanFile, actor: Actor, at: datetime
) -> Amendment:
    """Hand the amendment's `version` in for approval; needs PLAN_WRITE.

    Raises:
        Refusal: `amendment_empty` when it changes nothing, `measure_key_taken`, `question_open`,
            `amendment_none`, `text_stale` when there is a newer version, `wrong_state`.

    """
    plan, amendment = _amended(plan_id)
    require(actor, Permission.PLAN_WRITE, unit_id=plan.unit_id, at=at)
    rules.check_base(version, amendment.version)
    if _digest(plan, amendment.version) == _digest(plan, amendment.base):
        raise Refusal(
            "amendment_empty", _("The text is still that of the version in force. Change it first.")
        )
    # What the text no longer has is closed once it is approved: an amendment that is returned closes nothing.
    _check(plan, plan_file, all_closed=False)
    told = {"sent_back_by": None, "sent_back_at": None, "sent_back_why": ""}
    return _moved(plan, amendment, "submit", actor, at, **told)


@transaction.atomic(savepoint=False)
def approve_amendment(*, plan_id: int, version: int, actor: Actor, at: datetime) -> Amendment:
    """Note that the text of this version was approved; needs PLAN_APPROVE, or a delegation of it.

    Raises:
        Refusal: `version_changed`, `amendment_none`, `wrong_state`.

    """
    plan, amendment = _amended(plan_id)
    require_office(actor, Permission.PLAN_APPROVE, unit_id=plan.unit_id, at=at)
    if amendment.version != version:
        sentence = _("The plan has a newer text, version %(current)s. Read that one and decide again.")
        facts = {"current": amendment.version}
        raise Refusal("version_changed", sentence % facts, version=version, current=amendment.version)
    return _moved(plan, amendment, "approve", actor, at)


@transaction.atomic(savepoint=False)
def return_amendment(*, plan_id: int, actor: Actor, at: datetime) -> Amendment:
    """Give the amendment back to its writers; needs PLAN_APPROVE or PLAN_WRITE.

    Whoever returned the request about it at a step of the chain, or took it back, may too.
    """
    plan, amendment = _amended(plan_id)
    has_ended = was_ended_by(f"plans.plan:{plan.slug}@{amendment.version}", actor)
    if not has_ended and not permits(actor, Permission.PLAN_APPROVE, unit_id=plan.unit_id, at=at):
        require(actor, Permission.PLAN_WRITE, unit_id=plan.unit_id, at=at)
    return _moved(plan, amendment, "return", actor, at)


@transaction.atomic(savepoint=False)
def reopen_amendment(*, plan_id: int, version: int, remark: str, actor: Actor, at: datetime) -> Amendment:
    """Send an amendment back that was approved and is not yet in force; needs PLAN_APPROVE or PLAN_WRITE.

    Its approval counts no more: what is written next is approved anew.

    Raises:
        Refusal: `reason_missing`, `reason_too_long`, `text_stale` when another version was approved
            meanwhile, `amendment_none`, `wrong_state` unless it is approved.

    """
    plan, amendment = _amended(plan_id)
    if not permits(actor, Permission.PLAN_WRITE, unit_id=plan.unit_id, at=at):
        require_office(actor, Permission.PLAN_APPROVE, unit_id=plan.unit_id, at=at)
    why = rules.reason_of(remark)
    rules.check_base(version, amendment.version)
    told = {"sent_back_by": actor.user_id, "sent_back_at": at, "sent_back_why": why}
    return _moved(plan, amendment, "reopen", actor, at, **told)


@transaction.atomic(savepoint=False)
def withdraw_amendment(*, plan_id: int, actor: Actor, at: datetime) -> Amendment:
    """Give the amendment up: the plan stays as it is; needs PLAN_WRITE. Its versions are kept."""
    plan, amendment = _amended(plan_id)
    require(actor, Permission.PLAN_WRITE, unit_id=plan.unit_id, at=at)
    return _moved(plan, amendment, "withdraw", actor, at, ended_at=at)


@transaction.atomic(savepoint=False)
def put_in_force(
    *, plan_id: int, plan_file: PlanFile, office_id: int | None, actor: Actor, at: datetime
) -> InForce:
    """Let the approved text be the plan's: measures go on by their keys, answers stay; needs PLAN_OPEN.

    New measures are there afterwards, planned; opening them is the journey's.

    Args:
        plan_id: The plan.
        plan_file: What the amendment's version says.
        office_id: The office that runs the plan from now on.
        actor: Who puts it in force.
        at: When.

    Raises:
        Refusal: `measures_open`, `measure_key_taken`, `question_open`, `amendment_none`, `wrong_state`.

    """
    plan, amendment = _amended(plan_id)
    require(actor, Permission.PLAN_OPEN, unit_id=plan.unit_id, at=at)
    _check(plan, plan_file)
    _moved(plan, amendment, "put_in_force", actor, at, ended_at=at)
    moved = Plan.objects.filter(pk=plan.pk, version=amendment.base).update(
        version=amendment.version,
        title=plan_file.title,
        kind=plan_file.kind.value,
        office_id=office_id,
        starts_on=plan_file.starts_on,
        due_on=plan_file.due_on,
    )
    if moved != 1:  # the one open amendment was begun on the version in force, and nothing else moves it
        rules.check_base(amendment.base, plan.version)
    added, changed = _carry_over(plan, plan_file)
    amend_questions(plan, plan_file, actor, at)
    return InForce(amendment.version, amendment.base, tuple(added), tuple(changed))


@transaction.atomic(savepoint=False)
def close_measure(*, measure_id: int, reason: str, actor: Actor, at: datetime) -> Measure:
    """Close one measure of a plan under way, before the plan; needs PLAN_OPEN.

    Raises:
        Refusal: `plan_not_open`, `reason_missing`, `reason_too_long`, `wrong_state` unless it is open.

    """
    measure = Measure.objects.get(pk=measure_id)
    plan = _plan(measure.plan_id)
    require(actor, Permission.PLAN_OPEN, unit_id=plan.unit_id, at=at)
    reason = rules.reason_of(reason)
    rules.check_running(plan)
    same = Measure.objects.filter(pk=measure_id)
    lifecycle.MEASURE.move_one(same, "close", closed_at=at, close_reason=reason)
    measure.refresh_from_db()
    record(
        stream=f"plan:{plan.slug}",
        action="plans.close_measure",
        subject=f"plans.measure:{plan.slug}/{measure.key}",
        actor=actor,
        at=at,
        facts={"kind": measure.kind, "clause": measure.clause_key, "reason": reason},
    )
    return measure


def _plan(plan_id: int) -> Plan:
    """Return the plan, locked until commit: what is done about its amendment goes one after another."""
    return Plan.objects.select_for_update().get(pk=plan_id)


def _amended(plan_id: int) -> tuple[Plan, Amendment]:
    plan = _plan(plan_id)
    amendment = Amendment.objects.filter(plan=plan, status__in=AMENDMENT_OPEN).first()
    if amendment is None:
        sentence = _("“%(title)s” is not being amended. Reload the page and look again.")
        raise Refusal("amendment_none", sentence % {"title": plan.title}, slug=plan.slug)
    return plan, amendment


def _digest(plan: Plan, number: int) -> str:
    return PlanVersion.objects.values_list("digest", flat=True).get(plan=plan, number=number)


def _check(plan: Plan, plan_file: PlanFile, *, all_closed: bool = True) -> None:
    """Let pass a text that the running plan can go on by."""
    there = Measure.objects.filter(plan=plan).order_by("position")
    rules.check_carried_over(there, plan_file, all_closed=all_closed)
    answered = {row.key: row for row in Question.objects.filter(plan=plan).exclude(answer="")}
    rules.check_answers_stay(answered.values(), plan_file)
    rules.check_answered(
        Question(key=entry.key, text=entry.text, answer=entry.answer or "")
        for entry in plan_file.questions
        if entry.blocks in {Blocks.ISSUE, Blocks.OPEN} and entry.key not in answered
    )


def _moved(
    plan: Plan, amendment: Amendment, move: str, actor: Actor, at: datetime, **updates: object
) -> Amendment:
    same = Amendment.objects.filter(pk=amendment.pk, version=amendment.version)
    lifecycle.AMENDMENT.move_one(same, move, **updates)
    amendment.refresh_from_db()
    verb = move if amendment.status == AmendmentStatus.IN_FORCE else f"{move}_amendment"
    _note(plan, amendment, verb, actor, at, {"reason": amendment.sent_back_why} if move == "reopen" else {})
    return amendment


def _note(  # noqa: PLR0917 - as the parts of an entry stand
    plan: Plan, amendment: Amendment, verb: str, actor: Actor, at: datetime, facts: Mapping[str, object]
) -> None:
    record(
        stream=f"plan:{plan.slug}",
        action=f"plans.{verb}",
        subject=f"plans.plan:{plan.slug}@{amendment.version}",
        actor=actor,
        at=at,
        facts={"version": amendment.version, "from": amendment.base, **facts},
    )


def _carry_over(plan: Plan, plan_file: PlanFile) -> tuple[list[Measure], list[Measure]]:
    """Bring the measures in line with the text; return the new ones and those whose settings changed."""
    there = {row.key: row for row in Measure.objects.filter(plan=plan).exclude(status=MeasureStatus.CLOSED)}
    closed = set(Measure.objects.filter(plan=plan, status=MeasureStatus.CLOSED).values_list("key", flat=True))
    added, changed = [], []
    for position, (clause, entry) in enumerate(plan_file.measures(), start=1):
        if entry.key in closed:
            continue
        row = there.pop(entry.key, None)
        if row is None:
            row = Measure(plan=plan, key=entry.key, kind=entry.kind)
            added.append(row)
        elif row.settings != entry.settings:
            changed.append(row)
        row.position, row.clause_key, row.settings = position, clause.key, entry.settings
        row.save()
    # What was planned and never opened goes with its clause: nothing hangs on it.
    Measure.objects.filter(pk__in=[row.pk for row in there.values()]).delete()
    return added, changed
