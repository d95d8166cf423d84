"""Pages of an amendment: it is begun, read beside what is in force, handed in, approved, put in force."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _

from songnuan.approvals.authority import has_office
from songnuan.approvals.models import Request, RequestStatus, Verb
from songnuan.approvals.queries import has_acted, latest, may_act
from songnuan.journeys.amending import subject_of
from songnuan.journeys.approve_amendment import approve_amendment
from songnuan.journeys.close_measure import close_measure
from songnuan.journeys.living_plan import progress_of
from songnuan.journeys.measures import kinds
from songnuan.journeys.open_amendment import open_amendment
from songnuan.journeys.put_amendment_in_force import put_amendment_in_force
from songnuan.journeys.reopen_amendment import reopen_amendment
from songnuan.journeys.return_amendment import return_amendment
from songnuan.journeys.submit_amendment import submit_amendment
from songnuan.journeys.withdraw_amendment import withdraw_amendment
from songnuan.journeys.withdraw_amendment_request import withdraw_amendment_request
from songnuan.kernel.refusal import NotPermitted, Refusal
from songnuan.organisation.permissions import Permission
from songnuan.organisation.queries import require
from songnuan.plans.models import Amendment, AmendmentStatus, Measure, MeasureStatus, Plan, PlanStatus
from songnuan.plans.queries import amendment_of, in_force, version_of
from songnuan.plans.versions import text_of
from songnuan.web.approval_page import history_of
from songnuan.web.plan_forms import ReasonForm
from songnuan.web.plan_writing import base_of
from songnuan.web.views.plan_versions import comparison_of
from songnuan.web.views.shared import Reader, plan_seen, reader_of

_DIGITS = 6  # of the place of a step, or the number of a version
_WRITERS = (Permission.PLAN_WRITE, Permission.PLAN_APPROVE, Permission.PLAN_OPEN)


@dataclass(frozen=True, slots=True)
class TextLine:
    """What the page of a plan says about its text: which version, since when, and what may be done about it.

    `amended` is the amendment in force, `amendment` the one under way where the reader has to do with it.
    """

    version: int
    amended: Amendment | None
    amendment: Amendment | None
    may_write: bool
    may_amend: bool


def text_line(reader: Reader, plan: Plan) -> TextLine:
    """Return what the page of the plan says about its text."""
    may_write = reader.may(Permission.PLAN_WRITE, plan.unit_id)
    amendment = amendment_of(plan)
    if amendment is not None and not _concerns(reader, plan, amendment):
        amendment = None
    return TextLine(
        version=plan.version,
        amended=next(iter(in_force(plan)), None),
        amendment=amendment,
        may_write=may_write and plan.status == PlanStatus.DRAFT,
        may_amend=may_write and plan.status == PlanStatus.OPEN and amendment is None,
    )


def _concerns(reader: Reader, plan: Plan, found: Amendment) -> bool:
    """Return whether the reader has to do with the amendment, or had.

    The reader writes, approves or opens the plan; or the amendment lies with the reader, or did: whoever
    asked for or decided anything about one of its versions may look what became of it.
    """
    if any(reader.may(right, plan.unit_id) for right in _WRITERS):
        return True
    stem = subject_of(plan, found).rpartition("@")[0]
    if has_acted(reader.actor, [f"{stem}@{number}" for number in range(found.base + 1, found.version + 1)]):
        return True
    request = latest(subject_of(plan, found))
    return request is not None and may_act(reader.actor, request, reader.at) is not None


@login_required
def amendment_new(request: HttpRequest, slug: str) -> HttpResponse:
    """Begin to amend the plan."""
    reader = reader_of(request)
    plan = plan_seen(reader, slug)
    require(reader.actor, Permission.PLAN_WRITE, unit_id=plan.unit_id, at=reader.at)
    if amendment_of(plan) is not None:
        return redirect("amendment", slug)
    form = ReasonForm(request.POST) if request.method == "POST" else ReasonForm()
    if request.method == "POST" and form.is_valid():
        reason = form.cleaned_data["reason"]
        with form.refusals():
            open_amendment(slug=slug, base=base_of(request), reason=reason, actor=reader.actor, at=reader.at)
            messages.success(request, _("The amendment is begun. The plan goes on as it is meanwhile."))
            return redirect("plan_text", slug)
    context = {"plan": plan, "form": form}
    return render(request, "web/amendment_new.html", context, status=422 if form.errors else 200)


@login_required
def amendment(request: HttpRequest, slug: str) -> HttpResponse:
    """Show the amendment beside what is in force, and carry out what was posted about it."""
    reader = reader_of(request)
    plan = plan_seen(reader, slug)
    found = amendment_of(plan)
    if found is None and request.method != "POST":
        return redirect("plan", slug)
    if found is not None and not _concerns(reader, plan, found):
        raise Http404
    if request.method == "POST":
        return _act(request, reader, plan)
    assert found is not None  # noqa: S101 - what is not amended was sent back to the plan
    return _page(request, reader, plan, found)


def _acts(
    request: HttpRequest, reader: Reader, slug: str
) -> dict[str, tuple[Callable[[], object], str, str]]:
    """Return what may be posted: the act, what is said then, and where it leads."""
    who: dict[str, Any] = {"slug": slug, "actor": reader.actor, "at": reader.at}
    seen: dict[str, Any] = {
        "digest": request.POST.get("digest", ""),
        "remark": request.POST.get("remark", ""),
    }
    seen["step"] = _number(request, "step")
    remark, version = seen["remark"], _number(request, "version") or 0
    page, plan = reverse("amendment", args=(slug,)), reverse("plan", args=(slug,))
    return {
        "submit": (
            lambda: submit_amendment(**who),
            _("The amendment is handed in. Whoever signs finds it among what is due."),
            page,
        ),
        "approve": (
            lambda: approve_amendment(**who, **seen),
            _("Your approval is noted."),
            page,
        ),
        "return": (
            lambda: return_amendment(**who, **seen),
            _("The amendment went back to its writer."),
            page,
        ),
        "take_back": (
            lambda: withdraw_amendment_request(**who, remark=remark),
            _("The request is taken back; the amendment can be written on."),
            page,
        ),
        "send_back": (
            lambda: reopen_amendment(**who, version=version, remark=remark),
            _("The amendment goes back to be changed. It is approved anew before it counts."),
            page,
        ),
        "put": (
            lambda: put_amendment_in_force(**who),
            _("The amended text is in force. Whom it concerns has been told."),
            plan,
        ),
        "withdraw": (
            lambda: withdraw_amendment(**who),
            _("The amendment is withdrawn. The plan stays as it is."),
            plan,
        ),
    }


def _number(request: HttpRequest, name: str) -> int | None:
    """Return a small number that was posted, or None."""
    told = request.POST.get(name, "")
    return int(told) if told.isascii() and told.isdigit() and len(told) < _DIGITS else None


def _act(request: HttpRequest, reader: Reader, plan: Plan) -> HttpResponse:
    known = _acts(request, reader, plan.slug)
    act = known.get(request.POST.get("act", ""))
    if act is None:
        return redirect("amendment", plan.slug)
    try:
        act[0]()
    except NotPermitted:
        raise
    except Refusal as refusal:
        found = amendment_of(plan)
        if found is None:
            messages.error(request, refusal.sentence)
            return redirect("plan", plan.slug)
        return _page(request, reader, plan, found, refusal)
    messages.success(request, act[1])
    return redirect(act[2])


def _page(
    request: HttpRequest, reader: Reader, plan: Plan, found: Amendment, refusal: Refusal | None = None
) -> HttpResponse:
    old, new = version_of(plan, found.base), version_of(plan, found.version)
    if old is None or new is None:
        raise Http404
    history = history_of(plan.slug, range(found.base, found.version + 1), reader, found.begun_at)
    pending = history.request
    waits = pending if pending is not None and pending.status == RequestStatus.PENDING else None
    office = may_act(reader.actor, waits, reader.at) if waits is not None else None
    may_write = reader.may(Permission.PLAN_WRITE, plan.unit_id)
    may_open = reader.may(Permission.PLAN_OPEN, plan.unit_id)
    beside = refusal.sentence if refusal and refusal.field in {"remark", "reason"} else ""
    is_draft = found.status == AmendmentStatus.DRAFT
    context = {
        "plan": plan,
        "amendment": found,
        "old": old,
        "new": new,
        "comparison": comparison_of(old, new),
        "course": history.course,
        "earlier": history.earlier,
        "changed_since": history.changed_since,
        "step": waits.step if waits is not None else 0,
        "in_stead_of": office.holder.label if office is not None and office.delegation is not None else "",
        "may_write": may_write and is_draft,
        "may_sign": office is not None,
        **_back(reader, plan, found, waits, can_decide=office is not None),
        "may_put": may_open and found.status == AmendmentStatus.APPROVED,
        "may_withdraw": may_write and found.status in {AmendmentStatus.DRAFT, AmendmentStatus.APPROVED},
        "to_close": _to_close(plan, new.source) if may_open else [],
        "refusal": refusal if refusal and not beside else None,
        "remark": request.POST.get("remark", "") if refusal else "",
        "remark_error": beside,
    }
    return render(request, "web/amendment.html", context, status=409 if refusal else 200)


def _back(
    reader: Reader, plan: Plan, found: Amendment, waits: Request | None, *, can_decide: bool
) -> dict[str, bool]:
    """Return whether the reader may take the request back, or send back what was approved.

    Who can decide where the request lies returns it; at every other step taking it back is the way out.
    """
    signs = reader.may(Permission.PLAN_APPROVE, plan.unit_id)
    is_maker = waits is not None and waits.acts.filter(verb=Verb.REQUEST, person_id=reader.user.pk).exists()
    is_approved = found.status == AmendmentStatus.APPROVED
    writes = reader.may(Permission.PLAN_WRITE, plan.unit_id)
    return {
        "may_take_back": is_maker or (waits is not None and signs and not can_decide),
        "take_back_needs_reason": not is_maker,
        "may_send_back": is_approved
        and (writes or has_office(reader.actor, Permission.PLAN_APPROVE, unit_id=plan.unit_id, at=reader.at)),
    }


def _to_close(plan: Plan, source: str) -> list[dict[str, object]]:
    """Return the measures under way that the new text no longer has: they are closed first."""
    told = {entry.key for _clause, entry in text_of(source).measures()}
    rows = Measure.objects.filter(plan=plan, status=MeasureStatus.OPEN).exclude(key__in=told)
    return [{"id": row.pk, "label": kinds()[row.kind].label()} for row in rows.order_by("position")]


@login_required
def measure_close(request: HttpRequest, slug: str, measure_id: int) -> HttpResponse:
    """Close one measure of a plan under way, with its reason."""
    reader = reader_of(request)
    plan = plan_seen(reader, slug)
    require(reader.actor, Permission.PLAN_OPEN, unit_id=plan.unit_id, at=reader.at)
    measure = get_object_or_404(Measure.objects.select_related("plan"), pk=measure_id, plan=plan)
    form = ReasonForm(request.POST) if request.method == "POST" else ReasonForm()
    if request.method == "POST" and form.is_valid():
        reason = form.cleaned_data["reason"]
        with form.refusals():
            close_measure(slug=slug, measure_id=measure_id, reason=reason, actor=reader.actor, at=reader.at)
            messages.success(request, _("The measure is closed."))
            return redirect("amendment" if amendment_of(plan) else "plan", slug)
    context = {
        "plan": plan,
        "measure": measure,
        "label": kinds()[measure.kind].label(),
        "progress": progress_of([measure], reader.at)[measure.pk],
        "form": form,
    }
    return render(request, "web/measure_close.html", context, status=422 if form.errors else 200)


urlpatterns: list[URLPattern] = [
    path("plans/<slug:slug>/amend/", amendment_new, name="amendment_new"),
    path("plans/<slug:slug>/amendment/", amendment, name="amendment"),
    path("plans/<slug:slug>/measures/<int:measure_id>/close/", measure_close, name="measure_close"),
]
