"""Reads what people were looked at in full for."""

from collections.abc import Collection, Iterable

from songnuan.audit.queries import TrailRow
from songnuan.kernel.bulk import chunks
from songnuan.people.models import LookPurpose, Person, PersonStatus
from songnuan.people.purposes import LOOK

_IN = 500


def purposes_of(rows: Iterable[TrailRow]) -> dict[int, str]:
    """Return what each look was for, by the id of its entry in the trail; "" where that is erased.

    Entries from before the texts had a table of their own hold them themselves.
    """
    looks = [row for row in rows if row.action == LOOK]
    digests = {row.id: str(row.facts.get("digest", "")) for row in looks}
    texts: dict[str, str] = {}
    for some in chunks(sorted(set(digests.values())), _IN):
        texts |= dict(LookPurpose.objects.filter(digest__in=some).values_list("digest", "purpose"))
    return {row.id: texts.get(digests[row.id]) or str(row.facts.get("purpose", "")) for row in looks}


def erased_among(keys: Collection[str]) -> set[str]:
    """Return the keys of those among persons who are erased: they have no page any more."""
    gone = Person.objects.filter(key__in=set(keys), status=PersonStatus.ERASED)
    return set(gone.values_list("key", flat=True))
