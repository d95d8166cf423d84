"""The page behind a figure of the living plan: what shows that a clause was carried out, piece by piece."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from django.contrib.auth.decorators import login_required
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from songnuan.casework.case_access import reached
from songnuan.casework.case_models import Contact, NeedClosing
from songnuan.casework.flexible_models import FlexibleRequest
from songnuan.emergency.models import (
    Activation,
    Alert,
    DailyStatus,
    Order,
    ReportSummary,
    ScreeningReport,
)
from songnuan.emergency.returnee_access import reached as returnees_reached
from songnuan.funds.models import Entry
from songnuan.goods.models import Pickup
from songnuan.journeys.living_plan import evidence_label, evidence_of
from songnuan.journeys.measures.base import Evidence
from songnuan.organisation.models import Assignment
from songnuan.organisation.permissions import Permission
from songnuan.organisation.queries import require
from songnuan.plans.models import Measure
from songnuan.plans.queries import clause_headings, clauses
from songnuan.tasks.models import Task
from songnuan.visits.models import Visit
from songnuan.web.views.shared import PAGE, Reader, plan_seen, reader_of

# Kinds of evidence that open to whoever may look into the plan's funds.
OF_FUNDS = frozenset({"purchase", "entry", "issue"})
# Kinds of evidence that have a day and no time of day.
OF_A_DAY = frozenset({"pair", "burden", "contact", "home_visit"})


@dataclass(frozen=True, slots=True)
class Line:
    """One piece of evidence; `url` leads to it, empty where the reader may not follow."""

    at: datetime
    label: str
    note: str
    url: str


@login_required
@require_safe
def evidence(request: HttpRequest, slug: str, measure_id: int, kind: str) -> HttpResponse:
    """List a measure's evidence of one kind, newest first."""
    reader = reader_of(request)
    plan = plan_seen(reader, slug)
    measure = Measure.objects.select_related("plan").filter(pk=measure_id, plan=plan).first()
    if measure is None:
        raise Http404
    key = measure.clause_key
    if kind in OF_FUNDS:
        require(reader.actor, Permission.FUND_VIEW, unit_id=plan.unit_id, at=reader.at)
    found = [piece for piece in evidence_of(measure, reader.at) if piece.kind == kind]
    if not found and kind not in _LINKS:
        raise Http404
    shown, older = _page(found, request.GET.get("before", ""))
    # A kind that has no page of its own is listed without links.
    links = _LINKS[kind](reader, measure, [int(piece.ref) for piece in shown]) if kind in _LINKS else {}
    addresses = {str(pk): url for pk, url in links.items()}
    context = {
        "plan": plan,
        "clause": clause_headings(plan, {key}).get(key, ""),
        # The evidence of a clause that was removed is reached from the foot of the plan.
        "place": f"clause-{key}" if any(row.key == key for row in clauses(plan)) else "ended",
        "label": evidence_label(kind),
        "items": [Line(piece.at, piece.label, piece.note, addresses.get(piece.ref, "")) for piece in shown],
        "older": older,
        "of_a_day": kind in OF_A_DAY,
    }
    return render(request, "web/evidence_list.html", context)


def _page(found: Iterable[Evidence], before: str) -> tuple[list[Evidence], str | None]:
    """Return the page that goes on after the piece `before`, and the key of the next page."""
    newest = sorted(found, key=lambda piece: (piece.at, piece.ref.rjust(20, "0")), reverse=True)
    start = next((place for place, piece in enumerate(newest, 1) if piece.ref == before), 0)
    shown = newest[start : start + PAGE]
    return shown, shown[-1].ref if len(newest) > start + PAGE else None


# Each of these returns the addresses behind some references, as far as the reader may follow them.


def _visits(reader: Reader, _measure: Measure, refs: list[int]) -> dict[int, str]:
    seen = Visit.objects.filter(pk__in=refs, unit__in=reader.reach(Permission.VISIT_VIEW))
    return {pk: reverse("visit", args=(pk,)) for pk in seen.values_list("pk", flat=True)}


