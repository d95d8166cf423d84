"""The one who empties what call trees and musters tell of people, once their time is over."""

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Exists, Max, OuterRef

from songnuan.emergency.models import CallLine, CallNote, CallTree, Muster, MusterEntry
from songnuan.emergency.muster_rules import POSITION_DAYS, TREE_DAYS, over_since
from songnuan.emergency.noting import note
from songnuan.kernel.actor import Actor
from songnuan.kernel.blotting import GONE
from songnuan.organisation.permissions import Permission
from songnuan.organisation.queries import require


def musters_to_forget(at: datetime) -> list[int]:
    """Return the musters of which it is known longer than it may be where phones were."""
    rows = Muster.objects.filter(closed_at__lt=at - timedelta(days=POSITION_DAYS))
    told = MusterEntry.objects.filter(muster=OuterRef("pk"), position__isnull=False)
    return list(rows.filter(Exists(told)).order_by("pk").values_list("pk", flat=True))


def trees_to_forget(at: datetime) -> list[int]:
    """Return the call trees that count no more, and whose people are named longer than they may be."""
    told = CallLine.objects.filter(tree=OuterRef("pk"), erased_at__isnull=True)
    rows = CallTree.objects.filter(Exists(told)).select_related("measure").order_by("pk")
    until = at - timedelta(days=TREE_DAYS)
    found = []
    for tree in rows.filter(made_at__lt=until):
        musters = Muster.objects.filter(tree=tree)
        if musters.filter(closed_at__isnull=True).exists():
            continue
        after = CallTree.objects.filter(measure=tree.measure_id, number__gt=tree.number).order_by("number")
        replaced_at = after.values_list("made_at", flat=True).first()
        last = musters.aggregate(last=Max("closed_at"))["last"]
        over = over_since(replaced_at, tree.measure.closed_at, last)
        if over is not None and over < until:
            found.append(tree.pk)
    return found


@transaction.atomic(savepoint=False)
def forget_positions(*, muster_id: int, actor: Actor, at: datetime) -> int:
    """Empty where phones were at a muster that was closed long ago; return of how many people.

    Raises:
        Refusal: `not_permitted` for who has no PRIVACY_MANAGE over the plan's unit.

    """
    muster = Muster.objects.select_related("activation__measure__plan").get(pk=muster_id)
    measure = muster.activation.measure
    require(actor, Permission.PRIVACY_MANAGE, unit_id=measure.plan.unit_id, at=at)
    count = MusterEntry.objects.filter(muster=muster, position__isnull=False).update(position=None)
    note(measure, "forget_positions", f"emergency.muster:{muster.pk}", actor, at, rows=count)
    return count


@transaction.atomic(savepoint=False)
def forget_call_tree(*, tree_id: int, actor: Actor, at: datetime) -> int:
    """Empty the names and telephones of a call tree, and why its people did not come; return of how many.

    Who was there when, and how many were, stays.

    Raises:
        Refusal: `not_permitted` for who has no PRIVACY_MANAGE over the plan's unit.

    """
    tree = CallTree.objects.select_related("measure__plan").get(pk=tree_id)
    require(actor, Permission.PRIVACY_MANAGE, unit_id=tree.measure.plan.unit_id, at=at)
    lines = CallLine.objects.filter(tree=tree, erased_at__isnull=True)
    CallNote.objects.filter(entry__line__tree=tree).exclude(words__in=("", GONE)).update(words=GONE)
    MusterEntry.objects.filter(line__tree=tree, position__isnull=False).update(position=None)
    count = lines.update(name=GONE, phone=None, phone_index="", erased_at=at)
    subject = f"plans.measure:{tree.measure_id}"
    note(tree.measure, "forget_call_tree", subject, actor, at, number=tree.number, rows=count)
    return count
