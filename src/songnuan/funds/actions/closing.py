"""The writers of closings: one person proposes to close or reopen a fund, another one decides.

Every act locks the fund's row first, so that nothing is booked meanwhile.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import NoReturn

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from songnuan.audit.record import record
from songnuan.funds import rules
from songnuan.funds.booking import book, refuse_used_voucher, take_available
from songnuan.funds.holding import refuse_closed, require_fund_free
from songnuan.funds.lifecycle import CLOSING
from songnuan.funds.models import Closing, Entry, Fund, Kind, Step, StepStatus
from songnuan.funds.queries import balance_of
from songnuan.kernel.actor import Actor
from songnuan.kernel.clock import CHINA
from songnuan.kernel.money import yuan
from songnuan.kernel.refusal import NotPermitted, Refusal
from songnuan.organisation.permissions import Permission
from songnuan.organisation.queries import require


@transaction.atomic(savepoint=False)
def propose_closing(
    *,
    fund_id: int,
    voucher: str,
    reason: str,
    unreceived: Sequence[str],
    unanswered: Sequence[str],
    lost_minor: int,
    actor: Actor,
    at: datetime,
) -> Closing:
    """Propose to close a fund; what is left of it will go back under `voucher`.

    Args:
        fund_id: The fund.
        voucher: Under which the rest goes back; not asked for where nothing is left.
        reason: Why it is closed.
        unreceived: The numbers of its purchases that were not delivered in full.
        unanswered: The questions about its money that have no answer.
        lost_minor: What was paid for what is not delivered, where the actor takes it for lost; it stands in
            the way no longer then, and whoever confirms confirms the loss.
        actor: Who, somebody with an account.
        at: When.

    Raises:
        Refusal: `closing_committed`, `purchases_unreceived`, `question_open`, `closing_proposed`,
            `voucher_missing`, `voucher_reserved`, `voucher_used`, `reason_missing`, `text_too_long`,
            `fund_closed`, `person_needed`, `held`.

    """
    fund = _locked(fund_id, Permission.FUND_APPROPRIATE, actor, at)
    require_fund_free(fund_id)
    refuse_closed(fund)
    _refuse_second(fund)
    for obstacle in rules.closing_obstacles(
        fund.committed_minor, () if lost_minor else unreceived, unanswered
    ):
        raise obstacle
    left = balance_of(fund).available
    number = rules.check_typed_voucher(voucher) if left else ""
    if number:
        refuse_used_voucher(fund.pk, number)
    row = Closing(fund=fund, step=Step.CLOSE, left_minor=left, lost_minor=lost_minor, voucher=number)
    return _propose(row, reason, actor, at)


@transaction.atomic(savepoint=False)
def propose_reopening(*, fund_id: int, reason: str, actor: Actor, at: datetime) -> Closing:
    """Propose to reopen a closed fund.

    Raises:
        Refusal: `fund_open`, `closing_proposed`, `reason_missing`, `text_too_long`, `person_needed`.

    """
    fund = _locked(fund_id, Permission.FUND_APPROPRIATE, actor, at)
    if fund.closed_at is None:
        raise Refusal("fund_open", _("This fund is not closed, so it needs no reopening."), fund=fund.pk)
    _refuse_second(fund)
    return _propose(Closing(fund=fund, step=Step.REOPEN, left_minor=0), reason, actor, at)


@transaction.atomic(savepoint=False)
def confirm(
    *,
    closing_id: int,
    unreceived: Sequence[str],
    unanswered: Sequence[str],
    lost_minor: int,
    actor: Actor,
    at: datetime,
) -> Closing:
    """Confirm a closing, with the return of what is left, or a reopening that somebody else proposed.

    Args:
        closing_id: What was proposed.
        unreceived: As when it was proposed; not asked for a reopening.
        unanswered: As when it was proposed; not asked for a reopening.
        lost_minor: What was paid for what is not delivered and did not come back, as it stands now.
        actor: Who, somebody else with an account.
        at: When; in China, the day of the closing and of the return.

    Raises:
        Refusal: `own_closing`, `wrong_state`, `closing_stale` with `left_minor` and `available_minor`, or
            with `proposed_minor` and `lost_minor`, `closing_committed`, `purchases_unreceived`,
            `question_open`, `voucher_used`,
            `person_needed`, `held` for a closing.

    """
    row = _waiting(closing_id, Permission.FUND_CLOSE_CONFIRM, actor, at)
    _refuse_own(row, actor)
    if row.step == Step.REOPEN:
        entry, closed = None, Fund.objects.filter(pk=row.fund_id, closed_at__isnull=False)
        moved = closed.update(closed_at=None)
    else:
        require_fund_free(row.fund_id)
        _check_loss(row, lost_minor)
        for obstacle in rules.closing_obstacles(
            row.fund.committed_minor, () if row.lost_minor else unreceived, unanswered
        ):
            raise obstacle
        entry = _return_rest(row, actor, at)
        empty = Fund.objects.filter(
            pk=row.fund_id,
            closed_at__isnull=True,
            committed_minor=0,
            appropriated_minor=F("disbursed_minor") + F("returned_minor"),
        )
        moved = empty.update(closed_at=at)
    if moved != 1:
        _refuse_state(row)
    entries = Entry.objects.filter(fund_id=row.fund_id).count()
    return _decide(row, "confirm", actor, at, entry=entry, entries=entries)


@transaction.atomic(savepoint=False)
def decline(*, closing_id: int, remark: str, actor: Actor, at: datetime) -> Closing:
    """Decline what somebody else proposed, with the reason.

    Raises:
        Refusal: `own_closing`, `wrong_state`, `reason_missing`, `text_too_long`, `person_needed`.

    """
    row = _waiting(closing_id, Permission.FUND_CLOSE_CONFIRM, actor, at)
    _refuse_own(row, actor)
    return _decide(row, "decline", actor, at, remark=rules.check_reason(remark))


@transaction.atomic(savepoint=False)
def withdraw(*, closing_id: int, actor: Actor, at: datetime) -> Closing:
    """Take back what one proposed oneself.

    Raises:
        Refusal: `others_closing`, `wrong_state`, `person_needed`.

    """
    row = _waiting(closing_id, Permission.FUND_APPROPRIATE, actor, at)
    if row.proposed_by_id != actor.user_id:
        sentence = _("Only who proposed this can take it back. An approver can decline it.")
        raise NotPermitted("others_closing", sentence)
    return _decide(row, "withdraw", actor, at)


def _locked(fund_id: int, permission: Permission, actor: Actor, at: datetime) -> Fund:
    """Return the fund, locked, if the actor is a person who may do this over the unit of its plan."""
    fund = Fund.objects.select_for_update(of=("self",), no_key=True).select_related("plan").get(pk=fund_id)
    require(actor, permission, unit_id=fund.plan.unit_id, at=at)
    if actor.user_id is None:
        sentence = _("A fund is closed and reopened by two people. Sign in with your own account.")
        raise NotPermitted("person_needed", sentence)
    return fund


def _waiting(closing_id: int, permission: Permission, actor: Actor, at: datetime) -> Closing:
    """Return what waits to be decided, its fund locked."""
    fund = _locked(Closing.objects.get(pk=closing_id).fund_id, permission, actor, at)
    row = Closing.objects.get(pk=closing_id)
    row.fund = fund
    if row.status != StepStatus.PROPOSED:
        _refuse_state(row)
    return row


def _refuse_state(row: Closing) -> NoReturn:
    sentence = _("This was decided or withdrawn meanwhile. Reload the page.")
    raise Refusal("wrong_state", sentence, lifecycle=CLOSING.name, status=row.status)


def _refuse_second(fund: Fund) -> None:
    if Closing.objects.filter(fund=fund, status=StepStatus.PROPOSED).exists():
        sentence = _("This was proposed already, and waits for another person to confirm it.")
        raise Refusal("closing_proposed", sentence, fund=fund.pk)


def _refuse_own(row: Closing, actor: Actor) -> None:
    if row.proposed_by_id == actor.user_id:
        sentence = _("You proposed this yourself. Another person has to decide about it.")
        raise NotPermitted("own_closing", sentence)


def _check_loss(row: Closing, lost_minor: int) -> None:
    """Let pass a closing whose loss, where it has one, is what is lost now."""
    if row.lost_minor and row.lost_minor != lost_minor:
        sentence = _(
            "%(proposed)s yuan were proposed as lost, %(lost)s yuan would be now. Let the proposal be"
            " withdrawn or declined, and made anew."
        )
        words = {"proposed": yuan(row.lost_minor), "lost": yuan(lost_minor)}
        raise Refusal("closing_stale", sentence % words, proposed_minor=row.lost_minor, lost_minor=lost_minor)


def _return_rest(row: Closing, actor: Actor, at: datetime) -> Entry | None:
    """Book the return of what is left; None where nothing is.

    Raises:
        Refusal: `closing_stale` when something else is left than was proposed.

    """
    available = balance_of(row.fund).available
    if available != row.left_minor:
        sentence = _(
            "%(left)s yuan were to go back, %(available)s yuan are available now. Let the proposal be"
            " withdrawn or declined, and made anew."
        )
        raise Refusal(
            "closing_stale",
            sentence % {"left": yuan(row.left_minor), "available": yuan(available)},
            left_minor=row.left_minor,
            available_minor=available,
        )
    if not available:
        return None
    take_available(row.fund, available, "", returned_minor=F("returned_minor") + available)
    entry = Entry(
        fund=row.fund,
        kind=Kind.RETURN,
        amount_minor=available,
        happened_on=at.astimezone(CHINA).date(),
        at=at,
        voucher=row.voucher,
        reason=row.reason,
        subject=f"records.document:{row.fund.document_id}",
    )
    return book(entry, actor)


def _propose(row: Closing, reason: str, actor: Actor, at: datetime) -> Closing:
    row.reason = rules.check_reason(reason)
    row.proposed_by_id = actor.user_id  # type: ignore[assignment]  # a person, as was asked
    row.proposed_at = at
    row.save(force_insert=True)
    lost = {"lost_minor": row.lost_minor} if row.lost_minor else {}
    _record(row, "propose", actor, at, left_minor=row.left_minor, voucher=row.voucher, **lost)
    return row


def _decide(row: Closing, move: str, actor: Actor, at: datetime, **updates: object) -> Closing:
    CLOSING.move_one(
        Closing.objects.filter(pk=row.pk), move, decided_by=actor.user_id, decided_at=at, **updates
    )
    _record(row, move, actor, at)
    row.refresh_from_db()
    return row


def _record(row: Closing, verb: str, actor: Actor, at: datetime, **facts: int | str) -> None:
    noun = "closing" if row.step == Step.CLOSE else "reopening"
    record(
        stream=f"fund:{row.fund_id}",
        action=f"funds.{verb}_{noun}",
        subject=f"funds.fund:{row.fund_id}",
        actor=actor,
        at=at,
        facts={"closing": row.pk, **facts},
    )
