"""What many tests begin with is made by real acts once; for the tests after it, its rows are put back."""

import os
import threading
from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager
from copy import deepcopy
from dataclasses import dataclass
from functools import cache, wraps
from hashlib import sha256
from typing import Any, ParamSpec, TypeVar

from django.apps import apps
from django.db import connection, transaction

from songnuan.kernel.keys import keys
from songnuan.records import storage
from songnuan.records.models import StoredFile

P = ParamSpec("P")
T = TypeVar("T")
Row = tuple[Any, ...]
Rows = dict[object, Row]


@dataclass(frozen=True)
class Change:
    """What a beginning left in one table: the statement that writes its rows, and those rows."""

    table: str
    verb: str
    statement: str
    rows: list[Row]


@dataclass(frozen=True)
class Beginning:
    """What a beginning left in the tables and in the store of files, and what was said of it."""

    changes: list[Change]
    files: dict[str, bytes]
    answer: Any


_kept: dict[Hashable, Beginning] = {}
_HERE = (os.getpid(), threading.get_ident())


def put_back(name: Hashable, make: Callable[[], T]) -> T:
    """Return what `make` returns; once it was made of the database as it is now, its rows are put back.

    What tells one state from another: every row, and the keys. The first time in a state real acts make it,
    and what they leave is kept. Everybody has an answer of their own.

    What is done at once with others, or killed, is no beginning: such an act is always done for real.
    """
    assert (os.getpid(), threading.get_ident()) == _HERE, f"{name} is done by other hands"
    before = filled()
    here = (name, standing(before))
    if here in _kept:
        kept = _kept[here]
        for digest, content in kept.files.items():
            if not storage.path_of(digest).exists():
                storage.write(digest, content)
        with transaction.atomic(), connection.cursor() as cursor, _let_through(cursor, kept.changes):
            for change in kept.changes:
                cursor.executemany(change.statement, change.rows)
        return deepcopy(kept.answer)  # type: ignore[no-any-return]  # kept under this name, from this make
    made = make()
    _kept[here] = Beginning(_changes(before), _files(before), deepcopy(made))
    return made


def beginning(make: Callable[P, T]) -> Callable[P, T]:
    """Let what a function makes be put back.

    For what takes real acts longer than a hundredth of a second; its arguments are known by their text.
    """

    @wraps(make)
    def put(*told: P.args, **named: P.kwargs) -> T:
        name = (make.__module__, make.__qualname__, repr(told), repr(sorted(named.items())))
        return put_back(name, lambda: make(*told, **named))

    return put


def standing(found: dict[str, Rows]) -> Hashable:
    """Return what tells one state of the database, with these rows, from another."""
    digest = sha256()
    for table, those in found.items():
        digest.update(repr([table, *(those[key] for key in sorted(those))]).encode())  # type: ignore[type-var]  # keys of one kind
    return digest.hexdigest(), keys().trail


def filled() -> dict[str, Rows]:
    """Return the rows of every table in which something stands."""
    not_empty = " UNION ALL ".join(
        f"SELECT '{table}' WHERE EXISTS (SELECT 1 FROM \"{table}\")"  # noqa: S608 - our tables
        for table in tables()
    )
    with connection.cursor() as cursor:
        cursor.execute(not_empty)
        there = sorted(table for (table,) in cursor.fetchall())
    return {table: rows(table) for table in there}


@cache
def tables() -> dict[str, tuple[str, ...]]:
    """Return the columns of each table, the key first."""
    found = {}
    for model in apps.get_models(include_auto_created=True):
        columns = [field.column for field in model._meta.concrete_fields if field.column]
        found[model._meta.db_table] = tuple(sorted(columns, key=model._meta.pk.column.__ne__))
    return found


def rows(table: str) -> Rows:
    """Return the rows of a table by their key."""
    names = ", ".join(f'"{name}"' for name in tables()[table])
    with connection.cursor() as cursor:
        cursor.execute(f'SELECT {names} FROM "{table}"')  # noqa: S608 - our tables
        return {row[0]: row for row in cursor.fetchall()}


@contextmanager
def _let_through(cursor: Any, changes: list[Change]) -> Iterator[None]:
    """Keep triggers from refusing rows that they let pass already when acts wrote them, one by one."""
    if connection.vendor == "postgresql":
        cursor.execute("SET LOCAL session_replication_role = replica")
        yield
        cursor.execute("SET LOCAL session_replication_role = origin")
        return
    written = {(change.table, change.verb) for change in changes}
    refusing = [(name, sql) for table, verb, name, sql in _triggers() if (table, verb) in written]
    for name, _sql in refusing:
        cursor.execute(f"DROP TRIGGER {name}")
    yield
    for _name, sql in refusing:
        cursor.execute(sql)


@cache
def _triggers() -> list[tuple[str, str, str, str]]:
    """Return of each trigger of SQLite the table, the verb, its name, and what makes it."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT tbl_name, name, sql FROM sqlite_master WHERE type = 'trigger'")
        found = cursor.fetchall()
    return [(table, sql.partition(" BEFORE ")[2].split()[0], name, sql) for table, name, sql in found]


def _files(before: dict[str, Rows]) -> dict[str, bytes]:
    there = before.get(StoredFile._meta.db_table, {})
    come = StoredFile.objects.exclude(pk__in=list(there)).values_list("digest", flat=True)
    return {digest: storage.read(digest) for digest in come if storage.path_of(digest).exists()}


def _changes(before: dict[str, Rows]) -> list[Change]:
    changes = []
    after = filled()
    for table, columns in tables().items():
        now, then = after.get(table, {}), before.get(table, {})
        assert then.keys() <= now.keys(), f"a beginning takes rows of {table} away"
        names = ", ".join(f'"{name}"' for name in columns)
        marks = ", ".join(["%s"] * len(columns))
        added = [row for key, row in now.items() if key not in then]
        if added:
            statement = f'INSERT INTO "{table}" ({names}) VALUES ({marks})'  # noqa: S608 - our tables
            changes.append(Change(table, "INSERT", statement, added))
        sets = ", ".join(f'"{name}" = %s' for name in columns[1:])
        changed = [(*row[1:], key) for key, row in now.items() if key in then and row != then[key]]
        if changed:
            statement = f'UPDATE "{table}" SET {sets} WHERE "{columns[0]}" = %s'  # noqa: S608 - our tables
            changes.append(Change(table, "UPDATE", statement, changed))
    return changes
