"""What is due about money and goods: appropriations, purchases, kits that lack."""

from collections import defaultdict
from collections.abc import Iterator, Sequence

from django.urls import reverse
from django.utils.translation import gettext as _

from songnuan.funds.models import Closing, Step, StepStatus
from songnuan.funds.queries import of_plans
from songnuan.goods.figures import kit_figures
from songnuan.goods.models import PurchaseRequest, RequestStatus
from songnuan.goods.queries import KitView, is_short, stock
from songnuan.goods.request_queries import covering, open_requests, returned_to
from songnuan.goods.request_rules import request_number
from songnuan.goods.waiting import counted_by
from songnuan.journeys.living_plan import progress_of
from songnuan.journeys.measures.kit_purchase import terms_of
from songnuan.journeys.measures.unit_visits import owed_words
from songnuan.organisation.permissions import Permission
from songnuan.plans.models import Measure
from songnuan.visits.owed import OwedKit, can_go, is_held, owed
from songnuan.web.due.base import Desk, Due


def to_pay(desk: Desk) -> Iterator[Due]:
    """Yield the funds to appropriate, and the purchases still to make from funds that have money."""
    steps = {
        "fund": (Permission.FUND_APPROPRIATE, "number", _("Enter the appropriation")),
        "kit_purchase": (Permission.PURCHASE_RECORD, "fund", _("Record a purchase")),
    }
    reach = {permission: desk.reach_ids(permission) for permission, _number, _action in steps.values()}
    running = desk.running(set().union(*reach.values()))
    if not running:
        return
    measures = list(Measure.objects.filter(plan__in=running, kind__in=steps).select_related("plan"))
    progress = progress_of(measures, desk.at)
    rows = of_plans([plan.pk for plan in running])
    funds = {(plan_id, fund.document_number): fund for plan_id, found in rows.items() for fund in found}
    of_kits = [measure for measure in measures if measure.kind == "kit_purchase"]
    requested = _requested(of_kits)
    returned = returned_to(desk.user.pk, [measure.pk for measure in of_kits])
    for measure in measures:
        permission, number, action = steps[measure.kind]
        fund = funds.get((measure.plan_id, measure.settings[number]))
        how_far = progress[measure.pk]
        if fund is None or not how_far.next or measure.plan.unit_id not in reach[permission]:
            continue
        asked = requested.get(measure.pk)
        if measure.pk in returned:
            yield _mend(returned[measure.pk], measure, how_far.headline, desk)
        elif asked is not None:
            yield from _wait_for(asked, measure, desk)
        elif fund.closed_at is None and (measure.kind == "fund" or fund.balance.available > 0):
            yield Due(
                title=how_far.next,
                plan=measure.plan.title,
                detail=how_far.headline,
                url=reverse("purchase_new", args=(measure.pk,))
                if measure.kind == "kit_purchase"
                else reverse("fund", args=(fund.fund_id,)),
                action=action,
                today=desk.day,
                due_on=measure.plan.due_on,
            )


def _requested(measures: Sequence[Measure]) -> dict[int, PurchaseRequest]:
    """Return the request that is next, for each measure whose whole need is asked for already."""
    rows: dict[int, list[PurchaseRequest]] = {}
    for row in open_requests([measure.pk for measure in measures]):
        rows.setdefault(row.kit.measure_id, []).append(row)
    kits = kit_figures(rows)
    found = {}
    for measure in measures:
        if measure.pk in rows and measure.pk in kits:
            kit, units = kits[measure.pk], terms_of(measure).kits
            lacking = {part.item_id: part.quantity * units - kit.packs(part) for part in kit.parts}
            found[measure.pk] = covering(lacking, rows[measure.pk])
    return {pk: row for pk, row in found.items() if row is not None}


