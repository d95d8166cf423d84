"""SQLite's log stays short beside large transactions and others who write and read."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from uuid import uuid4

import pytest
from django.db import connection, transaction

from songnuan.kernel import bulk
from songnuan.kernel.bulk import shorten_log
from songnuan.organisation.models import Unit

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif("connection.vendor != 'sqlite'", reason="PostgreSQL keeps its log short by itself"),
]
MANY = 300


@pytest.fixture
def log(monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Every log is long; SQLite does nothing to it by itself."""
    monkeypatch.setattr(bulk, "_LONG_LOG", 1)
    with connection.cursor() as cursor:
        [pages] = cursor.execute("PRAGMA wal_autocheckpoint").fetchone()
        cursor.execute("PRAGMA wal_autocheckpoint = 0")
    yield Path(f"{connection.settings_dict['NAME']}-wal")
    with connection.cursor() as cursor:
        cursor.execute(f"PRAGMA wal_autocheckpoint = {pages}")


@pytest.fixture
def other() -> Iterator[sqlite3.Connection]:
    with closing(sqlite3.connect(connection.settings_dict["NAME"], isolation_level=None)) as other:
        yield other


def write() -> None:
    with transaction.atomic():
        Unit.objects.bulk_create([Unit(key=uuid4().hex, opened_on="2020-04-06") for _row in range(MANY)])


def write_too(other: sqlite3.Connection) -> None:
    other.execute("INSERT INTO organisation_unit (key, opened_on) VALUES (?, '2020-04-06')", [uuid4().hex])


def test_the_log_is_begun_anew_though_others_write(log: Path, other: sqlite3.Connection) -> None:
    write()
    write_too(other)
    shorten_log()
    size = log.stat().st_size
    for _chunk in range(20):
        write()
        write_too(other)
        shorten_log()
    # A chunk writes more as the index grows; twenty of them in one log would be sixty times as much.
    assert log.stat().st_size <= size * 10
    assert Unit.objects.count() == 21 * (MANY + 1)


def test_who_reads_for_long_keeps_nobody_waiting_and_sees_what_stood(
    log: Path, other: sqlite3.Connection
) -> None:
    write()
    other.execute("BEGIN")
    assert other.execute("SELECT COUNT(*) FROM organisation_unit").fetchone() == (MANY,)
    write()
    shorten_log()
    assert other.execute("SELECT COUNT(*) FROM organisation_unit").fetchone() == (MANY,)
    other.execute("COMMIT")
    assert other.execute("SELECT COUNT(*) FROM organisation_unit").fetchone() == (2 * MANY,)
    assert log.stat().st_size > 0


def test_it_waits_for_locks_as_long_as_before(log: Path) -> None:  # noqa: ARG001 - every log is long
    write()
    with connection.cursor() as cursor:
        before = cursor.execute("PRAGMA busy_timeout").fetchone()
        shorten_log()
        assert cursor.execute("PRAGMA busy_timeout").fetchone() == before


def test_inside_a_transaction_nothing_is_done(log: Path) -> None:  # noqa: ARG001 - as above
    with transaction.atomic():
        Unit.objects.create(key=uuid4().hex, opened_on="2020-04-06")
        shorten_log()
    assert Unit.objects.count() == 1
