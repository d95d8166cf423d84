"""The inspector calls somebody back who was paid: did you receive it, did you keep it?"""

from datetime import date, datetime
from uuid import UUID

from songnuan.jobs import actions as jobs
from songnuan.journeys.base import journey
from songnuan.kernel.actor import Actor
from songnuan.kernel.bulk import digest_rows
from songnuan.payments.actions import samples
from songnuan.payments.sample_queries import find_sampled
from songnuan.payments.sample_rules import Answer


@journey
def call_back(
    *, payment_id: int, answer: Answer, happened_on: date, key: UUID, actor: Actor, at: datetime
) -> bool:
    """Note what the call came to and return whether something is amiss.

    The same `key` again notes nothing twice.

    Whoever handed the money out is told nothing of it: what was said by whom stays with the inspector, who
    puts the list on hold, or looks further.

    Raises:
        Refusal: `sampled_unknown`, or from `payments.actions.samples.call_back`.

    """
    payment = find_sampled(payment_id)
    samples.require_caller(payment=payment, actor=actor, at=at)
    told = (answer.reached, answer.received, answer.received_minor or 0, answer.kept, answer.back_minor or 0)
    digest = digest_rows(
        [(payment_id, *told, answer.back_to, str(answer.signed), answer.words, happened_on.isoformat())]
    )
    earlier = jobs.receive(key=key, purpose="call_back", body_digest=digest, actor=actor, at=at)
    if earlier is not None:
        return earlier == "amiss"
    made = samples.call_back(payment=payment, answer=answer, happened_on=happened_on, actor=actor, at=at)
    jobs.settle(key=key, result="amiss" if made.is_amiss else "fine")
    return made.is_amiss
