"""The checklist that travels with a plan's visits."""

from songnuan.plans.models import Measure, MeasureStatus


def checklist(plan_id: int) -> dict[str, str]:
    """Return what an inspection at a visit asks, text by key: of the newest measure that is not closed."""
    asked = Measure.objects.filter(plan_id=plan_id, kind="inspection").exclude(status=MeasureStatus.CLOSED)
    measure = asked.order_by("-pk").first()
    return {item["key"]: item["text"] for item in measure.settings["items"]} if measure else {}
