"""Triggers that refuse new rows under a row that is closed."""

from django.db.backends.base.schema import BaseDatabaseSchemaEditor

from songnuan.kernel.triggers import Triggers

_SQLITE = """
CREATE TRIGGER {table}_shut BEFORE INSERT ON {table}
WHEN (SELECT {column} FROM {above} WHERE id = NEW.{key}) IS NOT NULL
BEGIN SELECT RAISE(ABORT, '{above} is closed'); END
"""
_POSTGRES = """
CREATE OR REPLACE FUNCTION {table}_shut() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN
  IF (SELECT {column} FROM {above} WHERE id = NEW.{key}) IS NOT NULL THEN
    RAISE EXCEPTION '{above} is closed' USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER {table}_shut BEFORE INSERT ON {table} FOR EACH ROW EXECUTE FUNCTION {table}_shut()
"""


def shut(table: str, *, key: str, above: str, column: str) -> Triggers:
    """Return the migration operation that refuses rows of `table` while what they belong to is closed.

    SQLite makes a changed table anew. A migration that changes a column of either table drops the trigger
    `<table>_shut` before, and runs this again after.

    Args:
        table: Whose new rows are refused.
        key: Its column that names the row above.
        above: The table of that row.
        column: The row above is closed while this is not null.

    Raises (when a statement tries): `django.db.IntegrityError` on both databases.
    """

    def forward(editor: BaseDatabaseSchemaEditor) -> None:
        shape = _POSTGRES if editor.connection.vendor == "postgresql" else _SQLITE
        # Without parameters the driver leaves the signs alone.
        editor.execute(shape.format(table=table, key=key, above=above, column=column), params=None)

    def backward(editor: BaseDatabaseSchemaEditor) -> None:
        where = f" ON {table}" if editor.connection.vendor == "postgresql" else ""
        editor.execute(f"DROP TRIGGER IF EXISTS {table}_shut{where}")

    return Triggers(forward, backward)
