"""Pages of screening: the rounds of a plan, a round by unit with its coverage, what a unit says."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import Max
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from songnuan.emergency.models import ScreeningChase, ScreeningReport, ScreeningRound, ScreeningShare
from songnuan.emergency.report_rules import nodes_of
from songnuan.emergency.screening_queries import (
    KIND,
    coverage_of,
    rounds_of,
    shares_of,
    totals,
)
from songnuan.emergency.screening_rules import Coverage, by_node
from songnuan.journeys.chase_screening import chase_round, chase_screening
from songnuan.journeys.screening import close_screening, open_screening, report_screening
from songnuan.kernel.refusal import Refusal
from songnuan.organisation.permissions import Permission
from songnuan.organisation.queries import names_then
from songnuan.plans.models import Measure, MeasureStatus
from songnuan.web.asked_words import asked_words
from songnuan.web.screening_forms import RoundForm, ScreeningForm
from songnuan.web.views.shared import Reader, key_of, only_posted, posted_from, reader_of


@dataclass(frozen=True, slots=True)
class NodeRow:
    """How far a unit is, with all below it; `share` is its own, if any; `level` how deep it stands.

    `is_late`: the last day is over, and it is not through. `chased_at` is when the office last asked it.
    """

    name: str
    level: int
    told: Coverage
    share: ScreeningShare | None
    may_report: bool
    is_late: bool
    chased_at: datetime | None

    @property
    def rate(self) -> str:
        """The coverage, in a word."""
        return rate_of(self.told)


def rate_of(told: Coverage) -> str:
    """Return the coverage, such as 98.5%; a dash where nobody is expected."""
    if told.permille is None:
        return "—"
    whole, tenth = divmod(told.permille, 10)
    return f"{whole}.{tenth}%" if tenth else f"{whole}%"


def _measure_seen(measure_id: int, reader: Reader) -> Measure:
    rows = Measure.objects.select_related("plan").filter(kind=KIND).exclude(opened_at=None)
    measure = get_object_or_404(rows, pk=measure_id)
    own = reader.reach_ids(Permission.SITUATION_REPORT)
    is_asked = ScreeningShare.objects.filter(round__measure=measure, unit__in=own)
    if not reader.may(Permission.EMERGENCY_VIEW, measure.plan.unit_id) and not is_asked.exists():
        raise Http404
    return measure


def _round_seen(pk: int, reader: Reader) -> ScreeningRound:
    found = get_object_or_404(
        ScreeningRound.objects.select_related("measure__plan", "opened_by", "closed_by"), pk=pk
    )
    _measure_seen(found.measure_id, reader)
    return found


@login_required
@never_cache
def screening(request: HttpRequest, measure_id: int) -> HttpResponse:
    """List the rounds of a plan; the office opens one."""
    reader = reader_of(request)
    measure = _measure_seen(measure_id, reader)
    is_office = reader.may(Permission.EMERGENCY_MANAGE, measure.plan.unit_id)
    opens = is_office and measure.status == MeasureStatus.OPEN
    form = RoundForm(initial={"first_on": reader.day, "last_on": reader.day})
    if request.method == "POST":
        if not opens:
            raise Http404
        form = RoundForm(request.POST, request.FILES)
        if form.is_valid():
            file = form.cleaned_data["file"]
            with form.refusals():
                made = open_screening(
                    measure_id=measure_id,
                    days=form.days(),
                    file=(file.name, file.read()) if file else None,
                    key=key_of(request),
                    actor=reader.actor,
                    at=reader.at,
                )
                messages.success(request, _("The round is open; the liaisons of its units have been told."))
                return redirect("screening_round", made)
    rounds = list(rounds_of([measure_id]))
    counted = totals([row.pk for row in rounds])
    context = {
        "measure": measure,
        "plan": measure.plan,
        "rows": [(row, counted[row.pk], rate_of(counted[row.pk])) for row in rounds],
        "form": form if opens else None,
    }
    return render(request, "web/screening.html", context, status=422 if form.errors else 200)


@login_required
@never_cache
@require_safe
def screening_round(request: HttpRequest, pk: int) -> HttpResponse:
    """Show a round: coverage of the whole, of every node, of every unit."""
    return _round_page(request, reader_of(request), pk)


def _round_page(
    request: HttpRequest, reader: Reader, pk: int, wrong: Mapping[int, ScreeningForm] | None = None
) -> HttpResponse:
    found = _round_seen(pk, reader)
    is_office = reader.may(Permission.EMERGENCY_MANAGE, found.measure.plan.unit_id)
    is_open = found.closed_at is None
    rows = _rows(found, reader, may_all=is_office and is_open, is_open=is_open)
    may_chase = is_office and found.measure.status == MeasureStatus.OPEN
    total = rows[0].told if rows else Coverage()
    mine = [row for row in rows if row.may_report and row.share and row.share.unit_id in _own(reader)]
    forms = {
        row.share.pk: ScreeningForm(
            initial={"screened": row.share.screened, "unwell": row.share.unwell},
            auto_id=f"of{row.share.pk}-%s",
        )
        for row in rows
        if row.may_report and row.share
    }
    forms |= wrong or {}
    told = ScreeningReport.objects.filter(share__round=found).select_related("by", "share").order_by("-pk")
    names = names_then({one.share.unit_id for one in told[:_TOLD]}, found.first_on)
    context = {
        "round": found,
        "measure": found.measure,
        "plan": found.measure.plan,
        "total": total,
        "rate": rate_of(total),
        "mine": [(row, forms[row.share.pk]) for row in mine if row.share],
        "rows": [(row, forms.get(row.share.pk) if row.share and row not in mine else None) for row in rows],
        "closes": is_office and is_open,
        "chases": sum(row.is_late for row in rows) if may_chase else 0,
        "told": [(one, names[one.share.unit_id]) for one in told[:_TOLD]],
        "is_late": is_open and found.last_on < reader.day,
    }
    return render(request, "web/screening_round.html", context, status=422 if wrong else 200)


_TOLD = 30
"""How many of the newest reports a round's page shows."""


