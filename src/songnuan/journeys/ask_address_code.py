"""Somebody enters an address, and a code goes to it to see that it is theirs."""

from datetime import datetime

from songnuan.jobs import actions as jobs
from songnuan.jobs.channels import EMAIL
from songnuan.journeys.base import journey
from songnuan.kernel.actor import Actor
from songnuan.organisation import actions as organisation
from songnuan.outreach import actions as outreach
from songnuan.outreach.letters import code
from songnuan.outreach.queries import CODE_TOPIC
from songnuan.outreach.rules import CODE_VALID


@journey
def ask_address_code(*, email: str, actor: Actor, at: datetime) -> None:
    """Keep the address in the actor's account and send a code there; nothing else goes to it until then.

    Raises:
        Refusal: `reminders_of_nobody`, `email_invalid`, `address_missing`, `codes_too_many`, `way_not_ready`.

    """
    user_id = outreach.own(actor)
    organisation.change_user(user_id=user_id, actor=actor, at=at, email=email.strip())
    row, digits = outreach.make_code(channel=EMAIL, actor=actor, at=at)
    subject, letter = code(digits, int(CODE_VALID.total_seconds() // 60))
    jobs.send(
        channel=EMAIL,
        recipient_id=user_id,
        topic=CODE_TOPIC,
        title=subject,
        body=letter.packed(),
        key=f"address_code:{row.pk}",
        actor=actor,
        at=at,
    )
