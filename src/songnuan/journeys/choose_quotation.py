"""From whom is bought: one of the quotations of an approved request is chosen."""

from datetime import datetime

from songnuan.goods.actions import requests
from songnuan.goods.request_queries import find_request
from songnuan.journeys.base import journey
from songnuan.journeys.measures.kit_purchase import terms_of
from songnuan.kernel.actor import Actor


@journey
def choose_quotation(
    *,
    request_id: int,
    quotation_id: int,
    reason: str = "",
    seen: int | None = None,
    actor: Actor,
    at: datetime,
) -> None:
    """Choose the quotation, the actor having seen `seen` as the one chosen before; who chose is kept.

    Raises:
        Refusal: `purchase_request_unknown`, `quotation_unknown`, `quotation_partial`, `above_approved`,
            `quotes_missing`, `reason_missing`, `choice_changed`, `not_permitted`, `wrong_state`.

    """
    requests.choose_quotation(
        request_id=request_id,
        quotation_id=quotation_id,
        reason=reason,
        seen=seen,
        comparing=terms_of(find_request(request_id).kit.measure).comparing,
        actor=actor,
        at=at,
    )
