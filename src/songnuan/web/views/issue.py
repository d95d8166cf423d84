"""Issuing a plan as a notice: what will go out, the number, the papers, and who has it."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import BadRequest
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import URLPattern, path
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from songnuan.documents.fonts import on_this_machine
from songnuan.documents.typeset import undrawn
from songnuan.journeys.acknowledge_document import acknowledge_document
from songnuan.journeys.issue_plan import due_after, issue_plan, newest_notice, subject_of
from songnuan.journeys.notice import addressed, compose, next_number
from songnuan.journeys.papers import kinds_of, paper, text_of
from songnuan.kernel.refusal import NotPermitted, Refusal
from songnuan.organisation.permissions import Permission
from songnuan.organisation.queries import units_of
from songnuan.plans.models import Blocks, Plan, PlanStatus
from songnuan.plans.queries import open_questions
from songnuan.records.models import IssuedDocument
from songnuan.records.queries import ReceiptRow, open_receipts, receipts
from songnuan.records.rules import document_code, printed_number
from songnuan.web.issue_form import IssueForm
from songnuan.web.opening import saved
from songnuan.web.views.shared import Reader, names_on, only_posted, plan_seen, reader_of

_ISSUABLE = frozenset({PlanStatus.APPROVED, PlanStatus.OPEN})


@dataclass(frozen=True, slots=True)
class ReceiptLine:
    """A unit addressed, and how its receipt stands; `may` when the reader may acknowledge for it now."""

    unit_id: int
    unit_name: str
    state: str
    due_on: date
    days_late: int
    acknowledged_at: datetime | None
    acknowledged_by: str
    may: bool
    is_own: bool


@dataclass(frozen=True, slots=True)
class Issuing:
    """Where the plan's notice stands, for the plan's own page; `document` is None before the first.

    `is_current` when the notice makes known the version in force; `own` are units of the reader's own
    that have still to acknowledge, `others` counts those the reader may acknowledge for beside them.
    """

    document: IssuedDocument | None
    is_current: bool
    may_issue: bool
    done: int
    due: int
    late: int
    own: tuple[int, ...]
    others: int


def issuing_of(reader: Reader, plan: Plan) -> Issuing | None:
    """Return how the notice stands; None when there is none, and the reader has none to issue."""
    document = newest_notice(plan)
    is_current = document is not None and document.subject == subject_of(plan)
    may_issue = not is_current and _may_issue(reader, plan)
    if document is None and not may_issue:
        return None
    lines = _lines(reader, document) if document else []
    return Issuing(
        document=document,
        is_current=is_current,
        may_issue=may_issue,
        done=sum(line.acknowledged_at is not None for line in lines),
        due=len(lines),
        late=sum(line.days_late > 0 for line in lines),
        own=tuple(line.unit_id for line in lines if line.may and line.is_own),
        others=sum(line.may and not line.is_own for line in lines),
    )


def waiting_for_receipt(reader: Reader) -> list[tuple[IssuedDocument, int, date]]:
    """Return the notices for which the reader has to acknowledge: for how many units, and by when."""
    reach = reader.reach_ids(Permission.DOCUMENT_RECEIVE)
    found: dict[int, tuple[IssuedDocument, int, date]] = {}
    for receipt in open_receipts(units=reach) if reach else ():
        _document, count, due_on = found.get(receipt.document_id, (None, 0, receipt.due_on))
        found[receipt.document_id] = (receipt.document, count + 1, min(due_on, receipt.due_on))
    return list(found.values())


@login_required
def plan_issue(request: HttpRequest, slug: str) -> HttpResponse:
    """Show what will be issued, and issue it; once issued, show its papers and who has it."""
    reader = reader_of(request)
    plan = plan_seen(reader, slug)
    if request.method != "POST":
        return _page(request, reader, plan)
    # Where the numbers go on depends on the code that was typed, which need not be the one proposed.
    form = IssueForm(request.POST, told=next_number(plan, reader.day, _code_typed(request)))
    issued = newest_notice(plan)
    if form.is_valid():
        typed = form.cleaned_data
    elif issued is not None and issued.subject == subject_of(plan):
        typed = {"code": issued.code}  # a second click: whatever it says, the answer is that it is issued
    else:
        return _page(request, reader, plan, form)
    try:
        document = issue_plan(slug=slug, **typed, actor=reader.actor, at=reader.at)
    except NotPermitted:
        raise
    except Refusal as refusal:
        if refusal.code == "already_issued":  # a second click, or another's: the page shows what there is
            messages.info(request, refusal.sentence)
            return redirect("plan_issue", slug)
        form.refuse(refusal)
        return _page(request, reader, plan, form)
    messages.success(request, _("The plan is issued as %(number)s.") % {"number": document.number})
    return redirect("plan_issue", slug)


def _code_typed(request: HttpRequest) -> str:
    """Return the code that was typed, empty when it is none: the form says so."""
    try:
        return document_code(request.POST.get("code", ""))
    except Refusal:
        return ""


@login_required
@only_posted
def plan_acknowledge(request: HttpRequest, slug: str) -> HttpResponse:
    """Say that the units chosen have the notice."""
    reader = reader_of(request)
    plan = plan_seen(reader, slug)
    chosen = [_key(one) for one in request.POST.getlist("unit")]
    read = _key(request.POST.get("document", "0"))
    try:
        acknowledge_document(slug=slug, document_id=read, unit_ids=chosen, actor=reader.actor, at=reader.at)
    except Refusal as refusal:
        if not refusal.field:
            raise
        messages.error(request, refusal.sentence)
        return _page(request, reader, plan, status=422)
    messages.success(request, _("It is acknowledged."))
    return redirect("plan_issue", slug)


def _key(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) < 19):
        raise BadRequest("units and documents are named by their numbers")
    return int(text)


@login_required
@require_safe
def plan_paper(request: HttpRequest, slug: str, kind: str) -> HttpResponse:
    """Give one paper of the notice."""
    document = newest_notice(plan_seen(reader_of(request), slug))
    text = text_of(document) if document else None
    if text is None or kind not in kinds_of(text):
        raise Http404
    made = paper(text, kind)
    return saved(made.content, made.name, made.media_type)


def _page(
    request: HttpRequest,
    reader: Reader,
    plan: Plan,
    form: IssueForm | None = None,
    status: int = 200,
) -> HttpResponse:
    """Show where the notice stands; `form` is what was typed and could not be taken."""
    document = newest_notice(plan)
    may_issue = _may_issue(reader, plan) and (document is None or document.subject != subject_of(plan))
    lines = _lines(reader, document) if document else []
    text = text_of(document) if document else None
    context = {
        "plan": plan,
        "document": document,
        "is_current": document is not None and document.subject == subject_of(plan),
        "kinds": _papers(kinds_of(text)) if text else [],
        "undrawn": undrawn(text) if text else (),
        "missing_fonts": on_this_machine().missing,
        "lines": lines,
        "asked": [line for line in lines if line.may],
        "waiting": [line for line in lines if line.acknowledged_at is None],
        "done": [line for line in lines if line.acknowledged_at is not None],
        **(_preview(reader, plan, form) if may_issue else {}),
    }
    refused = form is not None and bool(form.errors)
    return render(request, "web/plan_issue.html", context, status=422 if refused else status)


def _preview(reader: Reader, plan: Plan, form: IssueForm | None) -> dict[str, object]:
    """Return the notice as it would go out today, and the form that sends it."""
    told = form.told if form else next_number(plan, reader.day)
    due_on = due_after(reader.day)
    number = printed_number(told.code, told.year, told.serial) if told.code else ""
    notice = compose(plan, number=number, due_on=due_on, day=reader.day)
    return {
        "form": form or IssueForm(told=told),
        "notice": notice,
        "undrawn_then": undrawn(notice),
        "next": told,
        "addressed": addressed(plan, reader.day),
        "due_on": due_on,
        "blocking": open_questions(plan.pk, [Blocks.ISSUE]),
    }


def _may_issue(reader: Reader, plan: Plan) -> bool:
    return plan.status in _ISSUABLE and reader.may(Permission.DOCUMENT_ISSUE, plan.unit_id)


def _papers(kinds: Iterable[str]) -> list[tuple[str, str]]:
    words = {"docx": _("Notice, Word"), "pdf": _("Notice, PDF"), "xlsx": _("Annex, Excel")}
    return [(kind, words[kind]) for kind in kinds]


def _lines(reader: Reader, document: IssuedDocument) -> list[ReceiptLine]:
    """Return the receipts, the reader's own units at their head."""
    rows = receipts(document.pk)
    names = names_on((row.unit_id for row in rows), reader.day)
    reach = reader.reach_ids(Permission.DOCUMENT_RECEIVE)
    own = set(units_of(reader.actor, None, reader.at).values_list("pk", flat=True))
    lines = [_line(row, names[row.unit_id], reader.day, reach, own) for row in rows]
    # Sorting keeps the order of the units among equals.
    return sorted(lines, key=lambda line: not line.is_own)


def _line(row: ReceiptRow, name: str, day: date, reach: Collection[int], own: Collection[int]) -> ReceiptLine:
    is_open = row.acknowledged_at is None
    days_late = max(0, (day - row.due_on).days) if is_open else 0
    return ReceiptLine(
        unit_id=row.unit_id,
        unit_name=name,
        state="done" if not is_open else "late" if days_late else "waiting",
        due_on=row.due_on,
        days_late=days_late,
        acknowledged_at=row.acknowledged_at,
        acknowledged_by=row.acknowledged_by,
        may=is_open and row.unit_id in reach,
        is_own=row.unit_id in own,
    )


urlpatterns: list[URLPattern] = [
    path("plans/<slug:slug>/issue/", plan_issue, name="plan_issue"),
    path("plans/<slug:slug>/issue/receipt/", plan_acknowledge, name="plan_acknowledge"),
    path("plans/<slug:slug>/papers/<slug:kind>/", plan_paper, name="plan_paper"),
]
