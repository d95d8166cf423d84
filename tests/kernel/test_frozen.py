"""Rows that move along their states and otherwise stay, on whichever database the run uses."""

from collections.abc import Callable
from typing import Any, ClassVar

import pytest
from django.db import IntegrityError, connection, models, transaction
from django.db.models import Manager, Model

from songnuan.kernel.frozen import Moves, frozen


class Letter(Model):
    """A letter that is drafted, sent, and answered or lost."""

    objects: ClassVar[Manager["Letter"]] = Manager()

    number = models.IntegerField()
    reader = models.CharField(max_length=20, null=True)  # noqa: DJ001 - null once erased
    answer = models.CharField(max_length=20, default="")
    status = models.CharField(max_length=10, default="draft")

    class Meta:
        """Not of an installed app, so that no migration looks for it."""

        app_label = "kernel_letters"


OPERATION = frozen(
    "kernel_letters_letter",
    kept=("id", "number"),
    emptied={"reader": "NULL"},
    moves=Moves({"draft": ("sent",), "sent": ("answered", "lost")}, columns=("answer",), until="draft"),
)
WAYS = [
    ("draft", {"answer": "later"}),
    ("draft", {"status": "sent", "answer": "soon"}),
    ("draft", {"reader": None}),
    ("sent", {"status": "answered", "answer": "yes"}),
    ("sent", {"status": "lost"}),
    ("sent", {"status": "sent"}),
    ("answered", {"reader": None}),
]
NO_WAYS = [
    ("draft", {"number": 2}),
    ("draft", {"reader": "somebody else"}),
    ("draft", {"status": "answered"}),
    ("sent", {"answer": "forged"}),
    ("sent", {"status": "draft"}),
    ("sent", {"status": "answered", "number": 2}),
    ("answered", {"answer": "forged"}),
    ("answered", {"status": "lost"}),
    ("answered", {"status": "sent", "answer": ""}),
    ("lost", {"reader": "", "answer": "found"}),
]


@pytest.fixture
def letters(make_table: Callable[[type[Model]], None]) -> type[Letter]:
    """The table, frozen."""
    make_table(Letter)
    OPERATION.forward(connection.schema_editor())
    return Letter


@pytest.mark.parametrize(("status", "change"), WAYS)
def test_a_letter_moves(letters: type[Letter], status: str, change: dict[str, Any]) -> None:
    made = letters.objects.create(number=1, reader="Li", status=status)
    letters.objects.update(**change)
    row = letters.objects.values().get()
    assert row == {"id": made.pk, "number": 1, "reader": "Li", "answer": "", "status": status, **change}


@pytest.mark.parametrize(("status", "change"), NO_WAYS)
def test_and_changes_in_no_other_way(letters: type[Letter], status: str, change: dict[str, Any]) -> None:
    letters.objects.create(number=1, reader="Li", status=status)
    before = letters.objects.values().get()
    with pytest.raises(IntegrityError, match="kernel_letters_letter is frozen"), transaction.atomic():
        letters.objects.update(**change)
    assert letters.objects.values().get() == before


def test_no_letter_goes(letters: type[Letter]) -> None:
    letters.objects.create(number=1)
    with pytest.raises(IntegrityError, match="is frozen"), transaction.atomic():
        letters.objects.all().delete()
    assert letters.objects.count() == 1


def test_the_migration_can_be_undone_and_done_again(letters: type[Letter]) -> None:
    letters.objects.create(number=1)
    OPERATION.backward(connection.schema_editor())
    letters.objects.update(number=2)
    OPERATION.forward(connection.schema_editor())
    with pytest.raises(IntegrityError), transaction.atomic():
        letters.objects.update(number=3)
    assert letters.objects.get().number == 2
