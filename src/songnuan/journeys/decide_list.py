"""A list of payments is checked and approved, or returned; with the last step its money is set aside."""

from datetime import datetime

from songnuan.approvals import actions as approvals
from songnuan.approvals.models import Act, Request, RequestStatus
from songnuan.benefits import actions as benefits
from songnuan.funds import actions as funds
from songnuan.journeys.base import journey
from songnuan.journeys.payment_lists import approval_of, find_list, page_of, require_unchanged
from songnuan.journeys.tell_of_approval import tell_holder, tell_maker
from songnuan.kernel.actor import Actor
from songnuan.kernel.clock import CHINA
from songnuan.organisation.permissions import Permission
from songnuan.payments import actions as payments
from songnuan.payments.models import PaymentList, Verb
from songnuan.payments.rules import list_number, subject_of


@journey
def approve_list(
    *, list_id: int, digest: str, remark: str = "", step: int | None = None, actor: Actor, at: datetime
) -> Request:
    """Check or approve what the page showed, at the step that it showed; the last one sets the money aside.

    What the list settles is noted then, so that no other list pays it again.

    Raises:
        Refusal: `list_unknown`, `already_acted`, `payee_acts`, `subject_changed`, `not_permitted`,
            `not_your_turn`, `step_passed`, `wrong_state`, `list_differs` when the register tells something
            else by now, `beyond_fund`, `held`.

    """
    row = find_list(list_id)
    answered = approvals.approve(
        request_id=approval_of(row).pk, digest=digest, remark=remark, step=step, actor=actor, at=at
    )
    require_unchanged(row)
    commitment_id = None
    is_last = answered.status == RequestStatus.APPROVED
    if is_last:
        commitment = funds.commit(
            fund_id=row.fund_id,
            amount_minor=row.total_minor,
            subject=subject_of(row.pk),
            clause_key=row.measure.clause_key,
            happened_on=at.astimezone(CHINA).date(),
            by=Permission.PLAN_APPROVE,
            actor=actor,
            at=at,
        )
        commitment_id = commitment.pk
    verb = Verb.APPROVE if is_last else Verb.CHECK
    _decided(row, answered, actor, at, verb=verb, commitment_id=commitment_id)
    if is_last:
        benefits.settle_list(
            origin=subject_of(row.pk),
            reckoning_id=row.reckoning_id,
            source=list_number(row.number),
            paid_on=at.astimezone(CHINA).date(),
            actor=actor,
            at=at,
        )
        tell_maker(answered, page_of(row), actor=actor, at=at)
    return answered


@journey
def return_list(
    *, list_id: int, digest: str, remark: str, step: int | None = None, actor: Actor, at: datetime
) -> None:
    """Return a list to who made it, saying what is wrong; it is reckoned and made anew.

    Raises:
        Refusal: As `approve_list`, and `remark_missing`.

    """
    row = find_list(list_id)
    answered = approvals.return_(
        request_id=approval_of(row).pk, digest=digest, remark=remark, step=step, actor=actor, at=at
    )
    _decided(row, answered, actor, at, verb=Verb.RETURN)
    benefits.drop_reckoning(reckoning_id=row.reckoning_id)
    tell_maker(answered, page_of(row), actor=actor, at=at)


@journey
def withdraw_list(*, list_id: int, remark: str = "", actor: Actor, at: datetime) -> None:
    """Take a list back that waits for approval.

    Raises:
        Refusal: `list_unknown`, `not_the_maker`, `remark_missing`, `wrong_state`.

    """
    row = find_list(list_id)
    answered = approvals.withdraw(request_id=approval_of(row).pk, remark=remark, actor=actor, at=at)
    payments.withdraw_list(list_id=list_id, actor=actor, at=at)
    benefits.drop_reckoning(reckoning_id=row.reckoning_id)
    tell_maker(answered, page_of(row), actor=actor, at=at)


def _decided(
    row: PaymentList,
    answered: Request,
    actor: Actor,
    at: datetime,
    *,
    verb: Verb,
    commitment_id: int | None = None,
) -> None:
    """Note on the list what was decided in its approval, and in whose office."""
    last = Act.objects.filter(request=answered).latest("pk")
    payments.decide_list(
        list_id=row.pk,
        verb=verb,
        commitment_id=commitment_id,
        holder_id=None if last.holder_id == last.person_id else last.holder_id,
        remark=last.remark,
        actor=actor,
        at=at,
    )
    tell_holder(answered, page_of(row), actor=actor, at=at)
