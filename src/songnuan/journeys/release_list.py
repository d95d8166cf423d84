"""Finance releases a signed list; what failed or came back is paid again, or is not paid after all."""

from collections.abc import Collection
from datetime import datetime

from django.utils.translation import gettext as _

from songnuan.benefits import actions as benefits
from songnuan.funds import actions as funds
from songnuan.funds.holding import lock as lock_fund
from songnuan.journeys.base import journey
from songnuan.journeys.payment_lists import find_batch, find_line, find_list, require_fit, require_unchanged
from songnuan.kernel.actor import Actor
from songnuan.kernel.bulk import among
from songnuan.kernel.clock import CHINA
from songnuan.payments.actions import releases
from songnuan.payments.layout_queries import layout_of
from songnuan.payments.models import PaymentLine
from songnuan.payments.release_models import PURPOSE_LONGEST
from songnuan.payments.releasing import Lines, promised_for, sums_of
from songnuan.payments.rules import subject_of


@journey
def release_list(*, list_id: int, digest: str, layout: str = "", actor: Actor, at: datetime) -> None:
    """Release what the page showed: from now on each line is on its way, and never twice.

    The bank's file is made of it afterwards, as often as it is asked for, always the same.

    Args:
        list_id: Which list.
        digest: The list's, as the page showed it.
        layout: Short name of the bank's layout; empty where nobody is paid by the bank.
        actor: Needs PAYMENT_RELEASE.
        at: When.

    Raises:
        Refusal: `list_unknown`, `list_differs`, `layout_unknown`, `lines_unfit` when the bank's file can not
            hold a line, or from `payments.actions.releases.release_list`.

    """
    row = find_list(list_id)
    lock_fund(row.fund_id)
    told = layout_of(layout) if layout else None
    made = releases.release_list(
        list_id=list_id,
        unit_id=row.measure.plan.unit_id,
        digest=digest,
        layout=told.model_dump_json() if told else "",
        purpose=_purpose(row.reckoning.version.title),
        actor=actor,
        at=at,
    )
    require_unchanged(row)
    require_fit(made)


@journey
def pay_again(
    *, list_id: int, line_ids: Collection[int], layout: str = "", actor: Actor, at: datetime
) -> None:
    """Release lines once more that failed or came back, out of money that is set aside anew.

    What is still set aside for those that failed is set free in the same act: nobody else can take it.

    Raises:
        Refusal: `list_unknown`, `layout_unknown`, `lines_unfit`, `beyond_fund` when money that came back was
            spent meanwhile, or from `payments.actions.releases`.

    """
    row = find_list(list_id)
    lock_fund(row.fund_id)
    told, chosen = layout_of(layout) if layout else None, sorted(set(line_ids))
    releases.require_payable_again(
        list_id=list_id, unit_id=row.measure.plan.unit_id, line_ids=chosen, actor=actor, at=at
    )
    today = at.astimezone(CHINA).date()
    for part in promised_for(chosen):
        funds.release(
            entry_id=part.commitment_id,
            amount_minor=part.amount_minor,
            reason=_("paid again"),
            happened_on=today,
            actor=actor,
            at=at,
        )
    commitment = funds.commit(
        fund_id=row.fund_id,
        amount_minor=sum(total for _count, total in sums_of(Lines(list_id, chosen)).values()),
        subject=subject_of(row.pk),
        clause_key=row.measure.clause_key,
        happened_on=today,
        actor=actor,
        at=at,
    )
    made = releases.pay_again(
        list_id=list_id,
        line_ids=chosen,
        commitment_id=commitment.pk,
        layout=told.model_dump_json() if told else "",
        purpose=_purpose(row.reckoning.version.title),
        actor=actor,
        at=at,
    )
    require_fit(made)


@journey
def confirm_account(*, line_id: int, seen: str, actor: Actor, at: datetime) -> None:
    """Confirm the account that the register tells by now, so that finance pays a line there.

    Raises:
        Refusal: `line_unknown`, or from `payments.actions.releases.confirm_account`.

    """
    line = find_line(line_id)
    lock_fund(line.payment_list.fund_id)
    releases.confirm_account(
        line_id=line_id, unit_id=line.payment_list.measure.plan.unit_id, seen=seen, actor=actor, at=at
    )


@journey
def end_lines(*, list_id: int, line_ids: Collection[int], why: str, actor: Actor, at: datetime) -> None:
    """Pay lines not after all: their money is free, and another list may pay their people.

    Raises:
        Refusal: `list_unknown`, or from `payments.actions.releases.end_lines`.

    """
    row = find_list(list_id)
    lock_fund(row.fund_id)
    chosen = sorted(set(line_ids))
    promised = promised_for(chosen)
    releases.end_lines(
        list_id=list_id, unit_id=row.measure.plan.unit_id, line_ids=chosen, why=why, actor=actor, at=at
    )
    for part in promised:
        funds.release(
            entry_id=part.commitment_id,
            amount_minor=part.amount_minor,
            reason=why,
            happened_on=at.astimezone(CHINA).date(),
            actor=actor,
            at=at,
        )
    lines = PaymentLine.objects.filter(pk__in=among(chosen))
    benefits.unsettle_lines(
        origin=subject_of(row.pk),
        reckoning_id=row.reckoning_id,
        pairs=list(lines.values_list("payee", "qualifier")),
        why=why,
        actor=actor,
        at=at,
    )


@journey
def recall_batch(*, batch_id: int, why: str, actor: Actor, at: datetime) -> None:
    """Note that the bank was asked to give a batch back.

    Raises:
        Refusal: `batch_unknown`, or from `payments.actions.releases.recall_batch`.

    """
    batch = find_batch(batch_id)
    releases.recall_batch(
        batch_id=batch_id, unit_id=batch.payment_list.measure.plan.unit_id, why=why, actor=actor, at=at
    )


def _purpose(title: str) -> str:
    return title[:PURPOSE_LONGEST]
