"""A desk hands portions out: what it recorded is kept, whatever is found, and booked where nothing is."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from songnuan.funds.rules import check_reason
from songnuan.goods.actions.desks import desk_with_plan, hold_desk, movement_at, note_of_desk
from songnuan.goods.actions.locking import by_item, hold_kit, person_of
from songnuan.goods.actions.proxies import proxy_of
from songnuan.goods.holding import require_free_lots, require_kit_free
from songnuan.goods.lots import Shortage, choose, lots_lacking
from songnuan.goods.models import Batch, Desk, MovementKind, MovementLine, Pickup, Portion
from songnuan.goods.pickup_models import PickupStatus
from songnuan.goods.pickup_queries import batch_days, desk_lots, portion_parts
from songnuan.goods.pickup_rules import OF_GOODS_OR_DAY, doubt_of, is_early, lack_of, reopened
from songnuan.goods.pickup_states import Doubt, Mode, Portioned
from songnuan.goods.places import desk_place, picked_place
from songnuan.goods.stock import move
from songnuan.kernel.actor import Actor
from songnuan.kernel.refusal import NotPermitted, Refusal
from songnuan.kernel.sealing import blind_index
from songnuan.organisation.permissions import Permission
from songnuan.organisation.queries import day_of, require


@dataclass(frozen=True, slots=True)
class ToldPickup:
    """What a device sends: its key, the desk and the portion, when it was picked up, by whom instead.

    `device_at` is the device's own time, where `taken_at` was put right by what its clock is ahead or behind;
    `signed` is the SHA-256 (hex) of the picture that was signed; `by_name`: it was confirmed by name instead.
    """

    key: UUID
    desk_id: int
    portion_id: int
    taken_at: datetime
    proxy: str = ""
    device_at: datetime | None = None
    signed: str = ""
    by_name: bool = False

    @property
    def by_device(self) -> datetime:
        """When it happened by the device's clock."""
        return self.device_at or self.taken_at

    @property
    def digest(self) -> str:
        """The SHA-256 (hex) of what was told, to know it again: what a clock is off differs each time."""
        # Without the key of the house nobody tries names: the digest stays when the name is erased.
        proxy = blind_index("goods.pickup.proxy", self.proxy) if self.proxy else ""
        told = [self.desk_id, self.portion_id, self.by_device.isoformat(), proxy]
        if self.signed:
            told.append(self.signed)
        if self.by_name:
            told.append("by name")
        return sha256(json.dumps(told, ensure_ascii=False).encode()).hexdigest()


@transaction.atomic(savepoint=False)
def record_pickup(
    *, told: ToldPickup, signature_id: int | None = None, actor: Actor, at: datetime
) -> tuple[Pickup, bool]:
    """Keep what a desk recorded; return it, and whether it is new. Goods move where nothing is in doubt.

    A device that was offline tells of what happened: it is never refused for what others did meanwhile, but
    waits for a decision then, without goods, so that stock is never below zero. A time before the desk was
    opened, or ahead of now, is a wrong clock's: it is judged by the day on which it came in.

    Raises:
        Refusal: `key_reused` for another record under a key that is known, `portion_unknown`,
            `text_too_long`, `not_permitted`.

    """
    desk = desk_with_plan(told.desk_id)
    require(actor, Permission.PICKUP_RECORD, unit_id=desk.distribution.measure.plan.unit_id, at=at)
    by, proxy = person_of(actor), proxy_of(told.proxy)
    hold_desk(told.desk_id)
    # It may have been closed, or opened again, until the lock was there.
    desk.refresh_from_db(fields=["closed_at"])
    known = Pickup.objects.filter(key=told.key).first()
    if known is not None:
        return _same(known, told), False
    portion = _portion(desk, told.portion_id)
    taken_at = told.taken_at if desk.opened_at <= told.taken_at <= at else at
    is_closed = desk.closed_at is not None and taken_at > desk.closed_at
    doubt, packs = _judged(desk, portion, taken_at, is_closed=is_closed)
    made = Pickup(
        key=told.key,
        digest=told.digest,
        desk=desk,
        portion=portion,
        status=PickupStatus.WAITING if doubt else PickupStatus.BOOKED,
        doubt=doubt.value if doubt else "",
        device_at=told.by_device,
        taken_at=taken_at,
        received_at=at,
        by_id=by,
        proxy=proxy or None,
        by_proxy=bool(proxy),
        signature_id=signature_id,
        by_name=told.by_name and signature_id is None,
    )
    try:
        # The key of another desk's record may come in at this very moment: then all of this is undone.
        with transaction.atomic():
            if doubt is None:
                _book(made, packs, actor, at)
            made.save(force_insert=True)
    except IntegrityError:
        known = Pickup.objects.filter(key=told.key).first()
        if known is None:
            raise
        return _same(known, told), False
    if doubt is None or doubt in OF_GOODS_OR_DAY:
        _set(portion, Portioned.TAKEN)
    facts = {"portion": portion.pk, "by_proxy": bool(proxy), "doubt": made.doubt, "packs": by_item(packs)}
    note_of_desk(desk, "record_pickup", f"goods.pickup:{made.pk}", actor=actor, at=at, facts=facts)
    return made, True


