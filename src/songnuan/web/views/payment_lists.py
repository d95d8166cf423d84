"""The page of a list of payments: what it pays whom, who answers for it, and what is to be done about it."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _

from songnuan.approvals.authority import Office
from songnuan.approvals.models import Request, StepKind
from songnuan.approvals.models import RequestStatus as Answer
from songnuan.approvals.queries import latest, may_act
from songnuan.benefits.lists import by_rank
from songnuan.funds.holding import subject_of as fund_subject
from songnuan.journeys.decide_list import approve_list, return_list, withdraw_list
from songnuan.journeys.sign_list import cancel_list, sign_list
from songnuan.kernel.refusal import NotPermitted, Refusal
from songnuan.organisation.permissions import Permission
from songnuan.payments.models import RUNNING, ListAct, ListStatus, PaymentList, Verb
from songnuan.payments.queries import acts_of, is_paid
from songnuan.payments.retention import books_until
from songnuan.payments.rules import list_number, subject_of
from songnuan.web.approval_page import course_lines
from songnuan.web.decided import say_decided, say_request_decided
from songnuan.web.hold_forms import HoldMark, mark_of
from songnuan.web.paging import before_of, page_of
from songnuan.web.payee_page import words_of
from songnuan.web.payment_list_page import (
    SAID,
    STATES,
    differences_of,
    in_words,
    inspector_step,
    ladder_of,
    may_see,
    those,
    why_nothing,
)
from songnuan.web.views.shared import PAGE, Reader, reader_of

_NAME = 60
_DIGITS = 18


@login_required
def payment_list(request: HttpRequest, pk: int) -> HttpResponse:
    """Show a list with its approval and its lines, and carry out what was posted about it."""
    reader = reader_of(request)
    row = _seen(reader, pk)
    if request.method != "POST":
        return _page(request, reader, row)
    name = request.POST.get("act", "")
    act = _acts(request, reader, row).get(name)
    if act is None:
        return redirect("payment_list", pk)
    try:
        act[0]()
    except Refusal as refusal:
        if _was_done(request, reader, _seen(reader, pk), name):
            return redirect("payment_list", pk)
        if isinstance(refusal, NotPermitted) and refusal.code not in SAID:
            raise
        return _page(request, reader, _seen(reader, pk), refusal)
    messages.success(request, act[1])
    return redirect("payment_list", pk)


def _seen(reader: Reader, pk: int) -> PaymentList:
    """Return the list; one that the reader may not see is not there.

    Raises:
        Http404: Without a word on whether it exists.

    """
    rows = PaymentList.objects.select_related(
        "measure__plan", "fund", "reckoning__version__standard", "first", "cancelled_by"
    )
    row = get_object_or_404(rows, pk=pk)
    if not may_see(row, reader):
        raise Http404
    return row


def _acts(
    request: HttpRequest, reader: Reader, row: PaymentList
) -> dict[str, tuple[Callable[[], object], str]]:
    """Return what may be posted: the act, and what is said then."""
    who: dict[str, Any] = {"list_id": row.pk, "actor": reader.actor, "at": reader.at}
    remark, step = request.POST.get("remark", ""), request.POST.get("step", "")
    seen: dict[str, Any] = {"digest": request.POST.get("digest", ""), "remark": remark}
    at_step = int(step) if step.isascii() and step.isdigit() and len(step) < _DIGITS else None
    noted = {
        StepKind.REVIEW.value: _("Your check is noted. The list goes on to whoever approves it."),
        StepKind.SIGN.value: _("The list is approved, and its money set aside. The inspector signs it next."),
    }
    here = _kind(latest(subject_of(row.pk)))
    return {
        "approve": (
            lambda: approve_list(**seen, step=at_step, **who),
            noted.get(here, _("Your approval is noted.")),
        ),
        "return": (
            lambda: return_list(**seen, step=at_step, **who),
            _("The list went back to who made it. It is reckoned and made anew."),
        ),
        "withdraw": (
            lambda: withdraw_list(remark=remark, **who),
            _("The list is withdrawn. Nothing is paid on it."),
        ),
        "sign": (lambda: sign_list(**seen, **who), _("The list is signed. It can be paid now.")),
        "cancel": (
            lambda: cancel_list(why=request.POST.get("why", ""), **who),
            _("The list is cancelled. Its money is available again, and other lists may pay its people."),
        ),
    }


def _was_done(request: HttpRequest, reader: Reader, row: PaymentList, name: str) -> bool:
    """Say what is recorded where the act was done before: a second click, or a second window."""
    if name in {"approve", "return"}:
        return say_request_decided(request, subject_of(row.pk), reader.user)
    if name == "sign":
        signed = next((act for act in acts_of(row.pk) if act.verb == Verb.INSPECT), None)
        if signed is not None:
            say_decided(request, str(Verb.INSPECT.label), signed.at, signed.person, reader.user)
        return signed is not None
    label, at, by = str(ListStatus(row.status).label), row.cancelled_at, row.cancelled_by
    if name == "withdraw" and row.status == ListStatus.WITHDRAWN:
        asked = latest(subject_of(row.pk))
        at, by = (asked.withdrawn_at, asked.withdrawn_by) if asked is not None else (None, None)
    elif name != "cancel":
        return False
    if at is not None:
        say_decided(request, label, at, by, reader.user)
    return at is not None


def _page(
    request: HttpRequest, reader: Reader, row: PaymentList, refusal: Refusal | None = None
) -> HttpResponse:
    asked, before = request.GET.get("q", "").strip()[:_NAME], before_of(request)
    lines = those(row, asked)
    found, older = page_of(
        lines if before is None else lines.filter(position__gt=before), PAGE, lambda line: line.position
    )
    context: dict[str, object] = {
        "row": row,
        "number": list_number(row.number),
        "first_number": list_number(row.first.number) if row.first else "",
        "state": STATES[row.status],
        "status_label": str(ListStatus(row.status).label),
        "plan": row.measure.plan,
        "fund_url": reader.may(Permission.FUND_VIEW, row.measure.plan.unit_id),
        "reads": reader.may(Permission.BENEFIT_VIEW, row.measure.plan.unit_id),
        "lines": in_words(row, found, reader),
        "books_until": books_until([row.pk]).get(row.pk),
        "older": older,
        "asked": asked,
        "is_first": before is None and not asked,
        "ladder": ladder_of(acts_of(row.pk)),
        "mark": _mark(reader, row),
        **_payment(reader, row),
        "words": words_of(row, reader),
    }
    if context["is_first"]:
        context |= _standing(request, reader, row, refusal)
    status = 200 if refusal is None else 403 if isinstance(refusal, NotPermitted) else 409
    return render(request, "web/payment_list.html", context, status=status)


def _payment(reader: Reader, row: PaymentList) -> dict[str, object]:
    """Return where the list goes on, once the inspector has signed it."""
    unit_id = row.measure.plan.unit_id
    is_near = row.status in {ListStatus.SIGNED, ListStatus.RELEASED}
    reads = is_near and reader.may(Permission.BENEFIT_VIEW, unit_id)
    calls = row.status == ListStatus.RELEASED and reader.may(Permission.LIST_INSPECT, unit_id)
    return {
        "calls_url": reverse("payment_callbacks", args=(row.pk,)) if calls else "",
        "pay_url": reverse("payment", args=(row.pk,)) if reads else "",
        "notice_url": reverse("payment_notice", args=(row.pk,)),
        "may_release": row.status == ListStatus.SIGNED and reader.may(Permission.PAYMENT_RELEASE, unit_id),
    }


def _mark(reader: Reader, row: PaymentList) -> HoldMark:
    """Return how the list and its fund are held; what can not be paid any more is not put on hold."""
    mark = mark_of(reader, row.measure.plan.unit_id, [subject_of(row.pk), fund_subject(row.fund_id)])
    return mark if row.status in (*RUNNING, ListStatus.RELEASED) else HoldMark(mark.holds, "")


def _standing(
    request: HttpRequest, reader: Reader, row: PaymentList, refusal: Refusal | None
) -> dict[str, object]:
    """Return where the list stands, what can be done about it, and what was tried."""
    acts, asked = acts_of(row.pk), latest(subject_of(row.pk))
    waits = asked if asked is not None and asked.status == Answer.PENDING else None
    office = may_act(reader.actor, waits, reader.at) if waits is not None else None
    if office is not None and _pays(row, office, reader):
        office = None
    held = {hold.subject for hold in _mark(reader, row).holds}
    differ = differences_of(row) if row.status in RUNNING else None
    posted = request.POST.get("act", "") if refusal else ""
    field = refusal.field if refusal is not None else ""
    return {
        "course": course_lines([asked], reader)[0] if asked is not None else None,
        "inspector": inspector_step(row, acts, reader),
        "differ": differ,
        "ranks": by_rank(row.reckoning),
        "step": waits.step if waits is not None else 0,
        "in_stead_of": office.holder.label if office is not None and office.delegation is not None else "",
        "may_decide": office is not None,
        "may_approve": office is not None and not held and not differ,
        "kind": _kind(waits),
        "may_sign": _may_sign(row, acts, reader),
        "sign_open": subject_of(row.pk) not in held and not differ,
        "is_held": bool(held),
        **_taking_back(row, reader, acts, has_office=office is not None),
        "why_nothing": why_nothing(row, acts, reader),
        "refusal": refusal if not field else None,
        "errors": {posted: refusal.sentence} if refusal is not None and field else {},
        "typed": request.POST.get("why") or request.POST.get("remark", "") if refusal else "",
    }


def _kind(waits: Request | None) -> str:
    """Return what is done at the step where a list lies: review, countersign or sign."""
    here = waits.steps.filter(position=waits.step).first() if waits is not None else None
    return here.kind if here is not None else ""


def _pays(row: PaymentList, office: Office, reader: Reader) -> bool:
    return is_paid(row.pk, reader.user.pk) or is_paid(row.pk, office.holder_id)


def _may_sign(row: PaymentList, acts: list[ListAct], reader: Reader) -> bool:
    """Return whether the reader may sign as inspector, holds aside."""
    return (
        row.status == ListStatus.APPROVED
        and reader.may(Permission.LIST_INSPECT, row.measure.plan.unit_id)
        and all(act.person_id != reader.user.pk for act in acts)
        and not is_paid(row.pk, reader.user.pk)
    )


def _taking_back(
    row: PaymentList, reader: Reader, acts: list[ListAct], *, has_office: bool
) -> dict[str, bool]:
    """Return whether the reader may end the list: who made it or signs while it waits, later who pays."""
    unit_id, is_maker = row.measure.plan.unit_id, acts[0].person_id == reader.user.pk
    is_waiting = row.status == ListStatus.PENDING
    signs = reader.may(Permission.PLAN_APPROVE, unit_id) and not has_office
    return {
        "is_maker": is_maker,
        "may_withdraw": is_waiting and (is_maker or signs),
        "may_cancel": row.status in {ListStatus.APPROVED, ListStatus.SIGNED}
        and reader.may(Permission.PURCHASE_RECORD, unit_id),
    }


urlpatterns: list[URLPattern] = [path("lists/<int:pk>/", payment_list, name="payment_list")]
