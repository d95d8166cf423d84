"""What a store held of a lot day after day: what may leave it on a day that is over is no more than that.

Days are those in China, as on the stock card; what moves on one day stands in no order among itself.
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import date, datetime, time, timedelta
from itertools import groupby
from operator import itemgetter

from django.db.models import QuerySet

from songnuan.goods.models import Lot, MovementLine
from songnuan.goods.places import STORE
from songnuan.kernel.clock import CHINA

Later = tuple[tuple[date, int], ...]
"""Packs that may leave the store from a later day on, day by day, because they came then."""


def free_on(level: int, moved: Mapping[date, int]) -> tuple[int, Later]:
    """Return how many packs of a lot may leave the store on a day, and what more from which later days on.

    They were there on that day, and on every day since: else a later day would be left with less than none.

    Args:
        level: What the store holds now.
        moved: What came (or left, below zero) on each day after the one that is asked about.

    """
    least, balance, later = level, level, []
    for day in sorted(moved, reverse=True):
        balance -= moved[day]
        if (left := max(balance, 0)) < least:
            later.append((day, least - left))
            least = left
    return least, tuple(reversed(later))


def moved_after(lots: Collection[int] | QuerySet[Lot], day: date) -> dict[int, Counter[date]]:
    """Return what came into the store of these lots (or left it, below zero) on each day after `day`."""
    since = datetime.combine(day + timedelta(days=1), time(), CHINA)
    lines = MovementLine.objects.filter(lot__in=lots, place=STORE, movement__happened_at__gte=since)
    found: dict[int, Counter[date]] = defaultdict(Counter)
    for lot_id, happened_at, packs in lines.values_list("lot_id", "movement__happened_at", "quantity"):
        found[lot_id][happened_at.astimezone(CHINA).date()] += packs
    return found


def first_below_zero(moved: Iterable[tuple[date, int]]) -> tuple[date, int] | None:
    """Return the first day at whose end a store held less than none of a lot, and how many; None for none."""
    days: Counter[date] = Counter()
    for day, packs in moved:
        days[day] += packs
    balance = 0
    for day in sorted(days):
        balance += days[day]
        if balance < 0:
            return day, balance
    return None


def lots_below_zero() -> Iterator[tuple[int, date, int]]:
    """Yield the lots of which a store held less than none at the end of some day, with the first such day."""
    lines = MovementLine.objects.filter(place=STORE).values_list(
        "lot_id", "movement__happened_at", "quantity"
    )
    for lot_id, rows in groupby(lines.order_by("lot_id").iterator(), key=itemgetter(0)):
        moved = ((happened_at.astimezone(CHINA).date(), packs) for _lot, happened_at, packs in rows)
        if (found := first_below_zero(moved)) is not None:
            yield lot_id, *found
