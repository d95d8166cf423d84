"""The writers of funds and their entries.

Every act locks in one order, fund before commitment, so that two acts never wait for each other
crosswise.
"""

from datetime import date, datetime

from django.db import transaction
from django.db.models import Exists, F, OuterRef, QuerySet
from django.utils.translation import gettext as _

from songnuan.approvals.authority import require_office
from songnuan.audit.record import record
from songnuan.funds import rules
from songnuan.funds.booking import (
    book,
    draw,
    give_back,
    refuse_draw,
    take_available,
    take_granted,
)
from songnuan.funds.holding import refuse_closed, require_fund_free
from songnuan.funds.models import Commitment, Entry, Fund, Kind
from songnuan.funds.queries import rest_of
from songnuan.funds.reversal import undo
from songnuan.kernel.actor import Actor
from songnuan.kernel.refusal import Refusal
from songnuan.organisation.permissions import Permission
from songnuan.organisation.queries import require
from songnuan.plans.models import Plan


@transaction.atomic(savepoint=False)
def open_fund(
    *, plan_id: int, document_id: int, title: str, granted_minor: int, actor: Actor, at: datetime
) -> Fund:
    """Set up the fund that a document gives to a plan; it has no money yet.

    `granted_minor` (fen) is the sum in the document, up to which money may be appropriated.

    Raises:
        Refusal: `title_missing`, `text_too_long`, `amount_invalid`, `fund_exists`.

    """
    plan = Plan.objects.get(pk=plan_id)
    require(actor, Permission.PLAN_OPEN, unit_id=plan.unit_id, at=at)
    title = rules.check_title(title)
    rules.check_amount(granted_minor)
    if Fund.objects.filter(plan_id=plan_id, document_id=document_id).exists():
        sentence = _("This plan already has a fund under this document. Appropriate to that fund.")
        raise Refusal("fund_exists", sentence, field="document")
    fund = Fund.objects.create(
        plan_id=plan_id, document_id=document_id, title=title, granted_minor=granted_minor, opened_at=at
    )
    record(
        stream=f"fund:{fund.pk}",
        action="funds.open_fund",
        subject=f"funds.fund:{fund.pk}",
        actor=actor,
        at=at,
        facts={"plan": plan.slug, "document": document_id, "title": title, "granted_minor": granted_minor},
    )
    return fund


@transaction.atomic(savepoint=False)
def appropriate(
    *, fund_id: int, amount_minor: int, voucher: str, happened_on: date, actor: Actor, at: datetime
) -> Entry:
    """Book money that the document gave: source → available.

    Raises:
        Refusal: `beyond_document` with `granted_minor`, `appropriated_minor` and `asked_minor`;
            `amount_invalid`, `happened_in_future`, `happened_long_ago`, `before_document`,
            `voucher_missing`, `voucher_reserved`, `voucher_used`, `fund_closed`.

    """
    fund = _fund(fund_id, Permission.FUND_APPROPRIATE, actor, at)
    rules.check_amount(amount_minor)
    rules.check_day(happened_on, at)
    sentence = _(
        "The document that gives this money is of %(first)s, so none came under it on %(day)s. Check the day."
    )
    rules.check_since(happened_on, fund.document.dated_on, sentence, "before_document")
    number = rules.check_typed_voucher(voucher)
    take_granted(fund, amount_minor)
    entry = Entry(
        fund=fund,
        kind=Kind.APPROPRIATE,
        amount_minor=amount_minor,
        happened_on=happened_on,
        at=at,
        voucher=number,
        subject=f"records.document:{fund.document_id}",
    )
    return book(entry, actor)


@transaction.atomic(savepoint=False)
def commit(
    *,
    fund_id: int,
    amount_minor: int,
    subject: str,
    clause_key: str,
    happened_on: date,
    actor: Actor,
    at: datetime,
    by: Permission = Permission.PURCHASE_RECORD,
) -> Entry:
    """Promise money to `subject` under a clause: available → committed.

    `by` is what the actor must hold over the unit of the plan, in the own office or in one handed over:
    an approval that promises money asks for that of its signature.

    Raises:
        Refusal: `beyond_fund` with `available_minor` and `asked_minor`; `amount_invalid`,
            `happened_in_future`, `happened_long_ago`, `held`, `fund_closed`.

    """
    fund = Fund.objects.select_related("plan").get(pk=fund_id)
    require_office(actor, by, unit_id=fund.plan.unit_id, at=at)
    refuse_closed(fund)
    rules.check_amount(amount_minor)
    rules.check_day(happened_on, at)
    require_fund_free(fund_id)
    sentence = _(
        "%(asked)s yuan were asked for, %(available)s yuan are available in the fund “%(fund)s”."
        " Lower the amount, or have money appropriated first."
    )
    take_available(fund, amount_minor, sentence, committed_minor=F("committed_minor") + amount_minor)
    entry = Entry(
        fund=fund,
        kind=Kind.COMMIT,
        amount_minor=amount_minor,
        happened_on=happened_on,
        at=at,
        subject=subject,
        clause_key=clause_key,
    )
    book(entry, actor)
    Commitment.objects.create(entry=entry, amount_minor=amount_minor)
    return entry


