"""The closing of a fund: what stands in the way, who proposed it, who decides."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import URLPattern, path
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from songnuan.funds.figures import closings_of
from songnuan.funds.models import Closing, Fund, Step, StepStatus
from songnuan.funds.queries import balance_of
from songnuan.journeys.close_fund import close_fund
from songnuan.journeys.confirm_closing import confirm_closing
from songnuan.journeys.decline_closing import decline_closing
from songnuan.journeys.fund_closing import Unsettled, obstacles, undone, unsettled
from songnuan.journeys.reopen_fund import reopen_fund
from songnuan.journeys.withdraw_closing import withdraw_closing
from songnuan.kernel.refusal import NotPermitted, Refusal
from songnuan.organisation.permissions import Permission
from songnuan.organisation.queries import require
from songnuan.web.forms import Form
from songnuan.web.fund_forms import Closing as ClosingForm
from songnuan.web.fund_forms import Decision, Why
from songnuan.web.fund_page import fund_view
from songnuan.web.views.funds import fund_seen
from songnuan.web.views.shared import Reader, key_of, reader_of


@login_required
@require_safe
def fund_closing(request: HttpRequest, pk: int) -> HttpResponse:
    """Show how far the closing of a fund is, and to whoever may the next step."""
    reader = reader_of(request)
    return _page(request, reader, fund_seen(reader, pk))


@login_required
def fund_close(request: HttpRequest, pk: int) -> HttpResponse:
    """Propose to close a fund, or to reopen a closed one."""
    reader = reader_of(request)
    row = fund_seen(reader, pk)
    if request.method != "POST":
        return redirect("fund_closing", pk)
    require(reader.actor, Permission.FUND_APPROPRIATE, unit_id=row.plan.unit_id, at=reader.at)
    key = key_of(request)
    # What the page was for when it was opened: nobody proposes to reopen with what was said to close.
    step = request.POST.get("step") or _next_step(row)
    form = _proposal(row, step, unsettled(row), request.POST)
    if form.is_valid():
        facts: dict[str, Any] = {"fund_id": pk, "key": key, "actor": reader.actor, "at": reader.at}
        with form.refusals():
            if step == Step.CLOSE:
                close_fund(
                    voucher=form.cleaned_data.get("voucher", ""),
                    reason=form.cleaned_data["reason"],
                    takes_loss=form.cleaned_data.get("takes_loss", False),
                    **facts,
                )
            else:
                reopen_fund(reason=form.cleaned_data["reason"], **facts)
    if form.errors:
        return _page(request, reader, fund_seen(reader, pk), tried=form)
    messages.success(request, _("It is proposed. Another person has to confirm it."))
    return redirect("fund_closing", pk)


@login_required
def closing_confirm(request: HttpRequest, pk: int) -> HttpResponse:
    """Confirm what somebody else proposed."""
    return _decide(
        request,
        pk,
        Permission.FUND_CLOSE_CONFIRM,
        lambda facts: confirm_closing(closing_id=pk, **facts),
        _("It is confirmed."),
    )


@login_required
def closing_withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    """Take back what one proposed."""
    return _decide(
        request,
        pk,
        Permission.FUND_APPROPRIATE,
        lambda facts: withdraw_closing(closing_id=pk, **facts),
        _("The proposal is taken back."),
    )


@login_required
def closing_decline(request: HttpRequest, pk: int) -> HttpResponse:
    """Decline what somebody else proposed, with the reason."""
    reader = reader_of(request)
    closing, row = _closing_seen(reader, pk)
    if request.method != "POST":
        return redirect("fund_closing", row.pk)
    require(reader.actor, Permission.FUND_CLOSE_CONFIRM, unit_id=row.plan.unit_id, at=reader.at)
    key = key_of(request)
    form = Decision(request.POST)
    if form.is_valid():
        with form.refusals():
            decline_closing(
                closing_id=closing.pk,
                remark=form.cleaned_data["remark"],
                key=key,
                actor=reader.actor,
                at=reader.at,
            )
    if form.errors:
        return _page(request, reader, row, tried=form)
    messages.success(request, _("It is declined; the fund stays as it is."))
    return redirect("fund_closing", row.pk)


def _decide(
    request: HttpRequest,
    pk: int,
    permission: Permission,
    act: Callable[[dict[str, Any]], object],
    done: str,
) -> HttpResponse:
    reader = reader_of(request)
    _closing, row = _closing_seen(reader, pk)
    if request.method != "POST":
        return redirect("fund_closing", row.pk)
    require(reader.actor, permission, unit_id=row.plan.unit_id, at=reader.at)
    try:
        act({"key": key_of(request), "actor": reader.actor, "at": reader.at})
    except NotPermitted:
        raise
    except Refusal as refusal:
        return _page(request, reader, fund_seen(reader, row.pk), refused=refusal)
    messages.success(request, done)
    return redirect("fund_closing", row.pk)


def _closing_seen(reader: Reader, pk: int) -> tuple[Closing, Fund]:
    """Return a proposal with its fund; one of a fund that the reader may not see is not there.

    Raises:
        Http404: Without a word on whether it exists.

    """
    closing = Closing.objects.filter(pk=pk).first()
    if closing is None:
        raise Http404
    return closing, fund_seen(reader, closing.fund_id)


def _next_step(row: Fund) -> Step:
    """Return what can be proposed: to close an open fund, to reopen a closed one."""
    return Step.CLOSE if row.closed_at is None else Step.REOPEN


def _proposal(
    row: Fund,
    step: str,
    against: Unsettled,
    data: Any = None,  # noqa: ANN401 - what was posted
) -> Form:
    """Return the form in which a step is proposed."""
    if step != Step.CLOSE:
        return Why(data)
    return ClosingForm(data, left_minor=balance_of(row).available, lost_minor=against.lost_minor)


def _page(
    request: HttpRequest,
    reader: Reader,
    row: Fund,
    *,
    tried: Form | None = None,
    refused: Refusal | None = None,
) -> HttpResponse:
    """Show the page; `tried` is the form to be mended, `refused` is what no form can mend."""
    steps = closings_of(row.pk)
    waiting = next((step for step in steps if step.status == StepStatus.PROPOSED), None)
    books = reader.may(Permission.FUND_APPROPRIATE, row.plan.unit_id)
    confirms = reader.may(Permission.FUND_CLOSE_CONFIRM, row.plan.unit_id)
    is_own = waiting is not None and waiting.proposed_by_id == reader.actor.user_id
    waits = unsettled(row)
    takes_loss = waiting is not None and bool(waiting.lost_minor)
    against = obstacles(row, waits, takes_loss=takes_loss) if row.closed_at is None else []
    # What is not delivered can be taken for lost in the form itself.
    others = obstacles(row, waits, takes_loss=True) if row.closed_at is None else []
    offers = books and waiting is None and not others
    decides = waiting is not None and confirms and not is_own
    step = _next_step(row)
    fits = isinstance(tried, Why) and isinstance(tried, ClosingForm) is (step == Step.CLOSE)
    forms: dict[str, Form | None] = {
        "proposal": (tried if fits else _proposal(row, step, waits)) if offers else None,
        "decision": (tried if isinstance(tried, Decision) else Decision()) if decides else None,
    }
    view = fund_view(row)
    context = {
        "fund": view,
        "balance": view.balance,
        "steps": steps,
        "waiting": waiting,
        "obstacles": against,
        "undone": undone(row, reader.day) if row.closed_at is None else [],
        "step": step,
        **forms,
        "unoffered": tried if tried not in forms.values() else None,
        "may_withdraw": waiting is not None and books and is_own,
        "is_stale": waiting is not None
        and row.closed_at is None
        and (
            waiting.left_minor != view.balance.available
            or (takes_loss and waiting.lost_minor != waits.lost_minor)
        ),
        "unreceived": waits.unreceived,
        "refusal": refused,
    }
    status = 409 if refused else 422 if tried else 200
    return render(request, "web/fund_closing.html", context, status=status)


urlpatterns: list[URLPattern] = [
    path("funds/<int:pk>/closing/", fund_closing, name="fund_closing"),
    path("funds/<int:pk>/close/", fund_close, name="fund_close"),
    path("funds/closings/<int:pk>/confirm/", closing_confirm, name="closing_confirm"),
    path("funds/closings/<int:pk>/decline/", closing_decline, name="closing_decline"),
    path("funds/closings/<int:pk>/withdraw/", closing_withdraw, name="closing_withdraw"),
]
