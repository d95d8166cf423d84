"""What journeys share: all that is told of people whom the register has erased goes from the other apps too.

Each step asks what is left of somebody erased: wherever it stopped, called again it comes to the same end.
"""

from dataclasses import dataclass

from songnuan.benefits.actions.forgetting import forget_reasons as forget_decisions
from songnuan.casework import actions as casework
from songnuan.casework.actions.forgetting import forget_flexible, forget_reasons
from songnuan.journeys.base import step
from songnuan.journeys.roster_reading import By
from songnuan.organisation.queries import day_of
from songnuan.outreach.actions.forgetting import forget_words as forget_learning
from songnuan.payments.actions import forgetting as payments
from songnuan.payments.pending import pending_among, pending_lists
from songnuan.payments.retention import OWN_FILES, lists_over
from songnuan.payments.rules import list_number
from songnuan.people.queries import lingering
from songnuan.records import actions as records

CHUNK = payments.CHUNK


@dataclass(frozen=True, slots=True)
class Waiting:
    """How many people of a roster are not erased yet, and the numbers of the lists that they wait for."""

    people: int
    lists: tuple[str, ...]


def waiting_of(roster_id: int) -> Waiting:
    """Return who of a roster that is being erased is still to be paid, or waits for an answer about it."""
    people = pending_among(lingering(roster_id))
    return Waiting(len(people), tuple(list_number(one.number) for one in pending_lists(people)))


def forget_words(by: By) -> int:
    """Empty the words of, and about, people who were erased, in the caller's transaction; return how many."""
    return (
        forget_flexible(**by)
        + casework.erase_texts(**by)
        + forget_reasons(**by)
        + forget_decisions(**by)
        + payments.forget_words(**by)
        + forget_learning(**by)
    )


def forget_papers(by: By) -> int:
    """Empty the papers of payments that the books need no more, a step for some thousand lines of a list.

    Returns:
        How many lines and files went.

    """
    gone = 0
    for list_id in lists_over(day_of(by["at"])):
        done = -1
        while done:
            with step():
                told = payments.forget_lines(list_id=list_id, size=CHUNK, **by)
                gone += _erased(told, by)
                done = told.rows
            gone += done
        with step():
            gone += _erased(payments.forget_answers(list_id=list_id, **by), by)
    with step():
        records.remove_erased()
    return gone


def _erased(told: payments.Forgotten, by: By) -> int:
    return records.erase_files(file_ids=told.files, besides=OWN_FILES, **by) if told.files else 0
