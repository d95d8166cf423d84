"""The chain that requests of a kind go through is set for a unit."""

from collections.abc import Sequence
from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from songnuan.approvals.authority import anybody
from songnuan.approvals.models import OPEN, Chain, ChainStep, StepKind
from songnuan.approvals.queries import steps_of
from songnuan.approvals.rules import KINDS, Step, check_steps, permission_of
from songnuan.audit.record import record
from songnuan.kernel.actor import Actor
from songnuan.kernel.refusal import Refusal
from songnuan.organisation.permissions import Permission
from songnuan.organisation.queries import day_of, require, subtree, unit_names


@transaction.atomic(savepoint=False)
def set_chain(*, kind: str, unit_id: int, steps: Sequence[Step], actor: Actor, at: datetime) -> Chain:
    """Let requests of the kind about the unit, or one below, go through these steps from the day on.

    What was asked for before keeps the chain it had.

    Args:
        kind: One of `rules.KINDS`.
        unit_id: Whose chain it is.
        steps: In order; the last one is the signature.
        actor: Needs CHAIN_MANAGE over the unit.
        at: When.

    Raises:
        Refusal: `not_permitted`, `kind_unknown`, `chain_same`, `step_outside` for a unit that is not below,
            `step_nobody` where nobody holds the office, `chain_changed` when somebody else set one
            meanwhile, or from `rules.check_steps`.

    """
    require(actor, Permission.CHAIN_MANAGE, unit_id=unit_id, at=at)
    if kind not in KINDS:
        raise Refusal("kind_unknown", _("There is no such kind of request. Reload the page."), field="kind")
    check_steps(steps)
    _check_offices(kind, unit_id, steps, at)
    on = day_of(at)
    standing = Chain.objects.select_for_update().filter(OPEN, kind=kind, unit_id=unit_id).first()
    if steps_of(standing) == tuple(steps):
        raise Refusal("chain_same", _("This is the chain that stands already; nothing was changed."))
    if standing is not None:
        Chain.objects.filter(pk=standing.pk).update(ends_on=on)
    chain = Chain(kind=kind, unit_id=unit_id, starts_on=on)
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
    record(
        stream="chains",
        action="approvals.set_chain",
        subject=f"approvals.chain:{chain.pk}",
        actor=actor,
        at=at,
        facts={"kind": kind, "unit": unit_id, "steps": [_told(step) for step in steps]},
    )
    return chain


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
            facts = {"unit": unit_names([place], on).get(place, ""), "step": step.kind.label}
            field = "countersign" if step.kind == StepKind.COUNTERSIGN else "review"
            raise Refusal("step_nobody", sentence % facts, field=field, unit=place, step=step.kind.value)


def _told(step: Step) -> str:
    return step.kind.value if step.unit_id is None else f"{step.kind.value}:{step.unit_id}"
