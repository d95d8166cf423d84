"""Reads about kits that people pick up."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db.models import Count, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from songnuan.goods.holding import held_purchases
from songnuan.goods.lots import OnHand, Wanted
from songnuan.goods.models import Batch, BatchPhoto, KitLine, Pickup, Portion, Recipient, StockLevel
from songnuan.goods.pickup_models import PickupStatus
from songnuan.goods.pickup_rules import BatchDay, Coverage, Standing, coverage
from songnuan.goods.pickup_states import Portioned
from songnuan.goods.places import desk_place
from songnuan.goods.queries import part_of
from songnuan.people.models import OPEN, Enrolment, PersonStatus, RosterStatus


def batch_days(distribution_id: int) -> list[BatchDay]:
    """Return the batches of a distribution, in their order."""
    rows = Batch.objects.filter(distribution_id=distribution_id).order_by("position")
    return [BatchDay(*row) for row in rows.values_list("position", "on")]


def roster_now(roster_id: int) -> list[tuple[int, int]]:
    """Return who stands on a roster now, and their units, each person once; the erased are nobody."""
    rows = Enrolment.objects.filter(OPEN, roster_id=roster_id).exclude(person__status=PersonStatus.ERASED)
    told = rows.order_by("pk").values_list(Coalesce("person__merged_into", "person"), "unit_id")
    found: dict[int, int] = {}
    for person_id, unit_id in told:
        found.setdefault(person_id, unit_id)
    return list(found.items())


def standings(distribution_id: int) -> list[Standing]:
    """Return the portions of a distribution; who was merged stands for nobody any more."""
    rows = Portion.objects.filter(recipient__distribution_id=distribution_id).order_by("pk")
    told = rows.values_list(
        "pk",
        Coalesce("recipient__person__merged_into", "recipient__person"),
        "recipient__unit_id",
        "round",
        "batch__position",
        "status",
    )
    return [
        Standing(pk, person, unit, number, batch, Portioned(status))
        for pk, person, unit, number, batch, status in told
    ]


def roster_counts(roster_ids: Iterable[int]) -> dict[int, int]:
    """Return how many people stand on each of these rosters now, counted as `roster_now` does."""
    rows = Enrolment.objects.filter(OPEN, roster__in=set(roster_ids)).order_by()
    told = rows.exclude(person__status=PersonStatus.ERASED).values_list("roster")
    each = Coalesce("person__merged_into", "person")
    return dict(told.annotate(people=Count(each, distinct=True)))


def covered(distribution_id: int) -> Coverage:
    """Return how far a distribution is."""
    return coverages([distribution_id]).get(distribution_id, Coverage())


def coverages(distribution_ids: Iterable[int]) -> dict[int, Coverage]:
    """Return how far each of these distributions is that has portions."""
    rows = Portion.objects.filter(recipient__distribution__in=set(distribution_ids)).order_by()
    counts: dict[int, Counter[Portioned]] = {}
    for pk, status, number in rows.values_list("recipient__distribution", "status").annotate(Count("pk")):
        counts.setdefault(pk, Counter())[Portioned(status)] = number
    return {pk: coverage(counted) for pk, counted in counts.items()}


def overdue(distribution_ids: Iterable[int], day: date) -> dict[int, Counter[int]]:
    """Return how many portions nobody fetched by the last batch, by distribution and unit."""
    rows = Portion.objects.filter(recipient__distribution__in=set(distribution_ids)).order_by()
    last = Batch.objects.filter(distribution=OuterRef("recipient__distribution")).order_by("-position")
    over = Q(status=Portioned.OPEN.value, last__lt=day) | Q(status=Portioned.REFERRED.value)
    told = rows.annotate(last=Subquery(last.values("on")[:1])).filter(over)
    counts: dict[int, Counter[int]] = {}
    for pk, unit_id, number in told.values_list("recipient__distribution", "recipient__unit").annotate(
        Count("pk")
    ):
        counts.setdefault(pk, Counter())[unit_id] = number
    return counts


def doubtful(distribution_ids: Iterable[int]) -> Counter[int]:
    """Return how many records wait for a decision, by distribution."""
    rows = Pickup.objects.filter(desk__distribution__in=set(distribution_ids), status=PickupStatus.WAITING)
    return Counter(dict(rows.order_by().values_list("desk__distribution").annotate(Count("pk"))))


@dataclass(frozen=True, slots=True)
class Told:
    """Rows that tell of people in words, or by a code."""

    recipients: QuerySet[Recipient]
    portions: QuerySet[Portion]
    pickups: QuerySet[Pickup]
    photos: QuerySet[BatchPhoto]


def erased_recipients() -> QuerySet[Recipient]:
    """Return those who were erased, or whose roster was: it was kept for what is over."""
    gone = Q(person__status=PersonStatus.ERASED) | Q(person__merged_into__status=PersonStatus.ERASED)
    return Recipient.objects.filter(gone | Q(distribution__roster__status=RosterStatus.ERASED))


def told_of_erased() -> Told:
    """Return what still tells of them."""
    whose = erased_recipients().values("pk")
    words = Q(proxy__isnull=False) | Q(reason__isnull=False)
    return Told(
        Recipient.objects.filter(Q(code__isnull=False) | Q(proxy__isnull=False), pk__in=whose),
        Portion.objects.filter(recipient__in=whose, reason__isnull=False),
        Pickup.objects.filter(words, portion__recipient__in=whose),
        # Who is to be seen on a photo is not known: they go with the roster.
        BatchPhoto.objects.filter(
            batch__distribution__roster__status=RosterStatus.ERASED, picture__isnull=False
        ),
    )


def portion_parts(kit_id: int) -> list[Wanted]:
    """Return what one portion holds."""
    lines = KitLine.objects.filter(kit_id=kit_id).select_related("item").order_by("pk")
    parts = (part_of(line) for line in lines)
    return [Wanted(part.item_id, part.item, part.packing, part.quantity) for part in parts]


def desk_lots(desk_id: int) -> list[OnHand]:
    """Return what a desk has to hand out, by lot."""
    levels = StockLevel.objects.filter(place=desk_place(desk_id), quantity__gt=0).order_by("lot_id")
    columns = ("lot_id", "lot__item_id", "lot__number", "lot__expires_on", "quantity")
    held = held_purchases()
    return [
        OnHand(lot_id, item_id, number, expires_on, quantity, held=purchase_id in held)
        for lot_id, item_id, number, expires_on, quantity, purchase_id in levels.values_list(
            *columns, "lot__line__purchase_id"
        )
    ]


def whole_kits(parts: Iterable[Wanted], lots: Iterable[OnHand]) -> int:
    """Return how many whole portions can be made up of some lots."""
    there: Counter[int] = Counter()
    for lot in lots:
        there[lot.item_id] += lot.quantity
    return min((there[part.item_id] // part.quantity for part in parts), default=0)
