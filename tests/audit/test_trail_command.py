"""`songnuan audit verify` says what it read and what is wrong with it."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from click.testing import CliRunner
from django.db import connection, transaction

from songnuan.audit.models import Stream
from songnuan.audit.record import record, trail
from songnuan.cli.commands import songnuan
from songnuan.journeys.schedule import verify_trail
from songnuan.kernel.actor import SYSTEM
from songnuan.organisation.actions import install

AT = datetime(2020, 4, 16, 2, 0, tzinfo=UTC)


@pytest.fixture
def founded(db: None) -> None:  # noqa: ARG001 - asks for the database
    with transaction.atomic(), trail():
        install(kind="real", actor=SYSTEM, at=AT)
        record(stream="plan:a", action="one", subject="x", actor=SYSTEM, at=AT)


def run(*arguments: str) -> tuple[int, dict[str, Any]]:
    done = CliRunner().invoke(songnuan, [*arguments, "--json"])
    document: dict[str, Any] = json.loads(done.stdout)
    return done.exit_code, document


@pytest.mark.usefixtures("founded")
def test_all_streams_are_named() -> None:
    code, document = run("audit", "verify")
    assert (code, document["ok"]) == (0, True)
    assert [row["name"] for row in document["streams"]] == ["organisation", "plan:a", "trail"]


@pytest.mark.usefixtures("founded")
def test_only_the_stream_that_was_asked_for_is_named() -> None:
    code, document = run("audit", "verify", "--stream", "plan:a")
    assert (code, document["ok"]) == (0, True)
    assert [(row["name"], row["rows"]) for row in document["streams"]] == [("plan:a", 1)]


@pytest.mark.usefixtures("founded")
def test_a_stream_that_is_not_there_is_a_finding() -> None:
    code, document = run("audit", "verify", "--stream", "plan:b")
    assert (code, document["ok"], document["streams"]) == (1, False, [])
    assert [(row["code"], row["where"]) for row in document["findings"]] == [("stream_missing", "plan:b")]


@pytest.mark.usefixtures("founded")
def test_an_emptied_trail_is_found_by_the_installation_that_it_should_tell_of() -> None:
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET LOCAL session_replication_role = replica")
        else:
            cursor.execute("DROP TRIGGER audit_entry_no_delete")
        cursor.execute("DELETE FROM audit_entry")
    Stream.objects.all().delete()
    for _next_act in range(2):
        code, document = run("audit", "verify")
        assert code == 1
        assert [row["code"] for row in document["findings"]] == ["trail_missing"]
        with transaction.atomic(), trail():
            record(stream="plan:a", action="one", subject="x", actor=SYSTEM, at=AT)
    assert verify_trail.call() == 1
    code, lines = run("doctor", "--deep")
    assert code == 1
    assert any("trail_missing" in line["message"] for line in lines)  # type: ignore[index]  # doctor gives a list
