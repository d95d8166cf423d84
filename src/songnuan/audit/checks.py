"""Verifies the trail: reads every chain again from its first link."""

from collections.abc import Iterator

from django.utils.translation import gettext as _

from songnuan.audit.chain import FIRST, Link, digest, seal
from songnuan.audit.findings import Finding
from songnuan.audit.models import Entry, Stream
from songnuan.audit.record import ROOT
from songnuan.kernel.keys import keys


def verify(stream: str | None = None) -> list[Finding]:
    """Return what is wrong with the trail, or with one stream of it; empty when all agrees.

    Codes: `stream_missing` (announced, no longer there), `row_removed`, `row_reordered`,
    `row_changed`, `head_differs`, `head_forged`.
    """
    rows = Stream.objects.order_by("name")
    if stream is not None:
        rows = rows.filter(name=stream)
    findings = [finding for row in rows.iterator() for finding in _stream(row)]
    if stream is None:
        findings += _missing()
    return findings


def _missing() -> Iterator[Finding]:
    announced = Entry.objects.filter(stream__name=ROOT, action="audit.stream").values_list(
        "subject", flat=True
    )
    present = set(Stream.objects.values_list("name", flat=True))
    for name in announced.iterator():
        if name not in present:
            yield Finding("stream_missing", name, _("The whole stream was removed."))


def _stream(stream: Stream) -> Iterator[Finding]:
    expected, previous = 1, FIRST
    last = stream.entries.order_by("id").values_list("seq", flat=True)
    in_order = True
    before = 0
    for seq in last.iterator():
        in_order = in_order and seq > before
        before = seq
    for entry in stream.entries.order_by("seq").iterator(chunk_size=2000):
        where = f"{stream.name} #{entry.seq}"
        if entry.seq != expected:
            sentence = _("%(count)s rows are missing before this one.") % {"count": entry.seq - expected}
            yield Finding("row_removed", where, sentence, {"row": entry.pk, "expected": expected})
        elif entry.previous != previous:
            yield Finding(
                "row_reordered", where, _("This row does not follow the one before it."), {"row": entry.pk}
            )
        if digest(stream.name, entry.seq, entry.previous, _link(entry)) != entry.digest:
            yield Finding(
                "row_changed", where, _("This row was changed after it was written."), {"row": entry.pk}
            )
        expected, previous = entry.seq + 1, entry.digest
    if not in_order:
        yield Finding(
            "row_reordered", stream.name, _("Rows of this stream stand in another order than written.")
        )
    if (stream.length, stream.head) != (expected - 1, previous):
        sentence = _("The stream should have %(length)s rows and ends at row %(last)s.")
        facts: dict[str, str | int | None] = {"length": stream.length, "last": expected - 1}
        yield Finding(
            "row_removed" if stream.length > expected - 1 else "head_differs",
            stream.name,
            sentence % facts,
            facts,
        )
    if stream.seal != seal(keys().trail, stream.name, stream.length, stream.head):
        yield Finding(
            "head_forged", stream.name, _("The head of this stream was not written by this installation.")
        )


def _link(entry: Entry) -> Link:
    return Link(
        at=entry.at,
        entered_at=entry.entered_at,
        actor_key=entry.actor_key,
        actor_label=entry.actor_label,
        action=entry.action,
        subject=entry.subject,
        facts=entry.facts,
    )
