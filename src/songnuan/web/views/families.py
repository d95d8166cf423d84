"""Pages of families that are looked after: my own, the officer's board, and the proposal of helpers."""

import io
from collections.abc import Callable, Mapping, Sequence

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import Q
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import URLPattern, path
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from songnuan.casework.case_access import (
    able_helpers,
    inspects,
    lead_of,
    led_measures,
    manages,
    own_cases,
    require_manager,
)
from songnuan.casework.case_models import HelperState
from songnuan.casework.case_queries import cases_of, families_to_open, loads, need_counts, proposal
from songnuan.casework.case_rules import printed
from songnuan.journeys.case_ledger import case_ledger
from songnuan.journeys.case_settings import FAMILIES, KINDS, SPECIAL, roster_of, settings_of
from songnuan.journeys.offer_helpers import offer_helpers
from songnuan.journeys.open_families import open_families
from songnuan.journeys.papers import SHEET
from songnuan.organisation.permissions import Permission
from songnuan.plans.models import Measure, MeasureStatus
from songnuan.web.case_forms import HelpersForm
from songnuan.web.case_page import FamilyRow, family_rows, load_lines, urgency_lines
from songnuan.web.paging import before_of, page_of
from songnuan.web.views.shared import PAGE, Reader, only_posted, reader_of

_LOADED = 6
"""How many helpers stand beside the needs before the others are folded."""
ALL, WITHOUT, LATE, NEEDS, VISITS = "all", "without", "late", "needs", "visits"
_SHOWN: Mapping[str, Callable[[FamilyRow], bool]] = {
    ALL: lambda _row: True,
    WITHOUT: lambda row: row.helper_state != HelperState.ACCEPTED or (row.case.is_special and not row.deputy),
    LATE: lambda row: row.is_late,
    NEEDS: lambda row: bool(row.needs),
    VISITS: lambda row: row.visit_on is not None,
}


@login_required
@never_cache
@require_safe
def my_families(request: HttpRequest) -> HttpResponse:
    """Show the families that the reader helps or is asked to, what is due first; and the boards."""
    reader = reader_of(request)
    cases = own_cases(reader.user.pk).select_related("helper", "measure", "plan").order_by("plan", "number")
    rows = sorted(family_rows(list(cases), reader.day), key=lambda row: (row.due_on, row.case.pk))
    seen = reader.reach_ids(Permission.CASE_VIEW)
    supervised = reader.reach_ids(Permission.TRAIL_VIEW)
    boards = Q(kind=FAMILIES, plan__unit__in=seen) | Q(kind=SPECIAL, plan__unit__in=supervised)
    boards |= Q(pk__in=led_measures(reader.actor, reader.at).values("pk"))
    measures = Measure.objects.filter(boards).exclude(opened_at=None)
    context = {
        "asked": [
            row
            for row in rows
            if row.helper_state == HelperState.OFFERED and row.case.helper_id == reader.user.pk
        ],
        "rows": [
            row
            for row in rows
            if row.helper_state == HelperState.ACCEPTED or row.case.deputy_id == reader.user.pk
        ],
        "me": reader.user.pk,
        "boards": measures.select_related("plan").order_by("-pk"),
    }
    return render(request, "web/my_families.html", context)


@login_required
@never_cache
@require_safe
def board(request: HttpRequest, measure_id: int) -> HttpResponse:
    """Show the families of a measure: who helps, what is due, what is open."""
    reader = reader_of(request)
    measure = families_seen(reader, measure_id)
    settings = settings_of(measure)
    everyone = family_rows(list(cases_of([measure.pk])), reader.day)
    rows = [row for row in everyone if row.case.ended_at is None]
    show = request.GET.get("show", ALL)
    before = before_of(request)
    chosen = [row for row in _those(rows, show) if before is None or row.case.number > before]
    shown, older = page_of(chosen, PAGE, lambda row: row.case.number)
    is_open, roster = measure.status == MeasureStatus.OPEN, roster_of(measure)
    may_manage = manages(measure, reader.actor, reader.at)
    raised, closed = need_counts([measure.pk])[measure.pk]
    loaded = load_lines(measure.plan_id, settings.most)
    context = {
        "measure": measure,
        "plan": measure.plan,
        "settings": settings,
        "rows": shown,
        "older": older,
        "tabs": _tabs(rows, show, special=measure.kind == SPECIAL),
        "total": len(rows),
        "without": len(_those(rows, WITHOUT)),
        "without_helper": any(row.helper_state == HelperState.NONE for row in rows),
        "late": sum(row.is_contact_late for row in rows),
        "owed": len(_those(rows, VISITS)),
        "open_needs": raised - closed,
        "raised": raised,
        "closed": closed,
        "urgencies": urgency_lines(rows, reader.day),
        "loads": loaded[:_LOADED],
        "other_loads": loaded[_LOADED:],
        "special": measure.kind == SPECIAL,
        "ended": [row for row in everyone if row.case.ended_at is not None],
        "takes": may_manage or measure.kind != SPECIAL,
        "manages": is_open and may_manage,
        "waiting": len(families_to_open(measure.pk, roster, reader.day)) if is_open and roster else 0,
    }
    return render(request, "web/families.html", context)


def _those(rows: Sequence[FamilyRow], show: str) -> list[FamilyRow]:
    return list(filter(_SHOWN.get(show, _SHOWN[ALL]), rows))


