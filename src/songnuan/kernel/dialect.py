"""What a few functions of SQL are called by the database that a statement is for."""

from dataclasses import dataclass

from django.db.backends.base.base import BaseDatabaseWrapper


@dataclass(frozen=True, slots=True)
class Dialect:
    """`least` and `most` of two values; `joined`: texts of several rows in one, with a text between.

    `by_sign` stands behind a text that is to be ordered by its signs, whatever language the database was
    made for; `day` holds a place for a column of days.
    """

    least: str
    most: str
    joined: str
    by_sign: str
    day: str

    def number_of(self, column: str) -> str:
        """Return the expression of a column's day as a number from 1970-01-01."""
        return self.day.format(column)


_POSTGRESQL = Dialect("LEAST", "GREATEST", "STRING_AGG", ' COLLATE "C"', "({} - DATE '1970-01-01')")
_SQLITE = Dialect(
    "MIN", "MAX", "GROUP_CONCAT", " COLLATE BINARY", "CAST(julianday({}) - 2440587.5 AS INTEGER)"
)


def dialect_of(connection: BaseDatabaseWrapper) -> Dialect:
    """Return how the database of a connection speaks."""
    return _POSTGRESQL if connection.vendor == "postgresql" else _SQLITE