def _own(reader: Reader) -> frozenset[int]:
    return reader.reach_ids(Permission.SITUATION_REPORT)


def _rows(found: ScreeningRound, reader: Reader, *, may_all: bool, is_open: bool) -> list[NodeRow]:
    """Return every node and unit in the order of the tree, the plan's first."""
    shares = shares_of(found.pk)
    counted = by_node((share.path, coverage_of(share)) for share in shares)
    own = {share.unit_id: share for share in shares}
    is_over = is_open and found.last_on < reader.day
    late = {share.unit_id for share in shares if is_over and share.screened < share.expected}
    made = ScreeningChase.objects.filter(share__round=found).order_by()
    chased = dict(made.values_list("share__unit").annotate(last=Max("at")))
    names = names_then(counted, found.first_on)
    lines: dict[tuple[int, ...], int] = {}
    for share in shares:
        nodes = nodes_of(share.path)
        for depth in range(len(nodes)):
            lines[tuple(nodes[: depth + 1])] = nodes[depth]
    return [
        NodeRow(
            name=names.get(node, ""),
            level=len(line) - 1,
            told=counted[node],
            share=own.get(node),
            may_report=node in own and (may_all or (is_open and node in _own(reader))),
            is_late=node in late,
            chased_at=chased.get(node),
        )
        for line, node in sorted(lines.items())
    ]


def _round_of_share(request: HttpRequest, pk: int) -> str:
    """Return the page on which a unit reports."""
    share = get_object_or_404(ScreeningShare, pk=pk)
    return reverse("screening_round", args=(_round_seen(share.round_id, reader_of(request)).pk,))


@login_required
@never_cache
@posted_from(_round_of_share)
def screening_report(request: HttpRequest, pk: int) -> HttpResponse:
    """Take in how far a unit is."""
    reader = reader_of(request)
    share = get_object_or_404(ScreeningShare, pk=pk)
    _round_seen(share.round_id, reader)
    form = ScreeningForm(request.POST, auto_id=f"of{pk}-%s")
    if form.is_valid():
        with form.refusals():
            told = form.cleaned_data
            report_screening(
                share_id=pk,
                screened=told["screened"],
                unwell=told["unwell"],
                reason=told["reason"],
                key=key_of(request),
                actor=reader.actor,
                at=reader.at,
            )
            messages.success(request, _("Recorded."))
            return redirect("screening_round", share.round_id)
    return _round_page(request, reader, share.round_id, {pk: form})


@login_required
@never_cache
@only_posted
def screening_close(request: HttpRequest, pk: int) -> HttpResponse:
    """Close a round."""
    reader = reader_of(request)
    _round_seen(pk, reader)
    try:
        close_screening(round_id=pk, actor=reader.actor, at=reader.at)
        messages.success(request, _("The round is closed."))
    except Refusal as refusal:
        messages.error(request, refusal.sentence)
    return redirect("screening_round", pk)


@login_required
@never_cache
@only_posted
def screening_chase(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask a unit that is late how far it is."""
    reader = reader_of(request)
    share = get_object_or_404(ScreeningShare, pk=pk)
    _round_seen(share.round_id, reader)
    try:
        if chase_screening(share_id=pk, actor=reader.actor, at=reader.at):
            messages.success(request, _("The unit is asked."))
        else:
            messages.info(request, _("The unit was asked less than ten minutes ago."))
    except Refusal as refusal:
        messages.error(request, refusal.sentence)
    return redirect("screening_round", share.round_id)


@login_required
@never_cache
@only_posted
def screening_chase_all(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask all units of a round that are late."""
    reader = reader_of(request)
    _round_seen(pk, reader)
    try:
        told = chase_round(round_id=pk, actor=reader.actor, at=reader.at)
    except Refusal as refusal:
        messages.error(request, refusal.sentence)
    else:
        (messages.success if told.asked else messages.info)(request, asked_words(told))
    return redirect("screening_round", pk)


urlpatterns: list[URLPattern] = [
    path("screening/<int:measure_id>/", screening, name="screening"),
    path("screening/rounds/<int:pk>/", screening_round, name="screening_round"),
    path("screening/rounds/<int:pk>/close/", screening_close, name="screening_close"),
    path("screening/rounds/<int:pk>/chase/", screening_chase_all, name="screening_chase_all"),
    path("screening/units/<int:pk>/chase/", screening_chase, name="screening_chase"),
    path("screening/units/<int:pk>/", screening_report, name="screening_report"),
]
