"""The store is counted, and what is wrong or spoilt in it is decided by another person."""

from collections.abc import Mapping
from datetime import datetime
from typing import NoReturn

from django.db import transaction
from django.utils.translation import gettext as _

from songnuan.funds.rules import check_reason
from songnuan.goods.actions.locking import lock_kit_of_lot, person_of, record_of_store, require_keeper
from songnuan.goods.counted import differences, subject_of
from songnuan.goods.holding import require_free_lots, require_kit_free
from songnuan.goods.models import (
    Count,
    CountLine,
    CountStatus,
    Disposal,
    DisposalStatus,
    Lot,
    Movement,
    MovementKind,
    StockLevel,
    Store,
)
from songnuan.goods.places import DISPOSED, MISSING, STORE
from songnuan.goods.rules import LARGEST_QUANTITY, quantity_fault
from songnuan.goods.stock import lock_store, move, move_both_ways
from songnuan.goods.voided import void_lots
from songnuan.kernel.actor import Actor
from songnuan.kernel.refusal import Fact, NotPermitted, Refusal
from songnuan.organisation.permissions import Permission
from songnuan.organisation.queries import require
from songnuan.plans.models import Plan


@transaction.atomic(savepoint=False)
def start_count(*, plan_id: int, actor: Actor, at: datetime) -> Count:
    """Begin to count a plan's store: the lots and what the books say of each are frozen at this moment.

    What came of a purchase or donation that was cancelled, and left again, is not counted.

    Raises:
        Refusal: `count_running`, `nothing_to_count`, `not_permitted`, `person_needed`.

    """
    user_id = require_keeper(actor, Plan.objects.get(pk=plan_id), at)
    store = lock_store(plan_id)
    running = store.counts.filter(status__in=(CountStatus.COUNTING, CountStatus.WAITING)).first()
    if running is not None:
        sentence = _("This store is being counted already. Finish that count first.")
        raise Refusal("count_running", sentence, stock_count=running.pk)
    void = void_lots(plan_id)
    levels = StockLevel.objects.filter(lot__store=store, place=STORE).exclude(lot__in=void).order_by("lot_id")
    rows = list(levels.values_list("lot_id", "quantity"))
    if not rows:
        raise Refusal("nothing_to_count", _("Nothing has come into this store yet, so nothing is counted."))
    count = Count.objects.create(store=store, taken_at=at, started_by_id=user_id)
    CountLine.objects.bulk_create(
        CountLine(count=count, lot_id=lot_id, booked=quantity) for lot_id, quantity in rows
    )
    facts = {"rows": len(rows)}
    record_of_store(store, "start_count", subject_of(count.pk), actor=actor, at=at, facts=facts)
    return count


@transaction.atomic(savepoint=False)
def hand_in_count(*, count_id: int, counted: Mapping[int, int], actor: Actor, at: datetime) -> Count:
    """Hand in what was counted: packs by id of the lot, for every lot of the count.

    Without a difference the count is over; else the differences wait for somebody else.

    Raises:
        Refusal: `wrong_state`, `count_incomplete`, `quantity_invalid`, `not_permitted`.

    """
    count = _locked(count_id)
    user_id = require_keeper(actor, count.store.plan, at)
    lines = list(count.lines.order_by("pk"))
    for line in lines:
        _check_counted(line.lot_id, counted.get(line.lot_id))
    rows = Count.objects.filter(pk=count_id, status=CountStatus.COUNTING)
    if rows.update(status=CountStatus.WAITING, counted_by=user_id, counted_at=at) != 1:
        _refuse_state()
    for line in lines:
        line.counted = counted[line.lot_id]
    CountLine.objects.bulk_update(lines, ["counted"], batch_size=500)
    found = differences(count_id)
    if not found:
        Count.objects.filter(pk=count_id).update(status=CountStatus.AGREED)
    count.refresh_from_db()
    facts = {"rows": len(lines), "differing": len(found)}
    record_of_store(count.store, "hand_in_count", subject_of(count_id), actor=actor, at=at, facts=facts)
    return count


