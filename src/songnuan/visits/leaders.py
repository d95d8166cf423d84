"""Reads of leaders' visits."""

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime

from django.db.models import F, QuerySet
from django.db.models.functions import Coalesce

from songnuan.tasks.models import TaskStatus
from songnuan.visits.models import LeaderVisit, LeaderVisitUnit


@dataclass(frozen=True, slots=True)
class LeaderProblem:
    """A problem raised at a leader's visit."""

    task_id: int
    title: str
    owner_id: int
    is_open: bool


@dataclass(frozen=True, slots=True)
class LeaderRow:
    """One leader's visit. Of one on the occasion of a lead's visit, that visit's report says when and what.

    `company` are the names of who went along, as text. Withdrawn ones say when and why. `is_kept`: what was
    found and given is for who may look into all of its units, and the reader may not.
    """

    leader_visit_id: int
    plan_id: int
    leader_name: str
    leader_post: str
    visit_id: int | None
    happened_at: datetime
    unit_ids: tuple[int, ...]
    company: str
    found: str
    goods: str
    recorded_by: str
    recorded_at: datetime
    late_entry: bool
    before_plan: bool
    entry_reason: str
    withdrawn_at: datetime | None
    withdraw_reason: str
    problems: tuple[LeaderProblem, ...]
    is_kept: bool = False


def of_plans(
    plan_ids: Collection[int], *, withdrawn: bool = True, limit: int | None = None
) -> list[LeaderRow]:
    """Return the leaders' visits under these plans, the latest first, in four queries.

    Args:
        plan_ids: The plans.
        withdrawn: Those entered by mistake as well.
        limit: At most so many.

    """
    rows = LeaderVisit.objects.filter(plan_id__in=plan_ids)
    if not withdrawn:
        rows = rows.filter(withdrawn_at=None)
    return _rows(rows, limit)


def of_visit(visit_id: int) -> list[LeaderRow]:
    """Return the leaders who came along on a lead's visit."""
    return _rows(LeaderVisit.objects.filter(visit_id=visit_id, withdrawn_at=None), None)


def of_units(unit_ids: Collection[int]) -> list[LeaderRow]:
    """Return the leaders' visits to these units, under whatever plan, the latest first, in five queries."""
    there = LeaderVisitUnit.objects.filter(unit__in=unit_ids)
    return _rows(LeaderVisit.objects.filter(pk__in=there.values("leader_visit"), withdrawn_at=None), None)


def told_to(row: LeaderRow, seen: Collection[int]) -> LeaderRow:
    """Return the visit as who may look into these units reads it.

    What was found and given at several places at once is for who may look into all of them.
    """
    if set(seen) >= set(row.unit_ids):
        return row
    return replace(row, company="", found="", goods="", is_kept=True)


def leaders_known(plan_ids: Collection[int]) -> list[tuple[str, str]]:
    """Return the leaders entered before, with their posts, to be chosen again."""
    rows = LeaderVisit.objects.filter(plan_id__in=plan_ids).order_by("leader_name", "-pk")
    known = dict.fromkeys(rows.values_list("leader_name", "leader_post"))
    return list(known)


def _rows(rows: QuerySet[LeaderVisit], limit: int | None) -> list[LeaderRow]:
    dated = rows.annotate(when=Coalesce(F("visit__happened_at"), F("happened_at")))
    found = (
        dated.select_related("visit", "recorded_by")
        .defer("visit__receiver_name")
        .prefetch_related("units", "problems__task", "visit__members")
        .order_by("-when", "-pk")[:limit]
    )
    return [_row(row) for row in found]


def _row(row: LeaderVisit) -> LeaderRow:
    visit = row.visit
    company, found = row.company, row.found
    if visit is not None:
        members = sorted(visit.members.all(), key=lambda member: member.position)
        company, found = "、".join(member.name for member in members), visit.conditions
    happened_at = visit.happened_at if visit is not None else row.happened_at
    assert happened_at is not None  # noqa: S101 - the tables' own constraints
    return LeaderRow(
        leader_visit_id=row.pk,
        plan_id=row.plan_id,
        leader_name=row.leader_name,
        leader_post=row.leader_post,
        visit_id=row.visit_id,
        happened_at=happened_at,
        unit_ids=tuple(sorted(unit.unit_id for unit in row.units.all())),
        company=company,
        found=found,
        goods=row.goods,
        recorded_by=row.recorded_by.name if row.recorded_by else "",
        recorded_at=row.recorded_at,
        late_entry=row.late_entry,
        before_plan=row.before_plan,
        entry_reason=row.entry_reason,
        withdrawn_at=row.withdrawn_at,
        withdraw_reason=row.withdraw_reason,
        problems=tuple(
            LeaderProblem(one.task_id, one.task.title, one.task.owner_id, one.task.status == TaskStatus.OPEN)
            for one in sorted(row.problems.all(), key=lambda one: one.pk)
        ),
    )
