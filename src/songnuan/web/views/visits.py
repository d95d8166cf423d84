"""Pages of visits: a lead's own, one visit with its report, the form at the door, and the signature."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.forms.formsets import BaseFormSet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import URLPattern, path
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from songnuan.journeys.record_visit import record_visit
from songnuan.kernel.refusal import Refusal
from songnuan.organisation.permissions import Permission
from songnuan.organisation.queries import UnitView, installation, subtree, unit_views
from songnuan.organisation.rules import LEAD_KINDS
from songnuan.plans.models import Measure, Plan, PlanStatus
from songnuan.records.models import StoredFile
from songnuan.records.queries import read_file
from songnuan.visits.access import colleagues, require_recorder
from songnuan.visits.models import VisitForm, VisitStatus
from songnuan.visits.owed import OwedKit, in_store, is_held, kit_of_visits, kit_owed, owed
from songnuan.visits.queries import VisitDetail, VisitRow, feed, for_lead
from songnuan.visits.rules import Begun, last_day
from songnuan.web.views import visit_days
from songnuan.web.views.shared import Reader, key_of, names_on, reader_of
from songnuan.web.visit_form import Door, ProblemForm, ReportForm, problem_forms
from songnuan.web.visit_page import items_of, pack, seen, units_on, visit_page


@dataclass(frozen=True, slots=True)
class Round:
    """One visit of a lead's round; `unit` as it is on the day, None once it is closed.

    `asked_on` is a later day that waits to be allowed, `late_approved` says that `planned_on` was one.
    `in_store`: the kit that its unit lacks is there.
    """

    id: int
    unit: UnitView | None
    planned_on: date | None = None
    due_on: date | None = None
    asked_on: date | None = None
    late_approved: bool = False
    plan_title: str = ""
    happened_at: datetime | None = None
    in_store: bool = False
    late_entry: bool = False
    start: int | None = None
    team_name: str = ""

    # Whoever needs the address or the contact asks for it elsewhere, and is noted in the trail.
    address = ""

    @property
    def unit_name(self) -> str:
        """Return the unit's name."""
        return self.unit.name if self.unit else _("(a closed unit)")

    @property
    def category(self) -> str:
        """Return what kind of place it is."""
        return self.unit.category if self.unit else ""

    @property
    def compound(self) -> str:
        """Return where it stands."""
        return self.unit.compound if self.unit else ""

    @property
    def staff_count(self) -> int | None:
        """Return how many work there, None where nobody said."""
        return self.unit.staff_count if self.unit else None


# One's own visits --------------------------------------------------------------------------------


