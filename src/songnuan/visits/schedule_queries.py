"""Reads of schedules: what a proposal is worked out from, teams, hours, and proposals that were kept."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import QuerySet

from songnuan.kernel.actor import Actor
from songnuan.kernel.bulk import digest_rows
from songnuan.kernel.workdays import LAST_YEAR, is_workday
from songnuan.organisation.models import Assignment, Unit
from songnuan.organisation.permissions import Permission
from songnuan.organisation.queries import UnitView, day_of, scope, unit_views
from songnuan.organisation.rules import live
from songnuan.plans.models import MeasureStatus, Plan, PlanStatus
from songnuan.visits.later import waiting_of
from songnuan.visits.models import (
    ScheduleSettings,
    TeamMember,
    UnitHours,
    Visit,
    VisitStatus,
    VisitTeam,
)
from songnuan.visits.scheduling.breaks import Break, breaks
from songnuan.visits.scheduling.problem import (
    WEEK,
    Car,
    DaySpot,
    Hours,
    Problem,
    Spot,
    Standing,
    Stop,
    Team,
)

SEATS = 5


@dataclass(frozen=True, slots=True)
class Arrangement:
    """The visits of a plan as a problem of scheduling, and what it was read from.

    `visits` are those still to make, by id; of these `problem.stops` may be proposed anew. `world` is every
    spot there is by lead office, whether it may move or not. `units` are the visited units as they are then.
    """

    plan: Plan
    problem: Problem
    visits: Mapping[int, Visit]
    world: Mapping[int, Sequence[Standing]]
    units: Mapping[int, UnitView]
    hours: Mapping[int, Hours]
    settings: ScheduleSettings

    @property
    def digest(self) -> str:
        """Return the digest of the visits as they were read."""
        return digest_rows((visit.pk, visit.revision) for visit in self.visits.values())

    def stop(self, visit_id: int) -> Stop:
        """Return one visit with nothing fixed of it, whether it may be proposed anew or not."""
        visit = self.visits[visit_id]
        return Stop(
            visit_id=visit.pk,
            unit_id=visit.unit_id,
            lead_id=visit.lead_id,
            district=self.district(visit.unit_id),
            hours=self.hours[visit.unit_id],
            minutes=self.settings.visit_minutes,
            due_on=last_allowed(visit),
        )

    def district(self, unit_id: int) -> str:
        """Return the district of a unit, "" where nobody knows it."""
        unit = self.units.get(unit_id)
        return unit.district if unit else ""

    def names(self) -> dict[int, str]:
        """Return the names of the visited units."""
        return {unit_id: unit.name for unit_id, unit in self.units.items()}

    def breaks(
        self, visit_id: int, spot: Spot | DaySpot, world: Sequence[Standing] | None = None
    ) -> list[Break]:
        """Return what the visit would break at the spot, beside what its lead has now or in `world`."""
        if world is None:
            world = self.world.get(self.visits[visit_id].lead_id, ())
        return breaks(self.stop(visit_id), spot, world, self.problem)

    def world_with(self, lead_id: int, moved: Mapping[int, Spot]) -> list[Standing]:
        """Return every spot that a lead office would have."""
        stay = [row for row in self.world.get(lead_id, ()) if row.visit_id not in moved]
        return [*stay, *(self._standing(visit_id, spot) for visit_id, spot in moved.items())]

    def _standing(self, visit_id: int, spot: Spot) -> Standing:
        stop = self.stop(visit_id)
        return Standing(visit_id, stop.unit_id, stop.district, spot.team, spot.day, spot.start, stop.minutes)


@dataclass(frozen=True, slots=True)
class TeamView:
    """A team as pages show it; `pk` is None for a lead office that goes as one. `members`: ids and names."""

    pk: int | None
    lead_id: int
    name: str
    car: str
    seats: int
    starts: int
    ends: int
    most: int
    members: tuple[tuple[int, str], ...] = ()
    district: str = ""

    @property
    def key(self) -> str:
        """Return how a problem names it."""
        return key_of(self.pk, self.lead_id)


def key_of(team_id: int | None, lead_id: int) -> str:
    """Return how a problem names the team, or the lead office that goes as one."""
    return f"lead:{lead_id}" if team_id is None else f"team:{team_id}"


def team_of(key: str) -> int | None:
    """Return the team that a problem names so; None for a lead office that goes as one."""
    kind, _colon, number = key.partition(":")
    return int(number) if kind == "team" else None


def leads_of(plan_id: int, actor: Actor, at: datetime) -> frozenset[int]:
    """Return the lead offices of the plan's visits whose schedule the actor sets."""
    leads = Visit.objects.filter(measure__plan_id=plan_id).values("lead")
    mine = scope(actor, Permission.VISIT_SCHEDULE, at).filter(pk__in=leads)
    return frozenset(mine.values_list("pk", flat=True))


