"""The one writer of the trail.

`record` only notes what happened; `trail`, opened by the journey around its transaction, writes the
notes at its end, streams in the order of their names. So the heads are locked last and always in
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
from songnuan.kernel.clock import wall
from songnuan.kernel.keys import keys
from songnuan.kernel.prepared import Insert, Prepared

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
    heads = {name: _head(name) for name in sorted(by_stream)}
    born = [name for name, (_row, is_new) in heads.items() if is_new and name != ROOT]
    for name in sorted(by_stream):
        _append(heads[name][0], by_stream[name])
    if born:
        # Announced last, in the stream that everyone shares and that only births touch.
        moment = wall()
        births = [Link(moment, moment, SYSTEM.key, SYSTEM.label, BIRTH, name, "{}") for name in born]
        _append(_head(ROOT)[0], births)


def _head(name: str) -> tuple[Stream, bool]:
    """Return the stream, locked until commit, and whether it is new."""
    found = _HEAD.rows(name=name)
    if not found:
        fresh = Stream(name=name, length=0, head=FIRST, seal=seal(keys().trail, name, 0, FIRST))
        Stream.objects.bulk_create([fresh], ignore_conflicts=True)
        found = _HEAD.rows(name=name)
    row = Stream(**dict(zip(("pk", "name", "length", "head", "seal"), found[0], strict=True)))
    return row, row.length == 0


@Prepared(name=str)
def _HEAD(name: str) -> QuerySet[Any, Any]:  # noqa: N802 - it becomes a question
    """Ask for the head of a chain, and lock it."""
    rows = Stream.objects.select_for_update().filter(name=name)
    return rows.values_list("pk", "name", "length", "head", "seal")


def _append(stream: Stream, links: list[Link]) -> None:
    """Add links and move the head on. A head that is not ours is never sealed: it stays found."""
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
    if len(rows) == 1:
        _ENTRY.row(**{name: getattr(rows[0], name) for name in _COLUMNS})
    else:
        Entry.objects.bulk_create(rows)
    sealed = seal(key, stream.name, length, head) if ours else BROKEN
    with connection.cursor() as cursor:
        cursor.execute(_MOVE, [length, head, sealed, stream.pk])


_ENTRY = Insert(Entry)
_COLUMNS = tuple(one.attname for one in Entry._meta.concrete_fields if not one.primary_key)  # noqa: SLF001 - Django's public name for it
_MOVE = "UPDATE audit_stream SET length = %s, head = %s, seal = %s WHERE id = %s"
