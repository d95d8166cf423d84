"""Pages of visits: a lead's own, one visit with its report, the form at the door, and the signature."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.forms.formsets import BaseFormSet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from songnuan.goods.models import MovementLine
from songnuan.goods.queries import kit_of
from songnuan.journeys.record_visit import record_visit
from songnuan.kernel.refusal import Refusal
from songnuan.organisation.models import Unit
from songnuan.organisation.permissions import Permission
from songnuan.organisation.queries import (
    UnitView,
    day_of,
    holders,
    installation,
    require,
    subtree,
    unit_views,
)
from songnuan.organisation.rules import LEAD_KINDS
from songnuan.plans.models import Measure, Plan, PlanStatus
from songnuan.records.models import StoredFile
from songnuan.records.queries import read_file
from songnuan.visits.models import Prevention, Result, VisitForm, VisitStatus
from songnuan.visits.queries import ProblemRow, VisitDetail, VisitRow, detail, feed, for_lead
from songnuan.visits.rules import is_overdue
from songnuan.web.views.problems import state_of
from songnuan.web.views.shared import Reader, key_of, names_on, reader_of
from songnuan.web.visit_form import Door, ProblemForm, ReportForm, problem_forms


@dataclass(frozen=True, slots=True)
class Round:
    """One visit of a lead's round; `unit` as it is on the day, None once it is closed."""

    id: int
    unit: UnitView | None
    planned_on: date | None = None
    due_on: date | None = None
    plan_title: str = ""
    happened_at: datetime | None = None

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
    """Show a lead what to visit today, what is late, what comes and what is done."""
    reader = reader_of(request)
    plans, rows = to_do(reader)
    done = feed(reader.reach(Permission.VISIT_RECORD))
    units = _units({row.unit_id for row in rows} | {row.unit_id for row in done}, reader.day)

    def line(row: VisitRow) -> Round:
        return Round(
            id=row.visit_id,
            unit=units.get(row.unit_id),
            planned_on=row.planned_on,
            due_on=row.due_on,
            plan_title=plans[row.measure_id].title,
        )

    others = [row for row in rows if row.planned_on != reader.day]
    context = {
        "today": [line(row) for row in rows if row.planned_on == reader.day],
        "late": [line(row) for row in others if row.overdue],
        "coming": [line(row) for row in others if not row.overdue],
        "done": [
            Round(id=row.visit_id, unit=units.get(row.unit_id), happened_at=row.happened_at) for row in done
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


def _units(ids: set[int], day: date) -> dict[int, UnitView]:
    return {unit.unit_id: unit for unit in unit_views(Unit.objects.filter(pk__in=ids), day)}


# One visit ---------------------------------------------------------------------------------------


@login_required
@require_safe
def visit(request: HttpRequest, pk: int) -> HttpResponse:
    """Show one visit, and its report once it is recorded."""
    reader = reader_of(request)
    found = _seen(reader, pk)
    context = {"visit": _shown(found, reader), "may_record": _may_record(reader, found)}
    return render(request, "web/visit.html", context)


@login_required
def visit_record(request: HttpRequest, pk: int) -> HttpResponse:
    """Show the form at the door, and record the visit that was posted with it."""
    reader = reader_of(request)
    found = _seen(reader, pk)
    require(reader.actor, Permission.VISIT_RECORD, unit_id=found.unit_id, at=reader.at)
    measure = Measure.objects.select_related("plan").get(pk=found.measure_id)
    door = _door(reader, found, measure)
    if request.method != "POST":
        if found.status == VisitStatus.RECORDED:
            return redirect("visit", pk)
        form, problems = ReportForm(door=door), problem_forms(door)
        return render(request, "web/visit_form.html", _form_page(reader, found, measure, form, problems))
    form, problems = ReportForm(request.POST, door=door), problem_forms(door, request.POST)
    if all([form.is_valid(), problems.is_valid()]):
        # A visit recorded already goes on as well: the same post again is answered as the first one was.
        try:
            report, key = form.report(problems), key_of(request)
            record_visit(visit_id=pk, report=report, key=key, actor=reader.actor, at=reader.at)
        except Refusal as refusal:
            if not form.tell(refusal):
                raise
        else:
            has_office = measure.plan.office_id is not None
            reported = _("The visit is recorded; the epidemic office has the report.")
            messages.success(request, reported if has_office else _("The visit is recorded."))
            return redirect("visit", pk)
    context = _form_page(reader, found, measure, form, problems)
    return render(request, "web/visit_form.html", context, status=422)


@login_required
@require_safe
@cache_control(private=True, no_store=True)
def visit_signature(request: HttpRequest, pk: int) -> HttpResponse:
    """Give the picture of the receiver's signature."""
    found = _seen(reader_of(request), pk)
    if found.signature_id is None:
        raise Http404
    file = StoredFile.objects.get(pk=found.signature_id)
    return HttpResponse(read_file(file), content_type=file.media_type)


def _seen(reader: Reader, pk: int) -> VisitDetail:
    """Return the visit; one at a unit that the reader may not look into is not there."""
    found = detail(pk)
    if found is None or not reader.may(Permission.VISIT_VIEW, found.unit_id):
        raise Http404
    return found


def _may_record(reader: Reader, found: VisitDetail) -> bool:
    return found.status == VisitStatus.PLANNED and reader.may(Permission.VISIT_RECORD, found.unit_id)


def _shown(found: VisitDetail, reader: Reader) -> dict[str, Any]:
    """Return what the page of a visit shows, with the names of the day on which it took place."""
    plan = Plan.objects.get(slug=found.plan_slug)
    day = day_of(found.happened_at) if found.happened_at else reader.day
    names = names_on({found.unit_id, found.lead_id, *(row.owner_id for row in found.problems)}, day)
    unit = _units({found.unit_id}, day).get(found.unit_id)
    is_recorded = found.status == VisitStatus.RECORDED
    return {
        **{name: getattr(found, name) for name in _AS_THEY_ARE},
        "id": found.visit_id,
        "unit_name": names[found.unit_id],
        "lead_name": names[found.lead_id],
        "compound": unit.compound if unit else "",
        "plan_title": plan.title,
        "late": found.late if is_recorded else is_overdue(found.planned_on, found.due_on, reader.day),
        **(_report(found, plan, names, reader.day) if is_recorded else {}),
    }


def _report(found: VisitDetail, plan: Plan, names: Mapping[int, str], day: date) -> dict[str, Any]:
    """Return what the page shows of a recorded visit only."""
    return {
        "form_label": VisitForm(found.form).label,
        "prevention_label": Prevention(found.prevention).label,
        "report_minutes": _minutes(found),
        "members": [member.name for member in found.members],
        "receiver": found.receiver_name,
        "signature_url": reverse("visit_signature", args=(found.visit_id,)) if found.signature_id else "",
        "kit": _handed_over(found.visit_id),
        "checklist": _checklist(found, plan),
        "problems": [_problem(row, names, day) for row in found.problems],
    }


_AS_THEY_ARE = (
    "status",
    "plan_slug",
    "planned_on",
    "due_on",
    "late_entry",
    "late_reason",
    "form_reason",
    "happened_at",
    "device_at",
    "received_at",
    "clock_skew_seconds",
    "recorded_by",
    "prevention",
    "prevention_note",
    "conditions",
)


def _minutes(found: VisitDetail) -> int:
    """Return the minutes from the visit to its report; a visit may be put down some minutes ahead."""
    if found.happened_at is None or found.received_at is None:
        return 0
    return max((found.received_at - found.happened_at) // timedelta(minutes=1), 0)


def _handed_over(visit_id: int) -> list[str]:
    """Return what the unit was given at the visit, such as 方便面 2 箱."""
    lines = MovementLine.objects.filter(movement__subject=f"visits.visit:{visit_id}", quantity__gt=0)
    return [_pack(line.item.name, line.quantity, line.item.packing) for line in lines.select_related("item")]


def _pack(item: str, quantity: int, packing: str) -> str:
    return f"{item} {quantity} {packing}"


def _items(plan: Plan) -> dict[str, str]:
    """Return the checklist that travels with the plan's visits, text by key."""
    measure = Measure.objects.filter(plan=plan, kind="inspection").first()
    return {item["key"]: item["text"] for item in measure.settings["items"]} if measure else {}


def _checklist(found: VisitDetail, plan: Plan) -> list[dict[str, Any]]:
    texts = _items(plan)
    return [
        {
            "label": texts.get(answer.item_key, answer.item_key),
            "result": answer.result,
            "result_label": Result(answer.result).label,
            "note": answer.note,
        }
        for answer in found.inspection
    ]


def _problem(row: ProblemRow, names: Mapping[int, str], day: date) -> dict[str, Any]:
    return {
        "id": row.task_id,
        "title": row.title,
        "owner": names[row.owner_id],
        "due_on": row.due_on,
        "original_due_on": row.original_due_on,
        "state": state_of(row.status, overdue=row.due_on < day),
        "answer": row.answer,
    }


# The form ----------------------------------------------------------------------------------------


def _door(reader: Reader, found: VisitDetail, measure: Measure) -> Door:
    """Return what the form offers and goes by."""
    plan = measure.plan
    colleagues = {reader.user.pk: reader.actor.label}
    for user in holders(Permission.VISIT_RECORD, found.lead_id, reader.at):
        colleagues.setdefault(user.pk, user.name or user.username)
    first = [unit_id for unit_id in (found.lead_id, plan.office_id) if unit_id is not None]
    names = names_on(first, reader.day)
    departments = unit_views(subtree(plan.unit_id, reader.day, LEAD_KINDS), reader.day)
    owners = {unit_id: names[unit_id] for unit_id in first}
    owners |= {unit.unit_id: unit.name for unit in departments if unit.unit_id not in owners}
    return Door(
        at=reader.at,
        clock_offset=timedelta(seconds=installation().clock_offset_seconds),
        starts_on=plan.starts_on,
        late=found.due_on < reader.day,
        colleagues=colleagues,
        items=_items(plan),
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
    unit = _units({found.unit_id}, reader.day).get(found.unit_id)
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
        "kit": _kit(measure),
        "form": form,
        "problems": problems,
    }


def _kit(visits: Measure) -> list[str]:
    """Return what is handed over at a visit, where the plan has a kit and the visits carry it."""
    if not visits.settings.get("hand_over", True):
        return []
    purchase = Measure.objects.filter(plan=visits.plan_id, kind="kit_purchase").first()
    kit = kit_of(purchase.pk) if purchase else None
    return [_pack(part.item, part.quantity, part.packing) for part in kit.parts] if kit else []


urlpatterns: list[URLPattern] = [
    path("visits/", visits_mine, name="visits_mine"),
    path("visits/<int:pk>/", visit, name="visit"),
    path("visits/<int:pk>/record/", visit_record, name="visit_record"),
    path("visits/<int:pk>/signature/", visit_signature, name="visit_signature"),
]
