"""Problems raised (问题交办): each has an owner and a due date, and is closed with feedback."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime

from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from pydantic import Field

from songnuan.journeys.measures.base import Count, Evidence, Kind, Opening, Progress, Settings
from songnuan.kernel.clock import CHINA
from songnuan.organisation.queries import names_then
from songnuan.plans.lint import LintFinding
from songnuan.plans.models import Measure
from songnuan.plans.planfile import ClauseEntry, PlanFile
from songnuan.tasks import queries


class ProblemsSettings(Settings):
    """How long the owner of a problem has."""

    due_workdays: Count = Field(gt=0, le=60, description="办理时限（工作日） / working days to deal with it")


def lint(_plan: PlanFile, _clause: ClauseEntry, _settings: ProblemsSettings) -> Iterator[LintFinding]:
    """Nothing in the file can be wrong with it beyond its settings."""
    yield from ()


def open_(_opening: Opening) -> None:
    """Nothing to prepare: problems come from the visits."""


def progress(measures: Sequence[Measure], at: datetime) -> Mapping[int, Progress]:
    """Count problems raised, closed and overdue."""
    day = at.astimezone(CHINA).date()
    answers = {}
    slugs = {measure.plan.slug for measure in measures}
    counts, late = queries.counts_of(slugs, day), queries.overdue_of(slugs, day)
    names = names_then({task.owner_id for task in late}, day)
    for measure in measures:
        row = counts[measure.plan.slug]
        answers[measure.pk] = Progress(
            done=row.done,
            due=row.total,
            late=row.overdue,
            headline=_raised(row),
            late_names=tuple(
                dict.fromkeys(names[task.owner_id] for task in late if task.plan_slug == measure.plan.slug)
            ),
            next=_next(row),
        )
    return answers


def _raised(row: queries.TaskCounts) -> str:
    if not row.total:
        return _("No problem raised so far")
    words = ngettext(
        "%(total)s problem raised, %(done)s closed", "%(total)s problems raised, %(done)s closed", row.total
    )
    return words % {"total": row.total, "done": row.done}


def _next(row: queries.TaskCounts) -> str:
    left = row.total - row.done
    words = ngettext("Close %(count)s open problem", "Close %(count)s open problems", left)
    return words % {"count": left} if left else ""


def task_words(task: queries.TaskRow, day: date) -> str:
    """Return how a problem stands, in words."""
    if task.is_overdue(day):
        return _("open, overdue")
    if task.done_at is None:
        return _("open")
    return _("closed late") if task.was_late else _("closed")


def evidence(measure: Measure, at: datetime) -> list[Evidence]:
    """List the problems with their state."""
    day = at.astimezone(CHINA).date()
    return [
        Evidence(
            kind="problem",
            ref=str(task.task_id),
            at=task.raised_at,
            label=f"{task.title} · {task_words(task, day)}",
        )
        for task in queries.of_plan(measure.plan.slug)
    ]


KIND = Kind(
    name="problems",
    label=lambda: _("Problems"),
    settings=ProblemsSettings,
    lint=lint,
    open=open_,
    progress=progress,
    evidence=evidence,
)
