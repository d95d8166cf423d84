"""`songnuan mail test` and what the doctor says of mail."""

import json

import pytest
from click.testing import CliRunner
from django.core import mail
from pytest_django.fixtures import Settings

from songnuan.cli.commands import songnuan
from songnuan.cli.setup import _mail

ADDRESS = "chen@example.org"


def run(*arguments: str) -> tuple[int, dict[str, object]]:
    result = CliRunner().invoke(songnuan, ["mail", "test", *arguments, "--json"])
    return result.exit_code, json.loads(result.stdout)


@pytest.mark.django_db
def test_a_test_letter_goes_out(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("songnuan.cli.guard.refuse_other_keys", lambda: None)
    settings.EMAIL_HOST = "mail.example.org"
    code, told = run(ADDRESS)
    assert (code, told["sent"]) == (0, ADDRESS)
    assert mail.outbox[0].to == [ADDRESS]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("address", "host", "code"),
    [(ADDRESS, "", "mail_not_set_up"), ("chen", "mail", "email_invalid"), ("", "mail", "email_invalid")],
)
def test_nothing_goes_out_where_it_cannot(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, address: str, host: str, code: str
) -> None:
    monkeypatch.setattr("songnuan.cli.guard.refuse_other_keys", lambda: None)
    settings.EMAIL_HOST = host
    exit_code, told = run(address)
    assert exit_code == 1
    assert told["refused"]["code"] == code  # type: ignore[index]  # a document
    assert mail.outbox == []


WHOLE = {
    "EMAIL_HOST": "mail.example.org",
    "SITE_URL": "https://songnuan.example.org",
    "DEFAULT_FROM_EMAIL": "songnuan@example.org",
    "EMAIL_HOST_USER": "u",
    "EMAIL_HOST_PASSWORD": "p",
    "EMAIL_USE_TLS": True,
}


@pytest.mark.parametrize(
    ("change", "state", "word"),
    [
        ({}, "ok", "mail.example.org"),
        ({"EMAIL_HOST": ""}, "ok", "站内"),
        ({"SITE_URL": ""}, "warning", "SONGNUAN_URL"),
        ({"DEFAULT_FROM_EMAIL": "songnuan@localhost"}, "warning", "SONGNUAN_EMAIL_FROM"),
        ({"EMAIL_HOST_PASSWORD": ""}, "warning", "SONGNUAN_EMAIL_PASSWORD"),
        ({"EMAIL_USE_SSL": True}, "warning", "SONGNUAN_EMAIL_SSL"),
        ({"EMAIL_USE_TLS": False}, "warning", "明文"),
    ],
)
def test_the_doctor_says_what_the_settings_of_mail_lack(
    settings: Settings, change: dict[str, object], state: str, word: str
) -> None:
    for name, value in {**WHOLE, **change}.items():
        setattr(settings, name, value)
    line = _mail()
    assert (line.name, line.state) == ("mail", state)
    assert word in line.sentence
