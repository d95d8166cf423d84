"""Flexible work that was asked for is approved by the department and the staff office, or comes back."""

from datetime import datetime

from songnuan.approvals import actions as approvals
from songnuan.approvals.models import Act, Request, RequestStatus
from songnuan.casework.actions import flexible
from songnuan.casework.flexible_models import FlexibleRequest
from songnuan.journeys.base import journey
from songnuan.journeys.flexible import allowed_by, approval_of, page_of
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
    row = flexible.find_flexible(request_id)
    flexible.check_not_own(row, {actor.user_id})
    answered = approvals.approve(
        request_id=approval_of(row).pk, digest=digest, remark=remark, step=step, actor=actor, at=at
    )
    _check_office(row, answered)
    tell_holder(answered, page_of(row), actor=actor, at=at)
    if answered.status == RequestStatus.APPROVED:
        flexible.approve_flexible(request_id=row.pk, allowed=allowed_by(row.measure), actor=actor, at=at)
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
    row = flexible.find_flexible(request_id)
    flexible.check_not_own(row, {actor.user_id})
    answered = approvals.return_(
        request_id=approval_of(row).pk, digest=digest, remark=remark, step=step, actor=actor, at=at
    )
    _check_office(row, answered)
    flexible.close_flexible(request_id=row.pk, verb="return", actor=actor, at=at)
    tell_holder(answered, page_of(row), actor=actor, at=at)
    tell_maker(answered, page_of(row), actor=actor, at=at)


@journey
def withdraw_flexible(*, request_id: int, remark: str = "", actor: Actor, at: datetime) -> None:
    """Take a request back that waits for approval.

    Raises:
        Refusal: `flexible_unknown`, `not_the_maker`, `remark_missing`, `wrong_state`.

    """
    row = flexible.find_flexible(request_id)
    answered = approvals.withdraw(request_id=approval_of(row).pk, remark=remark, actor=actor, at=at)
    flexible.close_flexible(request_id=row.pk, verb="withdraw", actor=actor, at=at)
    tell_maker(answered, page_of(row), actor=actor, at=at)


def _check_office(row: FlexibleRequest, answered: Request) -> None:
    """Let pass what was not decided in the office of whom it is about.

    Raises:
        NotPermitted: `own_flexible`.

    """
    flexible.check_not_own(row, {Act.objects.filter(request=answered).latest("pk").holder_id})
