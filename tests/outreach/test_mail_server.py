"""A real mail server in this process: what it takes, refuses for now and refuses for good."""

import gc
import smtplib
import socket
from collections.abc import Iterator
from email import message_from_bytes
from email.header import decode_header, make_header
from email.message import Message
from typing import Any, cast

import pytest
from aiosmtpd.controller import Controller
from pytest_django.fixtures import Settings

from outreach.mailing import notice, reached, run_all
from people import Bureau, at
from songnuan.audit.models import Entry
from songnuan.cli.mail import try_mail
from songnuan.jobs.checks import verify
from songnuan.jobs.models import Notice, OutboxMessage
from songnuan.jobs.queue import MAX_ATTEMPTS
from songnuan.jobs.worker import run_pending
from songnuan.journeys.pass_on import pass_on
from songnuan.kernel.actor import SYSTEM
from songnuan.kernel.refusal import Refusal
from songnuan.outreach.models import Passed, Way

pytestmark = pytest.mark.django_db


class House:
    """What the server does with what it is told."""

    def __init__(self) -> None:
        self.letters: list[bytes] = []
        self.tried = 0
        self.answers = {"rcpt": "250 OK", "data": "250 OK", "mail": "250 OK"}

    async def handle_MAIL(  # noqa: N802 - the library\'s
        self, _server: Any, _session: Any, envelope: Any, address: str, options: Any
    ) -> str:
        """Answer who sends."""
        if self.answers["mail"].startswith("250"):
            envelope.mail_from = address
            envelope.mail_options.extend(options)
        return self.answers["mail"]

    async def handle_RCPT(  # noqa: N802 - the library\'s
        self, _server: Any, _session: Any, envelope: Any, address: str, options: Any
    ) -> str:
        """Answer who receives."""
        self.tried += 1
        if self.answers["rcpt"].startswith("250"):
            envelope.rcpt_tos.append(address)
            envelope.rcpt_options.extend(options)
        return self.answers["rcpt"]

    async def handle_DATA(  # noqa: N802 - the library's
        self, _server: Any, _session: Any, envelope: Any
    ) -> str:
        """Take the letter."""
        if self.answers["data"].startswith("250"):
            self.letters.append(envelope.content)
        return self.answers["data"]


@pytest.fixture
def house(settings: Settings) -> Iterator[House]:
    """A server, named in the settings."""
    handler = House()
    with socket.socket() as probe:  # the library asks for the number before it listens
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    controller = Controller(handler, hostname="127.0.0.1", port=port)
    controller.start()
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST = "127.0.0.1"
    settings.EMAIL_PORT = port
    yield handler
    controller.stop()
    gc.collect()


def go(day: int = 9) -> None:
    """Let the worker look, and try what it wrote until that ends."""
    pass_on(actor=SYSTEM, at=at(day, 9))
    run_all()


def test_a_digest_arrives_whole(bureau: Bureau, house: House) -> None:
    reached(bureau.office, at(7))
    notice(bureau.office, "东港已走访", at(8, 9), plan="走访慰问方案")
    go()
    (raw,) = house.letters
    letter = message_from_bytes(raw)
    assert str(make_header(decode_header(letter["Subject"]))) == "送暖：1 条新通知"
    assert letter["To"] == "office@example.org"
    plain, page = cast("list[Message]", letter.get_payload())
    assert "东港已走访" in cast("bytes", plain.get_payload(decode=True)).decode()
    assert "东港已走访" in cast("bytes", page.get_payload(decode=True)).decode()
    assert letter["Message-ID"].endswith("@songnuan.example.org>")


@pytest.mark.parametrize("step", ["rcpt", "data"])
def test_an_address_refused_for_good_is_turned_off_and_said_in_the_house(
    bureau: Bureau, house: House, step: str
) -> None:
    house.answers[step] = "550 No such user"
    way = reached(bureau.office, at(7))
    notice(bureau.office, "东港已走访", at(8, 9))
    go()
    assert OutboxMessage.objects.get(channel="email").attempts == 1, "it is not tried again"
    go()
    way.refresh_from_db()
    assert (way.is_on, way.refused_at) == (False, at(9, 9))
    assert Passed.objects.count() == 0
    assert Notice.objects.filter(title="发给您的邮件提醒已关闭：地址被拒收").count() == 1
    assert Entry.objects.filter(action="outreach.refuse_address").count() == 1
    tried = house.tried
    go(10)
    assert (house.tried, OutboxMessage.objects.filter(channel="email").count()) == (tried, 1)


