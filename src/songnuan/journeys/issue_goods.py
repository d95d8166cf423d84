"""The office gives donated goods out of the store to a unit, which signs for them."""

from collections.abc import Mapping
from datetime import date, datetime
from uuid import UUID

from songnuan.goods import actions as goods
from songnuan.goods.gifts import Handing
from songnuan.jobs import actions as jobs
from songnuan.journeys.base import journey
from songnuan.journeys.issuing import Giving, earlier_of, signed
from songnuan.kernel.actor import Actor
from songnuan.organisation.permissions import Permission
from songnuan.organisation.queries import require
from songnuan.plans.models import Plan


@journey
def issue_goods(
    *,
    plan_id: int,
    unit_id: int,
    packs: Mapping[int, int],
    happened_on: date,
    handing: Handing,
    signature: bytes,
    reason_late: str,
    key: UUID,
    actor: Actor,
    at: datetime,
) -> int:
    """Give packs (by id of the item) to a unit, of each item what expires first; return the issue's id.

    The same `key` again gives nothing twice.

    Raises:
        Refusal: What `gifts.examine_issue` finds, `unit_unknown`, `stock_short`, `stock_expired`,
            `not_permitted`.

    """
    plan = Plan.objects.get(pk=plan_id)
    # Before anything is kept: a signature lies on the disk once it is stored.
    require(actor, Permission.DONATION_RECORD, unit_id=plan.unit_id, at=at)
    giving = Giving(unit_id, packs, happened_on, handing, signature, reason_late)
    earlier = earlier_of(giving, about=plan_id, purpose="issue_goods", key=key, actor=actor, at=at)
    if earlier is not None:
        return earlier
    issue = goods.issue_goods(
        plan_id=plan_id,
        unit_id=unit_id,
        packs=packs,
        happened_on=happened_on,
        handing=signed(giving, actor=actor, at=at),
        reason_late=reason_late,
        actor=actor,
        at=at,
    )
    jobs.settle(key=key, result=str(issue.pk))
    return issue.pk
