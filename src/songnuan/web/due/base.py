"""One thing that is due, and the desk at which it lies."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from songnuan.organisation.permissions import Permission
from songnuan.plans.models import Plan, PlanStatus
from songnuan.web.views.shared import Reader


@dataclass(frozen=True, slots=True)
class Desk(Reader):
    """Who asks what is due, with the plans that they may see at hand, so that nobody reads them twice."""

    plans: tuple[Plan, ...]

    def running(self, units: Collection[int]) -> list[Plan]:
        """Return the plans under way whose unit is one of these."""
        return [plan for plan in self.plans if plan.status == PlanStatus.OPEN and plan.unit_id in units]

    def where(self, permission: Permission) -> dict[int, Plan]:
        """Return the plans, by id, of the units for which the reader has a right."""
        units = self.reach_ids(permission)
        return {plan.pk: plan for plan in self.plans if plan.unit_id in units}


class Band(StrEnum):
    """How soon something is due; in the order in which it is shown."""

    LATE = "late"
    TODAY = "today"
    WEEK = "week"
    LATER = "later"


@dataclass(frozen=True, slots=True)
class Part:
    """One of several things that stand together as one."""

    title: str
    detail: str
    url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Due:
    """One thing due from the reader.

    `url` leads to where it is done; `action` is the word on its button, empty where it has none. `plan` is
    the title of the plan it belongs to. `due_on` is the day that holds; `original_due_on` the one before it
    was moved, where it was. `is_over` says that its hour has passed, though its day has not. `deadline` is
    given where `due_on` is only the day that was planned. `parts` are the things it stands for, each with an
    address of its own. `is_held` marks what an inspector has put on hold.
    """

    title: str
    url: str
    action: str
    today: date
    plan: str = ""
    detail: str = ""
    due_on: date | None = None
    original_due_on: date | None = None
    deadline: date | None = None
    parts: tuple[Part, ...] = ()
    is_held: bool = False
    is_over: bool = False

    @property
    def days_left(self) -> int | None:
        """Return how many days are left, negative when it is late."""
        return (self.due_on - self.today).days if self.due_on else None

    @property
    def moved_from(self) -> date | None:
        """Return the first due date, where another holds now."""
        return self.original_due_on if self.original_due_on != self.due_on else None

    @property
    def band(self) -> Band:
        """Return how soon it is due. What has no day waits for somebody now, so it stands with today's."""
        if self.is_over or (self.due_on is not None and self.due_on < self.today):
            return Band.LATE
        if self.due_on is None or self.due_on == self.today:
            return Band.TODAY
        return Band.WEEK if self.due_on <= sunday_of(self.today) else Band.LATER

    @property
    def state(self) -> str:
        """Return the mark."""
        return "late" if self.band == Band.LATE else "waiting"

    @property
    def order(self) -> tuple[int, date]:
        """Return what sorts it: by band, then by day; in one band what has no day comes first."""
        return list(Band).index(self.band), self.due_on or date.min


def sunday_of(day: date) -> date:
    """Return the last day of the week."""
    return day + timedelta(days=6 - day.weekday())