@transaction.atomic(savepoint=False)
def abandon_count(*, count_id: int, reason: str, actor: Actor, at: datetime) -> Count:
    """Give a count up that was not handed in: who began it may, and who decides about counts.

    Raises:
        Refusal: `not_permitted`, `person_needed`, `reason_missing`, `text_too_long`, `wrong_state`.

    """
    count = _locked(count_id)
    user_id = person_of(actor)
    if user_id != count.started_by_id:
        require(actor, Permission.STOCK_DECIDE, unit_id=count.store.plan.unit_id, at=at)
    else:
        require_keeper(actor, count.store.plan, at)
    why = check_reason(reason)
    rows = Count.objects.filter(pk=count_id, status=CountStatus.COUNTING)
    if rows.update(status=CountStatus.ABANDONED, decided_by=user_id, decided_at=at, reason=why) != 1:
        _refuse_state()
    subject, facts = subject_of(count_id), {"reason": why}
    record_of_store(count.store, "abandon_count", subject, actor=actor, at=at, facts=facts)
    count.refresh_from_db()
    return count


@transaction.atomic(savepoint=False)
def decide_count(*, count_id: int, accept: bool, reason: str, actor: Actor, at: datetime) -> Count:
    """Accept the differences of a count, which books them, or have the store counted again.

    No hold stops it: nothing leaves the store, the books are only made to say what is there.

    Raises:
        Refusal: `reason_missing`, `text_too_long`, `wrong_state`, `own_count` for who counted,
            `stock_short` where less is left by now than is missing, `not_permitted`.

    """
    count = _locked(count_id)
    require(actor, Permission.STOCK_DECIDE, unit_id=count.store.plan.unit_id, at=at)
    user_id = person_of(actor)
    if user_id in {count.started_by_id, count.counted_by_id}:
        sentence = _("You counted this store yourself. Somebody else has to decide about the differences.")
        raise NotPermitted("own_count", sentence, stock_count=count_id)
    reason = check_reason(reason)
    status = CountStatus.ACCEPTED if accept else CountStatus.RECOUNT
    found = differences(count_id)
    rows = Count.objects.filter(pk=count_id, status=CountStatus.WAITING)
    if rows.update(status=status, decided_by=user_id, decided_at=at, reason=reason) != 1:
        _refuse_state()
    if accept and found:
        movement = Movement(
            kind=MovementKind.COUNT,
            happened_at=count.taken_at,
            at=at,
            subject=subject_of(count_id),
            recorded_by_id=user_id,
            reason=reason,
        )
        ways = {
            lot_id: (-less, STORE, MISSING) if less < 0 else (less, MISSING, STORE)
            for lot_id, less in found.items()
        }
        move_both_ways(movement, ways)
    facts = {"accepted": accept, "reason": reason, "differing": len(found)}
    record_of_store(count.store, "decide_count", subject_of(count_id), actor=actor, at=at, facts=facts)
    count.refresh_from_db()
    return count


@transaction.atomic(savepoint=False)
def propose_disposal(*, lot_id: int, quantity: int, reason: str, actor: Actor, at: datetime) -> Disposal:
    """Ask that packs of a lot be disposed of: expired or spoilt ones. Somebody else decides.

    Raises:
        Refusal: `reason_missing`, `text_too_long`, `quantity_invalid`, `stock_short`, `disposal_waits`,
            `not_permitted`.

    """
    lot = Lot.objects.select_related("store__plan", "item").get(pk=lot_id)
    user_id = require_keeper(actor, lot.store.plan, at)
    lock_store(lot.store.plan_id)
    reason = check_reason(reason)
    if fault := quantity_fault(quantity):
        raise Refusal("quantity_invalid", fault, field="quantity", quantity=quantity)
    if lot.disposals.filter(status=DisposalStatus.WAITING).exists():
        sentence = _("A disposal of this lot waits for a decision already.")
        raise Refusal("disposal_waits", sentence, lot=lot.number)
    there = StockLevel.objects.filter(lot=lot, place=STORE).values_list("quantity", flat=True).first() or 0
    if quantity > there:
        sentence = _(
            "%(asked)s were entered, and the store has %(there)s of this lot. Enter at most as many."
        )
        figures = {"asked": quantity, "there": there}
        told: dict[str, Fact] = {"item": lot.item.label, "in_store": there, "asked": quantity}
        raise Refusal("stock_short", sentence % figures, field="quantity", **told)
    row = Disposal.objects.create(
        lot=lot, quantity=quantity, reason=reason, proposed_by_id=user_id, proposed_at=at
    )
    facts = {"packs": {lot.item_id: quantity}, "lot": lot.number, "reason": reason}
    record_of_store(
        lot.store, "propose_disposal", f"goods.disposal:{row.pk}", actor=actor, at=at, facts=facts
    )
    return row


