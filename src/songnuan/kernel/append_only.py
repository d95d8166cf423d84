"""Triggers that refuse UPDATE, DELETE and TRUNCATE on tables that are only ever added to."""

from django.db.backends.base.schema import BaseDatabaseSchemaEditor

from songnuan.kernel.triggers import Triggers

_SQLITE = """
CREATE TRIGGER {table}_no_{verb} BEFORE {verb} ON {table}
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
FOR EACH ROW EXECUTE FUNCTION songnuan_append_only()
"""
_POSTGRES_TRUNCATE = """
CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table}
FOR EACH STATEMENT EXECUTE FUNCTION songnuan_append_only()
"""
VERBS = ("update", "delete")


def append_only(table: str, *, is_again: bool = False) -> Triggers:
    """Return the migration operation that makes `table` append-only.

    Args:
        table: Its name in the database.
        is_again: It was append-only and stays so, forwards and backwards. For each side of a changed column,
            because SQLite makes such a table anew, without its triggers.

    Raises (when a statement tries): `django.db.IntegrityError` on both databases.
    """

    def forward(editor: BaseDatabaseSchemaEditor) -> None:
        if editor.connection.vendor == "postgresql":
            # Without parameters the driver leaves the per cent sign alone.
            editor.execute(_POSTGRES_FUNCTION, params=None)
            editor.execute(_POSTGRES_TRUNCATE.format(table=table))
        shape = _POSTGRES if editor.connection.vendor == "postgresql" else _SQLITE
        for verb in VERBS:
            editor.execute(shape.format(table=table, verb=verb))

    def again(editor: BaseDatabaseSchemaEditor) -> None:
        backward(editor)
        forward(editor)

    def backward(editor: BaseDatabaseSchemaEditor) -> None:
        where = f" ON {table}" if editor.connection.vendor == "postgresql" else ""
        # SQLite has no TRUNCATE and so no trigger for it; dropping what is not there changes nothing.
        for verb in (*VERBS, "truncate"):
            editor.execute(f"DROP TRIGGER IF EXISTS {table}_no_{verb}{where}")

    return Triggers(again, again) if is_again else Triggers(forward, backward)
