"""How actions keep the later days asked for visits: put up, taken back, found again.

Whoever calls has moved the visits before, so that two acts on one visit follow each other.
"""

from collections.abc import Collection
from datetime import date, datetime

from django.utils.translation import gettext as _

from songnuan.kernel.actor import Actor
from songnuan.kernel.bulk import chunks
from songnuan.kernel.refusal import Refusal
from songnuan.visits.lifecycle import LATER_DAY
from songnuan.visits.models import LaterDay, LaterDayStatus

_CHUNK = 500


def find(later_day_id: int) -> LaterDay:
    """Return the later day with its visit, measure and plan.

    Raises:
        Refusal: `later_day_unknown`.

    """
    asked = LaterDay.objects.select_related("visit__measure__plan").filter(pk=later_day_id).first()
    if asked is None:
        raise Refusal("later_day_unknown", _("Nobody asked for this day. Open the page of the visit again."))
    return asked


def waits(visit_id: int) -> tuple[date, str] | None:
    """Return the day that waits for its approval, and its reason."""
    waiting = LaterDay.objects.filter(visit_id=visit_id, status=LaterDayStatus.WAITING)
    return waiting.values_list("day", "reason").first()


def ask(visit_ids: Collection[int], day: date, reason: str, actor: Actor, at: datetime) -> None:
    """Put the day up for approval, for each visit in place of what waited."""
    withdraw(visit_ids, at)
    rows = [
        LaterDay(visit_id=pk, day=day, reason=reason, asked_by_id=actor.user_id, asked_at=at)
        for pk in visit_ids
    ]
    LaterDay.objects.bulk_create(rows, batch_size=_CHUNK)


def withdraw(visit_ids: Collection[int], at: datetime) -> int:
    """Take back what waits for these visits; return how many did."""
    return sum(
        LATER_DAY.move(LaterDay.objects.filter(visit_id__in=some), "withdraw", decided_at=at)
        for some in chunks(visit_ids, _CHUNK)
    )
