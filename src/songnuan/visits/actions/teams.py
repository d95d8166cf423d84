"""The writers of what schedules go by: a plan's settings, the teams of a lead office, a unit's hours."""

from collections.abc import Collection, Mapping
from dataclasses import asdict
from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from songnuan.audit import record as trail
from songnuan.kernel.actor import Actor
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
from songnuan.visits.schedule_queries import districts_of, rest_of, settings_of
from songnuan.visits.schedule_rules import (
    MOST,
    TeamDraft,
    Usual,
    check_hours,
    check_number,
    check_room,
    check_usual,
    team_district,
    team_name,
)
from songnuan.visits.scheduling.problem import WEEK
from songnuan.visits.scheduling.words import clock_words
from songnuan.visits.spots import day_alone

_TIMES = frozenset({"opens", "closes", "rest_begins", "rest_ends", "starts", "ends"})


@transaction.atomic(savepoint=False)
def settle_schedule(*, plan_id: int, usual: Usual, actor: Actor, at: datetime) -> None:
    """Say what holds for all visits of a plan.

    Raises:
        NotPermitted: The actor does not set the plan's schedule.
        Refusal: `hours_wrong`, `hours_short`, `number_wrong`.

    """
    plan = Plan.objects.get(pk=plan_id)
    require(actor, Permission.VISIT_SCHEDULE, unit_id=plan.unit_id, at=at)
    check_usual(usual)
    ScheduleSettings.objects.update_or_create(plan=plan, defaults=asdict(usual))
    _note(plan, "settle_schedule", f"plans.plan:{plan.slug}", actor, at, _told(asdict(usual)))


@transaction.atomic(savepoint=False)
def set_team(
    *, plan_id: int, lead_id: int, team_id: int | None, draft: TeamDraft, actor: Actor, at: datetime
) -> VisitTeam:
    """Add a team to a lead office, or change one.

    Raises:
        NotPermitted: The actor does not set the lead's schedule.
        Refusal: `name_missing`, `name_too_long`, `name_taken`, `hours_wrong`, `number_wrong`,
            `hours_short`, `seats_too_few`, `district_missing`, `member_unknown`, `member_elsewhere`,
            `team_unknown`.

    """
    plan = Plan.objects.get(pk=plan_id)
    require(actor, Permission.VISIT_SCHEDULE, unit_id=lead_id, at=at)
    name = team_name(draft.name)
    known = settings_of(plan_id)
    check_hours(draft.starts, draft.ends, "ends")
    check_room(draft.starts, draft.ends, visit_minutes=known.visit_minutes, rest=rest_of(known), field="ends")
    check_number(draft.most, 1, MOST, "most")
    check_number(draft.seats, 1, 60, "seats")
    members = set(draft.members)
    _check_members(members, draft.seats, lead_id, at)
    rows = VisitTeam.objects.filter(plan=plan, lead_id=lead_id, is_active=True)
    if rows.filter(name=name).exclude(pk=team_id or 0).exists():
        sentence = _("This lead office has a team “%(name)s” already. Choose another name.")
        raise Refusal("name_taken", sentence % {"name": name}, field="name")
    own, known_districts = districts_of(plan.slug, lead_id, day_of(at))
    columns = {
        "name": name,
        "district": team_district(draft, own=own, known=known_districts),
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
    facts = {"lead": lead_id, "team": team.pk, "people": len(members), **_told(columns)}
    del facts["name"]
    _note(plan, "set_team", f"plans.plan:{plan.slug}", actor, at, facts)
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
    _note(
        team.plan,
        "end_team",
        f"plans.plan:{team.plan.slug}",
        actor,
        at,
        {"lead": team.lead_id, "team": team_id, "count": count},
    )
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
    """Say when a unit may be visited; `weekdays` counts from Monday, 0. No weekday: on working days.

    On working days at the plan's own hours the unit goes by the plan, also when these change later.

    Raises:
        NotPermitted: The actor sets neither the plan's schedule nor that of the unit's lead.
        Refusal: `hours_wrong`, `hours_short`, `unit_elsewhere` when the plan visits no such unit.

    """
    plan = Plan.objects.get(pk=plan_id)
    pair = Assignment.objects.filter(live(day_of(at)), purpose=plan.slug, subject_id=unit_id)
    lead_id = pair.values_list("holder_id", flat=True).first()
    if lead_id is None:
        raise Refusal("unit_elsewhere", _("This plan visits no such unit. Choose one from its list."))
    require(actor, Permission.VISIT_SCHEDULE, unit_id=lead_id, at=at)
    facts: dict[str, object] = {"unit": unit_id}
    known = settings_of(plan_id)
    check_hours(opens, closes, "closes")
    check_room(opens, closes, visit_minutes=known.visit_minutes, rest=rest_of(known), field="closes")
    told_days = set(weekdays) or set(WEEK)
    if told_days != set(WEEK) or (opens, closes) != (known.opens, known.closes):
        days = "".join(str(day) for day in sorted(told_days) if 0 <= day <= 6)
        told = {"weekdays": days, "opens": opens, "closes": closes}
        UnitHours.objects.update_or_create(unit_id=unit_id, defaults=told)
        facts |= {**_told(told), "weekdays": list(days)}
    else:
        UnitHours.objects.filter(unit_id=unit_id).delete()
    _note(plan, "set_hours", f"plans.plan:{plan.slug}", actor, at, facts)


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


def _told(columns: Mapping[str, object]) -> dict[str, object]:
    """Return the columns as the trail tells them: times of the day as 09:30."""
    return {
        name: clock_words(value) if name in _TIMES and isinstance(value, int) else value
        for name, value in columns.items()
    }


def _unknown() -> Refusal:
    return Refusal("team_unknown", _("There is no such team any more. Open the page again."), field="team")


def _note(  # noqa: PLR0917 - all that the trail tells of it
    plan: Plan, verb: str, subject: str, actor: Actor, at: datetime, facts: Mapping[str, object]
) -> None:
    trail.record(
        stream=f"plan:{plan.slug}", action=f"visits.{verb}", subject=subject, actor=actor, at=at, facts=facts
    )
