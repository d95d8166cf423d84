"""Invariants of requests and acts."""

from django.db.models import Count, Q
from django.utils.translation import gettext as _

from songnuan.approvals.models import Request, RequestStatus, Verb
from songnuan.audit.findings import Finding


def verify() -> list[Finding]:
    """Return requests whose acts do not tell their story.

    Codes: `request_without_maker` (no one stands behind it), `request_undecided` (approved or
    returned without the act), `request_decided_twice` (more than one decision, or one while pending).
    """
    counted = Request.objects.annotate(
        makers=Count("acts", filter=Q(acts__verb=Verb.REQUEST)),
        approvals=Count("acts", filter=Q(acts__verb=Verb.APPROVE)),
        returns=Count("acts", filter=Q(acts__verb=Verb.RETURN)),
    ).order_by("pk")
    findings = []
    for pk, status, makers, approvals, returns in counted.values_list(
        "pk", "status", "makers", "approvals", "returns"
    ).iterator():
        where = f"approvals.request:{pk}"
        if makers != 1:
            findings.append(Finding("request_without_maker", where, _("The request has no single maker.")))
        decisions = approvals + returns
        expected = approvals if status == RequestStatus.APPROVED else returns
        if status != RequestStatus.PENDING and expected == 0:
            findings.append(
                Finding("request_undecided", where, _("Nobody's act stands behind the decision."))
            )
        if decisions > (status != RequestStatus.PENDING):
            findings.append(Finding("request_decided_twice", where, _("The acts say more than the status.")))
    return findings
