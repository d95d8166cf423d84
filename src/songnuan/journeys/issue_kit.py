"""Where no visit brings the kits of a plan, units get them straight out of the store and sign for them."""

from collections.abc import Mapping
from datetime import date, datetime
from uuid import UUID

from songnuan.goods import actions as goods
from songnuan.goods.gifts import Handing
from songnuan.goods.models import Kit
from songnuan.jobs import actions as jobs
from songnuan.journeys.base import journey
from songnuan.journeys.issuing import Giving, earlier_of, signed
from songnuan.kernel.actor import Actor
from songnuan.organisation.permissions import Permission
from songnuan.organisation.queries import require


@journey
def issue_kit(
    *,
    kit_id: int,
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
    """Give a unit packs (by id of the item) of its share of a kit; return the issue's id.

    The same `key` again gives nothing twice.

    Raises:
        Refusal: As `goods.actions.issue_kit`.

    """
    plan = Kit.objects.select_related("measure__plan").get(pk=kit_id).measure.plan
    # Before anything is kept: a signature lies on the disk once it is stored.
    require(actor, Permission.DONATION_RECORD, unit_id=plan.unit_id, at=at)
    giving = Giving(unit_id, packs, happened_on, handing, signature, reason_late)
    earlier = earlier_of(giving, about=kit_id, purpose="issue_kit", key=key, actor=actor, at=at)
    if earlier is not None:
        return earlier
    issue = goods.issue_kit(
        kit_id=kit_id,
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
