"""What the pages of schedules show: visits by day and team, and what a proposal would change."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from songnuan.organisation.permissions import Permission
from songnuan.plans.models import Plan
from songnuan.visits.models import ProposedVisit, ScheduleProposal, Visit
from songnuan.visits.schedule_queries import Arrangement, arrangement, key_of, leads_of, to_make
from songnuan.visits.scheduling.breaks import Break, day_breaks
from songnuan.visits.scheduling.problem import Spot
from songnuan.visits.scheduling.words import broken_words, why_words
from songnuan.web.views.shared import Reader, names_on
from songnuan.web.visit_page import units_on


@dataclass(frozen=True, slots=True)
class Line:
    """One visit of a schedule. `may` says that its reader arranges it.

    `was` is the day that stands, in a proposal; `state` says there "open", "taken" or "changed".
    `is_allowed`: its day is after the deadline, and was allowed. `broken` are the rules that it breaks, in
    sentences, `break_reason` says why it stands there all the same.
    """

    visit_id: int
    unit_name: str
    district: str
    lead_id: int
    lead_name: str
    team_name: str
    day: date | None
    start: int | None
    ends: int | None
    pinned: bool
    may: bool
    broken: Sequence[str] = ()
    break_reason: str = ""
    was: date | None = None
    was_start: int | None = None
    state: str = "open"
    why: str = ""
    is_allowed: bool = False

    @property
    def gets_time(self) -> bool:
        """Whether a proposal leaves its day, which had no time, and gives it one."""
        return self.day == self.was and self.was_start is None and self.start is not None

    @property
    def is_moved(self) -> bool:
        """Whether a proposal changes its day, or the time it has."""
        return not self.gets_time and (self.day, self.start) != (self.was, self.was_start)


@dataclass(frozen=True, slots=True)
class Group:
    """The visits of one day, or those without one."""

    day: date | None
    lines: list[Line] = field(default_factory=list)

    @property
    def teams(self) -> int:
        """Return how many teams are out."""
        return len({(line.lead_id, line.team_name) for line in self.lines})


def by_day(lines: Iterable[Line]) -> list[Group]:
    """Return the lines by day, and by lead, team and time on each; those without a day come last."""
    groups: dict[date | None, Group] = {}
    ordered = sorted(
        lines,
        key=lambda line: (
            line.day is None,
            line.day or date.min,
            line.lead_id,
            line.team_name,
            line.start is None,
            line.start or 0,
            line.visit_id,
        ),
    )
    for line in ordered:
        groups.setdefault(line.day, Group(line.day)).lines.append(line)
    return list(groups.values())


def lines_of(reader: Reader, plan: Plan) -> tuple[list[Line], Arrangement, frozenset[int]]:
    """Return the visits to make that the reader may see, what arranges them, and the leads of the reader."""
    mine = leads_of(plan.pk, reader.actor, reader.at)
    leads = Visit.objects.filter(measure__plan=plan).values_list("lead_id", flat=True).distinct()
    found = arrangement(plan, set(leads), reader.at)
    seen = reader.reach_ids(Permission.VISIT_VIEW)
    ids = {pk for visit in found.visits.values() for pk in (visit.lead_id, visit.unit_id)}
    names = names_on(ids, reader.day)
    lines = [_line(visit, found, names, mine) for visit in found.visits.values() if visit.unit_id in seen]
    return lines, found, mine


def _line(visit: Visit, found: Arrangement, names: Mapping[int, str], mine: Collection[int]) -> Line:
    # What breaks names other units of the lead: it is for who arranges them.
    broken = broken_words(_broken(visit, found), found.names()) if visit.lead_id in mine else ()
    return Line(
        visit_id=visit.pk,
        unit_name=names[visit.unit_id],
        district=found.district(visit.unit_id),
        lead_id=visit.lead_id,
        lead_name=names[visit.lead_id],
        team_name=visit.planned_team.name if visit.planned_team else "",
        day=visit.planned_on,
        start=visit.planned_start,
        ends=None
        if visit.planned_start is None or visit.planned_minutes is None
        else visit.planned_start + visit.planned_minutes,
        pinned=visit.pinned,
        may=visit.lead_id in mine,
        broken=broken,
        break_reason=visit.break_reason if broken else "",
        is_allowed=visit.late_approved and visit.planned_on is not None and visit.planned_on > visit.due_on,
    )


def _broken(visit: Visit, found: Arrangement) -> list[Break]:
    """Return the hard rules that a visit breaks where it stands; of one without a time, those of its day."""
    if visit.planned_on is None:
        return []
    if visit.planned_start is None:
        return day_breaks(found.stop(visit.pk), visit.planned_on)
    spot = Spot(visit.planned_on, visit.planned_start, key_of(visit.planned_team_id, visit.lead_id))
    return [one for one in found.breaks(visit.pk, spot) if one.rule.is_hard]


def proposed_lines(reader: Reader, proposal: ScheduleProposal) -> list[Line]:
    """Return the rows of a proposal for the leads that the reader arranges."""
    mine = leads_of(proposal.plan_id, reader.actor, reader.at)
    rows = list(
        ProposedVisit.objects.filter(proposal=proposal, visit__lead__in=mine)
        .select_related("visit", "team")
        .defer("visit__receiver_name")
    )
    ids = {row.visit.unit_id for row in rows} | {row.visit.lead_id for row in rows}
    names = names_on(ids, reader.day)
    units = units_on({row.visit.unit_id for row in rows}, reader.day)
    districts = {unit_id: unit.district for unit_id, unit in units.items()}
    return [
        Line(
            visit_id=row.visit_id,
            unit_name=names[row.visit.unit_id],
            district=districts.get(row.visit.unit_id, ""),
            lead_id=row.visit.lead_id,
            lead_name=names[row.visit.lead_id],
            team_name=row.team.name if row.team else "",
            day=row.day,
            start=row.start,
            ends=None if row.start is None else row.start + row.minutes,
            pinned=row.visit.pinned,
            may=True,
            was=row.visit.planned_on,
            was_start=row.visit.planned_start,
            state=_state(row),
            why=why_words(row.why) if row.why else "",
        )
        for row in rows
    ]


def staying(reader: Reader, proposal: ScheduleProposal) -> int:
    """Return how many visits of the reader's leads are still to make and no part of the proposal."""
    mine = leads_of(proposal.plan_id, reader.actor, reader.at)
    others = to_make(proposal.plan_id).filter(lead__in=mine).exclude(pk__in=proposal.rows.values("visit"))
    return others.count()


def _state(row: ProposedVisit) -> str:
    if row.taken_at is not None:
        return "taken"
    return "open" if row.revision == row.visit.revision else "changed"


@dataclass(frozen=True, slots=True)
class Compared:
    """What a proposal comes to beside the days that stand: days on which teams are out, and the last day."""

    outings: int
    outings_now: int
    last: date | None
    last_now: date | None


def compared(lines: Sequence[Line]) -> Compared:
    """Return the figures of a proposal; visits without a spot count in neither."""
    placed = [line for line in lines if line.day is not None]
    now = [line for line in placed if line.was is not None]
    return Compared(
        outings=len({(line.lead_id, line.team_name, line.day) for line in placed}),
        outings_now=len({(line.lead_id, line.was) for line in now}),
        last=max((line.day for line in placed if line.day), default=None),
        last_now=max((line.was for line in now if line.was), default=None),
    )
