"""What a few functions of SQL are called by the database that a statement is for."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.utils import CursorWrapper


@dataclass(frozen=True, slots=True)
class Dialect:
    """`least` and `most` of two values; `joined`: texts of several rows in one, with a text between.

    `by_sign` stands behind a text that is to be ordered by its signs, whatever language the database was
    made for; `day` holds a place for a column of days. `apart` stands behind a select whose columns are to be
    reckoned once, however often the select around it names them. `looks` is the statement by which tables are
    looked at, `room` what a large list may hold in memory; both are empty where the database needs neither.
    `held` stands behind a select whose rows are locked in the order of their ids. `waits` is the statement by
    which a transaction waits for no row's lock longer than some milliseconds, empty where connections say so.
    """

    least: str
    most: str
    joined: str
    by_sign: str
    day: str
    apart: str
    looks: str
    room: str
    held: str
    waits: str

    def number_of(self, column: str) -> str:
        """Return the expression of a column's day as a number from 1970-01-01."""
        return self.day.format(column)

    def look_at(self, cursor: CursorWrapper, tables: Iterable[str]) -> None:
        """Let a database that plans by what tables hold look at tables that were just filled."""
        if self.looks:
            for table in tables:
                cursor.execute(f"{self.looks} {table}")

    def wait_at_most(self, cursor: CursorWrapper, seconds: float) -> None:
        """Let the transaction fail that waits for a row's lock for longer."""
        if self.waits:
            cursor.execute(self.waits.format(round(seconds * 1000)))

    @contextmanager
    def with_room(self, cursor: CursorWrapper) -> Iterator[None]:
        """Let the statements inside hold what a large list needs in memory; inside of a transaction."""
        if self.room:
            cursor.execute(f"SET LOCAL work_mem = '{self.room}'")
        yield
        if self.room:
            cursor.execute("SET LOCAL work_mem TO DEFAULT")


_POSTGRESQL = Dialect(
    "LEAST",
    "GREATEST",
    "STRING_AGG",
    ' COLLATE "C"',
    "({} - DATE '1970-01-01')",
    " OFFSET 0",
    "ANALYZE",
    "64MB",
    " ORDER BY id FOR UPDATE",
    "SET LOCAL lock_timeout = {}",
)
_SQLITE = Dialect(
    "MIN",
    "MAX",
    "GROUP_CONCAT",
    " COLLATE BINARY",
    "CAST(julianday({}) - 2440587.5 AS INTEGER)",
    " LIMIT -1",
    "",
    "",
    "",
    "",
)


def dialect_of(connection: BaseDatabaseWrapper) -> Dialect:
    """Return how the database of a connection speaks."""
    return _POSTGRESQL if connection.vendor == "postgresql" else _SQLITE
