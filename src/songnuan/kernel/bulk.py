"""Work on many rows at once: in chunks, compared by digest, written by one statement."""

import hashlib
import json
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, date, datetime
from itertools import islice
from typing import TypeVar
from uuid import UUID

from django.db import connection, transaction
from django.db.models import Model

T = TypeVar("T")
Row = TypeVar("Row", bound=Model)
Plain = str | int | bool | None

_AT_ONCE = 2_000


def chunks(iterable: Iterable[T], size: int) -> Iterator[list[T]]:
    """Yield the items in lists of `size`, the last one shorter, reading no further than asked.

    Raises:
        ValueError: When `size` is below one.

    """
    if size < 1:
        raise ValueError("a chunk holds at least one item")
    items = iter(iterable)
    while chunk := list(islice(items, size)):
        yield chunk


def digest_rows(rows: Iterable[Sequence[object]]) -> str:
    """Return the SHA-256 (hex) of rows in their order.

    Two lists of rows have one digest only when every cell has the same kind and value: the text
    "1", the number 1 and the date of a text differ. Moments are equal when their instants are.

    Raises:
        TypeError: When a cell is neither text, whole number, truth value, date, moment, UUID nor None.

    """
    digest = hashlib.sha256()
    for row in rows:
        line = json.dumps([_cell(value) for value in row], separators=(",", ":"))
        digest.update(line.encode() + b"\n")
    return digest.hexdigest()


def upsert(
    model: type[Row], rows: Iterable[Row], *, unique: list[str], update: list[str], size: int = 500
) -> int:
    """Insert rows, or update the columns `update` of those already there by `unique`; return how many.

    All or none is written. `unique` names the fields of one unique constraint.

    Raises:
        ValueError: When two rows carry the same key: which of them wins would differ between databases.

    """
    seen: set[tuple[object, ...]] = set()
    with transaction.atomic(savepoint=False):
        for chunk in chunks(rows, size):
            for row in chunk:
                key = tuple(row.serializable_value(name) for name in unique)
                if key in seen:
                    raise ValueError(f"two rows carry the same {', '.join(unique)}")
                seen.add(key)
            model._base_manager.bulk_create(  # noqa: SLF001 - Django's documented API
                chunk, update_conflicts=True, unique_fields=unique, update_fields=update
            )
    return len(seen)


def load(model: type[Model], columns: Sequence[str], rows: Iterable[Sequence[Plain]]) -> int:
    """Insert rows of prepared values in the caller's transaction, the fastest way there is; return how many.

    Nothing is converted: a sealed text is sealed already, a date is ISO text, and a column that is left out
    is NULL.

    Args:
        model: The table.
        columns: Names of fields, in the order of the values.
        rows: Values that both databases take as they are.

    """
    meta, quoted, number = model._meta, connection.ops.quote_name, 0  # noqa: SLF001 - Django's documented API
    table = quoted(meta.db_table)
    of = {field.name: str(field.column) for field in meta.concrete_fields}
    names = ", ".join(quoted(of[name]) for name in columns)
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            with cursor.copy(f"COPY {table} ({names}) FROM STDIN") as copy:
                for row in rows:
                    copy.write_row(row)
                    number += 1
        else:
            values = ", ".join(["%s"] * len(columns))
            for some in chunks(rows, _AT_ONCE):
                cursor.executemany(f"INSERT INTO {table} ({names}) VALUES ({values})", some)  # noqa: S608 - from models
                number += len(some)
    return number


def keep_pages() -> None:
    """Let the connection keep 64 MB of pages at hand: SQLite's 2 MB make it write what it needs again.

    For work on many rows of tables with indexes. It lasts as long as the connection.
    """
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute(f"PRAGMA cache_size = {-64 * 1024}")


def _cell(value: object) -> object:
    """Return a cell as JSON can hold it, kinds that JSON lacks with their name in front."""
    if value is None or isinstance(value, str | int):
        return value
    if isinstance(value, datetime):
        if value.tzinfo is None:
            raise TypeError("a moment without its zone has no digest")
        return ["moment", value.astimezone(UTC).isoformat(timespec="microseconds")]
    if isinstance(value, date):
        return ["date", value.isoformat()]
    if isinstance(value, UUID):
        return ["uuid", value.hex]
    raise TypeError(f"{type(value).__name__} has no digest")