@transaction.atomic(savepoint=False)
def release(
    *,
    entry_id: int,
    reason: str,
    happened_on: date,
    actor: Actor,
    at: datetime,
    amount_minor: int | None = None,
) -> Entry:
    """Set free a part of what is left of a commitment, or all of it when no amount is given.

    Raises:
        Refusal: `beyond_commitment` with `rest_minor` and `asked_minor`; `amount_invalid`,
            `happened_in_future`, `happened_long_ago`, `reason_missing`, `not_a_commitment`, `fund_closed`.

    """
    commitment = _commitment(entry_id, actor, at)
    rules.check_day(happened_on, at)
    reason = rules.check_reason(reason)
    if amount_minor is not None:
        rules.check_amount(amount_minor)
    amount = rest_of(entry_id) if amount_minor is None else amount_minor
    if amount == 0:
        refuse_draw(commitment, amount)
    entry = Entry(kind=Kind.RELEASE, amount_minor=amount, happened_on=happened_on, at=at, reason=reason)
    return draw(commitment, entry, actor)


@transaction.atomic(savepoint=False)
def disburse(
    *,
    entry_id: int,
    amount_minor: int,
    voucher: str,
    happened_on: date,
    actor: Actor,
    at: datetime,
    final: bool = False,
    has_left: bool = False,
) -> Entry:
    """Book money that was paid out of a commitment: committed → disbursed.

    With `final`, what is left of the commitment is released in the same act, by an entry of its own. Of what
    `has_left` the house before, a bank tells that it was paid: a hold on the fund can't undo that, and the
    ledger has to agree with the bank.

    Raises:
        Refusal: `beyond_commitment` with `rest_minor` and `asked_minor`; `amount_invalid`,
            `happened_in_future`, `happened_long_ago`, `voucher_missing`, `voucher_used`,
            `not_a_commitment`, `held`, `fund_closed`.

    """
    commitment = _commitment(entry_id, actor, at)
    rules.check_amount(amount_minor)
    rules.check_day(happened_on, at)
    number = rules.check_typed_voucher(voucher) if has_left else rules.check_voucher(voucher)
    if not has_left:
        require_fund_free(commitment.fund_id)
    paid = Entry(
        kind=Kind.DISBURSE, amount_minor=amount_minor, happened_on=happened_on, at=at, voucher=number
    )
    draw(commitment, paid, actor)
    if final and (rest := rest_of(entry_id)):
        left = Entry(kind=Kind.RELEASE, amount_minor=rest, happened_on=happened_on, at=at)
        draw(commitment, left, actor)
    return paid


@transaction.atomic(savepoint=False)
def refund(
    *,
    entry_id: int,
    amount_minor: int,
    voucher: str,
    reason: str,
    happened_on: date,
    actor: Actor,
    at: datetime,
) -> Entry:
    """Book money that a supplier gave back of what was paid on a commitment: disbursed → available.

    Raises:
        Refusal: `beyond_paid` with `paid_minor` and `asked_minor`; `amount_invalid`, `happened_in_future`,
            `happened_long_ago`, `before_payment`, `voucher_missing`, `voucher_reserved`, `voucher_used`,
            `reason_missing`, `not_a_commitment`, `fund_closed`.

    """
    commitment = _commitment(entry_id, actor, at)
    rules.check_amount(amount_minor)
    rules.check_day(happened_on, at)
    paid = _standing(Entry.objects.filter(commitment=commitment, kind=Kind.DISBURSE))
    if paid is not None:
        sentence = _("It was paid on %(first)s, so nothing came back of it on %(day)s. Check the day.")
        rules.check_since(happened_on, paid.happened_on, sentence, "before_payment")
    number = rules.check_typed_voucher(voucher)
    back = Entry(
        kind=Kind.REFUND,
        amount_minor=amount_minor,
        happened_on=happened_on,
        at=at,
        voucher=number,
        reason=rules.check_reason(reason),
    )
    return give_back(commitment, back, actor)


