"""Triggers that refuse UPDATE, DELETE and TRUNCATE on tables that are only ever added to."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from django.db.backends.base.schema import BaseDatabaseSchemaEditor

from songnuan.kernel.triggers import Act, Triggers

_SQLITE = """
CREATE TRIGGER {table}_{how}_{verb} BEFORE {verb} ON {table} {when}
BEGIN SELECT RAISE(ABORT, '{table} {told}'); END
"""
_POSTGRES_FUNCTION = """
CREATE OR REPLACE FUNCTION {function}() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN
  RAISE EXCEPTION '% {told}', TG_TABLE_NAME USING ERRCODE = 'integrity_constraint_violation';
END $$
"""
_POSTGRES = """
CREATE TRIGGER {table}_{how}_{verb} BEFORE {verb} ON {table}
FOR EACH ROW {when} EXECUTE FUNCTION {function}()
"""
_POSTGRES_TRUNCATE = """
CREATE TRIGGER {table}_{how}_truncate BEFORE TRUNCATE ON {table}
FOR EACH STATEMENT EXECUTE FUNCTION {function}()
"""
VERBS = ("update", "delete")


def append_only(
    table: str, *, is_again: bool = False, kept: Sequence[str] = (), erased: Mapping[str, str] | None = None
) -> Triggers:
    """Return the migration operation that makes `table` append-only.

    Args:
        table: Its name in the database.
        is_again: It was append-only and stays so, forwards and backwards. For each side of a changed column,
            because SQLite makes such a table anew, without its triggers.
        kept: Where personal data may be erased, the columns that stay as they are: all others but `erased`.
        erased: The columns that may be emptied, all at once, each with the value it has then, as in SQL.

    Raises (when a statement tries): `django.db.IntegrityError` on both databases.
    """

    def when(same: str) -> str:
        return _unless_erased(kept, erased, same) if erased else ""

    held = held_by(table, "no", "songnuan_append_only", "is append-only", when)
    return Triggers(held.again, held.again) if is_again else Triggers(held.forward, held.backward)


@dataclass(frozen=True, slots=True)
class Held:
    """What sets the triggers of a table that is held, and what takes them away."""

    forward: Act
    backward: Act

    def again(self, editor: BaseDatabaseSchemaEditor) -> None:
        """Set them where they may stand already."""
        self.backward(editor)
        self.forward(editor)


def held_by(table: str, how: str, function: str, told: str, when: Callable[[str], str]) -> Held:
    """Return what refuses UPDATE, DELETE and TRUNCATE on a table.

    Args:
        table: Its name in the database.
        how: Stands in the triggers' names, between the table's and the verb.
        function: What PostgreSQL calls.
        told: What the error says behind the table's name.
        when: The condition of UPDATE by how the database writes "the same", empty for each of them.

    """

    def forward(editor: BaseDatabaseSchemaEditor) -> None:
        is_postgres = editor.connection.vendor == "postgresql"
        names = {"table": table, "how": how, "function": function, "told": told}
        if is_postgres:
            # Without parameters the driver leaves the per cent sign alone.
            editor.execute(_POSTGRES_FUNCTION.format(**names), params=None)
            editor.execute(_POSTGRES_TRUNCATE.format(**names))
        shape = _POSTGRES if is_postgres else _SQLITE
        same = "IS NOT DISTINCT FROM" if is_postgres else "IS"
        for verb in VERBS:
            condition = when(same) if verb == "update" else ""
            editor.execute(shape.format(verb=verb, when=condition, **names), params=None)

    def backward(editor: BaseDatabaseSchemaEditor) -> None:
        where = f" ON {table}" if editor.connection.vendor == "postgresql" else ""
        # SQLite has no TRUNCATE and so no trigger for it; dropping what is not there changes nothing.
        for verb in (*VERBS, "truncate"):
            editor.execute(f"DROP TRIGGER IF EXISTS {table}_{how}_{verb}{where}")

    return Held(forward, backward)


def _unless_erased(kept: Sequence[str], erased: Mapping[str, str], same: str) -> str:
    """Return the condition that a change does anything but empty what may be erased."""
    stays = [f"NEW.{column} {same} OLD.{column}" for column in kept]
    empties = [f"NEW.{column} {same} {value}" for column, value in erased.items()]
    return f"WHEN (NOT ({' AND '.join([*stays, *empties])}))"
