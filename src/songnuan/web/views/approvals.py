"""Pages of approvals: where requests lie, who stands in for whom, and the steps that are gone through."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import URLPattern, path
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from songnuan.approvals.models import Delegation, DelegationStatus, Request, StepKind
from songnuan.approvals.queries import about, asked_by, chain_for, delegations_of, pending_for, steps_of
from songnuan.approvals.rules import KINDS, Step, step_label
from songnuan.journeys.answer_delegation import answer_delegation
from songnuan.journeys.end_delegation import end_delegation
from songnuan.journeys.offer_delegation import offer_delegation
from songnuan.journeys.set_chain import set_chain
from songnuan.kernel.refusal import NotPermitted, Refusal
from songnuan.organisation.permissions import Permission
from songnuan.organisation.queries import refuse, unit_names, units_of
from songnuan.plans.models import PlanKind
from songnuan.web.approval_forms import OFFICES, ChainForm, DelegationForm, offices_of
from songnuan.web.approval_page import course_lines, kind_label
from songnuan.web.due import desk_of, others_to_decide
from songnuan.web.paging import before_of, page_of
from songnuan.web.views.shared import PAGE, Reader, key_of, names_on, only_posted, reader_of

_SEES = Permission.PLAN_VIEW


@dataclass(frozen=True, slots=True)
class Tab:
    """One of the lists; `count` is empty where it is not told."""

    key: str
    label: str
    count: int | None
    current: bool


@dataclass(frozen=True, slots=True)
class DelegationLine:
    """A delegation as either side reads it; `state` is that of its tag."""

    pk: int
    giver: str
    delegate: str
    office: str
    unit: str
    starts_on: date
    last_day: date
    reason: str
    state: str
    status_label: str
    may_answer: bool
    may_end: bool


@dataclass(frozen=True, slots=True)
class ChainLine:
    """The steps for one kind of request at a unit; `from_unit` is where they were set, empty for nowhere.

    `plan_kind` is the kind of plan they are for, empty for all kinds; `is_own` when they were set for it at
    this very unit.
    """

    kind: str
    kind_label: str
    plan_kind: str
    plan_kind_label: str
    unit_id: int
    unit: str
    steps: tuple[str, ...]
    from_unit: str
    since: date | None
    is_own: bool


@dataclass(frozen=True, slots=True)
class ChainGroup:
    """The steps for one kind of request: for all kinds of plan, and for those that go another way.

    `rest` are the kinds of plan that go the common way, as (kind, label). `may_set` is empty for who hands
    in such requests.
    """

    common: ChainLine
    special: tuple[ChainLine, ...]
    rest: tuple[tuple[str, str], ...]
    may_set: bool


@login_required
@require_safe
def approvals(request: HttpRequest) -> HttpResponse:
    """List where requests lie: those that wait for the reader, that the reader made, or all in reach."""
    reader = reader_of(request)
    sees_all = reader.may(_SEES)
    waiting = [row.request_id for row in pending_for(reader.actor, reader.at)]
    shown = request.GET.get("list", "mine")
    if shown not in {"mine", "asked", *(["all"] if sees_all else [])}:
        shown = "mine"
    older = None
    if shown == "mine":
        by_id = Request.objects.in_bulk(waiting[:PAGE])
        rows = [by_id[pk] for pk in waiting[:PAGE]]
    else:
        found = asked_by(reader.actor) if shown == "asked" else about(reader.reach(_SEES))
        before = before_of(request)
        found = found.filter(pk__lt=before) if before is not None else found
        rows, older = page_of(list(found[: PAGE + 1]), PAGE, lambda row: row.pk)
    tabs = [
        Tab("mine", _("Waiting for me"), len(waiting), shown == "mine"),
        Tab("asked", _("Asked by me"), None, shown == "asked"),
    ]
    if sees_all:
        tabs.append(Tab("all", _("All in my scope"), None, shown == "all"))
    context = {
        "tabs": tabs,
        "shown": shown,
        "courses": course_lines(rows, reader),
        "others": others_to_decide(desk_of(reader)) if shown == "mine" else [],
        "older": older,
        "may_set": reader.may(Permission.CHAIN_MANAGE),
    }
    return render(request, "web/approvals.html", context)


@login_required
def delegations(request: HttpRequest) -> HttpResponse:
    """Show who stands in for the reader and for whom the reader does; a POST offers an own office."""
    reader = reader_of(request)
    own = offices_of(reader)
    if request.method != "POST":
        return _delegations(request, reader, DelegationForm(reader) if own else None)
    if not own:
        refuse(next(iter(OFFICES)))
    form, key = DelegationForm(reader, request.POST), key_of(request)
    if form.is_valid():
        try:
            offer_delegation(key=key, actor=reader.actor, at=reader.at, **form.told())
        except NotPermitted:
            raise
        except Refusal as refusal:
            form.refuse(refusal)
        else:
            messages.success(request, _("The person is told, and has to accept it."))
            return redirect("delegations")
    return _delegations(request, reader, form)


@login_required
@only_posted
def delegation_accept(request: HttpRequest, pk: int) -> HttpResponse:
    """Take on what was offered."""
    return _answered(
        request,
        _("You stand in from the first day on."),
        lambda reader: answer_delegation(delegation_id=pk, accept=True, actor=reader.actor, at=reader.at),
    )


@login_required
@only_posted
def delegation_decline(request: HttpRequest, pk: int) -> HttpResponse:
    """Decline what was offered."""
    return _answered(
        request,
        _("It is declined."),
        lambda reader: answer_delegation(delegation_id=pk, accept=False, actor=reader.actor, at=reader.at),
    )


@login_required
@only_posted
def delegation_end(request: HttpRequest, pk: int) -> HttpResponse:
    """End a delegation before its last day."""
    said = _("The delegation is ended. What was done in it stays done.")
    return _answered(
        request, said, lambda reader: end_delegation(delegation_id=pk, actor=reader.actor, at=reader.at)
    )


@login_required
@require_safe
def chains(request: HttpRequest) -> HttpResponse:
    """Show the steps for each kind of request at the reader's units, and for each kind of plan."""
    reader = _manager(request)
    found = [
        _group(kind, unit_id, name, reader) for unit_id, name in _units(reader).items() for kind in KINDS
    ]
    return render(request, "web/approval_chains.html", {"chains": found})


