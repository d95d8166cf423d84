"""The checklist that travels with a plan's visits."""

from songnuan.plans.models import Measure, MeasureStatus


def checklist(plan_id: int) -> dict[str, str]:
    """Return what an inspection at a visit asks, text by key: of the newest measure that is not closed."""
    found = {}
    for measure in _measures(plan_id):
        if measure.status != MeasureStatus.CLOSED:
            found = _texts(measure)
    return found


def texts_asked(plan_id: int) -> dict[str, str]:
    """Return every text that was ever asked under the plan, by key: what was recorded is read by it."""
    return {key: text for measure in _measures(plan_id) for key, text in _texts(measure).items()}


def _measures(plan_id: int) -> list[Measure]:
    return list(Measure.objects.filter(plan_id=plan_id, kind="inspection").order_by("pk"))


def _texts(measure: Measure) -> dict[str, str]:
    return {item["key"]: item["text"] for item in measure.settings["items"]}
