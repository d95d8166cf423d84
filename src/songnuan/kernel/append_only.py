"""Triggers that refuse UPDATE, DELETE and TRUNCATE on tables that are only ever added to."""

from collections.abc import Mapping, Sequence

from django.db.backends.base.schema import BaseDatabaseSchemaEditor

from songnuan.kernel.triggers import Triggers

_SQLITE = """
CREATE TRIGGER {table}_no_{verb} BEFORE {verb} ON {table} {when}
BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END
"""
_POSTGRES_FUNCTION = """
CREATE OR REPLACE FUNCTION songnuan_append_only() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN
  RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'integrity_constraint_violation';
END $$
"""
_POSTGRES = """
CREATE TRIGGER {table}_no_{verb} BEFORE {verb} ON {table}
FOR EACH ROW {when} EXECUTE FUNCTION songnuan_append_only()
"""
_POSTGRES_TRUNCATE = """
CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table}
FOR EACH STATEMENT EXECUTE FUNCTION songnuan_append_only()
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

    def forward(editor: BaseDatabaseSchemaEditor) -> None:
        if editor.connection.vendor == "postgresql":
            # Without parameters the driver leaves the per cent sign alone.
            editor.execute(_POSTGRES_FUNCTION, params=None)
            editor.execute(_POSTGRES_TRUNCATE.format(table=table))
        shape = _POSTGRES if editor.connection.vendor == "postgresql" else _SQLITE
        same = "IS NOT DISTINCT FROM" if editor.connection.vendor == "postgresql" else "IS"
        for verb in VERBS:
            when = _unless_erased(kept, erased, same) if erased and verb == "update" else ""
            editor.execute(shape.format(table=table, verb=verb, when=when), params=None)

    def again(editor: BaseDatabaseSchemaEditor) -> None:
        backward(editor)
        forward(editor)

    def backward(editor: BaseDatabaseSchemaEditor) -> None:
        where = f" ON {table}" if editor.connection.vendor == "postgresql" else ""
        # SQLite has no TRUNCATE and so no trigger for it; dropping what is not there changes nothing.
        for verb in (*VERBS, "truncate"):
            editor.execute(f"DROP TRIGGER IF EXISTS {table}_no_{verb}{where}")

    return Triggers(again, again) if is_again else Triggers(forward, backward)


def _unless_erased(kept: Sequence[str], erased: Mapping[str, str], same: str) -> str:
    """Return the condition that a change does anything but empty what may be erased."""
    stays = [f"NEW.{column} {same} OLD.{column}" for column in kept]
    empties = [f"NEW.{column} {same} {value}" for column, value in erased.items()]
    return f"WHEN (NOT ({' AND '.join([*stays, *empties])}))"
