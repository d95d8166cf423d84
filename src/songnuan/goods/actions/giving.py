"""Kits are handed over to units, with a visit or out of the store against a signature, and to families."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import NoReturn

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from songnuan.goods.actions.donations import check_unit, keep_receipt, moment
from songnuan.goods.actions.locking import by_item, hold_kit, record_of_kit
from songnuan.goods.families import beyond_family_share, family_shares, family_subject
from songnuan.goods.gifts import Handing, examine_issue, first_of
from songnuan.goods.giving import UnitShare, beyond_share, unit_shares, visits_bring_kits
from songnuan.goods.holding import require_kit_free
from songnuan.goods.lots import Shortage
from songnuan.goods.models import Distribution, Issue, Kit, Movement, MovementKind
from songnuan.goods.outgoing import given, kit_lots
from songnuan.goods.places import STORE, unit_place
from songnuan.goods.queries import KitView, kit_of, times_of
from songnuan.goods.rules import Part
from songnuan.goods.shares import receiving
from songnuan.goods.stock import lock_store, move
from songnuan.kernel.actor import Actor
from songnuan.kernel.clock import CHINA
from songnuan.kernel.days import written
from songnuan.kernel.refusal import Refusal
from songnuan.organisation.permissions import Permission
from songnuan.organisation.queries import day_of, require
from songnuan.plans.models import Plan


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
            `unit_gets_none` of what was bought for families, `held`; `stock_short` or `stock_expired` with
            `item`, `in_store` and `asked`.

    """
    require(actor, Permission.VISIT_RECORD, unit_id=unit_id, at=at)
    kit = _locked(kit_id)
    _require_not_at_desks(kit_id)
    got = given([kit_id], [unit_id]).get((kit_id, unit_id), Counter())
    whole = kit_of(kit.measure_id)
    assert whole is not None  # noqa: S101 - it is this one
    _require_for_units(whole)
    left = whole.many(times).less(got).parts
    parts = left if packs is None else tuple(_some(left, packs))
    if not parts or len(parts) < len(packs or ()):
        standing = _given_before(kit, unit_id).filter(issue__withdrawn_at__isnull=True)
        _refuse_given(standing.last(), unit_id)
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

    It may be given as long as it lies there, whatever became of its purchase, plan or fund since.

    Raises:
        Refusal: `kit_with_visits` while visits of the plan bring its kits; the first of
            `gifts.examine_issue`; `unit_gets_none` for a unit that is not to get the kit, `kit_other` for
            one that gets another of the plan, `share_unknown` where nobody says how many people it has,
            `not_in_kit`, `beyond_share` with `item`, `share`, `got` and `asked`, `held`, `stock_short`,
            `stock_expired`, `not_permitted`.

    """
    plan = Kit.objects.select_related("measure__plan").get(pk=kit_id).measure.plan
    require(actor, Permission.DONATION_RECORD, unit_id=plan.unit_id, at=at)
    kit = _locked_at_the_store(kit_id, plan)
    times = times_of(plan, actor, at)
    first_of(examine_issue(packs, happened_on, reason_late, handing, times))
    share = _share_of(kit, plan, unit_id, day_of(at))
    parts = tuple(_within(share.share.parts if share.share else (), share.got, packs, beyond_share))
    late = times.is_late(happened_on)
    out = _Out(kit, unit_id, parts, f"plans.plan:{plan.slug}", happened_on, handing, reason_late, late=late)
    kits = share.share.times if share.share else 0
    return _signed_out(out, "issue_kit", {"kits": kits}, actor, at)


@transaction.atomic(savepoint=False)
def issue_to_family(
    *,
    plan_id: int,
    kit_id: int,
    case_id: int,
    unit_id: int,
    packs: Mapping[int, int],
    happened_on: date,
    handing: Handing,
    reason_late: str,
    actor: Actor,
    at: datetime,
) -> Issue:
    """Give a family packs (by id of the item) of its share of what a plan bought for families; it signs.

    They are booked out to a unit of the plan, for the store knows no families: `case_id` says whose share it
    is of. It may be given as long as it lies there, whatever became of its purchase, plan or fund since.

    Raises:
        Refusal: The first of `gifts.examine_issue`, `unit_unknown`, `not_in_kit`, `beyond_share` with `item`,
            `share`, `got` and `asked`, `held`, `stock_short`, `stock_expired`, `not_permitted`.

    """
    plan = Plan.objects.get(pk=plan_id)
    require(actor, Permission.CASE_MANAGE, unit_id=plan.unit_id, at=at)
    _lock_kits(plan_id)
    hold_kit(kit_id)
    times = times_of(plan, actor, at)
    first_of(examine_issue(packs, happened_on, reason_late, handing, times))
    check_unit(plan, unit_id, at)
    share = next((one for one in family_shares(plan_id, case_id) if one.kit.kit_id == kit_id), None)
    parts = share.kit.parts if share else ()
    wanted = tuple(_within(parts, share.got if share else {}, packs, beyond_family_share))
    late, subject = times.is_late(happened_on), family_subject(case_id)
    kit = Kit.objects.select_related("measure__plan").get(pk=kit_id)
    out = _Out(kit, unit_id, wanted, subject, happened_on, handing, reason_late, late=late)
    return _signed_out(out, "issue_to_family", {"for": subject}, actor, at)


@dataclass(frozen=True, slots=True)
class _Out:
    """Parts of a locked kit that are to leave the store on a day: to which unit, what for, who signed."""

    kit: Kit
    unit_id: int
    parts: tuple[Part, ...]
    subject: str
    happened_on: date
    handing: Handing
    reason_late: str
    late: bool


def _signed_out(out: _Out, verb: str, also: Mapping[str, object], actor: Actor, at: datetime) -> Issue:
    """Move parts of a kit out of the store, of each what expires first, and keep who signed for them.

    Raises:
        Refusal: `held`, `stock_short`, `stock_expired`.

    """
    store = lock_store(out.kit.measure.plan_id)
    require_kit_free(out.kit.fund_id)
    taken = kit_lots(out.kit.pk, out.happened_on, out.parts, shortage=Shortage.SHARE)
    happened_at = moment(out.happened_on, at)
    movement = _move_out(
        out.kit, out.unit_id, taken, subject=out.subject, happened_at=happened_at, actor=actor, at=at
    )
    issue = keep_receipt(store, movement, out.happened_on, out.handing, late=out.late, reason=out.reason_late)
    facts = {
        "unit": out.unit_id,
        "packs": by_item(taken),
        "happened_on": out.happened_on.isoformat(),
        "late_entry": issue.late_entry,
        "by_name": issue.confirmed_by_name,
        **also,
    }
    record_of_kit(out.kit, verb, f"goods.issue:{issue.pk}", actor=actor, at=at, facts=facts)
    return issue


def _lock_kits(plan_id: int) -> None:
    """Lock the kits of a plan until commit, always in the same order: one may take the place of another."""
    list(Kit.objects.filter(measure__plan=plan_id).order_by("pk").select_for_update())


def _require_for_units(kit: KitView) -> None:
    """Let pass a kit that units get.

    Raises:
        Refusal: `unit_gets_none`.

    """
    if kit.per_family:
        sentence = _("This was bought for families: it is given for a need of a family, on the need's page.")
        raise Refusal("unit_gets_none", sentence, field="lines", kit=kit.kit_id)


def _require_not_at_desks(kit_id: int) -> None:
    """Let pass a kit that people don't pick up themselves: else somebody would get two.

    Raises:
        Refusal: `kit_at_desks`.

    """
    if Distribution.objects.filter(kit=kit_id).exists():
        sentence = _("People pick this kit up themselves, at the desks: it is not handed out to units.")
        raise Refusal("kit_at_desks", sentence, kit=kit_id)


def _locked_at_the_store(kit_id: int, plan: Plan) -> Kit:
    """Return a kit, locked until commit, that no visit brings.

    A unit gets one of the kits that replaced each other: all of them wait, always in the same order.

    Raises:
        Refusal: `kit_with_visits`.

    """
    _lock_kits(plan.pk)
    kit = _locked(kit_id)
    _require_not_at_desks(kit_id)
    if visits_bring_kits(plan.pk):
        sentence = _(
            "Visits bring the kits of this plan, and units sign there: with the visit, or afterwards on its"
            " page."
        )
        raise Refusal("kit_with_visits", sentence, kit=kit_id)
    return kit


def _share_of(kit: Kit, plan: Plan, unit_id: int, day: date) -> UnitShare:
    """Return what a unit gets of a kit, if it gets one.

    Raises:
        Refusal: `unit_gets_none`, `kit_other`, `share_unknown`.

    """
    whole = kit_of(kit.measure_id)
    assert whole is not None  # noqa: S101 - it is this one
    _require_for_units(whole)
    share = unit_shares(whole, plan, [unit_id])[unit_id]
    if unit_id not in receiving(whole, plan, day) and not share.got:
        sentence = _("This unit is not among those that get a kit of this plan. Choose one from the list.")
        raise Refusal("unit_gets_none", sentence, field="lines", unit=unit_id)
    if share.elsewhere:
        sentence = _(
            "This unit gets another kit of this plan: the one it got something of, or the one in use. Look at"
            " the list of units."
        )
        raise Refusal("kit_other", sentence, field="lines", unit=unit_id, kit=kit.pk)
    if share.share is None:
        sentence = _(
            "Each person gets a kit, and nobody has entered how many people this unit has on the plan's first"
            " day. Have the number entered in the list of units first."
        )
        raise Refusal("share_unknown", sentence, field="lines", unit=unit_id)
    return share


def _locked(kit_id: int) -> Kit:
    """Return a kit, locked until commit."""
    hold_kit(kit_id)
    return Kit.objects.select_related("measure__plan").get(pk=kit_id)


def _given_before(kit: Kit, unit_id: int) -> QuerySet[Movement]:
    """Return how a unit got parts of a kit before, what was taken back too: its number stays used."""
    return Movement.objects.filter(kit=kit, kind=MovementKind.HAND_OVER, unit_id=unit_id).order_by("part")


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
        part=_given_before(kit, unit_id).count() + 1,
    )
    move(movement, taken, source=STORE, target=unit_place(unit_id))
    return movement


def _within(
    share: Iterable[Part],
    had: Mapping[int, int],
    packs: Mapping[int, int],
    beyond: Callable[[Part, int], str],
) -> Iterator[Part]:
    """Yield the parts of a share of which these packs are to go, with so many; some of it was `had` before.

    Raises:
        Refusal: `not_in_kit`, `beyond_share`.

    """
    parts = {part.item_id: part for part in share}
    for item_id, asked in packs.items():
        part = parts.get(item_id)
        if part is None:
            sentence = _("This is not in the kit. Reload the page and enter the packs again.")
            raise Refusal("not_in_kit", sentence, field="lines")
        got = had.get(item_id, 0)
        if asked > part.quantity - got:
            facts = {"share": part.quantity, "got": got, "asked": asked}
            sentence = beyond(part, got)
            raise Refusal("beyond_share", sentence, field=f"item-{item_id}", item=part.item, **facts)
        yield replace(part, quantity=asked)


def _some(left: Iterable[Part], packs: Mapping[int, int]) -> Iterator[Part]:
    """Yield the parts of which these packs are to go, with so many; never more than is left."""
    for part in left:
        if 0 < packs.get(part.item_id, 0) <= part.quantity:
            yield replace(part, quantity=packs[part.item_id])


def _refuse_given(last: Movement | None, unit_id: int) -> NoReturn:
    """Refuse to hand over what the unit has by now, or never was to get."""
    if last is None:
        sentence = _("This is not what the unit is owed. Reload the page and look again.")
        raise Refusal("already_handed_over", sentence, unit=unit_id)
    day = last.happened_at.astimezone(CHINA).date()
    sentence = _("This unit got its kit on %(day)s already.") % {"day": written(day, "full")}
    raise Refusal("already_handed_over", sentence, unit=unit_id, movement=last.pk)
