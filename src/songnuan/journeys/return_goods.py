"""What came damaged or wrong goes back to the supplier, who has to send it once more."""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from songnuan.audit.chain import canonical
from songnuan.funds.holding import lock as lock_fund
from songnuan.goods import actions as goods
from songnuan.jobs import actions as jobs
from songnuan.journeys.base import journey
from songnuan.journeys.cancel_purchase import find_purchase
from songnuan.kernel.actor import Actor
from songnuan.kernel.bulk import digest_rows
from songnuan.organisation.permissions import Permission
from songnuan.organisation.queries import require


@journey
def return_goods(
    *,
    purchase_id: int,
    packs: Mapping[int, int],
    reason: str,
    key: UUID,
    actor: Actor,
    at: datetime,
    seen: int | None = None,
) -> int:
    """Send packs of a purchase back, by id of the lot, and return the movement's id.

    The same `key` again sends nothing twice. `seen` is the last movement of the purchase's goods that the
    page showed, so that a page that is out of date sends nothing twice either.

    Raises:
        Refusal: `purchase_unknown`, `reason_missing`, `lot_unknown`, `more_than_bought`, `stock_short`,
            `fund_closed`, `goods_moved` …

    """
    purchase = find_purchase(purchase_id)
    require(actor, Permission.PURCHASE_RECORD, unit_id=purchase.fund.plan.unit_id, at=at)
    digest = digest_rows([(purchase_id, canonical(sorted(packs.items())), reason)])
    earlier = jobs.receive(key=key, purpose="return_goods", body_digest=digest, actor=actor, at=at)
    if earlier is not None:
        return int(earlier)
    lock_fund(purchase.fund_id)  # its closing counts what is to come as lost
    movement = goods.send_back(
        purchase_id=purchase_id, packs=packs, reason=reason, seen=seen, actor=actor, at=at
    )
    jobs.settle(key=key, result=str(movement.pk))
    return movement.pk