def _tabs(rows: Sequence[FamilyRow], show: str, *, special: bool) -> list[tuple[str, str, int, bool]]:
    """Return the filters: what each is called, what the address says, how many, whether it is shown."""
    labels = (
        (ALL, pgettext("families", "All")),
        (
            WITHOUT,
            pgettext("figure", "without contact person or deputy") if special else _("Without a helper"),
        ),
        (LATE, _("Something overdue")),
        (NEEDS, _("With open needs")),
        (VISITS, _("To be visited")),
    )
    return [
        (label, f"?show={name}", len(_those(rows, name)), name == show)
        for name, label in labels
        if name != VISITS or not special
    ]


@login_required
@only_posted
def take_in(request: HttpRequest, measure_id: int) -> HttpResponse:
    """Take in the families that came to the front since."""
    reader = reader_of(request)
    families_seen(reader, measure_id)
    count = open_families(measure_id=measure_id, actor=reader.actor, at=reader.at)
    sentence = ngettext("%(count)s family was taken in.", "%(count)s families were taken in.", count)
    messages.success(request, sentence % {"count": count} if count else _("There is no new family."))
    return redirect("families_board", measure_id)


@login_required
@never_cache
def helpers(request: HttpRequest, measure_id: int) -> HttpResponse:
    """Propose helpers for the families that have none; sent off, each of them is asked."""
    reader = reader_of(request)
    measure = families_seen(reader, measure_id)
    require_manager(measure, reader.actor, reader.at)
    without = list(cases_of([measure.pk]).filter(helper_state=HelperState.NONE, ended_at=None))
    proposed = proposal(without, measure.plan.unit_id, reader.at)
    before = before_of(request)
    cases, older = page_of(
        [case for case in without if before is None or case.number > before], PAGE, lambda case: case.number
    )
    numbers = {case.pk: printed(case.number) for case in cases}
    choices = helper_choices(measure, reader)
    form = HelpersForm(numbers, choices, proposed)
    if request.method == "POST":
        form = HelpersForm(numbers, choices, proposed, request.POST)
        if form.is_valid() and form.chosen:
            with form.refusals():
                count = offer_helpers(
                    measure_id=measure_id, chosen=form.chosen, actor=reader.actor, at=reader.at
                )
                sentence = ngettext("%(count)s family: asked.", "%(count)s families: all asked.", count)
                messages.success(request, sentence % {"count": count})
                return redirect("families_board", measure_id)
        elif form.is_valid() and any(
            name.startswith("case-") and name not in form.fields for name in request.POST
        ):
            messages.info(request, _("These families have been given to helpers already. Here they are."))
            return redirect("families_board", measure_id)
        elif form.is_valid():
            form.add_error(None, _("Choose a helper for one family at least."))
    rows = family_rows(cases, reader.day)
    context = {
        "measure": measure,
        "plan": measure.plan,
        "form": form,
        "lines": [(row, form[f"case-{row.case.pk}"]) for row in rows],
        "older": older,
        "none_able": not choices,
    }
    return render(request, "web/families_helpers.html", context, status=422 if form.errors else 200)


@login_required
@never_cache
@require_safe
def ledger(request: HttpRequest, measure_id: int) -> FileResponse:
    """Give the ledger of the families as a workbook; that it was taken is noted."""
    reader = reader_of(request)
    measure = families_seen(reader, measure_id)
    made = io.BytesIO()
    case_ledger(measure_id=measure_id, to=made, actor=reader.actor, at=reader.at)
    made.seek(0)
    words = {"plan": measure.plan.title, "day": reader.day.isoformat()}
    name = _("Needs of families %(plan)s %(day)s.xlsx") % words
    return FileResponse(made, as_attachment=True, filename=name, content_type=SHEET)


def helper_choices(measure: Measure, reader: Reader) -> list[tuple[int, str]]:
    """Return who may be asked to help, with how many families each has: who has fewest first."""
    found = loads(measure.plan_id)
    is_special = lead_of(measure.pk) is not None
    users = able_helpers(measure.plan.unit_id, reader.at, is_special=is_special).values_list("pk", "name")
    ranked = sorted(users, key=lambda row: (found[row[0]], row[0]))
    return [(pk, _("%(name)s (%(count)s)") % {"name": name, "count": found[pk]}) for pk, name in ranked]


def families_seen(reader: Reader, measure_id: int) -> Measure:
    """Return the measure; what the reader may not see is not there.

    Raises:
        Http404: Without a word on whether it exists.

    """
    rows = Measure.objects.select_related("plan").filter(kind__in=KINDS)
    measure = get_object_or_404(rows, pk=measure_id)
    if measure.kind == SPECIAL:
        leads = manages(measure, reader.actor, reader.at)
        may = leads or inspects(measure.plan, reader.actor, reader.at)
    else:
        may = reader.may(Permission.CASE_VIEW, measure.plan.unit_id)
    if not may:
        raise Http404
    return measure


urlpatterns: list[URLPattern] = [
    path("families/", my_families, name="families"),
    path("families/measures/<int:measure_id>/", board, name="families_board"),
    path("families/measures/<int:measure_id>/take-in/", take_in, name="families_take_in"),
    path("families/measures/<int:measure_id>/ledger.xlsx", ledger, name="families_ledger"),
    path("families/measures/<int:measure_id>/helpers/", helpers, name="families_helpers"),
]
