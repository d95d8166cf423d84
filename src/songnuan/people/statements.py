"""Runs the set statements of this app: one text for both databases, its values by name.

In a statement `[span]` stands for the condition that a staged row, called `s`, lies in the span asked for.
"""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from django.db import connection

from songnuan.kernel.blocks import Plain

Value = Plain | date
_SPAN = "s.source_id = %(source)s AND s.id > %(low)s AND s.id <= %(high)s"


def run(statement: str, values: Mapping[str, Value]) -> int:
    """Run a statement that writes; return how many rows it wrote."""
    with connection.cursor() as cursor:
        cursor.execute(statement.replace("[span]", _SPAN), _stored(values))
        return int(cursor.rowcount)


def ask(statement: str, values: Mapping[str, Value]) -> list[tuple[Any, ...]]:
    """Run a statement that reads; return its rows."""
    with connection.cursor() as cursor:
        cursor.execute(statement.replace("[span]", _SPAN), _stored(values))
        return [tuple(row) for row in cursor.fetchall()]


def run_each(statement: str, rows: Sequence[Sequence[Plain]]) -> None:
    """Run a statement once for each row of values, which stand in its order."""
    if rows:
        with connection.cursor() as cursor:
            cursor.executemany(statement, rows)


def _stored(values: Mapping[str, Value]) -> dict[str, Plain]:
    """Return values as the database stores them: SQLite keeps days and moments as text."""
    return {name: _stored_value(value) for name, value in values.items()}


def _stored_value(value: Value) -> Plain:
    if isinstance(value, datetime):
        return connection.ops.adapt_datetimefield_value(value)
    if isinstance(value, date):
        return connection.ops.adapt_datefield_value(value)
    return value