def _same(known: Pickup, told: ToldPickup) -> Pickup:
    if known.digest != told.digest:
        sentence = _("Another record came under this number already. Reload the page, and enter it anew.")
        raise Refusal("key_reused", sentence)
    return known


def _portion(desk: Desk, portion_id: int) -> Portion:
    """Return a portion of a desk's distribution, locked until commit."""
    rows = Portion.objects.select_for_update(of=("self",)).filter(
        pk=portion_id, recipient__distribution=desk.distribution_id
    )
    portion = rows.select_related("batch", "first_batch").first()
    if portion is None:
        sentence = _("Nobody on this roster has this portion. Look the person up by name.")
        raise Refusal("portion_unknown", sentence, desk=desk.pk)
    return portion


def _judged(
    desk: Desk, portion: Portion, taken_at: datetime, *, is_closed: bool
) -> tuple[Doubt | None, Mapping[int, int]]:
    """Return what is in doubt about a pickup, and the packs by lot that go where nothing is."""
    day, kit = day_of(taken_at), desk.distribution.kit
    # What was passed on since is judged by the day of then: its record may come in late.
    too_early = is_early(Mode(desk.distribution.mode), portion.first_batch.on, day)
    doubt = doubt_of(Portioned(portion.status), too_early=too_early, is_closed=is_closed)
    if doubt is not None:
        return doubt, {}
    try:
        require_kit_free(kit.fund_id)
    except Refusal:
        return Doubt.HELD, {}
    wanted, lots = portion_parts(kit.pk), desk_lots(desk.pk)
    doubt = lack_of(wanted, lots, day)
    if doubt is not None:
        return doubt, {}
    return None, _chosen(desk, taken_at)


def _chosen(desk: Desk, taken_at: datetime) -> dict[int, int]:
    """Return packs by lot of one portion out of what a desk has.

    Raises:
        Refusal: `stock_short`, `stock_expired`; `held` where what is on hold would be needed.

    """
    lots, packs, day = desk_lots(desk.pk), dict[int, int](), day_of(taken_at)
    for part in portion_parts(desk.distribution.kit_id):
        require_free_lots(lots_lacking(part, lots, day=day))
        packs |= choose(part, lots, day=day, shortage=Shortage.DESK)
    return packs


def _book(row: Pickup, packs: Mapping[int, int], actor: Actor, at: datetime) -> None:
    """Move the goods of a pickup: they left the desk when it happened."""
    movement = movement_at(row.desk, MovementKind.PICK_UP, actor, at, subject=f"goods.pickup:{row.key}")
    movement.happened_at = row.taken_at
    move(movement, packs, source=desk_place(row.desk_id), target=picked_place(row.desk_id))
    row.movement, row.status = movement, PickupStatus.BOOKED


