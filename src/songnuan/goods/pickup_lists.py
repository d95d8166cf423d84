"""How a distribution stands, by batch, by unit and by desk; what waits; whether its roster has moved on."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date

from django.db.models import Count, Exists, F, Min, OuterRef, Q, QuerySet
from django.db.models.functions import Coalesce

from songnuan.goods.holding import held_purchases
from songnuan.goods.lots import OnHand, Wanted, is_expired, usable
from songnuan.goods.models import (
    Batch,
    BatchPhoto,
    Desk,
    Distribution,
    Lot,
    Movement,
    MovementKind,
    Pickup,
    Portion,
    StockLevel,
)
from songnuan.goods.pickup_models import PickupStatus
from songnuan.goods.pickup_queries import batch_days, portion_parts, roster_now, standings, whole_kits
from songnuan.goods.pickup_rules import (
    WAITING,
    Coverage,
    Difference,
    Expected,
    InBatch,
    coverage,
    differences,
    in_batches,
)
from songnuan.goods.pickup_states import Mode, Portioned
from songnuan.goods.places import desk_place
from songnuan.goods.queries import on_hand
from songnuan.organisation.queries import day_of
from songnuan.people.models import OPEN, Enrolment, PersonStatus, RosterStatus

_PERSON = Coalesce("recipient__person__merged_into", "recipient__person")


@dataclass(frozen=True, slots=True)
class Counted:
    """Portions of a batch or unit: how far they are, and how many were given up by who left."""

    told: Coverage = field(default_factory=Coverage)
    left: int = 0


@dataclass(frozen=True, slots=True)
class Kits:
    """Whole kits at a place: those that may go out today, and the packs that are expired or on hold there."""

    whole: int = 0
    expired: int = 0
    held: int = 0
    packs: int = 0


@dataclass(frozen=True, slots=True)
class DeskRow:
    """A desk: what it has, how many portions it handed out, how many of its records wait."""

    desk: Desk
    kits: Kits
    booked: int
    waiting: int


def counted_in_all(distribution_ids: Collection[int]) -> dict[int, Counted]:
    """Return how far each of some distributions is. One query."""
    rows = Portion.objects.filter(recipient__distribution__in=distribution_ids)
    found = _counted(rows, "recipient__distribution_id")
    return {pk: found.get(pk, Counted()) for pk in distribution_ids}


def by_batch(distribution_id: int) -> list[tuple[Batch, InBatch]]:
    """Return the batches in their order, and how each went. Three queries.

    What was picked up counts on its day; where no batch has that day, in the batch in which it stood.
    """
    batches = list(Batch.objects.filter(distribution=distribution_id).order_by("position"))
    rows = Portion.objects.filter(recipient__distribution=distribution_id).order_by()
    due = {
        (pk, Portioned(status)): count
        for pk, status, count in rows.values_list("first_batch", "status").annotate(rows=Count("pk"))
    }
    standing = Q(pickups__status__in=(PickupStatus.BOOKED, PickupStatus.WAITING))
    fetched = rows.filter(status=Portioned.TAKEN.value).annotate(at=Min("pickups__taken_at", filter=standing))
    taken = Counter(
        (first, batch, day_of(at) if at else None)
        for first, batch, at in fetched.values_list("first_batch", "batch", "at").iterator()
    )
    days = {batch.on: batch.pk for batch in batches}
    found = in_batches(due, [(*key, count) for key, count in taken.items()], days)
    return [(batch, found[batch.pk]) for batch in batches]


def by_unit(distribution_id: int) -> dict[int, Counted]:
    """Return how far each unit is, by its id."""
    return _counted(Portion.objects.filter(recipient__distribution=distribution_id), "recipient__unit_id")


def _counted(rows: QuerySet[Portion], by: str) -> dict[int, Counted]:
    told: dict[int, Counter[Portioned]] = defaultdict(Counter)
    for key, status, count in rows.order_by().values_list(by, "status").annotate(rows=Count("pk")):
        told[key][Portioned(status)] = count
    return {key: Counted(coverage(counts), counts[Portioned.LEFT]) for key, counts in told.items()}


def desk_rows(row: Distribution, day: date) -> list[DeskRow]:
    """Return the desks of a distribution, those that are open first."""
    desks = list(Desk.objects.filter(distribution=row).order_by(F("closed_at").asc(nulls_first=True), "pk"))
    kits = _kits_at({desk_place(desk.pk) for desk in desks}, portion_parts(row.kit_id), day)
    told = Pickup.objects.filter(desk__distribution=row).order_by().values_list("desk", "status")
    counts = {(desk, status): rows for desk, status, rows in told.annotate(rows=Count("pk"))}
    return [
        DeskRow(
            desk,
            kits[desk_place(desk.pk)],
            counts.get((desk.pk, PickupStatus.BOOKED.value), 0),
            counts.get((desk.pk, PickupStatus.WAITING.value), 0),
        )
        for desk in desks
    ]


def store_kits(kit_id: int, day: date) -> Kits:
    """Return the whole kits of which a store can allot today."""
    lots = on_hand(Lot.objects.filter(line__purchase__kit_id=kit_id), on=None)
    return kits_of(portion_parts(kit_id), lots, day)


def kits_of(parts: Iterable[Wanted], lots: Iterable[OnHand], day: date) -> Kits:
    """Return how many whole kits some lots make up on a day; what is expired is not counted as held."""
    there = [lot for lot in lots if lot.quantity]
    expired = [lot for lot in there if is_expired(lot.expires_on, day)]
    return Kits(
        whole=whole_kits(parts, usable(there, day)),
        expired=sum(lot.quantity for lot in expired),
        held=sum(lot.quantity for lot in there if lot.held and lot not in expired),
        packs=sum(lot.quantity for lot in there),
    )


def _kits_at(places: Collection[str], parts: list[Wanted], day: date) -> dict[str, Kits]:
    """Return what lies at some places. Two queries."""
    lots: dict[str, list[OnHand]] = {place: [] for place in places}
    held = held_purchases() if places else frozenset[int]()
    levels = StockLevel.objects.filter(place__in=places, quantity__gt=0).order_by("lot_id")
    columns = ("place", "lot__line__purchase_id", "lot_id", "lot__item_id", "lot__number", "lot__expires_on")
    for place, purchase, lot, item, number, expires_on, packs in levels.values_list(*columns, "quantity"):
        lots[place].append(OnHand(lot, item, number, expires_on, packs, held=purchase in held))
    return {place: kits_of(parts, there, day) for place, there in lots.items()}


def moved_on(distribution_ids: Collection[int]) -> set[int]:
    """Return those of some distributions whose roster says something else than their portions by now.

    One that is not kept any more says nothing. Asked of the database alone, for many at once: what exactly
    has changed is reckoned where it is shown.
    """
    standing = Enrolment.objects.filter(OPEN).exclude(person__status=PersonStatus.ERASED)
    standing = standing.annotate(who=Coalesce("person__merged_into", "person"))
    portions = Portion.objects.annotate(who=_PERSON)
    mine = portions.filter(recipient__distribution=OuterRef(OuterRef("pk")), who=OuterRef("who"))
    joined = standing.filter(~Exists(mine.exclude(status=Portioned.LEFT.value)), roster=OuterRef("roster"))
    there = standing.filter(roster=OuterRef(OuterRef("roster")), who=OuterRef("who"))
    waits = portions.filter(recipient__distribution=OuterRef("pk"), status__in=WAITING)
    gone = waits.filter(~Exists(there))
    elsewhere = waits.filter(Exists(there), ~Exists(there.filter(unit=OuterRef("recipient__unit"))))
    rows = Distribution.objects.filter(pk__in=distribution_ids, roster__status=RosterStatus.OPEN)
    rows = rows.exclude(mode="")
    return set(
        rows.filter(Q(Exists(joined)) | Q(Exists(gone)) | Q(Exists(elsewhere))).values_list("pk", flat=True)
    )


def missed_now(distribution_ids: Collection[int], day: date) -> dict[int, int]:
    """Return how many portions of batches that are over stand open, by distribution. One query."""
    rows = Portion.objects.filter(
        recipient__distribution__in=distribution_ids, status=Portioned.OPEN.value, batch__on__lt=day
    )
    counted = rows.order_by().values_list("recipient__distribution")
    return dict(counted.annotate(rows=Count("pk")))


def has_begun(row: Distribution) -> bool:
    """Return whether anything came of a handing out: kits at a desk, a record, a photo."""
    kinds = (MovementKind.ALLOT, MovementKind.BRING_BACK)
    return (
        Movement.objects.filter(kit=row.kit_id, kind__in=kinds).exists()
        or Pickup.objects.filter(desk__distribution=row).exists()
        or BatchPhoto.objects.filter(batch__distribution=row).exists()
    )


def records_of(portion_ids: Collection[int]) -> Mapping[int, list[Pickup]]:
    """Return every record of some portions, the earliest first."""
    rows = Pickup.objects.filter(portion__in=portion_ids).select_related("desk", "by", "decided_by")
    found: dict[int, list[Pickup]] = {pk: [] for pk in portion_ids}
    for row in rows.order_by("taken_at", "pk"):
        found[row.portion_id].append(row)
    return found


def difference_now(row: Distribution, day: date) -> Difference:
    """Return what the roster as it stands would change.

    Nothing while it is open what the batches are, and once the roster is not kept any more.
    """
    if not row.mode or row.roster.status != RosterStatus.OPEN:
        return Difference()
    people = [Expected(person, unit) for person, unit in roster_now(row.roster_id)]
    return differences(people, standings(row.pk), Mode(row.mode), batch_days(row.pk), day)


def unit_batches(distribution_id: int, unit_ids: Collection[int]) -> dict[int, dict[int, int]]:
    """Return how many portions of each of some units stand open in which batch, by its position."""
    rows = Portion.objects.filter(
        recipient__distribution=distribution_id, recipient__unit__in=unit_ids, status=Portioned.OPEN.value
    )
    found: dict[int, dict[int, int]] = {pk: {} for pk in unit_ids}
    told = rows.order_by("batch__position").values_list("recipient__unit", "batch__position")
    for unit, position, count in told.annotate(rows=Count("pk")):
        found[unit][position] = count
    return found
