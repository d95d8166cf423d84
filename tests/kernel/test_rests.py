"""Between large transactions there are rests for others, and no more than they need."""

import pytest
from django.db import connection

from songnuan.kernel.rests import LONG, REST, Rests

pytestmark = pytest.mark.skipif(connection.vendor != "sqlite", reason="PostgreSQL needs no rests")


class Day:
    """A clock that moves when somebody works or rests."""

    def __init__(self) -> None:
        self.moment = 0.0
        self.rests: list[float] = []

    def pause(self, seconds: float) -> None:
        self.rests.append(self.moment)
        self.moment += seconds

    def work(self, rests: Rests, *seconds: float, between: float = 0.0) -> None:
        for some in seconds:
            self.moment += between
            with rests.beside():
                self.moment += some


@pytest.fixture
def day() -> Day:
    return Day()


@pytest.fixture
def rests(day: Day) -> Rests:
    return Rests(lambda: day.moment, day.pause)


def test_a_row_of_transactions_rests_once_it_was_long(day: Day, rests: Rests) -> None:
    day.work(rests, *[LONG / 4] * 12)
    assert day.rests == pytest.approx([LONG, 2 * LONG + REST, 3 * LONG + 2 * REST])


def test_who_pauses_long_enough_has_rested(day: Day, rests: Rests) -> None:
    day.work(rests, *[LONG / 2] * 10, between=REST * 1.01)
    assert day.rests == []
    day.work(rests, *[LONG / 2] * 10, between=REST / 2)
    assert len(day.rests) == 5


def test_a_failed_transaction_is_no_rest(day: Day, rests: Rests) -> None:
    with pytest.raises(ZeroDivisionError), rests.beside():
        _ = 1 / 0
    day.work(rests, LONG)
    assert len(day.rests) == 1
