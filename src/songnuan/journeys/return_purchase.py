"""Whoever's turn it is sends a request for a purchase back with remarks."""

from datetime import datetime

from songnuan.approvals import actions as approvals
from songnuan.goods.actions import requests
from songnuan.goods.request_queries import find_request
from songnuan.journeys.base import journey
from songnuan.journeys.purchase_requests import approval_of, page_of
from songnuan.journeys.tell_of_approval import tell_holder, tell_maker
from songnuan.kernel.actor import Actor


@journey
def return_purchase(
    *, request_id: int, digest: str, remark: str, step: int | None = None, actor: Actor, at: datetime
) -> None:
    """Return the request to who asked, saying what is to be changed; what is asked anew has a new number.

    Raises:
        Refusal: `purchase_request_unknown`, `already_acted`, `remark_missing`, `subject_changed`,
            `not_permitted`, `not_your_turn`, `step_passed`, `wrong_state`.

    """
    row = find_request(request_id)
    answered = approvals.return_(
        request_id=approval_of(row).pk, digest=digest, remark=remark, step=step, actor=actor, at=at
    )
    requests.end_request(request_id=row.pk, actor=actor, at=at)
    tell_maker(answered, page_of(row), actor=actor, at=at)
    tell_holder(answered, page_of(row), actor=actor, at=at)