@transaction.atomic(savepoint=False)
def decide_pickup(*, pickup_id: int, went_out: bool, reason: str, actor: Actor, at: datetime) -> Pickup:
    """Decide about a record that waits: the goods did go out, and are booked, or it did not happen.

    Raises:
        Refusal: `pickup_decided`, `reason_missing`, `text_too_long`, `own_record`, `not_permitted`;
            `stock_short`, `stock_expired`, `held` where the desk has nothing that may be booked.

    """
    row, desk, portion = _to_decide(pickup_id, actor, at)
    if row.status != PickupStatus.WAITING:
        raise _decided()
    reason = check_reason(reason)
    if went_out:
        require_kit_free(desk.distribution.kit.fund_id)
        _book(row, _chosen(desk, row.taken_at), actor, at)
        _set(portion, Portioned.TAKEN)
    else:
        row.status = PickupStatus.VOID
    _keep(row, reason, actor, at)
    if not went_out:
        _reopen(desk, portion, at)
    facts = {"portion": portion.pk, "went_out": went_out}
    note_of_desk(desk, "decide_pickup", f"goods.pickup:{row.pk}", actor=actor, at=at, facts=facts)
    return row


@transaction.atomic(savepoint=False)
def give_back(*, pickup_id: int, reason: str, actor: Actor, at: datetime) -> Pickup:
    """Take goods back that were picked up or booked by mistake: they lie at the desk again.

    Raises:
        Refusal: `pickup_decided`, `reason_missing`, `text_too_long`, `own_record`, `not_permitted`.

    """
    row, desk, portion = _to_decide(pickup_id, actor, at)
    if row.status != PickupStatus.BOOKED or row.movement_id is None:
        raise _decided()
    reason = check_reason(reason)
    lines = MovementLine.objects.filter(movement=row.movement_id, quantity__gt=0).order_by("lot_id")
    packs = dict(lines.values_list("lot_id", "quantity"))
    movement = movement_at(desk, MovementKind.GIVE_BACK, actor, at, subject=f"goods.pickup:{row.key}")
    move(movement, packs, source=picked_place(desk.pk), target=desk_place(desk.pk))
    row.status = PickupStatus.RETURNED
    _keep(row, reason, actor, at)
    _reopen(desk, portion, at)
    facts = {"portion": portion.pk, "packs": by_item(packs)}
    note_of_desk(desk, "give_back", f"goods.pickup:{row.pk}", actor=actor, at=at, facts=facts)
    return row


def _to_decide(pickup_id: int, actor: Actor, at: datetime) -> tuple[Pickup, Desk, Portion]:
    """Return a record with its desk and portion, locked, if the actor may decide about it."""
    desk_id = Pickup.objects.values_list("desk_id", flat=True).get(pk=pickup_id)
    desk = desk_with_plan(desk_id)
    require(actor, Permission.PICKUP_MANAGE, unit_id=desk.distribution.measure.plan.unit_id, at=at)
    by = person_of(actor)
    # A hold on the fund waits for the kit, which is locked before a desk.
    hold_kit(desk.distribution.kit_id)
    hold_desk(desk_id)
    row = Pickup.objects.get(pk=pickup_id)
    row.desk = desk
    if row.by_id == by:
        sentence = _("You recorded this pickup: another one decides about it.")
        raise NotPermitted("own_record", sentence)
    return row, desk, _portion(desk, row.portion_id)


def _keep(row: Pickup, reason: str, actor: Actor, at: datetime) -> None:
    row.decided_by_id, row.decided_at, row.reason = person_of(actor), at, reason
    row.save(update_fields=["status", "movement", "decided_by", "decided_at", "reason"])


def _set(portion: Portion, status: Portioned) -> None:
    """Put a portion into a state in which nobody has settled it."""
    portion.status, portion.settled_by, portion.settled_at, portion.reason = status.value, None, None, None
    portion.save(update_fields=["status", "batch", "settled_by", "settled_at", "reason"])


def _reopen(desk: Desk, portion: Portion, at: datetime) -> None:
    """Let a portion be picked up again, unless another record stands, or waits, that it was."""
    others = Pickup.objects.filter(portion=portion)
    stands = others.filter(status__in=[PickupStatus.BOOKED, PickupStatus.WAITING])
    if portion.status != Portioned.TAKEN or stands.exists():
        return
    status, position = reopened(portion.batch.position, batch_days(desk.distribution_id), day_of(at))
    portion.batch = Batch.objects.get(distribution=desk.distribution_id, position=position)
    _set(portion, status)


def _decided() -> Refusal:
    return Refusal("pickup_decided", _("This record was decided about meanwhile. Reload the page."))
