"""`songnuan mail test`: tries the mail server, and says in words what is wrong with it."""

import smtplib
import socket
import ssl

import click
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.mail import EmailMultiAlternatives
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from songnuan.cli.output import Out, command
from songnuan.kernel.refusal import Refusal
from songnuan.organisation import rules


@click.group()
def mail() -> None:
    """Mail that leaves the house."""


@mail.command()
@click.argument("address")
@command
def test(*, out: Out, address: str) -> None:
    """Send a short letter to ADDRESS by the server of the settings."""
    if not settings.EMAIL_HOST:
        sentence = _("No mail server is named. Set SONGNUAN_EMAIL_HOST, and what else it asks for.")
        raise Refusal("mail_not_set_up", sentence)
    if not rules.email(address):
        raise Refusal("email_invalid", _("Enter the address to which the letter goes."))
    try_mail(address)
    words = _("The mail server took the letter to %(address)s. See whether it arrives, also among the spam.")
    out.document({"sent": address, "server": _server()}, words % {"address": address})


def try_mail(address: str) -> None:
    """Send a letter.

    Raises:
        Refusal: `mail_` and what is wrong, with a sentence that says what to do.

    """
    letter = EmailMultiAlternatives(
        subject=_("Songnuan: a test"),
        body=_("If you read this, the mail server of Songnuan is set up well."),
        to=[address],
    )
    try:
        letter.send()
    except (OSError, ValueError, ImproperlyConfigured, smtplib.SMTPException) as error:
        code, sentence = _told(error)
        raise Refusal(code, sentence % {"server": _server(), "words": _words(error)}) from error


def _server() -> str:
    return f"{settings.EMAIL_HOST}:{settings.EMAIL_PORT}"


def _words(error: BaseException) -> str:
    """Return what the server itself said, for who looks after it."""
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        error = smtplib.SMTPResponseException(*next(iter(error.recipients.values())))
    if isinstance(error, smtplib.SMTPResponseException):
        said = error.smtp_error
        text = said.decode(errors="replace") if isinstance(said, bytes) else str(said)
        return f"{error.smtp_code} {text}"
    return str(error) or type(error).__name__


# The first that fits; what a kind of error is a special case of stands before it.
_FAULTS: tuple[tuple[type[BaseException], str, Promise], ...] = (
    (
        smtplib.SMTPAuthenticationError,
        "mail_sign_in",
        gettext_lazy(
            "%(server)s does not accept user and password. Many providers want a code made for programs "
            "instead of the password. (%(words)s)"
        ),
    ),
    (
        smtplib.SMTPSenderRefused,
        "mail_sender",
        gettext_lazy(
            "%(server)s does not send for SONGNUAN_EMAIL_FROM. Enter the account's own address. (%(words)s)"
        ),
    ),
    (
        smtplib.SMTPRecipientsRefused,
        "mail_recipient",
        gettext_lazy("%(server)s does not take letters to this address. (%(words)s)"),
    ),
    (
        ssl.SSLError,
        "mail_tls",
        gettext_lazy(
            "No safe connection with %(server)s: port 465 wants SONGNUAN_EMAIL_SSL=1, port 587 wants "
            "SONGNUAN_EMAIL_TLS=1; else its certificate is not valid. (%(words)s)"
        ),
    ),
    (
        smtplib.SMTPNotSupportedError,
        "mail_tls",
        gettext_lazy("%(server)s lacks what the settings ask for, TLS or a sign-in. (%(words)s)"),
    ),
    (
        smtplib.SMTPServerDisconnected,
        "mail_cut_off",
        gettext_lazy(
            "%(server)s hung up. On port 465 set SONGNUAN_EMAIL_SSL=1; else ask whoever runs it. (%(words)s)"
        ),
    ),
    (
        smtplib.SMTPException,
        "mail_refused",
        gettext_lazy("%(server)s did not take the letter. (%(words)s)"),
    ),
    (
        ConnectionRefusedError,
        "mail_no_server",
        gettext_lazy(
            "Nothing answers at %(server)s: host or port is wrong, or the server is down. (%(words)s)"
        ),
    ),
    (
        socket.gaierror,
        "mail_host_unknown",
        gettext_lazy("%(server)s: there is no such host. Check SONGNUAN_EMAIL_HOST. (%(words)s)"),
    ),
    (
        TimeoutError,
        "mail_no_answer",
        gettext_lazy("%(server)s does not answer in time: a firewall, or the wrong port. (%(words)s)"),
    ),
)


def _told(error: BaseException) -> tuple[str, str]:
    for kind, code, sentence in _FAULTS:
        if isinstance(error, kind):
            return code, str(sentence)
    return "mail_failed", _("The letter could not be sent by %(server)s. (%(words)s)")
