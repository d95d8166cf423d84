"""The one writer of the trail.

`record` only notes what happened; `trail`, opened by the journey around its transaction, writes the
notes at its end, all streams in the same few statements. So the heads are locked last and always in
one order: two journeys never wait for each other crosswise, and an import locks a head for
milliseconds.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import datetime
from typing import Any

from django.db import connection, transaction
from django.db.models import QuerySet

from songnuan.audit.chain import BROKEN, FIRST, Link, canonical, digest, seal
from songnuan.audit.models import Entry, Stream
from songnuan.kernel.actor import SYSTEM, Actor
from songnuan.kernel.bulk import among_texts, chunks
from songnuan.kernel.clock import wall
from songnuan.kernel.keys import keys
from songnuan.kernel.prepared import Insert, Prepared, table_of

ROOT = "trail"
BIRTH = "audit.stream"
_notes: ContextVar[list[tuple[str, Link]] | None] = ContextVar("notes", default=None)


def record(  # noqa: PLR0913 - an entry has these parts, each by name
    *,
    stream: str,
    action: str,
    subject: str,
    actor: Actor,
    at: datetime,
    facts: Mapping[str, object] | None = None,
) -> None:
    """Note one act for the trail.

    Args:
        stream: The chain it belongs to, such as "plan:front-line-visits" or "fund:3".
        action: "app.verb".
        subject: "app.model:key".
        actor: Who.
        at: When, as the act has it.
        facts: Figures and keys; no names, numbers or addresses of people.

    Raises:
        RuntimeError: Outside a journey's `trail`: an act without a trail is a fault of the program.

    """
    notes = _notes.get()
    if notes is None:
        raise RuntimeError(f"{action} was called outside a trail")
    link = Link(
        at=at,
        entered_at=wall(),
        actor_key=actor.key,
        actor_label=actor.label,
        action=action,
        subject=subject,
        facts=canonical(facts or {}),
    )
    notes.append((stream, link))


@contextmanager
def trail() -> Iterator[None]:
    """Collect what is recorded inside, and write it at the end; inside a transaction only."""
    if not transaction.get_connection().in_atomic_block:
        raise RuntimeError("a trail needs a transaction around it")
    if _notes.get() is not None:
        raise RuntimeError("a journey was called inside a journey")
    notes: list[tuple[str, Link]] = []
    token = _notes.set(notes)
    try:
        yield
    finally:
        _notes.reset(token)
    _write(notes)


def _write(notes: list[tuple[str, Link]]) -> None:
    by_stream: dict[str, list[Link]] = {}
    for stream, link in notes:
        by_stream.setdefault(stream, []).append(link)
    if not by_stream:
        return
    heads = sorted(_heads(sorted(by_stream)), key=lambda row: row.name)
    born = [row.name for row in heads if row.length == 0 and row.name != ROOT]
    _append([(row, by_stream[row.name]) for row in heads])
    if born:
        # Announced last, in the stream that everyone shares and that only births touch.
        moment = wall()
        births = [Link(moment, moment, SYSTEM.key, SYSTEM.label, BIRTH, name, "{}") for name in born]
        [root] = _heads([ROOT])
        _append([(root, births)])


def _heads(names: list[str]) -> list[Stream]:
    """Return streams, locked until commit, in one order for all; those that are not there are made."""
    found = _HEADS.rows(names=names)
    if len(found) < len(names):
        there = {row[1] for row in found}
        fresh = [
            Stream(name=name, length=0, head=FIRST, seal=seal(keys().trail, name, 0, FIRST))
            for name in names
            if name not in there
        ]
        Stream.objects.bulk_create(fresh, ignore_conflicts=True)
        found = _HEADS.rows(names=names)
    return [Stream(**dict(zip(("pk", "name", "length", "head", "seal"), row, strict=True))) for row in found]


@Prepared(names=list[str])
def _HEADS(names: list[str]) -> QuerySet[Any, Any]:  # noqa: N802 - it becomes a question
    """Ask for the heads of chains, and lock them."""
    rows = Stream.objects.select_for_update().filter(name__in=among_texts(names)).order_by("pk")
    return rows.values_list("pk", "name", "length", "head", "seal")


def _append(news: list[tuple[Stream, list[Link]]]) -> None:
    """Add links to streams and move their heads on, in two statements however many they are."""
    rows: list[Entry] = []
    heads = []
    for stream, links in news:
        some, head = _chained(stream, links)
        rows += some
        heads.append(head)
    _ENTRY.rows(rows)
    for moved in chunks(heads, _HEADS_AT_ONCE):
        table, params = table_of(moved)
        with connection.cursor() as cursor:
            cursor.execute(_MOVE.format(table=table), params)


def _chained(stream: Stream, links: list[Link]) -> tuple[list[Entry], tuple[int, int, str, str]]:
    """Return links as entries, and the head that they come to.

    A head that is not ours is never sealed: it stays found.
    """
    rows = []
    key = keys().trail
    ours = stream.seal == seal(key, stream.name, stream.length, stream.head)
    length, head = stream.length, stream.head
    for link in links:
        length += 1
        previous, head = head, digest(key, stream.name, length, head, link)
        rows.append(
            Entry(
                stream=stream,
                seq=length,
                at=link.at,
                entered_at=link.entered_at,
                actor_key=link.actor_key,
                actor_label=link.actor_label,
                action=link.action,
                subject=link.subject,
                facts=link.facts,
                previous=previous,
                digest=head,
            )
        )
    sealed = seal(key, stream.name, length, head) if ours else BROKEN
    return rows, (stream.pk, length, head, sealed)


_ENTRY = Insert(Entry)
_HEADS_AT_ONCE = 1000
_MOVE = """
UPDATE audit_stream SET length = head.column2, head = head.column3, seal = head.column4
FROM {table} AS head WHERE audit_stream.id = head.column1
"""
