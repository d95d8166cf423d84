"""Pages of tasks out of orders: giving one, and the page on which it is answered and looked at."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import URLPattern, path
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from songnuan.emergency.models import Order, OrderTask, OrderTaskAct, OrderTaskStatus
from songnuan.emergency.order_task_queries import acts_about, is_for
from songnuan.emergency.order_task_rules import is_late
from songnuan.journeys.order_tasks import (
    acknowledge_task,
    answer_task,
    assign_task,
    send_back_task,
    withdraw_task,
)
from songnuan.kernel.refusal import Refusal
from songnuan.records.rules import Opened
from songnuan.web.emergency_page import emergency_seen, role_of
from songnuan.web.forms import Form
from songnuan.web.opening import handed_out
from songnuan.web.order_task_forms import AssignForm, TaskAnswerForm, TaskWordsForm
from songnuan.web.order_task_page import row_of, told_to
from songnuan.web.views.shared import Reader, key_of, reader_of, was_received

_SAID = ("own_answer", "task_not_yours", "person_needed")
"""What stands against one person alone is said beside the form; a missing right has a page of its own."""


@dataclass(frozen=True, slots=True)
class Act:
    """A form of the page: how it is made, what it does, and what is said then."""

    form: Callable[[Any, Any], Form]
    carry_out: Callable[[Any], object]
    said: str


@login_required
@never_cache
def task_new(request: HttpRequest, pk: int) -> HttpResponse:
    """Show the form that gives a part of an order to somebody, and give it."""
    reader = reader_of(request)
    order = get_object_or_404(Order.objects.select_related("measure__plan", "activation"), pk=pk)
    measure = emergency_seen(order.measure_id, reader)
    if was_received(request):
        return redirect("emergency_order", pk)
    initial = {"what": order.text if len(order.text) <= 120 else "", "due_at": order.due_at}
    form = AssignForm(
        request.POST if request.method == "POST" else None, order=order, reader=reader, initial=initial
    )
    if request.method == "POST" and form.is_valid():
        with form.refusals(_SAID):
            assign_task(order_id=pk, new=form.new(), key=key_of(request), actor=reader.actor, at=reader.at)
            messages.success(request, _("Given. Whoever answers it has been told."))
            return redirect("emergency_order", pk)
    context = {"order": order, "measure": measure, "role": role_of(measure, reader), "form": form}
    return render(request, "web/order_task_new.html", context, status=422 if form.errors else 200)


@login_required
@never_cache
def order_task(request: HttpRequest, pk: int) -> HttpResponse:
    """Show a task, and carry out what was posted about it."""
    reader = reader_of(request)
    task = _seen(reader, pk)
    acts = _acts(request, reader, task)
    forms = {name: act.form(None, None) for name, act in acts.items()}
    name = request.POST.get("act", "")
    if request.method != "POST":
        return _page(request, reader, task, forms)
    if name == "answer" and was_received(request):
        return redirect("order_task", pk)
    if name == "acknowledge":
        try:
            acknowledge_task(order_task_id=pk, actor=reader.actor, at=reader.at)
            messages.success(request, _("Acknowledged."))
        except Refusal as refusal:
            messages.error(request, refusal.sentence)
        return redirect("order_task", pk)
    if name not in acts:
        raise Http404
    form = forms[name] = acts[name].form(request.POST, request.FILES)
    if form.is_valid():
        with form.refusals(_SAID):
            acts[name].carry_out(form)
            messages.success(request, acts[name].said)
            return redirect("order_task", pk)
    return _page(request, reader, _seen(reader, pk), forms, wrong=name)


def _acts(request: HttpRequest, reader: Reader, task: OrderTask) -> dict[str, Act]:
    """Return what may be posted about a task."""
    told: dict[str, Any] = {"order_task_id": task.pk, "actor": reader.actor, "at": reader.at}
    return {
        "answer": Act(
            TaskAnswerForm,
            lambda form: answer_task(
                text=form.cleaned_data["words"], file=form.sent(), key=key_of(request), **told
            ),
            _("Answered. The office and the leading group have been told."),
        ),
        "send_back": Act(
            partial(TaskWordsForm, auto_id="send_back_%s"),
            lambda form: send_back_task(text=form.cleaned_data["words"], **told),
            _("Sent back. Whoever answers it has been told."),
        ),
        "withdraw": Act(
            partial(TaskWordsForm, auto_id="withdraw_%s"),
            lambda form: withdraw_task(text=form.cleaned_data["words"], **told),
            _("Withdrawn. Whoever was to answer it has been told."),
        ),
    }


def _seen(reader: Reader, pk: int) -> OrderTask:
    """Return the task; one that the reader may not see is not there.

    Raises:
        Http404: Without a word on whether it exists.

    """
    told = ("order__measure__plan", "order__activation", "unit", "owner", "assigned_by")
    task = get_object_or_404(OrderTask.objects.select_related(*told), pk=pk)
    if not is_for(task, reader.actor, reader.at):
        emergency_seen(task.order.measure_id, reader)
    return task


def _sees_order(reader: Reader, task: OrderTask) -> bool:
    try:
        emergency_seen(task.order.measure_id, reader)
    except Http404:
        return False
    return True


def _page(
    request: HttpRequest, reader: Reader, task: OrderTask, forms: dict[str, Form], wrong: str = ""
) -> HttpResponse:
    role = role_of(task.order.measure, reader)
    done = acts_about(task.pk)
    answers = [one for one in done if one.verb == "answer"]
    context = {
        "row": row_of(task, told_to([task], reader.day), reader.at),
        "task": task,
        "order": task.order,
        "measure": task.order.measure,
        "sees_order": _sees_order(reader, task),
        "is_drill": task.is_drill,
        "is_late": is_late(task, reader.at),
        "acts": done,
        "answers": task.status == OrderTaskStatus.OPEN and is_for(task, reader.actor, reader.at),
        "looks": task.status == OrderTaskStatus.ANSWERED
        and (role.manages or role.member is not None)
        and answers[-1].by_id != reader.user.pk,
        "withdraws": task.status == OrderTaskStatus.OPEN and (role.manages or role.member is not None),
        "forms": forms,
        "wrong": wrong,
    }
    return render(request, "web/order_task.html", context, status=422 if wrong else 200)


@login_required
@never_cache
@require_safe
def order_task_file(request: HttpRequest, pk: int, number: int) -> FileResponse:
    """Give the file of an answer; each look is noted."""
    reader = reader_of(request)
    task = _seen(reader, pk)
    act = get_object_or_404(OrderTaskAct, pk=number, task=task)
    stream = f"plan:{task.order.measure.plan.slug}"
    return handed_out(
        request, reader, act.file_id, Opened("task_answer", stream, f"emergency.ordertask:{pk}")
    )


urlpatterns: list[URLPattern] = [
    path("emergency/orders/<int:pk>/tasks/new/", task_new, name="order_task_new"),
    path("emergency/tasks/<int:pk>/", order_task, name="order_task"),
    path("emergency/tasks/<int:pk>/files/<int:number>/", order_task_file, name="order_task_file"),
]
