"""What must hold of the purposes of looks: each is what was told, and none is gone before its person."""

from collections.abc import Iterator
from typing import Final

from django.utils.translation import gettext as _

from songnuan.audit.findings import Finding
from songnuan.audit.queries import TrailRow, entries
from songnuan.kernel.sealed import SealBroken, open_text
from songnuan.people import purposes
from songnuan.people.models import Person, PersonStatus
from songnuan.people.statements import ask

_AT_ONCE: Final = 2_000

# The texts as they are stored: what does not open is a finding, not an error.
_STORED: Final = """
SELECT l.id, l.digest, l.purpose FROM people_lookpurpose AS l WHERE l.id > %(after)s
ORDER BY l.id LIMIT %(size)s
"""


def verify() -> Iterator[Finding]:
    """Yield the looks whose purpose is not what the trail tells.

    Codes: `purpose_changed` (not the text whose digest stands in the trail), `purpose_missing` (gone, though
    the person is not erased).
    """
    told = {str(row.facts["digest"]): row for row in _looks() if row.facts.get("digest")}
    seen: set[str] = set()
    for digest, sealed in _stored():
        seen.add(digest)
        row = told.get(digest)
        if row is None or _digest(row, sealed) != digest:
            sentence = _("What this look was for is not what was told.")
            yield Finding("purpose_changed", f"people.lookpurpose:{digest[:12]}", sentence)
    gone = set(Person.objects.filter(status=PersonStatus.ERASED).values_list("key", flat=True))
    for digest in sorted(told.keys() - seen):
        if _key(told[digest]) not in gone:
            sentence = _("What this look was for is not there any more, and the person is not erased.")
            yield Finding("purpose_missing", f"people.lookpurpose:{digest[:12]}", sentence)


def _looks() -> Iterator[TrailRow]:
    before: int | None = None
    while rows := entries(stream="people", action=purposes.LOOK, before=before, size=_AT_ONCE):
        yield from rows
        before = rows[-1].id


def _stored() -> Iterator[tuple[str, str]]:
    after = 0
    while rows := ask(_STORED, {"after": after, "size": _AT_ONCE}):
        for pk, digest, sealed in rows:
            after = pk
            yield digest, sealed


def _digest(row: TrailRow, sealed: str) -> str:
    """Return the digest of what is stored for a look; "" when that does not open."""
    try:
        purpose = open_text(purposes.PLACE, sealed)
    except SealBroken:
        return ""
    return purposes.digest(person_key=_key(row), actor_key=row.actor_key, at=row.at, purpose=purpose)


def _key(row: TrailRow) -> str:
    return row.subject.rpartition(":")[2]
