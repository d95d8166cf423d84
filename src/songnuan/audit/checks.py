"""Verifies the trail: reads every chain again from its first link."""

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from django.db import DatabaseError
from django.utils.translation import gettext as _

from songnuan.audit.chain import FIRST, Link, digest, seal
from songnuan.audit.findings import Finding
from songnuan.audit.models import Entry, Stream
from songnuan.audit.record import BIRTH, ROOT
from songnuan.kernel.keys import keys

_PORTION = 2000
# What reading a cell raises that was overwritten with something that is no value of its column.
_UNREADABLE = (DatabaseError, ValueError, TypeError, AttributeError, OverflowError)


def verify(
    stream: str | None = None, *, expected: str = "", read: Callable[[int], object] | None = None
) -> list[Finding]:
    """Return what is wrong with the trail, or with one stream of it; empty when all agrees.

    What is written meanwhile is no fault: the heads are read at one moment, each chain up to its head.

    Args:
        stream: The one stream to read; all when left out.
        expected: A subject that must stand in the trail, see `founded`.
        read: Told how many rows of the chains more were read, a portion at a time.

    Codes: `stream_missing` (announced or asked for, not there), `stream_restarted` (announced again
    after it was removed), `stream_unannounced`, `trail_missing` (the stream of announcements is gone),
    `row_removed`, `row_reordered`, `row_changed`, `head_differs`, `head_forged`.

    """
    rows = _streams()
    asked = rows if stream is None else [row for row in rows if row.name == stream]
    findings = [finding for row in asked for finding in _stream(row, read)]
    findings += _announcements(rows, stream)
    if expected:
        findings += founded(expected)
    return findings


def founded(subject: str) -> list[Finding]:
    """Return `trail_missing` unless an entry on `subject`, such as the installation itself, is there.

    An emptied trail that goes on with the next act has nothing else to be told by.
    """
    if Entry.objects.filter(subject=subject, stream__name__gt="").exists():
        return []
    sentence = _("The trail does not reach back to the day this installation was set up: it was removed.")
    return [Finding("trail_missing", ROOT, sentence, {"subject": subject})]


def _announcements(streams: list[Stream], only: str | None) -> Iterator[Finding]:
    present = {row.name for row in streams}
    root = next((row for row in streams if row.name == ROOT), None)
    if root is None and (streams or _orphaned()):
        yield Finding("trail_missing", ROOT, _("The stream that announces all others was removed."))
    announced = Counter(
        place.entry.subject
        for place in (_places(root, _length(root)) if root else ())
        if place.entry is not None and place.entry.action == BIRTH
    )
    names = present | announced.keys() if only is None else {only}
    for name in sorted(names, key=str):
        if name not in present and announced[name]:
            yield Finding("stream_missing", name, _("The whole stream was removed."))
        elif name not in present:
            yield Finding("stream_missing", name, _("There is no stream of this name."))
        elif root and name != ROOT and not announced[name]:
            yield Finding("stream_unannounced", name, _("This stream was never announced."))
        if announced[name] > 1:
            sentence = _("This stream was begun %(count)s times: what it held before was removed.")
            facts: dict[str, str | int | None] = {"count": announced[name]}
            yield Finding("stream_restarted", name, sentence % facts, facts)


def _orphaned() -> bool:
    """Return whether there are entries and no stream at all; entries first, as they never come first."""
    return Entry.objects.exists() and not Stream.objects.exists()


# One stream --------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Place:
    """A row and its number in the stream; no entry where a cell of it cannot be read any more."""

    row: int
    seq: int
    entry: Entry | None


def _stream(stream: Stream, read: Callable[[int], object] | None) -> Iterator[Finding]:
    length = _length(stream)
    expected, row, rising = 1, 0, True
    previous: str | None = FIRST
    for place in _places(stream, length, read):
        yield from _link_faults(stream.name, place, expected, previous)
        rising = rising and place.row > row
        expected, row = place.seq + 1, place.row
        previous = place.entry.digest if place.entry else None
    if not rising:
        yield Finding(
            "row_reordered", stream.name, _("Rows of this stream stand in another order than written.")
        )
    yield from _head_faults(stream, length, expected - 1, previous)


