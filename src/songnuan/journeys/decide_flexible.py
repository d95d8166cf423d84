"""Flexible work that was asked for is approved by the department and the staff office, or comes back."""

from datetime import datetime

from songnuan.approvals import actions as approvals
from songnuan.approvals.models import Request, RequestStatus
from songnuan.casework.actions import flexible
from songnuan.journeys.base import journey
from songnuan.journeys.flexible import approval_of, find_flexible, page_of, settings_of
from songnuan.journeys.tell_of_approval import tell_holder, tell_maker
from songnuan.kernel.actor import Actor


@journey
def approve_flexible(
    *, request_id: int, digest: str, remark: str = "", step: int | None = None, actor: Actor, at: datetime
) -> Request:
    """Approve what the page showed, at the step that it showed; with the last one the arrangement stands.

    Raises:
        Refusal: `flexible_unknown`, `own_flexible`, `flexible_stands`, `flexible_late`, or from
            `approvals.actions.approve`.

    """
    row = find_flexible(request_id)
    flexible.check_not_own(row, actor)
    answered = approvals.approve(
        request_id=approval_of(row).pk, digest=digest, remark=remark, step=step, actor=actor, at=at
    )
    tell_holder(answered, page_of(row), actor=actor, at=at)
    if answered.status == RequestStatus.APPROVED:
        flexible.decide_flexible(
            request_id=row.pk,
            verb="approve",
            review_days=settings_of(row.measure).review_days,
            actor=actor,
            at=at,
        )
        tell_maker(answered, page_of(row), actor=actor, at=at)
    return answered


@journey
def return_flexible(
    *, request_id: int, digest: str, remark: str, step: int | None = None, actor: Actor, at: datetime
) -> None:
    """Return a request to who made it, saying what is wrong; it is made anew.

    Raises:
        Refusal: As `approve_flexible`, and `remark_missing`.

    """
    row = find_flexible(request_id)
    flexible.check_not_own(row, actor)
    answered = approvals.return_(
        request_id=approval_of(row).pk, digest=digest, remark=remark, step=step, actor=actor, at=at
    )
    flexible.decide_flexible(request_id=row.pk, verb="return", review_days=0, actor=actor, at=at)
    tell_holder(answered, page_of(row), actor=actor, at=at)
    tell_maker(answered, page_of(row), actor=actor, at=at)


@journey
def withdraw_flexible(*, request_id: int, remark: str = "", actor: Actor, at: datetime) -> None:
    """Take a request back that waits for approval.

    Raises:
        Refusal: `flexible_unknown`, `not_the_maker`, `remark_missing`, `wrong_state`.

    """
    row = find_flexible(request_id)
    answered = approvals.withdraw(request_id=approval_of(row).pk, remark=remark, actor=actor, at=at)
    flexible.decide_flexible(request_id=row.pk, verb="withdraw", review_days=0, actor=actor, at=at)
    tell_maker(answered, page_of(row), actor=actor, at=at)
