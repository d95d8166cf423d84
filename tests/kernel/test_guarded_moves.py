"""State tables: what may move, and of two at once only one."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import ClassVar

import pytest
from django.db import connection, models
from django.db.models import Manager, Model
from pytest_django import DjangoAssertNumQueries

from songnuan.kernel.lifecycle import Lifecycle, Move
from songnuan.kernel.refusal import Refusal

LETTERS = Lifecycle(
    name="letter",
    moves={
        "send": Move(frozenset({"draft"}), "sent"),
        "withdraw": Move(frozenset({"draft", "sent"}), "withdrawn"),
    },
)


class Letter(Model):
    """A letter and who last moved it."""

    objects: ClassVar[Manager["Letter"]] = Manager()

    status = models.CharField(max_length=20, default="draft")
    hand = models.CharField(max_length=20, default="")

    class Meta:
        """Not of an installed app, so that no migration looks for it."""

        app_label = "kernel_moves"


@pytest.fixture
def letters(make_table: Callable[[type[Model]], None]) -> type[Letter]:
    """The table."""
    make_table(Letter)
    return Letter


def test_a_row_moves_along_its_arrow_with_what_goes_with_it(letters: type[Letter]) -> None:
    letter = letters.objects.create()
    other = letters.objects.create()
    LETTERS.move_one(letters.objects.filter(pk=letter.pk), "send", hand="post")
    assert letters.objects.values_list("status", "hand").get(pk=letter.pk) == ("sent", "post")
    assert letters.objects.values_list("status", "hand").get(pk=other.pk) == ("draft", "")


@pytest.mark.parametrize("status", ["sent", "withdrawn", "unheard-of"])
def test_a_row_that_stands_elsewhere_is_refused_and_unchanged(letters: type[Letter], status: str) -> None:
    letter = letters.objects.create(status=status)
    with pytest.raises(Refusal) as refused:
        LETTERS.move_one(letters.objects.filter(pk=letter.pk), "send", hand="post")
    assert refused.value.code == "wrong_state"
    assert refused.value.sentence
    assert refused.value.facts == {"lifecycle": "letter", "move": "send", "status": status}
    assert letters.objects.values_list("status", "hand").get(pk=letter.pk) == (status, "")


def test_a_row_that_is_not_there_is_refused(letters: type[Letter]) -> None:
    with pytest.raises(Refusal) as refused:
        LETTERS.move_one(letters.objects.filter(pk=1), "send")
    assert refused.value.code == "wrong_state"
    assert refused.value.facts["status"] is None


def test_many_rows_move_by_one_statement_and_only_those_that_may(
    letters: type[Letter], django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for status in ("draft", "draft", "sent", "withdrawn"):
        letters.objects.create(status=status)
    with django_assert_num_queries(1):
        assert LETTERS.move(letters.objects.all(), "send", hand="post") == 2
    assert LETTERS.move(letters.objects.all(), "withdraw") == 3
    assert set(letters.objects.values_list("status", flat=True)) == {"withdrawn"}


def test_an_unknown_move_is_a_fault(letters: type[Letter]) -> None:
    with pytest.raises(KeyError):
        LETTERS.move(letters.objects.all(), "burn")


@pytest.mark.django_db(transaction=True)
def test_of_many_at_once_one_moves_and_the_others_are_refused(letters: type[Letter]) -> None:
    letter = letters.objects.create()
    start = Barrier(4)

    def send(hand: str) -> str:
        start.wait(timeout=10)
        try:
            LETTERS.move_one(letters.objects.filter(pk=letter.pk), "send", hand=hand)
        except Refusal as refusal:
            return refusal.code
        else:
            return hand
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as threads:
        outcomes = list(threads.map(send, ["a", "b", "c", "d"]))
    assert outcomes.count("wrong_state") == 3
    assert letters.objects.get().hand in outcomes
