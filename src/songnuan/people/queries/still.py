"""Reads of many persons in several statements: the register stands still meanwhile."""

from songnuan.people.turn import hold_turn


def stand_still() -> None:
    """Wait until nobody changes persons, and keep them from it until commit.

    Else a service that comes in between two statements would be told in one of them alone.
    """
    hold_turn()
