"""What must hold of what was decided about households: each is what was written, none is gone too early."""

from collections.abc import Iterator
from typing import Final

from django.utils.translation import gettext as _

from songnuan.audit.findings import Finding
from songnuan.audit.queries import TrailRow, entries
from songnuan.kernel.sealed import SealBroken, open_text
from songnuan.people import household_notes
from songnuan.people.models import Person, PersonStatus
from songnuan.people.statements import ask

_AT_ONCE: Final = 2_000

# The texts as they are stored: what does not open is a finding, not an error.
_STORED: Final = """
SELECT n.id, n.digest, n.text FROM people_householdnote AS n WHERE n.id > %(after)s
ORDER BY n.id LIMIT %(size)s
"""


def verify() -> Iterator[Finding]:
    """Yield the decisions that are not what the trail tells.

    Codes: `household_note_changed` (not the text whose digest stands in the trail), `household_note_missing`
    (gone, though the three persons are there, each one's own).
    """
    told = {str(row.facts["digest"]): row for row in _acts()}
    seen: set[str] = set()
    for digest, sealed in _stored():
        seen.add(digest)
        row = told.get(digest)
        if row is None or _digest(row, sealed) != digest:
            sentence = _("What was decided about a household is not what was written.")
            yield Finding("household_note_changed", f"people.householdnote:{digest[:12]}", sentence)
    missing = sorted(told.keys() - seen)
    gone, merged = _absent()
    for digest in missing:
        keys = {merged.get(key, key) for key in _keys(told[digest])}
        if len(keys) == len(_keys(told[digest])) and not keys & gone:
            sentence = _("What was decided about a household is gone, and its three persons are still there.")
            yield Finding("household_note_missing", f"people.householdnote:{digest[:12]}", sentence)


def _acts() -> Iterator[TrailRow]:
    before: int | None = None
    while rows := entries(stream="people", action=household_notes.NOTE, before=before, size=_AT_ONCE):
        yield from rows
        before = rows[-1].id


def _stored() -> Iterator[tuple[str, str]]:
    after = 0
    while rows := ask(_STORED, {"after": after, "size": _AT_ONCE}):
        for pk, digest, sealed in rows:
            after = pk
            yield digest, sealed


def _absent() -> tuple[set[str], dict[str, str]]:
    """Return the keys of the erased, and of the merged with whom they lead to."""
    gone = Person.objects.filter(status=PersonStatus.ERASED).values_list("key", flat=True)
    merged = Person.objects.filter(status=PersonStatus.MERGED).values_list("key", "merged_into__key")
    return set(gone), dict(merged)


def _digest(row: TrailRow, sealed: str) -> str:
    """Return the digest of what is stored for an act; "" when that does not open."""
    try:
        text = open_text(household_notes.PLACE, sealed)
    except SealBroken:
        return ""
    return household_notes.digest(keys=_keys(row), actor_key=row.actor_key, at=row.at, text=text)


def _keys(row: TrailRow) -> tuple[str, ...]:
    child = row.subject.rpartition(":")[2]
    return (child, str(row.facts["one_parent"]), str(row.facts["other_parent"]))
