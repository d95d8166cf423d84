"""A request for a purchase is taken back while it waits, or withdrawn once it was approved."""

from datetime import datetime

from songnuan.approvals import actions as approvals
from songnuan.funds import actions as funds
from songnuan.goods.actions import requests
from songnuan.goods.models import RequestStatus
from songnuan.goods.request_queries import find_request
from songnuan.journeys.base import journey
from songnuan.journeys.purchase_requests import approval_of, page_of
from songnuan.journeys.tell_of_approval import tell_maker
from songnuan.kernel.actor import Actor
from songnuan.kernel.clock import CHINA
from songnuan.organisation.permissions import Permission
from songnuan.organisation.queries import require


@journey
def withdraw_purchase_request(*, request_id: int, remark: str = "", actor: Actor, at: datetime) -> None:
    """End a request: what its approval set aside is available again.

    Args:
        request_id: The request.
        remark: Why; needed once it was approved, and of whoever did not ask for it.
        actor: While it waits, who asked or whoever signs for the unit; once approved, whoever buys.
        at: When.

    Raises:
        Refusal: `purchase_request_unknown`, `not_the_maker`, `not_permitted`, `remark_missing`,
            `reason_missing`, `wrong_state` once it is over, or bought.

    """
    row = find_request(request_id)
    if row.status == RequestStatus.APPROVED and row.commitment_id is not None:
        require(actor, Permission.PURCHASE_RECORD, unit_id=row.kit.measure.plan.unit_id, at=at)
        funds.release(
            entry_id=row.commitment_id,
            reason=remark,
            happened_on=at.astimezone(CHINA).date(),
            actor=actor,
            at=at,
        )
        requests.withdraw_request(request_id=row.pk, reason=remark, actor=actor, at=at)
        return
    answered = approvals.withdraw(request_id=approval_of(row).pk, remark=remark, actor=actor, at=at)
    requests.end_request(request_id=row.pk, actor=actor, at=at)
    tell_maker(answered, page_of(row), actor=actor, at=at)
