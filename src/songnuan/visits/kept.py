"""Reads of what belongs to visits beside their reports: photos, position, receipts, chases."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Count

from songnuan.kernel.names import mask_name
from songnuan.kernel.positions import Position
from songnuan.organisation.models import Assignment
from songnuan.organisation.queries import unit_names
from songnuan.tasks.queries import open_about
from songnuan.visits.leaders import LeaderRow, of_units, told_to
from songnuan.visits.models import (
    LaterReceipt,
    Visit,
    VisitChase,
    VisitPhoto,
    VisitPosition,
    VisitStatus,
)

LEADERS_MOST = 3  # leaders' visits to a unit that are told before it is visited


@dataclass(frozen=True, slots=True)
class PhotoRow:
    """A photo of a visit by its place, from 1; the files are ids of stored ones."""

    number: int
    picture_id: int
    thumbnail_id: int
    added_by: str
    added_at: datetime


@dataclass(frozen=True, slots=True)
class ReceiptRow:
    """How a unit confirmed that it got its kit later; the receiver is masked."""

    receiver: str
    signature_id: int | None
    signed_for: str
    signed_at: datetime


@dataclass(frozen=True, slots=True)
class OpenProblem:
    """A problem of a unit that is open, who has to solve it, and by when."""

    task_id: int
    title: str
    owner: str
    due_on: date


@dataclass(frozen=True, slots=True)
class Heard:
    """What is known of a unit before it is visited.

    `conditions` is what it told at its last recorded visit, which took place at `happened_at`; None where it
    was never visited. `problems` are open, whoever found them; `leaders` are the last leaders' visits to it.
    """

    happened_at: datetime | None = None
    conditions: str = ""
    problems: tuple[OpenProblem, ...] = ()
    leaders: tuple[LeaderRow, ...] = ()


def photos(visit_id: int) -> list[PhotoRow]:
    """Return the photos of a visit in their order."""
    rows = VisitPhoto.objects.filter(visit_id=visit_id).select_related("added_by").order_by("position")
    return [
        PhotoRow(
            number=row.position,
            picture_id=row.picture_id,
            thumbnail_id=row.thumbnail_id,
            added_by=row.added_by.name if row.added_by else "",
            added_at=row.added_at,
        )
        for row in rows
    ]


def position(visit_id: int) -> Position | None:
    """Return where the visitors' device stood; None where they did not ask it."""
    row = VisitPosition.objects.filter(visit_id=visit_id).first()
    return Position.read(row.place) if row else None


def later_receipt(visit_id: int) -> ReceiptRow | None:
    """Return how the unit confirmed that it got its kit later; None where it did not."""
    row = LaterReceipt.objects.filter(visit_id=visit_id).first()
    if row is None:
        return None
    return ReceiptRow(mask_name(row.receiver_name), row.signature_id, row.signed_for, row.signed_at)


def first_day(plan_slug: str, unit_id: int) -> date | None:
    """Return the first day that the plan's table of units set for the visit there; None where it set none."""
    pairs = Assignment.objects.filter(purpose=plan_slug, subject=unit_id, planned_on__isnull=False)
    return pairs.order_by("starts_on", "pk").values_list("planned_on", flat=True).first()


def chases(visit_ids: Collection[int]) -> dict[int, int]:
    """Return how often the lead was asked for each of these visits; those never asked for are left out."""
    rows = (
        VisitChase.objects.filter(visit_id__in=visit_ids).values_list("visit_id").annotate(count=Count("pk"))
    )
    return dict(rows)


def last_asked(visit_ids: Collection[int]) -> dict[int, tuple[int, date]]:
    """Return of the visits whose lead was asked for them by whom and when last."""
    rows = VisitChase.objects.filter(visit_id__in=visit_ids).order_by("day")
    return {
        visit_id: (by_id, day) for visit_id, by_id, day in rows.values_list("visit_id", "chased_by_id", "day")
    }


def chased_on(visit_ids: Collection[int], day: date) -> set[int]:
    """Return those of these visits whose lead was asked on the day."""
    rows = VisitChase.objects.filter(visit_id__in=visit_ids, day=day)
    return set(rows.values_list("visit_id", flat=True))


def heard(unit_ids: Collection[int], on: date, *, seen: Collection[int]) -> dict[int, Heard]:
    """Return what is known of each unit, under whatever plan; units of which nothing is are left out.

    In eight queries at most, with the names of the day `on`. `seen` are the units that the reader may look
    into: what a leader found at others, too, is not told.
    """
    last: dict[int, tuple[datetime, str]] = {}
    rows = Visit.objects.filter(unit_id__in=unit_ids, status=VisitStatus.RECORDED).order_by(
        "happened_at", "pk"
    )
    for unit_id, happened_at, conditions in rows.values_list("unit_id", "happened_at", "conditions"):
        if happened_at is not None:
            last[unit_id] = (happened_at, conditions)
    tasks = open_about(unit_ids)
    owners = unit_names({task.owner_id for task in tasks}, on) if tasks else {}
    problems: dict[int, list[OpenProblem]] = defaultdict(list)
    for task in tasks:
        owner = owners.get(task.owner_id, "")
        problems[task.unit_id].append(OpenProblem(task.task_id, task.title, owner, task.due_on))
    leaders: dict[int, list[LeaderRow]] = defaultdict(list)
    for row in of_units(unit_ids):
        for unit_id in row.unit_ids:
            leaders[unit_id].append(told_to(row, seen))
    found = {}
    for pk in set(unit_ids) & {*last, *problems, *leaders}:
        happened_at, conditions = last.get(pk, (None, ""))
        found[pk] = Heard(happened_at, conditions, tuple(problems[pk]), tuple(leaders[pk][:LEADERS_MOST]))
    return found
