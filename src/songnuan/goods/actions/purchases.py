"""Kits are defined, purchases written, paid and cancelled."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from songnuan.funds import queries as funds
from songnuan.funds.models import Entry, Fund, Kind
from songnuan.funds.rules import check_amount, check_reason
from songnuan.goods import rules
from songnuan.goods.actions.locking import by_item, lock_kit, record_of_kit, refuse_state, standing
from songnuan.goods.deliveries import short_in, with_short
from songnuan.goods.holding import require_may_leave, require_purchase_free, require_request_free
from songnuan.goods.lifecycle import REQUEST
from songnuan.goods.models import (
    Item,
    Kit,
    KitLine,
    Movement,
    MovementKind,
    Purchase,
    PurchaseLine,
    PurchaseRequest,
    ShortClosing,
)
from songnuan.goods.places import STORE, SUPPLIER
from songnuan.goods.queries import lots_delivered_of, open_lines
from songnuan.goods.request_queries import judge_purchase
from songnuan.goods.request_rules import Basis, Comparing
from songnuan.goods.rules import Draft, NewPart, quantity_fault
from songnuan.goods.stock import lock_store, move
from songnuan.kernel.actor import Actor
from songnuan.kernel.money import yuan
from songnuan.kernel.refusal import Fact, Refusal
from songnuan.organisation.permissions import Permission
from songnuan.organisation.queries import require
from songnuan.plans.models import Measure

_NEVER = Comparing()


@transaction.atomic(savepoint=False)
def define_kit(
    *,
    measure_id: int,
    fund_id: int,
    name: str,
    standard_minor: int,
    parts: Sequence[NewPart],
    actor: Actor,
    at: datetime,
) -> Kit:
    """Say what each unit gets under a measure, what it may cost (fen), and which fund pays.

    Raises:
        Refusal: `kit_defined`, `fund_of_other_plan`, `amount_invalid`, `lines_missing`,
            `quantity_invalid`, `item_twice`.

    """
    measure = Measure.objects.select_related("plan").get(pk=measure_id)
    require(actor, Permission.PLAN_OPEN, unit_id=measure.plan.unit_id, at=at)
    check_amount(standard_minor)
    rules.check_parts(parts)
    if Fund.objects.get(pk=fund_id).plan_id != measure.plan_id:
        sentence = _("This fund belongs to another plan. Choose a fund of the plan of the measure.")
        raise Refusal("fund_of_other_plan", sentence, field="fund", fund=fund_id)
    if Kit.objects.filter(measure_id=measure_id).exists():
        raise Refusal("kit_defined", _("This measure has its kit already."), measure=measure.pk)
    kit = Kit.objects.create(measure_id=measure_id, fund_id=fund_id, name=name, standard_minor=standard_minor)
    Item.objects.bulk_create(
        [Item(name=part.item, specification=part.specification, packing=part.packing) for part in parts],
        ignore_conflicts=True,
    )
    for part in parts:
        item = Item.objects.get(name=part.item, specification=part.specification, packing=part.packing)
        KitLine.objects.create(kit=kit, item=item, quantity=part.quantity, expires=part.expires)
    facts = {
        "measure": measure.key,
        "standard_minor": standard_minor,
        "parts": [[part.label, part.packing, part.quantity] for part in parts],
    }
    record_of_kit(kit, "define_kit", f"goods.kit:{kit.pk}", actor=actor, at=at, facts=facts)
    return kit


@transaction.atomic(savepoint=False)
def record_purchase(
    *,
    kit_id: int,
    number: int,
    draft: Draft,
    units: int,
    commitment_id: int,
    actor: Actor,
    at: datetime,
    request_id: int | None = None,
    comparing: Comparing = _NEVER,
) -> Purchase:
    """Write a purchase whose money was committed in the same journey, or when its request was approved.

    Args:
        kit_id: The kit it is for.
        number: Its number in the fund, without gaps.
        draft: What was bought, where, when, at what prices.
        units: How many units get a kit.
        commitment_id: The fund's entry that set its total aside.
        actor: Who.
        at: When.
        request_id: The approved request on which it is bought, which is bought with it.
        comparing: From which amount prices have to be compared.

    Raises:
        Refusal: The first of `request_queries.judge_purchase`, `wrong_state` when the request is not
            approved, or `commitment_differs`.

    """
    kit = lock_kit(kit_id, actor, at)
    basis = Basis(units, comparing, request_id)
    for problem in judge_purchase(kit_id=kit_id, draft=draft, basis=basis, at=at, committed=True):
        raise problem.refuse()
    _check_commitment(kit, commitment_id, draft.total_minor, request_id)
    if request_id is not None:
        require_request_free(request_id)
        REQUEST.move_one(PurchaseRequest.objects.filter(pk=request_id, kit=kit), "buy")
    purchase = Purchase(
        kit=kit,
        fund_id=kit.fund_id,
        number=number,
        commitment_id=commitment_id,
        request_id=request_id,
        recorded_by_id=actor.user_id,
        recorded_at=at,
    )
    _write(purchase, draft)
    facts = {
        "number": number,
        "invoice_number": purchase.invoice_number,
        "bought_on": draft.bought_on.isoformat(),
        "total_minor": purchase.total_minor,
        "lines": [[line.item_id, line.quantity, line.unit_price_minor] for line in draft.lines],
        "commitment": commitment_id,
        "purchase_request": request_id,
    }
    record_of_kit(kit, "record_purchase", f"goods.purchase:{purchase.pk}", actor=actor, at=at, facts=facts)
    return purchase


@transaction.atomic(savepoint=False)
def settle(*, purchase_id: int, disbursement_id: int, actor: Actor, at: datetime) -> None:
    """Note the fund's entry that paid a purchase.

    Raises:
        Refusal: `disbursement_differs` when it is no payment on the purchase's commitment,
            `wrong_state` when the purchase is paid or cancelled, `held`.

    """
    purchase = standing(purchase_id, actor, at)
    require_purchase_free(purchase)
    paid = Entry.objects.filter(
        pk=disbursement_id,
        kind=Kind.DISBURSE,
        commitment_id=purchase.commitment_id,
        reversals__isnull=True,
    )
    if not paid.exists():
        sentence = _("This entry is not a payment of purchase No. %(number)s.") % {"number": purchase.number}
        raise Refusal("disbursement_differs", sentence, purchase=purchase.pk, entry=disbursement_id)
    unpaid = Purchase.objects.filter(pk=purchase.pk, cancelled_at__isnull=True, disbursement__isnull=True)
    if unpaid.update(disbursement_id=disbursement_id) != 1:
        refuse_state(purchase)
    facts = {"disbursement": disbursement_id}
    record_of_kit(purchase.kit, "settle", f"goods.purchase:{purchase.pk}", actor=actor, at=at, facts=facts)


@transaction.atomic(savepoint=False)
def cancel_purchase(*, purchase_id: int, reason: str, actor: Actor, at: datetime) -> None:
    """Take a purchase back whose money was given back to the fund before; it stays, and counts no more.

    What was delivered of it leaves the store again.

    Raises:
        Refusal: `reason_missing`, `text_too_long`, `purchase_still_funded`, `wrong_state`, `stock_short`
            when delivered goods are handed over already, `held`.

    """
    purchase = standing(purchase_id, actor, at)
    require_may_leave(purchase)
    reason = check_reason(reason)
    held = funds.held_by(purchase.commitment_id)
    if held:
        sentence = _(
            "%(held)s yuan are still promised or paid for purchase No. %(number)s. Reverse that entry first."
        )
        figures = {"held": yuan(held), "number": purchase.number}
        raise Refusal("purchase_still_funded", sentence % figures, purchase=purchase.pk, held_minor=held)
    counted = Purchase.objects.filter(pk=purchase.pk, cancelled_at__isnull=True)
    if counted.update(cancelled_at=at, cancel_reason=reason) != 1:
        refuse_state(purchase)
    lots = lots_delivered_of(purchase.pk)
    if lots:
        lock_store(purchase.kit.measure.plan_id)
        movement = Movement(
            kit=purchase.kit,
            kind=MovementKind.SEND_BACK,
            happened_at=at,
            at=at,
            purchase=purchase,
            subject=f"goods.purchase:{purchase.pk}",
            recorded_by_id=actor.user_id,
            reason=reason,
        )
        move(movement, lots, source=STORE, target=SUPPLIER)
    record_of_kit(
        purchase.kit,
        "cancel_purchase",
        f"goods.purchase:{purchase.pk}",
        actor=actor,
        at=at,
        facts={"sent_back": by_item(lots)},
    )


def _write(purchase: Purchase, draft: Draft) -> None:
    """Write the purchase with what the draft says, and its lines."""
    purchase.supplier = rules.tidy_name(draft.supplier)
    purchase.invoice_number = rules.tidy_number(draft.invoice_number)
    purchase.bought_on = draft.bought_on
    purchase.total_minor = draft.total_minor
    purchase.reason_late = draft.reason_late.strip()
    purchase.save(force_insert=True)
    PurchaseLine.objects.bulk_create(
        PurchaseLine(
            purchase=purchase,
            item_id=line.item_id,
            quantity=line.quantity,
            unit_price_minor=line.unit_price_minor,
        )
        for line in draft.lines
    )


def _check_commitment(kit: Kit, commitment_id: int, total_minor: int, request_id: int | None) -> None:
    """Let pass an entry that holds the total and no more: of a request, what was cheaper is released."""
    entry = Entry.objects.filter(pk=commitment_id, kind=Kind.COMMIT, fund_id=kit.fund_id).first()
    taken = Purchase.objects.filter(commitment_id=commitment_id).exists()
    owner = PurchaseRequest.objects.filter(commitment_id=commitment_id).first()
    if (
        entry is None
        or taken
        or (owner.pk if owner else None) != request_id
        or (owner is None and entry.amount_minor != total_minor)
        or funds.held_by(entry.pk) != total_minor
    ):
        sentence = _(
            "The money set aside is not that of this purchase (%(total)s yuan). Commit its total first."
        )
        figures = {"total": yuan(total_minor)}
        raise Refusal(
            "commitment_differs", sentence % figures, commitment=commitment_id, asked_minor=total_minor
        )


@transaction.atomic(savepoint=False)
def close_short(
    *, purchase_id: int, packs: Mapping[int, int], refund_id: int, actor: Actor, at: datetime
) -> None:
    """Note that packs (by id of the line) of a purchase do not come any more: a refund was given for them.

    Raises:
        Refusal: `wrong_state` when it was cancelled; `quantity_invalid` or `more_than_open`, with the field
            `packs-<line>`; `packs_worth_more` than what was refunded, so that nobody writes goods off alone.

    """
    purchase = standing(purchase_id, actor, at)
    left = {line.line_id: line for line in open_lines(purchase_id)}
    for line_id, quantity in packs.items():
        field = f"packs-{line_id}"
        if fault := quantity_fault(quantity):
            raise Refusal("quantity_invalid", fault, field=field, quantity=quantity)
        there = left[line_id].left if line_id in left else 0
        if quantity > there:
            sentence = _("%(left)s are still to come of it. Enter at most as many.")
            figures: dict[str, Fact] = {"left": there, "asked": quantity}
            raise Refusal("more_than_open", sentence % figures, field=field, **figures)
    _check_worth(purchase, packs)
    ShortClosing.objects.bulk_create(
        ShortClosing(
            line_id=line_id, quantity=quantity, refund_id=refund_id, at=at, recorded_by_id=actor.user_id
        )
        for line_id, quantity in sorted(packs.items())
    )
    items = dict(PurchaseLine.objects.filter(pk__in=packs).values_list("pk", "item_id"))
    told: Counter[int] = Counter()
    for line_id, quantity in packs.items():
        told[items[line_id]] += quantity
    facts = {"refund": refund_id, "packs": dict(told)}
    subject = f"goods.purchase:{purchase_id}"
    record_of_kit(purchase.kit, "close_short", subject, actor=actor, at=at, facts=facts)


def _check_worth(purchase: Purchase, packs: Mapping[int, int]) -> None:
    """Let pass packs that, with those given up before, cost no more than what came back of the purchase."""
    lines = with_short(PurchaseLine.objects.filter(purchase=purchase))
    worth = sum((short_in(line) + packs.get(line.pk, 0)) * line.unit_price_minor for line in lines)
    back = sum(entry.amount_minor for entry in funds.refunds_on(purchase.commitment_id))
    if worth > back:
        sentence = _(
            "What does not come any more cost %(worth)s yuan, and %(back)s yuan came back of this purchase."
            " Enter fewer packs, or what else was refunded."
        )
        figures = {"worth": yuan(worth), "back": yuan(back)}
        raise Refusal(
            "packs_worth_more", sentence % figures, field="amount", worth_minor=worth, refunded_minor=back
        )
