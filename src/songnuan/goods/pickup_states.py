"""How batches, portions and records of pickups stand."""

from enum import StrEnum
from typing import Final

PLACE_LENGTH: Final = 80
BATCHES_MOST: Final = 30
"""Batches that a plan may name, and a handing out may have."""


class Mode(StrEnum):
    """What batches are to each other; a question of the plan may leave it open."""

    DIVIDE = "divide"
    ROUNDS = "rounds"


class Portioned(StrEnum):
    """How a portion stands. Who left the roster before fetching it is not counted."""

    OPEN = "open"
    TAKEN = "taken"
    REFERRED = "referred"
    LEFT = "left"
    SETTLED = "settled"


class Doubt(StrEnum):
    """Why a record of a pickup waits for a decision. No record is lost, whatever is found."""

    TWICE = "twice"
    LEFT = "left"
    SETTLED = "settled"
    CLOSED = "closed"
    SHORT = "short"
    EXPIRED = "expired"
    HELD = "held"
    EARLY = "early"
