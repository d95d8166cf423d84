"""The office records what was given for a plan: into its store, or straight to a unit that signs for it."""

from dataclasses import replace
from datetime import datetime
from uuid import UUID

from songnuan.audit.chain import canonical
from songnuan.goods import actions as goods
from songnuan.goods.gifts import Gift
from songnuan.jobs import actions as jobs
from songnuan.journeys.base import journey
from songnuan.kernel.actor import Actor
from songnuan.kernel.bulk import digest_rows
from songnuan.organisation.permissions import Permission
from songnuan.organisation.queries import require
from songnuan.plans.models import Plan
from songnuan.records import actions as records


@journey
def record_donation(
    *, plan_id: int, gift: Gift, signature: bytes, key: UUID, actor: Actor, at: datetime
) -> int:
    """Record a donation under the next number of the plan's store, and return its id.

    `signature` is a picture (PNG), empty where the receiver confirms by name. The same `key` again returns
    the same donation.

    Raises:
        Refusal: What `gifts.examine_gift` finds, `unit_unknown`, `not_permitted`.

    """
    plan = Plan.objects.get(pk=plan_id)
    # Before anything is kept: a signature lies on the disk once it is stored.
    require(actor, Permission.DONATION_RECORD, unit_id=plan.unit_id, at=at)
    digest = _digest(plan_id, gift, signature)
    earlier = jobs.receive(key=key, purpose="record_donation", body_digest=digest, actor=actor, at=at)
    if earlier is not None:
        return int(earlier)
    if signature:
        kept = records.store_file(
            content=signature, name="signature.png", media_type="image/png", actor=actor, at=at
        )
        gift = replace(gift, handing=replace(gift.handing, signature_id=kept.pk))
    number = records.next_number(name=f"donation:{plan_id}")
    donation = goods.record_donation(plan_id=plan_id, number=number, gift=gift, actor=actor, at=at)
    jobs.settle(key=key, result=str(donation.pk))
    return donation.pk


def _digest(plan_id: int, gift: Gift, signature: bytes) -> str:
    lines = [
        [
            line.item,
            line.specification,
            line.packing,
            line.quantity,
            line.unit_value_minor,
            line.number,
            str(line.expires_on),
        ]
        for line in gift.lines
    ]
    head = [
        gift.donor,
        gift.donor_kind,
        gift.donated_on.isoformat(),
        gift.valuation,
        gift.unit_id or 0,
        gift.handing.receiver_name,
        gift.handing.confirmed_by_name,
        gift.reason_late,
    ]
    return digest_rows([(plan_id, canonical(head), canonical(lines), signature.hex())])
