"""Tables for the models these tests define, and keys of their own."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from django.db import connection
from django.db.models import Model
from django.utils import translation

from songnuan.kernel import keys


@pytest.fixture
def make_table(db: None) -> Iterator[Callable[[type[Model]], None]]:  # noqa: ARG001 - asks for the database
    """Create the table of a model by plain SQL, as a schema editor refuses inside SQLite's transaction."""
    made: list[str] = []

    def make(model: type[Model]) -> None:
        editor = connection.schema_editor()
        editor.deferred_sql = []
        sql, parameters = editor.table_sql(model)
        with connection.cursor() as cursor:
            cursor.execute(sql, parameters or None)
        made.append(model._meta.db_table)

    yield make
    with connection.cursor() as cursor:
        for table in made:
            cursor.execute(f"DROP TABLE {connection.ops.quote_name(table)}")


@pytest.fixture
def own_keys(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A data folder with fresh keys, which the test may add to; returns the folder."""
    monkeypatch.setenv("SONGNUAN_HOME", str(tmp_path))
    keys.create(tmp_path)
    return tmp_path


@pytest.fixture
def in_english() -> Iterator[None]:
    """Sentences as they stand in the source."""
    with translation.override("en"):
        yield
