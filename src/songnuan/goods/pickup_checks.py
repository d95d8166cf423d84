"""Proves what people picked up anew."""

from collections import Counter
from collections.abc import Iterator

from django.db.models import Exists, F, OuterRef, Q
from django.utils.translation import gettext as _

from songnuan.audit.findings import Finding
from songnuan.goods.models import KitLine, MovementLine, Pickup, Portion
from songnuan.goods.pickup_models import PickupStatus
from songnuan.goods.pickup_rules import OF_GOODS
from songnuan.goods.pickup_states import Portioned
from songnuan.goods.places import desk_place, picked_place


def pickup_findings() -> Iterator[Finding]:
    """Yield what is wrong with pickups.

    Codes: `portion_differs`, `pickup_unbooked`, `pickup_decided_by_recorder`.
    """
    yield from _portions()
    yield from _booked()
    own = Pickup.objects.filter(decided_by=F("by"))
    for pk in own.order_by("pk").values_list("pk", flat=True):
        sentence = _("Who recorded the pickup decided about it.")
        yield Finding("pickup_decided_by_recorder", f"goods.pickup:{pk}", sentence)


def _portions() -> Iterator[Finding]:
    """A portion is taken where a record says so that stands, and nowhere else."""
    standing = Pickup.objects.filter(portion=OuterRef("pk")).filter(
        Q(status=PickupStatus.BOOKED) | Q(status=PickupStatus.WAITING, doubt__in=OF_GOODS)
    )
    rows = Portion.objects.annotate(is_had=Exists(standing))
    taken = Q(status=Portioned.TAKEN.value)
    differing = rows.filter(taken & Q(is_had=False) | ~taken & Q(is_had=True))
    for pk in differing.order_by("pk").values_list("pk", flat=True):
        sentence = _("Whether this portion was picked up is not what the records of the desks say.")
        yield Finding("portion_differs", f"goods.portion:{pk}", sentence)


def _booked() -> Iterator[Finding]:
    """Of what was picked up one whole kit left the very desk that recorded it."""
    kits: dict[int, Counter[int]] = {}
    for kit_id, item_id, quantity in KitLine.objects.values_list("kit_id", "item_id", "quantity"):
        kits.setdefault(kit_id, Counter())[item_id] += quantity
    moved: dict[int, Counter[tuple[str, int]]] = {}
    lines = MovementLine.objects.filter(movement__in=Pickup.objects.values("movement"))
    for movement_id, place, item_id, packs in lines.values_list(
        "movement_id", "place", "lot__item_id", "quantity"
    ):
        moved.setdefault(movement_id, Counter())[place, item_id] += packs
    rows = Pickup.objects.exclude(movement=None).order_by("pk")
    for pk, movement_id, desk_id, kit_id in rows.values_list(
        "pk", "movement_id", "desk_id", "desk__distribution__kit_id"
    ):
        due: Counter[tuple[str, int]] = Counter()
        for item_id, packs in kits.get(kit_id, Counter()).items():
            due[desk_place(desk_id), item_id] = -packs
            due[picked_place(desk_id), item_id] = packs
        if moved.get(movement_id, Counter()) != due:
            sentence = _("What left the desk is not one kit.")
            yield Finding("pickup_unbooked", f"goods.pickup:{pk}", sentence)
