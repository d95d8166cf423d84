"""The writers of what schedules go by: a plan's settings, the teams of a lead office, a unit's hours."""

from collections.abc import Collection, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from songnuan.audit import record as trail
from songnuan.kernel.actor import Actor
from songnuan.kernel.names import tidy_name
from songnuan.kernel.refusal import Refusal
from songnuan.organisation.models import Assignment
from songnuan.organisation.permissions import Permission
from songnuan.organisation.queries import day_of, require
from songnuan.organisation.rules import live
from songnuan.plans.models import Plan
from songnuan.visits.access import colleagues
from songnuan.visits.models import (
    ScheduleSettings,
    TeamCar,
    TeamMember,
    UnitHours,
    Visit,
    VisitStatus,
    VisitTeam,
)
from songnuan.visits.spots import day_alone

NAME_LONGEST = 60
DAY = 24 * 60
MOST = 20
WAY_LONGEST = 480


@dataclass(frozen=True, slots=True)
class Usual:
    """What holds for a plan's visits; minutes, and minutes after midnight. No rest: both None."""

    visit_minutes: int
    near_minutes: int
    far_minutes: int
    opens: int
    closes: int
    rest_begins: int | None
    rest_ends: int | None
    most: int


@dataclass(frozen=True, slots=True)
class TeamDraft:
    """A team as it was entered; `members` are ids of accounts at the lead office."""

    name: str
    car: str
    seats: int
    starts: int
    ends: int
    most: int
    members: Collection[int] = ()


@transaction.atomic(savepoint=False)
def settle_schedule(*, plan_id: int, usual: Usual, actor: Actor, at: datetime) -> None:
    """Say what holds for all visits of a plan.

    Raises:
        NotPermitted: The actor does not set the plan's schedule.
        Refusal: `hours_wrong`, `number_wrong`.

    """
    plan = Plan.objects.get(pk=plan_id)
    require(actor, Permission.VISIT_SCHEDULE, unit_id=plan.unit_id, at=at)
    _check_hours(usual.opens, usual.closes, "opens")
    if (usual.rest_begins is None) != (usual.rest_ends is None):
        raise Refusal(
            "hours_wrong", _("Enter when the rest begins and when it ends, or neither."), field="rest_ends"
        )
    if usual.rest_begins is not None and usual.rest_ends is not None:
        _check_hours(usual.rest_begins, usual.rest_ends, "rest_begins")
    _check_number(usual.visit_minutes, 1, WAY_LONGEST, "visit_minutes")
    _check_number(usual.near_minutes, 0, WAY_LONGEST, "near_minutes")
    _check_number(usual.far_minutes, usual.near_minutes, WAY_LONGEST, "far_minutes")
    _check_number(usual.most, 1, MOST, "most")
    ScheduleSettings.objects.update_or_create(plan=plan, defaults=asdict(usual))
    _note(plan, "settle_schedule", f"plans.plan:{plan.slug}", actor, at, asdict(usual))


@transaction.atomic(savepoint=False)
def set_team(
    *, plan_id: int, lead_id: int, team_id: int | None, draft: TeamDraft, actor: Actor, at: datetime
) -> VisitTeam:
    """Add a team to a lead office, or change one.

    Raises:
        NotPermitted: The actor does not set the lead's schedule.
        Refusal: `name_missing`, `name_too_long`, `name_taken`, `hours_wrong`, `number_wrong`,
            `seats_too_few`, `member_unknown`, `member_elsewhere`, `team_unknown`.

    """
    plan = Plan.objects.get(pk=plan_id)
    require(actor, Permission.VISIT_SCHEDULE, unit_id=lead_id, at=at)
    name = _name(draft.name)
    _check_hours(draft.starts, draft.ends, "starts")
    _check_number(draft.most, 1, MOST, "most")
    _check_number(draft.seats, 1, 60, "seats")
    members = set(draft.members)
    _check_members(members, draft.seats, lead_id, at)
    rows = VisitTeam.objects.filter(plan=plan, lead_id=lead_id, is_active=True)
    if rows.filter(name=name).exclude(pk=team_id or 0).exists():
        sentence = _("This lead office has a team “%(name)s” already. Choose another name.")
        raise Refusal("name_taken", sentence % {"name": name}, field="name")
    columns = {
        "name": name,
        "car": draft.car if draft.car in TeamCar.values else TeamCar.OWN,
        "seats": draft.seats,
        "starts": draft.starts,
        "ends": draft.ends,
        "most": draft.most,
    }
    if team_id is None:
        team = VisitTeam.objects.create(plan=plan, lead_id=lead_id, **columns)
    else:
        if rows.filter(pk=team_id).update(**columns) != 1:
            raise _unknown()
        team = VisitTeam.objects.get(pk=team_id)
    _set_members(team, members)
    facts = {"lead": lead_id, "count": len(members), **columns}
    del facts["name"]
    _note(plan, "set_team", f"visits.team:{team.pk}", actor, at, facts)
    return team


