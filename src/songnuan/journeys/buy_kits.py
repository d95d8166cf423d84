"""Finance buys for a kit: the fund is charged, the purchase written down; what came at once goes into stock.

What comes later is received by its own journey. Who visited a unit that still waits for its kit is told.
"""

from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext as _

from songnuan.audit.chain import canonical
from songnuan.funds import actions as funds
from songnuan.funds.rules import purchase_voucher
from songnuan.goods import actions as goods
from songnuan.goods.models import Purchase
from songnuan.goods.queries import KitView, check_purchase, kit_of
from songnuan.goods.rules import Draft
from songnuan.jobs import actions as jobs
from songnuan.journeys.base import journey
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
) -> int:
    """Record one purchase for the kit of a measure, paid, and return the purchase's id.

    `received` says that all of it came now; goods that expire have to be received by lot afterwards.

    The same `key` again returns the same purchase. The money is committed first, so that of two
    purchases against the last yuan one is refused before anything else is written.

    Raises:
        Refusal: `measure_unknown`, `kit_missing`, `question_open` while a question that blocks payment has no
            answer, `beyond_fund`, `above_standard`, `more_than_needed`, `not_in_kit`, `invoice_used`,
            `expiry_missing` where goods that expire are said to have come …

    """
    measure = _measure(measure_id)
    require(actor, Permission.PURCHASE_RECORD, unit_id=measure.plan.unit_id, at=at)
    earlier = jobs.receive(
        key=key, purpose="buy_kits", body_digest=_digest(measure_id, draft, received), actor=actor, at=at
    )
    if earlier is not None:
        return int(earlier)
    check_measure_runs(measure, at)
    units = int(measure.settings["units"])
    kit = kit_of(measure_id)
    if kit is None:
        raise Refusal("kit_missing", _("This measure is not open yet, so nothing can be bought for it."))
    _check_questions(measure.plan_id)
    # Asked before the money moves, so that the clerk hears of the price and not of the fund first.
    for problem in check_purchase(kit_id=kit.kit_id, draft=draft, units=units, at=at):
        raise problem.refuse()
    purchase = _buy(kit, measure, draft, units, actor, at)
    if received:
        goods.receive(purchase_id=purchase.pk, happened_at=at, actor=actor, at=at)
        tell_of_kits(plan_id=measure.plan_id, key=f"purchase:{purchase.pk}", actor=actor, at=at)
    jobs.settle(key=key, result=str(purchase.pk))
    return purchase.pk


def _buy(  # noqa: PLR0917 - what a purchase is made of
    kit: KitView, measure: Measure, draft: Draft, units: int, actor: Actor, at: datetime
) -> Purchase:
    """Charge the fund, write the purchase down, and pay it."""
    number = records.next_number(name=f"purchase:{kit.fund_id}")
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
        units=units,
        commitment_id=commitment.pk,
        actor=actor,
        at=at,
    )
    disbursement = funds.disburse(
        entry_id=commitment.pk,
        amount_minor=draft.total_minor,
        voucher=purchase_voucher(number),
        happened_on=draft.bought_on,
        actor=actor,
        at=at,
    )
    goods.settle(purchase_id=purchase.pk, disbursement_id=disbursement.pk, actor=actor, at=at)
    return purchase


def _measure(measure_id: int) -> Measure:
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


def _digest(measure_id: int, draft: Draft, received: bool) -> str:  # noqa: FBT001 - as the journey's
    lines = [(line.item_id, line.quantity, line.unit_price_minor) for line in draft.lines]
    head = (draft.supplier, draft.invoice_number, draft.bought_on.isoformat(), draft.reason_late)
    return digest_rows([(measure_id, canonical(head), canonical(lines), received)])
