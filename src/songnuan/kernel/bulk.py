"""Work on many rows at once: in chunks, compared by digest, written by one statement."""

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, date, datetime
from itertools import islice
from pathlib import Path
from typing import TypeVar
from uuid import UUID

from django.db import connection, transaction
from django.db.models import Model
from django.db.models.expressions import RawSQL

from songnuan.kernel.blocks import Block, Column, Plain

T = TypeVar("T")
Row = TypeVar("Row", bound=Model)

_AT_ONCE = 2_000
_SMALL = 1 << 53
_AT_HAND = _LONG_LOG = 64 * 1024 * 1024  # bytes


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
        cells = [value if type(value) is str else _cell(value) for value in row]
        line = json.dumps(cells, separators=(",", ":"))
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
    """Insert rows of prepared values, in the order of `columns`, as `load_block` does; return how many."""
    number = 0
    for some in chunks(rows, _AT_ONCE):
        load_block(model, columns, Block.of(some))
        number += len(some)
    return number


def load_block(model: type[Model], columns: Sequence[str], block: Block) -> None:
    """Insert prepared rows in the caller's transaction, the fastest way there is.

    Nothing is converted: a sealed text is sealed already, a date is ISO text, and a column that is left out
    is NULL. The values are such as both databases take as they are.

    Args:
        model: The table.
        columns: Names of fields, in the order of the block's columns.
        block: The rows.

    """
    if not block.size:
        return
    meta, quoted = model._meta, connection.ops.quote_name  # noqa: SLF001 - Django's documented API
    of = {field.name: str(field.column) for field in meta.concrete_fields}
    into = f"{quoted(meta.db_table)} ({', '.join(quoted(of[name]) for name in columns)})"
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            with cursor.copy(f"COPY {into} FROM STDIN") as copy:
                for row in block.rows():
                    copy.write_row(row)
        else:
            # The driver takes longer to hand over a value than SQLite to store it.
            told = [_literal(column) for column in block.columns]
            each = [column for column, literal in zip(block.columns, told, strict=True) if literal is None]
            marks = ", ".join(literal or "%s" for literal in told)
            rows = list(Block(block.size, each).rows())
            cursor.executemany(f"INSERT INTO {into} VALUES ({marks})", rows)  # noqa: S608 - from models


def _literal(column: Column) -> str | None:
    """Return what stands in a statement for a value that all rows have, None when each is to be handed over.

    So stand only what tells nothing of anybody and what nobody has to quote: NULL, the empty text, small
    numbers.
    """
    if column is None:
        return "NULL"
    if isinstance(column, int) and 0 <= column < _SMALL:
        return str(int(column))
    return "''" if column == "" else None


def among(numbers: Iterable[int]) -> RawSQL:
    """Return a subquery of whole numbers, for `pk__in`: one parameter, however many they are.

    Django looks at each number of a list several times; of ten thousand that takes longer than the query.
    """
    if connection.vendor == "postgresql":
        return RawSQL("SELECT unnest(%s::bigint[])", [list(numbers)])
    return RawSQL("SELECT value FROM json_each(%s)", [json.dumps(list(numbers))])


def among_texts(texts: Iterable[str]) -> RawSQL:
    """Return a subquery of texts, as `among` does of numbers."""
    if connection.vendor == "postgresql":
        return RawSQL("SELECT unnest(%s::text[])", [list(texts)])
    return RawSQL("SELECT value FROM json_each(%s)", [json.dumps(list(texts))])


def among_keys(keys: Iterable[str]) -> RawSQL:
    """Return a subquery of keys (UUIDs), told as 32 hexadecimal digits, as `among` does of numbers."""
    if connection.vendor == "postgresql":
        return RawSQL("SELECT unnest(%s::uuid[])", [list(keys)])
    return RawSQL("SELECT value FROM json_each(%s)", [json.dumps(list(keys))])


def texts_by_id(texts: Mapping[int, str]) -> tuple[str, list[str | list[int] | list[str]]]:
    """Return a subquery of ids and their texts, with the columns `id` and `value`, and its parameters."""
    if connection.vendor == "postgresql":
        ids, values = list(texts), list(texts.values())
        return "SELECT unnest(%s::bigint[]) AS id, unnest(%s::text[]) AS value", [ids, values]
    return "SELECT CAST(key AS INTEGER) AS id, value FROM json_each(%s)", [json.dumps(texts)]


def keep_pages() -> None:
    """Let the connection keep 64 MB of pages at hand: SQLite's 2 MB make it write what it needs again.

    For the same reason its log is brought into the database only when it is as long. For work on many rows
    of tables with indexes; it lasts as long as the connection.
    """
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute(f"PRAGMA cache_size = {-_AT_HAND // 1024}")
            [page] = cursor.execute("PRAGMA page_size").fetchone()
            cursor.execute(f"PRAGMA wal_autocheckpoint = {_LONG_LOG // page}")


def shorten_log() -> None:
    """Bring what is committed from SQLite's log into the database once it is long, and have it begun anew.

    SQLite does the first by itself after a commit, but the second only when nobody has added to the log
    meanwhile: beside large transactions and others who write, it would grow as long as those last. To be
    called between transactions; others wait for the last few pages only. PostgreSQL needs none of this.
    """
    if connection.vendor != "sqlite" or connection.in_atomic_block:
        return
    log = Path(f"{connection.settings_dict['NAME']}-wal")
    if not log.exists() or log.stat().st_size < _LONG_LOG:
        return
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA wal_checkpoint(PASSIVE)")
    _begin_log_anew("RESTART", 100)


def drop_overwritten() -> None:
    """Have SQLite bring its log into the file and cut it off, as far as nobody reads in it at the moment.

    What was overwritten stands in the log until then. Within a transaction it does nothing.
    """
    if connection.vendor == "sqlite" and not connection.in_atomic_block:
        _begin_log_anew("TRUNCATE", 1_000)


def _begin_log_anew(how: str, most: int) -> None:
    """Have SQLite's log begun anew, unless somebody reads in it for longer than `most` milliseconds.

    Who reads for long must not keep those waiting who write: then it is done the next time.
    """
    with connection.cursor() as cursor:
        [waits] = cursor.execute("PRAGMA busy_timeout").fetchone()
        cursor.execute(f"PRAGMA busy_timeout = {most}")
        try:
            cursor.execute(f"PRAGMA wal_checkpoint({how})")
        finally:
            cursor.execute(f"PRAGMA busy_timeout = {waits}")


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
