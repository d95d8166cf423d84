"""What a kind of measure is: the form that every file in this folder fills in."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum
from typing import Annotated, Any, Self

from django.utils.translation import gettext as _
from pydantic import BaseModel, BeforeValidator, ConfigDict

from songnuan.kernel.actor import Actor
from songnuan.plans.lint import LintFinding
from songnuan.plans.models import Measure
from songnuan.plans.planfile import ClauseEntry, PlanFile

UNITS_MOST = 1_000_000
"""More units than any plan has; what is counted by them still fits into the database."""


def _counted(value: object) -> object:
    if isinstance(value, bool | float):
        raise ValueError(_("write a whole number here."))  # noqa: TRY004 - the file's value, said as a fault of it
    return value


Count = Annotated[int, BeforeValidator(_counted)]
"""A whole number; true is none."""


class Settings(BaseModel):
    """The settings of a measure, as the plan file gives them; unknown names are refused."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class State(StrEnum):
    """How a measure stands, for the mark beside its clause."""

    NONE = "none"
    WAITING = "waiting"
    ON_TIME = "on_time"
    LATE = "late"
    DONE = "done"


@dataclass(frozen=True, slots=True)
class Progress:
    """How far one measure is.

    `due` is how many the clause asks for in all, `done` how many of them are done, `late` how many are
    not done though their day has passed. Of a measure that is `closed` nothing is late, and nothing comes
    next. `money_minor` is what was disbursed for it, in fen;
    `budget_minor` what it may cost. Sentences are in the reader's language. `undecided`: something of it
    has to be decided first, as `notes` say, whatever the figures; it is not done. `forecast` is the day by
    which what is to be done by the deadline will be, `later_until` the last day that was allowed after it.
    `at_risk`: nothing is late yet, but the deadline will be missed, by the forecast or nobody goes on.
    """

    done: int = 0
    due: int = 0
    late: int = 0
    money_minor: int = 0
    budget_minor: int | None = None
    in_money: bool = False
    headline: str = ""
    next: str = ""
    late_names: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    forecast: date | None = None
    later_until: date | None = None
    at_risk: bool = False
    undecided: bool = False
    closed: bool = False

    def at_rest(self) -> Self:
        """Return it as of a measure that is closed: what was done stands, nothing more is asked for."""
        return replace(
            self,
            late=0,
            late_names=(),
            next="",
            forecast=None,
            later_until=None,
            at_risk=False,
            undecided=False,
            closed=True,
        )

    @property
    def state(self) -> State:
        """Late before undecided before done before begun; none for what was closed before it was done."""
        if self.late:
            return State.LATE
        if self.undecided:
            return State.WAITING
        if self.due and self.done >= self.due:
            return State.DONE
        if self.closed:
            return State.NONE
        is_begun = bool(self.done or self.money_minor)
        return State.ON_TIME if is_begun and not self.at_risk else State.WAITING


@dataclass(frozen=True, slots=True)
class Evidence:
    """One thing that shows the clause was carried out.

    `kind` and `ref` find it again ("visit", "12"), `at` is when it happened, `label` what a reader
    sees in a list. `note` says what is unusual about it, such as that it was entered late and why.
    """

    kind: str
    ref: str
    at: datetime
    label: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class Opening:
    """What a kind gets when its measure is opened: the measure, its plan's file, who and when."""

    measure: Measure
    settings: Any
    plan_file: PlanFile
    actor: Actor
    at: datetime


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of measure. `progress` answers for many measures at once, by their ids.

    An amendment may set anew what is not among `fixed`; `follow` then brings what the measure opened in
    line with its new settings, where they are not simply read when they are needed.
    """

    name: str
    label: Callable[[], str]
    settings: type[Settings]
    lint: Callable[[PlanFile, ClauseEntry, Any], Iterator[LintFinding]]
    open: Callable[[Opening], None]
    progress: Callable[[Sequence[Measure], datetime], Mapping[int, Progress]]
    evidence: Callable[[Measure, datetime], list[Evidence]]
    fixed: frozenset[str] = frozenset()
    follow: Callable[[Opening], None] | None = None
