"""Whose turn it is to change persons, and what has changed meanwhile."""

from django.db.models import F

from songnuan.people.models import RegisterTurn


def take_turn() -> int:
    """Wait until nobody else changes persons; what is read after this stands until commit.

    Returns:
        The number of the turn; each is one higher than the one before.

    """
    mine = RegisterTurn.objects.filter(pk=1)
    if not mine.update(taken=F("taken") + 1):
        RegisterTurn.objects.bulk_create([RegisterTurn()], ignore_conflicts=True)
        mine.update(taken=F("taken") + 1)
    return turns_taken()


def hold_turn() -> None:
    """Wait until nobody else changes persons, and keep them from it until commit, changing none oneself."""
    if RegisterTurn.objects.select_for_update().filter(pk=1).first() is None:
        take_turn()


def turns_taken() -> int:
    """Return the number of the last turn: while it stays, no person has changed."""
    return RegisterTurn.objects.filter(pk=1).values_list("taken", flat=True).first() or 0
