"""Acts of several threads that are settled as a set, and what keeps each of them from waiting for ever."""

import os
import threading
from collections.abc import Callable, Sequence
from time import sleep

import pytest

from songnuan.kernel import combining
from songnuan.kernel.combining import Combiner

pytestmark = pytest.mark.usefixtures("nobody_in_a_transaction")


@pytest.fixture
def nobody_in_a_transaction(monkeypatch: pytest.MonkeyPatch) -> None:
    """No table is needed here, and so no database is asked."""
    monkeypatch.setattr("songnuan.kernel.combining.connection", _Outside())


class _Outside:
    in_atomic_block = False


class Crowd:
    """One who leads and is kept busy, and others who come meanwhile."""

    def __init__(self, combiner: Combiner[int, str]) -> None:
        self.combiner = combiner
        self.found: dict[int, str] = {}
        self.leader_is_in, self.leader_may_go = threading.Event(), threading.Event()
        self.threads: list[threading.Thread] = []

    def _busy(self) -> str:
        self.leader_is_in.set()
        assert self.leader_may_go.wait(30)
        return "0 alone"

    def _start(self, number: int, alone: Callable[[], str]) -> None:
        def run() -> None:
            try:
                self.found[number] = self.combiner.act(number, alone)
            except ValueError as error:
                self.found[number] = f"refused: {error}"

        self.threads.append(threading.Thread(target=run))
        self.threads[-1].start()

    def come(self, others: int, alone: Callable[[int], str]) -> None:
        """Let one lead, and others queue behind it."""
        self._start(0, self._busy)
        assert self.leader_is_in.wait(30)
        for number in range(1, others + 1):
            self._start(number, lambda number=number: alone(number))  # type: ignore[misc]
            while len(self.combiner._queue) < number:
                sleep(0.001)

    def go(self) -> dict[int, str]:
        """Let the leader go on, and return what became of each."""
        self.leader_may_go.set()
        for thread in self.threads:
            thread.join(30)
        return self.found


def alone(number: int) -> str:
    return f"{number} alone"


def settles(sets: list[list[int]]) -> Callable[[Sequence[int]], list[str | None]]:
    def settle(some: Sequence[int]) -> list[str | None]:
        sets.append(list(some))
        return [f"{number} of {len(some)}" for number in some]

    return settle


def test_who_comes_alone_is_carried_out_alone_at_once() -> None:
    sets: list[list[int]] = []
    combiner = Combiner(settles(sets))
    assert [combiner.act(number, lambda number=number: alone(number)) for number in (1, 2)] == [  # type: ignore[misc]
        "1 alone",
        "2 alone",
    ]
    assert sets == []


def test_those_who_come_while_one_leads_are_settled_together() -> None:
    sets: list[list[int]] = []
    crowd = Crowd(Combiner(settles(sets)))
    crowd.come(4, alone)
    assert crowd.go() == {0: "0 alone", **{number: f"{number} of 4" for number in (1, 2, 3, 4)}}
    assert sets == [[1, 2, 3, 4]]


def test_no_set_is_larger_than_it_may_be() -> None:
    sets: list[list[int]] = []
    crowd = Crowd(Combiner(settles(sets), most=2))
    crowd.come(5, alone)
    assert set(crowd.go()) == {0, 1, 2, 3, 4, 5}
    assert sets == [[1, 2], [3, 4]]
    assert crowd.found[5] == "5 alone"


def test_what_is_not_plain_goes_alone_with_its_own_refusal() -> None:
    def refuse(number: int) -> str:
        raise ValueError(number)

    crowd = Crowd(Combiner(lambda some: [None if number == 2 else f"{number} set" for number in some]))
    crowd.come(3, refuse)
    assert crowd.go() == {0: "0 alone", 1: "1 set", 2: "refused: 2", 3: "3 set"}


@pytest.mark.parametrize("answers", [0, 1])
def test_when_a_set_fails_each_of_it_goes_alone_and_the_next_is_a_set_again(answers: int) -> None:
    sets: list[list[int]] = []

    def fails(some: Sequence[int]) -> list[str | None]:
        if not sets:
            sets.append(list(some))
            if answers:
                return ["too few answers"]
            raise RuntimeError("the database is gone")
        return settles(sets)(some)

    combiner = Combiner(fails)
    crowd = Crowd(combiner)
    crowd.come(3, alone)
    assert crowd.go() == {number: alone(number) for number in range(4)}
    again = Crowd(combiner)
    again.come(2, alone)
    assert again.go() == {0: "0 alone", 1: "1 of 2", 2: "2 of 2"}