def settings_of(plan_id: int) -> ScheduleSettings:
    """Return what holds for a plan's visits; the defaults, not stored, where nobody said anything."""
    return ScheduleSettings.objects.filter(plan_id=plan_id).first() or ScheduleSettings(plan_id=plan_id)


def districts_of(slug: str, lead_id: int, on: date) -> tuple[str, list[str]]:
    """Return the district of a lead office, "" where nobody knows it, and those of its units, in order."""
    pairs = Assignment.objects.filter(live(on), purpose=slug, holder_id=lead_id)
    ids = {lead_id, *pairs.values_list("subject_id", flat=True)}
    units = {unit.unit_id: unit.district for unit in unit_views(Unit.objects.filter(pk__in=ids), on)}
    own = units.pop(lead_id, "")
    return own, sorted(set(units.values()) - {""})


def rest_of(known: ScheduleSettings) -> tuple[int, int] | None:
    """Return the rest at noon; None where there is none."""
    if known.rest_begins is None or known.rest_ends is None:
        return None
    return known.rest_begins, known.rest_ends


def teams_of(plan_id: int, lead_names: Mapping[int, str]) -> list[TeamView]:
    """Return the teams of the leads, in their order; a lead without one goes as one team, under its name."""
    found = VisitTeam.objects.filter(plan_id=plan_id, is_active=True, lead__in=lead_names).order_by("pk")
    rows = list(found)
    members: dict[int, list[tuple[int, str]]] = {}
    people = TeamMember.objects.filter(team__in=rows).order_by("pk")
    for team_id, user_id, name in people.values_list("team_id", "user_id", "user__name"):
        members.setdefault(team_id, []).append((user_id, name))
    known = settings_of(plan_id)
    of_lead: dict[int, list[TeamView]] = {}
    for row in rows:
        of_lead.setdefault(row.lead_id, []).append(
            TeamView(
                pk=row.pk,
                lead_id=row.lead_id,
                name=row.name,
                car=row.car,
                seats=row.seats,
                starts=row.starts,
                ends=row.ends,
                most=row.most,
                members=tuple(members.get(row.pk, ())),
                district=row.district,
            )
        )
    return [
        team
        for lead_id, name in lead_names.items()
        for team in of_lead.get(lead_id) or [_whole(lead_id, name, known)]
    ]


def _whole(lead_id: int, name: str, known: ScheduleSettings) -> TeamView:
    return TeamView(
        pk=None,
        lead_id=lead_id,
        name=name,
        car=Car.OWN,
        seats=SEATS,
        starts=known.opens,
        ends=known.closes,
        most=known.most,
    )


def hours_of(unit_ids: Collection[int], known: ScheduleSettings) -> dict[int, Hours]:
    """Return when each unit may be visited."""
    usual = Hours(WEEK, known.opens, known.closes)
    rows = UnitHours.objects.filter(unit__in=unit_ids).values_list("unit_id", "weekdays", "opens", "closes")
    own = {pk: Hours(frozenset(map(int, days)), opens, closes) for pk, days, opens, closes in rows}
    return {**dict.fromkeys(unit_ids, usual), **own}


def to_make(plan_id: int) -> QuerySet[Visit]:
    """Return the visits of a plan that are still to make, in the order of their units."""
    return (
        Visit.objects.filter(
            measure__plan_id=plan_id,
            measure__status=MeasureStatus.OPEN,
            measure__plan__status=PlanStatus.OPEN,
            status=VisitStatus.PLANNED,
        )
        .annotate(asked_on=waiting_of().values("day")[:1])
        .select_related("planned_team")
        .defer("receiver_name")
        .order_by("unit_id", "pk")
    )


