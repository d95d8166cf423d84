"""What is due of emergencies: what is in force, a handing over to answer, orders, reports to write."""

from collections.abc import Iterator

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from songnuan.emergency.command_queries import in_force, measures_of_member, open_orders, unreported
from songnuan.emergency.models import (
    Activation,
    ActivationStatus,
    Asks,
    Handover,
    HandoverStatus,
    Muster,
    Order,
    OrderTask,
    OrderTaskStatus,
)
from songnuan.emergency.muster_queries import (
    Caller,
    callers,
    calls_of,
    musters_with,
    own_lines,
    running,
    unknown_at,
)
from songnuan.emergency.order_task_queries import tasks_for, unfinished
from songnuan.emergency.order_task_rules import is_late
from songnuan.journeys.measures.response import number_of, settings_of, summary_due
from songnuan.kernel.clock import CHINA
from songnuan.kernel.days import written
from songnuan.organisation.permissions import Permission
from songnuan.organisation.queries import day_of
from songnuan.plans.models import Measure
from songnuan.web.due.base import Desk, Due


def to_muster(desk: Desk) -> Iterator[Due]:
    """Yield the musters that run, where the reader is expected and not there, or has people to call."""
    plans = [plan.pk for plan in desk.running(desk.reach_ids(Permission.EMERGENCY_MANAGE))]
    lead = Q(holder__user=desk.user.pk) | (Q(measure__plan__in=plans) if plans else Q())
    active = Activation.objects.filter(lead, status=ActivationStatus.ACTIVE)
    leading = set(active.values_list("pk", flat=True))
    rows = {one.pk: one for one in (*musters_with(desk.user.pk), *running(sorted(leading)))}
    if not rows:
        return
    trees = [one.tree_id for one in rows.values()]
    own, above, unknown = own_lines(trees, desk.user.pk), callers(trees), unknown_at(rows.values())
    for pk, row in sorted(rows.items()):
        asks = Caller(own.get(row.tree_id), row.activation_id in leading)
        calls = len(calls_of(row, unknown[pk], above, asks, desk.at))
        is_waited_for = asks.own is not None and any(one.line.pk == asks.own.pk for one in unknown[pk])
        if is_waited_for or calls:
            yield _muster(row, calls, desk, is_waited_for=is_waited_for)


def _muster(row: Muster, calls: int, desk: Desk, *, is_waited_for: bool) -> Due:
    title = _("Muster at %(place)s by %(moment)s")
    if row.activation.is_drill:
        title = _("Drill! Muster at %(place)s by %(moment)s")
    to_call = ngettext("%(count)s person to call", "%(count)s people to call", calls) % {"count": calls}
    return Due(
        title=title % {"place": row.place, "moment": written(row.due_at.astimezone(CHINA), "moment")},
        plan=row.activation.measure.plan.title,
        detail=to_call if calls else "",
        url=reverse("muster", args=(row.pk,)),
        action=pgettext("muster", "Check in") if is_waited_for else pgettext("muster", "Call them"),
        today=desk.day,
        due_on=day_of(row.due_at),
    )


def to_command(desk: Desk) -> Iterator[Due]:
    """Yield what a member of a leading group, or its office, sees to."""
    own, concerned = _concerned(desk)
    yield from _to_answer(desk, concerned)
    if not concerned:
        return
    for row in in_force(concerned):
        yield _in_force(row, desk)
    yield from _offers(desk)
    for order in open_orders(concerned).select_related("measure__plan", "activation__holder"):
        if _is_for(order, desk, own):
            yield _order(order, desk)
    for row in unreported(concerned):
        yield Due(
            title=_("Write the after-action report of %(number)s") % {"number": _number(row)},
            plan=row.measure.plan.title,
            url=reverse("activation", args=(row.pk,)) + "#report",
            action=pgettext("report", "Write it"),
            today=desk.day,
            due_on=summary_due(row, settings_of(row.measure)),
        )


