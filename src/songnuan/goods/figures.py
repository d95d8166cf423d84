"""Figures of many kits at once, for overviews; of one, see `queries`. Prices in fen, quantities in packs."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from django.db.models import Sum

from songnuan.goods import rules
from songnuan.goods.deliveries import bought_of
from songnuan.goods.models import KitLine, Purchase
from songnuan.goods.queries import part_of
from songnuan.goods.rules import Bought, KitPrice, Part


@dataclass(frozen=True, slots=True)
class KitFigures:
    """What was bought and paid for one kit, less refunds; cancelled purchases do not count."""

    parts: tuple[Part, ...]
    bought: Mapping[int, Bought]
    paid_minor: int

    def packs(self, part: Part) -> int:
        """Return how many packs of an item were bought and not lost."""
        return self.bought[part.item_id].lasting if part.item_id in self.bought else 0

    def lost(self, part: Part) -> int:
        """Return how many packs of an item were bought and lost since."""
        return self.bought[part.item_id].lost if part.item_id in self.bought else 0

    @property
    def whole(self) -> int:
        """How many whole kits were bought and not lost."""
        return min((self.packs(part) // part.quantity for part in self.parts), default=0)

    @property
    def average(self) -> KitPrice:
        """What one kit costs at average real prices."""
        return rules.price_of_kit(self.parts, self.bought)

    @property
    def dearest_minor(self) -> int:
        """What one kit costs at the dearest prices paid."""
        return rules.dearest_kit(self.parts, self.bought)


def kit_figures(measure_ids: Collection[int]) -> dict[int, KitFigures]:
    """Return the figures of the kits of many measures, in four queries; a measure without a kit has none."""
    kits: dict[int, int] = {}
    parts: dict[int, list[Part]] = defaultdict(list)
    lines = KitLine.objects.filter(kit__measure__in=measure_ids).select_related("kit", "item")
    for line in lines.order_by("pk"):
        kits[line.kit_id] = line.kit.measure_id
        parts[line.kit_id].append(part_of(line))
    bought = bought_of(kits)
    settled = Purchase.objects.filter(kit_id__in=kits, disbursement__isnull=False, cancelled_at__isnull=True)
    total, back = Sum("total_minor"), Sum("commitment__rest__refunded_minor")
    paid_for = dict(settled.values_list("kit_id").annotate(total=total - back))
    return {
        measure_id: KitFigures(tuple(parts[kit_id]), bought.get(kit_id, {}), int(paid_for.get(kit_id, 0)))
        for kit_id, measure_id in kits.items()
    }
