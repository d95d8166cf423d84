"""Triggers that refuse new rows, or changes of rows, for which a condition holds."""

from django.db.backends.base.schema import BaseDatabaseSchemaEditor

from songnuan.kernel.triggers import Triggers

_SQLITE = """
CREATE TRIGGER {name} BEFORE {verb} ON {table} WHEN {condition}
BEGIN SELECT RAISE(ABORT, '{name}'); END
"""
_POSTGRES = """
CREATE OR REPLACE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN
  IF {condition} THEN
    RAISE EXCEPTION '{name}' USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER {name} BEFORE {verb} ON {table} FOR EACH ROW EXECUTE FUNCTION {name}()
"""


def refusing(table: str, name: str, condition: str, *, verb: str = "INSERT") -> Triggers:
    """Return the migration operation that refuses rows of `table` while a condition of theirs holds.

    Args:
        table: Whose new rows are refused.
        name: The trigger's, which the error says too.
        condition: SQL that both databases understand, about `NEW`; of a change about `OLD` too.
        verb: INSERT for new rows, UPDATE for changes, DELETE.

    Raises (when a statement tries): `django.db.IntegrityError` on both databases.
    """

    def forward(editor: BaseDatabaseSchemaEditor) -> None:
        shape = _POSTGRES if editor.connection.vendor == "postgresql" else _SQLITE
        # Without parameters the driver leaves the signs alone.
        editor.execute(shape.format(table=table, name=name, condition=condition, verb=verb), params=None)

    def backward(editor: BaseDatabaseSchemaEditor) -> None:
        where = f" ON {table}" if editor.connection.vendor == "postgresql" else ""
        editor.execute(f"DROP TRIGGER IF EXISTS {name}{where}")

    return Triggers(forward, backward)