def _pairs(reader: Reader, measure: Measure, refs: list[int]) -> dict[int, str]:
    units = dict(Assignment.objects.filter(pk__in=refs).values_list("pk", "subject_id"))
    seen = Visit.objects.filter(
        measure__plan_id=measure.plan_id,
        unit__in=set(units.values()) & reader.reach_ids(Permission.VISIT_VIEW),
    )
    visits = dict(seen.values_list("unit_id", "pk"))
    return {
        ref: reverse("visit", args=(visits[unit_id],)) for ref, unit_id in units.items() if unit_id in visits
    }


def _purchases(_reader: Reader, _measure: Measure, refs: list[int]) -> dict[int, str]:
    return {ref: reverse("purchase", args=(ref,)) for ref in refs}


def _issues(_reader: Reader, _measure: Measure, refs: list[int]) -> dict[int, str]:
    return {ref: reverse("issue", args=(ref,)) for ref in refs}


def _entries(_reader: Reader, _measure: Measure, refs: list[int]) -> dict[int, str]:
    found = Entry.objects.filter(pk__in=refs).values_list("pk", flat=True)
    return {pk: reverse("fund_entry", args=(pk,)) for pk in found}


def _problems(reader: Reader, _measure: Measure, refs: list[int]) -> dict[int, str]:
    units = reader.reach(Permission.VISIT_VIEW).values("pk")
    seen = Task.objects.filter(Q(unit__in=units) | Q(owner__in=units), pk__in=refs)
    return {pk: reverse("problem", args=(pk,)) for pk in seen.values_list("pk", flat=True)}


def _duties(reader: Reader, _measure: Measure, refs: list[int]) -> dict[int, str]:
    owners = reader.reach_ids(Permission.VISIT_VIEW) | reader.reach_ids(Permission.DUTY_REPORT)
    seen = Task.objects.filter(owner__in=owners, pk__in=refs)
    return {pk: reverse("problem", args=(pk,)) for pk in seen.values_list("pk", flat=True)}


def _weeks(_reader: Reader, _measure: Measure, refs: list[int]) -> dict[int, str]:
    page = reverse("burden")
    return {ref: f"{page}?week={ref // 10_000:04}-{ref // 100 % 100:02}-{ref % 100:02}" for ref in refs}


def _leaders(_reader: Reader, measure: Measure, refs: list[int]) -> dict[int, str]:
    page = reverse("leader_visits", args=(measure.plan.slug,))
    return {ref: f"{page}#v{ref}" for ref in refs}


def _reckonings(reader: Reader, measure: Measure, refs: list[int]) -> dict[int, str]:
    may = reader.may(Permission.BENEFIT_VIEW, measure.plan.unit_id)
    return dict.fromkeys(refs, reverse("grants", args=(measure.pk,))) if may else {}


def _payment_lists(reader: Reader, measure: Measure, refs: list[int]) -> dict[int, str]:
    may = reader.may(Permission.BENEFIT_VIEW, measure.plan.unit_id)
    return {ref: reverse("payment_list", args=(ref,)) for ref in refs} if may else {}


def _flexible(reader: Reader, _measure: Measure, refs: list[int]) -> dict[int, str]:
    units = reader.reach_ids(Permission.FLEXIBLE_VIEW)
    seen = FlexibleRequest.objects.filter(pk__in=refs, unit__in=units)
    return {pk: reverse("flexible_request", args=(pk,)) for pk in seen.values_list("pk", flat=True)}


def _contacts(reader: Reader, _measure: Measure, refs: list[int]) -> dict[int, str]:
    seen = reached(reader.actor, reader.at).values("pk")
    rows = Contact.objects.filter(pk__in=refs, case__in=seen).values_list("pk", "case")
    return {pk: reverse("family_case", args=(case,)) + f"#contact-{pk}" for pk, case in rows}


def _needs_closed(reader: Reader, _measure: Measure, refs: list[int]) -> dict[int, str]:
    seen = reached(reader.actor, reader.at).values("pk")
    rows = NeedClosing.objects.filter(pk__in=refs, need__case__in=seen).values_list("pk", "need")
    return {pk: reverse("family_need", args=(need,)) for pk, need in rows}


def _activations(_reader: Reader, measure: Measure, refs: list[int]) -> dict[int, str]:
    seen = Activation.objects.filter(pk__in=refs, measure=measure).values_list("pk", flat=True)
    return {pk: reverse("activation", args=(pk,)) for pk in seen}


