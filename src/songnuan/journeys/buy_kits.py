"""Finance buys for a kit: the fund is charged, the purchase written down; what came at once goes into stock.

A small purchase is made at once; from the amount on at which the plan has prices compared, it is made on an
approved request, whose money is set aside already. What comes later is received by its own journey. Who
visited a unit that still waits for its kit is told.
"""

from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext as _

from songnuan.audit.chain import canonical
from songnuan.funds import actions as funds
from songnuan.funds.holding import refuse_closed
from songnuan.funds.models import Fund
from songnuan.funds.rules import purchase_voucher
from songnuan.goods import actions as goods
from songnuan.goods.actions import invoices
from songnuan.goods.models import PurchaseRequest, RequestStatus
from songnuan.goods.queries import KitView, kit_of
from songnuan.goods.request_ends import end_of
from songnuan.goods.request_queries import find_request, judge_purchase
from songnuan.goods.request_rules import request_number
from songnuan.goods.rules import Draft
from songnuan.jobs import actions as jobs
from songnuan.journeys.base import journey
from songnuan.journeys.measures.kit_purchase import Terms, terms_of
from songnuan.journeys.sent_files import SentFile, store
from songnuan.journeys.tell_of_kits import tell_of_kits
from songnuan.kernel.actor import Actor
from songnuan.kernel.bulk import digest_rows
from songnuan.kernel.refusal import Refusal
from songnuan.organisation.permissions import Permission
from songnuan.organisation.queries import require
from songnuan.plans.models import Blocks, Measure
from songnuan.plans.queries import open_questions
from songnuan.plans.rules import check_measure_runs
from songnuan.records import actions as records


@journey
def buy_kits(
    *,
    measure_id: int,
    draft: Draft,
    key: UUID,
    actor: Actor,
    at: datetime,
    received: bool = True,
    request_id: int | None = None,
    invoice: SentFile | None = None,
) -> int:
    """Record one purchase for the kit of a measure, paid, and return the purchase's id.

    The same `key` again returns the same purchase. The money is committed first, so that of two
    purchases against the last yuan one is refused before anything else is written; on an approved request
    it was committed when that was approved, and what is cheaper is released.

    Args:
        measure_id: Under which measure.
        draft: What was bought.
        key: That of the form.
        actor: Who.
        at: When.
        received: Whether all of it came now; goods that expire have to be received by lot afterwards.
        request_id: The approved request on which it is bought.
        invoice: The picture of its invoice, where it is at hand.

    Raises:
        Refusal: `measure_unknown`, `kit_missing`, `question_open` while a question that blocks payment has no
            answer, `purchase_request_unknown`, `wrong_state` of the request, `comparison_missing`,
            `beyond_fund`, `above_standard`, `more_than_needed`, `packs_spoken_for`, `not_in_kit`,
            `invoice_used`, `invoice_file_used`, `expiry_missing` where goods that expire are said to have
            come …

    """
    measure = measure_of(measure_id)
    require(actor, Permission.PURCHASE_RECORD, unit_id=measure.plan.unit_id, at=at)
    digest = _digest(measure_id, draft, request_id, invoice, received)
    earlier = jobs.receive(key=key, purpose="buy_kits", body_digest=digest, actor=actor, at=at)
    if earlier is not None:
        return int(earlier)
    kit = payable_kit(measure, at)
    terms = terms_of(measure)
    request = _request(request_id, kit)
    # Asked before the money moves, so that the clerk hears of the price and not of the fund first.
    basis = terms.basis(request_id)
    for problem in judge_purchase(kit_id=kit.kit_id, draft=draft, basis=basis, at=at):
        raise problem.refuse()
    file_id = store(invoice, "invoice", actor, at) if invoice is not None else None
    number = records.next_number(name=f"purchase:{kit.fund_id}")
    if request is None:
        purchase_id = _buy_at_once(measure, kit, terms, draft, number, actor, at)
    else:
        purchase_id = _buy_on_request(request, kit, terms, draft, number, actor, at)
    if file_id is not None:
        invoices.add_invoice(purchase_id=purchase_id, file_id=file_id, actor=actor, at=at)
    if received:
        goods.receive(purchase_id=purchase_id, happened_at=at, actor=actor, at=at)
        tell_of_kits(plan_id=measure.plan_id, key=f"purchase:{purchase_id}", actor=actor, at=at)
    jobs.settle(key=key, result=str(purchase_id))
    return purchase_id


