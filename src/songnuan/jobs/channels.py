"""The ways a message goes out: one table, to which apps above add what they know.

A new way is one `Channel` and one call of `register` when its app is made ready; outbox, wishes, digests
and pages take it from here.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from songnuan.jobs.models import Notice, OutboxMessage
from songnuan.organisation.models import User

IN_APP, EMAIL = "in_app", "email"


class Send(Protocol):
    """Sends one message; called again for the same message after a fault, it does no harm."""

    def __call__(self, message: OutboxMessage) -> None:
        """Send `message`.

        Raises:
            Refusal: When it can never be sent; every other error is tried again.

        """


def _is_ready() -> bool:
    return True


@dataclass(frozen=True, slots=True, kw_only=True)
class Channel:
    """One way, and what it can do.

    Args:
        name: What rows call it; never changes.
        label: What people call it.
        send: Sends one message by it.
        address_of: Gives where it reaches a user; "" when it does not.
        is_ready: Whether this installation has what it needs, such as a mail server.
        is_confirmed: Whether an address counts only once its owner has confirmed it.
        urgent_only: Only what is urgent goes this way.
        is_batchable: Several things may go together, as in a digest; else each goes alone.
        is_here: It reaches nobody outside this database, so it arrives with the act and needs no worker.

    """

    name: str
    label: Promise
    send: Send
    address_of: Callable[[User], str]
    is_ready: Callable[[], bool] = _is_ready
    is_confirmed: bool = True
    urgent_only: bool = False
    is_batchable: bool = True
    is_here: bool = False


CHANNELS: dict[str, Channel] = {}


def register(channel: Channel) -> None:
    """Add a way to the table."""
    CHANNELS[channel.name] = channel


def in_app(message: OutboxMessage) -> None:
    """Put the message on the recipient's list of notices: once, however often it is called."""
    notice = Notice(
        message=message,
        user_id=message.recipient_id,
        title=message.title,
        body=message.body,
        url=message.url,
        created_at=message.created_at,
    )
    Notice.objects.bulk_create([notice], ignore_conflicts=True)


def _account(user: User) -> str:
    return user.username


register(
    Channel(
        name=IN_APP,
        label=_("in the house"),
        send=in_app,
        address_of=_account,
        is_confirmed=False,
        is_here=True,
    )
)
