"""Kits are handed over to units: with a visit, or straight out of the store against a signature."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import date, datetime
from typing import NoReturn

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from songnuan.goods.actions.donations import check_unit, keep_receipt, moment
from songnuan.goods.actions.locking import by_item, record_of_kit
from songnuan.goods.gifts import Handing, examine_issue, first_of
from songnuan.goods.holding import require_kit_free
from songnuan.goods.lots import Shortage
from songnuan.goods.models import Issue, Kit, Movement, MovementKind
from songnuan.goods.outgoing import given, kit_lots
from songnuan.goods.places import STORE, unit_place
from songnuan.goods.queries import kit_of, times_of
from songnuan.goods.rules import Part
from songnuan.goods.shares import UnitShare, unit_shares
from songnuan.goods.stock import lock_store, move
from songnuan.kernel.actor import Actor
from songnuan.kernel.clock import CHINA
from songnuan.kernel.days import written
from songnuan.kernel.refusal import Refusal
from songnuan.organisation.permissions import Permission
from songnuan.organisation.queries import require


@transaction.atomic(savepoint=False)
def hand_over(
    *,
    kit_id: int,
    unit_id: int,
    subject: str,
    happened_at: datetime,
    actor: Actor,
    at: datetime,
    times: int = 1,
    packs: Mapping[int, int] | None = None,
) -> Movement:
    """Give a unit its kit out of the store, or one for each of its people; of each item what expires first.

    Args:
        kit_id: The kit.
        unit_id: Who gets it.
        subject: What it is handed over for, such as "visits.visit:7".
        happened_at: When it changed hands.
        actor: Who hands it over.
        at: When it is entered.
        times: How many kits the unit gets.
        packs: What the unit signed for, by id of the item, be it some of it; None for all that lacks.

    Raises:
        Refusal: `already_handed_over` where nothing is left to be handed over, or not what was signed for,
            `held`; `stock_short` or `stock_expired` with `item`, `in_store` and `asked`.

    """
    require(actor, Permission.VISIT_RECORD, unit_id=unit_id, at=at)
    kit = _locked(kit_id)
    got = given([kit_id], [unit_id]).get((kit_id, unit_id), Counter())
    whole = kit_of(kit.measure_id)
    assert whole is not None  # noqa: S101 - it is this one
    left = whole.many(times).less(got).parts
    parts = left if packs is None else tuple(_some(left, packs))
    if not parts or len(parts) < len(packs or ()):
        _refuse_given(_given_before(kit, unit_id), unit_id)
    lock_store(kit.measure.plan_id)
    require_kit_free(kit.fund_id)
    taken = kit_lots(kit_id, happened_at.astimezone(CHINA).date(), parts)
    movement = _move_out(kit, unit_id, taken, subject=subject, happened_at=happened_at, actor=actor, at=at)
    facts = {"unit": unit_id, "for": subject, "packs": by_item(taken)}
    record_of_kit(kit, "hand_over", f"goods.movement:{movement.pk}", actor=actor, at=at, facts=facts)
    return movement


@transaction.atomic(savepoint=False)
def issue_kit(
    *,
    kit_id: int,
    unit_id: int,
    packs: Mapping[int, int],
    happened_on: date,
    handing: Handing,
    reason_late: str,
    actor: Actor,
    at: datetime,
) -> Issue:
    """Give a unit packs (by id of the item) of its share of a kit out of the store, against a signature.

    Raises:
        Refusal: The first of `gifts.examine_issue`; `unit_unknown`, `share_unknown` where nobody says how
            many people the unit has, `beyond_share` with `item`, `share`, `got` and `asked`, `held`,
            `stock_short`, `stock_expired`, `not_permitted`.

    """
    kit = _locked(kit_id)
    plan = kit.measure.plan
    require(actor, Permission.DONATION_RECORD, unit_id=plan.unit_id, at=at)
    times = times_of(plan, actor, at)
    first_of(examine_issue(packs, happened_on, reason_late, handing, times))
    check_unit(plan, unit_id, at)
    whole = kit_of(kit.measure_id)
    assert whole is not None  # noqa: S101 - it is this one
    parts = tuple(_within(unit_shares(whole, plan, [unit_id])[unit_id], packs))
    store = lock_store(plan.pk)
    require_kit_free(kit.fund_id)
    taken = kit_lots(kit_id, happened_on, parts, shortage=Shortage.SHARE)
    movement = _move_out(
        kit,
        unit_id,
        taken,
        subject=f"plans.plan:{plan.slug}",
        happened_at=moment(happened_on, at),
        actor=actor,
        at=at,
    )
    late = times.is_late(happened_on)
    issue = keep_receipt(store, movement, happened_on, handing, late=late, reason=reason_late)
    facts = {
        "unit": unit_id,
        "packs": by_item(taken),
        "happened_on": happened_on.isoformat(),
        "late_entry": issue.late_entry,
    }
    record_of_kit(kit, "issue_kit", f"goods.issue:{issue.pk}", actor=actor, at=at, facts=facts)
    return issue


def _locked(kit_id: int) -> Kit:
    """Return a kit, locked until commit."""
    Kit.objects.filter(pk=kit_id).update(version=F("version") + 1)
    return Kit.objects.select_related("measure__plan").get(pk=kit_id)


def _given_before(kit: Kit, unit_id: int) -> list[Movement]:
    """Return how a unit got parts of a kit before, what was taken back too: its number stays used."""
    earlier = Movement.objects.filter(kit=kit, kind=MovementKind.HAND_OVER, unit_id=unit_id)
    return list(earlier.order_by("part"))


def _move_out(
    kit: Kit,
    unit_id: int,
    taken: Mapping[int, int],
    *,
    subject: str,
    happened_at: datetime,
    actor: Actor,
    at: datetime,
) -> Movement:
    movement = Movement(
        kit=kit,
        kind=MovementKind.HAND_OVER,
        happened_at=happened_at,
        at=at,
        unit_id=unit_id,
        subject=subject,
        recorded_by_id=actor.user_id,
        part=len(_given_before(kit, unit_id)) + 1,
    )
    move(movement, taken, source=STORE, target=unit_place(unit_id))
    return movement


def _within(share: UnitShare, packs: Mapping[int, int]) -> Iterator[Part]:
    """Yield the parts of a unit's share of which these packs are to go, with so many.

    Raises:
        Refusal: `share_unknown`, `beyond_share`.

    """
    if share.share is None:
        sentence = _(
            "Each person gets a kit, and nobody has entered how many people this unit has. Have the number"
            " entered in the list of units first."
        )
        raise Refusal("share_unknown", sentence, field="lines", unit=share.unit_id)
    parts = {part.item_id: part for part in share.share.parts}
    for item_id, asked in packs.items():
        part = parts.get(item_id)
        if part is None:
            sentence = _("This is not in the kit. Reload the page and enter the packs again.")
            raise Refusal("beyond_share", sentence, field="lines", item=item_id)
        got = share.got.get(item_id, 0)
        if asked > part.quantity - got:
            sentence = _(
                "The unit's share is %(share)s %(packing)s of %(item)s; it has got %(got)s. Enter at most"
                " %(left)s."
            )
            left = max(part.quantity - got, 0)
            facts = {"share": part.quantity, "got": got, "asked": asked}
            words = {**facts, "left": left, "packing": part.packing, "item": part.item}
            raise Refusal("beyond_share", sentence % words, field=f"item-{item_id}", item=part.item, **facts)
        yield replace(part, quantity=asked)


def _some(left: Iterable[Part], packs: Mapping[int, int]) -> Iterator[Part]:
    """Yield the parts of which these packs are to go, with so many; never more than is left."""
    for part in left:
        if 0 < packs.get(part.item_id, 0) <= part.quantity:
            yield replace(part, quantity=packs[part.item_id])


def _refuse_given(earlier: list[Movement], unit_id: int) -> NoReturn:
    """Refuse to hand over what the unit has by now, or never was to get."""
    if not earlier:
        sentence = _("This is not what the unit is owed. Reload the page and look again.")
        raise Refusal("already_handed_over", sentence, unit=unit_id)
    last = earlier[-1]
    day = last.happened_at.astimezone(CHINA).date()
    sentence = _("This unit got its kit on %(day)s already.") % {"day": written(day, "full")}
    raise Refusal("already_handed_over", sentence, unit=unit_id, movement=last.pk)