def test_a_server_that_is_busy_is_asked_again_and_the_address_stays(bureau: Bureau, house: House) -> None:
    house.answers["rcpt"] = "450 Try later"
    reached(bureau.office, at(7))
    notice(bureau.office, "东港已走访", at(8, 9))
    go()
    assert house.tried == MAX_ATTEMPTS
    assert OutboxMessage.objects.get(channel="email").status == "failed"
    assert {finding.code for finding in verify()} == {"job_failed", "message_failed"}
    house.answers["rcpt"] = "250 OK"
    go()
    assert Way.objects.get().is_on
    assert house.letters == [], "what was not sent waits for the next digest"
    go(10)
    assert len(house.letters) == 1


def test_a_server_that_comes_back_gets_the_letter_once(bureau: Bureau, house: House) -> None:
    house.answers["data"] = "451 Try later"
    reached(bureau.office, at(7))
    notice(bureau.office, "东港已走访", at(8, 9))
    pass_on(actor=SYSTEM, at=at(9, 9))
    run_pending()
    house.answers["data"] = "250 OK"
    run_all()
    pass_on(actor=SYSTEM, at=at(9, 10))
    run_all()
    assert len(house.letters) == 1


# songnuan mail test -----------------------------------------------------------------------------------


def test_a_test_letter_arrives(house: House) -> None:
    try_mail("chen@example.org")
    assert len(house.letters) == 1


@pytest.mark.parametrize(
    ("step", "answer", "code"),
    [
        ("mail", "553 Not your address", "mail_sender"),
        ("rcpt", "550 No such user", "mail_recipient"),
        ("data", "554 Spam", "mail_refused"),
    ],
)
def test_what_the_server_says_no_to_is_said_in_words(house: House, step: str, answer: str, code: str) -> None:
    house.answers[step] = answer
    with pytest.raises(Refusal) as refused:
        try_mail("chen@example.org")
    assert refused.value.code == code
    assert answer in refused.value.sentence


# A connection that fails half-way is left to the collector by the standard library.
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"EMAIL_PORT": 1}, "mail_no_server"),
        ({"EMAIL_HOST": "no-such-host.invalid"}, "mail_host_unknown"),
        ({"EMAIL_USE_TLS": True}, "mail_tls"),
        ({"EMAIL_USE_SSL": True}, "mail_tls"),
        ({"EMAIL_HOST_USER": "u", "EMAIL_HOST_PASSWORD": "p"}, "mail_tls"),
        ({"EMAIL_USE_SSL": True, "EMAIL_USE_TLS": True}, "mail_failed"),
    ],
)
def test_what_is_wrong_with_the_settings_is_said_in_words(
    house: House, settings: Settings, change: dict[str, object], code: str
) -> None:
    for name, value in change.items():
        setattr(settings, name, value)
    with pytest.raises(Refusal) as refused:
        try_mail("chen@example.org")
    assert refused.value.code == code
    assert house.letters == []


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_a_password_that_is_not_taken_is_said_in_words(
    house: House, monkeypatch: pytest.MonkeyPatch, settings: Settings
) -> None:
    def login(*_args: object, **_options: object) -> None:
        raise smtplib.SMTPAuthenticationError(535, b"Authentication failed")

    settings.EMAIL_HOST_USER, settings.EMAIL_HOST_PASSWORD = "u", "p"
    monkeypatch.setattr(smtplib.SMTP, "login", login)
    with pytest.raises(Refusal) as refused:
        try_mail("chen@example.org")
    assert refused.value.code == "mail_sign_in"
    assert "授权码" in refused.value.sentence
    assert house.letters == []
