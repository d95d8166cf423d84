"""The inspector signs an approved list; finance cancels one that is not paid after all."""

from datetime import datetime

from songnuan.benefits import actions as benefits
from songnuan.funds import actions as funds
from songnuan.funds.holding import lock as lock_fund
from songnuan.journeys.base import journey
from songnuan.journeys.payment_lists import find_list, require_unchanged
from songnuan.kernel.actor import Actor
from songnuan.kernel.clock import CHINA
from songnuan.payments import actions as payments
from songnuan.payments.actions import notices
from songnuan.payments.rules import subject_of


@journey
def sign_list(*, list_id: int, digest: str, remark: str = "", actor: Actor, at: datetime) -> None:
    """Sign what the page showed: without it nothing of the list is paid.

    Raises:
        Refusal: `list_unknown`, `list_differs`, `held`, or from `payments.actions.sign_list`.

    """
    row = find_list(list_id)
    payments.sign_list(
        list_id=list_id,
        unit_id=row.measure.plan.unit_id,
        digest=digest,
        remark=remark.strip(),
        actor=actor,
        at=at,
    )
    require_unchanged(row)


@journey
def cancel_list(*, list_id: int, why: str, actor: Actor, at: datetime) -> None:
    """Let nothing be paid on an approved list: its money is free again, and other lists may pay its people.

    Its public notice ends with it.

    Raises:
        Refusal: `list_unknown`, or from `payments.actions.cancel_list`.

    """
    row = find_list(list_id)
    lock_fund(row.fund_id)  # before the list, as in every act on both
    cancelled = payments.cancel_list(
        list_id=list_id, unit_id=row.measure.plan.unit_id, why=why, actor=actor, at=at
    )
    notices.end_with_list(list_id=list_id, why=cancelled.cancelled_why, actor=actor, at=at)
    if cancelled.commitment_id is not None:
        funds.release(
            entry_id=cancelled.commitment_id,
            reason=cancelled.cancelled_why,
            happened_on=at.astimezone(CHINA).date(),
            actor=actor,
            at=at,
        )
    benefits.drop_reckoning(reckoning_id=row.reckoning_id)
    benefits.unsettle_list(
        origin=subject_of(row.pk),
        reckoning_id=row.reckoning_id,
        why=cancelled.cancelled_why,
        actor=actor,
        at=at,
    )