@login_required
@require_safe
def visits_mine(request: HttpRequest) -> HttpResponse:
    """Show a lead what to visit today, what is late, what comes, what is owed and what is done."""
    reader = reader_of(request)
    plans, rows = to_do(reader)
    mine = reader.reach(Permission.VISIT_RECORD)
    done, lacking = feed(mine, leads=mine), to_hand_over(reader)
    shown = {row.unit_id for row in rows} | {row.unit_id for row in done} | {row.unit_id for row in lacking}
    units = units_on(shown, reader.day)

    def line(row: VisitRow) -> Round:
        return Round(
            id=row.visit_id,
            unit=units.get(row.unit_id),
            planned_on=row.planned_on,
            due_on=row.due_on,
            asked_on=row.asked_on,
            late_approved=row.late_approved,
            start=row.start,
            team_name=row.team_name,
            plan_title=plans[row.measure_id].title,
        )

    others = [row for row in rows if row.planned_on != reader.day]
    context = {
        "today": [line(row) for row in rows if row.planned_on == reader.day],
        "late": [line(row) for row in others if row.overdue],
        "coming": [line(row) for row in others if not row.overdue],
        "owed": [
            Round(
                id=row.visit_id,
                unit=units.get(row.unit_id),
                happened_at=row.happened_at,
                in_store=lacking[row],
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


def to_do(reader: Reader) -> tuple[dict[int, Plan], list[VisitRow]]:
    """Return the visits that the reader may record and are still to make, and the plan of each measure."""
    mine = reader.reach_ids(Permission.VISIT_RECORD)
    rows = [row for row in for_lead(mine, reader.day) if row.unit_id in mine]
    measures = Measure.objects.filter(pk__in={row.measure_id for row in rows}, plan__status=PlanStatus.OPEN)
    plans = {measure.pk: measure.plan for measure in measures.select_related("plan")}
    return plans, [row for row in rows if row.measure_id in plans]


def to_hand_over(reader: Reader) -> dict[OwedKit, bool]:
    """Return the kits that the reader's visits still owe, and whether one is in the store for it."""
    mine = reader.reach_ids(Permission.VISIT_RECORD)
    measures = Measure.objects.filter(kind="unit_visits", plan__status=PlanStatus.OPEN)
    rows = [row for row in owed(measures) if {row.unit_id, row.lead_id} <= mine]
    wanted = {row.measure_id for row in rows}
    kits = {measure.pk: kit_of_visits(measure) for measure in measures if measure.pk in wanted}
    there = {pk: kit is not None and in_store(kit, reader.day) > 0 for pk, kit in kits.items()}
    return {row: there[row.measure_id] for row in rows}


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
    door = _door(reader, found, measure)
    if request.method != "POST":
        if found.status == VisitStatus.RECORDED:
            return redirect("visit", pk)
        form, problems = ReportForm(door=door), problem_forms(door)
        if reader.user.pk not in door.colleagues:
            form.initial["members"] = []  # who records for a lead from outside did not go, as a rule
        return render(request, "web/visit_form.html", _form_page(reader, found, measure, form, problems))
    form, problems = ReportForm(request.POST, door=door), problem_forms(door, request.POST)
    if all([form.is_valid(), problems.is_valid()]):
        # A visit recorded already goes on as well: the same post again is answered as the first one was.
        try:
            report, key = form.report(problems), key_of(request)
            record_visit(visit_id=pk, report=report, key=key, actor=reader.actor, at=reader.at)
        except Refusal as refusal:
            if not form.tell(refusal) and not _tell_owners(problems, refusal):
                raise
        else:
            _say_recorded(request, found, measure, report.form)
            return redirect("visit", pk)
    context = _form_page(reader, found, measure, form, problems)
    return render(request, "web/visit_form.html", context, status=422)


def _say_recorded(request: HttpRequest, found: VisitDetail, measure: Measure, form: str) -> None:
    """Say that the visit is recorded; where its kit is still owed, as a warning that says why."""
    kit = kit_owed(measure, unit_id=found.unit_id)
    is_owed = kit is not None
    if is_owed and form == VisitForm.CALL:
        messages.warning(
            request, _("The visit is recorded. Its kit is still to be handed over; book that on this page.")
        )
    elif kit is not None and is_held(kit):
        sentence = _(
            "The visit is recorded. The inspector holds the kits: hand it over once the hold is lifted, and"
            " book that on this page."
        )
        messages.warning(request, sentence)
    elif is_owed:
        sentence = _(
            "The visit is recorded. No kit is in the store: hand it over once the goods have come, and book"
            " that on this page."
        )
        messages.warning(request, sentence)
    elif measure.plan.office_id is not None:
        messages.success(request, _("The visit is recorded; the epidemic office has the report."))
    else:
        messages.success(request, _("The visit is recorded."))


@login_required
@require_safe
@cache_control(private=True, no_store=True)
def visit_signature(request: HttpRequest, pk: int) -> HttpResponse:
    """Give the picture of the receiver's signature."""
    found = seen(reader_of(request), pk)
    if found.signature_id is None:
        raise Http404
    file = StoredFile.objects.get(pk=found.signature_id)
    return HttpResponse(read_file(file), content_type=file.media_type)


def _tell_owners(problems: BaseFormSet[ProblemForm], refusal: Refusal) -> bool:
    """Put what was refused of an owner beside it; return False when it is about none of them."""
    refused = refusal.facts.get("owner")
    if refusal.code != "owner_unknown" or refused is None:
        return False
    for row in problems:
        if row.cleaned_data.get("owner") == refused:
            row.add_error("owner", refusal.sentence)
    return True


# The form ----------------------------------------------------------------------------------------


def _door(reader: Reader, found: VisitDetail, measure: Measure) -> Door:
    """Return what the form offers and goes by."""
    plan = measure.plan
    people = {user.pk: user.name for user in colleagues(found.lead_id, reader.day).filter(is_active=True)}
    # Whoever fills it in comes first, and is ticked; but only one of the lead's own people can be.
    first_ones = {reader.user.pk: people[reader.user.pk]} if reader.user.pk in people else {}
    first = [unit_id for unit_id in (found.lead_id, plan.office_id) if unit_id is not None]
    names = names_on(first, reader.day)
    departments = unit_views(subtree(plan.unit_id, reader.day, LEAD_KINDS), reader.day)
    owners = {unit_id: names[unit_id] for unit_id in first}
    owners |= {unit.unit_id: unit.name for unit in departments if unit.unit_id not in owners}
    return Door(
        at=reader.at,
        clock_offset=timedelta(seconds=installation().clock_offset_seconds),
        begun=Begun(plan.starts_on, measure.opened_at),
        # Within a later day that was allowed nobody is late.
        late=max(found.due_on, last_day(found.planned_on, found.due_on)) < reader.day,
        colleagues=first_ones | people,
        items=items_of(plan),
        owners=list(owners.items()),
    )


def _form_page(
    reader: Reader,
    found: VisitDetail,
    measure: Measure,
    form: ReportForm,
    problems: BaseFormSet[ProblemForm],
) -> dict[str, Any]:
    names = names_on((found.unit_id, found.lead_id), reader.day)
    unit = units_on({found.unit_id}, reader.day).get(found.unit_id)
    return {
        "visit": {
            "id": found.visit_id,
            "unit_name": names[found.unit_id],
            "category": unit.category if unit else "",
            "compound": unit.compound if unit else "",
            "lead_name": names[found.lead_id],
            "planned_on": found.planned_on,
            "due_on": found.due_on,
            "plan_title": measure.plan.title,
            "plan_slug": found.plan_slug,
            "late": form.door.late,
        },
        "kit": _kit(measure, found.unit_id, reader.day),
        "form": form,
        "problems": problems,
    }


def _kit(visits: Measure, unit_id: int, day: date) -> dict[str, Any] | None:
    """Return what is to be handed over at a visit and whether it is there; None where nothing is."""
    kit = kit_owed(visits, unit_id=unit_id)
    if kit is None:
        return None
    packs = [pack(part.item, part.quantity, part.packing) for part in kit.parts]
    return {"packs": packs, "in_store": in_store(kit, day) > 0}


urlpatterns: list[URLPattern] = [
    path("visits/", visits_mine, name="visits_mine"),
    path("visits/<int:pk>/", visit, name="visit"),
    path("visits/<int:pk>/record/", visit_record, name="visit_record"),
    path("visits/<int:pk>/signature/", visit_signature, name="visit_signature"),
    *visit_days.urlpatterns,
]
