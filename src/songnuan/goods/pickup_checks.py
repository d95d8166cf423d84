"""Proves what people picked up anew."""

from collections import Counter
from collections.abc import Iterator

from django.db.models import Exists, F, OuterRef, Q
from django.utils.translation import gettext as _

from songnuan.audit.findings import Finding
from songnuan.goods.models import KitLine, Movement, MovementKind, MovementLine, Pickup, Portion
from songnuan.goods.pickup_models import PickupStatus
from songnuan.goods.pickup_queries import told_of_erased
from songnuan.goods.pickup_rules import OF_GOODS_OR_DAY
from songnuan.goods.pickup_states import Portioned
from songnuan.goods.places import desk_place, picked_place


def pickup_findings() -> Iterator[Finding]:
    """Yield what is wrong with pickups.

    Codes: `portion_differs`, `portion_elsewhere` (its batch is of another handing out), `pickup_unbooked`,
    `pickup_undecided`, `pickup_not_given_back`, `pickup_decided_by_recorder`, `pickup_told_left` (of somebody
    who was erased, or whose roster was, something is still told).
    """
    yield from _portions()
    yield from _elsewhere()
    yield from _undecided()
    yield from _booked()
    yield from _given_back()
    own = Pickup.objects.filter(decided_by=F("by"))
    for pk in own.order_by("pk").values_list("pk", flat=True):
        sentence = _("Who recorded the pickup decided about it.")
        yield Finding("pickup_decided_by_recorder", f"goods.pickup:{pk}", sentence)
    left = told_of_erased()
    for rows in (left.recipients, left.portions, left.pickups, left.photos):
        for pk in rows.order_by("pk").values_list("pk", flat=True):
            sentence = _("Somebody is erased, or the roster is, and what was told at desks is still kept.")
            yield Finding("pickup_told_left", f"{rows.model._meta.label_lower}:{pk}", sentence)  # noqa: SLF001 - Django's documented API


def _portions() -> Iterator[Finding]:
    """A portion is taken where a record stands, or one waits that says nothing against it."""
    records = Pickup.objects.filter(portion=OuterRef("pk"))
    waits = records.filter(status=PickupStatus.WAITING)
    rows = Portion.objects.annotate(
        is_booked=Exists(records.filter(status=PickupStatus.BOOKED)),
        lacked=Exists(waits.filter(doubt__in=OF_GOODS_OR_DAY)),
        waits=Exists(waits),
    )
    taken = Q(status=Portioned.TAKEN.value)
    had = Q(is_booked=True) | Q(lacked=True)
    differing = rows.filter(taken & ~had & Q(waits=False) | ~taken & had)
    for pk in differing.order_by("pk").values_list("pk", flat=True):
        sentence = _("Whether this portion was picked up is not what the records of the desks say.")
        yield Finding("portion_differs", f"goods.portion:{pk}", sentence)


def _elsewhere() -> Iterator[Finding]:
    """A portion stands, and was due first, in batches of its own handing out."""
    whose = F("recipient__distribution")
    rows = Portion.objects.filter(~Q(batch__distribution=whose) | ~Q(first_batch__distribution=whose))
    for pk in rows.order_by("pk").values_list("pk", flat=True):
        sentence = _("This portion stands in a batch of another handing out.")
        yield Finding("portion_elsewhere", f"goods.portion:{pk}", sentence)


def _undecided() -> Iterator[Finding]:
    """What was in doubt is booked by a decision alone."""
    rows = Pickup.objects.filter(status=PickupStatus.BOOKED, decided_at=None).exclude(doubt="")
    for pk in rows.order_by("pk").values_list("pk", flat=True):
        sentence = _("The pickup was in doubt, and is booked without anybody's decision.")
        yield Finding("pickup_undecided", f"goods.pickup:{pk}", sentence)


def _given_back() -> Iterator[Finding]:
    """Of what was given back the very packs lie at the desk again, once."""
    back = Movement.objects.filter(kind=MovementKind.GIVE_BACK)
    counted = Counter(back.values_list("subject", flat=True))
    for pk, key in (
        Pickup.objects.filter(status=PickupStatus.RETURNED).order_by("pk").values_list("pk", "key")
    ):
        if counted[f"goods.pickup:{key}"] != 1:
            sentence = _("What was given back does not lie at the desk again.")
            yield Finding("pickup_not_given_back", f"goods.pickup:{pk}", sentence)


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
