"""Pages of visits: a lead's own, one visit with its report, and the form at the door."""

from datetime import timedelta

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.forms.formsets import BaseFormSet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from songnuan.journeys.record_visit import VisitReport, record_visit
from songnuan.kernel.clock import CHINA
from songnuan.kernel.days import written
from songnuan.kernel.refusal import Refusal
from songnuan.organisation.permissions import Permission
from songnuan.plans.models import Measure, PlanStatus
from songnuan.visits.access import require_recorder
from songnuan.visits.models import VisitForm, VisitStatus
from songnuan.visits.owed import OwedKit, Where, is_held, kit_owed, owed, whereabouts
from songnuan.visits.queries import VisitDetail, VisitRow, detail, feed, for_lead
from songnuan.web.middleware import RefusedAt
from songnuan.web.problem_form import ProblemForm, problem_places
from songnuan.web.views import hand_over, visit_beside, visit_days, visit_problem
from songnuan.web.views.shared import Reader, key_of, reader_of
from songnuan.web.visit_door import around, door_of
from songnuan.web.visit_form import ReportForm
from songnuan.web.visit_page import seen, units_on, visit_page
from songnuan.web.visit_round import Round, days_of, in_order, round_of

# One's own visits --------------------------------------------------------------------------------


@login_required
@require_safe
def visits_mine(request: HttpRequest) -> HttpResponse:
    """Show a lead what to visit today, what is late, what comes, what is owed and what is done."""
    reader = reader_of(request)
    measures, rows = to_do(reader)
    mine = reader.reach(Permission.VISIT_RECORD)
    done, lacking = feed(mine, leads=mine), to_hand_over(reader)
    called = reader.reach_ids(Permission.CONTACT_VIEW)
    shown = {row.unit_id for row in rows} | {row.unit_id for row in done} | {row.unit_id for row in lacking}
    units = units_on(shown, reader.day)

    day = [row for row in rows if row.planned_on == reader.day]
    others = [row for row in rows if row.planned_on != reader.day]
    overdue = [row for row in others if row.overdue]
    next_day = reader.day + timedelta(days=1)
    next_ones = [row for row in others if row.planned_on == next_day]
    today, late, tomorrow = days_of(reader, [day, overdue, next_ones], units, measures)
    later = [row for row in in_order(others, units) if not row.overdue and row.planned_on != next_day]
    context = {
        "today": today,
        "late": late.rows,
        "tomorrow": tomorrow,
        "coming": [*tomorrow.rows, *(round_of(row, units, measures) for row in later)],
        "owed": [
            Round(
                id=row.visit_id,
                unit=units.get(row.unit_id),
                happened_at=row.happened_at,
                where=lacking[row],
                may_call=row.unit_id in called,
            )
            for row in lacking
        ],
        "done": [
            Round(
                id=row.visit_id,
                unit=units.get(row.unit_id),
                happened_at=row.happened_at,
                late_entry=row.late_entry,
            )
            for row in done
        ],
    }
    return render(request, "web/visits_mine.html", context)


def to_do(reader: Reader) -> tuple[dict[int, Measure], list[VisitRow]]:
    """Return the visits that the reader may record and are still to make, and their measures by id."""
    mine = reader.reach_ids(Permission.VISIT_RECORD)
    if not mine:
        return {}, []
    rows = [row for row in for_lead(mine, reader.day) if row.unit_id in mine]
    of_rows = Measure.objects.filter(pk__in={row.measure_id for row in rows}, plan__status=PlanStatus.OPEN)
    measures = of_rows.select_related("plan").in_bulk()
    return measures, [row for row in rows if row.measure_id in measures]


def to_hand_over(reader: Reader) -> dict[OwedKit, Where]:
    """Return the kits that the reader's visits still owe, and where their goods are."""
    mine = reader.reach_ids(Permission.VISIT_RECORD)
    if not mine:
        return {}
    measures = Measure.objects.filter(kind="unit_visits", plan__status=PlanStatus.OPEN).select_related("plan")
    rows = [row for row in owed(measures) if {row.unit_id, row.lead_id} <= mine]
    return whereabouts(rows, reader.day)


# One visit ---------------------------------------------------------------------------------------


@login_required
@require_safe
def visit(request: HttpRequest, pk: int) -> HttpResponse:
    """Show one visit, and its report once it is recorded."""
    reader = reader_of(request)
    return visit_page(request, reader, seen(reader, pk))


