"""A donation that was entered wrongly is cancelled: its goods go back to the donor, its number stays."""

from datetime import datetime
from uuid import UUID

from songnuan.goods import actions as goods
from songnuan.jobs import actions as jobs
from songnuan.journeys.base import journey
from songnuan.kernel.actor import Actor
from songnuan.kernel.bulk import digest_rows


@journey
def cancel_donation(*, donation_id: int, reason: str, key: UUID, actor: Actor, at: datetime) -> None:
    """Cancel a donation, in the store or at its unit; the same `key` again cancels nothing twice.

    Raises:
        Refusal: `donation_unknown`, `not_permitted`, `own_donation` for who recorded it on an earlier day,
            `reason_missing`, `text_too_long`, `donation_issued`, `not_at_unit`, `count_running`,
            `disposal_waits`, `wrong_state`.

    """
    digest = digest_rows([(donation_id, reason)])
    if jobs.receive(key=key, purpose="cancel_donation", body_digest=digest, actor=actor, at=at) is not None:
        return
    goods.cancel_donation(donation_id=donation_id, reason=reason, actor=actor, at=at)
    jobs.settle(key=key, result=str(donation_id))
