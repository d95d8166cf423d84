"""What an entry of the trail is about, by its name: units, visits, purchases and the rest, looked up in bulk.

A subject is text such as "visits.visit:12". Each table of things is asked once for a page, however many
rows speak of it. A link is given where the reader may open the page.
"""

from collections.abc import Callable, Collection, Iterable, Mapping

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _

from songnuan.approvals.hold_models import Hold
from songnuan.funds.models import Entry, Fund, Kind
from songnuan.goods.cards import printed_donation
from songnuan.goods.models import Count, Disposal, Donation, Issue, Item, Kit, Purchase, PurchaseRequest
from songnuan.goods.request_rules import request_number
from songnuan.journeys.measures import kinds
from songnuan.kernel.money import yuan
from songnuan.organisation.models import Unit, User
from songnuan.organisation.permissions import Permission
from songnuan.plans.models import Measure, Plan, Question
from songnuan.plans.queries import visible_plans
from songnuan.records.models import Document
from songnuan.tasks.instruction_queries import seen as instructions_seen
from songnuan.tasks.models import Instruction, Task
from songnuan.visits.models import LeaderVisit, Visit
from songnuan.visits.sample_models import Sample, SampleReceipt
from songnuan.web.stock_words import issue_words
from songnuan.web.trail_callbacks import payment_samples, sampled_payments
from songnuan.web.trail_cases import families, needs
from songnuan.web.trail_emergency import EMERGENCY_SUBJECTS
from songnuan.web.trail_files import belongings
from songnuan.web.trail_named import Named, numbers, packed
from songnuan.web.trail_people import PEOPLE_SUBJECTS
from songnuan.web.trail_pickups import PICKUP_SUBJECTS
from songnuan.web.trail_situation import SITUATION
from songnuan.web.trail_standards import bank_layouts, flexible_requests, payment_lists, standards
from songnuan.web.views.shared import Reader, names_on

# What facts name by its number alone; a unit has a key as well, by which it is a subject.
UNIT = "organisation.unit#"
USER = "organisation.user"
ENTRY = "funds.entry"
ITEM = "goods.item"
PURCHASE = "goods.purchase"
PURCHASE_REQUEST = "goods.request"
TASK = "tasks.task"
INSTRUCTION = "tasks.instruction"
DOCUMENT = "records.document"
MEASURE = "plans.measure"
FUND = "funds.fund"
PLAN = "plans.plan"
STANDARD = "benefits.standard"
BANK_LAYOUT = "payments.layout"
PAYMENT_LIST = "payments.list"
CASE = "casework.case"
NEED = "casework.need"
HOLD = "approvals.hold"


Look = Callable[[Collection[str], Reader], Mapping[str, Named]]


def look_up(subjects: Iterable[str], reader: Reader) -> dict[str, Named]:
    """Return the name of every subject that is known."""
    wanted: dict[str, set[str]] = {}
    for subject in subjects:
        model, _colon, key = subject.partition(":")
        wanted.setdefault(model, set()).add(key)
    return {
        f"{model}:{key}": named
        for model, keys in wanted.items()
        if model in _TABLES
        for key, named in _TABLES[model](keys, reader).items()
    }


def _units(keys: Collection[str], reader: Reader) -> dict[str, Named]:
    ids = dict(Unit.objects.filter(key__in=keys).values_list("key", "pk"))
    names = names_on(ids.values(), reader.day)
    return {key: Named(names[unit_id]) for key, unit_id in ids.items()}


def _units_by_id(keys: Collection[str], reader: Reader) -> dict[str, Named]:
    names = names_on(numbers(keys), reader.day)
    return {str(unit_id): Named(name) for unit_id, name in names.items()}


def _users(keys: Collection[str], reader: Reader) -> dict[str, Named]:
    manages = reader.may(Permission.ACCOUNT_MANAGE)
    rows = User.objects.filter(pk__in=numbers(keys)).values_list("pk", "name", "username")
    found = {
        str(pk): Named(name or username, reverse("account_edit", args=(pk,)) if manages else "")
        for pk, name, username in rows
    }
    return {"unknown": Named(_("a user name that nobody has")), **found}


