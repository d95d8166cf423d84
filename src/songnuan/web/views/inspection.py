"""Supervision: all that an inspector looks into of one plan, on one page with parts; it only reads."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext
from django.views.decorators.http import require_safe

from songnuan.approvals.hold_queries import HoldRow, active_over, of_plan
from songnuan.audit.queries import entries, entries_with
from songnuan.funds.queries import of_plan as funds_of_plan
from songnuan.goods.holding import subject_of as purchase_subject
from songnuan.journeys.base import REFUSALS
from songnuan.journeys.inspection import Inspected, PurchaseInspected, inspected, signs_by_plan
from songnuan.journeys.note_flag import note_flag
from songnuan.kernel.sampling import Left
from songnuan.organisation.permissions import Permission
from songnuan.organisation.queries import day_of
from songnuan.payments.sample_pool import measures_paid
from songnuan.payments.sample_queries import to_call
from songnuan.people.purposes import IN_FULL
from songnuan.people.queries import purposes_of
from songnuan.plans.models import Measure, Plan
from songnuan.plans.queries import visible_plans
from songnuan.records.rules import OPEN_FILE
from songnuan.visits.queries import of_measure
from songnuan.visits.receipts import Receipt, one_each
from songnuan.visits.red_flags import Flag
from songnuan.visits.sample_models import FlagNote, Sample
from songnuan.visits.sample_queries import flag_notes, noted_flags, to_check
from songnuan.visits.sample_rules import WORDS_LONGEST
from songnuan.web.callback_words import payees_left
from songnuan.web.fields import CharField
from songnuan.web.forms import Form
from songnuan.web.inspection_pickups import picked_up
from songnuan.web.inspection_words import GRAVE, calls_left
from songnuan.web.paging import before_of, page_of
from songnuan.web.templatetags.trail_words import refused_words
from songnuan.web.trail_named import Named
from songnuan.web.trail_subjects import look_up
from songnuan.web.views.shared import PAGE, Reader, key_of, names_on, plan_seen, reader_of
from songnuan.web.views.trail import in_words, inspects_whole

# What was tried, by the journey that refused it: what an inspector asks for by itself.
_TRIED: Mapping[str, str] = {
    "purchase": "buy_kits.buy_kits",
    "cancel": "cancel_purchase.cancel_purchase",
    "money": "appropriate_fund.appropriate_fund",
    "visit": "record_visit.record_visit",
    "kit": "hand_over_later.hand_over_later",
    "kit_store": "issue_kit.issue_kit",
    "receipt": "check_receipt.check_receipt",
    "allot": "allot_to_desk.allot_to_desk",
    "pickup": "record_pickup.record_pickup",
    "decision": "decide_pickup.decide_pickup",
    "back": "give_back.give_back",
}


class NoteForm(Form):
    """What came of a look at a sign."""

    asks = "flag_note"

    remark = CharField(
        fact="visits.flagnote.remark",
        label=gettext_lazy("Looked at: what it was"),
        widget=forms.Textarea(attrs={"rows": 2}),
        max_length=WORDS_LONGEST,
    )


@dataclass(frozen=True, slots=True)
class PlanInspected:
    """One plan in the list: its holds with their names, its signs, draws, and what is left to call about."""

    plan: Plan
    holds: Sequence[tuple[HoldRow, str]]
    open_signs: int
    signs: int
    draws: int
    calls: str


@dataclass(frozen=True, slots=True)
class SignView:
    """One sign with what it is about, and the newest note on it; `form` where it is to be noted."""

    flag: Flag
    about: Sequence[Named]
    note: FlagNote | None
    form: NoteForm


@dataclass(frozen=True, slots=True)
class ReceiptView:
    """One receipt in words; `is_later` where the kit did not change hands on the day of the visit."""

    row: Receipt
    unit: str
    lead: str
    is_later: bool
    packs: str


@login_required
@require_safe
def inspection(request: HttpRequest) -> HttpResponse:
    """List the plans that the reader inspects."""
    reader = reader_of(request)
    units = reader.reach_ids(Permission.RECEIPT_CHECK)
    plans = [plan for plan in visible_plans(reader.actor, reader.at) if plan.unit_id in units]
    if not reader.may(Permission.RECEIPT_CHECK):
        raise Http404
    ids = [plan.pk for plan in plans]
    left, people = to_check(ids), to_call(ids)
    draws = Counter(Sample.objects.filter(plan__in=plans).values_list("plan_id", flat=True))
    held: dict[str, list[HoldRow]] = {}
    for row in active_over(units):
        held.setdefault(row.plan_slug, []).append(row)
    names = look_up({row.subject for some in held.values() for row in some}, reader)
    signs, noted = signs_by_plan(plans, reader.at), noted_flags([plan.pk for plan in plans])
    rows = [
        PlanInspected(
            plan=plan,
            holds=[(row, names.get(row.subject, Named(row.subject)).text) for row in held.get(plan.slug, ())],
            open_signs=sum((plan.pk, flag.key) not in noted for flag in signs[plan.pk]),
            signs=len(signs[plan.pk]),
            draws=draws[plan.pk],
            calls=_calls(left.get(plan.pk, ()), people.get(plan.pk, ())),
        )
        for plan in plans
    ]
    return render(request, "web/inspection.html", {"plans": rows})


@login_required
@require_safe
def inspection_plan(request: HttpRequest, slug: str) -> HttpResponse:
    """Show one part of what a plan shows its inspector: signs first."""
    reader = reader_of(request)
    return _page(request, reader, plan_inspected(reader, slug))


@login_required
def inspection_note(request: HttpRequest, slug: str) -> HttpResponse:
    """Note that a sign was looked at."""
    reader = reader_of(request)
    plan = plan_inspected(reader, slug)
    if request.method != "POST":
        return redirect("inspection_plan", slug)
    form = NoteForm(request.POST)
    key, flag = key_of(request), request.POST.get("flag", "")
    if form.is_valid():
        with form.refusals():
            remark = form.cleaned_data["remark"]
            note_flag(slug=slug, flag=flag, remark=remark, key=key, actor=reader.actor, at=reader.at)
            messages.success(request, _("Noted as looked at."))
            return redirect("inspection_plan", slug)
    return _page(request, reader, plan, tried=(flag, form))


def _calls(units: Sequence[Left], people: Sequence[Left]) -> str:
    """Return what is left to call about: units that got goods, people who were paid."""
    return " · ".join(filter(None, (calls_left(*units), payees_left(*people))))


def plan_inspected(reader: Reader, slug: str) -> Plan:
    """Return a plan that the reader inspects; to others it has no such page.

    Raises:
        Http404: Without a word on whether it exists.

    """
    plan = plan_seen(reader, slug)
    if not reader.may(Permission.RECEIPT_CHECK, plan.unit_id):
        raise Http404
    return plan


def _page(
    request: HttpRequest, reader: Reader, plan: Plan, tried: tuple[str, NoteForm] | None = None
) -> HttpResponse:
    parts: dict[str, Callable[[HttpRequest, Reader, Plan, Inspected], dict[str, Any]]] = {
        "signs": lambda *asked: _signs(*asked, tried=tried),
        "purchases": _purchases,
        "receipts": _receipts,
        "visits": _visits,
    }
    if inspects_whole(reader):
        parts |= {"looks": _looks, "refusals": _refusals}
    part = request.GET.get("part", "signs")
    if part not in parts:
        raise Http404
    found = inspected(plan, reader.at)
    notes = flag_notes(plan.pk)
    context = {
        "plan": plan,
        "part": part,
        "parts": [(name, label) for name, label in _labels().items() if name in parts],
        "open_signs": sum(flag.key not in notes for flag in found.flags),
        "pays": bool(measures_paid(plan.pk)),
        "funds": [(row, row.balance) for row in funds_of_plan(plan.pk)],
        "holds": _holds(of_plan(plan.slug), reader),
        **parts[part](request, reader, plan, found),
    }
    status = 422 if tried and tried[1].errors else 200
    return render(request, "web/inspection_plan.html", context, status=status)


def _labels() -> dict[str, str]:
    return {
        "signs": pgettext("inspection", "Signs"),
        "purchases": _("Purchases"),
        "receipts": pgettext("inspection", "Receipts"),
        "visits": pgettext("inspection", "Late visits"),
        "looks": pgettext("inspection", "Looks"),
        "refusals": pgettext("inspection", "Refusals"),
    }


def _holds(rows: Sequence[HoldRow], reader: Reader) -> list[tuple[HoldRow, str]]:
    """Return the holds with the name of what each is on."""
    names = look_up({row.subject for row in rows}, reader)
    return [(row, names.get(row.subject, Named(row.subject)).text) for row in rows]


def _signs(
    _request: HttpRequest,
    reader: Reader,
    plan: Plan,
    found: Inspected,
    *,
    tried: tuple[str, NoteForm] | None = None,
) -> dict[str, Any]:
    notes = flag_notes(plan.pk)
    names = look_up({subject for flag in found.flags for subject in flag.subjects}, reader)
    views = [
        SignView(
            flag=flag,
            about=[names.get(subject, Named(subject)) for subject in flag.subjects],
            note=notes.get(flag.key),
            form=tried[1] if tried and tried[0] == flag.key else NoteForm(auto_id=f"id_{place}_%s"),
        )
        for place, flag in enumerate(found.flags)
    ]
    lost = tried[1] if tried and tried[0] not in {flag.key for flag in found.flags} else None
    return {"signs": sorted(views, key=lambda view: view.note is not None), "lost": lost}


def _purchases(request: HttpRequest, _reader: Reader, plan: Plan, found: Inspected) -> dict[str, Any]:
    only = request.GET.get("only", "")
    tests: dict[str, tuple[str, Callable[[PurchaseInspected], bool]]] = {
        "late": (_("entered late"), lambda row: row.is_late),
        "cancelled": (pgettext("purchase", "cancelled"), lambda row: row.is_cancelled),
        "near": (_("near the standard"), _is_near),
    }
    rows = [row for row in found.purchases if only not in tests or tests[only][1](row)]
    held = {row.subject: row.hold_id for row in of_plan(plan.slug) if row.is_active}
    standing = [row for row in rows if not row.is_cancelled]
    total, back = sum(row.total_minor for row in standing), sum(row.refunded_minor for row in standing)
    return {
        "purchases": [(row, held.get(purchase_subject(row.purchase_id))) for row in rows],
        "kits": found.kits,
        "total_minor": total,
        "refunded_minor": -back,
        "net_minor": total - back,
        "choices": [(name, label, name == only) for name, (label, _test) in tests.items()],
    }


def _is_near(row: PurchaseInspected) -> bool:
    """Return whether a purchase of whole kits comes within 3 % of their standard, or above it."""
    return row.is_whole and row.per_kit.exact * 100 >= row.standard_minor * 97


def _receipts(request: HttpRequest, reader: Reader, plan: Plan, found: Inspected) -> dict[str, Any]:
    only, lead = request.GET.get("only", ""), request.GET.get("lead", "")
    tests: dict[str, tuple[str, Callable[[Receipt], bool]]] = {
        "name": (_("confirmed by name"), lambda row: row.signature_id is None),
        "later": (_("handed over on another day than the visit"), _is_later),
        "late": (_("entered late"), lambda row: row.is_late_entry),
        "store": (_("given out at the store"), lambda row: row.issue_id is not None),
    }
    leads = sorted({row.lead_id for row in found.receipts})
    rows = [
        row
        for row in found.receipts
        if (only not in tests or tests[only][1](row)) and lead in {"", str(row.lead_id)}
    ]
    return {
        **picked_up(request, reader, plan),
        "receipts": [
            ReceiptView(
                row=row,
                unit=found.names.get(row.unit_id, ""),
                lead=found.names.get(row.lead_id, ""),
                is_later=_is_later(row),
                packs="、".join(f"{item} {count} {packing}" for item, count, packing in row.packs),
            )
            for row in rows
        ],
        "units": len(one_each(rows)),
        "choices": [(name, label, name == only) for name, (label, _test) in tests.items()],
        "leads": [(pk, found.names.get(pk, ""), str(pk) == lead) for pk in leads],
    }


def _is_later(row: Receipt) -> bool:
    return row.visited_at is not None and day_of(row.handed_at) != day_of(row.visited_at)


def _visits(_request: HttpRequest, reader: Reader, plan: Plan, _found: Inspected) -> dict[str, Any]:
    measures = Measure.objects.filter(plan=plan, kind="unit_visits").values_list("pk", flat=True)
    rows = [row for pk in measures for row in of_measure(pk, reader.day)]
    odd = [row for row in rows if row.late or row.late_entry or row.overdue]
    names = names_on((pk for row in odd for pk in (row.unit_id, row.lead_id)), reader.day)
    return {"visits": [(row, names[row.unit_id], names[row.lead_id]) for row in odd]}


def _looks(request: HttpRequest, reader: Reader, _plan: Plan, _found: Inspected) -> dict[str, Any]:
    only = request.GET.get("only", "")
    acts: dict[str, tuple[str, Mapping[str, str]]] = {
        "full": (pgettext("looks", "personal numbers in full"), IN_FULL),
        "files": (pgettext("looks", "files opened"), {OPEN_FILE: ""}),
    }
    wanted = acts[only][1] if only in acts else {**IN_FULL, OPEN_FILE: ""}
    found = entries_with(wanted, before=before_of(request), size=PAGE + 1)
    rows, older = page_of(found, PAGE, lambda row: row.id)
    purposes = purposes_of(rows)
    told = in_words(rows, {}, reader, None)
    return {
        "looks": [(line, purposes.get(line.row.id)) for line in told],
        "older": older,
        "choices": [(name, label, name == only) for name, (label, _acts) in acts.items()],
    }


def _refusals(request: HttpRequest, reader: Reader, plan: Plan, _found: Inspected) -> dict[str, Any]:
    only = request.GET.get("only", "")
    is_all = only == "all" or only in _TRIED
    found = entries(
        stream=REFUSALS,
        subject=_TRIED.get(only, ""),
        codes=() if is_all else GRAVE,
        plan=plan.slug,
        before=before_of(request),
        size=PAGE + 1,
    )
    rows, older = page_of(found, PAGE, lambda row: row.id)
    return {
        "refusals": in_words(rows, {REFUSALS: ""}, reader, None),
        "older": older,
        "choices": [("all", pgettext("refusals", "everything, with mistakes in forms"), only == "all")],
        "tried": [(name, refused_words(subject), name == only) for name, subject in _TRIED.items()],
        "first": pgettext("refusals", "rights, separated duties, holds and money"),
        "trail_url": f"{reverse('trail')}?stream={REFUSALS}",
    }


urlpatterns: list[URLPattern] = [
    path("inspection/", inspection, name="inspection"),
    path("inspection/<slug:slug>/", inspection_plan, name="inspection_plan"),
    path("inspection/<slug:slug>/note/", inspection_note, name="inspection_note"),
]
