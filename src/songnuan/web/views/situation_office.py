"""Pages of situation reports for who watches: a period live, past periods with their rates."""

from collections.abc import Mapping, Sequence
from datetime import timedelta

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import URLPattern, path
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from songnuan.emergency.models import ReportPeriod, ReportSlot
from songnuan.emergency.report_access import passes_on
from songnuan.emergency.report_gaps import gap_periods
from songnuan.emergency.report_queries import (
    KIND,
    NodeCount,
    current_period,
    history,
    lacking,
    latest_parts,
    latest_summary,
    levels,
    node_counts,
    over_time,
    slots_of,
)
from songnuan.emergency.report_rules import Tally, permille
from songnuan.journeys.report_periods import period_name
from songnuan.journeys.report_settings import settings_of
from songnuan.journeys.show_liaisons import show_liaisons
from songnuan.organisation.models import User
from songnuan.organisation.permissions import Permission
from songnuan.organisation.queries import day_of
from songnuan.plans.models import Measure, MeasureStatus
from songnuan.web.paging import before_of, page_of
from songnuan.web.situation_forms import PartForm
from songnuan.web.situation_page import (
    FILTERS,
    NodeLine,
    PeriodSeen,
    filter_counts,
    filtered,
    is_office,
    may_ask,
    node_lines,
    part_of,
    period_seen,
    slot_lines,
    with_callees,
)
from songnuan.web.views.shared import PAGE, Reader, names_on, only_posted, reader_of
from songnuan.web.warning_page import measures_seen

_PERIODS = 31
_SPAN = timedelta(days=30)
"""Over which time the rates of nodes are put beside each other."""


@login_required
@never_cache
@require_safe
def situation_measure(request: HttpRequest, pk: int) -> HttpResponse:
    """Show the past periods of a measure with their rates, for the node asked for."""
    reader = reader_of(request)
    measure = Measure.objects.select_related("plan").filter(pk=pk, kind=KIND).first()
    newest = current_period(pk, reader.at) if measure is not None else None
    if measure is None or newest is None:
        raise Http404
    period, node, line = period_seen(reader, newest.pk, request.GET.get("node", ""))
    settings = settings_of(measure)
    rows, older = page_of(
        history(pk, node.node_id, before=before_of(request), most=_PERIODS + 1),
        _PERIODS,
        lambda one: one.period.pk,
    )
    trail = node_lines(period, line, {})
    context = {
        "measure": measure,
        "plan": measure.plan,
        "newest": newest,
        "node": trail[-1],
        "trail": trail,
        "rows": [(one, period_name(one.period, settings.rhythm), *_rates(one.tally)) for one in rows],
        "older": older,
        "beside": _beside(measure, period, node, reader),
        "days": _SPAN.days,
        "warning": measures_seen(reader).filter(plan=measure.plan).first(),
    }
    return render(request, "web/situation_measure.html", context)


def _rates(told: Tally) -> tuple[str, str]:
    return permille(told.completeness), permille(told.timeliness)


def _beside(measure: Measure, period: ReportPeriod, node: NodeCount, reader: Reader) -> list[NodeLine]:
    """Return the nodes right below, with what they counted over the last days."""
    below = node_counts(period.pk, above=node.node_id)
    ids = [node.node_id, *(one.node_id for one in below)]
    counted = over_time(measure.pk, ids, reader.at - _SPAN, reader.at)
    names = names_on(ids, day_of(period.starts_at))
    return [NodeLine(one, names[one], counted[one]) for one in ids if one in counted]


@login_required
@never_cache
@require_safe
def situation_gaps(request: HttpRequest) -> HttpResponse:
    """Show the office the periods of earlier days from which reports never came."""
    reader = reader_of(request)
    if not reader.may(Permission.EMERGENCY_MANAGE):
        raise Http404
    measures = Measure.objects.filter(kind=KIND, status=MeasureStatus.OPEN)
    tops = set(measures.values_list("plan__unit_id", flat=True))
    managed = reader.reached(Permission.EMERGENCY_MANAGE, tops)
    found = gap_periods(managed, reader.at, before=before_of(request), most=PAGE + 1)
    rows, older = page_of(found, PAGE, lambda one: one.period.pk)
    names = {one.period.pk: period_name(one.period, settings_of(one.period.measure).rhythm) for one in rows}
    context = {"rows": [(one, names[one.period.pk]) for one in rows], "older": older}
    return render(request, "web/situation_gaps.html", context)


@login_required
@never_cache
@require_safe
def situation_period(request: HttpRequest, pk: int) -> HttpResponse:
    """Show a period live: who has reported, who is missing, below the node asked for."""
    reader = reader_of(request)
    return period_page(request, reader, period_seen(reader, pk, request.GET.get("node", "")))


