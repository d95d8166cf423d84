"""What must always hold of the versions of the impact assessment."""

from collections.abc import Iterator
from typing import Final

from django.utils.translation import gettext as _

from songnuan.audit.findings import Finding
from songnuan.audit.queries import entries
from songnuan.people.assessment import digest
from songnuan.people.models import Assessment

_ALL: Final = 10_000  # more versions than will ever be


def verify() -> Iterator[Finding]:
    """Yield the versions that are not as they were signed.

    Codes: `assessment_changed` (a row does not agree with its digest, or with the trail's),
    `assessment_missing` (a version that the trail knows is not there).
    """
    signed = {
        row.subject.rpartition(":")[2]: row.facts.get("digest")
        for row in entries(stream="people", action="people.sign_assessment", size=_ALL)
    }
    numbers = set()
    for row in Assessment.objects.order_by("number").iterator():
        numbers.add(str(row.number))
        own = digest(
            number=row.number,
            facts=row.facts,
            judgement=row.judgement,
            made_by=row.made_by_id,
            made_at=row.made_at,
        )
        if not own == row.digest == signed.get(str(row.number)):
            sentence = _("This version of the impact assessment is not what was signed.")
            yield Finding("assessment_changed", f"people.assessment:{row.number}", sentence)
    for number in sorted(signed.keys() - numbers, key=int):
        sentence = _("This version of the impact assessment was signed, and is not there.")
        yield Finding("assessment_missing", f"people.assessment:{number}", sentence)