@login_required
def visit_record(request: HttpRequest, pk: int) -> HttpResponse:
    """Show the form at the door, and record the visit that was posted with it."""
    reader = reader_of(request)
    found = seen(reader, pk)
    require_recorder(reader.actor, unit_id=found.unit_id, lead_id=found.lead_id, at=reader.at)
    measure = Measure.objects.select_related("plan").get(pk=found.measure_id)
    door = door_of(reader, found, measure, posted=request.POST)
    if request.method != "POST":
        if found.status == VisitStatus.RECORDED:
            return redirect("visit", pk)
        form, problems = ReportForm(door=door), problem_places(door.owners)
        if reader.user.pk not in door.colleagues:
            form.initial["members"] = []  # who records for a lead from outside did not go, as a rule
        context = {**around(reader, found, measure, late=door.late), "form": form, "problems": problems}
        return render(request, "web/visit_form.html", context)
    form, problems = (
        ReportForm(request.POST, request.FILES, door=door),
        problem_places(door.owners, request.POST),
    )
    is_whole = all([form.is_valid(), problems.is_valid()])
    if not is_whole and found.received_at is not None:
        refusal = Refusal("wrong_state", "")
        raise _recorded_already(reader, pk, refusal)
    if is_whole:
        # A visit recorded already goes on as well: the same post again is answered as the first one was.
        try:
            report, key = form.report(problems), key_of(request)
            record_visit(visit_id=pk, report=report, key=key, actor=reader.actor, at=reader.at)
        except Refusal as refusal:
            if not form.tell(refusal) and not _tell_owners(problems, refusal):
                raise _recorded_already(reader, pk, refusal) from refusal
        else:
            _say_recorded(request, found, measure, report)
            return redirect("visit", pk)
    context = {**around(reader, found, measure, late=door.late), "form": form, "problems": problems}
    return render(request, "web/visit_form.html", context, status=422)


def _recorded_already(reader: Reader, pk: int, refusal: Refusal) -> Refusal:
    """Return what to say instead where the visit is recorded by now: by whom, when, and where it is."""
    found = seen(reader, pk)
    if refusal.code != "wrong_state" or found.received_at is None:
        return refusal
    time = written(found.received_at.astimezone(CHINA), "moment")
    said = _("This visit is recorded already (%(time)s). What stands in this form is not kept.")
    if found.recorded_by:
        said = _(
            "This visit is recorded already, by %(person)s (%(time)s). What stands in this form is not kept."
        )
    sentence = said % {"person": found.recorded_by, "time": time}
    return RefusedAt(refusal, sentence, url=reverse("visit", args=(pk,)), label=_("Open the report"))


def _say_recorded(request: HttpRequest, found: VisitDetail, measure: Measure, report: VisitReport) -> None:
    """Say that the visit is recorded; where its kit is still owed, as a warning that says why."""
    say = messages.warning
    kit = kit_owed(measure, unit_id=found.unit_id)
    if kit is None:
        say = messages.success
        said = _("The visit is recorded.")
        if measure.plan.office_id is not None:
            said = _("The visit is recorded; the epidemic office has the report.")
    elif report.handed and report.form != VisitForm.CALL:
        said = _("The visit is recorded. A part of its kit is still owed; book that on this page.")
    elif report.form == VisitForm.CALL or report.short_reason:
        said = _("The visit is recorded. Its kit is still to be handed over; book that on this page.")
    elif is_held(kit):
        said = _(
            "The visit is recorded. The inspector holds the kits: hand it over once the hold is lifted, and"
            " book that on this page."
        )
    else:
        said = _(
            "The visit is recorded. No kit is in the store: hand it over once the goods have come, and book"
            " that on this page."
        )
    say(request, f"{said} {_problems_words(found.visit_id)}".strip())


def _problems_words(visit_id: int) -> str:
    """Return how many problems were raised, and by when they are due; nothing where there are none."""
    recorded = detail(visit_id)
    days = [problem.due_on for problem in recorded.problems] if recorded else []
    if not days:
        return ""
    words = ngettext(
        "%(count)s problem is with its owner, due by %(day)s.",
        "%(count)s problems are with their owners, due by %(day)s.",
        len(days),
    )
    return words % {"count": len(days), "day": written(max(days))}


def _tell_owners(problems: BaseFormSet[ProblemForm], refusal: Refusal) -> bool:
    """Put what was refused of an owner beside it; return False when it is about none of them."""
    refused = refusal.facts.get("owner")
    if refusal.code != "owner_unknown" or refused is None:
        return False
    for row in problems:
        if row.cleaned_data.get("owner") == refused:
            row.add_error("owner", refusal.sentence)
    return True


urlpatterns: list[URLPattern] = [
    path("visits/", visits_mine, name="visits_mine"),
    path("visits/<int:pk>/", visit, name="visit"),
    path("visits/<int:pk>/record/", visit_record, name="visit_record"),
    *visit_days.urlpatterns,
    *visit_beside.urlpatterns,
    *hand_over.urlpatterns,
    *visit_problem.urlpatterns,
]
