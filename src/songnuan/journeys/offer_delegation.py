"""Somebody hands the own office to another for some days, who is told and has to accept it."""

from datetime import date, datetime
from uuid import UUID

from django.utils.translation import gettext as _

from songnuan.approvals import actions as approvals
from songnuan.jobs import actions as jobs
from songnuan.journeys.base import journey
from songnuan.journeys.telling import tell
from songnuan.kernel.actor import Actor
from songnuan.kernel.bulk import digest_rows
from songnuan.kernel.days import written
from songnuan.organisation.models import User


@journey
def offer_delegation(
    *,
    delegate_id: int,
    permission: str,
    unit_id: int,
    starts_on: date,
    last_day: date,
    reason: str,
    key: UUID,
    actor: Actor,
    at: datetime,
) -> int:
    """Offer the delegation and return its number; the same `key` again, the same delegation.

    Raises:
        Refusal: `not_permitted`, `posts_incompatible`, `delegation_stands`, or what is wrong with an entry.

    """
    told = (delegate_id, permission, unit_id, starts_on, last_day, reason)
    earlier = jobs.receive(
        key=key, purpose="offer_delegation", body_digest=digest_rows([told]), actor=actor, at=at
    )
    if earlier is not None:
        return int(earlier)
    row = approvals.offer_delegation(
        delegate_id=delegate_id,
        permission=permission,
        unit_id=unit_id,
        starts_on=starts_on,
        last_day=last_day,
        reason=reason,
        actor=actor,
        at=at,
    )

    def say() -> tuple[str, str]:
        title = _("%(person)s asks you to act in their stead") % {"person": actor.label}
        body = _("From %(first)s to %(last)s. It counts once you accept it.")
        return title, body % {"first": written(starts_on), "last": written(last_day)}

    tell(
        User.objects.filter(pk=delegate_id),
        say,
        topic="delegation.offered",
        key=f"delegation:{row.pk}:offered",
        url="/approvals/delegations/",
        actor=actor,
        at=at,
    )
    jobs.settle(key=key, result=str(row.pk))
    return row.pk
