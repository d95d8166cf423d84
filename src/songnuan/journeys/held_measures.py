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
from songnuan.payments.models import PaymentList
from songnuan.payments.rules import SUBJECT as LIST
from songnuan.payments.rules import list_number
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
    made = PaymentList.objects.filter(measure__plan=plan)
    lists = {pk: (measure, number) for pk, measure, number in made.values_list("pk", "measure_id", "number")}
    found: dict[int, list[str]] = defaultdict(list)
    for row in active:
        model, _colon, key = row.subject.partition(":")
        since = written(row.placed_at.astimezone(CHINA), "moment")
        if model == FUND:
            for measure_id, sentence in drawing.get(int(key), ()):
                found[measure_id].append(sentence % {"time": since})
        elif model == PURCHASE and int(key) in purchases:
            measure_id, number = purchases[int(key)]
            sentence = _("Purchase %(number)s is on hold since %(time)s: its goods stay in the store.")
            found[measure_id].append(sentence % {"number": number, "time": since})
        elif model == REQUEST and int(key) in requests:
            measure_id, name = requests[int(key)]
            sentence = _("Request %(number)s is on hold since %(time)s: nothing is bought on it.")
            found[measure_id].append(sentence % {"number": name, "time": since})
        elif model == LIST and int(key) in lists:
            measure_id, number = lists[int(key)]
            sentence = _("List %(number)s is on hold since %(time)s: nothing is paid on it.")
            found[measure_id].append(sentence % {"number": list_number(number), "time": since})
    return found


def _drawing_on(plan: Plan) -> dict[int, list[tuple[int, str]]]:
    """Return the measures that each fund of a plan pays for, with what a hold on it says of them."""
    found: dict[int, list[tuple[int, str]]] = defaultdict(list)
    goods = _("The fund is on hold since %(time)s: nothing is bought or handed over.")
    for fund_id, measure_id in Kit.objects.filter(measure__plan=plan).values_list("fund_id", "measure_id"):
        found[fund_id].append((measure_id, goods))
    numbers = {row.document_number: row.fund_id for row in funds_of_plan(plan.pk)}
    people = _("The fund is on hold since %(time)s: no list of payments is approved.")
    of = {"fund": ("number", goods), "grants": ("fund", people)}
    for measure in Measure.objects.filter(plan=plan, kind__in=of):
        setting, sentence = of[measure.kind]
        if measure.settings[setting] in numbers:
            found[numbers[measure.settings[setting]]].append((measure.pk, sentence))
    return found
