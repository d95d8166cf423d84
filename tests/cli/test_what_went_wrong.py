"""What the machine could not do is said in a sentence with what to do, never as a traceback."""

import errno
import json
from pathlib import Path

import click
import pytest
from click.testing import CliRunner
from django.db import DatabaseError, OperationalError, ProgrammingError
from psycopg import errors

from people import PLANS, SLUG
from songnuan.cli.commands import songnuan
from songnuan.cli.output import Out, command
from songnuan.kernel import keys
from songnuan.plans.models import Plan

PLAN = PLANS / f"{SLUG}.yaml"


def of_postgres(kind: type[DatabaseError], cause: Exception) -> DatabaseError:
    """Return an error as Django raises it for one of PostgreSQL, whose server speaks Chinese."""
    error = kind(str(cause))
    error.__cause__ = cause
    return error


def told(error: Exception) -> tuple[str, str]:
    """Return the code and the sentence of a command that fails with the error."""

    @click.command()
    @command
    def failing(*, out: Out) -> None:
        del out
        raise error

    result = CliRunner().invoke(failing, ["--json", "--lang", "en"], catch_exceptions=False)
    refused = json.loads(result.stdout)["refused"]
    assert (result.exit_code, result.stderr.strip()) == (1, refused["message"])
    return refused["code"], refused["message"]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("error", "code"),
    [
        (OperationalError("no such column: plans_plan.kind"), "migrations_waiting"),
        (of_postgres(ProgrammingError, errors.UndefinedTable("关系 x 不存在")), "migrations_waiting"),
        (of_postgres(ProgrammingError, errors.UndefinedColumn("字段 x 不存在")), "migrations_waiting"),
        (of_postgres(OperationalError, errors.DeadlockDetected("检测到死锁")), "database_busy"),
        (of_postgres(OperationalError, errors.LockNotAvailable("锁超时")), "database_busy"),
        (of_postgres(OperationalError, errors.DiskFull("设备上没有空间")), "no_space"),
        # Not ours to make: whoever is told to run init would be told so again by init.
        (OperationalError('FATAL:  database "songnuan" does not exist'), "database_unreachable"),
        (OperationalError("database is locked"), "database_busy"),
        (OperationalError("connection refused"), "database_unreachable"),
        (OperationalError("database or disk is full"), "no_space"),
        (OperationalError("attempt to write a readonly database"), "not_readable"),
        (DatabaseError("file is not a database"), "database_broken"),
        (DatabaseError("database disk image is malformed"), "database_broken"),
        (OSError(errno.ENOSPC, "No space left on device"), "no_space"),
        (OSError(errno.EIO, "Input/output error", "/data/x"), "file_unusable"),
        (PermissionError(errno.EACCES, "Permission denied", "/data/x"), "not_readable"),
        (keys.KeysMissing("/data"), "not_set_up"),
        (keys.KeysBroken("/data/keys.json"), "keys_broken"),
        (UnicodeEncodeError("utf-8", "\udcff", 0, 1, "surrogates not allowed"), "text_unreadable"),
    ],
)
def test_what_the_machine_could_not_do_is_told_with_what_to_do(error: Exception, code: str) -> None:
    found, sentence = told(error)
    assert found == code
    assert sentence.endswith(".")


@pytest.mark.parametrize(
    "error", [ValueError("x"), DatabaseError("x"), BrokenPipeError(errno.EPIPE, "x"), OSError("x")]
)
def test_a_fault_of_the_program_is_not_hidden(error: Exception) -> None:
    @click.command()
    @command
    def failing(*, out: Out) -> None:
        del out
        raise error

    result = CliRunner().invoke(failing, ["--json"])
    assert result.stdout == ""
    assert isinstance(result.exception, type(error) | SystemExit)


@pytest.mark.parametrize("content", ["", "{", "[]", "{}", '{"seal": 1}'])
def test_a_key_file_that_holds_no_keys_is_told_and_left_as_it_is(
    content: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "keys.json"
    file.write_text(content)
    with pytest.raises(keys.KeysBroken, match=str(file)):
        keys.load(tmp_path)
    monkeypatch.setenv("SONGNUAN_HOME", str(tmp_path))
    result = CliRunner().invoke(songnuan, ["doctor", "--json"], catch_exceptions=False)
    [line] = json.loads(result.stdout)
    assert (result.exit_code, line["name"], line["state"]) == (1, "keys", "fault")
    assert str(file) in line["message"]
    assert file.read_text() == content


@pytest.mark.django_db
@pytest.mark.parametrize("act", ["check", "load"])
@pytest.mark.parametrize(
    ("content", "line"),
    [
        (PLAN.read_text().encode("gb18030"), 1),
        (PLAN.read_text().encode("utf-16"), 1),
        (b"slug: a\ntitle: \xff", 2),
        (b"x" * 10_000_000, 0),
        (b"", 0),
        (b"\0" * 10, 1),
        (b"a: &a [x]\nb: *a\n", 1),
        (b"[" * 100_000, 1),
    ],
    ids=["GB18030", "UTF-16", "broken", "large", "empty", "binary", "aliases", "deep"],
)
def test_a_hostile_plan_file_is_refused_with_its_line(
    act: str, content: bytes, line: int, tmp_path: Path
) -> None:
    path = tmp_path / "plan.yaml"
    path.write_bytes(content)
    result = CliRunner().invoke(songnuan, ["plan", act, str(path), "--json"], catch_exceptions=False)
    refused = json.loads(result.stdout)["refused"]
    assert (result.exit_code, refused["code"], refused["facts"]["line"]) == (1, "plan_unreadable", line)
    assert not Plan.objects.exists()


def test_a_file_that_never_ends_is_refused() -> None:
    result = CliRunner().invoke(songnuan, ["plan", "check", "/dev/zero", "--json"], catch_exceptions=False)
    assert (result.exit_code, json.loads(result.stdout)["refused"]["facts"]["count"]) == (1, 1)
