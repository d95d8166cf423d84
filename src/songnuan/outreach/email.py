"""E-mail as a way: a letter as plain text with an HTML form of the same, over the server of the settings."""

import re
from email.utils import parseaddr
from smtplib import SMTPDataError, SMTPRecipientsRefused
from urllib.parse import urljoin, urlsplit

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, override

from songnuan.jobs.channels import EMAIL, Channel
from songnuan.jobs.models import OutboxMessage
from songnuan.kernel.refusal import Refusal
from songnuan.kernel.sealed import blind_index
from songnuan.organisation.models import User
from songnuan.outreach.letters import unpacked
from songnuan.outreach.queries import accepts

PERMANENT = 500
_DOMAIN = re.compile(r"[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+")


class AddressRefused(Refusal):
    """The mail server will never take a letter to this address."""


def is_set_up() -> bool:
    """Return whether there is a mail server to send by."""
    return bool(settings.EMAIL_HOST)


def send(message: OutboxMessage) -> None:
    """Send a letter by e-mail, each time with the same Message-ID, by which a repetition is known.

    Raises:
        AddressRefused: `address_refused` when the server says so for good.
        Refusal: `mail_not_set_up`; `no_address` when the recipient has no confirmed address, or no account
            any more.

    """
    user = message.recipient
    if not is_set_up():
        raise Refusal("mail_not_set_up", _("No mail server is set up here. An administrator can name one."))
    if not accepts(user, EMAIL, user.email, message.topic):
        raise Refusal("no_address", _("The recipient has no confirmed e-mail address here."))
    try:
        mail_of(message).send()
    except SMTPRecipientsRefused as error:
        if min(code for code, _words in error.recipients.values()) < PERMANENT:
            raise
        raise _refused() from error
    except SMTPDataError as error:
        if error.smtp_code < PERMANENT:
            raise
        raise _refused() from error


def _refused() -> AddressRefused:
    return AddressRefused("address_refused", _("The mail server does not take letters to this address."))


def mail_of(message: OutboxMessage) -> EmailMultiAlternatives:
    """Return a letter of the outbox as it is sent, in the recipient's language, with whole addresses."""
    site = settings.SITE_URL
    wishes = f"{site}/reminders/" if site else ""
    with override(message.recipient.language):
        context = {"letter": unpacked(message.body), "site": site, "wishes": wishes}
        text = render_to_string("outreach/letter.txt", context)
        page = render_to_string("outreach/letter.html", context)
    headers = {"Message-ID": message_id(message.key)}
    if wishes:
        headers["List-Unsubscribe"] = f"<{urljoin(site, wishes)}>"
    mail = EmailMultiAlternatives(
        subject=message.title, body=text, to=[message.recipient.email], headers=headers
    )
    mail.attach_alternative(page, "text/html")
    return mail


def message_id(key: str) -> str:
    """Return the Message-ID of the message with `key`; it tells nothing of the key."""
    return f"<{blind_index('jobs.message', key)[:40]}@{_domain()}>"


def _domain() -> str:
    """Return the domain that letters come from: that of the site, else that of the sender."""
    sender = parseaddr(settings.DEFAULT_FROM_EMAIL)[1].rpartition("@")[2]
    for name in (urlsplit(settings.SITE_URL).hostname or "", sender):
        if _DOMAIN.fullmatch(name):
            return name
    return "songnuan.local"


def _address(user: User) -> str:
    return user.email


CHANNEL = Channel(
    name=EMAIL, label=gettext_lazy("E-mail"), send=send, address_of=_address, is_ready=is_set_up
)
