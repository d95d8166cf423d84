"""The chain that requests of a kind go through is set for a unit."""

from collections.abc import Sequence
from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from songnuan.approvals.authority import anybody
from songnuan.approvals.models import OPEN, Chain, ChainStep, StepKind
from songnuan.approvals.queries import steps_of
from songnuan.approvals.rules import KINDS, Step, check_steps, permission_of, step_label
from songnuan.audit.record import record
from songnuan.kernel.actor import Actor
from songnuan.kernel.refusal import NotPermitted, Refusal
from songnuan.organisation.permissions import Permission
from songnuan.organisation.queries import day_of, permits, require, subtree, unit_names


@transaction.atomic(savepoint=False)
def set_chain(  # noqa: PLR0913 - an action names every fact it needs
    *, kind: str, plan_kind: str = "", unit_id: int, steps: Sequence[Step], actor: Actor, at: datetime
) -> Chain:
    """Let requests of the kind about the unit, or one below, go through these steps from the day on.

    What was asked for before keeps the chain it had.

    Args:
        kind: One of `rules.KINDS`.
        plan_kind: The kind of plan it is for; empty for every kind that has no chain of its own.
        unit_id: Whose chain it is.
        steps: In order; the last one is the signature.
        actor: Needs CHAIN_MANAGE over the unit, and hands in no requests of the kind there.
        at: When.

    Raises:
        Refusal: `not_permitted`, `chain_own`, `kind_unknown`, `chain_same`, `step_outside` for a unit that is
            not below, `step_nobody` where nobody holds the office, `chain_changed` when somebody else set one
            meanwhile, or from `rules.check_steps`.

    """
    _check_may_set(kind, unit_id, actor, at)
    check_steps(kind, steps)
    _check_offices(kind, unit_id, steps, at)
    on = day_of(at)
    standing = _standing(kind, plan_kind, unit_id)
    if (standing is not None or not plan_kind) and steps_of(kind, standing) == tuple(steps):
        raise Refusal("chain_same", _("This is the chain that stands already; nothing was changed."))
    if standing is not None:
        Chain.objects.filter(pk=standing.pk).update(ends_on=on)
    chain = Chain(kind=kind, plan_kind=plan_kind, unit_id=unit_id, starts_on=on)
    try:
        with transaction.atomic():  # the database alone knows whether somebody set one at this moment
            chain.save(force_insert=True)
    except IntegrityError:
        sentence = _("Somebody else set this chain at the same moment. Look at it and decide again.")
        raise Refusal("chain_changed", sentence, kind=kind, unit=unit_id) from None
    ChainStep.objects.bulk_create(
        ChainStep(chain=chain, position=position, kind=step.kind, unit_id=step.unit_id)
        for position, step in enumerate(steps, start=1)
    )
    _note(chain, "set_chain", actor, at, steps=[_told(step) for step in steps])
    return chain


@transaction.atomic(savepoint=False)
def end_chain(*, kind: str, plan_kind: str, unit_id: int, actor: Actor, at: datetime) -> Chain:
    """Let plans of one kind follow the steps for all kinds again; what waits keeps the chain it had.

    Raises:
        Refusal: `not_permitted`, `chain_own`, `kind_unknown`, `chain_same` when there is none for this kind.

    """
    _check_may_set(kind, unit_id, actor, at)
    standing = _standing(kind, plan_kind, unit_id) if plan_kind else None
    if standing is None:
        sentence = _("This kind of plan has no steps of its own here; nothing was changed.")
        raise Refusal("chain_same", sentence)
    Chain.objects.filter(pk=standing.pk).update(ends_on=day_of(at))
    _note(standing, "end_chain", actor, at)
    standing.refresh_from_db()
    return standing


def _check_may_set(kind: str, unit_id: int, actor: Actor, at: datetime) -> None:
    """Let pass who manages chains over the unit and hands in nothing there: nobody shortens the own way."""
    require(actor, Permission.CHAIN_MANAGE, unit_id=unit_id, at=at)
    if kind not in KINDS:
        raise Refusal("kind_unknown", _("There is no such kind of request. Reload the page."), field="kind")
    if not actor.is_system and permits(actor, KINDS[kind].request, unit_id=unit_id, at=at):
        sentence = _(
            "Another of your posts hands in such requests here, so you do not set the steps they go through. "
            "Another administrator has to."
        )
        raise NotPermitted("chain_own", sentence, unit=unit_id)


def _standing(kind: str, plan_kind: str, unit_id: int) -> Chain | None:
    rows = Chain.objects.select_for_update().filter(OPEN, kind=kind, plan_kind=plan_kind, unit_id=unit_id)
    return rows.first()


def _check_offices(kind: str, unit_id: int, steps: Sequence[Step], at: datetime) -> None:
    """Let pass steps that lie at the unit or below, and that somebody can take."""
    on = day_of(at)
    within = set(subtree(unit_id, on).values_list("pk", flat=True))
    for step in steps:
        place = step.unit_id or unit_id
        if place not in within:
            sentence = _("One of the units lies outside of this one. Choose among its own.")
            raise Refusal("step_outside", sentence, field="countersign", unit=place)
        if not anybody(permission_of(kind, step.kind), step.kind, place, at):
            sentence = _(
                "At %(unit)s nobody can take the step “%(step)s”. Have somebody given the post first."
            )
            facts = {"unit": unit_names([place], on).get(place, ""), "step": step_label(kind, step.kind)}
            field = "countersign" if step.kind == StepKind.COUNTERSIGN else "review"
            raise Refusal("step_nobody", sentence % facts, field=field, unit=place, step=step.kind.value)


def _told(step: Step) -> str:
    return step.kind.value if step.unit_id is None else f"{step.kind.value}:{step.unit_id}"


def _note(chain: Chain, verb: str, actor: Actor, at: datetime, **facts: object) -> None:
    told = {"kind": chain.kind, "plan_kind": chain.plan_kind, "unit": chain.unit_id, **facts}
    record(
        stream="chains",
        action=f"approvals.{verb}",
        subject=f"approvals.chain:{chain.pk}",
        actor=actor,
        at=at,
        facts=told,
    )
