"""Proves requests anew. Returns what does not agree; empty when all does."""

from collections.abc import Iterator

from django.db.models import Count, F, Q, Sum
from django.utils.translation import gettext as _

from songnuan.audit.findings import Finding
from songnuan.funds.queries import held_by
from songnuan.goods.models import PurchaseRequest, RequestStatus
from songnuan.goods.request_queries import asked_of, digest_of, subject_of
from songnuan.kernel.money import yuan


def verify() -> list[Finding]:
    """Return what is wrong with the requests.

    Codes: `request_differs` (its lines are not what was approved), `request_unfunded` (an approved one whose
    money is not set aside), `request_unbought` (a bought one without its one purchase).
    """
    standing = Count("purchases", filter=Q(purchases__cancelled_at__isnull=True), distinct=True)
    rows = PurchaseRequest.objects.select_related("commitment").order_by("pk")
    return [finding for row in rows.annotate(standing=standing).iterator() for finding in _one(row)]


def _one(row: PurchaseRequest) -> Iterator[Finding]:
    where = subject_of(row.pk)
    of_lines = row.lines.aggregate(total=Sum(F("quantity") * F("most_minor")))["total"] or 0
    if of_lines != row.total_minor or digest_of(row.kit_id, asked_of(row.pk)) != row.digest:
        sentence = _("The request is for %(total)s yuan, its lines say %(lines)s or something else.")
        figures = {"total": yuan(row.total_minor), "lines": yuan(of_lines)}
        facts: dict[str, str | int | None] = {"total_minor": row.total_minor, "lines_minor": of_lines}
        yield Finding("request_differs", where, sentence % figures, facts)
    if row.status == RequestStatus.APPROVED and not _is_funded(row):
        sentence = _("The request is approved, and its money is not set aside in the fund.")
        yield Finding("request_unfunded", where, sentence, {"commitment": row.commitment_id})
    bought = getattr(row, "standing", 0)
    if bought != (row.status == RequestStatus.BOUGHT):
        sentence = _("The request says whether it was bought, the purchases say otherwise.")
        yield Finding("request_unbought", where, sentence, {"count": bought})


def _is_funded(row: PurchaseRequest) -> bool:
    entry = row.commitment
    return (
        entry is not None
        and entry.fund_id == row.fund_id
        and entry.subject == subject_of(row.pk)
        and held_by(entry.pk) == row.total_minor
    )
