"""Tries a standard on a file of people before it is used: nothing of it is kept."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.db import DEFAULT_DB_ALIAS
from django.db.utils import ConnectionHandler

from songnuan.benefits.explaining import reason_of, rule_of
from songnuan.benefits.people_file import ToldRow
from songnuan.benefits.standards import Standard
from songnuan.benefits.trying import reckon


@dataclass(frozen=True, slots=True)
class Answer:
    """What one row comes to, in fen: None where the row could not be read, or the amount is still open.

    `rule` holds the keys of the rows of the standard that count.
    """

    row: int
    amount_minor: int | None
    rule: str
    reason: str


def preview(standard: Standard, rows: Sequence[ToldRow], as_of: date) -> list[Answer]:
    """Return what each row comes to in a list made for a day: each is a person by itself."""
    read = [(row.row, row.claim) for row in rows if row.claim is not None]
    # A database in memory: one that is written to by others need not wait for somebody who tries something.
    memory = {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}
    scratch = ConnectionHandler({DEFAULT_DB_ALIAS: memory})
    connection = scratch[DEFAULT_DB_ALIAS]
    try:
        found = reckon(standard, [claim for _row, claim in read], as_of, connection)
    finally:
        connection.close()
    each = {
        row: Answer(
            row,
            None if one.is_blocked else one.amount_minor,
            rule_of(standard, one),
            reason_of(standard, one),
        )
        for (row, _claim), one in zip(read, found, strict=True)
    }
    return [each.get(row.row) or Answer(row.row, None, "", row.fault) for row in rows]
