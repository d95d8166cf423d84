"""What was entered wrongly and counts no more: donations cancelled, invoices replaced, lots that left."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Exists, OuterRef, Q

from songnuan.goods.models import Donation, Lot, ReplacedInvoice, StockLevel
from songnuan.goods.places import STORE

OF_NOTHING = Q(line__purchase__cancelled_at__isnull=False) | Q(gift__donation__cancelled_at__isnull=False)
"""Lots that came of a purchase or a donation which was cancelled."""


@dataclass(frozen=True, slots=True)
class Cancelled:
    """That a donation was cancelled: when, by whom, and why."""

    at: datetime
    by: str
    reason: str


def cancelled_donations(donation_ids: Collection[int]) -> dict[int, Cancelled]:
    """Return those of these donations that were cancelled, by id."""
    rows = Donation.objects.filter(pk__in=donation_ids, cancelled_at__isnull=False)
    told = rows.values_list("pk", "cancelled_at", "cancelled_by__name", "cancel_reason")
    return {pk: Cancelled(at, by or "", reason) for pk, at, by, reason in told if at is not None}


def void_lots(plan_id: int) -> frozenset[int]:
    """Return the lots of a plan's store that came of something cancelled and of which nothing is there."""
    there = StockLevel.objects.filter(lot=OuterRef("pk"), place=STORE, quantity__gt=0)
    rows = Lot.objects.filter(~Exists(there), OF_NOTHING, store__plan_id=plan_id)
    return frozenset(rows.values_list("pk", flat=True))


def replaced_invoices(purchase_id: int) -> list[ReplacedInvoice]:
    """Return the pictures of a purchase's invoice that others took the place of, the latest first."""
    rows = ReplacedInvoice.objects.filter(purchase_id=purchase_id)
    return list(rows.select_related("added_by", "replaced_by").order_by("-pk"))
