"""Donated goods come in, and are given to units against their signature."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time

from django.db import transaction
from django.utils.translation import gettext as _

from songnuan.funds.rules import check_reason
from songnuan.goods.actions.locking import by_item, person_of, record_of_store
from songnuan.goods.counting import UNDECIDED
from songnuan.goods.gifts import Gift, Handing, examine_gift, examine_issue, first_of
from songnuan.goods.lots import Wanted, choose
from songnuan.goods.models import (
    Disposal,
    DisposalStatus,
    Donation,
    DonationLine,
    Issue,
    Item,
    Lot,
    Movement,
    MovementKind,
    StockLevel,
    Store,
)
from songnuan.goods.places import DONOR, STORE, unit_place
from songnuan.goods.queries import on_hand, times_of
from songnuan.goods.rules import tidy_name, tidy_number
from songnuan.goods.stock import lock_store, move
from songnuan.kernel.actor import Actor
from songnuan.kernel.clock import CHINA
from songnuan.kernel.names import tidy_name as tidy_person
from songnuan.kernel.refusal import NotPermitted, Refusal
from songnuan.organisation.permissions import Permission
from songnuan.organisation.queries import day_of, require, subtree
from songnuan.plans.models import Plan


@transaction.atomic(savepoint=False)
def record_donation(*, plan_id: int, number: int, gift: Gift, actor: Actor, at: datetime) -> Donation:
    """Record what was given for a plan: it comes into the store, or went straight to a unit that signed.

    Args:
        plan_id: The plan it was given for.
        number: Its number in the store, without gaps.
        gift: What was given, by whom, when, of which value; who took it.
        actor: Who enters it.
        at: When.

    Raises:
        Refusal: The first of `gifts.examine_gift`, `unit_unknown`, `not_permitted`.

    """
    plan = Plan.objects.get(pk=plan_id)
    require(actor, Permission.DONATION_RECORD, unit_id=plan.unit_id, at=at)
    times = times_of(plan, actor, at)
    first_of(examine_gift(gift, times))
    if gift.unit_id is not None:
        _check_unit(plan, gift.unit_id, at)
    store = lock_store(plan_id)
    donation = Donation.objects.create(
        store=store,
        number=number,
        donor=tidy_name(gift.donor),
        donor_kind=gift.donor_kind,
        donated_on=gift.donated_on,
        valuation=gift.valuation,
        total_minor=gift.total_minor,
        unit_id=gift.unit_id,
        receiver_name=tidy_person(gift.handing.receiver_name),
        recorded_by_id=actor.user_id,
        recorded_at=at,
        late_entry=times.needs_reason(gift.donated_on),
        before_plan=times.is_before_plan(gift.donated_on),
        reason_late=gift.reason_late.strip(),
    )
    packs = _keep_lines(donation, gift)
    subject = f"goods.donation:{donation.pk}"
    if gift.unit_id is None:
        movement = Movement(
            kind=MovementKind.DONATE,
            happened_at=_moment(gift.donated_on, at),
            at=at,
            subject=subject,
            recorded_by_id=actor.user_id,
        )
        move(movement, packs, source=DONOR, target=STORE)
    else:
        given = _Handed(gift.unit_id, packs, DONOR, gift.donated_on, gift.handing, gift.reason_late)
        _issue(store, given, donation, actor, at)
    facts = {
        "number": number,
        "total_minor": donation.total_minor,
        "packs": by_item(packs),
        "unit": gift.unit_id,
        "happened_on": gift.donated_on.isoformat(),
        "late_entry": donation.late_entry,
    }
    record_of_store(store, "record_donation", subject, actor=actor, at=at, facts=facts)
    return donation


@transaction.atomic(savepoint=False)
def issue_goods(
    *,
    plan_id: int,
    unit_id: int,
    packs: Mapping[int, int],
    happened_on: date,
    handing: Handing,
    reason_late: str,
    actor: Actor,
    at: datetime,
) -> Issue:
    """Give donated packs (by id of the item) out of the store to a unit, of each item what expires first.

    Raises:
        Refusal: The first of `gifts.examine_issue`, `unit_unknown`, `stock_short`, `stock_expired`,
            `not_permitted`.

    """
    plan = Plan.objects.get(pk=plan_id)
    require(actor, Permission.DONATION_RECORD, unit_id=plan.unit_id, at=at)
    first_of(examine_issue(packs, happened_on, reason_late, handing, times_of(plan, actor, at)))
    _check_unit(plan, unit_id, at)
    store = lock_store(plan_id)
    there = on_hand(Lot.objects.filter(store=store, gift__isnull=False), on=happened_on)
    lots: dict[int, int] = {}
    for item in Item.objects.filter(pk__in=packs).order_by("pk"):
        wanted = Wanted(item.pk, item.label, item.packing, packs[item.pk])
        lots |= choose(wanted, there, day=happened_on, of_kit=False)
    given = _Handed(unit_id, lots, STORE, happened_on, handing, reason_late)
    issue = _issue(store, given, None, actor, at)
    facts = {"unit": unit_id, "packs": by_item(lots), "happened_on": happened_on.isoformat()}
    subject = f"goods.issue:{issue.pk}"
    record_of_store(
        store, "issue_goods", subject, actor=actor, at=at, facts={**facts, "late_entry": issue.late_entry}
    )
    return issue


@transaction.atomic(savepoint=False)
def cancel_donation(*, donation_id: int, reason: str, actor: Actor, at: datetime) -> Donation:
    """Cancel a donation that was entered wrongly: its goods leave the store again, it stays.

    Raises:
        NotPermitted: `not_permitted`; `own_donation` for who recorded it on an earlier day.
        Refusal: `donation_unknown`, `reason_missing`, `text_too_long`, `wrong_state` when it is cancelled,
            `donation_issued` once something of it left the store, `count_running` while the store is counted,
            `disposal_waits` while somebody decides about a lot of it.

    """
    donation = Donation.objects.select_related("store__plan").filter(pk=donation_id).first()
    if donation is None:
        sentence = _("There is no such donation. Choose one from the list of its plan.")
        raise Refusal("donation_unknown", sentence, donation=donation_id)
    plan = donation.store.plan
    require(actor, Permission.DONATION_RECORD, unit_id=plan.unit_id, at=at)
    user_id = person_of(actor)
    if user_id == donation.recorded_by_id and day_of(donation.recorded_at) != day_of(at):
        sentence = _("You recorded it yourself, on an earlier day. Somebody else has to cancel it.")
        raise NotPermitted("own_donation", sentence, donation=donation_id)
    why = check_reason(reason)
    store = lock_store(plan.pk)
    _check_unasked(store, donation)
    standing = Donation.objects.filter(pk=donation_id, cancelled_at__isnull=True)
    if standing.update(cancelled_at=at, cancelled_by_id=user_id, cancel_reason=why) != 1:
        raise Refusal("wrong_state", _("This donation was cancelled already. Reload the page."))
    came = dict(Lot.objects.filter(gift__donation=donation).values_list("pk", "gift__quantity"))
    there = StockLevel.objects.filter(lot__in=came, place=STORE).values_list("lot_id", "quantity")
    if dict(there) != came:
        sentence = _(
            "Goods of this donation have left the store, or were counted otherwise: it can no longer be"
            " cancelled."
        )
        raise Refusal("donation_issued", sentence, donation=donation_id)
    subject = f"goods.donation:{donation_id}"
    movement = Movement(
        kind=MovementKind.TAKE_BACK,
        happened_at=at,
        at=at,
        subject=subject,
        recorded_by_id=user_id,
        reason=why,
    )
    move(movement, came, source=STORE, target=DONOR)
    facts = {"number": donation.number, "packs": by_item(came), "reason": why}
    record_of_store(store, "cancel_donation", subject, actor=actor, at=at, facts=facts)
    donation.refresh_from_db()
    return donation


@dataclass(frozen=True, slots=True)
class _Handed:
    """Packs by lot that a unit got on a day from a place, and who took them."""

    unit_id: int
    lots: Mapping[int, int]
    source: str
    happened_on: date
    handing: Handing
    reason_late: str


def _issue(store: Store, given: _Handed, donation: Donation | None, actor: Actor, at: datetime) -> Issue:
    """Move packs to a unit, and keep who signed for them."""
    movement = Movement(
        kind=MovementKind.ISSUE,
        happened_at=_moment(given.happened_on, at),
        at=at,
        unit_id=given.unit_id,
        subject=f"goods.donation:{donation.pk}" if donation else f"plans.plan:{store.plan.slug}",
        recorded_by_id=actor.user_id,
    )
    move(movement, given.lots, source=given.source, target=unit_place(given.unit_id))
    late = times_of(store.plan, actor, at).is_late(given.happened_on)
    return Issue.objects.create(
        store=store,
        movement=movement,
        unit_id=given.unit_id,
        donation=donation,
        happened_on=given.happened_on,
        receiver_name=tidy_person(given.handing.receiver_name),
        signature_id=given.handing.signature_id,
        confirmed_by_name=given.handing.signature_id is None,
        recorded_by_id=actor.user_id,
        recorded_at=at,
        late_entry=donation.late_entry if donation else late,
        reason_late=given.reason_late.strip(),
    )


def _keep_lines(donation: Donation, gift: Gift) -> dict[int, int]:
    """Write the lines of a donation and their lots; return the packs by id of the lot."""
    packs = {}
    for line in gift.lines:
        item, _new = Item.objects.get_or_create(
            name=tidy_name(line.item),
            specification=tidy_name(line.specification),
            packing=tidy_name(line.packing),
        )
        row = DonationLine.objects.create(
            donation=donation, item=item, quantity=line.quantity, unit_value_minor=line.unit_value_minor
        )
        lot = Lot.objects.create(
            store=donation.store,
            item=item,
            number=tidy_number(line.number),
            expires_on=line.expires_on,
            gift=row,
        )
        packs[lot.pk] = line.quantity
    return packs


def _check_unit(plan: Plan, unit_id: int, at: datetime) -> None:
    """Let pass a unit of the plan's own tree.

    Raises:
        Refusal: `unit_unknown`.

    """
    if not subtree(plan.unit_id, day_of(at)).filter(pk=unit_id).exists():
        sentence = _("Choose the unit that got the goods from the list.")
        raise Refusal("unit_unknown", sentence, field="unit", unit=unit_id)


def _moment(day: date, at: datetime) -> datetime:
    """Return when something happened of which the day alone is known: now for today, else at noon."""
    return at if day == at.astimezone(CHINA).date() else datetime.combine(day, time(12), CHINA)


def _check_unasked(store: Store, donation: Donation) -> None:
    """Let pass a donation whose goods are neither counted just now nor to be disposed of."""
    if store.counts.filter(status__in=UNDECIDED).exists():
        sentence = _("This store is being counted. Finish that count first, or what was found would be lost.")
        raise Refusal("count_running", sentence, donation=donation.pk)
    if Disposal.objects.filter(lot__gift__donation=donation, status=DisposalStatus.WAITING).exists():
        sentence = _("A disposal of these goods waits for a decision. Have it decided first.")
        raise Refusal("disposal_waits", sentence, donation=donation.pk)