@login_required
def chain(request: HttpRequest, kind: str, unit_id: int, plan_kind: str = "") -> HttpResponse:
    """Set the steps for one kind of request at a unit, for all kinds of plan or for one."""
    reader = _manager(request)
    name = _units(reader).get(unit_id)
    if name is None or kind not in KINDS or plan_kind not in {"", *PlanKind.values}:
        raise Http404
    line = _chain(kind, unit_id, name, reader, plan_kind)
    standing = steps_of(kind, chain_for(kind, unit_id, reader.day, plan_kind))
    is_ended = request.POST.get("act") == "end"
    posted = request.POST if request.method == "POST" and not is_ended else None
    form = ChainForm(reader, kind, unit_id, posted, initial=_initial(standing))
    if request.method == "POST" and (is_ended or form.is_valid()):
        try:
            set_chain(
                kind=kind,
                plan_kind=plan_kind,
                unit_id=unit_id,
                steps=[] if is_ended else form.steps(),
                actor=reader.actor,
                at=reader.at,
            )
        except NotPermitted:
            raise
        except Refusal as refusal:
            if is_ended:
                raise
            form.refuse(refusal)
        else:
            messages.success(request, _("It holds for what is asked for from now on."))
            return redirect("approval_chains")
    status = 422 if form.errors else 200
    return render(request, "web/approval_chain.html", {"chain": line, "form": form}, status=status)


def _answered(request: HttpRequest, said: str, act: Callable[[Reader], None]) -> HttpResponse:
    act(reader_of(request))
    messages.success(request, said)
    return redirect("delegations")


def _delegations(request: HttpRequest, reader: Reader, form: DelegationForm | None) -> HttpResponse:
    found, before = delegations_of(reader.user.pk), before_of(request)
    found = found.filter(pk__lt=before) if before is not None else found
    rows, older = page_of(list(found[: PAGE + 1]), PAGE, lambda row: row.pk)
    names = names_on((row.unit_id for row in rows), reader.day)
    lines = [_delegation(row, names[row.unit_id], reader) for row in rows]
    context = {"delegations": lines, "older": older, "form": form}
    status = 422 if form is not None and form.errors else 200
    return render(request, "web/delegations.html", context, status=status)


