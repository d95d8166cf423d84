"""What desks recorded of a plan, as its inspector reads it: names are masked."""

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest

from songnuan.goods.models import Pickup
from songnuan.goods.pickup_receipts import recorded_of
from songnuan.kernel.names import mask_name
from songnuan.plans.models import Plan
from songnuan.web.paging import before_of, page_of
from songnuan.web.pickup_page import Record, name_of, record_of
from songnuan.web.views.shared import PAGE, Reader, names_on


@dataclass(frozen=True, slots=True)
class PickupView:
    """One record in words; `proxy` is who fetched the kit for the person, "" where nobody did."""

    row: Pickup
    record: Record
    name: str
    unit: str
    proxy: str


def picked_up(request: HttpRequest, reader: Reader, plan: Plan) -> dict[str, Any]:
    """Return a page of the records of a plan's desks, the newest first, in so many queries."""
    rows, before = recorded_of(plan.pk), before_of(request)
    rows = rows if before is None else rows.filter(pk__lt=before)
    shown, older = page_of(rows[: PAGE + 1], PAGE, lambda row: row.pk)
    units = names_on((row.portion.recipient.unit_id for row in shown), reader.day)
    return {
        "picked": [
            PickupView(
                row=row,
                record=record_of(row, reader),
                name=mask_name(name_of(row.portion.recipient.person)),
                unit=units.get(row.portion.recipient.unit_id, "—"),
                proxy=mask_name(row.proxy) if row.proxy else "",
            )
            for row in shown
        ],
        "older": older,
    }
