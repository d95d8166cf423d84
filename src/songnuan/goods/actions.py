"""The only writers of kits, purchases and stock.

Every act first counts up the version of its kit: two acts on one kit wait for each other, so that
sums read after it hold until the end.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction
from django.db.models import F, Sum
from django.utils.translation import gettext as _

from songnuan.audit.record import record
from songnuan.funds import queries as funds
from songnuan.funds.models import Entry, Fund, Kind
from songnuan.goods import rules
from songnuan.goods.models import (
    Item,
    Kit,
    KitLine,
    Movement,
    MovementKind,
    MovementLine,
    Purchase,
    PurchaseLine,
)
from songnuan.goods.queries import STORE, SUPPLIER, parts_of, state, unit_place
from songnuan.goods.rules import Draft, Line
from songnuan.goods.stock import move
from songnuan.kernel.actor import Actor
from songnuan.kernel.refusal import Refusal
from songnuan.organisation.permissions import Permission
from songnuan.organisation.queries import require
from songnuan.plans.models import Measure


@dataclass(frozen=True, slots=True)
class NewPart:
    """One item of a kit to be defined: its name, its pack, and how many packs one kit holds."""

    item: str
    packing: str
    quantity: int


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
    _check_kit(measure, Fund.objects.get(pk=fund_id), standard_minor, parts)
    kit = Kit.objects.create(
        measure_id=measure_id, fund_id=fund_id, name=name, standard_minor=standard_minor
    )
    Item.objects.bulk_create(
        [Item(name=part.item, packing=part.packing) for part in parts], ignore_conflicts=True
    )
    for part in parts:
        item = Item.objects.get(name=part.item, packing=part.packing)
        KitLine.objects.create(kit=kit, item=item, quantity=part.quantity)
    facts = {
        "measure": measure.key,
        "standard_minor": standard_minor,
        "parts": [[part.item, part.packing, part.quantity] for part in parts],
    }
    _record(kit, "define_kit", f"goods.kit:{kit.pk}", actor, at, facts)
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
) -> Purchase:
    """Write a purchase whose money was committed in the same journey.

    Args:
        kit_id: The kit it is for.
        number: Its number in the fund, without gaps.
        draft: What was bought, where, when, at what prices.
        units: How many units get a kit.
        commitment_id: The fund's entry that set its total aside.
        actor: Who.
        at: When.

    Raises:
        Refusal: The first of `rules.examine`, or `commitment_differs`.

    """
    kit = _lock(kit_id, actor, at)
    for problem in rules.examine(draft, state(kit_id, draft, units=units, at=at, committed=True)):
        raise problem.refuse()
    _check_commitment(kit, commitment_id, draft.total_minor)
    purchase = Purchase.objects.create(
        kit=kit,
        fund_id=kit.fund_id,
        number=number,
        supplier=rules.tidy_name(draft.supplier),
        invoice_number=rules.tidy_number(draft.invoice_number),
        bought_on=draft.bought_on,
        total_minor=draft.total_minor,
        commitment_id=commitment_id,
        recorded_by_id=actor.user_id,
        recorded_at=at,
        reason_late=draft.reason_late.strip(),
    )
    PurchaseLine.objects.bulk_create(
        PurchaseLine(
            purchase=purchase,
            item_id=line.item_id,
            quantity=line.quantity,
            unit_price_minor=line.unit_price_minor,
        )
        for line in draft.lines
    )
    facts = {
        "number": number,
        "invoice_number": purchase.invoice_number,
        "bought_on": draft.bought_on.isoformat(),
        "total_minor": purchase.total_minor,
        "lines": [[line.item_id, line.quantity, line.unit_price_minor] for line in draft.lines],
        "commitment": commitment_id,
    }
    _record(kit, "record_purchase", f"goods.purchase:{purchase.pk}", actor, at, facts)
    return purchase


@transaction.atomic(savepoint=False)
def settle(*, purchase_id: int, disbursement_id: int, actor: Actor, at: datetime) -> None:
    """Note the fund's entry that paid a purchase.

    Raises:
        Refusal: `disbursement_differs` when it is no payment on the purchase's commitment,
            `wrong_state` when the purchase is paid or cancelled.

    """
    purchase = Purchase.objects.get(pk=purchase_id)
    kit = _lock(purchase.kit_id, actor, at)
    paid = Entry.objects.filter(
        pk=disbursement_id,
        kind=Kind.DISBURSE,
        commitment_id=purchase.commitment_id,
        reversals__isnull=True,
    )
    if not paid.exists():
        sentence = _("This entry is not a payment of purchase No. %(number)s.") % {"number": purchase.number}
        raise Refusal("disbursement_differs", sentence, purchase=purchase.pk, entry=disbursement_id)
    _change(purchase, {"disbursement": None}, disbursement_id=disbursement_id)
    facts = {"disbursement": disbursement_id}
    _record(kit, "settle", f"goods.purchase:{purchase.pk}", actor, at, facts)


@transaction.atomic(savepoint=False)
def cancel_purchase(*, purchase_id: int, reason: str, actor: Actor, at: datetime) -> None:
    """Take a purchase back whose money was given back to the fund before; it stays, and counts no more.

    What was delivered of it leaves the store again.

    Raises:
        Refusal: `reason_missing`, `text_too_long`, `purchase_still_funded`, `wrong_state`, `stock_short`
            when delivered goods are handed over already.

    """
    purchase = Purchase.objects.get(pk=purchase_id)
    kit = _lock(purchase.kit_id, actor, at)
    reason = check_reason(reason)
    held = funds.held_by(purchase.commitment_id)
    if held:
        sentence = _(
            "%(held)s yuan are still promised or paid for purchase No. %(number)s. Reverse that entry first."
        )
        figures = {"held": yuan(held), "number": purchase.number}
        raise Refusal("purchase_still_funded", sentence % figures, purchase=purchase.pk, held_minor=held)
    _change(purchase, {}, cancelled_at=at, cancel_reason=reason)
    delivered = _delivered(purchase)
    if delivered:
        movement = Movement(
            kit=kit,
            kind=MovementKind.SEND_BACK,
            happened_at=at,
            at=at,
            purchase=purchase,
            subject=f"goods.purchase:{purchase.pk}",
        )
        move(movement, delivered, source=STORE, target=SUPPLIER)
    _record(kit, "cancel_purchase", f"goods.purchase:{purchase.pk}", actor, at, {"sent_back": delivered})


@transaction.atomic(savepoint=False)
def receive(
    *,
    purchase_id: int,
    happened_at: datetime,
    actor: Actor,
    at: datetime,
    quantities: Mapping[int, int] | None = None,
) -> Movement:
    """Take goods of a purchase into the store.

    Args:
        purchase_id: The purchase that is delivered.
        happened_at: When the goods came.
        actor: Who.
        at: When it is entered.
        quantities: Packs by id of the item; None for all that was not delivered yet.

    Raises:
        Refusal: `more_than_bought`, `nothing_to_receive`, `happened_in_future`, `wrong_state` when the
            purchase is cancelled.

    """
    purchase = Purchase.objects.get(pk=purchase_id)
    kit = _lock(purchase.kit_id, actor, at)
    rules.check_moment(happened_at, at)
    _change(purchase, {})
    open_packs = _undelivered(purchase)
    wanted = dict(open_packs if quantities is None else quantities)
    rules.check_delivery(wanted, open_packs)
    movement = Movement(
        kit=kit,
        kind=MovementKind.RECEIVE,
        happened_at=happened_at,
        at=at,
        purchase=purchase,
        subject=f"goods.purchase:{purchase.pk}",
    )
    move(movement, wanted, source=SUPPLIER, target=STORE)
    _record(kit, "receive", f"goods.movement:{movement.pk}", actor, at, {"packs": wanted})
    return movement


@transaction.atomic(savepoint=False)
def hand_over(
    *, kit_id: int, unit_id: int, subject: str, happened_at: datetime, actor: Actor, at: datetime
) -> Movement:
    """Give a unit its kit, out of the store.

    Raises:
        Refusal: `already_handed_over`; `stock_short` with `item`, `in_store` and `asked`.

    """
    require(actor, Permission.VISIT_RECORD, unit_id=unit_id, at=at)
    Kit.objects.filter(pk=kit_id).update(version=F("version") + 1)
    kit = Kit.objects.get(pk=kit_id)
    earlier = Movement.objects.filter(kit=kit, kind=MovementKind.HAND_OVER, unit_id=unit_id).first()
    if earlier is not None:
        day = earlier.happened_at.astimezone(CHINA).date().isoformat()
        sentence = _("This unit got its kit on %(day)s already.") % {"day": day}
        raise Refusal("already_handed_over", sentence, unit=unit_id, movement=earlier.pk)
    packs = {part.item_id: part.quantity for part in parts_of(kit_id)}
    movement = Movement(
        kit=kit,
        kind=MovementKind.HAND_OVER,
        happened_at=happened_at,
        at=at,
        unit_id=unit_id,
        subject=subject,
    )
    move(movement, packs, source=STORE, target=unit_place(unit_id))
    facts = {"unit": unit_id, "for": subject, "packs": packs}
    _record(kit, "hand_over", f"goods.movement:{movement.pk}", actor, at, facts)
    return movement


def _lock(kit_id: int, actor: Actor, at: datetime) -> Kit:
    """Return the kit, with its row locked until commit, if the actor may buy for its plan."""
    kit = Kit.objects.select_related("measure__plan").get(pk=kit_id)
    require(actor, Permission.PURCHASE_RECORD, unit_id=kit.measure.plan.unit_id, at=at)
    Kit.objects.filter(pk=kit_id).update(version=F("version") + 1)
    return kit


def _change(purchase: Purchase, where: Mapping[str, object], **updates: object) -> None:
    """Change a purchase that is not cancelled, and stands as `where` says."""
    rows = Purchase.objects.filter(pk=purchase.pk, cancelled_at__isnull=True, **where)
    if rows.update(**updates) != 1:
        sentence = _("This purchase was paid or cancelled meanwhile. Reload the page and look again.")
        raise Refusal("wrong_state", sentence, purchase=purchase.pk)
