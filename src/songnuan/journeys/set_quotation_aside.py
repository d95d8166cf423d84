"""A quotation that was entered wrongly is set aside."""

from datetime import datetime

from songnuan.goods.actions import requests
from songnuan.journeys.base import journey
from songnuan.kernel.actor import Actor


@journey
def set_quotation_aside(*, quotation_id: int, reason: str, actor: Actor, at: datetime) -> None:
    """Let the quotation count no more; it stays, with the reason.

    Raises:
        Refusal: `quotation_unknown`, `not_permitted`, `reason_missing`, `text_too_long`, `wrong_state`,
            `quotation_chosen`.

    """
    requests.set_quotation_aside(quotation_id=quotation_id, reason=reason, actor=actor, at=at)
