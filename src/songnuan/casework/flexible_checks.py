"""What must hold of flexible work: each request is what was frozen, and stands where its decisions put it."""

from collections.abc import Iterator
from typing import Final

from django.utils.translation import gettext as _

from songnuan.audit.findings import Finding
from songnuan.casework.flexible_freezing import SEALED, digest_of, sealed_digest_of
from songnuan.casework.flexible_models import FlexibleRequest, FlexibleStatus, FlexibleVerb
from songnuan.casework.flexible_queries import acts_of
from songnuan.casework.flexible_rules import flexible_number, subject_of
from songnuan.kernel.sealed import SealBroken

_AT_ONCE: Final = 500
_DECIDED: Final = {
    FlexibleStatus.APPROVED.value: (True, False),
    FlexibleStatus.ENDED.value: (True, True),
}
"""Whether a request in this state began, and was ended."""


def verify() -> Iterator[Finding]:
    """Yield the requests that are not what they were.

    Codes: `flexible_changed` (not what its digest is over), `flexible_undecided` (its state is not that of
    its decisions).
    """
    after = 0
    # What does not open is a finding, not an error: what is sealed is read by itself.
    rows = FlexibleRequest.objects.select_related("person").defer(*SEALED).order_by("pk")
    while found := list(rows.filter(pk__gt=after).prefetch_related("dependants__person")[:_AT_ONCE]):
        acts = acts_of(found)
        for row in found:
            if not _is_frozen(row):
                sentence = _("%(number)s is not what was asked for.")
                yield _finding("flexible_changed", row, sentence)
            verbs = {act.verb for act in acts[row.pk]}
            told = (FlexibleVerb.BEGIN in verbs, FlexibleVerb.END in verbs)
            if told != _DECIDED.get(row.status, (False, False)):
                sentence = _("%(number)s does not stand where its decisions put it.")
                yield _finding("flexible_undecided", row, sentence)
        after = found[-1].pk


def _is_frozen(row: FlexibleRequest) -> bool:
    told = [(one.person.key, one.kind) for one in row.dependants.all()]
    if digest_of(row, row.person.key, told) != row.digest:
        return False
    try:
        row.refresh_from_db(fields=SEALED)
        is_erased = not any(getattr(row, name) for name in SEALED)
        return is_erased or sealed_digest_of(row) == row.sealed_digest
    except SealBroken:
        return False


def _finding(code: str, row: FlexibleRequest, sentence: str) -> Finding:
    return Finding(code, subject_of(row.pk), sentence % {"number": flexible_number(row.number)})