@transaction.atomic(savepoint=False)
def decide_disposal(*, disposal_id: int, accept: bool, remark: str, actor: Actor, at: datetime) -> Disposal:
    """Let packs be disposed of, which books them out of the store; or not, with a remark.

    Packs of a purchase on hold, or of a fund on hold, stay; that they are not disposed of may still be said.

    Raises:
        Refusal: `reason_missing` where it is not allowed without a remark, `text_too_long`, `wrong_state`,
            `own_disposal` for who asked, `stock_short`, `held`, `not_permitted`.

    """
    row = Disposal.objects.select_related("lot__store__plan").get(pk=disposal_id)
    store = row.lot.store
    require(actor, Permission.STOCK_DECIDE, unit_id=store.plan.unit_id, at=at)
    user_id = person_of(actor)
    if user_id == row.proposed_by_id:
        sentence = _("You asked for this disposal yourself. Somebody else has to decide about it.")
        raise NotPermitted("own_disposal", sentence, disposal=disposal_id)
    remark = remark.strip() if accept and not remark.strip() else check_reason(remark)
    kit = lock_kit_of_lot(row.lot_id)
    lock_store(store.plan_id)
    status = DisposalStatus.ACCEPTED if accept else DisposalStatus.RETURNED
    if accept:
        require_free_lots([row.lot_id])
        if kit is not None:
            require_kit_free(kit.fund_id)
    waiting = Disposal.objects.filter(pk=disposal_id, status=DisposalStatus.WAITING)
    if waiting.update(status=status, decided_by=user_id, decided_at=at, remark=remark) != 1:
        _refuse_state()
    if accept:
        movement = Movement(
            kind=MovementKind.DISPOSE,
            happened_at=at,
            at=at,
            subject=f"goods.disposal:{disposal_id}",
            recorded_by_id=user_id,
            reason=row.reason,
        )
        move(movement, {row.lot_id: row.quantity}, source=STORE, target=DISPOSED)
    facts = {"accepted": accept, "packs": {row.lot.item_id: row.quantity}, "lot": row.lot.number}
    subject = f"goods.disposal:{disposal_id}"
    record_of_store(store, "decide_disposal", subject, actor=actor, at=at, facts=facts)
    row.refresh_from_db()
    return row


def _locked(count_id: int) -> Count:
    """Return the count, with its store locked until commit."""
    plan_id = Store.objects.values_list("plan_id", flat=True).get(counts=count_id)
    lock_store(plan_id)
    return Count.objects.select_related("store__plan").get(pk=count_id)


def _check_counted(lot_id: int, packs: int | None) -> None:
    if packs is None:
        sentence = _("Enter how many you counted; 0 where there is none.")
        raise Refusal("count_incomplete", sentence, field=f"lot-{lot_id}")
    if not 0 <= packs <= LARGEST_QUANTITY:
        sentence = _("Enter whole packs, 0 or more.")
        raise Refusal("quantity_invalid", sentence, field=f"lot-{lot_id}", quantity=packs)


def _refuse_state() -> NoReturn:
    sentence = _("This was handed in or decided already. Reload the page and look again.")
    raise Refusal("wrong_state", sentence)