def _buy_at_once(  # noqa: PLR0917 - what the journey found
    measure: Measure, kit: KitView, terms: Terms, draft: Draft, number: int, actor: Actor, at: datetime
) -> int:
    commitment = funds.commit(
        fund_id=kit.fund_id,
        amount_minor=draft.total_minor,
        subject=f"goods.purchase:{kit.fund_id}-{number}",
        clause_key=measure.clause_key,
        happened_on=draft.bought_on,
        actor=actor,
        at=at,
    )
    purchase = goods.record_purchase(
        kit_id=kit.kit_id,
        number=number,
        draft=draft,
        units=terms.kits,
        commitment_id=commitment.pk,
        comparing=terms.comparing,
        actor=actor,
        at=at,
    )
    paid = funds.disburse(
        entry_id=commitment.pk,
        amount_minor=draft.total_minor,
        voucher=purchase_voucher(number),
        happened_on=draft.bought_on,
        actor=actor,
        at=at,
    )
    goods.settle(purchase_id=purchase.pk, disbursement_id=paid.pk, actor=actor, at=at)
    return purchase.pk


def _buy_on_request(  # noqa: PLR0917 - what the journey found
    request: PurchaseRequest,
    kit: KitView,
    terms: Terms,
    draft: Draft,
    number: int,
    actor: Actor,
    at: datetime,
) -> int:
    """Pay out of what the approval set aside, and release the rest; the fund is locked before the kit."""
    assert request.commitment_id is not None  # noqa: S101 - the database keeps it of what is approved
    paid = funds.disburse(
        entry_id=request.commitment_id,
        amount_minor=draft.total_minor,
        voucher=purchase_voucher(number),
        happened_on=draft.bought_on,
        final=True,
        actor=actor,
        at=at,
    )
    purchase = goods.record_purchase(
        kit_id=kit.kit_id,
        number=number,
        draft=draft,
        units=terms.kits,
        commitment_id=request.commitment_id,
        request_id=request.pk,
        comparing=terms.comparing,
        actor=actor,
        at=at,
    )
    goods.settle(purchase_id=purchase.pk, disbursement_id=paid.pk, actor=actor, at=at)
    return purchase.pk


def _request(request_id: int | None, kit: KitView) -> PurchaseRequest | None:
    if request_id is None:
        return None
    row = find_request(request_id)
    if row.kit_id != kit.kit_id:
        sentence = _("This request is for another kit. Choose one of the measure itself.")
        raise Refusal("purchase_request_unknown", sentence, purchase_request=request_id)
    if row.status != RequestStatus.APPROVED:
        waits = _("Request %(number)s is not approved yet, so nothing is bought on it.")
        sentence = end_of(row) or waits % {"number": request_number(row.number)}
        raise Refusal("wrong_state", sentence, status=row.status)
    return row


def payable_kit(measure: Measure, at: datetime) -> KitView:
    """Return the kit of a measure under which money may be spent now.

    Raises:
        Refusal: `kit_missing`, `question_open`, `fund_closed`, or that the measure does not run.

    """
    check_measure_runs(measure, at)
    kit = kit_of(measure.pk)
    if kit is None:
        raise Refusal("kit_missing", _("This measure is not open yet, so nothing can be bought for it."))
    refuse_closed(Fund.objects.get(pk=kit.fund_id))
    _check_questions(measure.plan_id)
    return kit


def measure_of(measure_id: int) -> Measure:
    """Return the measure under which kits are bought.

    Raises:
        Refusal: `measure_unknown`, for a measure of another kind too.

    """
    measure = Measure.objects.select_related("plan").filter(pk=measure_id, kind="kit_purchase").first()
    if measure is None:
        sentence = _("There is no such measure under which kits are bought. Choose one from its plan.")
        raise Refusal("measure_unknown", sentence, measure=measure_id)
    return measure


def _check_questions(plan_id: int) -> None:
    """Let pass a plan none of whose open questions stands in the way of payment.

    Raises:
        Refusal: `question_open` with every such question.

    """
    waiting = open_questions(plan_id, [Blocks.PAYMENT])
    if waiting:
        head = _("Nothing can be paid while these questions have no answer. Have each answered in the plan:")
        keys = ",".join(question.key for question in waiting)
        sentence = "\n".join([head, *(question.text for question in waiting)])
        raise Refusal("question_open", sentence, count=len(waiting), keys=keys)


def _digest(
    measure_id: int,
    draft: Draft,
    request_id: int | None,
    invoice: SentFile | None,
    received: bool,  # noqa: FBT001 - as the journey's
) -> str:
    lines = [(line.item_id, line.quantity, line.unit_price_minor) for line in draft.lines]
    head = (draft.supplier, draft.invoice_number, draft.bought_on.isoformat(), draft.reason_late)
    more = (request_id or "", invoice.digest if invoice else "", received)
    return digest_rows([(measure_id, canonical(head), canonical(lines), *more)])
