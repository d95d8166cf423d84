"""What the page of one visit shows, and what it offers to whom."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext_lazy

from songnuan.goods.models import MovementLine
from songnuan.goods.queries import stock
from songnuan.journeys.hand_over_later import kit_owed
from songnuan.organisation.models import Unit
from songnuan.organisation.permissions import Permission
from songnuan.organisation.queries import UnitView, day_of, unit_views
from songnuan.plans.models import Measure, Plan
from songnuan.visits.access import may_record, may_replan
from songnuan.visits.models import Prevention, Result, VisitForm, VisitStatus
from songnuan.visits.queries import ProblemRow, VisitDetail, detail
from songnuan.visits.rules import REASON_LONGEST, is_overdue
from songnuan.web.forms import Day, Form
from songnuan.web.views.problems import state_of
from songnuan.web.views.shared import Reader, names_on


class ReplanForm(Form):
    """Another day for a visit still to do."""

    planned_on = Day(label=gettext_lazy("New day"))
    late_reason = forms.CharField(
        label=gettext_lazy("Reason"),
        help_text=gettext_lazy("Needed where the day is after the deadline; somebody else then allows it."),
        max_length=REASON_LONGEST,
        required=False,
    )


def visit_page(
    request: HttpRequest, reader: Reader, found: VisitDetail, form: ReplanForm | None = None
) -> HttpResponse:
    """Show one visit; with `form`, as one whose new day was refused."""
    measure = Measure.objects.select_related("plan").get(pk=found.measure_id)
    page = shown(found, reader)
    context = {
        "visit": page,
        "may_record": found.status == VisitStatus.PLANNED and records(reader, found),
        "replan": (form or ReplanForm()) if _may_replan(reader, found, measure.plan) else None,
        "may_allow": page["waits"] and _may_allow(reader, found, measure.plan),
        **_owed(reader, found, measure),
    }
    return render(request, "web/visit.html", context, status=422 if form else 200)


def records(reader: Reader, found: VisitDetail) -> bool:
    """Return whether the reader records visits for this visit's lead at its unit."""
    return may_record(reader.actor, unit_id=found.unit_id, lead_id=found.lead_id, at=reader.at)


def _may_replan(reader: Reader, found: VisitDetail, plan: Plan) -> bool:
    return found.status == VisitStatus.PLANNED and may_replan(
        reader.actor, plan_unit_id=plan.unit_id, unit_id=found.unit_id, lead_id=found.lead_id, at=reader.at
    )


def _may_allow(reader: Reader, found: VisitDetail, plan: Plan) -> bool:
    own = found.planned_by_id is not None and found.planned_by_id == reader.actor.user_id
    return not own and reader.may(Permission.PLAN_APPROVE, plan.unit_id)


def _owed(reader: Reader, found: VisitDetail, measure: Measure) -> dict[str, bool]:
    """Return whether the unit still lacks its kit, and whether the reader can book that it got it."""
    kit = None
    if found.status == VisitStatus.RECORDED:
        kit = kit_owed(measure, unit_id=found.unit_id, form=found.form)
    if kit is None:
        return {"kit_owed": False, "may_hand_over": False}
    packs = {part.item_id: part.quantity for part in kit.parts}
    in_store = all(row.in_store >= packs[row.item_id] for row in stock(kit.kit_id, units=1))
    return {"kit_owed": True, "may_hand_over": in_store and records(reader, found)}


def units_on(ids: set[int], day: date) -> dict[int, UnitView]:
    """Return the units as they were on the day, by id, without those closed then."""
    return {unit.unit_id: unit for unit in unit_views(Unit.objects.filter(pk__in=ids), day)}


def seen(reader: Reader, pk: int) -> VisitDetail:
    """Return the visit; one at a unit that the reader may not look into is not there."""
    found = detail(pk)
    if found is None or not reader.may(Permission.VISIT_VIEW, found.unit_id):
        raise Http404
    return found


def shown(found: VisitDetail, reader: Reader) -> dict[str, Any]:
    """Return what the page of a visit shows, with the names of the day on which it took place."""
    plan = Plan.objects.get(slug=found.plan_slug)
    day = day_of(found.happened_at) if found.happened_at else reader.day
    names = names_on({found.unit_id, found.lead_id, *(row.owner_id for row in found.problems)}, day)
    unit = units_on({found.unit_id}, day).get(found.unit_id)
    is_recorded = found.status == VisitStatus.RECORDED
    is_late_day = found.planned_on is not None and found.planned_on > found.due_on
    return {
        **{name: getattr(found, name) for name in _AS_THEY_ARE},
        "id": found.visit_id,
        "unit_name": names[found.unit_id],
        "lead_name": names[found.lead_id],
        "compound": unit.compound if unit else "",
        "plan_title": plan.title,
        "late_day": is_late_day,
        "waits": not is_recorded and is_late_day and not found.late_approved,
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
    "late_approved",
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
    return [pack(line.item.name, line.quantity, line.item.packing) for line in lines.select_related("item")]


def pack(item: str, quantity: int, packing: str) -> str:
    """Return packs in words, such as 方便面 2 箱."""
    return f"{item} {quantity} {packing}"


def items_of(plan: Plan) -> dict[str, str]:
    """Return the checklist that travels with the plan's visits, text by key."""
    measure = Measure.objects.filter(plan=plan, kind="inspection").first()
    return {item["key"]: item["text"] for item in measure.settings["items"]} if measure else {}


def _checklist(found: VisitDetail, plan: Plan) -> list[dict[str, Any]]:
    texts = items_of(plan)
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