def _concerned(desk: Desk) -> tuple[set[int], set[int]]:
    """Return the measures of whose leading group the reader is, and these with those of the own office."""
    own = set(measures_of_member(desk.user.pk, desk.day))
    plans = [plan.pk for plan in desk.running(desk.reach_ids(Permission.EMERGENCY_MANAGE))]
    if not plans:
        return own, own
    rows = Measure.objects.filter(kind="response", plan__in=plans)
    return own, own | set(rows.values_list("pk", flat=True))


def _to_answer(desk: Desk, concerned: set[int]) -> Iterator[Due]:
    """Yield the tasks out of orders that wait for the reader's answer, or for what the office says to one."""
    mine = tasks_for(desk.actor, desk.at)
    for task in mine:
        yield _task(task, _("Task of %(issuer)s: %(what)s"), pgettext("order task", "Answer it"), desk)
    known = {task.pk for task in mine}
    for task in unfinished(concerned) if concerned else ():
        if task.pk in known:
            continue
        if task.status == OrderTaskStatus.ANSWERED:
            yield _task(task, _("Look at the answer: %(what)s"), pgettext("order task", "Look at it"), desk)
        elif is_late(task, desk.at):
            yield _task(task, _("Not answered in time: %(what)s"), pgettext("order task", "Open"), desk)


def _task(task: OrderTask, title: str, action: str, desk: Desk) -> Due:
    order = task.order
    facts = {"issuer": order.issuer, "what": task.what}
    moment = written(task.due_at.astimezone(CHINA), "moment")
    late = _("overdue since %(moment)s") if is_late(task, desk.at) else _("by %(moment)s")
    return Due(
        title=(_("Drill! %(title)s") % {"title": title % facts}) if task.is_drill else title % facts,
        plan=order.measure.plan.title,
        detail=late % {"moment": moment},
        url=reverse("order_task", args=(task.pk,)),
        action=action,
        today=desk.day,
        due_on=day_of(task.due_at),
    )


def _number(row: Activation) -> str:
    return number_of(row)


def _in_force(row: Activation, desk: Desk) -> Due:
    facts = {"level": row.level_label, "number": _number(row)}
    title = _("Drill: %(level)s, %(number)s") if row.is_drill else _("In force: %(level)s, %(number)s")
    return Due(
        title=title % facts,
        plan=row.measure.plan.title,
        detail=_("%(holder)s may end it") % {"holder": row.holder.user.name},
        url=reverse("activation", args=(row.pk,)),
        action=pgettext("response", "Open"),
        today=desk.day,
    )


def _offers(desk: Desk) -> Iterator[Due]:
    rows = Handover.objects.filter(status=HandoverStatus.OFFERED, successor__user=desk.user.pk)
    for offer in rows.select_related("activation__measure__plan", "offered_by"):
        yield Due(
            title=_("%(who)s asks you to take on the authority to end %(number)s")
            % {"who": offer.offered_by.name, "number": _number(offer.activation)},
            plan=offer.activation.measure.plan.title,
            url=reverse("activation", args=(offer.activation_id,)),
            action=pgettext("handover", "Answer"),
            today=desk.day,
        )


def _is_for(order: Order, desk: Desk, own: set[int]) -> bool:
    """Return whether an order waits for the reader: to end is the holder's, the rest is everybody's."""
    if order.asks == Asks.END and order.activation is not None and order.measure_id in own:
        return order.activation.holder.user_id == desk.user.pk
    return order.asks != Asks.SUCCESSOR


def _order(order: Order, desk: Desk) -> Due:
    return Due(
        title=_("Order of %(issuer)s: %(asks)s")
        % {"issuer": f"{order.issuer} {order.number}".strip(), "asks": order.get_asks_display()},
        plan=order.measure.plan.title,
        url=reverse("emergency_order", args=(order.pk,)),
        action=pgettext("order", "Open"),
        today=desk.day,
        due_on=day_of(order.due_at) if order.due_at else None,
    )
