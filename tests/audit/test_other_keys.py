"""A database is not touched from a data folder with other keys than it was set up with."""

import json
import os
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from django.apps import apps
from django.db import transaction

import made_database
from songnuan.audit.record import trail
from songnuan.cli import serving
from songnuan.cli.commands import songnuan
from songnuan.kernel import keys
from songnuan.kernel.actor import SYSTEM
from songnuan.organisation.actions import install
from songnuan.organisation.models import Installation

AT = datetime(2020, 4, 16, 2, 0, tzinfo=UTC)
ROOT = Path(__file__).resolve().parents[2]
COMMANDS = (
    ("init", "--no-input"),
    ("demo", "--no-serve"),
    ("serve", "--port", "0"),
    ("worker",),
    ("doctor",),
    ("plan", "load", str(ROOT / "plans/front-line-visits.yaml")),
    ("plan", "status", "front-line-visits"),
    ("roster", "import", str(ROOT / "plans/samples/front-line-units.xlsx"), "--kind", "units", "--plan", "x"),
    ("funds", "check"),
    ("audit", "verify"),
    ("user", "add", "somebody", "某人"),
    ("user", "password", "admin"),
    ("keys", "rotate"),
)


def rows() -> dict[str, list[dict[str, Any]]]:
    return {
        model._meta.label: list(model._default_manager.order_by("pk").values()) for model in apps.get_models()
    }


def files(folder: Path) -> dict[str, bytes]:
    return {str(path): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


@pytest.fixture
def other_folder(db: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:  # noqa: ARG001 - database
    """An installation, and then another data folder with keys of its own."""
    with transaction.atomic(), trail():
        install(kind="demo", actor=SYSTEM, at=AT)
    keys.create(tmp_path)
    (tmp_path / "demo.json").write_text("{}")
    monkeypatch.setenv("SONGNUAN_HOME", str(tmp_path))
    return tmp_path


@pytest.mark.parametrize("arguments", COMMANDS, ids=lambda arguments: " ".join(arguments[:2]))
def test_every_command_refuses_other_keys_and_writes_nothing(
    other_folder: Path, arguments: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    for endless in ("_run", "supervise"):
        monkeypatch.delattr(serving, endless)
    before = rows(), files(other_folder)
    done = CliRunner().invoke(songnuan, [*arguments, "--json"])
    assert done.exit_code == 1, done.output
    assert json.loads(done.stdout)["refused"]["code"] == "keys_differ"
    assert str(other_folder) in done.stderr
    assert (rows(), files(other_folder)) == before


@pytest.mark.parametrize("arguments", [("init", "--no-input"), ("demo", "--no-serve")], ids=" ".join)
def test_a_folder_without_keys_gets_none_for_a_database_that_has_its_own(
    other_folder: Path, arguments: tuple[str, ...]
) -> None:
    for path in (other_folder / "keys.json", other_folder / "demo.json"):
        path.unlink()
    keys.forget()
    before = rows()
    done = CliRunner().invoke(songnuan, [*arguments, "--json"])
    assert json.loads(done.stdout)["refused"]["code"] == "keys_differ"
    assert (rows(), files(other_folder)) == (before, {})


@pytest.mark.usefixtures("other_folder")
def test_a_command_that_needs_no_database_needs_no_keys_of_it() -> None:
    done = CliRunner().invoke(songnuan, ["plan", "schema"])
    assert done.exit_code == 0
    assert "$defs" in json.loads(done.stdout)


@pytest.mark.django_db
def test_a_demo_is_not_made_where_the_database_holds_real_work(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    keys.create(tmp_path)
    (tmp_path / "demo.json").write_text("{}")
    monkeypatch.setenv("SONGNUAN_HOME", str(tmp_path))
    with transaction.atomic(), trail():
        install(kind="real", actor=SYSTEM, at=AT)
    before = rows(), files(tmp_path)
    done = CliRunner().invoke(songnuan, ["demo", "--no-serve", "--json"])
    assert done.exit_code == 1
    assert json.loads(done.stdout)["refused"]["code"] == "not_a_demo"
    assert (rows(), files(tmp_path)) == before


def test_the_fingerprint_stays_when_the_sealing_key_is_renewed_and_gives_no_key_away(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    keys.create(tmp_path / "one")
    keys.create(tmp_path / "two")
    monkeypatch.setenv("SONGNUAN_HOME", str(tmp_path / "one"))
    first, text = keys.fingerprint(), (tmp_path / "one/keys.json").read_text()
    keys.add_seal_key(tmp_path / "one")
    assert keys.fingerprint() == first
    assert first not in text
    monkeypatch.setenv("SONGNUAN_HOME", str(tmp_path / "two"))
    assert keys.fingerprint() != first


@pytest.mark.django_db
def test_an_installation_remembers_its_keys() -> None:
    with transaction.atomic(), trail():
        install(kind="real", actor=SYSTEM, at=AT)
    assert Installation.objects.get().keys_fingerprint == keys.fingerprint()


@pytest.mark.once
def test_two_folders_on_one_database_file(tmp_path: Path) -> None:
    """As it is done: the command itself, with a database that both folders name."""
    database = tmp_path / "shared.sqlite3"
    made_database.put(database)

    def run(folder: str, *arguments: str) -> tuple[int, dict[str, Any]]:
        done = subprocess.run(
            [sys.executable, "-m", "songnuan", *arguments, "--json"],
            env={
                **os.environ,
                "DJANGO_SETTINGS_MODULE": "songnuan.config.settings",
                "PYTHONPATH": str(ROOT / "src"),
                "SONGNUAN_HOME": str(tmp_path / folder),
                "DATABASE_URL": f"sqlite:///{database}",
            },
            capture_output=True,
            text=True,
            check=False,
        )
        document: dict[str, Any] = json.loads(done.stdout)
        return done.returncode, document

    assert run("a", "init", "--no-input")[0] == 0
    before = database.read_bytes()
    for arguments in (("init", "--no-input"), ("demo", "--no-serve")):
        code, document = run("b", *arguments)
        assert (code, document["refused"]["code"]) == (1, "keys_differ")
    assert database.read_bytes() == before
    assert not (tmp_path / "b").exists()
    assert run("a", "audit", "verify")[1]["ok"]
