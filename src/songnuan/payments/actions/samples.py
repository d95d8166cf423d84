"""The writers of call-backs: draws of payments, and what came of each call."""

import secrets
from collections.abc import Collection, Sequence
from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext as _

from songnuan.audit.record import record
from songnuan.kernel.actor import Actor
from songnuan.kernel.refusal import NotPermitted
from songnuan.kernel.sampling import check_confidence, digest_of, draw, pool_text
from songnuan.organisation.permissions import Permission
from songnuan.organisation.queries import day_of, require
from songnuan.payments import sample_rules as rules
from songnuan.payments.actions.acting import already, person_of
from songnuan.payments.models import (
    CallBack,
    ListAct,
    PaymentLine,
    PaymentList,
    PaymentSample,
    PersonAccount,
    SampledPayment,
    Verb,
)
from songnuan.payments.rules import list_number
from songnuan.payments.sample_pool import Payable
from songnuan.payments.sample_queries import booked_of, is_open, paid_on
from songnuan.payments.sample_rules import Answer, Order, Scope
from songnuan.plans.models import Plan

SAMPLE, SAMPLED = "payments.sample", "payments.sampled"
"""What names a draw and a payment of it in the trail."""
_SEED_BYTES = 16


@transaction.atomic(savepoint=False)
def draw_sample(
    *,
    plan: Plan,
    number: int,
    scope: Scope,
    payables: Sequence[Payable],
    order: Order,
    actor: Actor,
    at: datetime,
) -> PaymentSample:
    """Draw from every payment that can come out, and freeze what did, with what it was drawn from.

    `number` is that of the draw in the plan, without gaps. The seed is made here, so that nobody chooses it.

    Raises:
        NotPermitted: The actor may not inspect lists of the plan; `already_acted` by who made, checked,
            approved or released one of these lists, `payee_acts` by whom one of them pays.
        Refusal: `confidence_unknown`, `period_wrong`, `sample_size`, `reason_missing` while an earlier one is
            open, `text_too_long`, `number_of_person`.

    """
    require(actor, Permission.LIST_INSPECT, unit_id=plan.unit_id, at=at)
    person_id = person_of(actor)
    check_confidence(order.confidence)
    rules.check_scope(scope, day_of(at))
    require_apart({row.list_id for row in payables}, person_id)
    reason = rules.why_again(order.reason, is_open=is_open(plan.pk))
    units = {row.instruction_id: row.unit_id for row in payables}
    size, seed = rules.size_of(order, units), secrets.token_hex(_SEED_BYTES)
    pool = sorted(units.items())
    drawn = draw(units, size, seed, with_shares=order.by_unit)
    made = PaymentSample.objects.create(
        plan=plan,
        number=number,
        payment_list_id=scope.list_id,
        measure_id=scope.measure_id,
        since=scope.since,
        until=scope.until,
        seed=seed,
        by_unit=order.by_unit,
        drawn_from=pool_text(pool),
        population=len(pool),
        total_minor=sum(row.amount_minor for row in payables),
        size=size,
        confidence=order.confidence,
        digest=digest_of(seed, pool, drawn, with_shares=order.by_unit),
        reason=reason,
        drawn_by_id=person_id,
        drawn_at=at,
    )
    back = {row.instruction_id for row in payables if row.came_back}
    SampledPayment.objects.bulk_create(
        SampledPayment(sample=made, position=place, instruction_id=one, came_back=one in back)
        for place, one in enumerate(drawn, start=1)
    )
    _note(plan, "draw_sample", f"{SAMPLE}:{made.pk}", actor, at, _told(made))
    return made


def _told(made: PaymentSample) -> dict[str, object]:
    """Return what the trail keeps of a draw."""
    return {
        "number": made.number,
        "population": made.population,
        "drawn": made.size,
        "seed": made.seed,
        "digest": made.digest,
        **({"reason": made.reason} if made.reason else {}),
    }


@transaction.atomic(savepoint=False)
def call_back(
    *, payment: SampledPayment, answer: Answer, happened_on: date, actor: Actor, at: datetime
) -> CallBack:
    """Note what calling somebody back came to; what was noted before stays, and this one counts.

    Raises:
        NotPermitted: As `draw_sample`, of the list that paid.
        Refusal: `answer_missing`, `sum_wrong`, `words_missing`, `text_too_long`, `number_of_person`,
            `happened_in_future`, `called_before_payment`.

    """
    person_id = require_caller(payment=payment, actor=actor, at=at)
    booked = booked_of(payment)
    told = rules.checked(answer, booked)
    rules.check_called_on(happened_on, paid_on=paid_on(payment), today=day_of(at))
    found = rules.findings(told, booked)
    made = CallBack.objects.create(
        payment=payment,
        reached=told.reached,
        received=told.received,
        received_minor=told.received_minor,
        kept=told.kept,
        back_minor=told.back_minor,
        back_to=told.back_to,
        signed=told.signed,
        is_amiss=bool(found),
        words=told.words,
        happened_on=happened_on,
        by_id=person_id,
        at=at,
    )
    facts: dict[str, object] = {
        "list": list_number(payment.instruction.line.payment_list.number),
        "happened_on": happened_on.isoformat(),
        "reached": told.reached,
        **({"amiss": [one.value for one in found]} if found else {}),
    }
    _note(payment.sample.plan, "call_back", f"{SAMPLED}:{payment.pk}", actor, at, facts)
    return made


def require_caller(*, payment: SampledPayment, actor: Actor, at: datetime) -> int:
    """Let pass who may call about a payment that was drawn; return which user it is.

    Raises:
        NotPermitted: As `draw_sample`, of the list that paid.

    """
    require(actor, Permission.LIST_INSPECT, unit_id=payment.sample.plan.unit_id, at=at)
    person_id = person_of(actor)
    require_apart({payment.instruction.line.payment_list_id}, person_id)
    return person_id


def require_apart(list_ids: Collection[int], user_id: int) -> None:
    """Let pass who is paid by none of these lists, and did nothing about them but sign as inspector.

    Raises:
        NotPermitted: `already_acted`, `payee_acts`.

    """
    acted = ListAct.objects.filter(payment_list__in=list_ids, person=user_id).exclude(verb=Verb.INSPECT)
    if (list_id := acted.values_list("payment_list", flat=True).first()) is not None:
        raise already(PaymentList.objects.get(pk=list_id))
    mine = PersonAccount.objects.filter(user=user_id).values("person")
    paid = PaymentLine.objects.filter(payment_list__in=list_ids, payee__in=mine)
    if (list_id := paid.values_list("payment_list", flat=True).first()) is not None:
        sentence = _("This list pays whoever acts here. Somebody else has to do it.")
        raise NotPermitted("payee_acts", sentence, list=list_id)


def _note(  # noqa: PLR0917 - the parts of an entry
    plan: Plan, verb: str, subject: str, actor: Actor, at: datetime, facts: dict[str, object]
) -> None:
    record(
        stream=f"plan:{plan.slug}",
        action=f"payments.{verb}",
        subject=subject,
        actor=actor,
        at=at,
        facts=facts,
    )
