"""Reads for others: the call tree that counts, musters, and how everybody stands at one."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet

from songnuan.emergency.models import CallLine, CallNote, CallTree, Muster, MusterEntry
from songnuan.emergency.muster_rules import Presence, presence


def tree_of(measure_id: int) -> CallTree | None:
    """Return the call tree that counts."""
    rows = CallTree.objects.filter(measure=measure_id).select_related("made_by")
    return rows.order_by("-number").first()


def lines_of(tree_id: int) -> list[CallLine]:
    """Return the people of a call tree in the order of its file."""
    rows = CallLine.objects.filter(tree=tree_id).select_related("user", "caller")
    return list(rows.order_by("position"))


def musters_of(activation_ids: Collection[int]) -> QuerySet[Muster]:
    """Return the musters of responses, the newest first."""
    told = ("activation__measure__plan", "activation__holder__user", "called_by", "closed_by", "tree")
    return Muster.objects.filter(activation__in=activation_ids).select_related(*told).order_by("-pk")


@dataclass(frozen=True, slots=True)
class Standing:
    """How one who is expected stands, and what was found out last."""

    entry: MusterEntry
    line: CallLine
    presence: Presence
    newest: CallNote | None


def standings(muster: Muster) -> list[Standing]:
    """Return how everybody stands at a muster, in the order of the call tree."""
    rows = MusterEntry.objects.filter(muster=muster).select_related("line__user", "checked_in_by")
    entries = list(rows.order_by("line__position"))
    notes = CallNote.objects.filter(entry__muster=muster).select_related("by").order_by("pk")
    newest = {note.entry_id: note for note in notes}
    return [
        Standing(
            entry=one,
            line=one.line,
            presence=presence(muster.due_at, one.arrived_at, one.excused_at, one.absent_at),
            newest=newest.get(one.pk),
        )
        for one in entries
    ]


def own_line(tree_id: int, user_id: int | None) -> CallLine | None:
    """Return somebody's own place in a call tree."""
    return CallLine.objects.filter(tree=tree_id, user=user_id or 0).first()


def callers(tree_id: int) -> dict[int, int | None]:
    """Return who calls whom, by id of the line; nothing is opened for it."""
    return dict(CallLine.objects.filter(tree=tree_id).values_list("pk", "caller"))


def musters_due(user_id: int, at: datetime) -> list[Muster]:
    """Return the running musters at which somebody is expected or has people to call."""
    rows = Muster.objects.filter(closed_at__isnull=True, called_at__lte=at, tree__people__user=user_id)
    return list(rows.select_related("activation__measure__plan").order_by("pk"))
