"""The writers of outbox and inbox. Permission is the journey's: what they write follows from its act."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from songnuan.jobs.channels import CHANNELS
from songnuan.jobs.delivery import deliver
from songnuan.jobs.models import InboxEntry, Notice, OutboxMessage
from songnuan.kernel.actor import Actor
from songnuan.kernel.refusal import NotPermitted, Refusal

ABOUT_LONGEST = 200


@transaction.atomic(savepoint=False)
def send(
    *,
    channel: str,
    recipient_id: int,
    topic: str,
    title: str,
    body: str,
    key: str,
    url: str = "",
    about: str = "",
    actor: Actor,
    at: datetime,
) -> OutboxMessage:
    """Write a message and the job that sends it; with a key that was used, return the message of then.

    What stays in the house is sent in the same breath: a notice of an order waits for no worker.

    Args:
        channel: A name in `channels.CHANNELS`.
        recipient_id: The user.
        topic: What it is about, such as "visits.late".
        title: One line, without personal data.
        body: The text; kept sealed.
        key: What makes it this message and no other, such as "visits.late:12:2020-04-22".
        url: Where it leads, a path of this site.
        about: The title of the plan it belongs to; "" when to none.
        actor: Whose act causes it.
        at: When.

    Raises:
        KeyError: When there is no such channel.
        Refusal: `key_reused` when the key was used for another recipient, channel or topic.

    """
    told = {"channel": channel, "recipient_id": recipient_id, "topic": topic}
    way = CHANNELS[channel]
    sent = {"status": OutboxMessage.Status.SENT, "attempts": 1, "sent_at": at} if way.is_here else {}
    message, is_new = OutboxMessage.objects.get_or_create(
        key=key,
        defaults={
            **told,
            "title": title,
            "body": body,
            "url": url,
            "about": about[:ABOUT_LONGEST],
            "actor_key": actor.key,
            "created_at": at,
            **sent,
        },
    )
    if is_new and way.is_here:
        way.send(message)
    elif is_new:
        message.job_id = int(deliver.enqueue(message.pk).id)
        message.save(update_fields=["job"])
    elif any(getattr(message, name) != value for name, value in told.items()):
        raise Refusal("key_reused", _("A message with this key went to someone else."), message=message.pk)
    return message


@transaction.atomic(savepoint=False)
def read_notices(*, notice_ids: Collection[int], actor: Actor, at: datetime) -> int:
    """Mark notices of the actor's own as read, and return how many were not; the first reading stays.

    Raises:
        NotPermitted: `not_yours` when one of them is another's, or not there.

    """
    wanted = set(notice_ids)
    own = Notice.objects.filter(pk__in=wanted, user_id=actor.user_id or 0)
    if own.count() != len(wanted):
        raise NotPermitted("not_yours", _("Only the recipient can mark a notice as read."))
    return own.filter(read_at=None).update(read_at=at)


@transaction.atomic(savepoint=False)
def receive(*, key: UUID, purpose: str, body_digest: str, actor: Actor, at: datetime) -> str | None:
    """Take in a post that may come twice, as from a field app that lost its connection.

    Of two at once, the second waits until the first one's transaction ends, and then sees its answer.

    Args:
        key: The sender's, made once for each thing entered.
        purpose: What the post does, such as "visits.record".
        body_digest: SHA-256 (hex) of what was sent.
        actor: Who sends.
        at: When it came in.

    Returns:
        None when it is new, and the act goes on; else the answer the earlier one was given.

    Raises:
        Refusal: `key_reused` when the key came before with another content, purpose or sender.

    """
    told = {"purpose": purpose, "actor_key": actor.key, "body_digest": body_digest}
    entry, is_new = InboxEntry.objects.get_or_create(key=key, defaults={**told, "received_at": at})
    if is_new:
        return None
    if any(getattr(entry, name) != value for name, value in told.items()):
        sentence = _("This entry was already received with other content. Reload the page and enter it anew.")
        raise Refusal("key_reused", sentence, purpose=purpose)
    return entry.result


@transaction.atomic(savepoint=False)
def settle(*, key: UUID, result: str) -> None:
    """Keep the answer to a post, in the transaction that received it.

    Raises:
        RuntimeError: When it was not received, or is answered already: a fault of the program.

    """
    if InboxEntry.objects.filter(key=key, result="").update(result=result) != 1:
        raise RuntimeError(f"post {key} was not received, or is answered already")