@transaction.atomic(savepoint=False)
def end_team(*, team_id: int, actor: Actor, at: datetime) -> int:
    """Take a team away; its visits still to make keep their day without time and team. Return how many.

    Raises:
        NotPermitted: The actor does not set the lead's schedule.
        Refusal: `team_unknown`.

    """
    team = VisitTeam.objects.select_related("plan").filter(pk=team_id).first()
    if team is None:
        raise _unknown()
    require(actor, Permission.VISIT_SCHEDULE, unit_id=team.lead_id, at=at)
    if VisitTeam.objects.filter(pk=team_id, is_active=True).update(is_active=False) != 1:
        raise _unknown()
    TeamMember.objects.filter(team=team).delete()
    left = Visit.objects.filter(planned_team=team, status=VisitStatus.PLANNED)
    count = left.update(**day_alone(), planned_team=None)
    _note(team.plan, "end_team", f"visits.team:{team_id}", actor, at, {"lead": team.lead_id, "count": count})
    return count


@transaction.atomic(savepoint=False)
def set_hours(
    *,
    plan_id: int,
    unit_id: int,
    weekdays: Collection[int],
    opens: int,
    closes: int,
    actor: Actor,
    at: datetime,
) -> None:
    """Say when a unit may be visited; `weekdays` counts from Monday, 0. No weekday: as the plan has it.

    Raises:
        NotPermitted: The actor sets neither the plan's schedule nor that of the unit's lead.
        Refusal: `hours_wrong`, `unit_elsewhere` when the plan visits no such unit.

    """
    plan = Plan.objects.get(pk=plan_id)
    pair = Assignment.objects.filter(live(day_of(at)), purpose=plan.slug, subject_id=unit_id)
    lead_id = pair.values_list("holder_id", flat=True).first()
    if lead_id is None:
        raise Refusal("unit_elsewhere", _("This plan visits no such unit. Choose one from its list."))
    require(actor, Permission.VISIT_SCHEDULE, unit_id=lead_id, at=at)
    facts: dict[str, object] = {"unit": unit_id}
    if weekdays:
        _check_hours(opens, closes, "opens")
        days = "".join(str(day) for day in sorted(set(weekdays)) if 0 <= day <= 6)
        told = {"weekdays": days, "opens": opens, "closes": closes}
        UnitHours.objects.update_or_create(unit_id=unit_id, defaults=told)
        facts |= told
    else:
        UnitHours.objects.filter(unit_id=unit_id).delete()
    _note(plan, "set_hours", f"organisation.unit#:{unit_id}", actor, at, facts)


def _name(text: str) -> str:
    name = tidy_name(text.replace("\x00", ""))
    if not name:
        raise Refusal("name_missing", _("Give the team a name."), field="name")
    if len(name) > NAME_LONGEST:
        sentence = _("This text has %(length)s characters. Keep it within %(most)s.")
        raise Refusal("name_too_long", sentence % {"length": len(name), "most": NAME_LONGEST}, field="name")
    return name


def _check_hours(begins: int, ends: int, field: str) -> None:
    if not 0 <= begins < ends <= DAY:
        raise Refusal("hours_wrong", _("It ends before it begins. Enter a later end."), field=field)


def _check_number(number: int, least: int, most: int, field: str) -> None:
    if not least <= number <= most:
        sentence = _("Enter a number from %(least)s to %(most)s.")
        raise Refusal("number_wrong", sentence % {"least": least, "most": most}, field=field)


def _check_members(members: set[int], seats: int, lead_id: int, at: datetime) -> None:
    if len(members) > seats:
        sentence = _("%(people)s people do not fit on %(seats)s seats. Name fewer, or enter more seats.")
        raise Refusal("seats_too_few", sentence % {"people": len(members), "seats": seats}, field="seats")
    known = colleagues(lead_id, day_of(at)).filter(pk__in=members)
    if known.count() != len(members):
        raise Refusal(
            "member_unknown", _("Choose the people from the list, or write their names."), field="members"
        )


def _set_members(team: VisitTeam, members: set[int]) -> None:
    TeamMember.objects.filter(team=team).exclude(user__in=members).delete()
    there = set(TeamMember.objects.filter(team=team).values_list("user_id", flat=True))
    fresh = [TeamMember(team=team, plan_id=team.plan_id, user_id=pk) for pk in sorted(members - there)]
    try:
        with transaction.atomic():
            TeamMember.objects.bulk_create(fresh)
    except IntegrityError:
        sentence = _("One of them goes with another team already. Nobody goes with two.")
        raise Refusal("member_elsewhere", sentence, field="members") from None


def _unknown() -> Refusal:
    return Refusal("team_unknown", _("There is no such team any more. Open the page again."), field="team")


def _note(  # noqa: PLR0917 - all that the trail tells of it
    plan: Plan, verb: str, subject: str, actor: Actor, at: datetime, facts: Mapping[str, object]
) -> None:
    trail.record(
        stream=f"plan:{plan.slug}", action=f"visits.{verb}", subject=subject, actor=actor, at=at, facts=facts
    )
