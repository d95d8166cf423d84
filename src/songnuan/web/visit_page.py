"""What the page of one visit shows, and what it offers to whom."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext_lazy

from songnuan.audit.queries import entries
from songnuan.goods.queries import Handed
from songnuan.organisation.models import Unit
from songnuan.organisation.permissions import Permission
from songnuan.organisation.queries import Contact, UnitView, day_of, unit_views
from songnuan.plans.models import Measure, Plan
from songnuan.visits.access import may_add_problem, may_record, may_replan
from songnuan.visits.checklist import texts_asked
from songnuan.visits.kept import first_day
from songnuan.visits.models import Prevention, Result, VisitForm, VisitStatus
from songnuan.visits.owed import Where, handed_over, in_store, is_held, kit_owed
from songnuan.visits.queries import LaterDayRow, ProblemRow, VisitDetail, detail, row_of
from songnuan.visits.rules import REASON_LONGEST
from songnuan.visits.signing import words_of
from songnuan.web.fields import CharField, Day, IntegerField
from songnuan.web.forms import Form
from songnuan.web.problem_form import title_of_item
from songnuan.web.sheet_form import visit_offer
from songnuan.web.stock_words import with_lot
from songnuan.web.views.problems import state_of as problem_state
from songnuan.web.views.shared import Reader, names_on
from songnuan.web.visit_beside import beside
from songnuan.web.visit_round import before_going
from songnuan.web.visit_states import state_of


class ReplanForm(Form):
    """Another day for a visit still to do."""

    asks = "visit_day"

    planned_on = Day(fact="visits.visit.planned_on", label=gettext_lazy("New day"))
    late_reason = CharField(
        fact="visits.laterday.reason",
        label=gettext_lazy("Reason"),
        help_text=gettext_lazy(
            "Needed where the day is after the deadline, which then waits to be allowed while the old day"
            " stands, and where it breaks a rule of the schedule."
        ),
        max_length=REASON_LONGEST,
        required=False,
    )


class DecisionForm(Form):
    """What becomes of a later day that was asked for; `later_day` is the one that the reader saw."""

    asks = "visit_day_decision"

    later_day = IntegerField(fact="act:later_day_seen", widget=forms.HiddenInput)
    remark = CharField(
        fact="visits.laterday.remark",
        label=gettext_lazy("Remark"),
        help_text=gettext_lazy("Needed where the day is returned; the one who asked reads it."),
        widget=forms.Textarea(attrs={"rows": 2}),
        required=False,
    )


def visit_page(
    request: HttpRequest,
    reader: Reader,
    found: VisitDetail,
    form: Form | None = None,
    contact: Contact | None = None,
) -> HttpResponse:
    """Show one visit.

    Args:
        request: What was asked.
        reader: Who asks.
        found: The visit.
        form: What was refused: a new day, a decision about one, or photos.
        contact: Whom to call at the unit, where the reader just asked for it.

    """
    measure = Measure.objects.select_related("plan").get(pk=found.measure_id)
    waiting = next((row for row in found.later_days if row.waits), None)
    replan = decision = None
    if may_set_day(reader, found, measure.plan):
        replan = form if isinstance(form, ReplanForm) else ReplanForm()
    if waiting and _may_decide(reader, waiting, measure.plan):
        fresh = DecisionForm(initial={"later_day": waiting.later_day_id})
        decision = form if isinstance(form, DecisionForm) else fresh
    may_record = records(reader, found)
    is_recorded = found.status == VisitStatus.RECORDED
    kit = _kit(reader, found, measure)
    context = {
        "visit": shown(found, reader),
        "may_record": not is_recorded and may_record,
        "may_correct": is_recorded and may_record,
        "may_call": (not is_recorded or bool(kit["kit_owed"]))
        and reader.may(Permission.CONTACT_VIEW, found.unit_id),
        "may_add_problem": is_recorded
        and may_add_problem(reader.actor, unit_id=found.unit_id, lead_id=found.lead_id, at=reader.at),
        "contact": contact,
        "replan": replan,
        "may_schedule": found.status == VisitStatus.PLANNED
        and reader.may(Permission.VISIT_SCHEDULE, found.lead_id),
        "waiting": waiting,
        "decision": decision,
        "offer": visit_offer(
            reader,
            measure.plan,
            pk=found.visit_id,
            unit_id=found.unit_id,
            is_recorded=found.status == VisitStatus.RECORDED,
        ),
        **kit,
        **beside(reader, found, measure.plan, form, may_record=may_record),
    }
    return render(request, "web/visit.html", context, status=422 if form else 200)


def records(reader: Reader, found: VisitDetail) -> bool:
    """Return whether the reader records visits for this visit's lead at its unit."""
    return may_record(reader.actor, unit_id=found.unit_id, lead_id=found.lead_id, at=reader.at)


def may_set_day(reader: Reader, found: VisitDetail, plan: Plan) -> bool:
    """Return whether the page of the visit offers the reader another day, or to ask for a later one."""
    return found.status == VisitStatus.PLANNED and may_replan(
        reader.actor, plan_unit_id=plan.unit_id, unit_id=found.unit_id, lead_id=found.lead_id, at=reader.at
    )


