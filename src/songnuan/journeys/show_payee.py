"""An inspector asks for name and phone of somebody to call back; the look is recorded with what for."""

from datetime import datetime

from songnuan.journeys.base import journey
from songnuan.kernel.actor import Actor
from songnuan.payments.actions import samples
from songnuan.payments.rules import list_number
from songnuan.payments.sample_queries import find_sampled
from songnuan.people import actions as people
from songnuan.people.actions import PersonToCall


@journey
def show_payee(*, payment_id: int, actor: Actor, at: datetime) -> PersonToCall:
    """Return name and phone as the register tells them today; whoever was paid sees who looked, and why.

    Raises:
        Refusal: `sampled_unknown`, `not_permitted`, `already_acted`, `payee_acts`, `person_gone`.

    """
    payment = find_sampled(payment_id)
    samples.require_caller(payment=payment, actor=actor, at=at)
    line = payment.instruction.line
    return people.show_to_call(
        person_id=line.payee_id,
        purpose=f"{list_number(line.payment_list.number)}发放回访",
        actor=actor,
        at=at,
    )