def _delegation(row: Delegation, unit: str, reader: Reader) -> DelegationLine:
    over = row.ends_on <= reader.day
    status = DelegationStatus(row.status)
    state, label = "none", str(status.label)
    if status == DelegationStatus.OFFERED:
        state = "none" if over else "waiting"
    if status == DelegationStatus.ACCEPTED:
        if over:
            label = _("over")
        elif row.starts_on > reader.day:
            state, label = "waiting", _("accepted, begins later")
        else:
            state, label = "done", _("in force")
    standing = status in {DelegationStatus.OFFERED, DelegationStatus.ACCEPTED} and not over
    return DelegationLine(
        pk=row.pk,
        giver=row.giver.name,
        delegate=row.delegate.name,
        office=str(OFFICES[Permission(row.permission)]),
        unit=unit,
        starts_on=row.starts_on,
        last_day=row.ends_on - timedelta(days=1),
        reason=row.reason,
        state=state,
        status_label=label,
        may_answer=standing and status == DelegationStatus.OFFERED and row.delegate_id == reader.user.pk,
        may_end=standing and (row.giver_id == reader.user.pk or status == DelegationStatus.ACCEPTED),
    )


def _manager(request: HttpRequest) -> Reader:
    reader = reader_of(request)
    if not reader.may(Permission.CHAIN_MANAGE):
        refuse(Permission.CHAIN_MANAGE)
    return reader


def _units(reader: Reader) -> dict[int, str]:
    """Return the units where the reader holds a post that sets chains, by name."""
    own = units_of(reader.actor, None, reader.at)
    units = own.filter(pk__in=reader.reach(Permission.CHAIN_MANAGE).values("pk"))
    return unit_names(units.values_list("pk", flat=True), reader.day)


def _group(kind: str, unit_id: int, name: str, reader: Reader) -> ChainGroup:
    common = chain_for(kind, unit_id, reader.day)
    special = [value for value in PlanKind.values if chain_for(kind, unit_id, reader.day, value) != common]
    return ChainGroup(
        common=_chain(kind, unit_id, name, reader),
        special=tuple(_chain(kind, unit_id, name, reader, value) for value in special),
        rest=tuple((value, str(label)) for value, label in PlanKind.choices if value not in special),
        may_set=not reader.may(KINDS[kind].request, unit_id),
    )


def _chain(kind: str, unit_id: int, name: str, reader: Reader, plan_kind: str = "") -> ChainLine:
    found = chain_for(kind, unit_id, reader.day, plan_kind)
    steps = steps_of(kind, found)
    places = names_on([step.unit_id for step in steps], reader.day)
    source = names_on([found.unit_id], reader.day)[found.unit_id] if found is not None else ""
    own = (kind, unit_id, plan_kind)
    return ChainLine(
        kind=kind,
        kind_label=kind_label(kind),
        plan_kind=plan_kind,
        plan_kind_label=str(PlanKind(plan_kind).label) if plan_kind else "",
        unit_id=unit_id,
        unit=name,
        steps=tuple(
            f"{step_label(kind, step.kind)} · {places[step.unit_id]}"
            if step.unit_id
            else step_label(kind, step.kind)
            for step in steps
        ),
        from_unit=source,
        since=found.starts_on if found is not None else None,
        is_own=found is not None and (found.kind, found.unit_id, found.plan_kind) == own,
    )


def _initial(steps: Sequence[Step]) -> dict[str, object]:
    return {
        "review": any(step.kind == StepKind.REVIEW for step in steps),
        "countersign": [step.unit_id for step in steps if step.kind == StepKind.COUNTERSIGN],
    }


urlpatterns: list[URLPattern] = [
    path("approvals/", approvals, name="approvals"),
    path("approvals/delegations/", delegations, name="delegations"),
    path("approvals/delegations/<int:pk>/accept/", delegation_accept, name="delegation_accept"),
    path("approvals/delegations/<int:pk>/decline/", delegation_decline, name="delegation_decline"),
    path("approvals/delegations/<int:pk>/end/", delegation_end, name="delegation_end"),
    path("approvals/chains/", chains, name="approval_chains"),
    path("approvals/chains/<str:kind>/<int:unit_id>/", chain, name="approval_chain"),
    path("approvals/chains/<str:kind>/<int:unit_id>/<slug:plan_kind>/", chain, name="approval_chain_of"),
]
