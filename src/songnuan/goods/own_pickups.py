"""What somebody is to pick up, for that person alone: where, when, how it stands, and who may fetch it."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from songnuan.goods.models import KitLine, Pickup, Portion, Recipient
from songnuan.goods.pickup_models import PickupStatus
from songnuan.goods.pickup_states import Portioned
from songnuan.people.models import Person, PersonStatus
from songnuan.plans.models import MeasureStatus


@dataclass(frozen=True, slots=True)
class OwnPortion:
    """A portion of the person's: its day, place and state; `taken_at` and `desk` where it was picked up."""

    on: date
    place: str
    status: Portioned
    taken_at: datetime | None = None
    desk: str = ""
    proxy: str = ""


@dataclass(frozen=True, slots=True)
class OwnKit:
    """A kit that the person gets: the code for the desk, empty where none is to be picked up any more.

    `may_name`: somebody else may fetch it, and the person says who. `contents` are its items.
    """

    recipient_id: int
    kit: str
    title: str
    code: str
    proxy: str
    may_name: bool
    portions: tuple[OwnPortion, ...]
    contents: tuple[str, ...]


def own_kits(person_key: str) -> list[OwnKit]:
    """Return what an active person gets, the newest first; of those who were merged into them as well.

    Raises:
        Person.DoesNotExist: When the person was merged or erased meanwhile.

    """
    person = Person.objects.get(key=person_key, status=PersonStatus.ACTIVE)
    mine = [person.pk, *Person.objects.filter(merged_into=person).values_list("pk", flat=True)]
    rows = list(
        Recipient.objects.filter(person__in=mine)
        .select_related("distribution__measure__plan", "distribution__kit")
        .order_by("-pk")
    )
    portions: dict[int, list[Portion]] = {row.pk: [] for row in rows}
    told = Portion.objects.filter(recipient__in=portions).exclude(status=Portioned.LEFT.value)
    for one in told.select_related("batch").order_by("round"):
        portions[one.recipient_id].append(one)
    taken = _taken([one.pk for some in portions.values() for one in some])
    contents = _contents({row.distribution.kit_id for row in rows})
    return [
        _kit(row, portions[row.pk], taken, contents.get(row.distribution.kit_id, ()))
        for row in rows
        if portions[row.pk]
    ]


def _contents(kit_ids: Collection[int]) -> Mapping[int, tuple[str, ...]]:
    """Return what is in each of some kits."""
    found: dict[int, tuple[str, ...]] = {}
    for line in KitLine.objects.filter(kit__in=kit_ids).select_related("item").order_by("pk"):
        told = f"{line.item.label} {line.quantity} {line.item.packing}"
        found[line.kit_id] = (*found.get(line.kit_id, ()), told)
    return found


def _taken(portion_ids: list[int]) -> Mapping[int, Pickup]:
    """Return the record by which each of some portions was picked up."""
    standing = (PickupStatus.BOOKED, PickupStatus.WAITING)
    rows = Pickup.objects.filter(portion__in=portion_ids, status__in=standing).select_related("desk")
    found: dict[int, Pickup] = {}
    for row in rows.order_by("taken_at", "pk"):
        found.setdefault(row.portion_id, row)
    return found


def _kit(
    row: Recipient, portions: list[Portion], taken: Mapping[int, Pickup], contents: tuple[str, ...]
) -> OwnKit:
    measure = row.distribution.measure
    is_running = measure.status == MeasureStatus.OPEN
    to_come = is_running and any(one.status == Portioned.OPEN for one in portions)
    return OwnKit(
        recipient_id=row.pk,
        kit=row.distribution.kit.name,
        title=measure.plan.title,
        code=(row.code or "") if to_come else "",
        proxy=row.proxy or "",
        may_name=to_come and bool(row.code) and bool(measure.settings.get("proxies", True)),
        portions=tuple(_portion(one, taken.get(one.pk)) for one in portions),
        contents=contents,
    )


def _portion(one: Portion, record: Pickup | None) -> OwnPortion:
    status = Portioned(one.status)
    if status is not Portioned.TAKEN or record is None:
        return OwnPortion(one.batch.on, one.batch.place, status)
    proxy = record.proxy or ""
    return OwnPortion(one.batch.on, one.batch.place, status, record.taken_at, record.desk.name, proxy)
