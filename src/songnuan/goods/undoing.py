"""What stands in the way of taking back what was given: said by the acts, and by the pages beforehand."""

from collections.abc import Mapping
from datetime import datetime

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from songnuan.goods.counting import UNDECIDED
from songnuan.goods.models import (
    Disposal,
    DisposalStatus,
    Donation,
    Issue,
    Lot,
    MovementKind,
    MovementLine,
    StockLevel,
    Store,
)
from songnuan.goods.places import STORE, unit_place
from songnuan.kernel.refusal import NotPermitted, Refusal
from songnuan.organisation.queries import day_of


def packs_of(donation: Donation) -> dict[int, int]:
    """Return what was given: packs by id of the lot."""
    return dict(Lot.objects.filter(gift__donation=donation).values_list("pk", "gift__quantity"))


def packs_issued(issue: Issue) -> dict[int, int]:
    """Return what a unit got: packs by id of the lot."""
    return dict(issue.movement.lines.filter(quantity__gt=0).values_list("lot_id", "quantity"))


def issues_of(donation: Donation) -> QuerySet[Issue]:
    """Return what units got of a donation and was not taken back, in the order it was entered."""
    lots = Lot.objects.filter(gift__donation=donation)
    standing = Issue.objects.filter(withdrawn_at__isnull=True, movement__lines__lot__in=lots)
    return standing.distinct().order_by("pk")


def fault_of_donation(donation: Donation, user_id: int | None, at: datetime) -> Refusal | None:
    """Return why a donation can't be cancelled by this user now; None where it can.

    Codes: `wrong_state` when it is cancelled, `own_donation` for who recorded it on an earlier day;
    `count_running`, `disposal_waits` and `donation_issued` of what came into the store, `not_at_unit` of
    what went straight to a unit.
    """
    if donation.cancelled_at is not None:
        return Refusal("wrong_state", _("This donation was cancelled already. Reload the page."))
    if user_id == donation.recorded_by_id and day_of(donation.recorded_at) != day_of(at):
        sentence = _("You recorded it yourself, on an earlier day. Somebody else has to cancel it.")
        return NotPermitted("own_donation", sentence, donation=donation.pk)
    came = packs_of(donation)
    if donation.unit_id is not None:
        return _away(came, donation.unit_id)
    if fault := _counted(donation.store) or _disposed_of(donation):
        return fault
    if _levels(came, STORE) == came:
        return None
    if issues_of(donation).exists():
        sentence = _(
            "Goods of this donation were given to units. Take back what they got, each issue on its page;"
            " then the donation can be cancelled."
        )
    else:
        sentence = _(
            "Goods of this donation have left the store, or were counted otherwise: it can no longer be"
            " cancelled."
        )
    return Refusal("donation_issued", sentence, donation=donation.pk)


def fault_of_issue(issue: Issue, user_id: int | None, at: datetime) -> Refusal | None:
    """Return why what a unit got can't be taken back by this user now; None where it can.

    Codes: `wrong_state` when it was, `issue_straight` for what came straight from a donor, `own_issue` for
    who recorded it on an earlier day, `count_running`, `counted_since`, `not_at_unit`.
    """
    if issue.withdrawn_at is not None:
        return Refusal("wrong_state", _("These goods were taken back already. Reload the page."))
    if issue.donation_id is not None:
        sentence = _("These goods went to the unit straight from the donor. Cancel the donation instead.")
        return Refusal("issue_straight", sentence, issue=issue.pk)
    if user_id == issue.recorded_by_id and day_of(issue.recorded_at) != day_of(at):
        sentence = _("You recorded it yourself, on an earlier day. Somebody else has to take it back.")
        return NotPermitted("own_issue", sentence, issue=issue.pk)
    return _counted(issue.store) or _found_since(issue) or _away(packs_issued(issue), issue.unit_id)


def _levels(packs: Mapping[int, int], place: str) -> dict[int, int]:
    levels = StockLevel.objects.filter(lot__in=packs, place=place)
    return dict(levels.values_list("lot_id", "quantity"))


def _away(packs: Mapping[int, int], unit_id: int) -> Refusal | None:
    """Return a refusal where the unit is not booked to have all of it."""
    there = _levels(packs, unit_place(unit_id))
    if all(there.get(lot_id, 0) >= packed for lot_id, packed in packs.items()):
        return None
    sentence = _("The goods are not booked at the unit any more, so nothing can be taken back.")
    return Refusal("not_at_unit", sentence, unit=unit_id)


def _found_since(issue: Issue) -> Refusal | None:
    """Return a refusal where a later count put right what is in the store of these lots."""
    booked = MovementLine.objects.filter(
        movement__kind=MovementKind.COUNT,
        movement__gt=issue.movement_id,
        lot__in=packs_issued(issue),
    )
    if not booked.exists():
        return None
    sentence = _(
        "A stock count since then found what is there of these goods, and its differences were booked. Taken"
        " back, they would count twice."
    )
    return Refusal("counted_since", sentence, issue=issue.pk)


def _counted(store: Store) -> Refusal | None:
    if not store.counts.filter(status__in=UNDECIDED).exists():
        return None
    sentence = _("This store is being counted. Finish that count first, or what was found would be lost.")
    return Refusal("count_running", sentence, store=store.pk)


def _disposed_of(donation: Donation) -> Refusal | None:
    if not Disposal.objects.filter(lot__gift__donation=donation, status=DisposalStatus.WAITING).exists():
        return None
    sentence = _("A disposal of these goods waits for a decision. Have it decided first.")
    return Refusal("disposal_waits", sentence, donation=donation.pk)
