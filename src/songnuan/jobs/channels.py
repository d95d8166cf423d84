"""The ways a message goes out. A new way is a new entry in `CHANNELS`."""

from collections.abc import Mapping
from typing import Protocol
from urllib.parse import urljoin

from django.conf import settings
from django.core.mail import EmailMessage
from django.utils.translation import gettext as _

from songnuan.jobs.models import Notice, OutboxMessage
from songnuan.kernel.refusal import Refusal
from songnuan.kernel.sealed import blind_index

IN_APP, EMAIL = "in_app", "email"


class Channel(Protocol):
    """Sends one message; called again for the same message after a fault, it does no harm."""

    def __call__(self, message: OutboxMessage) -> None:
        """Send `message`.

        Raises:
            Refusal: When it can never be sent; every other error is tried again.

        """


def in_app(message: OutboxMessage) -> None:
    """Put the message on the recipient's list of notices: once, however often it is called."""
    Notice.objects.get_or_create(
        message=message,
        defaults={
            "user_id": message.recipient_id,
            "title": message.title,
            "body": message.body,
            "url": message.url,
            "created_at": message.created_at,
        },
    )


def email(message: OutboxMessage) -> None:
    """Send the message by e-mail, each time with the same Message-ID, by which a repetition is known.

    Raises:
        Refusal: `no_address` when the recipient has no address or no longer an account.

    """
    user = message.recipient
    if not user.is_active or not user.email:
        raise Refusal("no_address", _("The recipient has no e-mail address here. Enter one, then send anew."))
    link = urljoin(getattr(settings, "SITE_URL", ""), message.url) if message.url else ""
    body = f"{message.body}\n\n{link}" if link.startswith("http") else message.body
    headers = {"Message-ID": message_id(message.key)}
    EmailMessage(subject=message.title, body=body, to=[user.email], headers=headers).send()


def message_id(key: str) -> str:
    """Return the Message-ID of the message with `key`; it tells nothing of the key."""
    return f"<{blind_index('jobs.message', key)[:40]}@songnuan.local>"


CHANNELS: Mapping[str, Channel] = {IN_APP: in_app, EMAIL: email}
