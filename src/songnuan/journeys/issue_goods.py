"""The office gives donated goods out of the store to a unit, which signs for them."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime
from uuid import UUID

from songnuan.audit.chain import canonical
from songnuan.goods import actions as goods
from songnuan.goods.gifts import Handing
from songnuan.jobs import actions as jobs
from songnuan.journeys.base import journey
from songnuan.kernel.actor import Actor
from songnuan.kernel.bulk import digest_rows
from songnuan.organisation.permissions import Permission
from songnuan.organisation.queries import require
from songnuan.plans.models import Plan
from songnuan.records import actions as records


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
    head = [happened_on.isoformat(), handing.receiver_name, handing.confirmed_by_name, reason_late]
    told = (plan_id, unit_id, canonical(sorted(packs.items())), canonical(head), signature.hex())
    earlier = jobs.receive(
        key=key, purpose="issue_goods", body_digest=digest_rows([told]), actor=actor, at=at
    )
    if earlier is not None:
        return int(earlier)
    if signature:
        kept = records.store_file(
            content=signature, name="signature.png", media_type="image/png", actor=actor, at=at
        )
        handing = replace(handing, signature_id=kept.pk)
    issue = goods.issue_goods(
        plan_id=plan_id,
        unit_id=unit_id,
        packs=packs,
        happened_on=happened_on,
        handing=handing,
        reason_late=reason_late,
        actor=actor,
        at=at,
    )
    jobs.settle(key=key, result=str(issue.pk))
    return issue.pk
