"""What others read of requests and acts."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import OuterRef, QuerySet, Subquery

from songnuan.approvals.models import Act, Request, RequestStatus, Verb
from songnuan.approvals.rules import KINDS
from songnuan.kernel.actor import Actor
from songnuan.organisation.queries import scope


@dataclass(frozen=True, slots=True)
class RequestRow:
    """One request; `requested_by` is the maker's name, `requested_at` since when it waits."""

    request_id: int
    kind: str
    subject: str
    title: str
    digest: str
    unit_id: int
    status: str
    requested_at: datetime
    requested_by: str


@dataclass(frozen=True, slots=True)
class ActRow:
    """What one person did about a request."""

    request_id: int
    person_id: int
    person_name: str
    verb: str
    at: datetime
    remark: str


def pending_for(actor: Actor, at: datetime) -> list[RequestRow]:
    """Return the requests the actor may act on, those waiting longest first.

    The actor holds the approver's permission over the request's unit and has not acted on it; so a
    maker never finds the own request here.
    """
    if actor.user_id is None:
        return []
    rows: list[RequestRow] = []
    for name, kind in KINDS.items():
        waiting = Request.objects.filter(
            kind=name, status=RequestStatus.PENDING, unit__in=scope(actor, kind.approve, at).values("pk")
        ).exclude(acts__person_id=actor.user_id)
        rows += _rows(waiting)
    return sorted(rows, key=lambda row: (row.requested_at, row.request_id))


def latest(subject: str) -> Request | None:
    """Return the newest request about `subject`, or None when there never was one."""
    return Request.objects.filter(subject=subject).order_by("-pk").first()


def acts(subject: str) -> Sequence[ActRow]:
    """Return everything that was done about `subject`, over all its requests, oldest first."""
    found = Act.objects.filter(request__subject=subject).select_related("person").order_by("pk")
    return [
        ActRow(
            request_id=act.request_id,
            person_id=act.person_id,
            person_name=act.person.name,
            verb=act.verb,
            at=act.at,
            remark=act.remark,
        )
        for act in found
    ]


def _rows(requests: QuerySet[Request]) -> list[RequestRow]:
    maker = Act.objects.filter(request=OuterRef("pk"), verb=Verb.REQUEST).values("person__name")[:1]
    return [
        RequestRow(
            request_id=row["pk"],
            kind=row["kind"],
            subject=row["subject"],
            title=row["title"],
            digest=row["digest"],
            unit_id=row["unit_id"],
            status=row["status"],
            requested_at=row["requested_at"],
            requested_by=row["maker"] or "",
        )
        for row in requests.annotate(maker=Subquery(maker)).values(
            "pk", "kind", "subject", "title", "digest", "unit_id", "status", "requested_at", "maker"
        )
    ]
