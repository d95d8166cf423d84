"""Donated goods come in, and are given to units against their signature."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time

from django.db import transaction
from django.utils.translation import gettext as _

from songnuan.funds.rules import check_reason
from songnuan.goods.actions.locking import by_item, hold_kit, person_of, record_of_kit, record_of_store
from songnuan.goods.gifts import Gift, Handing, examine_gift, examine_issue, first_of
from songnuan.goods.lots import Shortage, Wanted, choose
from songnuan.goods.models import (
    Donation,
    DonationLine,
    Issue,
    Item,
    Lot,
    Movement,
    MovementKind,
    Store,
)
from songnuan.goods.places import DONOR, STORE, unit_place
from songnuan.goods.queries import on_hand, times_of
from songnuan.goods.rules import tidy_name, tidy_number
from songnuan.goods.stock import lock_store, move
from songnuan.goods.undoing import fault_of_donation, fault_of_issue, packs_issued, packs_of
from songnuan.kernel.actor import Actor
from songnuan.kernel.clock import CHINA
from songnuan.kernel.names import tidy_name as tidy_person
from songnuan.kernel.refusal import Refusal
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
        check_unit(plan, gift.unit_id, at)
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
            happened_at=moment(gift.donated_on, at),
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
    by: Permission = Permission.DONATION_RECORD,
) -> Issue:
    """Give donated packs (by id of the item) out of the store to a unit, of each item what expires first.

    Raises:
        Refusal: The first of `gifts.examine_issue`, `unit_unknown`, `stock_short`, `stock_expired`,
            `not_permitted`.

    """
    plan = Plan.objects.get(pk=plan_id)
    require(actor, by, unit_id=plan.unit_id, at=at)
    first_of(examine_issue(packs, happened_on, reason_late, handing, times_of(plan, actor, at)))
    check_unit(plan, unit_id, at)
    store = lock_store(plan_id)
    there = on_hand(Lot.objects.filter(store=store, gift__isnull=False), on=happened_on)
    lots: dict[int, int] = {}
    for item in Item.objects.filter(pk__in=packs).order_by("pk"):
        wanted = Wanted(item.pk, item.label, item.packing, packs[item.pk])
        lots |= choose(wanted, there, day=happened_on, shortage=Shortage.GIFT)
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
    """Cancel a donation that was entered wrongly: its goods go back to the donor, it stays.

    What went straight to a unit leaves the unit, and its receipt is withdrawn with it.

    Raises:
        NotPermitted: `not_permitted`; `own_donation` for who recorded it on an earlier day.
        Refusal: `donation_unknown`, `reason_missing`, `text_too_long`, `wrong_state` when it is cancelled,
            `donation_issued` while something of it is out of the store, `count_running` while the store is
            counted, `disposal_waits` while somebody decides about a lot of it, `not_at_unit`.

    """
    donation = Donation.objects.select_related("store__plan").filter(pk=donation_id).first()
    if donation is None:
        sentence = _("There is no such donation. Choose one from the list of its plan.")
        raise Refusal("donation_unknown", sentence, donation=donation_id)
    plan = donation.store.plan
    require(actor, Permission.DONATION_RECORD, unit_id=plan.unit_id, at=at)
    user_id = person_of(actor)
    why = check_reason(reason)
    store = lock_store(plan.pk)
    donation.refresh_from_db(fields=["cancelled_at"])
    if fault := fault_of_donation(donation, user_id, at):
        raise fault
    Donation.objects.filter(pk=donation_id, cancelled_at__isnull=True).update(
        cancelled_at=at, cancelled_by_id=user_id, cancel_reason=why
    )
    Issue.objects.filter(donation=donation).update(
        withdrawn_at=at, withdrawn_by_id=user_id, withdraw_reason=why
    )
    came = packs_of(donation)
    subject = f"goods.donation:{donation_id}"
    movement = Movement(
        kind=MovementKind.TAKE_BACK,
        happened_at=at,
        at=at,
        subject=subject,
        recorded_by_id=user_id,
        reason=why,
    )
    source = STORE if donation.unit_id is None else unit_place(donation.unit_id)
    move(movement, came, source=source, target=DONOR)
    facts = {"number": donation.number, "packs": by_item(came), "reason": why}
    record_of_store(store, "cancel_donation", subject, actor=actor, at=at, facts=facts)
    donation.refresh_from_db()
    return donation


@transaction.atomic(savepoint=False)
def take_back_issue(*, issue_id: int, reason: str, actor: Actor, at: datetime) -> Issue:
    """Take back what was given out of the store wrongly: its goods are in the store again, it stays.

    Raises:
        NotPermitted: `not_permitted`; `own_issue` for who recorded it on an earlier day.
        Refusal: `issue_unknown`, `reason_missing`, `text_too_long`, `wrong_state` when it was taken back,
            `issue_straight` for what came straight from a donor, `count_running` while the store is counted,
            `counted_since` when it was counted after, `not_at_unit`.

    """
    issue = Issue.objects.select_related("store__plan", "movement__kit").filter(pk=issue_id).first()
    if issue is None:
        sentence = _("There is no such issue of goods. Choose one from the list of its plan.")
        raise Refusal("issue_unknown", sentence, issue=issue_id)
    plan = issue.store.plan
    require(actor, Permission.DONATION_RECORD, unit_id=plan.unit_id, at=at)
    user_id = person_of(actor)
    why = check_reason(reason)
    kit = issue.movement.kit
    if kit is not None:
        hold_kit(kit.pk)  # what units got of it is summed under this lock
    store = lock_store(plan.pk)
    issue.refresh_from_db(fields=["withdrawn_at"])
    if fault := fault_of_issue(issue, user_id, at):
        raise fault
    Issue.objects.filter(pk=issue_id, withdrawn_at__isnull=True).update(
        withdrawn_at=at, withdrawn_by_id=user_id, withdraw_reason=why
    )
    lots, subject = packs_issued(issue), f"goods.issue:{issue_id}"
    movement = Movement(
        kind=MovementKind.RECLAIM,
        happened_at=at,
        at=at,
        unit_id=issue.unit_id,
        subject=subject,
        recorded_by_id=user_id,
        reason=why,
    )
    move(movement, lots, source=unit_place(issue.unit_id), target=STORE)
    facts = {"unit": issue.unit_id, "packs": by_item(lots), "reason": why}
    if kit is not None:
        record_of_kit(kit, "take_back_issue", subject, actor=actor, at=at, facts=facts)
    else:
        record_of_store(store, "take_back_issue", subject, actor=actor, at=at, facts=facts)
    issue.refresh_from_db()
    return issue


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
        happened_at=moment(given.happened_on, at),
        at=at,
        unit_id=given.unit_id,
        subject=f"goods.donation:{donation.pk}" if donation else f"plans.plan:{store.plan.slug}",
        recorded_by_id=actor.user_id,
    )
    move(movement, given.lots, source=given.source, target=unit_place(given.unit_id))
    late = donation.late_entry if donation else times_of(store.plan, actor, at).is_late(given.happened_on)
    return keep_receipt(
        store,
        movement,
        given.happened_on,
        given.handing,
        late=late,
        reason=given.reason_late,
        donation=donation,
    )


def keep_receipt(
    store: Store,
    movement: Movement,
    happened_on: date,
    handing: Handing,
    *,
    late: bool,
    reason: str,
    donation: Donation | None = None,
) -> Issue:
    """Keep who signed for what a movement brought to a unit."""
    assert movement.unit_id is not None  # noqa: S101 - what a unit gets names it
    return Issue.objects.create(
        store=store,
        movement=movement,
        unit_id=movement.unit_id,
        donation=donation,
        happened_on=happened_on,
        receiver_name=tidy_person(handing.receiver_name),
        signature_id=handing.signature_id,
        confirmed_by_name=handing.signature_id is None,
        recorded_by_id=movement.recorded_by_id,
        recorded_at=movement.at,
        late_entry=late,
        reason_late=reason.strip(),
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


def check_unit(plan: Plan, unit_id: int, at: datetime) -> None:
    """Let pass a unit of the plan's own tree.

    Raises:
        Refusal: `unit_unknown`.

    """
    if not subtree(plan.unit_id, day_of(at)).filter(pk=unit_id).exists():
        sentence = _("Choose the unit that got the goods from the list.")
        raise Refusal("unit_unknown", sentence, field="unit", unit=unit_id)


def moment(day: date, at: datetime) -> datetime:
    """Return when something happened of which the day alone is known: now for today, else at noon."""
    return at if day == at.astimezone(CHINA).date() else datetime.combine(day, time(12), CHINA)
