"""Reads for others: the tasks out of orders, whose they are, and what was done about them."""

from collections.abc import Collection
from datetime import date, datetime

from django.db.models import Exists, OuterRef, Q, QuerySet

from songnuan.emergency.models import Member, Order, OrderTask, OrderTaskAct, OrderTaskStatus
from songnuan.emergency.order_task_lifecycle import UNFINISHED
from songnuan.kernel.actor import Actor
from songnuan.organisation.models import Post, Unit, User
from songnuan.organisation.permissions import Permission
from songnuan.organisation.queries import permits, scope, subtree
from songnuan.organisation.rules import live

_TOLD = ("order__measure__plan", "order__activation", "unit", "owner", "assigned_by")


def tasks_of_order(order_id: int) -> list[OrderTask]:
    """Return the tasks of an order, in the order in which they were given."""
    return list(OrderTask.objects.filter(order=order_id).select_related(*_TOLD).order_by("number"))


def unfinished(measure_ids: Collection[int]) -> QuerySet[OrderTask]:
    """Return the tasks of measures that are not acknowledged nor withdrawn, the most urgent first."""
    rows = OrderTask.objects.filter(order__measure__in=measure_ids, status__in=UNFINISHED)
    return rows.select_related(*_TOLD).order_by("due_at", "pk")


def unfinished_counted(measure_id: int) -> QuerySet[OrderTask]:
    """Return the same of one measure, without the units and people around them."""
    return unfinished([measure_id]).select_related(None).select_related("order__activation")


def tasks_for(actor: Actor, at: datetime) -> list[OrderTask]:
    """Return the tasks that wait for an answer of this person: their own, and those of their very unit."""
    own = Q(owner=actor.user_id or 0) | Q(unit__in=scope(actor, Permission.SITUATION_REPORT, at).values("pk"))
    rows = OrderTask.objects.filter(own, status=OrderTaskStatus.OPEN).select_related(*_TOLD)
    return list(rows.order_by("due_at", "pk"))


def is_for(task: OrderTask, actor: Actor, at: datetime) -> bool:
    """Return whether somebody answers a task: it is theirs, or they are a liaison of its very unit."""
    if actor.user_id is None:
        return False
    if task.owner_id is not None:
        return task.owner_id == actor.user_id
    return permits(actor, Permission.SITUATION_REPORT, unit_id=task.unit_id or 0, at=at)


def acts_about(task_id: int) -> list[OrderTaskAct]:
    """Return what was done about a task, in its order."""
    return list(OrderTaskAct.objects.filter(task=task_id).select_related("by", "file").order_by("pk"))


def units_for(order: Order, on: date) -> QuerySet[Unit]:
    """Return the units that a task may be given to: the plan's own, and all below it."""
    return subtree(order.measure.plan.unit_id, on)


def people_for(order: Order, on: date) -> QuerySet[User]:
    """Return the people whom a task may be given to: with a post there, or in the leading group."""
    below = units_for(order, on).order_by().values("pk")
    posts = Post.objects.filter(live(on), user=OuterRef("pk"), unit__in=below)
    members = Member.objects.filter(live(on), measure=order.measure_id).values("user")
    return User.objects.filter(Exists(posts) | Q(pk__in=members), is_active=True).order_by("name", "pk")