def period_page(
    request: HttpRequest,
    reader: Reader,
    seen: PeriodSeen,
    *,
    form: PartForm | None = None,
    told: Mapping[int, Sequence[User]] | None = None,
) -> HttpResponse:
    """Show a period below a node.

    Args:
        request: The request.
        reader: Who reads.
        seen: The period and the node, as `period_seen`.
        form: A part that could not be passed on.
        told: Whom to call, by the slot, if their numbers are shown.

    """
    period, node, line = seen
    measure = period.measure
    parts, is_open = latest_parts(period.pk), measure.status == MeasureStatus.OPEN
    trail = node_lines(period, line, parts)
    responses = Measure.objects.filter(plan=measure.plan, kind="response").exclude(opened_at=None)
    # A board stands in the tree of the newest period: a node of an older one may be in it no more.
    is_on_board = node.above_id is None or current_period(measure.pk, reader.at) == period
    context: dict[str, object] = {
        "period": period,
        "measure": measure,
        "plan": measure.plan,
        "name": period_name(period, settings_of(measure).rhythm),
        "is_due": reader.at > period.due_at,
        "node": trail[-1],
        "trail": trail[:-1],
        "nodes": node_lines(period, node_counts(period.pk, above=node.node_id), parts),
        "levels": [(depth, told, *_rates(told)) for depth, told in levels(period.pk, node.node_id)],
        **_listed(request, reader, seen, told),
        "chases": is_open
        and bool(node.tally.lacking)
        and reader.at > period.due_at
        and may_ask(reader, [one.node_id for one in trail]),
        "office": is_office(reader, measure.plan),
        "summary": latest_summary(period.pk) if node.above_id is None else None,
        "part": parts.get(node.node_id),
        "part_state": part_of(node, parts),
        "response": responses.values_list("pk", flat=True).first() if is_on_board else None,
    }
    if is_open and node.above_id is not None and part_of(node, parts) != "passed":
        context |= _to_pass_on(reader, period, node, form)
    status = 422 if form is not None and form.errors else 200
    return render(request, "web/situation_period.html", context, status=status)


def _listed(
    request: HttpRequest,
    reader: Reader,
    seen: PeriodSeen,
    told: Mapping[int, Sequence[User]] | None,
) -> dict[str, object]:
    """Return the units of a page of the list, with whom to call, and the tabs over it."""
    period, node, _line = seen
    show, shown, older = _shown(request, period, node)
    rows = slot_lines(shown, reader.at)
    counts = filter_counts(node.tally, slots_of(period.pk, node.node_id))
    if period.measure.status == MeasureStatus.OPEN:
        rows = with_callees(reader, rows, told or {})
    return {
        "rows": rows,
        "whom": told is None and any(one.masked for row in rows for one in row.callees or ()),
        "are_told": told is not None,
        "older": older,
        "tabs": [
            (label, f"?node={node.node_id}&show={name}", counts[name], name == show)
            for name, label in FILTERS.items()
        ],
        "show": show,
    }


def _shown(
    request: HttpRequest, period: ReportPeriod, node: NodeCount
) -> tuple[str, list[ReportSlot], int | None]:
    """Return the filter that was asked for, the slots on its page, and the key at which the next begins."""
    show = request.GET.get("show", "all")
    show = show if show in FILTERS else "all"
    before = before_of(request)
    slots = filtered(slots_of(period.pk, node.node_id), show).select_related("period__measure__plan")
    if before is not None:
        slots = slots.filter(unit_id__gt=before)
    shown, older = page_of(slots[: PAGE + 1], PAGE, lambda slot: slot.unit_id)
    return show, shown, older


@login_required
@never_cache
@only_posted
def situation_call_whom(request: HttpRequest, pk: int) -> HttpResponse:
    """Show the numbers of those to call for the missing reports of a page, this once."""
    reader = reader_of(request)
    seen = period_seen(reader, pk, request.GET.get("node", ""))
    period = seen.period
    _show, shown, _older = _shown(request, period, seen.node)
    slot_ids = [slot.pk for slot in shown]
    told = show_liaisons(period_id=period.pk, slot_ids=slot_ids, actor=reader.actor, at=reader.at)
    return period_page(request, reader, seen, told=told)


def _to_pass_on(
    reader: Reader, period: ReportPeriod, node: NodeCount, form: PartForm | None
) -> dict[str, object]:
    """Return the form that passes the part on, and what is missing from it; nothing for who may not."""
    may = passes_on(reader.actor, node.node_id, reader.at)
    if may is None:
        return {}
    lacks = lacking(period.pk, node.node_id)
    names = names_on(lacks, day_of(period.starts_at))
    form = form or PartForm()
    ticked = {str(one) for one in form["missing"].value() or ()}
    return {
        "form": form,
        "lacks": [(unit, names[unit], why, str(unit) in ticked) for unit, why in lacks.items()],
        "in_stead": may,
    }


urlpatterns: list[URLPattern] = [
    path("situation/<int:pk>/", situation_measure, name="situation_measure"),
    path("situation/missing/", situation_gaps, name="situation_gaps"),
    path("situation/periods/<int:pk>/", situation_period, name="situation_period"),
    path("situation/periods/<int:pk>/whom-to-call/", situation_call_whom, name="situation_call_whom"),
]
