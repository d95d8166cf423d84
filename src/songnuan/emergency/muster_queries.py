"""Reads for others: the call tree that counts, musters, and how everybody stands at one."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet

from songnuan.emergency.models import CallLine, CallNote, CallOutcome, CallTree, Muster, MusterEntry
from songnuan.emergency.muster_rules import Presence, is_open, presence, responsible, steps_up
from songnuan.kernel.bulk import among

_SEALED = ("position", "line__name", "line__phone")


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
    """Return how everybody stands at a muster, in the order of the call tree; nothing sealed is opened.

    Names, numbers and positions are read by `people_of`, for those whom the reader may see.
    """
    return _standings([muster], MusterEntry.objects.all())[muster.pk]


def unknown_at(musters: Collection[Muster]) -> dict[int, list[Standing]]:
    """Return for each muster those of whom nothing is known, in as many queries as for one."""
    nothing = {"arrived_at__isnull": True, "excused_at__isnull": True, "absent_at__isnull": True}
    return _standings(musters, MusterEntry.objects.filter(**nothing))


def _standings(musters: Collection[Muster], entries: QuerySet[MusterEntry]) -> dict[int, list[Standing]]:
    due = {one.pk: one.due_at for one in musters}
    rows = entries.filter(muster__in=among(due)).select_related("line", "checked_in_by")
    notes = CallNote.objects.filter(entry__muster__in=among(due)).select_related("by").order_by("pk")
    newest = {note.entry_id: note for note in notes}
    found: dict[int, list[Standing]] = {pk: [] for pk in due}
    for one in rows.defer(*_SEALED).order_by("line__position"):
        stands = presence(due[one.muster_id], one.arrived_at, one.excused_at, one.absent_at)
        found[one.muster_id].append(Standing(one, one.line, stands, newest.get(one.pk)))
    return found


def is_coming(one: Standing) -> bool:
    """Return whether somebody said that they come, and is not there yet."""
    return (
        one.presence == Presence.UNKNOWN
        and one.newest is not None
        and one.newest.outcome == CallOutcome.COMING
    )


def still_open(one: Standing, muster: Muster, at: datetime) -> bool:
    """Return whether somebody is still to be called."""
    return is_open(one.presence, is_coming=is_coming(one), due_at=muster.due_at, at=at)


@dataclass(frozen=True, slots=True)
class Opened:
    """What is sealed of one who is expected: empty where it was not told, or is erased."""

    name: str
    phone: str
    position: str


def people_of(muster: Muster, line_ids: Collection[int]) -> dict[int, Opened]:
    """Return name, telephone and position of some who are expected, by the id of their line."""
    rows = MusterEntry.objects.filter(muster=muster, line__in=among(line_ids))
    told = rows.values_list("line", "line__name", "line__phone", "position")
    return {pk: Opened(name, phone or "", position or "") for pk, name, phone, position in told}


def own_line(tree_id: int, user_id: int | None) -> CallLine | None:
    """Return somebody's own place in a call tree."""
    return own_lines([tree_id], user_id).get(tree_id)


def own_lines(tree_ids: Collection[int], user_id: int | None) -> dict[int, CallLine]:
    """Return somebody's own places in call trees, by the tree; nothing is opened for it."""
    rows = CallLine.objects.filter(tree__in=among(tree_ids), user=user_id or 0)
    return {one.tree_id: one for one in rows.defer("name", "phone")}


def callers(tree_ids: Collection[int]) -> dict[int, int | None]:
    """Return who calls whom in call trees, by id of the line; nothing is opened for it."""
    return dict(CallLine.objects.filter(tree__in=among(tree_ids)).values_list("pk", "caller"))


def running(activation_ids: Collection[int]) -> list[Muster]:
    """Return the musters of responses that were not closed."""
    return list(musters_of(activation_ids).filter(closed_at__isnull=True).order_by("pk"))


def musters_with(user_id: int) -> list[Muster]:
    """Return the running musters in whose call tree somebody stands."""
    called = CallLine.objects.filter(user=user_id).values("tree")
    rows = Muster.objects.filter(closed_at__isnull=True, tree__in=called)
    return list(rows.select_related("activation__measure__plan", "activation__holder").order_by("pk"))


@dataclass(frozen=True, slots=True)
class Caller:
    """Who asks whom they are to call: their own place in the call tree, and whether they lead the muster."""

    own: CallLine | None
    is_leading: bool


def calls_of(
    muster: Muster, rows: Sequence[Standing], above: Mapping[int, int | None], who: Caller, at: datetime
) -> set[int]:
    """Return whom somebody is to call now, by id of the lines: their own, and who came up to them.

    Args:
        muster: Which muster.
        rows: How people stand at it.
        above: Who calls whom, as `callers`.
        who: Who asks.
        at: When.

    """
    steps = steps_up(muster.called_at, muster.escalate_minutes, at)
    own = who.own.pk if who.own else None
    found = set()
    for one in rows:
        if one.line.pk == own or not still_open(one, muster, at):
            continue
        in_charge = responsible(one.line.pk, above, steps)
        if who.is_leading if in_charge is None else in_charge == own:
            found.add(one.line.pk)
    return found
