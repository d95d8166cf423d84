"""Pages of instructions: the list, one with its items, recording one, and the sheet to print."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial
from io import BytesIO

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import URLPattern, path
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from songnuan.documents.sheets import write_paper
from songnuan.journeys.instruction_sheet import instruction_sheet
from songnuan.journeys.record_instruction import record_instruction
from songnuan.kernel.refusal import Refusal
from songnuan.organisation.permissions import Permission
from songnuan.organisation.queries import refuse, require
from songnuan.plans.queries import visible_plans
from songnuan.records.rules import Opened
from songnuan.tasks.actions.recording import STREAM
from songnuan.tasks.instruction_queries import (
    InstructionRow,
    ItemRow,
    closed_seen,
    of_item,
    one_seen,
    open_seen,
    owners_of,
    owners_seen,
)
from songnuan.tasks.instruction_rules import is_day_off
from songnuan.tasks.models import InstructionKind, TaskStatus
from songnuan.web.forms import Form
from songnuan.web.instruction_forms import (
    ROWS,
    AskClosing,
    AskExtension,
    Decide,
    DecideExtension,
    InstructionForm,
    Reassign,
    Report,
)
from songnuan.web.opening import handed_out
from songnuan.web.paging import before_of, page_of
from songnuan.web.views.item_acts import ACTS
from songnuan.web.views.shared import Reader, key_of, names_on, reader_of

_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
PAGE = 20  # closed instructions on a page
_ROWS_SENT = 3  # digits of a number of rows that is believed


@dataclass(frozen=True, slots=True)
class ItemView:
    """An item as its page shows it, with the forms its reader may use.

    `state` is the mark, `state_label` its word; `days` how many it is late, or was when it was closed.
    """

    row: ItemRow
    owner: str
    co_owners: Sequence[str]
    state: str
    state_label: str
    days: int
    is_day_off: bool
    forms: Mapping[str, Form]


@dataclass(frozen=True, slots=True)
class Rights:
    """What the reader may do about the items of one instruction, asked for once.

    `answers` are the units that the reader answers for, `owners` those that an item may be given to.
    """

    answers: frozenset[int]
    decides: bool
    owners: Mapping[int, str]


@login_required
@require_safe
def instructions(request: HttpRequest) -> HttpResponse:
    """Show the instructions the reader may see, open or closed ones, all or those of one owner."""
    reader = reader_of(request)
    require(reader.actor, Permission.INSTRUCTION_VIEW, at=reader.at)
    is_closed = request.GET.get("state") == "closed"
    names = names_on(owners_seen(reader.actor, reader.at), reader.day)
    owner = request.GET.get("owner", "")
    owner = owner if owner in {str(pk) for pk in names} else ""
    if is_closed:
        found = closed_seen(
            reader.actor,
            reader.at,
            owner=int(owner) if owner else None,
            before=before_of(request),
            size=PAGE + 1,
        )
        shown, older = page_of(found, PAGE, lambda row: row.instruction_id)
    else:
        rows, older = open_seen(reader.actor, reader.at), None
        shown = [row for row in rows if not owner or any(str(item.owner_id) == owner for item in row.items)]
    context = {
        "is_closed": is_closed,
        "older": older,
        "rows": [
            {
                "row": row,
                "late": row.overdue(reader.day),
                "items": [
                    _view(item, names, reader.day)
                    for item in row.items
                    if not item.is_done and owner in {"", str(item.owner_id)}
                ],
            }
            for row in shown
        ],
        "owners": [
            {"id": pk, "name": name, "current": owner == str(pk)} for pk, name in sorted(names.items())
        ],
        "is_filtered": bool(owner),
        "may_record": reader.may(Permission.INSTRUCTION_MANAGE),
    }
    return render(request, "web/instructions.html", context)


@login_required
def instruction_new(request: HttpRequest) -> HttpResponse:
    """Record an instruction with its items."""
    reader = reader_of(request)
    require(reader.actor, Permission.INSTRUCTION_MANAGE, at=reader.at)
    if request.method != "POST":
        return render(request, "web/instruction_form.html", {"form": InstructionForm(reader, ROWS)})
    rows = _rows_sent(request)
    if "more" in request.POST:
        initial = {
            name: values if name.endswith("co_owners") else values[-1]
            for name, values in request.POST.lists()
        }
        form = InstructionForm(reader, rows + 1, initial=initial)
        return render(request, "web/instruction_form.html", {"form": form})
    form = InstructionForm(reader, rows, request.POST, request.FILES)
    if form.is_valid():
        with form.refusals():
            pk = record_instruction(**form.told(), key=key_of(request), actor=reader.actor, at=reader.at)
            messages.success(request, _("The instruction is recorded; the units it names are told."))
            return redirect("instruction", pk)
    return render(request, "web/instruction_form.html", {"form": form}, status=422)


def _rows_sent(request: HttpRequest) -> int:
    text = request.POST.get("rows", "")
    return max(int(text), 1) if text.isascii() and text.isdigit() and len(text) < _ROWS_SENT else ROWS


@login_required
@require_safe
def instruction(request: HttpRequest, pk: int) -> HttpResponse:
    """Show one instruction: its text, and beside it how far each item is."""
    reader = reader_of(request)
    return instruction_page(request, reader, _seen(reader, pk))


@login_required
def item_act(request: HttpRequest, pk: int, kind: str) -> HttpResponse:
    """Carry out what was posted about an item; what is refused is told beside its input."""
    reader = reader_of(request)
    act = ACTS.get(kind)
    row = of_item(pk, reader.actor, reader.at)
    if act is None or row is None:
        raise Http404
    if request.method != "POST":
        return redirect("instruction", row.instruction_id)
    item = next(item for item in row.items if item.task_id == pk)
    rights = _rights(reader, row)
    if act.shown_as == "reassign" and not rights.decides:  # without a list to choose from
        refuse(Permission.INSTRUCTION_MANAGE, unit_id=row.unit_id)
    _offered, make = _all_forms(rights, item)[act.shown_as]
    form = make(request.POST, prefix=f"{act.shown_as}-{pk}")
    if form.is_valid():
        try:
            act.run(request, reader, pk, form.cleaned_data)
        except Refusal as refusal:
            if refusal.field not in form.fields:
                raise
            form.refuse(refusal)
        else:
            messages.success(request, str(act.done))
            return redirect(f"/instructions/{row.instruction_id}/#item-{pk}")
    return instruction_page(request, reader, row, tried={(pk, act.shown_as): form})


def instruction_page(
    request: HttpRequest,
    reader: Reader,
    row: InstructionRow,
    tried: Mapping[tuple[int, str], Form] | None = None,
) -> HttpResponse:
    """Show the instruction; `tried` are the forms to be mended, by item and name."""
    ids = [row.unit_id, *(pk for item in row.items for pk in (item.owner_id, *item.co_owner_ids))]
    names = names_on(ids, reader.day)
    plan = visible_plans(reader.actor, reader.at).filter(slug=row.plan_slug).first()
    rights = _rights(reader, row)
    context = {
        "row": row,
        "paragraphs": [line for line in row.text.splitlines() if line.strip()],
        "kind": InstructionKind(row.kind).label,
        "unit": names[row.unit_id],
        "plan": plan,
        "late": row.overdue(reader.day),
        "items": [_view(item, names, reader.day, _forms(rights, item, tried or {})) for item in row.items],
        "tried": list(tried.values()) if tried else [],
    }
    return render(request, "web/instruction.html", context, status=422 if tried else 200)


@login_required
@require_safe
def instruction_print(request: HttpRequest, pk: int) -> HttpResponse:
    """Show the sheet to print."""
    reader = reader_of(request)
    row = _seen(reader, pk)
    paper = instruction_sheet(row, reader.day)
    return render(request, "web/instruction_sheet.html", {"row": row, "paper": paper})


@login_required
@require_safe
def instruction_workbook(request: HttpRequest, pk: int) -> FileResponse:
    """Give the sheet as .xlsx."""
    reader = reader_of(request)
    row = _seen(reader, pk)
    paper = instruction_sheet(row, reader.day)
    workbook = BytesIO()
    write_paper(paper, workbook)
    workbook.seek(0)
    name = f"{paper.title}-{row.number or row.title}-{reader.day.isoformat()}.xlsx"
    return FileResponse(workbook, as_attachment=True, filename=name, content_type=_XLSX)


@login_required
@require_safe
@cache_control(private=True, no_store=True)
def instruction_scan(request: HttpRequest, pk: int) -> FileResponse:
    """Give the scan of the instruction."""
    reader = reader_of(request)
    row = _seen(reader, pk)
    opened = Opened("scan", STREAM, f"tasks.instruction:{row.instruction_id}")
    return handed_out(request, reader, row.scan_id, opened)


def _seen(reader: Reader, pk: int) -> InstructionRow:
    row = one_seen(pk, reader.actor, reader.at)
    if row is None:
        raise Http404
    return row


def _view(
    item: ItemRow, names: Mapping[int, str], day: date, forms: Mapping[str, Form] | None = None
) -> ItemView:
    state, label = _state(item, day)
    return ItemView(
        row=item,
        owner=names[item.owner_id],
        co_owners=[names[pk] for pk in item.co_owner_ids if pk in names],
        state=state,
        state_label=label,
        days=max(-item.days_left(day), 0),
        is_day_off=is_day_off(item.due_on),
        forms=forms or {},
    )


def _state(item: ItemRow, day: date) -> tuple[str, str]:
    words = {
        TaskStatus.ASSIGNED: ("waiting", _("not yet accepted")),
        TaskStatus.ACCEPTED: ("on_time", _("under way")),
        TaskStatus.ASKED: ("waiting", _("to be closed")),
        TaskStatus.DONE: ("done", _("closed")),
    }
    state, label = words[TaskStatus(item.status)]
    return ("late", label) if item.is_overdue(day) else (state, label)


def _rights(reader: Reader, row: InstructionRow) -> Rights:
    decides = reader.may(Permission.INSTRUCTION_MANAGE, row.unit_id)
    return Rights(
        answers=reader.reach_ids(Permission.INSTRUCTION_ANSWER),
        decides=decides,
        owners=owners_of(row.unit_id, reader.day) if decides else {},
    )


def _forms(rights: Rights, item: ItemRow, tried: Mapping[tuple[int, str], Form]) -> dict[str, Form]:
    """Return the forms that the reader may use on the item as it stands, by name."""
    return {
        name: tried.get((item.task_id, name)) or make(prefix=f"{name}-{item.task_id}")
        for name, (is_offered, make) in _all_forms(rights, item).items()
        if is_offered
    }


def _all_forms(rights: Rights, item: ItemRow) -> dict[str, tuple[bool, Callable[..., Form]]]:
    """Return every form about an item, by name: whether the reader may use it now, and what makes it."""
    answers = item.owner_id in rights.answers
    helps = not rights.answers.isdisjoint(item.co_owner_ids)
    decides = rights.decides
    under_way = item.status == TaskStatus.ACCEPTED
    others = [(pk, name) for pk, name in rights.owners.items() if pk != item.owner_id]
    return {
        "accept": (answers and item.status == TaskStatus.ASSIGNED, Form),
        "report": ((answers or helps) and under_way, Report),
        "ask_closing": (answers and under_way, AskClosing),
        "ask_extension": (answers and under_way and item.asked_due_on is None, AskExtension),
        "decide": (decides and item.status == TaskStatus.ASKED, Decide),
        "extension": (
            decides and item.asked_due_on is not None,
            partial(DecideExtension, initial={"due_on": item.asked_due_on}),
        ),
        "reassign": (
            decides and not item.is_done and bool(others),
            partial(Reassign, units=others, initial={"former": item.owner_id}),
        ),
    }


urlpatterns: list[URLPattern] = [
    path("instructions/", instructions, name="instructions"),
    path("instructions/new/", instruction_new, name="instruction_new"),
    path("instructions/<int:pk>/", instruction, name="instruction"),
    path("instructions/<int:pk>/sheet/", instruction_print, name="instruction_sheet"),
    path("instructions/<int:pk>/sheet.xlsx", instruction_workbook, name="instruction_workbook"),
    path("instructions/<int:pk>/scan/", instruction_scan, name="instruction_scan"),
    path("instructions/items/<int:pk>/<slug:kind>/", item_act, name="item_act"),
]
