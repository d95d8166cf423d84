"""What a few functions of SQL are called by the database that a statement is for."""

from dataclasses import dataclass

from django.db.backends.base.base import BaseDatabaseWrapper


@dataclass(frozen=True, slots=True)
class Dialect:
    """`least` and `most` of two values; `joined`: texts of several rows in one, with a text between."""

    least: str
    most: str
    joined: str


def dialect_of(connection: BaseDatabaseWrapper) -> Dialect:
    """Return how the database of a connection speaks."""
    if connection.vendor == "postgresql":
        return Dialect("LEAST", "GREATEST", "STRING_AGG")
    return Dialect("MIN", "MAX", "GROUP_CONCAT")
