"""Whoever's turn it is approves a request for a purchase; with the last step its money is set aside."""

from datetime import datetime

from songnuan.approvals import actions as approvals
from songnuan.approvals.models import Request, RequestStatus
from songnuan.funds import actions as funds
from songnuan.goods.actions import requests
from songnuan.goods.request_queries import find_request, subject_of
from songnuan.journeys.base import journey
from songnuan.journeys.measures.kit_purchase import terms_of
from songnuan.journeys.purchase_requests import approval_of, page_of
from songnuan.journeys.tell_of_approval import tell_holder, tell_maker
from songnuan.kernel.actor import Actor
from songnuan.kernel.clock import CHINA
from songnuan.organisation.permissions import Permission
from songnuan.plans.rules import check_measure_runs


@journey
def approve_purchase(
    *, request_id: int, digest: str, remark: str = "", step: int | None = None, actor: Actor, at: datetime
) -> Request:
    """Approve what the approver saw, at the step that the page showed.

    The fund is locked before the kit, as in a purchase: of two requests for the last yuan, one is refused.

    Raises:
        Refusal: `purchase_request_unknown`, `already_acted` for whoever asked, `subject_changed`,
            `not_permitted`, `not_your_turn`, `step_passed`, `wrong_state`, `beyond_fund`, `above_standard`,
            `more_than_needed` when others were approved meanwhile.

    """
    row = find_request(request_id)
    measure = row.kit.measure
    answered = approvals.approve(
        request_id=approval_of(row).pk, digest=digest, remark=remark, step=step, actor=actor, at=at
    )
    tell_holder(answered, page_of(row), actor=actor, at=at)
    if answered.status == RequestStatus.APPROVED:
        check_measure_runs(measure, at)
        commitment = funds.commit(
            fund_id=row.fund_id,
            amount_minor=row.total_minor,
            subject=subject_of(row.pk),
            clause_key=measure.clause_key,
            happened_on=at.astimezone(CHINA).date(),
            by=Permission.PLAN_APPROVE,
            actor=actor,
            at=at,
        )
        requests.approve_request(
            request_id=row.pk,
            commitment_id=commitment.pk,
            units=terms_of(measure).kits,
            actor=actor,
            at=at,
        )
        tell_maker(answered, page_of(row), actor=actor, at=at)
    return answered
