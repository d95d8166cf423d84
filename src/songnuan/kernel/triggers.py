"""The migration operation that sets or drops triggers.

Unlike Django's `RunPython` it asks for no models, which would be made anew for each operation: half of what
migrating an empty database takes.
"""

from collections.abc import Callable

from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.operations.base import Operation
from django.db.migrations.state import ProjectState

Act = Callable[[BaseDatabaseSchemaEditor], None]


class Triggers(Operation):
    """What is done to the triggers of a table, forwards and backwards; the models stay as they are."""

    reduces_to_sql = True
    reversible = True

    def __init__(self, forward: Act, backward: Act) -> None:
        """Take what sets them and what undoes that."""
        self.forward, self.backward = forward, backward

    def state_forwards(self, app_label: str, state: ProjectState) -> None:
        """Leave the models alone."""

    def database_forwards(
        self,
        app_label: str,  # noqa: ARG002 - Django's signature
        schema_editor: BaseDatabaseSchemaEditor,
        from_state: ProjectState,  # noqa: ARG002
        to_state: ProjectState,  # noqa: ARG002
    ) -> None:
        """Set them."""
        self.forward(schema_editor)

    def database_backwards(
        self,
        app_label: str,  # noqa: ARG002
        schema_editor: BaseDatabaseSchemaEditor,
        from_state: ProjectState,  # noqa: ARG002
        to_state: ProjectState,  # noqa: ARG002
    ) -> None:
        """Undo that."""
        self.backward(schema_editor)


def set_aside(begins: str) -> tuple[Triggers, Triggers]:
    """Return the operations before and after which SQLite makes tables anew that triggers speak of.

    A changed constraint makes it write a table again and drop the old one; it loses the table's triggers
    then, and takes no trigger of another table that names it. PostgreSQL changes tables where they stand.

    Args:
        begins: How the tables begin whose triggers are taken aside, and put back as they were.

    """
    kept: list[str] = []

    def aside(editor: BaseDatabaseSchemaEditor) -> None:
        if editor.connection.vendor != "sqlite":
            return
        with editor.connection.cursor() as cursor:
            cursor.execute(
                "SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND substr(tbl_name, 1, %s) = %s",
                [len(begins), begins],
            )
            found = cursor.fetchall()
        for name, sql in found:
            editor.execute(f"DROP TRIGGER {name}", params=None)
            kept.append(sql)

    def back(editor: BaseDatabaseSchemaEditor) -> None:
        while kept:
            editor.execute(kept.pop(), params=None)

    return Triggers(aside, back), Triggers(back, aside)