@transaction.atomic(savepoint=False)
def return_unspent(
    *,
    fund_id: int,
    amount_minor: int,
    voucher: str,
    reason: str,
    happened_on: date,
    actor: Actor,
    at: datetime,
) -> Entry:
    """Book money that goes back to where the fund came from: available → returned.

    Raises:
        Refusal: `beyond_fund` with `available_minor` and `asked_minor`; `amount_invalid`,
            `happened_in_future`, `happened_long_ago`, `before_money`, `voucher_missing`, `voucher_reserved`,
            `voucher_used`, `reason_missing`, `fund_closed`, `held`.

    """
    fund = _fund(fund_id, Permission.FUND_APPROPRIATE, actor, at)
    require_fund_free(fund_id)
    rules.check_amount(amount_minor)
    rules.check_day(happened_on, at)
    came = _standing(Entry.objects.filter(fund=fund, kind=Kind.APPROPRIATE))
    if came is not None:
        sentence = _("The first money came on %(first)s, so none went back on %(day)s. Check the day.")
        rules.check_since(happened_on, came.happened_on, sentence, "before_money")
    number = rules.check_typed_voucher(voucher)
    sentence = _(
        "%(asked)s yuan cannot go back: %(available)s yuan are available in the fund “%(fund)s”."
        " Lower the amount, or release what is promised and no longer needed."
    )
    take_available(fund, amount_minor, sentence, returned_minor=F("returned_minor") + amount_minor)
    entry = Entry(
        fund=fund,
        kind=Kind.RETURN,
        amount_minor=amount_minor,
        happened_on=happened_on,
        at=at,
        voucher=number,
        reason=rules.check_reason(reason),
        subject=f"records.document:{fund.document_id}",
    )
    return book(entry, actor)


@transaction.atomic(savepoint=False)
def reverse(*, entry_id: int, reason: str, happened_on: date, actor: Actor, at: datetime) -> Entry:
    """Mirror an entry, once, with a reason; return the reversal.

    The reversal of a disbursement is followed, in the same act, by a release of the same amount, so
    that the money is available again.

    Raises:
        Refusal: `already_reversed`, `not_reversible` (a reversal), `commitment_disbursed`,
            `commitment_released`, `disbursement_refunded`, `beyond_fund` (the money is no longer
            available), `reason_missing`, `happened_in_future`, `happened_long_ago`, `fund_closed`, `held`
            where money is taken away, promised or paid again.

    """
    original = Entry.objects.get(pk=entry_id)
    of_fund = original.kind in {Kind.APPROPRIATE, Kind.RETURN}
    needed = Permission.FUND_APPROPRIATE if of_fund else Permission.PURCHASE_RECORD
    _fund(original.fund_id, needed, actor, at)
    rules.check_day(happened_on, at)
    reason = rules.check_reason(reason)
    fund = Fund.objects.select_for_update(no_key=True).get(pk=original.fund_id)
    undo(fund, original)
    commitment = original if original.kind == Kind.COMMIT else original.commitment
    mirror = Entry(
        fund=fund,
        kind=Kind.REVERSE,
        amount_minor=original.amount_minor,
        happened_on=happened_on,
        at=at,
        subject=original.subject,
        clause_key=original.clause_key,
        voucher=original.voucher,
        reason=reason,
        commitment=commitment,
        reverses=original,
    )
    book(mirror, actor)
    if commitment is not None and original.kind == Kind.DISBURSE:
        free = Entry(
            kind=Kind.RELEASE,
            amount_minor=original.amount_minor,
            happened_on=happened_on,
            at=at,
            reason=reason,
        )
        draw(commitment, free, actor)
    return mirror


def _fund(fund_id: int, permission: Permission, actor: Actor, at: datetime) -> Fund:
    """Return the fund with its document, if the actor may do this over the unit and the fund is open.

    Raises:
        Refusal: `not_permitted`, `fund_closed`.

    """
    fund = Fund.objects.select_related("plan", "document").get(pk=fund_id)
    require(actor, permission, unit_id=fund.plan.unit_id, at=at)
    refuse_closed(fund)
    return fund


def _commitment(entry_id: int, actor: Actor, at: datetime) -> Entry:
    entry = Entry.objects.get(pk=entry_id)
    _fund(entry.fund_id, Permission.PURCHASE_RECORD, actor, at)
    if entry.kind != Kind.COMMIT:
        sentence = _("Money can only be drawn on a commitment. Choose the commitment in the ledger.")
        raise Refusal("not_a_commitment", sentence, kind=entry.kind)
    return entry


def _standing(entries: QuerySet[Entry]) -> Entry | None:
    """Return the one of these that happened first and was not reversed."""
    undone = Entry.objects.filter(reverses=OuterRef("pk"))
    return entries.filter(~Exists(undone)).order_by("happened_on").first()
