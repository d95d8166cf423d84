"""What every test may lean on."""

import gc
import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest
from django.db import connection, transaction
from django.test import TransactionTestCase
from django.utils.translation import deactivate
from hypothesis import HealthCheck, settings

import made_database
from people import Bureau, make_bureau
from songnuan.audit.record import trail as open_trail

# Else every command that a test starts, and every process of a run, compiles the whole program anew.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
sys.dont_write_bytecode = False

settings.register_profile(
    "ci", max_examples=30, deadline=None, suppress_health_check=[HealthCheck.too_slow], derandomize=True
)
settings.register_profile(
    "deep", max_examples=1000, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
# The rules are shown with SQLite; with PostgreSQL, that its statements come to the same.
settings.register_profile("again", settings.get_profile("ci"), max_examples=10)
settings.load_profile(
    os.environ.get("HYPOTHESIS_PROFILE", "again" if connection.vendor == "postgresql" else "ci")
)


# Here a test that asks for no database asks for none: no command of its own is started.
PURE = frozenset("documents goods journeys kernel organisation people plans visits web test_house.py".split())  # noqa: SIM905


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Run once, with SQLite, what asks for no database and would tell nothing new, and what says so."""
    if connection.vendor != "postgresql":
        return
    tests = config.rootpath / "tests"
    again = [
        item
        for item in items
        if item.get_closest_marker("once")
        or (item.path.relative_to(tests).parts[0] in PURE and not _asks(item))
    ]
    config.hook.pytest_deselected(items=again)
    left_out = set(again)
    items[:] = [item for item in items if item not in left_out]


def pytest_collection_finish() -> None:
    """Keep what was imported and collected out of the collector's rounds: it stays until the end.

    It was walked through again and again, a seventh of the time of a long run.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 20)


def _asks(item: pytest.Item) -> bool:
    """Return whether a test asks for the database."""
    case = getattr(item, "cls", None)
    return (
        item.get_closest_marker("django_db") is not None
        or not {"db", "transactional_db"}.isdisjoint(getattr(item, "fixturenames", ()))
        or (case is not None and issubclass(case, TransactionTestCase))
    )


@pytest.fixture(scope="session")
def django_db_keepdb() -> bool:
    """Let the runner take SQLite's file as it finds it: put there below, in a folder of this run alone."""
    return connection.vendor == "sqlite"


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings_parallel_suffix: None) -> None:  # noqa: ARG001
    """Put the migrated database where the runner looks for it."""
    if connection.vendor == "sqlite":
        made_database.put(Path(connection.settings_dict["TEST"]["NAME"]))


@pytest.fixture
def trail(db: None) -> Iterator[None]:  # noqa: ARG001 - asks for the database
    """A transaction with an open trail, in which actions may be called one by one."""
    with transaction.atomic(), open_trail():
        yield


# What migrating fills itself. Nobody here writes it; to empty and fill it again took nine tenths of a flush.
_OF_MIGRATING = {"auth_permission", "django_content_type"}


@pytest.fixture(scope="session", autouse=True)
def _append_only_tables_can_be_emptied_between_tests(django_db_setup: None) -> Iterator[None]:  # noqa: ARG001
    """Let the test runner's flush through the triggers; it empties the tables in which something stands.

    To truncate all of them took PostgreSQL longer than most tests that need it.
    """
    original = type(connection.ops).sql_flush

    def sql_flush(self: Any, style: Any, tables: Sequence[str], **how: Any) -> list[str]:
        anew = how.get("reset_sequences", False)
        ours = [table for table in tables if table not in _OF_MIGRATING]
        with self.connection.cursor() as cursor:
            filled = ours if anew else _filled(cursor, ours)
            if self.connection.vendor == "postgresql":
                replica = "SET LOCAL session_replication_role = replica"
                if anew:
                    return [replica, *original(self, style, filled, **how)]
                return [replica, *(f'DELETE FROM "{table}"' for table in filled)]  # noqa: S608 - our tables
            cursor.execute("SELECT tbl_name, name, sql FROM sqlite_master WHERE type = 'trigger'")
            triggers = [(name, sql) for table, name, sql in cursor.fetchall() if table in filled]
        drop = [f"DROP TRIGGER {name}" for name, _sql in triggers]
        return [*drop, *original(self, style, filled, **how), *(sql for _name, sql in triggers)]

    with (
        patch.object(type(connection.ops), "sql_flush", sql_flush),
        patch("django.core.management.commands.flush.emit_post_migrate_signal"),
    ):
        yield


def _filled(cursor: Any, tables: Sequence[str]) -> list[str]:
    """Return those of the tables in which something stands, in one question."""
    asked = (f'SELECT {at} WHERE EXISTS (SELECT 1 FROM "{table}")' for at, table in enumerate(tables))  # noqa: S608
    cursor.execute(" UNION ALL ".join(asked))
    return [tables[at] for (at,) in cursor.fetchall()]


@pytest.fixture(autouse=True)
def _language_of_the_house() -> None:
    """Begin in the language of the settings: a request answered in another one leaves it behind."""
    deactivate()


@pytest.fixture
def bureau(db: None) -> Bureau:  # noqa: ARG001 - asks for the database
    """A small bureau with one holder for each post."""
    return make_bureau()


@pytest.fixture(scope="session")
def installation(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder as `songnuan init` makes it, with SQLite, to be copied: nobody writes into it.

    Its database is migrated already; that `songnuan demo` migrates an empty one is shown in the browser.
    """
    home = tmp_path_factory.mktemp("installation") / "home"
    home.mkdir(mode=0o700)
    made_database.put(home / "songnuan.sqlite3")
    others = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"}
    environment = {**others, "SONGNUAN_HOME": str(home), "DJANGO_SETTINGS_MODULE": "songnuan.config.settings"}
    command = [sys.executable, "-m", "songnuan", "init", "--no-input"]
    subprocess.run(command, env=environment, check=True, capture_output=True)
    return home