def _plans(keys: Collection[str], reader: Reader) -> dict[str, Named]:
    """Name plans told as "front-line-visits", or with their version behind an @."""
    rows = _plans_of({key.partition("@")[0] for key in keys}, reader)
    return {key: rows[slug] for key in keys if (slug := key.partition("@")[0]) in rows}


def _plans_of(slugs: Collection[str], reader: Reader, page: str = "plan") -> dict[str, Named]:
    titles = dict(Plan.objects.filter(slug__in=slugs).values_list("slug", "title"))
    shown = visible_plans(reader.actor, reader.at).filter(slug__in=titles)
    open_to = set(shown.order_by().values_list("slug", flat=True))
    return {
        slug: Named(title, reverse(page, args=(slug,)) if slug in open_to else "")
        for slug, title in titles.items()
    }


def _pairings(keys: Collection[str], reader: Reader) -> dict[str, Named]:
    return _plans_of(keys, reader, "pairing")


def _measures(keys: Collection[str], reader: Reader) -> dict[str, Named]:
    """Name measures told by their number, or as "front-line-visits/pairing"."""
    pairs = [key.partition("/") for key in keys if "/" in key]
    told = Q(pk__in=numbers(keys)) | Q(
        plan__slug__in={slug for slug, _slash, _key in pairs}, key__in={key for _slug, _slash, key in pairs}
    )
    rows = list(Measure.objects.filter(told).select_related("plan"))
    plans = _plans_of({row.plan.slug for row in rows}, reader)
    known = kinds()
    found: dict[str, Named] = {}
    for row in rows:
        label = known[row.kind].label() if row.kind in known else row.kind
        named = Named(f"{plans[row.plan.slug].text} · {label}", plans[row.plan.slug].url)
        found |= {str(row.pk): named, f"{row.plan.slug}/{row.key}": named}
    return found


def _questions(keys: Collection[str], reader: Reader) -> dict[str, Named]:
    slugs = {key.partition("/")[0] for key in keys}
    rows = Question.objects.filter(plan__slug__in=slugs, key__in={key.partition("/")[2] for key in keys})
    plans = _plans_of(slugs, reader)
    return {
        f"{slug}/{key}": Named(text, plans[slug].url)
        for slug, key, text in rows.values_list("plan__slug", "key", "text")
    }


def _of_money(page: str, rows: Iterable[tuple[int, str, int]], reader: Reader) -> dict[str, Named]:
    """Name things by their numbers; their page is open to who looks into the money of their unit."""
    seen = reader.reach_ids(Permission.FUND_VIEW)
    return {
        str(pk): Named(text, reverse(page, args=(pk,)) if unit in seen else "") for pk, text, unit in rows
    }


def _funds(keys: Collection[str], reader: Reader) -> dict[str, Named]:
    rows = Fund.objects.filter(pk__in=numbers(keys)).values_list("pk", "title", "plan__unit_id")
    return _of_money("fund", rows, reader)


def _entries(keys: Collection[str], reader: Reader) -> dict[str, Named]:
    seen = reader.reach_ids(Permission.FUND_VIEW)
    rows = Entry.objects.filter(pk__in=numbers(keys)).select_related("fund__plan")
    return {
        str(row.pk): Named(
            f"{Kind(row.kind).label} ¥{yuan(row.amount_minor)}",
            reverse("fund", args=(row.fund_id,)) if row.fund.plan.unit_id in seen else "",
        )
        for row in rows
    }


def _purchases(keys: Collection[str], reader: Reader) -> dict[str, Named]:
    """Name purchases told by their number, or as "1-3": the third of fund 1."""
    pairs = [key.partition("-") for key in keys if "-" in key]
    told = Q(pk__in=numbers(keys)) | Q(
        fund__in=numbers(fund for fund, _dash, _number in pairs),
        number__in=numbers(number for _fund, _dash, number in pairs),
    )
    seen = reader.reach_ids(Permission.FUND_VIEW)
    found: dict[str, Named] = {}
    for row in Purchase.objects.filter(told).select_related("fund__plan"):
        url = reverse("purchase", args=(row.pk,)) if row.fund.plan.unit_id in seen else ""
        named = Named(_("Purchase %(number)s") % {"number": row.number}, url)
        found |= {str(row.pk): named, f"{row.fund_id}-{row.number}": named}
    return found


