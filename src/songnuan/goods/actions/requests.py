"""The only writers of requests for purchases and of quotations.

As in `goods.actions`, every act first counts up the version of its kit: two on one kit wait for each other.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import NoReturn

from django.db import transaction
from django.db.models import F, QuerySet
from django.utils.translation import gettext as _

from songnuan.approvals.authority import require_office
from songnuan.approvals.models import RequestStatus as Answer
from songnuan.approvals.queries import latest, was_ended_by
from songnuan.audit.record import record
from songnuan.funds import queries as funds
from songnuan.funds.models import Entry, Kind
from songnuan.funds.rules import check_reason
from songnuan.goods.holding import require_request_free
from songnuan.goods.lifecycle import REQUEST
from songnuan.goods.models import (
    Kit,
    PurchaseRequest,
    Quotation,
    QuotationLine,
    RequestLine,
    RequestStatus,
)
from songnuan.goods.request_ends import end_of
from songnuan.goods.request_queries import (
    asked_of,
    check_quote,
    digest_of,
    find_request,
    lines_of,
    offers_of,
    request_state,
    subject_of,
)
from songnuan.goods.request_rules import (
    Asked,
    Comparing,
    Quote,
    are_enough,
    check_choice,
    examine_request,
    totals,
    within,
)
from songnuan.goods.rules import tidy_name
from songnuan.kernel.actor import Actor
from songnuan.kernel.money import yuan
from songnuan.kernel.refusal import NotPermitted, Refusal
from songnuan.organisation.permissions import Permission
from songnuan.organisation.queries import require


@transaction.atomic(savepoint=False)
def ask_purchase(
    *, kit_id: int, number: int, asked: Asked, units: int, actor: Actor, at: datetime
) -> PurchaseRequest:
    """Write a request; it waits for approval, and no money is set aside yet.

    Args:
        kit_id: The kit it is for.
        number: Its number in the fund, without gaps.
        asked: What is asked for, at what prices at the most, and why.
        units: How many units, or people, get a kit.
        actor: Who; a person, whom the answer finds.
        at: When.

    Raises:
        NotPermitted: `person_needed` for the system itself.
        Refusal: The first of `request_rules.examine_request`.

    """
    kit = _lock(Kit.objects.select_related("measure__plan").get(pk=kit_id))
    require(actor, Permission.PURCHASE_RECORD, unit_id=kit.measure.plan.unit_id, at=at)
    person_id = _person(actor)
    for problem in examine_request(asked, request_state(kit_id, units=units, at=at)):
        raise problem.refuse()
    row = PurchaseRequest.objects.create(
        kit=kit,
        fund_id=kit.fund_id,
        number=number,
        reason=asked.reason.strip(),
        total_minor=asked.total_minor,
        digest=digest_of(kit_id, asked),
        asked_by_id=person_id,
        asked_at=at,
    )
    RequestLine.objects.bulk_create(
        RequestLine(
            request=row, item_id=line.item_id, quantity=line.quantity, most_minor=line.unit_price_minor
        )
        for line in asked.lines
    )
    facts = {
        "number": number,
        "total_minor": row.total_minor,
        "lines": [[line.item_id, line.quantity, line.unit_price_minor] for line in asked.lines],
        "digest": row.digest,
    }
    _record(row, "ask_purchase", actor=actor, at=at, facts=facts)
    return row


@transaction.atomic(savepoint=False)
def approve_request(*, request_id: int, commitment_id: int, units: int, actor: Actor, at: datetime) -> None:
    """Note that a request was approved, with the fund's entry that sets its money aside.

    What is needed and what the standard allows is asked once more: others were approved meanwhile.

    Raises:
        Refusal: `not_permitted`, `not_decided`, `commitment_differs`, `wrong_state`, `held`, or the first
            of `request_rules.examine_request`.

    """
    row = _locked(request_id)
    require_request_free(request_id)
    require_office(actor, Permission.PLAN_APPROVE, unit_id=row.kit.measure.plan.unit_id, at=at)
    _answer(row, {Answer.APPROVED})
    standing = request_state(row.kit_id, units=units, at=at, without=row.pk, committed=True)
    for problem in examine_request(asked_of(row.pk), standing):
        raise problem.refuse()
    _check_commitment(row, commitment_id)
    REQUEST.move_one(_same(row), "approve", commitment_id=commitment_id)
    facts = {"commitment": commitment_id, "total_minor": row.total_minor}
    _record(row, "approve_request", actor=actor, at=at, facts=facts)


@transaction.atomic(savepoint=False)
def end_request(*, request_id: int, actor: Actor, at: datetime) -> None:
    """Note that the actor returned a request, or took it back while it waited, as its approval says.

    Raises:
        Refusal: `not_decided` where its approval says nothing of the kind, `wrong_state`.

    """
    row = _locked(request_id)
    answer = _answer(row, {Answer.RETURNED, Answer.WITHDRAWN})
    if not was_ended_by(subject_of(row.pk), actor):
        _refuse_undecided(row)
    if answer == Answer.RETURNED:
        REQUEST.move_one(_same(row), "return")
        _record(row, "return_request", actor=actor, at=at)
    else:
        REQUEST.move_one(_same(row), "take_back")
        _record(row, "take_back_request", actor=actor, at=at)


@transaction.atomic(savepoint=False)
def withdraw_request(*, request_id: int, reason: str, actor: Actor, at: datetime) -> None:
    """End an approved request whose money was released before; nothing is bought on it.

    Raises:
        Refusal: `not_permitted`, `reason_missing`, `text_too_long`, `request_still_funded`, `wrong_state`.

    """
    row = _buyer(request_id, actor, at)
    require_request_free(row.pk)
    why = check_reason(reason)
    held = funds.held_by(row.commitment_id) if row.commitment_id else 0
    if held:
        sentence = _("%(held)s yuan are still set aside for this request. Release them first.")
        raise Refusal("request_still_funded", sentence % {"held": yuan(held)}, held_minor=held)
    REQUEST.move_one(_same(row), "withdraw", withdrawn_why=why)
    _record(row, "withdraw_request", actor=actor, at=at, facts={"reason": why})


@transaction.atomic(savepoint=False)
def reopen_request(*, request_id: int, commitment_id: int | None, actor: Actor, at: datetime) -> None:
    """Let a request stand again whose purchase was cancelled; without money for it, it is ended.

    Raises:
        Refusal: `not_permitted`, `commitment_differs`, `wrong_state`.

    """
    row = _buyer(request_id, actor, at)
    if commitment_id is None:
        why = _("Its purchase was cancelled, and the fund no longer has its amount.")
        REQUEST.move_one(_same(row), "end", withdrawn_why=why)
        _record(row, "withdraw_request", actor=actor, at=at, facts={"reason": why})
        return
    _check_commitment(row, commitment_id)
    REQUEST.move_one(_same(row), "reopen", commitment_id=commitment_id)
    _record(row, "reopen_request", actor=actor, at=at, facts={"commitment": commitment_id})


@transaction.atomic(savepoint=False)
def record_quotation(
    *, request_id: int, quote: Quote, file_id: int | None, actor: Actor, at: datetime
) -> Quotation:
    """Write what a supplier asks, to be compared; while the request waits or is approved.

    Raises:
        Refusal: `not_permitted`, `wrong_state`, or the first of `request_rules.examine_quote`.

    """
    row = _buyer(request_id, actor, at)
    require_request_free(row.pk)
    _check_open(row)
    for problem in check_quote(request_id, quote, at):
        raise problem.refuse()
    made = Quotation.objects.create(
        request=row,
        supplier=tidy_name(quote.supplier),
        quoted_on=quote.quoted_on,
        note=quote.note.strip(),
        file_id=file_id,
        recorded_by_id=_person(actor),
        recorded_at=at,
    )
    QuotationLine.objects.bulk_create(
        QuotationLine(quotation=made, item_id=item_id, unit_price_minor=price)
        for item_id, price in quote.prices.items()
    )
    facts = {
        "supplier": made.supplier,
        "prices": {str(item_id): price for item_id, price in quote.prices.items()},
    }
    _record(row, "record_quotation", actor=actor, at=at, facts=facts)
    return made


@transaction.atomic(savepoint=False)
def set_quotation_aside(*, quotation_id: int, reason: str, actor: Actor, at: datetime) -> None:
    """Let a quotation count no more that was entered wrongly; it stays, with the reason.

    Raises:
        Refusal: `quotation_unknown`, `not_permitted`, `reason_missing`, `text_too_long`, `wrong_state` when
            the request is over, `quotation_chosen`.

    """
    quotation = _quotation(quotation_id)
    row = _buyer(quotation.request_id, actor, at)
    require_request_free(row.pk)
    _check_open(row)
    why = check_reason(reason)
    if row.chosen_id == quotation.pk:
        sentence = _("This quotation is the one that was chosen. Choose another before it is set aside.")
        raise Refusal("quotation_chosen", sentence, quotation=quotation.pk)
    standing = Quotation.objects.filter(pk=quotation.pk, set_aside_at__isnull=True)
    if standing.update(set_aside_at=at, set_aside_by_id=_person(actor), set_aside_why=why) != 1:
        raise Refusal("quotation_unknown", _("This quotation was set aside already."), quotation=quotation.pk)
    facts = {"supplier": quotation.supplier, "reason": why}
    _record(row, "set_quotation_aside", actor=actor, at=at, facts=facts)


@transaction.atomic(savepoint=False)
def choose_quotation(
    *,
    request_id: int,
    quotation_id: int,
    reason: str,
    seen: int | None,
    comparing: Comparing,
    actor: Actor,
    at: datetime,
) -> None:
    """Choose from whom is bought on an approved request.

    Args:
        request_id: The request.
        quotation_id: The quotation.
        reason: Why; the cheapest needs none, unless another was chosen before.
        seen: Which was chosen when the actor looked, None for none.
        comparing: What has to be compared.
        actor: Who chooses.
        at: When.

    Raises:
        Refusal: `not_permitted`, `choice_changed` when somebody else chose meanwhile, `wrong_state`, `held`,
            or from `request_rules.check_choice`.

    """
    row = _buyer(request_id, actor, at)
    require_request_free(request_id)
    if row.status != RequestStatus.APPROVED:
        _refuse_state(row, "choose")
    if row.chosen_id != seen:
        sentence = _("Somebody else chose a quotation meanwhile. Look at it and decide again.")
        raise Refusal("choice_changed", sentence, quotation=row.chosen_id)
    offers, lines = offers_of(request_id), lines_of(request_id)
    why = check_choice(
        quotation_id, offers, lines, comparing=comparing, reason=reason, chosen_before=row.chosen_id
    )
    whole, fitting = totals(offers, lines), within(offers, lines)
    same = _same(row).filter(status=RequestStatus.APPROVED, chosen_id=seen)
    chosen = same.update(
        chosen_id=quotation_id,
        chosen_by_id=_person(actor),
        chosen_at=at,
        chosen_why=why,
        is_compared=are_enough(offers, lines, comparing.least, why),
    )
    if chosen != 1:
        _refuse_state(row, "choose")
    facts = {
        "supplier": next(offer.supplier for offer in offers if offer.quotation_id == quotation_id),
        "total_minor": whole[quotation_id],
        "cheapest_minor": min(fitting.values()),
        "count": len(fitting),
        "reason": why,
    }
    _record(row, "choose_quotation", actor=actor, at=at, facts=facts)


def _lock(kit: Kit) -> Kit:
    Kit.objects.filter(pk=kit.pk).update(version=F("version") + 1)
    return kit


def _locked(request_id: int) -> PurchaseRequest:
    """Return the request as it stands once its kit is locked until commit."""
    _lock(find_request(request_id).kit)
    return find_request(request_id)


def _buyer(request_id: int, actor: Actor, at: datetime) -> PurchaseRequest:
    """Return the request, locked, if the actor may buy for its plan."""
    plan = find_request(request_id).kit.measure.plan
    require(actor, Permission.PURCHASE_RECORD, unit_id=plan.unit_id, at=at)
    return _locked(request_id)


def _same(row: PurchaseRequest) -> QuerySet[PurchaseRequest]:
    return PurchaseRequest.objects.filter(pk=row.pk)


def _quotation(quotation_id: int) -> Quotation:
    row = Quotation.objects.filter(pk=quotation_id).first()
    if row is None:
        sentence = _("There is no such quotation. Choose one from its request.")
        raise Refusal("quotation_unknown", sentence, quotation=quotation_id)
    return row


def _check_open(row: PurchaseRequest) -> None:
    if row.status not in {RequestStatus.PENDING, RequestStatus.APPROVED}:
        _refuse_state(row, "compare")


def _refuse_state(row: PurchaseRequest, move: str) -> NoReturn:
    sentence = end_of(row) or _("This was changed meanwhile, or is not ready for this step. Reload the page.")
    raise Refusal("wrong_state", sentence, lifecycle=REQUEST.name, move=move, status=row.status)


def _answer(row: PurchaseRequest, answers: set[Answer]) -> str:
    """Return how the approval of the request ended, if it ended so and about what stands here."""
    asked = latest(subject_of(row.pk))
    if asked is None or asked.status not in answers or asked.digest != row.digest:
        _refuse_undecided(row)
    return asked.status


def _refuse_undecided(row: PurchaseRequest) -> NoReturn:
    sentence = _("The approval of this request was not decided so. Open it again in your approvals.")
    raise Refusal("not_decided", sentence, purchase_request=row.pk)


def _check_commitment(row: PurchaseRequest, commitment_id: int) -> None:
    entry = Entry.objects.filter(pk=commitment_id, kind=Kind.COMMIT, fund_id=row.fund_id).first()
    sound = entry is not None and entry.subject == subject_of(row.pk)
    if not sound or funds.held_by(commitment_id) != row.total_minor:
        sentence = _("The money set aside is not that of this request (%(total)s yuan).")
        figures = {"total": yuan(row.total_minor)}
        raise Refusal(
            "commitment_differs", sentence % figures, commitment=commitment_id, asked_minor=row.total_minor
        )


def _person(actor: Actor) -> int:
    if actor.user_id is None:
        sentence = _("Only a person can do this. Sign in with your own account.")
        raise NotPermitted("person_needed", sentence)
    return actor.user_id


def _record(
    row: PurchaseRequest, verb: str, *, actor: Actor, at: datetime, facts: Mapping[str, object] | None = None
) -> None:
    record(
        stream=f"fund:{row.fund_id}",
        action=f"goods.{verb}",
        subject=subject_of(row.pk),
        actor=actor,
        at=at,
        facts={"kit": row.kit_id, **(facts or {})},
    )