def _wait_for(row: PurchaseRequest, measure: Measure, desk: Desk) -> Iterator[Due]:
    """Yield the request that waits; an approved one stands among those to buy on."""
    if row.status == RequestStatus.PENDING:
        facts = {"number": request_number(row.number), "state": str(RequestStatus(row.status).label)}
        yield Due(
            title=_("What is still needed is requested"),
            plan=measure.plan.title,
            detail=_("Request %(number)s: %(state)s") % facts,
            url=reverse("purchase_request", args=(row.pk,)),
            action=_("See the request"),
            today=desk.day,
            due_on=measure.plan.due_on,
        )


def _mend(row: PurchaseRequest, measure: Measure, detail: str, desk: Desk) -> Due:
    """Return that a request was returned to the reader: its page has the remarks, and begins it anew."""
    title = _("Request %(number)s was returned: change it and hand it in anew")
    return Due(
        title=title % {"number": request_number(row.number)},
        plan=measure.plan.title,
        detail=detail,
        url=reverse("purchase_request", args=(row.pk,)),
        action=_("See the remarks"),
        today=desk.day,
        due_on=measure.plan.due_on,
    )


def to_confirm(desk: Desk) -> Iterator[Due]:
    """Yield the closings and reopenings of funds that somebody else proposed and the reader may confirm."""
    reach = desk.reach_ids(Permission.FUND_CLOSE_CONFIRM)
    if not reach:
        return
    rows = Closing.objects.filter(status=StepStatus.PROPOSED, fund__plan__unit__in=reach)
    waiting = rows.exclude(proposed_by=desk.user).select_related("fund__plan", "proposed_by").order_by("pk")
    for row in waiting:
        closes = row.step == Step.CLOSE
        yield Due(
            title=_("Confirm the closing of a fund") if closes else _("Confirm the reopening of a fund"),
            plan=row.fund.plan.title,
            detail=_("Proposed by %(name)s") % {"name": row.proposed_by.name},
            url=reverse("fund_closing", args=(row.fund_id,)),
            action=_("See it"),
            today=desk.day,
        )


def to_supply(desk: Desk) -> Iterator[Due]:
    """Yield the kits owed to units visited: to who watches the plan, and while they lack to who buys them."""
    watched, bought = (desk.reach_ids(one) for one in (Permission.PLAN_OPEN, Permission.PURCHASE_RECORD))
    running = desk.running(watched | bought)
    if not running:
        return
    measures = list(Measure.objects.filter(plan__in=running, kind="unit_visits").select_related("plan"))
    counting = counted_by(desk.user.pk)
    rows: dict[int, list[OwedKit]] = defaultdict(list)
    for row in owed(measures):
        rows[row.measure_id].append(row)
    for measure in measures:
        lacking, plan = rows[measure.pk], measure.plan
        if not lacking:
            continue
        ready = sum(can_go([row.kit for row in lacking], desk.day))
        is_on_hold = ready < len(lacking) and is_held(lacking[0].kit)
        buys = plan.unit_id in bought and not is_on_hold
        if plan.unit_id in bought and ready == len(lacking):
            continue
        detail = _("%(count)s in the store") % {"count": ready}
        if is_on_hold:
            detail = _("%(count)s in the store; the inspector holds goods") % {"count": ready}
        url, action = reverse("pairing", args=(plan.slug,)) + "?state=owed", _("See which")
        if buys:
            url, action = _to_buy(lacking[0].kit)
        yield Due(
            title=owed_words(len(lacking)),
            plan=plan.title,
            detail="" if plan.pk in counting else detail,
            url=url,
            action=action,
            today=desk.day,
        )


def _to_buy(kit: KitView) -> tuple[str, str]:
    """Return where more of a kit is bought, and the word for it; its fund once the plan has all it needs."""
    terms = terms_of(Measure.objects.select_related("plan").get(pk=kit.measure_id))
    rows, word = stock(kit.kit_id, units=terms.kits), _("Record a purchase")
    if not is_short(rows):
        return reverse("fund", args=(kit.fund_id,)), word
    asked = covering({row.item_id: row.lacking for row in rows}, open_requests([kit.measure_id]))
    if asked is not None:
        return reverse("purchase_request", args=(asked.pk,)), _("See the request")
    return reverse("purchase_new", args=(kit.measure_id,)), word