def _kits(keys: Collection[str], reader: Reader) -> dict[str, Named]:
    rows = Kit.objects.filter(pk__in=numbers(keys)).values_list("pk", "name", "measure__plan__unit_id")
    return _of_money("kit_units", rows, reader)


def _counts(keys: Collection[str], reader: Reader) -> dict[str, Named]:
    rows = Count.objects.filter(pk__in=numbers(keys)).values_list("pk", "store__plan__unit_id")
    return _of_money("count", ((pk, _("Stock count"), unit) for pk, unit in rows), reader)


def _disposals(keys: Collection[str], reader: Reader) -> dict[str, Named]:
    rows = Disposal.objects.filter(pk__in=numbers(keys)).values_list("pk", "lot__store__plan__unit_id")
    return _of_money("disposal", ((pk, _("Disposal"), unit) for pk, unit in rows), reader)


def _donations(keys: Collection[str], reader: Reader) -> dict[str, Named]:
    rows = Donation.objects.filter(pk__in=numbers(keys)).values_list("pk", "number", "store__plan__unit_id")
    text = _("Donation %(number)s")
    told = ((pk, text % {"number": printed_donation(number)}, unit) for pk, number, unit in rows)
    return _of_money("donation", told, reader)


def _issues(keys: Collection[str], reader: Reader) -> dict[str, Named]:
    rows = Issue.objects.filter(pk__in=numbers(keys)).select_related("movement", "store__plan")
    words = ((row.pk, issue_words(row.movement), row.store.plan.unit_id) for row in rows)
    return _of_money("issue", words, reader)


def _holds(keys: Collection[str], reader: Reader) -> dict[str, Named]:
    rows = Hold.objects.filter(pk__in=numbers(keys)).values_list("pk", "unit_id")
    text = _("Hold %(number)s")
    return _of_money("hold", ((pk, text % {"number": pk}, unit) for pk, unit in rows), reader)


def _samples(keys: Collection[str], reader: Reader) -> dict[str, Named]:
    seen = reader.reach_ids(Permission.RECEIPT_CHECK)
    rows = Sample.objects.filter(pk__in=numbers(keys)).values_list("pk", "number", "plan__unit_id")
    return {
        str(pk): Named(
            _("Draw %(number)s") % {"number": number}, reverse("sample", args=(pk,)) if unit in seen else ""
        )
        for pk, number, unit in rows
    }


def _receipts(keys: Collection[str], reader: Reader) -> dict[str, Named]:
    """Name receipts of samples by the unit that signed for them."""
    seen = reader.reach_ids(Permission.RECEIPT_CHECK)
    told = SampleReceipt.objects.filter(pk__in=numbers(keys))
    rows = list(told.values_list("pk", "movement__unit_id", "sample__plan__unit_id"))
    units = names_on((unit for _pk, unit, _plan in rows), reader.day)
    return {
        str(pk): Named(
            _("Receipt of %(unit)s") % {"unit": units[unit]},
            reverse("receipt_check", args=(pk,)) if plan in seen else "",
        )
        for pk, unit, plan in rows
    }


def _requests(keys: Collection[str], reader: Reader) -> dict[str, Named]:
    asked = PurchaseRequest.objects.filter(pk__in=numbers(keys))
    rows = asked.values_list("pk", "number", "fund__plan__unit_id")
    text = _("Request %(number)s")
    told = ((pk, text % {"number": request_number(number)}, unit) for pk, number, unit in rows)
    return _of_money("purchase_request", told, reader)


def _items(keys: Collection[str], _reader: Reader) -> dict[str, Named]:
    rows = Item.objects.filter(pk__in=numbers(keys))
    return {str(row.pk): Named(packed(row.label, row.packing)) for row in rows}


def _visits(keys: Collection[str], reader: Reader) -> dict[str, Named]:
    rows = Visit.objects.filter(pk__in=numbers(keys)).values_list("pk", "unit_id")
    names = names_on((unit for _pk, unit in rows), reader.day)
    seen = reader.reach_ids(Permission.VISIT_VIEW)
    return {
        str(pk): Named(names[unit], reverse("visit", args=(pk,)) if unit in seen else "") for pk, unit in rows
    }


