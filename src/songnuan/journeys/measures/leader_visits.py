"""Leaders' visits (领导走访): recorded by the office as they take place, later ones with a reason."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from pydantic import Field

from songnuan.journeys.measures.base import Count, Evidence, Kind, Opening, Progress, Settings
from songnuan.kernel.clock import CHINA
from songnuan.kernel.days import written
from songnuan.organisation.queries import day_of, names_then
from songnuan.plans.lint import LintFinding, Severity
from songnuan.plans.models import Measure
from songnuan.plans.planfile import ClauseEntry, PlanFile
from songnuan.visits.leaders import LeaderRow, of_plans


class LeaderVisitsSettings(Settings):
    """How many visits the clause speaks of."""

    visits: Count = Field(
        default=1, gt=0, le=1000, description="至少走访次数，不写即一次 / visits at least, else one"
    )


def lint(plan: PlanFile, clause: ClauseEntry, _settings: LeaderVisitsSettings) -> Iterator[LintFinding]:
    """Somebody must be there to record them."""
    if not plan.office:
        yield LintFinding(
            code="nobody_records_leaders",
            severity=Severity.ERROR,
            clause=clause.heading,
            message=_("Leaders' visits are to be recorded, but the plan names no office that does it."),
            mend=_("Name the office in the head of the plan."),
        )


def open_(_opening: Opening) -> None:
    """Nothing to prepare: the record of a visit is the evidence."""


def progress(measures: Sequence[Measure], _at: datetime) -> Mapping[int, Progress]:
    """Count the visits, and those entered late."""
    rows: dict[int, list[LeaderRow]] = {measure.plan_id: [] for measure in measures}
    for row in of_plans(rows.keys(), withdrawn=False):
        rows[row.plan_id].append(row)
    return {measure.pk: _one(measure, rows[measure.plan_id]) for measure in measures}


def _one(measure: Measure, rows: list[LeaderRow]) -> Progress:
    due = int(measure.settings.get("visits", 1))
    words = ngettext("%(count)s leader's visit recorded", "%(count)s leaders' visits recorded", len(rows)) % {
        "count": len(rows)
    }
    late = sum(row.late_entry for row in rows)
    notes = ngettext("%(count)s was entered late", "%(count)s were entered late", late) % {"count": late}
    return Progress(
        done=len(rows),
        due=max(due, len(rows)),
        headline=words if rows else _("No leader's visit recorded so far"),
        next=_("Record leaders' visits as they take place") if len(rows) < due else "",
        notes=(notes,) if late else (),
    )


def evidence(measure: Measure, at: datetime) -> list[Evidence]:
    """List the visits with the leader's post and the units; late entries say why."""
    rows = of_plans([measure.plan_id], withdrawn=False)
    names = names_then({unit_id for row in rows for unit_id in row.unit_ids}, day_of(at))
    return [
        Evidence(
            kind="leader_visit",
            ref=str(row.leader_visit_id),
            at=row.happened_at,
            label=f"{row.leader_post} · {'、'.join(names[unit_id] for unit_id in row.unit_ids)}",
            note=_late_words(row),
        )
        for row in rows
    ]


def _late_words(row: LeaderRow) -> str:
    if not row.late_entry:
        return ""
    facts = {"time": written(row.recorded_at.astimezone(CHINA), "moment"), "reason": row.entry_reason}
    return _("Late entry, made %(time)s: %(reason)s") % facts


KIND = Kind(
    name="leader_visits",
    label=lambda: _("Leaders' visits"),
    settings=LeaderVisitsSettings,
    lint=lint,
    open=open_,
    progress=progress,
    evidence=evidence,
)
