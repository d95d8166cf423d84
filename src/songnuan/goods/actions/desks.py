"""Desks are opened and closed, and get goods of their own out of the store."""

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from songnuan.audit.record import record
from songnuan.goods.actions.locking import by_item, hold_kit
from songnuan.goods.holding import require_kit_free
from songnuan.goods.lots import Shortage
from songnuan.goods.models import Desk, Distribution, Movement, MovementKind, StockLevel
from songnuan.goods.outgoing import kit_lots
from songnuan.goods.places import STORE, desk_place
from songnuan.goods.queries import kit_of
from songnuan.goods.rules import quantity_fault
from songnuan.goods.stock import lock_store, move
from songnuan.kernel.actor import Actor
from songnuan.kernel.refusal import Refusal
from songnuan.organisation.permissions import Permission
from songnuan.organisation.queries import day_of, require

_NAME = 60


@transaction.atomic(savepoint=False)
def open_desk(*, distribution_id: int, name: str, actor: Actor, at: datetime) -> Desk:
    """Open a desk; it has nothing yet.

    Raises:
        Refusal: `desk_unnamed`, `text_too_long`, `desk_named_so`, `not_permitted`.

    """
    row = Distribution.objects.select_related("measure__plan").get(pk=distribution_id)
    require(actor, Permission.PICKUP_MANAGE, unit_id=row.measure.plan.unit_id, at=at)
    name = " ".join(name.split())
    if not name:
        raise Refusal("desk_unnamed", _("Give the desk a name, such as: east gate."), field="name")
    if len(name) > _NAME:
        raise Refusal("text_too_long", _("Keep the name within 60 characters."), field="name")
    desk, is_new = Desk.objects.get_or_create(distribution=row, name=name, defaults={"opened_at": at})
    if not is_new:
        raise Refusal("desk_named_so", _("Another desk has this name. Choose another."), field="name")
    note_of_desk(desk, "open_desk", f"goods.desk:{desk.pk}", actor=actor, at=at, facts={})
    return desk


@transaction.atomic(savepoint=False)
def allot(*, desk_id: int, kits: int, actor: Actor, at: datetime) -> Movement:
    """Give a desk whole kits out of the store, of each item what expires first; a closed desk is open again.

    What it handed out before it closed, and told of only afterwards, is booked out of these.

    Raises:
        Refusal: `quantity_invalid`, `held`, `stock_short`, `stock_expired`, `not_permitted`.

    """
    desk = _desk(desk_id, actor, at)
    if fault := quantity_fault(kits):
        raise Refusal("quantity_invalid", fault, field="kits", quantity=kits)
    kit = desk.distribution.kit
    # A kit is locked before its store, and both before a desk.
    hold_kit(kit.pk)
    lock_store(desk.distribution.measure.plan_id)
    hold_desk(desk_id)
    require_kit_free(kit.fund_id)
    whole = kit_of(kit.measure_id)
    assert whole is not None  # noqa: S101 - it is this one
    packs = kit_lots(kit.pk, day_of(at), whole.many(kits).parts, shortage=Shortage.SHARE)
    Desk.objects.filter(pk=desk_id).update(closed_at=None)
    movement = movement_at(desk, MovementKind.ALLOT, actor, at)
    move(movement, packs, source=STORE, target=desk_place(desk_id))
    facts = {"kits": kits, "packs": by_item(packs)}
    note_of_desk(desk, "allot", f"goods.movement:{movement.pk}", actor=actor, at=at, facts=facts)
    return movement


@transaction.atomic(savepoint=False)
def close_desk(*, desk_id: int, actor: Actor, at: datetime) -> Movement | None:
    """Close a desk and bring what it has left back to the store; return how it was booked, if any was.

    What was given back at a desk after it closed is brought back so as well.

    Raises:
        Refusal: `desk_closed`, `not_permitted`.

    """
    desk = _desk(desk_id, actor, at)
    hold_kit(desk.distribution.kit_id)
    lock_store(desk.distribution.measure.plan_id)
    hold_desk(desk_id)
    desk.refresh_from_db(fields=["closed_at"])
    there = StockLevel.objects.filter(place=desk_place(desk_id), quantity__gt=0).order_by("lot_id")
    packs = dict(there.values_list("lot_id", "quantity"))
    if desk.closed_at is not None and not packs:
        raise Refusal("desk_closed", _("This desk is closed, and has nothing left."), desk=desk_id)
    movement = None
    if packs:
        movement = movement_at(desk, MovementKind.BRING_BACK, actor, at)
        move(movement, packs, source=desk_place(desk_id), target=STORE)
    Desk.objects.filter(pk=desk_id, closed_at=None).update(closed_at=at)
    note_of_desk(
        desk, "close_desk", f"goods.desk:{desk_id}", actor=actor, at=at, facts={"packs": by_item(packs)}
    )
    return movement


def hold_desk(desk_id: int) -> None:
    """Lock a desk until commit: what it has holds until then."""
    Desk.objects.filter(pk=desk_id).update(version=F("version") + 1)


def desk_with_plan(desk_id: int) -> Desk:
    """Return a desk with its distribution, kit and plan."""
    return Desk.objects.select_related("distribution__measure__plan", "distribution__kit").get(pk=desk_id)


def movement_at(desk: Desk, kind: MovementKind, actor: Actor, at: datetime, subject: str = "") -> Movement:
    """Return a movement of goods at a desk that happens now, to be written."""
    return Movement(
        kit=desk.distribution.kit,
        kind=kind,
        happened_at=at,
        at=at,
        subject=subject or f"goods.desk:{desk.pk}",
        recorded_by_id=actor.user_id,
    )


def note_of_desk(
    desk: Desk, verb: str, subject: str, *, actor: Actor, at: datetime, facts: Mapping[str, object]
) -> None:
    """Tell of an act at a desk in a stream of its own: desks do not wait for each other."""
    record(
        stream=f"pickups:{desk.distribution_id}:{desk.pk}",
        action=f"goods.{verb}",
        subject=subject,
        actor=actor,
        at=at,
        facts={"desk": desk.pk, **facts},
    )


def _desk(desk_id: int, actor: Actor, at: datetime) -> Desk:
    desk = desk_with_plan(desk_id)
    require(actor, Permission.PICKUP_MANAGE, unit_id=desk.distribution.measure.plan.unit_id, at=at)
    return desk
