"""Triggers for rows that move along their states and otherwise stay as they were written."""

from collections.abc import Mapping, Sequence

from django.db.backends.base.schema import BaseDatabaseSchemaEditor

from songnuan.kernel.triggers import Triggers

_SQLITE = """
CREATE TRIGGER {table}_frozen_{verb} BEFORE {verb} ON {table} {when}
BEGIN SELECT RAISE(ABORT, '{table} is frozen'); END
"""
_POSTGRES_FUNCTION = """
CREATE OR REPLACE FUNCTION songnuan_frozen() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN
  RAISE EXCEPTION '% is frozen', TG_TABLE_NAME USING ERRCODE = 'integrity_constraint_violation';
END $$
"""
_POSTGRES = """
CREATE TRIGGER {table}_frozen_{verb} BEFORE {verb} ON {table}
FOR EACH ROW {when} EXECUTE FUNCTION songnuan_frozen()
"""
_POSTGRES_TRUNCATE = """
CREATE TRIGGER {table}_frozen_truncate BEFORE TRUNCATE ON {table}
FOR EACH STATEMENT EXECUTE FUNCTION songnuan_frozen()
"""
_VERBS = ("update", "delete", "truncate")


def frozen(
    table: str, *, kept: Sequence[str], emptied: Mapping[str, str], moves: Mapping[str, Sequence[str]]
) -> Triggers:
    """Return the migration operation that lets rows of `table` change their state, and nothing else.

    Args:
        table: Its name in the database; its state stands in the column `status`.
        kept: The columns that stay as they are.
        emptied: The columns that stay, or take this value once personal data is erased, as in SQL.
        moves: The states that may follow a state.

    Raises (when a statement tries): `django.db.IntegrityError` on both databases.

    """

    def forward(editor: BaseDatabaseSchemaEditor) -> None:
        is_postgres = editor.connection.vendor == "postgresql"
        when = _when(kept, emptied, moves, "IS NOT DISTINCT FROM" if is_postgres else "IS")
        shape = _POSTGRES if is_postgres else _SQLITE
        if is_postgres:
            # Without parameters the driver leaves the per cent sign alone.
            editor.execute(_POSTGRES_FUNCTION, params=None)
            editor.execute(_POSTGRES_TRUNCATE.format(table=table))
        editor.execute(shape.format(table=table, verb="update", when=when), params=None)
        editor.execute(shape.format(table=table, verb="delete", when=""), params=None)

    def backward(editor: BaseDatabaseSchemaEditor) -> None:
        where = f" ON {table}" if editor.connection.vendor == "postgresql" else ""
        for verb in _VERBS:
            editor.execute(f"DROP TRIGGER IF EXISTS {table}_frozen_{verb}{where}")

    return Triggers(forward, backward)


def _when(
    kept: Sequence[str], emptied: Mapping[str, str], moves: Mapping[str, Sequence[str]], same: str
) -> str:
    """Return the condition that a change does anything but what is allowed."""
    stays = [f"NEW.{column} {same} OLD.{column}" for column in kept]
    empties = [
        f"(NEW.{column} {same} OLD.{column} OR NEW.{column} {same} {value})"
        for column, value in emptied.items()
    ]
    arrows = [
        f"(OLD.status = '{source}' AND NEW.status IN ({', '.join(repr(one) for one in targets)}))"
        for source, targets in moves.items()
    ]
    state = " OR ".join([f"NEW.status {same} OLD.status", *arrows])
    return f"WHEN (NOT ({' AND '.join([*stays, *empties, f'({state})'])}))"
