"""What others read of problems."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Count, Q, QuerySet

from songnuan.organisation.queries import day_of
from songnuan.tasks.models import Feedback, Task, TaskStatus, Verb
from songnuan.tasks.rules import DUTY, FOUND, OWED


@dataclass(frozen=True, slots=True)
class TaskCounts:
    """How many tasks there are; `overdue` are those of `open` whose due date is over."""

    total: int
    open: int
    done: int
    overdue: int


@dataclass(frozen=True, slots=True)
class TaskRow:
    """One task."""

    task_id: int
    plan_slug: str
    source: str
    title: str
    detail: str
    owner_id: int
    unit_id: int
    raised_at: datetime
    due_on: date
    original_due_on: date
    status: str
    done_at: datetime | None
    done_by: str
    feedback: str

    @property
    def days_late(self) -> int:
        """How many days after its due date it was closed, by China's calendar; 0 in time, or while open."""
        return max((day_of(self.done_at) - self.due_on).days, 0) if self.done_at else 0

    @property
    def was_late(self) -> bool:
        """Whether it was closed after its due date."""
        return self.days_late > 0

    def is_overdue(self, on: date) -> bool:
        """Return whether it is still open on the day `on` with its due date over."""
        return self.status == TaskStatus.OPEN and self.due_on < on


def counts(plan_slug: str, on: date) -> TaskCounts:
    """Return the figures of a plan's problems as of the day `on`."""
    return counts_of([plan_slug], on)[plan_slug]


def counts_of(plan_slugs: Collection[str], on: date) -> dict[str, TaskCounts]:
    """Return these figures of many plans, in one query; zeros where a plan has no problems."""
    still_open = Q(status=TaskStatus.OPEN)
    counted = _raised().filter(plan_slug__in=plan_slugs).values("plan_slug")
    rows = counted.annotate(
        total=Count("pk"),
        open=Count("pk", filter=still_open),
        done=Count("pk", filter=Q(status=TaskStatus.DONE)),
        overdue=Count("pk", filter=still_open & Q(due_on__lt=on)),
    ).values_list("plan_slug", "total", "open", "done", "overdue")
    found = dict.fromkeys(plan_slugs, TaskCounts(0, 0, 0, 0))
    return found | {slug: TaskCounts(*figures) for slug, *figures in rows}


@dataclass(frozen=True, slots=True)
class OwnerCount:
    """How many problems a unit has open; `overdue` are those of them whose due date is over."""

    owner_id: int
    open: int
    overdue: int


def open_by_owner(plan_slugs: Collection[str], on: date) -> list[OwnerCount]:
    """Return who has open problems under these plans, those with most overdue first, in one query."""
    rows = _raised().filter(plan_slug__in=plan_slugs, status=TaskStatus.OPEN).values("owner_id")
    counted = rows.annotate(open=Count("pk"), overdue=Count("pk", filter=Q(due_on__lt=on)))
    ordered = counted.order_by("-overdue", "-open", "owner_id")
    return [OwnerCount(*row) for row in ordered.values_list("owner_id", "open", "overdue")]


def of_plan(plan_slug: str) -> list[TaskRow]:
    """Return a plan's problems, open ones first, by due date."""
    return _rows(_raised().filter(plan_slug=plan_slug))


def overdue(plan_slug: str, on: date) -> list[TaskRow]:
    """Return a plan's open problems whose due date is over on the day `on`, longest overdue first."""
    return overdue_of([plan_slug], on)


def overdue_of(plan_slugs: Collection[str], on: date) -> list[TaskRow]:
    """Return such problems of many plans, longest overdue first."""
    return _rows(_raised().filter(plan_slug__in=plan_slugs, status=TaskStatus.OPEN, due_on__lt=on))


def from_sources(sources: Collection[str]) -> list[TaskRow]:
    """Return the tasks that these sources raised, open ones first, by due date."""
    return _rows(Task.objects.filter(source__in=sources))


def open_of_units(unit_ids: Collection[int]) -> list[TaskRow]:
    """Return the open problems that these units answer for, by due date."""
    return _rows(_problems().filter(owner_id__in=unit_ids, status=TaskStatus.OPEN))


def last_asked(task_ids: Collection[int]) -> dict[int, tuple[int | None, date]]:
    """Return of the problems whose owner was asked for them by whom and when last, not before it got them."""
    rows = Feedback.objects.filter(task_id__in=task_ids, verb__in=(Verb.CHASE, Verb.AMEND)).order_by("pk")
    last = {
        task_id: (verb, by_id, at)
        for task_id, verb, by_id, at in rows.values_list("task_id", "verb", "by_id", "at")
    }
    return {pk: (by_id, day_of(at)) for pk, (verb, by_id, at) in last.items() if verb == Verb.CHASE}


def of_plans(plan_slugs: Collection[str]) -> list[TaskRow]:
    """Return the problems of these plans, open ones first, by due date."""
    return _rows(_raised().filter(plan_slug__in=plan_slugs))


def open_about(unit_ids: Collection[int]) -> list[TaskRow]:
    """Return the open problems that were raised about these units, whoever answers for them, by due date."""
    return _rows(_raised().filter(unit_id__in=unit_ids, status=TaskStatus.OPEN))


def open_due_by(day: date, plan_slugs: Collection[str]) -> list[TaskRow]:
    """Return the open problems of these plans that are due by a day, by due date."""
    return _rows(_problems().filter(plan_slug__in=plan_slugs, status=TaskStatus.OPEN, due_on__lte=day))


def _problems() -> QuerySet[Task]:
    """Return the tasks that came of visits: no items of instructions, and no duties."""
    return Task.objects.filter(source__startswith=FOUND)


def _raised() -> QuerySet[Task]:
    """Return the problems that somebody raised; goods that follow a visit were raised by nobody."""
    return _problems().exclude(source__startswith=OWED)


def open_duties(unit_ids: Collection[int]) -> list[TaskRow]:
    """Return the duties of these units that nobody reported yet, by due date."""
    return _rows(Task.objects.filter(owner_id__in=unit_ids, status=TaskStatus.OPEN, source__startswith=DUTY))


def duty_owners(plan_slug: str) -> set[int]:
    """Return the units that have, or had, a duty of the plan."""
    duties = Task.objects.filter(plan_slug=plan_slug, source__startswith=DUTY)
    return set(duties.values_list("owner_id", flat=True).distinct())


def _rows(tasks: QuerySet[Task]) -> list[TaskRow]:
    # "open" comes after "done" in the alphabet, so descending puts what is to do on top.
    ordered = tasks.select_related("done_by").order_by("-status", "due_on", "pk")
    return [
        TaskRow(
            task_id=task.pk,
            plan_slug=task.plan_slug,
            source=task.source,
            title=task.title,
            detail=task.detail,
            owner_id=task.owner_id,
            unit_id=task.unit_id,
            raised_at=task.raised_at,
            due_on=task.due_on,
            original_due_on=task.original_due_on,
            status=task.status,
            done_at=task.done_at,
            done_by=task.done_by.name if task.done_by else "",
            feedback=task.feedback,
        )
        for task in ordered
    ]
