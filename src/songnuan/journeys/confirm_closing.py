"""An approver confirms that a fund is closed or reopened, as somebody else proposed."""

from datetime import datetime
from uuid import UUID

from songnuan.funds import actions as funds
from songnuan.jobs import actions as jobs
from songnuan.journeys.base import journey
from songnuan.journeys.fund_closing import closing_known, fund_locked, tell_proposer, unsettled
from songnuan.kernel.actor import Actor
from songnuan.kernel.bulk import digest_rows


@journey
def confirm_closing(*, closing_id: int, key: UUID, actor: Actor, at: datetime) -> None:
    """Close the fund, with the return of what is left, or reopen it; the same `key` again does nothing more.

    Raises:
        Refusal: `closing_unknown`, `own_closing`, `wrong_state`, `closing_stale`, `closing_committed`,
            `purchases_unreceived`, `question_open`, `voucher_used` …

    """
    digest = digest_rows([(closing_id, "confirm")])
    if jobs.receive(key=key, purpose="confirm_closing", body_digest=digest, actor=actor, at=at) is not None:
        return
    against = unsettled(fund_locked(closing_known(closing_id).fund_id))
    row = funds.confirm(
        closing_id=closing_id,
        unreceived=against.unreceived,
        unanswered=against.unanswered,
        lost_minor=against.lost_minor,
        actor=actor,
        at=at,
    )
    tell_proposer(row, topic="closing.confirmed", actor=actor, at=at)
    jobs.settle(key=key, result=str(closing_id))
