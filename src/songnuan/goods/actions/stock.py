"""Bought goods come in, and go back to who sold them."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from songnuan.funds.rules import check_day, check_reason
from songnuan.goods.actions.locking import by_item, record_of_kit, standing
from songnuan.goods.holding import (
    require_may_leave,
    require_purchase_free,
)
from songnuan.goods.lots import (
    Delivery,
    OpenLine,
    check_deliveries,
    lot_name,
    spread,
)
from songnuan.goods.models import Lot, Movement, MovementKind, Purchase, Store
from songnuan.goods.places import STORE, SUPPLIER
from songnuan.goods.queries import lots_delivered_of, moves_since, open_lines
from songnuan.goods.rules import quantity_fault, tidy_number
from songnuan.goods.stock import lock_store, move
from songnuan.kernel.actor import Actor
from songnuan.kernel.clock import CHINA
from songnuan.kernel.days import written
from songnuan.kernel.refusal import Refusal


@transaction.atomic(savepoint=False)
def receive(
    *,
    purchase_id: int,
    happened_at: datetime,
    actor: Actor,
    at: datetime,
    deliveries: Sequence[Delivery] | None = None,
) -> Movement:
    """Take goods of a purchase into the store, by lot.

    Args:
        purchase_id: The purchase that is delivered.
        happened_at: When the goods came.
        actor: Who.
        at: When it is entered.
        deliveries: What came; None for all that was not delivered yet, without lot numbers.

    Raises:
        Refusal: What `lots.check_deliveries` finds, `lot_differs`, `happened_in_future`,
            `happened_long_ago`, `came_before_bought`, `wrong_state` when the purchase is cancelled, `held`,
            `fund_closed`.

    """
    purchase = standing(purchase_id, actor, at)
    require_purchase_free(purchase)
    if purchase.fund.closed_at is not None:
        sentence = _("The fund is closed, and what had not come was taken for lost. Have it reopened first.")
        raise Refusal("fund_closed", sentence, purchase=purchase.pk)
    day = happened_at.astimezone(CHINA).date()
    check_day(day, at)
    if day < purchase.bought_on:
        sentence = _("It was bought on %(bought)s, so nothing of it came on %(day)s. Check the day.")
        days = {"bought": written(purchase.bought_on, "full"), "day": written(day, "full")}
        raise Refusal("came_before_bought", sentence % days, field="came_on")
    lines = open_lines(purchase.pk)
    came = [Delivery(line.item_id, line.left) for line in lines] if deliveries is None else deliveries
    check_deliveries(came, lines, day=day)
    store = lock_store(purchase.kit.measure.plan_id)
    packs = _lots(store, purchase, came, lines)
    movement = _movement(purchase, MovementKind.RECEIVE, actor, at)
    movement.happened_at = happened_at
    move(movement, packs, source=SUPPLIER, target=STORE)
    facts = {
        "packs": by_item(packs),
        "lots": [_told(one) for one in came],
    }
    subject = f"goods.movement:{movement.pk}"
    record_of_kit(purchase.kit, "receive", subject, actor=actor, at=at, facts=facts)
    return movement


@transaction.atomic(savepoint=False)
def send_back(
    *,
    purchase_id: int,
    packs: Mapping[int, int],
    reason: str,
    actor: Actor,
    at: datetime,
    seen: int | None = None,
) -> Movement:
    """Send packs of a purchase (by id of the lot) back to the supplier; they are to come once more.

    Their money stays paid; what is not to come once more is said with the refund. `seen` is the last movement
    of the purchase's goods that the sender knew of; None compares nothing.

    Raises:
        Refusal: `reason_missing`, `text_too_long`, `lot_unknown`, `quantity_invalid`, `stock_short`,
            `wrong_state`, `held`, `fund_closed`, `goods_moved` when something moved since `seen`.

    """
    purchase = standing(purchase_id, actor, at)
    require_may_leave(purchase)
    if purchase.fund.closed_at is not None:
        sentence = _(
            "The fund is closed: nothing is to come any more, so nothing goes back to be sent once more."
            " Have it reopened first."
        )
        raise Refusal("fund_closed", sentence, purchase=purchase.pk)
    reason = check_reason(reason)
    came = lots_delivered_of(purchase.pk)
    if not packs or packs.keys() - came.keys():
        sentence = _("Enter how many go back beside a lot of this purchase.")
        raise Refusal("lot_unknown", sentence, purchase=purchase.pk)
    for lot_id, quantity in packs.items():
        if fault := quantity_fault(quantity):
            raise Refusal("quantity_invalid", fault, field=f"lot-{lot_id}", quantity=quantity)
        if quantity > came[lot_id]:
            sentence = _("%(asked)s were entered; %(left)s of this lot came with the purchase.")
            words = {"asked": quantity, "left": came[lot_id]}
            raise Refusal(
                "more_than_bought",
                sentence % words,
                field=f"lot-{lot_id}",
                asked=quantity,
                came=came[lot_id],
            )
    lock_store(purchase.kit.measure.plan_id)
    if seen is not None:
        _check_unmoved(purchase, seen)
    movement = _movement(purchase, MovementKind.SEND_BACK, actor, at)
    movement.reason = reason
    move(movement, packs, source=STORE, target=SUPPLIER)
    facts = {"sent_back": by_item(packs), "reason": reason}
    subject = f"goods.movement:{movement.pk}"
    record_of_kit(purchase.kit, "send_back", subject, actor=actor, at=at, facts=facts)
    return movement


def _lots(
    store: Store, purchase: Purchase, came: Sequence[Delivery], lines: Sequence[OpenLine]
) -> dict[int, int]:
    """Return what came as packs by lot, with a new lot wherever none of that number and date is kept.

    Raises:
        Refusal: `lot_differs` when a lot number came with another date before.

    """
    packs: Counter[int] = Counter()
    used: Counter[int] = Counter()
    known = list(Lot.objects.filter(line__purchase=purchase))
    for place, delivery in enumerate(came):
        number = tidy_number(delivery.number)
        _check_same_date(known, delivery, number, place)
        for line_id, part in spread(delivery, lines, used).items():
            lot, is_new = Lot.objects.get_or_create(
                store=store,
                line_id=line_id,
                item_id=delivery.item_id,
                number=number,
                expires_on=delivery.expires_on,
            )
            known += [lot] if is_new else []
            packs[lot.pk] += part
            used[line_id] += part
    return dict(packs)


def _told(delivery: Delivery) -> list[str | int]:
    """Return a delivery as the trail keeps it: item, lot number, last good day, packs."""
    day = delivery.expires_on.isoformat() if delivery.expires_on else ""
    return [delivery.item_id, tidy_number(delivery.number), day, delivery.quantity]


def _check_same_date(known: Sequence[Lot], delivery: Delivery, number: str, place: int) -> None:
    for lot in known:
        same = number and (lot.item_id, lot.number) == (delivery.item_id, number)
        if same and lot.expires_on != delivery.expires_on:
            day = written(lot.expires_on, "full") if lot.expires_on else _("no date")
            sentence = _("Lot %(lot)s of this purchase came with another last good day before: %(day)s.")
            figures = {"lot": lot_name(number), "day": day}
            field = f"lines-{place}-expires_on"
            raise Refusal("lot_differs", sentence % figures, field=field, lot=number)


def _check_unmoved(purchase: Purchase, seen: int) -> None:
    """Let pass what was entered in knowledge of all that moved; the store is locked.

    The same return, entered in two windows, would else be booked twice.
    """
    moved = moves_since(purchase.pk, seen)
    if not moved:
        return
    sentence = _(
        "Of the goods of this purchase something was recorded meanwhile: %(moved)s. Look at what is in the"
        " store now, and send back only what does not stand here already."
    )
    raise Refusal("goods_moved", sentence % {"moved": "；".join(moved)}, purchase=purchase.pk)


def _movement(purchase: Purchase, kind: MovementKind, actor: Actor, at: datetime) -> Movement:
    """Return a movement of goods of a purchase that happens now."""
    return Movement(
        kit=purchase.kit,
        kind=kind,
        happened_at=at,
        at=at,
        purchase=purchase,
        subject=f"goods.purchase:{purchase.pk}",
        recorded_by_id=actor.user_id,
    )
