"""What the trail tells of emergencies: responses by their numbers, orders, places in the leading group."""

from collections.abc import Callable, Collection, Mapping

from django.urls import reverse
from django.utils.translation import gettext as _

from songnuan.emergency.command_queries import measures_of_member
from songnuan.emergency.models import Activation, Member, Muster, Order, OrderTask, StandIn
from songnuan.journeys.measures.response import number_of
from songnuan.organisation.permissions import Permission
from songnuan.plans.models import Measure
from songnuan.web.trail_named import Named, numbers
from songnuan.web.views.shared import Reader


def _seen(reader: Reader) -> set[int]:
    """Return the measures of responses that the reader reaches."""
    rows = Measure.objects.filter(kind="response", plan__unit__in=reader.reach_ids(Permission.EMERGENCY_VIEW))
    return {*rows.values_list("pk", flat=True), *measures_of_member(reader.user.pk, reader.day)}


def activations(keys: Collection[str], reader: Reader) -> dict[str, Named]:
    """Name responses by their numbers."""
    rows, seen = Activation.objects.filter(pk__in=numbers(keys)).select_related("measure"), _seen(reader)
    return {
        str(row.pk): Named(
            number_of(row),
            reverse("activation", args=(row.pk,)) if row.measure_id in seen else "",
        )
        for row in rows
    }


def orders(keys: Collection[str], reader: Reader) -> dict[str, Named]:
    """Name orders by who gave them, and their numbers."""
    rows, seen = Order.objects.filter(pk__in=numbers(keys)), _seen(reader)
    return {
        str(row.pk): Named(
            f"{row.issuer} {row.number}".strip(),
            reverse("emergency_order", args=(row.pk,)) if row.measure_id in seen else "",
        )
        for row in rows
    }


def members(keys: Collection[str], reader: Reader) -> dict[str, Named]:
    """Name places in leading groups by the person."""
    rows, seen = Member.objects.filter(pk__in=numbers(keys)).select_related("user"), _seen(reader)
    return {str(row.pk): _group(row.user.name, row.measure_id, seen) for row in rows}


def stand_ins(keys: Collection[str], reader: Reader) -> dict[str, Named]:
    """Name who acts for whom."""
    rows = StandIn.objects.filter(pk__in=numbers(keys)).select_related("member__user", "absent__user")
    seen, words = _seen(reader), _("%(deputy)s for %(absent)s")
    return {
        str(row.pk): _group(
            words % {"deputy": row.member.user.name, "absent": row.absent.user.name},
            row.absent.measure_id,
            seen,
        )
        for row in rows
    }


def musters(keys: Collection[str], reader: Reader) -> dict[str, Named]:
    """Name musters by their place."""
    rows, seen = Muster.objects.filter(pk__in=numbers(keys)).select_related("activation"), _seen(reader)
    return {
        str(row.pk): Named(
            row.place, reverse("muster", args=(row.pk,)) if row.activation.measure_id in seen else ""
        )
        for row in rows
    }


def _group(name: str, measure_id: int, seen: Collection[int]) -> Named:
    return Named(name, reverse("emergency_group", args=(measure_id,)) if measure_id in seen else "")


def order_tasks(keys: Collection[str], reader: Reader) -> dict[str, Named]:
    """Name tasks out of orders by the order, and their number in it."""
    rows = OrderTask.objects.filter(pk__in=numbers(keys)).select_related("order")
    seen, words = _seen(reader), _("%(order)s, task %(number)s")
    return {
        str(row.pk): Named(
            words % {"order": f"{row.order.issuer} {row.order.number}".strip(), "number": row.number},
            reverse("order_task", args=(row.pk,)) if row.order.measure_id in seen else "",
        )
        for row in rows
    }


EMERGENCY_SUBJECTS: Mapping[str, Callable[[Collection[str], Reader], dict[str, Named]]] = {
    "emergency.activation": activations,
    "emergency.member": members,
    "emergency.muster": musters,
    "emergency.order": orders,
    "emergency.ordertask": order_tasks,
    "emergency.standin": stand_ins,
}
