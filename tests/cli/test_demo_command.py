"""The demo can be gone on with wherever its first run was broken off."""

import json
import socket
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner
from pytest_django.fixtures import Settings

from people import Bureau
from songnuan.cli import demo_accounts, serving, setup
from songnuan.cli.commands import songnuan
from songnuan.cli.demo_accounts import Person
from songnuan.cli.output import Out
from songnuan.kernel import keys
from songnuan.kernel.refusal import Refusal
from songnuan.organisation.models import Unit, User
from songnuan.organisation.permissions import Role

AT = datetime(2020, 4, 16, 2, 0, tzinfo=UTC)


def broken_off(*_arguments: object, **_facts: object) -> None:
    raise KeyboardInterrupt


@pytest.mark.django_db
def test_a_run_that_is_killed_while_tables_are_made_is_gone_on_with(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, settings: Settings
) -> None:
    settings.SECRET_KEY = "of this test"
    monkeypatch.setenv("SONGNUAN_HOME", str(tmp_path / "home"))
    keys.forget()
    with monkeypatch.context() as patch:
        patch.setattr(setup, "call_command", broken_off)
        killed = CliRunner().invoke(songnuan, ["demo", "--no-serve", "--json"])
    assert killed.exit_code != 0
    assert (tmp_path / "home/keys.json").exists(), "it came so far"

    def reached(*_told: object) -> None:
        raise Refusal("reached", "The demo is made.")

    monkeypatch.setattr(setup, "call_command", lambda *_told, **_facts: None)
    monkeypatch.setattr(serving, "make_demo", reached)
    again = CliRunner().invoke(songnuan, ["demo", "--no-serve", "--json"])
    keys.forget()
    assert json.loads(again.stdout)["refused"]["code"] == "reached"
    assert (tmp_path / "home/demo.json").stat().st_mode & 0o077 == 0


@pytest.mark.parametrize(
    ("host", "address", "told"),
    [
        ("127.0.0.1", "http://127.0.0.1:8000/", 0),
        ("::1", "http://[::1]:8000/", 0),
        ("192.168.1.20", "http://192.168.1.20:8000/", 1),
        ("::", "http://[::]:8000/", 1),
    ],
)
def test_an_address_can_be_opened_and_says_what_lets_others_in(
    host: str, address: str, told: int, settings: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    settings.ALLOWED_HOSTS = ["localhost", "127.0.0.1", "[::1]"]
    assert serving._address(Out(as_json=True), host, 8000) == address
    assert capsys.readouterr().err.count("SONGNUAN_HOSTS") == told
    settings.ALLOWED_HOSTS = ["localhost", "192.168.1.20"]
    serving._address(Out(as_json=True), host, 8000)
    assert capsys.readouterr().err == "", "they are named"


def test_a_port_that_is_taken_while_the_demo_is_made_is_no_address(monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.socket() as other:

        def made(*_told: object) -> None:
            other.listen()

        other.bind(("127.0.0.1", 0))
        port = other.getsockname()[1]
        monkeypatch.setattr(serving, "_refuse_taken", _once(serving._refuse_taken))
        monkeypatch.setattr(serving, "demo_folder", lambda _out: None)
        monkeypatch.setattr(serving, "prepare", lambda _out: None)
        monkeypatch.setattr(serving, "make_demo", made)
        done = CliRunner().invoke(songnuan, ["demo", "--port", str(port), "--json"])
    assert json.loads(done.stdout)["refused"]["code"] == "port_taken"


def _once(refuse: Callable[[str, int], None]) -> Callable[[str, int], None]:
    """Let the first look find the port free."""
    looks = iter([lambda _host, _port: None])

    def look(host: str, port: int) -> None:
        next(looks, refuse)(host, port)

    return look


def test_an_account_that_was_made_without_its_post_gets_it(
    bureau: Bureau, monkeypatch: pytest.MonkeyPatch
) -> None:
    top = Unit.objects.get(pk=bureau.bureau_id)
    people: list[Person] = [("demo-gate", "门朝东", Role.UNIT_LIAISON, "", None)]
    with monkeypatch.context() as patch:
        patch.setattr(demo_accounts, "give_post", broken_off)
        with pytest.raises(KeyboardInterrupt):
            demo_accounts.make_accounts(people, lambda _name: top, AT)
    user = User.objects.get(username="demo-gate")
    assert not user.posts.exists()
    for _again in range(2):
        demo_accounts.make_accounts(people, lambda _name: top, AT)
        assert [post.role for post in user.posts.all()] == [Role.UNIT_LIAISON]