def _orders(_reader: Reader, measure: Measure, refs: list[int]) -> dict[int, str]:
    seen = Order.objects.filter(pk__in=refs, measure=measure).values_list("pk", flat=True)
    return {pk: reverse("emergency_order", args=(pk,)) for pk in seen}


def _report_periods(reader: Reader, measure: Measure, refs: list[int]) -> dict[int, str]:
    may = reader.may(Permission.EMERGENCY_VIEW, measure.plan.unit_id)
    return {ref: reverse("situation_period", args=(ref,)) for ref in refs} if may else {}


def _report_summaries(reader: Reader, measure: Measure, refs: list[int]) -> dict[int, str]:
    if not reader.may(Permission.EMERGENCY_VIEW, measure.plan.unit_id):
        return {}
    rows = ReportSummary.objects.filter(pk__in=refs).values_list("pk", "period_id")
    return {pk: reverse("situation_summary", args=(period,)) for pk, period in rows}


def _alerts(reader: Reader, measure: Measure, refs: list[int]) -> dict[int, str]:
    units = reader.reach_ids(Permission.EMERGENCY_VIEW)
    rows = Alert.objects.filter(pk__in=refs, measure=measure).values_list("pk", "unit_id")
    whole = measure.plan.unit_id in units
    return {pk: reverse("warning_alert", args=(pk,)) for pk, unit_id in rows if whole or unit_id in units}


def _daily_statuses(reader: Reader, _measure: Measure, refs: list[int]) -> dict[int, str]:
    own = returnees_reached(reader.actor, reader.at).values("pk")
    seen = DailyStatus.objects.filter(pk__in=refs, returnee__in=own).values_list("pk", "returnee")
    return {pk: reverse("returnee", args=(returnee,)) for pk, returnee in seen}


def _returnees(reader: Reader, _measure: Measure, refs: list[int]) -> dict[int, str]:
    own = returnees_reached(reader.actor, reader.at).filter(pk__in=refs)
    return {pk: reverse("returnee", args=(pk,)) for pk in own.values_list("pk", flat=True)}


def _screenings(reader: Reader, measure: Measure, refs: list[int]) -> dict[int, str]:
    if not reader.may(Permission.EMERGENCY_VIEW, measure.plan.unit_id):
        return {}
    rounds = ScreeningReport.objects.filter(pk__in=refs).values_list("pk", "share__round")
    return {pk: reverse("screening_round", args=(round_id,)) for pk, round_id in rounds}


def _pickups(reader: Reader, measure: Measure, refs: list[int]) -> dict[int, str]:
    if not reader.may(Permission.PICKUP_MANAGE, measure.plan.unit_id):
        return {}
    rows = Pickup.objects.filter(pk__in=refs).values_list("pk", "portion__recipient")
    return {pk: reverse("pickups_person", args=(recipient,)) for pk, recipient in rows}


def _outreach(page: str, reader: Reader, measure: Measure, refs: list[int]) -> dict[int, str]:
    may = reader.may(Permission.OUTREACH_VIEW, measure.plan.unit_id)
    return {ref: reverse(page, args=(ref,)) for ref in refs} if may else {}


_LINKS: Mapping[str, Callable[[Reader, Measure, list[int]], dict[int, str]]] = {
    "pair": _pairs,
    "visit": _visits,
    "inspection": _visits,
    "report": _visits,
    "purchase": _purchases,
    "issue": _issues,
    "entry": _entries,
    "problem": _problems,
    "duty": _duties,
    "burden": _weeks,
    "leader_visit": _leaders,
    "reckoning": _reckonings,
    "payment_list": _payment_lists,
    "flexible": _flexible,
    "contact": _contacts,
    "home_visit": _contacts,
    "need": _needs_closed,
    "activation": _activations,
    "alert": _alerts,
    "emergency_order": _orders,
    "lesson": partial(_outreach, "lesson"),
    "quiz": partial(_outreach, "lesson"),
    "course": partial(_outreach, "course"),
    "event": partial(_outreach, "event"),
    "report_period": _report_periods,
    "report_summary": _report_summaries,
    "daily_status": _daily_statuses,
    "returnee": _returnees,
    "screening": _screenings,
    "pickup": _pickups,
}
