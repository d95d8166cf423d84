"""To which plan an act belongs that was refused: told by what it was to be done to."""

from collections.abc import Mapping

from songnuan.funds.models import Fund
from songnuan.goods.models import Desk, Distribution, Kit, Pickup, Portion, Purchase, Recipient
from songnuan.plans.models import Measure, Plan
from songnuan.visits.models import Visit
from songnuan.visits.sample_models import Sample, SampleReceipt

_OF_DESK = "desk__distribution__measure__plan__slug"
# Which table an argument of a journey is a number of, and the way from there to the plan.
_WAYS = {
    "desk_id": (Desk.objects, "distribution__measure__plan__slug"),
    "distribution_id": (Distribution.objects, "measure__plan__slug"),
    "fund_id": (Fund.objects, "plan__slug"),
    "kit_id": (Kit.objects, "measure__plan__slug"),
    "measure_id": (Measure.objects, "plan__slug"),
    "pickup_id": (Pickup.objects, _OF_DESK),
    "portion_id": (Portion.objects, "recipient__distribution__measure__plan__slug"),
    "purchase_id": (Purchase.objects, "kit__measure__plan__slug"),
    "receipt_id": (SampleReceipt.objects, "sample__plan__slug"),
    "recipient_id": (Recipient.objects, "distribution__measure__plan__slug"),
    "sample_id": (Sample.objects, "plan__slug"),
    "visit_id": (Visit.objects, "measure__plan__slug"),
}


def plan_of(asked: Mapping[str, object]) -> str:
    """Return the slug of the plan that the arguments of a journey speak of; "" where they speak of none."""
    slug = asked.get("slug")
    if isinstance(slug, str) and Plan.objects.filter(slug=slug).exists():
        return slug
    # What a desk tells of comes as one thing, which names its desk.
    told = {"desk_id": getattr(asked.get("told"), "desk_id", None), **asked}
    for name, (rows, way) in _WAYS.items():
        if isinstance(told.get(name), int):
            found = rows.filter(pk=told[name]).values_list(way, flat=True).first()
            if found:
                return str(found)
    return ""