def _leader_visits(keys: Collection[str], reader: Reader) -> dict[str, Named]:
    rows = LeaderVisit.objects.filter(pk__in=numbers(keys)).select_related("plan")
    plans = _plans_of({row.plan.slug for row in rows}, reader, "leader_visits")
    return {
        str(row.pk): Named(f"{row.leader_post} {row.leader_name}", plans[row.plan.slug].url) for row in rows
    }


def _tasks(keys: Collection[str], reader: Reader) -> dict[str, Named]:
    seen = reader.reach_ids(Permission.VISIT_VIEW)
    rows = Task.objects.filter(pk__in=numbers(keys), instruction__isnull=True)
    problems = {
        str(pk): Named(title, reverse("problem", args=(pk,)) if {unit, owner} & seen else "")
        for pk, title, unit, owner in rows.values_list("pk", "title", "unit_id", "owner_id")
    }
    items = Task.objects.filter(pk__in=numbers(keys), instruction__isnull=False)
    of = {str(pk): (str(key), title) for pk, key, title in items.values_list("pk", "instruction_id", "title")}
    pages = _instructions({key for key, _title in of.values()}, reader)
    return problems | {pk: Named(title, pages[key].url) for pk, (key, title) in of.items()}


def _instructions(keys: Collection[str], reader: Reader) -> dict[str, Named]:
    if not keys:
        return {}
    seen = {row.instruction_id for row in instructions_seen(reader.actor, reader.at)}
    rows = Instruction.objects.filter(pk__in=numbers(keys)).values_list("pk", "title")
    return {
        str(pk): Named(title, reverse("instruction", args=(pk,)) if pk in seen else "") for pk, title in rows
    }


def _documents(keys: Collection[str], _reader: Reader) -> dict[str, Named]:
    rows = Document.objects.filter(pk__in=numbers(keys)).values_list("pk", "number", "title")
    return {str(pk): Named(number or title) for pk, number, title in rows}


def _files(keys: Collection[str], reader: Reader) -> dict[str, Named]:
    """Name files by what they are and of what; of one that belongs to nothing the act says enough."""
    told = belongings(numbers(keys))
    names = look_up({subject for _words, subject in told.values()}, reader)
    found = dict.fromkeys(keys, Named(""))
    for pk, (words, subject) in told.items():
        thing = names.get(subject, Named(""))
        found[str(pk)] = Named(" · ".join(filter(None, (str(words), thing.text))), thing.url)
    return found


def _quiet(keys: Collection[str], _reader: Reader) -> dict[str, Named]:
    """Say nothing of what the act and its facts say already."""
    return dict.fromkeys(keys, Named(""))


_QUIET = (
    *("approvals.chain", "approvals.delegation", "benefits.settlement"),
    *("goods.movement", "jobs.message", "organisation.installation"),
)
_TABLES: Mapping[str, Look] = {
    **dict.fromkeys(_QUIET, _quiet),
    HOLD: _holds,
    "organisation.unit": _units,
    UNIT: _units_by_id,
    USER: _users,
    "organisation.assignment": _pairings,
    PLAN: _plans,
    MEASURE: _measures,
    "plans.question": _questions,
    FUND: _funds,
    ENTRY: _entries,
    PURCHASE: _purchases,
    PURCHASE_REQUEST: _requests,
    ITEM: _items,
    "goods.kit": _kits,
    "goods.count": _counts,
    "goods.disposal": _disposals,
    "goods.donation": _donations,
    "goods.issue": _issues,
    "visits.visit": _visits,
    "visits.hand_over": _visits,
    "visits.sample": _samples,
    "visits.receipt": _receipts,
    "visits.leader": _leader_visits,
    TASK: _tasks,
    INSTRUCTION: _instructions,
    DOCUMENT: _documents,
    "records.file": _files,
    STANDARD: standards,
    PAYMENT_LIST: payment_lists,
    BANK_LAYOUT: bank_layouts,
    "payments.sample": payment_samples,
    "payments.sampled": sampled_payments,
    "casework.flexible": flexible_requests,
    CASE: families,
    **EMERGENCY_SUBJECTS,
    NEED: needs,
    **SITUATION,
    **PEOPLE_SUBJECTS,
    **PICKUP_SUBJECTS,
}
