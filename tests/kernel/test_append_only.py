"""Tables that are only added to, on whichever database the run uses."""

from collections.abc import Callable
from typing import ClassVar

import pytest
from django.db import IntegrityError, connection, models, transaction
from django.db.models import Manager, Model

from songnuan.kernel.append_only import append_only
from songnuan.kernel.bulk import upsert


class Line(Model):
    """One line of a book."""

    objects: ClassVar[Manager["Line"]] = Manager()

    number = models.IntegerField(unique=True)
    text = models.CharField(max_length=20)

    class Meta:
        """Not of an installed app, so that no migration looks for it."""

        app_label = "kernel_lines"


OPERATION = append_only("kernel_lines_line")


@pytest.fixture
def lines(make_table: Callable[[type[Model]], None]) -> type[Line]:
    """The table, append-only, with one line."""
    make_table(Line)
    OPERATION.forward(connection.schema_editor())
    Line.objects.create(number=1, text="first")
    return Line


def change(lines: type[Line]) -> None:
    lines.objects.update(text="forged")


def change_nothing(lines: type[Line]) -> None:
    lines.objects.filter(number=1).update(text="first")


def remove(lines: type[Line]) -> None:
    lines.objects.filter(number=1).delete()


def change_by_upsert(lines: type[Line]) -> None:
    upsert(lines, [lines(number=1, text="forged")], unique=["number"], update=["text"])


def change_by_sql(lines: type[Line]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"UPDATE {lines._meta.db_table} SET text = 'forged'")  # noqa: S608 - a literal


@pytest.mark.parametrize("attempt", [change, change_nothing, remove, change_by_upsert, change_by_sql])
def test_lines_are_neither_changed_nor_removed(
    lines: type[Line], attempt: Callable[[type[Line]], None]
) -> None:
    with pytest.raises(IntegrityError, match="kernel_lines_line is append-only"), transaction.atomic():
        attempt(lines)
    assert list(lines.objects.values_list("number", "text")) == [(1, "first")]


def test_lines_are_added(lines: type[Line]) -> None:
    lines.objects.create(number=2, text="second")
    lines.objects.bulk_create([lines(number=3, text="third")])
    assert lines.objects.count() == 3


def test_the_migration_can_be_undone_and_done_again(lines: type[Line]) -> None:
    OPERATION.backward(connection.schema_editor())
    change(lines)
    assert lines.objects.get().text == "forged"
    OPERATION.forward(connection.schema_editor())
    with pytest.raises(IntegrityError), transaction.atomic():
        remove(lines)
