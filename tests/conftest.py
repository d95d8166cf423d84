"""What every test may lean on."""

import os
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection, transaction
from hypothesis import HealthCheck, settings

from people import Bureau, make_bureau
from songnuan.audit.record import trail as open_trail

settings.register_profile(
    "ci", max_examples=30, deadline=None, suppress_health_check=[HealthCheck.too_slow], derandomize=True
)
settings.register_profile(
    "deep", max_examples=1000, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "ci"))


@pytest.fixture
def trail(db: None) -> Iterator[None]:  # noqa: ARG001 - asks for the database
    """A transaction with an open trail, in which actions may be called one by one."""
    with transaction.atomic(), open_trail():
        yield


@pytest.fixture(scope="session", autouse=True)
def _append_only_tables_can_be_emptied_between_tests(django_db_setup: None) -> None:  # noqa: ARG001
    """Let the test runner's flush, which empties every table, through the triggers."""
    original = type(connection.ops).sql_flush

    def sql_flush(self: Any, *args: Any, **kwargs: Any) -> list[str]:
        if connection.vendor == "postgresql":
            return ["SET LOCAL session_replication_role = replica", *original(self, *args, **kwargs)]
        with self.connection.cursor() as cursor:
            cursor.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")
            triggers = cursor.fetchall()
        drop = [f"DROP TRIGGER {name}" for name, _sql in triggers]
        return [*drop, *original(self, *args, **kwargs), *(sql for _name, sql in triggers)]

    type(connection.ops).sql_flush = sql_flush  # type: ignore[method-assign]  # for this run only


@pytest.fixture
def bureau(db: None) -> Bureau:  # noqa: ARG001 - asks for the database
    """A small bureau with one holder for each post."""
    return make_bureau()
