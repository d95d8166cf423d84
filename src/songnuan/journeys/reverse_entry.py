"""Finance takes back an entry of a fund that was wrong."""

from datetime import datetime
from uuid import UUID

from songnuan.funds import actions as funds
from songnuan.funds.holding import TAKING
from songnuan.goods.holding import require_promise_free
from songnuan.jobs import actions as jobs
from songnuan.journeys.base import journey
from songnuan.journeys.fund_entries import entry_known, refuse_bound
from songnuan.kernel.actor import Actor
from songnuan.kernel.bulk import digest_rows
from songnuan.kernel.clock import CHINA


@journey
def reverse_entry(*, entry_id: int, reason: str, key: UUID, actor: Actor, at: datetime) -> int:
    """Reverse an entry today and give the reversal's id; the same `key` again reverses nothing twice.

    What a purchase rests on is taken back by cancelling the purchase. A hold on the fund, on the purchase or
    on its request stops what would promise or pay the money again; the fund is locked before it is asked.

    Raises:
        Refusal: `entry_unknown`, `entry_of_purchase`, `already_reversed`, `not_reversible`, `beyond_fund`,
            `reason_missing`, `fund_closed`, `held` …

    """
    digest = digest_rows([(entry_id, reason)])
    earlier = jobs.receive(key=key, purpose="reverse_entry", body_digest=digest, actor=actor, at=at)
    if earlier is not None:
        return int(earlier)
    entry = entry_known(entry_id)
    mirror = funds.reverse(
        entry_id=entry_id, reason=reason, happened_on=at.astimezone(CHINA).date(), actor=actor, at=at
    )
    refuse_bound(entry)
    if entry.commitment_id is not None and entry.kind in TAKING:
        require_promise_free(entry.commitment_id)
    jobs.settle(key=key, result=str(mirror.pk))
    return mirror.pk