def _link_faults(name: str, place: _Place, expected: int, previous: str | None) -> Iterator[Finding]:
    """Compare one link with what went before; `previous` is None after a row that cannot be read."""
    where = f"{name} #{place.seq}"
    facts: dict[str, str | int | None] = {"row": place.row}
    entry = place.entry
    if place.seq > expected:
        sentence = _("%(count)s rows are missing before this one.") % {"count": place.seq - expected}
        yield Finding("row_removed", where, sentence, {**facts, "expected": expected})
    elif place.seq < expected or (entry and previous is not None and entry.previous != previous):
        yield Finding("row_reordered", where, _("This row does not follow the one before it."), facts)
    if entry is None:
        yield Finding("row_changed", where, _("This row was changed and cannot be read any more."), facts)
    elif _digest(name, entry) != entry.digest:
        yield Finding("row_changed", where, _("This row was changed after it was written."), facts)


def _head_faults(stream: Stream, length: int, last: int, previous: str | None) -> Iterator[Finding]:
    sentence = _("The stream should have %(length)s rows and ends at row %(last)s.")
    facts: dict[str, str | int | None] = {"length": length, "last": last}
    if length > last:
        yield Finding("row_removed", stream.name, sentence % facts, facts)
    elif previous is not None and stream.head != previous:
        yield Finding("head_differs", stream.name, _("The stream does not end as its head says."), facts)
    newest = stream.entries.filter(seq__gt=length).order_by("-seq").values_list("seq", flat=True).first()
    if newest is not None and not _covered(stream, newest):
        facts["last"] = newest
        yield Finding("head_differs", stream.name, sentence % facts, facts)
    if not _sealed(stream):
        yield Finding(
            "head_forged", stream.name, _("The head of this stream was not written by this installation.")
        )


def _covered(stream: Stream, newest: int) -> bool:
    """Return whether an act moved the head on meanwhile, so that it reaches to the row `newest`."""
    fresh = Stream.objects.filter(pk=stream.pk).first()
    return fresh is not None and _whole(newest) and newest <= _length(fresh) and _sealed(fresh)


def _sealed(stream: Stream) -> bool:
    return stream.seal == seal(keys().trail, stream.name, stream.length, stream.head)


def _length(stream: Stream) -> int:
    return stream.length if _whole(stream.length) else 0


def _whole(value: object) -> bool:
    # SQLite keeps text in a column of numbers, when somebody puts it there.
    return isinstance(value, int)


def _digest(name: str, entry: Entry) -> str | None:
    """Return the digest that the entry should have; None when what was written could not be this."""
    link = Link(
        at=entry.at,
        entered_at=entry.entered_at,
        actor_key=entry.actor_key,
        actor_label=entry.actor_label,
        action=entry.action,
        subject=entry.subject,
        facts=entry.facts,
    )
    try:
        return digest(keys().trail, name, entry.seq, entry.previous, link)
    except _UNREADABLE:
        return None


# Reading -----------------------------------------------------------------------------------------


def _streams() -> list[Stream]:
    """Return all heads as of one moment."""
    return list(Stream.objects.order_by("name"))


def _places(stream: Stream, length: int, read: Callable[[int], object] | None = None) -> Iterator[_Place]:
    """Yield the rows of a stream up to `length` by their number, a portion in memory at a time."""
    rows = stream.entries.filter(seq__lte=length).order_by("seq")
    portion = list(rows.values_list("pk", "seq")[:_PORTION])
    while portion:
        entries = _entries([row for row, _seq in portion])
        for row, seq in portion:
            yield _Place(row, seq, entries.get(row))
        if read is not None:
            read(len(portion))
        portion = list(rows.filter(seq__gt=portion[-1][1]).values_list("pk", "seq")[:_PORTION])


def _entries(rows: list[int]) -> dict[int, Entry]:
    """Return the entries of these rows, those left out that cannot be read."""
    try:
        return Entry.objects.in_bulk(rows)
    except _UNREADABLE:
        if len(rows) == 1:
            return {}
        middle = len(rows) // 2
        return _entries(rows[:middle]) | _entries(rows[middle:])
