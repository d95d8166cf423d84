from threading import Barrier, Thread

import pytest
from django.db import connection, transaction
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from songnuan.records.actions import next_number
from songnuan.records.models import NumberSequence


def take(name: str = "goods.purchase:1") -> int:
    with transaction.atomic():
        return next_number(name=name)


@pytest.mark.django_db
def test_numbers_begin_at_one_and_each_sequence_counts_for_itself() -> None:
    assert [take(), take(), take("other"), take()] == [1, 2, 1, 3]


class NumbersWithoutGaps(TestCase):
    """What is committed is numbered without gap, whatever was rolled back in between."""

    @given(st.lists(st.booleans(), max_size=20))
    def test_a_number_of_a_rolled_back_transaction_is_given_again(self, commits: list[bool]) -> None:
        """Run transactions that commit or not, and compare the numbers that stayed."""
        NumberSequence.objects.all().delete()
        stayed = []
        for commit in commits:
            with transaction.atomic():
                number = next_number(name="x")
                transaction.set_rollback(not commit)
            if commit:
                stayed.append(number)
        assert stayed == list(range(1, sum(commits) + 1))


@pytest.mark.django_db(transaction=True)
def test_a_number_outside_a_transaction_is_a_fault_of_the_program() -> None:
    with pytest.raises(RuntimeError):
        next_number(name="x")
    assert not NumberSequence.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_takers_at_once_get_each_number_once_and_none_is_left_out() -> None:
    start = Barrier(4)
    taken: list[int] = []
    faults: list[Exception] = []

    def work() -> None:
        try:
            start.wait()
            taken.extend(take() for _ in range(10))
        except Exception as fault:  # noqa: BLE001 - shown by the assertion below
            faults.append(fault)
        finally:
            connection.close()

    threads = [Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert faults == []
    assert sorted(taken) == list(range(1, 41))
