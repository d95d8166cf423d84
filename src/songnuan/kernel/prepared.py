"""Statements that run thousands of times: Django writes their SQL once, and only the values change.

To write the SQL of a statement anew each time takes longer than to answer it. What is asked still stands in
one place, as a queryset like any other.
"""

import json
import threading
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any, Final
from uuid import UUID

from django.db import DEFAULT_DB_ALIAS, connection, connections
from django.db.models import Model, QuerySet
from django.db.models.sql.compiler import SQLCompiler

_FIRST: Final = date(1800, 1, 1)
_STRANGE: Final = 0x5EED_0000_0000_0000 >> 8
"""Where the numbers begin that stand for values until they are known; no rule of ours names one of them."""

_ROWS: Final = 500
"""Rows of one statement: SQLite takes some thirty thousand values in one."""

Value = int | str | date | UUID | list[int] | list[str]
_Known = tuple[SQLCompiler, str, list[tuple[str, object]], Any]


class Prepared:
    """A question with values to be filled in: whole numbers, texts, days and keys, each by its name.

    Lists of numbers, texts and keys too, where the question reads them by `bulk.among`, `bulk.among_texts` or
    `bulk.among_keys`.
    """

    def __init__(self, **kinds: object) -> None:
        """Name the values and their kinds."""
        self._kinds = kinds
        self._here = threading.local()
        self._ask: Callable[..., QuerySet[Any, Any]] | None = None

    def __call__(self, ask: Callable[..., QuerySet[Any, Any]]) -> "Prepared":
        """Take the function that makes the queryset, a `values_list`; for use as a decorator."""
        self._ask = ask
        return self

    def rows(self, **values: Value) -> list[tuple[Any, ...]]:
        """Return what the question is answered with these values."""
        compiler, sql, places, converters = self._compiled()
        given = {name: _adapted(value) for name, value in values.items()}
        params: list[Any] = [given[name] if name else value for name, value in places]
        with connection.cursor() as cursor:
            cursor.execute(sql, params)
            found = cursor.fetchall()
        rows = compiler.apply_converters(found, converters) if converters else found
        return [tuple(row) for row in rows]

    def _compiled(self) -> "_Known":
        """Return the SQL with the places of its values; written once for each thread and its connection."""
        known: _Known | None = getattr(self._here, "known", None)
        if known is not None and known[0].connection is connections[DEFAULT_DB_ALIAS]:
            return known
        assert self._ask is not None  # noqa: S101 - a question without its words is a fault of the program
        stands = {name: _stand_in(kind, place) for place, (name, kind) in enumerate(self._kinds.items(), 1)}
        compiler = self._ask(**stands).query.get_compiler(DEFAULT_DB_ALIAS)
        sql, params = compiler.as_sql()
        converters = compiler.get_converters([column[0] for column in compiler.select])
        places = _places(params, stands)
        if lost := stands.keys() - {name for name, _value in places}:
            raise RuntimeError(f"{sorted(lost)} stands nowhere in the statement as it is given: {sql}")
        made = compiler, sql, places, converters
        self._here.known = made
        return made


class Insert:
    """Writes rows of a table; of the statement, too, only the values change."""

    def __init__(self, model: type[Model]) -> None:
        """Take the table."""
        meta = model._meta  # noqa: SLF001 - Django's public name for it
        self._fields = [one for one in meta.concrete_fields if not one.primary_key]
        columns = ", ".join(f'"{one.column}"' for one in self._fields)
        self._into = f'INSERT INTO "{meta.db_table}" ({columns}) VALUES '  # noqa: S608 - our own names
        self._marks = f"({', '.join(['%s'] * len(self._fields))})"

    def rows(self, rows: Iterable[Model]) -> list[int]:
        """Write rows as they are given; return their ids, in their order."""
        waiting, found = list(rows), list[int]()
        while waiting:
            some, waiting = waiting[:_ROWS], waiting[_ROWS:]
            params = [
                one.get_db_prep_save(getattr(row, one.attname), connection)
                for row in some
                for one in self._fields
            ]
            with connection.cursor() as cursor:
                marks = ", ".join([self._marks] * len(some))
                cursor.execute(f'{self._into}{marks} RETURNING "id"', params)
                found += [int(made) for (made,) in cursor.fetchall()]
        return found


def table_of(rows: Sequence[Sequence[Any]]) -> tuple[str, list[Any]]:
    """Return rows of values as a table in a statement, and its parameters; its columns: `column1` and on."""
    marks = f"({', '.join(['%s'] * len(rows[0]))})"
    return f"(VALUES {', '.join([marks] * len(rows))})", [value for row in rows for value in row]


def moment(at: datetime) -> Any:  # noqa: ANN401 - as the driver takes it
    """Return a moment as Django hands it to the driver, for statements that are written out."""
    return connection.ops.adapt_datetimefield_value(at)


def _stand_in(kind: object, place: int) -> Value:
    number = _STRANGE + place
    if kind is UUID:
        return UUID(int=number)
    if kind is str:
        return f"stands-in:{number}"
    if kind == list[int]:
        return [number]
    if kind == list[str]:
        return [f"{number:032x}"]  # a key too can be read of it
    return _FIRST + timedelta(days=place) if kind is date else number


def _places(
    params: tuple[object, ...] | list[object], stands: Mapping[str, Value]
) -> list[tuple[str, object]]:
    """Return for each parameter the name of the value that stands there, "" for one that stays."""
    known = [(name, _adapted(value)) for name, value in stands.items()]
    return [(_name(param, known), param) for param in params]


def _name(param: object, known: list[tuple[str, object]]) -> str:
    return next((name for name, value in known if type(value) is type(param) and value == param), "")


def _adapted(value: Value) -> Any:  # noqa: ANN401 - as the driver takes it
    """Return a value as Django hands it to the driver; a list as `bulk.among` does."""
    if isinstance(value, UUID):
        return value if connection.features.has_native_uuid_field else value.hex
    if isinstance(value, date):
        return connection.ops.adapt_datefield_value(value)
    if isinstance(value, list) and connection.vendor != "postgresql":
        return json.dumps(value)
    return value
