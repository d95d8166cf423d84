"""Somebody enters an address, and a code goes to it to see that it is theirs."""

from datetime import datetime
from uuid import UUID

from songnuan.jobs import actions as jobs
from songnuan.jobs.channels import EMAIL
from songnuan.journeys.base import journey
from songnuan.kernel.actor import Actor
from songnuan.kernel.sealed import blind_index
from songnuan.organisation import actions as organisation
from songnuan.outreach import actions as outreach
from songnuan.outreach.letters import code
from songnuan.outreach.queries import CODE_TOPIC, code_key
from songnuan.outreach.rules import CODE_VALID


@journey
def ask_address_code(*, email: str, key: UUID, actor: Actor, at: datetime) -> None:
    """Keep the address in the actor's account and send a code there; nothing else goes to it until then.

    The same `key` again sends no second code.

    Raises:
        Refusal: `reminders_of_nobody`, `email_invalid`, `address_missing`, `codes_too_many`, `way_not_ready`.

    """
    user_id = outreach.own(actor)
    digest = blind_index("outreach.post", email)
    if jobs.receive(key=key, purpose="ask_address_code", body_digest=digest, actor=actor, at=at) is not None:
        return
    organisation.change_user(user_id=user_id, actor=actor, at=at, email=email.strip())
    row, digits = outreach.make_code(channel=EMAIL, actor=actor, at=at)
    subject, letter = code(digits, int(CODE_VALID.total_seconds() // 60))
    jobs.send(
        channel=EMAIL,
        recipient_id=user_id,
        topic=CODE_TOPIC,
        title=subject,
        body=letter.packed(),
        key=code_key(row.pk),
        actor=actor,
        at=at,
    )
    jobs.settle(key=key, result=str(row.pk))
