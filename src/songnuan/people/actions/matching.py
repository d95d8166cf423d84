"""Finds whom the staged rows mean, step by step, each short: see `match_chunk`."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

from django.db import transaction

from songnuan.kernel.actor import Actor
from songnuan.people import matching, units
from songnuan.people.asides import set_aside_doubles as write_doubles
from songnuan.people.importing import move, must_be, standing, touch
from songnuan.people.models import ImportStatus
from songnuan.people.rules import Double
from songnuan.people.staging import CHUNK, next_span, unmatch
from songnuan.people.turn import turns_taken

_READING = ImportStatus.READING.value


@transaction.atomic(savepoint=False)
def settle_units(
    *, import_key: str, names: Collection[str] | None = None, actor: Actor, at: datetime
) -> bool:
    """Note which units the names in the rows mean; the first step of matching.

    Who has just read the rows tells the `names` of units in them; else they are looked for.

    Returns:
        Whether each row has its unit, or gets one that is still to be made: rows that were never matched
        can then do without the second step.

    Raises:
        Refusal: `wrong_state` when the import is not being read.

    """
    source = standing(import_key, actor, at)
    must_be(source, _READING)
    touch(source, at, matched_turn=turns_taken())
    settled = units.settle(source, names)
    return not settled.several and (units.makes_units(source) or not settled.unknown)


@transaction.atomic(savepoint=False)
def ready_chunk(*, import_key: str, after: int, size: int = CHUNK, actor: Actor, at: datetime) -> int | None:
    """Let the next `size` rows be as they were read, but for those whose unit is not known.

    The second step. Returns the `after` of the next call, or None when all rows are done.

    Raises:
        Refusal: `wrong_state` when the import is not being read.

    """
    source = standing(import_key, actor, at)
    must_be(source, _READING)
    span = next_span(source, after, size)
    if span is None:
        return None
    unmatch(span, aside=True)
    units.set_aside_unknown(span)
    units.note_unknown(span)
    return span.high


@transaction.atomic(savepoint=False)
def set_aside_doubles(*, import_key: str, found: Sequence[Double], actor: Actor, at: datetime) -> None:
    """Write what `queries.doubles` found (the third step) or `queries.double_claims` (the fifth), in chunks.

    Raises:
        Refusal: `wrong_state` when the import is not being read.

    """
    source = standing(import_key, actor, at)
    must_be(source, _READING)
    write_doubles(source, found)


@transaction.atomic(savepoint=False)
def match_chunk(*, import_key: str, after: int, size: int = CHUNK, actor: Actor, at: datetime) -> int | None:
    """Find whom the next `size` rows mean, and what they would change.

    The fourth step. Returns the `after` of the next call, or None when all rows are done.

    Raises:
        Refusal: `wrong_state` when the import is not being read.

    """
    source = standing(import_key, actor, at)
    must_be(source, _READING)
    span = next_span(source, after, size)
    if span is None:
        return None
    matching.note_conflicts(span)
    matching.match(span)
    touch(source, at)
    return span.high


@transaction.atomic(savepoint=False)
def finish_matching(
    *, import_key: str, counts: Mapping[str, int], known_through: int, actor: Actor, at: datetime
) -> None:
    """Note what the rows would do, as `queries.outcome` counted it: the import is ready to be applied.

    The last step. It is counted before, because nobody is to wait for it who writes meanwhile.

    Raises:
        Refusal: `wrong_state` when the import is not being read.

    """
    source = standing(import_key, actor, at)
    must_be(source, _READING)
    move(source, "stage", at, counts=dict(counts), known_through=known_through)
