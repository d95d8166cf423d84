"""What journeys and pages share: which measures of a plan a hold stops."""

from collections import defaultdict

from django.utils.translation import gettext as _

from songnuan.approvals.hold_queries import of_plan
from songnuan.funds.holding import FUND
from songnuan.funds.queries import of_plan as funds_of_plan
from songnuan.goods.holding import PURCHASE, REQUEST
from songnuan.goods.models import Kit, Purchase, PurchaseRequest
from songnuan.kernel.clock import CHINA
from songnuan.kernel.days import written
from songnuan.plans.models import Measure, Plan


def held_measures(plan: Plan) -> dict[int, list[str]]:
    """Return what each measure says of the holds that stop it; one query where nothing is on hold."""
    active = [row for row in of_plan(plan.slug) if row.is_active]
    if not active:
        return {}
    drawing = _drawing_on(plan)
    bought = Purchase.objects.filter(kit__measure__plan=plan)
    purchases = {
        pk: (measure, number) for pk, measure, number in bought.values_list("pk", "kit__measure_id", "number")
    }
    asked = PurchaseRequest.objects.filter(kit__measure__plan=plan)
    requests = {
        pk: (measure, number) for pk, measure, number in asked.values_list("pk", "kit__measure_id", "number")
    }
    found: dict[int, list[str]] = defaultdict(list)
    for row in active:
        model, _colon, key = row.subject.partition(":")
        since = written(row.placed_at.astimezone(CHINA), "moment")
        if model == FUND:
            for measure_id in drawing.get(int(key), ()):
                sentence = _("The fund is on hold since %(time)s: nothing is bought or handed over.")
                found[measure_id].append(sentence % {"time": since})
        elif model == PURCHASE and int(key) in purchases:
            measure_id, number = purchases[int(key)]
            sentence = _("Purchase %(number)s is on hold since %(time)s: its goods stay in the store.")
            found[measure_id].append(sentence % {"number": number, "time": since})
        elif model == REQUEST and int(key) in requests:
            measure_id, name = requests[int(key)]
            sentence = _("Request %(number)s is on hold since %(time)s: nothing is bought on it.")
            found[measure_id].append(sentence % {"number": name, "time": since})
    return found


def _drawing_on(plan: Plan) -> dict[int, list[int]]:
    """Return the measures that each fund of a plan pays for, and the one that is about the fund itself."""
    found: dict[int, list[int]] = defaultdict(list)
    for fund_id, measure_id in Kit.objects.filter(measure__plan=plan).values_list("fund_id", "measure_id"):
        found[fund_id].append(measure_id)
    numbers = {row.document_number: row.fund_id for row in funds_of_plan(plan.pk)}
    for measure in Measure.objects.filter(plan=plan, kind="fund"):
        if measure.settings["number"] in numbers:
            found[numbers[measure.settings["number"]]].append(measure.pk)
    return found