def arrangement(plan: Plan, lead_ids: Collection[int], at: datetime) -> Arrangement:
    """Return what there is to arrange for these lead offices, from tomorrow to the deadline.

    What stays where it is: visits of today, pinned ones with day and time, those whose later day waits or is
    allowed. A pinned visit that has only a day is given a time on it.
    """
    today = day_of(at)
    known = settings_of(plan.pk)
    visits = {visit.pk: visit for visit in to_make(plan.pk).filter(lead__in=lead_ids)}
    ids = {visit.unit_id for visit in visits.values()} | {visit.lead_id for visit in visits.values()}
    units = {unit.unit_id: unit for unit in unit_views(Unit.objects.filter(pk__in=ids), today)}
    leads = dict.fromkeys(sorted({visit.lead_id for visit in visits.values()}), "")
    teams = [
        Team(
            key=team.key,
            lead_id=team.lead_id,
            district=team.district or (units[team.lead_id].district if team.lead_id in units else ""),
            car=Car(team.car),
            starts=team.starts,
            ends=team.ends,
            most=team.most,
        )
        for team in teams_of(plan.pk, leads)
    ]
    hours = hours_of({visit.unit_id for visit in visits.values()}, known)
    stops = [_stop(visit, units, hours, known) for visit in visits.values() if not _stays(visit, today)]
    world = _world(visits.values(), units, teams, known)
    stopped = {stop.visit_id for stop in stops}
    standing = [row for rows in world.values() for row in rows if row.visit_id not in stopped]
    problem = Problem(
        days=_days(today, max((stop.due_on for stop in stops), default=today)),
        teams=teams,
        stops=stops,
        standing=[row for row in standing if row.day > today],
        near=known.near_minutes,
        far=known.far_minutes,
        rest=rest_of(known),
    )
    return Arrangement(plan, problem, visits, world, units, hours, known)


def last_allowed(visit: Visit) -> date:
    """Return the last day on which a visit breaks no deadline: the later day that was allowed, if one was."""
    if visit.late_approved and visit.planned_on is not None:
        return max(visit.due_on, visit.planned_on)
    return visit.due_on


def _stays(visit: Visit, today: date) -> bool:
    if visit.planned_on == today or getattr(visit, "asked_on", None) is not None:
        return True
    if visit.planned_on is not None and visit.planned_on > visit.due_on:
        return True
    return visit.pinned and visit.planned_start is not None


def _stop(
    visit: Visit, units: Mapping[int, UnitView], hours: Mapping[int, Hours], known: ScheduleSettings
) -> Stop:
    unit = units.get(visit.unit_id)
    return Stop(
        visit_id=visit.pk,
        unit_id=visit.unit_id,
        lead_id=visit.lead_id,
        district=unit.district if unit else "",
        hours=hours[visit.unit_id],
        minutes=known.visit_minutes,
        due_on=visit.due_on,
        day=visit.planned_on if visit.pinned else None,
    )


def _world(
    visits: Iterable[Visit], units: Mapping[int, UnitView], teams: Sequence[Team], known: ScheduleSettings
) -> dict[int, list[Standing]]:
    """Return the spots of the visits that have a day, by lead office; with no team named, the first goes."""
    keys = {team.key for team in teams}
    first: dict[int, str] = {}
    for team in teams:
        first.setdefault(team.lead_id, team.key)
    world: dict[int, list[Standing]] = {}
    for visit in visits:
        if visit.planned_on is None:
            continue
        key = key_of(visit.planned_team_id, visit.lead_id)
        unit = units.get(visit.unit_id)
        world.setdefault(visit.lead_id, []).append(
            Standing(
                visit_id=visit.pk,
                unit_id=visit.unit_id,
                district=unit.district if unit else "",
                team=key if key in keys else first[visit.lead_id],
                day=visit.planned_on,
                start=visit.planned_start,
                minutes=visit.planned_minutes or known.visit_minutes,
            )
        )
    return world


def _days(today: date, last: date) -> list[date]:
    """Return the working days after `today`, up to `last`, as far as the table of them reaches.

    Whoever proposes asks `last` before, and is refused; a page shows what there is all the same.
    """
    last = min(last, date(LAST_YEAR, 12, 31))
    days = (today + timedelta(days=number) for number in range(1, (last - today).days + 1))
    return [day for day in days if is_workday(day)]