def test_who_is_refused_while_leading_leaves_nobody_waiting() -> None:
    combiner: Combiner[int, str] = Combiner(settles([]))

    def refuse() -> str:
        raise ValueError("no")

    with pytest.raises(ValueError, match="no"):
        combiner.act(1, refuse)
    assert combiner.act(2, lambda: alone(2)) == "2 alone"
    crowd = Crowd(combiner)
    crowd.come(2, alone)
    assert crowd.go()[1] == "1 of 2"


def test_who_waits_too_long_goes_alone_and_is_in_no_set() -> None:
    sets: list[list[int]] = []
    crowd = Crowd(Combiner(settles(sets), patience=0.01))
    crowd._start(0, crowd._busy)
    assert crowd.leader_is_in.wait(30)
    assert crowd.combiner.act(1, lambda: alone(1)) == "1 alone"
    assert crowd.go() == {0: "0 alone"}
    assert sets == []


def test_inside_a_transaction_nobody_leads_and_nobody_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    sets: list[list[int]] = []
    crowd = Crowd(Combiner(settles(sets)))
    crowd._start(0, crowd._busy)
    assert crowd.leader_is_in.wait(30)
    monkeypatch.setattr(_Outside, "in_atomic_block", True)
    assert crowd.combiner.act(1, lambda: alone(1)) == "1 alone"
    assert crowd.go() == {0: "0 alone"}
    assert sets == []


def test_a_process_forked_while_somebody_leads_begins_with_nobody() -> None:
    crowd = Crowd(Combiner(settles([]), patience=60))
    crowd.come(1, alone)
    child = os.fork()
    if child == 0:
        os._exit(0 if crowd.combiner.act(7, lambda: alone(7)) == "7 alone" else 1)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    assert crowd.go() == {0: "0 alone", 1: "1 alone"}


def test_who_leads_for_too_long_is_waited_for_once_and_not_by_all_who_come_later() -> None:
    sets: list[list[int]] = []
    combiner = Combiner(settles(sets), patience=0.2)
    stuck = Crowd(combiner)
    stuck._start(0, stuck._busy)
    assert stuck.leader_is_in.wait(30)
    assert combiner.act(1, lambda: alone(1)) == "1 alone", "after its patience"
    patient = threading.Event()

    def at_once() -> str:
        patient.set()
        return "2 alone"

    later = threading.Thread(target=lambda: combiner.act(2, at_once))
    later.start()
    assert patient.wait(30)
    later.join(30)
    assert combiner._leader is None, "it led by itself, though who is stuck never handed on"
    combiner._patience = 60
    crowd = Crowd(combiner)
    crowd.come(2, alone)
    stuck.leader_may_go.set()
    stuck.threads[0].join(30)
    assert combiner._leader is not None, "who was stuck hands on what it no longer leads"
    crowd.leader_may_go.set()
    crowd.go()
    assert stuck.found == {0: "0 alone"}
    assert crowd.found[0] == "0 alone"
    assert combiner._leader is None


def test_who_is_torn_out_of_its_waiting_is_led_by_nobody_and_leads_nobody(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    sets: list[list[int]] = []
    combiner = Combiner(settles(sets), patience=60)
    crowd = Crowd(combiner)
    crowd._start(0, crowd._busy)
    assert crowd.leader_is_in.wait(30)

    class Torn(BaseException):
        pass

    class Door:
        def acquire(self, **_patience: float) -> bool:
            raise Torn

        def release(self) -> None:
            raise AssertionError("nobody is behind this door")

    waiting = combining._Waiting
    made = waiting.__init__

    def with_a_door_that_fails(self: object, asked: int) -> None:
        made(self, asked)  # type: ignore[arg-type]
        self.door = Door()  # type: ignore[attr-defined]

    monkeypatch.setattr(waiting, "__init__", with_a_door_that_fails)
    with pytest.raises(Torn):
        combiner.act(1, lambda: alone(1))
    monkeypatch.undo()
    monkeypatch.setattr("songnuan.kernel.combining.connection", _Outside())
    assert crowd.go() == {0: "0 alone"}
    assert combiner.act(2, lambda: alone(2)) == "2 alone"
    assert sets == []
