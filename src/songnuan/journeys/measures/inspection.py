"""Inspection on the same occasion (结合检查): a checklist that travels with each visit."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from pydantic import BaseModel, ConfigDict, Field

from songnuan.journeys.measures.base import Evidence, Kind, Opening, Progress, Settings
from songnuan.journeys.measures.unit_visits import entered_late_words
from songnuan.kernel.clock import CHINA
from songnuan.organisation.queries import unit_names
from songnuan.plans.lint import LintFinding, Severity
from songnuan.plans.models import Measure
from songnuan.plans.planfile import ClauseEntry, PlanFile
from songnuan.visits import queries


class Item(BaseModel):
    """One line of the checklist."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    key: str = Field(pattern=r"^[a-z][a-z0-9_]{0,58}$", description="标识 / key, lasting over versions")
    text: str = Field(min_length=2, max_length=100, description="检查内容 / what is looked at")


class InspectionSettings(Settings):
    """The checklist."""

    items: list[Item] = Field(min_length=1, max_length=20, description="检查清单 / checklist")


def lint(plan: PlanFile, clause: ClauseEntry, settings: InspectionSettings) -> Iterator[LintFinding]:
    """Keys are used once, and there are visits for the checklist to travel with."""
    for key, count in Counter(item.key for item in settings.items).items():
        if count > 1:
            yield LintFinding(
                code="item_twice",
                severity=Severity.ERROR,
                clause=clause.heading,
                message=_("The checklist has the key “%(key)s” %(count)s times.")
                % {"key": key, "count": count},
                mend=_("Give every line of the checklist a key of its own."),
            )
    if not any(entry.kind == "unit_visits" for other in plan.clauses for entry in other.measures):
        yield LintFinding(
            code="inspection_without_visits",
            severity=Severity.ERROR,
            clause=clause.heading,
            message=_("There is a checklist, but no visits that could carry it."),
            mend=_("Add a measure for the visits, or remove the checklist."),
        )


def open_(_opening: Opening) -> None:
    """Nothing to prepare: each visit's form shows the checklist."""


def progress(measures: Sequence[Measure], at: datetime) -> Mapping[int, Progress]:
    """Count the units inspected, and what was found not in order."""
    answers = {}
    figures = queries.inspection_figures([measure.plan_id for measure in measures])
    del at
    for measure in measures:
        row = figures[measure.plan_id]
        notes = []
        if row.failed:
            notes.append(_failed(row.failed))
        answers[measure.pk] = Progress(
            done=row.inspected,
            due=row.visits,
            headline=_("%(done)s of %(due)s units inspected at the visit")
            % {"done": row.inspected, "due": row.visits},
            notes=tuple(notes),
        )
    return answers


def evidence(measure: Measure, at: datetime) -> list[Evidence]:
    """List the visits that carried an inspection."""
    rows = queries.inspected(measure.plan_id)
    names = unit_names({row.unit_id for row in rows}, at.astimezone(CHINA).date())
    failed = queries.failed_of([row.visit_id for row in rows])
    return [
        Evidence(
            kind="inspection",
            ref=str(row.visit_id),
            at=row.happened_at,
            label=names.get(row.unit_id, ""),
            note=" · ".join(filter(None, (_failed(failed.get(row.visit_id, 0)), entered_late_words(row)))),
        )
        for row in rows
    ]


def _failed(count: int) -> str:
    """Return how many items do not comply, in words; nothing where all do."""
    words = ngettext("%(count)s item not in order", "%(count)s items not in order", count)
    return words % {"count": count} if count else ""


KIND = Kind(
    name="inspection",
    label=lambda: _("Inspection"),
    settings=InspectionSettings,
    lint=lint,
    open=open_,
    progress=progress,
    evidence=evidence,
)