def _may_decide(reader: Reader, waiting: LaterDayRow, plan: Plan) -> bool:
    own = waiting.asked_by_id is not None and waiting.asked_by_id == reader.actor.user_id
    return not own and reader.may(Permission.VISIT_ALLOW, plan.unit_id)


def _kit(reader: Reader, found: VisitDetail, measure: Measure) -> dict[str, Any]:
    """Return what the unit got and when; what it is still owed, and whether the reader can book it now."""
    told: dict[str, Any] = {"given": [], "kit_owed": [], "kit_where": "", "may_hand_over": False}
    if found.status != VisitStatus.RECORDED:
        return {**told, "before": before_going(reader, found.unit_id, measure)}
    for part in handed_over(found.visit_id):
        later = None
        if part.booked_at != found.received_at:  # a report is corrected, its goods are not
            booked = entries(subject=f"goods.movement:{part.movement_id}", size=1)
            later = {"at": part.happened_at, "person": booked[0].actor if booked else ""}
        told["given"].append({"packs": [handed_words(packed) for packed in part.packs], "later": later})
    kit = kit_owed(measure, unit_id=found.unit_id)
    if kit is None:
        return told
    where = Where.READY if in_store(kit, reader.day) else Where.HELD if is_held(kit) else Where.MISSING
    return {
        **told,
        "kit_owed": [words_of(part.item, part.quantity, part.packing) for part in kit.parts],
        "kit_where": where,
        "may_hand_over": where is Where.READY and records(reader, found),
    }


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
    state, state_label = state_of(row_of(found.visit_id, reader.day))
    return {
        **{name: getattr(found, name) for name in _AS_THEY_ARE},
        "id": found.visit_id,
        "unit_name": names[found.unit_id],
        "lead_name": names[found.lead_id],
        "compound": unit.compound if unit else "",
        "plan_title": plan.title,
        "first_planned_on": first_day(found.plan_slug, found.unit_id),
        "state": state,
        "state_label": state_label,
        **(_report(found, plan, names, reader.day) if is_recorded else {}),
    }


def _report(found: VisitDetail, plan: Plan, names: Mapping[int, str], day: date) -> dict[str, Any]:
    """Return what the page shows of a recorded visit only."""
    return {
        "form_label": VisitForm(found.form).label,
        "prevention_label": Prevention(found.prevention).label,
        "report_minutes": _minutes(found.happened_at, found.received_at),
        "written_minutes": _minutes(found.happened_at, found.device_at),
        "members": [member.name for member in found.members],
        "receiver": found.receiver_name,
        "signature_url": reverse("visit_signature", args=(found.visit_id,)) if found.signature_id else "",
        "checklist": _checklist(found, plan),
        "problems": [_problem(row, names, day, found.received_at) for row in found.problems],
    }


_AS_THEY_ARE = (
    "status",
    "plan_slug",
    "planned_on",
    "start",
    "minutes",
    "team_name",
    "pinned",
    "break_reason",
    "due_on",
    "late",
    "late_entry",
    "before_plan",
    "entry_reason",
    "late_reason",
    "late_approved",
    "later_days",
    "form_reason",
    "happened_at",
    "device_at",
    "received_at",
    "clock_skew_seconds",
    "recorded_by",
    "prevention",
    "prevention_note",
    "conditions",
    "confirmed_by_name",
    "signed_for",
    "short_reason",
    "version",
    "corrected_at",
    "corrected_by",
    "correction_reason",
)


def _minutes(happened_at: datetime | None, until: datetime | None) -> int | None:
    """Return the minutes since the visit, 0 where it was put down ahead of it; None where one is unknown."""
    if happened_at is None or until is None:
        return None
    return max((until - happened_at) // timedelta(minutes=1), 0)


def handed_words(handed: Handed) -> str:
    """Return packs with their lot, such as 方便面 2 箱（批号 A1，有效期至2020年10月1日）."""
    packs = words_of(handed.item, handed.quantity, handed.packing)
    return with_lot(packs, handed.number, handed.expires_on)


def _checklist(found: VisitDetail, plan: Plan) -> list[dict[str, Any]]:
    texts = texts_asked(plan.pk)
    return [
        {
            "key": answer.item_key,
            "label": texts.get(answer.item_key, answer.item_key),
            "is_raised": _is_raised(found, texts.get(answer.item_key, answer.item_key)),
            "result": answer.result,
            "result_label": Result(answer.result).label,
            "note": answer.note,
        }
        for answer in found.inspection
    ]


def _is_raised(found: VisitDetail, item: str) -> bool:
    """Return whether a problem of the visit bears the name of the item."""
    name = title_of_item(item, "")
    return any(row.title == name or row.title.startswith(f"{item}：") for row in found.problems)


def _problem(
    row: ProblemRow, names: Mapping[int, str], day: date, received_at: datetime | None
) -> dict[str, Any]:
    return {
        "id": row.task_id,
        "title": row.title,
        "owner": names[row.owner_id],
        "due_on": row.due_on,
        "original_due_on": row.original_due_on,
        "state": problem_state(row.status, overdue=row.due_on < day),
        "late": row.done_at is not None and day_of(row.done_at) > row.due_on,
        "answer": row.answer,
        "added_on": day_of(row.raised_at) if received_at and row.raised_at > received_at else None,
    }
