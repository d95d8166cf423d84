"""The checklist that travels with a plan's visits."""

from songnuan.plans.models import Measure, MeasureStatus
from songnuan.visits.models import InspectionResult
from songnuan.visits.versions import earlier_checks


def checklist(plan_id: int) -> dict[str, str]:
    """Return what an inspection at a visit asks, text by key: of the newest measure that is not closed."""
    found = {}
    for measure in _measures(plan_id):
        if measure.status != MeasureStatus.CLOSED:
            found = _texts(measure)
    return found


def checklist_of(visit_id: int, plan_id: int) -> dict[str, str]:
    """Return what the report of a visit answers, text by key: what it was asked, and not what is asked now.

    A report without answers goes by those of a version before it, and where none had any by what is asked
    now, should it turn out to have been on site.
    """
    answered = InspectionResult.objects.filter(visit=visit_id).order_by("pk")
    keys = list(answered.values_list("item_key", flat=True))
    if not keys and (earlier := earlier_checks(visit_id)):
        keys = [answer.item_key for answer in earlier[1]]
    texts = texts_asked(plan_id)
    return {key: texts.get(key, key) for key in keys} or checklist(plan_id)


def texts_asked(plan_id: int) -> dict[str, str]:
    """Return the texts that are asked under the plan, or were by a measure closed since, by key.

    What a measure asked before it was amended is not kept beside it: its key stands for itself.
    """
    return {key: text for measure in _measures(plan_id) for key, text in _texts(measure).items()}


def _measures(plan_id: int) -> list[Measure]:
    return list(Measure.objects.filter(plan_id=plan_id, kind="inspection").order_by("pk"))


def _texts(measure: Measure) -> dict[str, str]:
    return {item["key"]: item["text"] for item in measure.settings["items"]}
