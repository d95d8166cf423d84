"""Proposals are kept as worked out, and taken where nothing changed since; by hand with a reason."""

import json
from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from people import SLUG, Bureau, at, open_plan_1
from songnuan.audit.models import Entry
from songnuan.jobs.models import OutboxMessage
from songnuan.journeys.allow_late_visit import allow_late_visit
from songnuan.journeys.end_visit_team import end_visit_team
from songnuan.journeys.pin_visits import pin_visits
from songnuan.journeys.place_visit import place_visit
from songnuan.journeys.propose_schedule import propose_schedule
from songnuan.journeys.replan_visit import replan_visit
from songnuan.journeys.set_unit_hours import set_unit_hours
from songnuan.journeys.set_visit_team import set_visit_team
from songnuan.journeys.settle_schedule import settle_schedule
from songnuan.journeys.take_schedule import take_schedule
from songnuan.kernel.actor import Actor
from songnuan.kernel.refusal import NotPermitted, Refusal
from songnuan.kernel.workdays import LAST_YEAR
from songnuan.organisation.models import UnitRecord
from songnuan.plans.models import Plan
from songnuan.visits import actions, checks
from songnuan.visits.actions import PlannedVisit
from songnuan.visits.models import (
    LaterDay,
    ProposedVisit,
    ScheduleProposal,
    ScheduleSettings,
    TeamMember,
    UnitHours,
    Visit,
    VisitTeam,
)
from songnuan.visits.schedule_queries import arrangement, leads_of, teams_of
from songnuan.visits.schedule_rules import TeamDraft, Usual
from songnuan.visits.scheduling import solver
from songnuan.visits.scheduling.problem import Spot, Standing
from visits.builders import acting
from visits.test_scheduling import wrongs

pytestmark = pytest.mark.django_db
USUAL = Usual(45, 20, 60, 9 * 60, 17 * 60, 12 * 60, 13 * 60 + 30, 4)
DRAFT = TeamDraft("一队", "own", 5, 9 * 60, 17 * 60, 3)


@pytest.fixture(autouse=True)
def plan(bureau: Bureau) -> Plan:
    return open_plan_1(bureau)


def propose(actor: Actor, **changes: Any) -> ScheduleProposal:
    return propose_schedule(slug=SLUG, **{"only_greedy": True, "actor": actor, "at": at(7, 16), **changes})


def all_of(proposal: ScheduleProposal) -> list[int]:
    return list(proposal.rows.values_list("visit_id", flat=True))


def spots() -> list[tuple[Any, ...]]:
    return list(
        Visit.objects.order_by("pk").values_list(
            "planned_on",
            "planned_start",
            "planned_minutes",
            "planned_team",
            "pinned",
            "revision",
            "break_reason",
        )
    )


def own(bureau: Bureau) -> list[Visit]:
    return list(Visit.objects.filter(lead_id=bureau.lead_id).order_by("pk"))


def move(visit: Visit, actor: Actor, day: int = 9, start: int = 9 * 60, **changes: Any) -> None:
    facts: dict[str, Any] = {"team_id": None, "reason": "", "at": at(7, 17), **changes}
    place_visit(visit_id=visit.pk, planned_on=date(2020, 4, day), start=start, actor=actor, **facts)


@pytest.mark.parametrize("only_greedy", [True, False])
def test_all_47_units_find_a_place_and_no_rule_is_broken(
    bureau: Bureau, plan: Plan, *, only_greedy: bool
) -> None:
    proposal = propose(bureau.officer, only_greedy=only_greedy)
    assert proposal.method == ("greedy" if only_greedy else "solver")
    assert proposal.rows.filter(day__isnull=False).count() == 47
    found = arrangement(plan, leads_of(plan.pk, bureau.officer, at(7, 16)), at(7, 16))
    assert found.digest == proposal.digest
    assert spots() == [(*row[:1], None, None, None, False, 0, "") for row in spots()], "nothing moved yet"
    done = take_schedule(
        proposal_id=proposal.pk, visit_ids=all_of(proposal), actor=bureau.officer, at=at(7, 17)
    )
    assert (len(done.taken), done.changed, done.clashing) == (47, (), ())
    after = arrangement(plan, leads_of(plan.pk, bureau.officer, at(7, 17)), at(7, 17))
    placed = {row.visit_id: row for rows in after.world.values() for row in rows}
    assert wrongs(found.problem, {pk: _spot(row) for pk, row in placed.items()}) == []
    assert all(after.breaks(pk, _spot(row)) == [] for pk, row in placed.items())
    entry = Entry.objects.get(action="visits.take_schedule")
    assert json.loads(entry.facts)["count"] == 47, "one row for all"


def _spot(row: Standing) -> Spot:
    assert row.start is not None
    return Spot(row.day, row.start, row.team)


def test_a_proposal_taken_twice_moves_nothing_again(bureau: Bureau) -> None:
    proposal = propose(bureau.officer)
    facts: dict[str, Any] = {
        "proposal_id": proposal.pk,
        "visit_ids": all_of(proposal),
        "actor": bureau.officer,
        "at": at(7, 17),
    }
    take_schedule(**facts)
    before = spots()
    with pytest.raises(Refusal) as refused:
        take_schedule(**facts)
    assert refused.value.code == "schedule_taken"
    assert spots() == before


def test_what_was_changed_meanwhile_is_left_and_named(bureau: Bureau, plan: Plan) -> None:
    """Whoever moves a visit by day alone, by hand or by a pin, is not overruled by an older proposal."""
    proposal = propose(bureau.officer)
    first, second, third = own(bureau)
    replan_visit(
        visit_id=first.pk, planned_on=date(2020, 4, 20), late_reason="", actor=bureau.liaison, at=at(7, 17)
    )
    pin_visits(plan_id=plan.pk, visit_ids=[second.pk], pinned=True, actor=bureau.liaison, at=at(7, 17))
    done = take_schedule(
        proposal_id=proposal.pk,
        visit_ids=[first.pk, second.pk, third.pk],
        actor=bureau.officer,
        at=at(7, 18),
    )
    assert (done.taken, done.changed) == ((third.pk,), (first.pk, second.pk))
    first.refresh_from_db()
    assert (first.planned_on, first.planned_start) == (date(2020, 4, 20), None)


def test_of_two_proposals_the_second_taken_finds_the_first(bureau: Bureau) -> None:
    one, other = propose(bureau.officer), propose(bureau.office)
    ids = all_of(one)
    take_schedule(proposal_id=one.pk, visit_ids=ids[:10], actor=bureau.officer, at=at(7, 17))
    done = take_schedule(proposal_id=other.pk, visit_ids=ids, actor=bureau.office, at=at(7, 18))
    assert set(done.changed) == set(ids[:10])
    assert set(done.taken) | set(done.clashing) == set(ids[10:])


def test_some_of_a_proposal_are_not_put_in_the_way_of_what_stays(bureau: Bureau) -> None:
    """One visit is taken to the time at which another one, left as it was, takes place."""
    first, second, _third = own(bureau)
    proposal = propose(bureau.liaison)
    row = ProposedVisit.objects.get(proposal=proposal, visit=first)
    assert row.day is not None
    assert row.start is not None
    move(second, bureau.liaison, row.day.day, row.start)
    done_before = spots()
    with pytest.raises(Refusal) as refused:
        take_schedule(proposal_id=proposal.pk, visit_ids=[first.pk], actor=bureau.liaison, at=at(7, 18))
    assert refused.value.code == "schedule_changed"
    assert spots() == done_before


def test_a_proposal_whose_day_has_come_is_not_taken(bureau: Bureau) -> None:
    proposal = propose(bureau.officer)
    before = spots()
    with pytest.raises(Refusal) as refused:
        take_schedule(proposal_id=proposal.pk, visit_ids=all_of(proposal), actor=bureau.officer, at=at(8))
    assert refused.value.code == "schedule_over"
    assert spots() == before


def test_a_pinned_visit_stays_and_the_others_go_around_it(bureau: Bureau, plan: Plan) -> None:
    first, second, third = own(bureau)
    move(first, bureau.liaison, 8, 9 * 60)
    pin_visits(
        plan_id=plan.pk, visit_ids=[first.pk, second.pk], pinned=True, actor=bureau.liaison, at=at(7, 17)
    )
    second.refresh_from_db()
    proposal = propose(bureau.liaison, at=at(7, 18))
    rows = {row.visit_id: row for row in proposal.rows.all()}
    assert rows.keys() == {second.pk, third.pk}, "what has a day and a time is not asked about"
    assert rows[second.pk].day == second.planned_on, "what has only a day is given a time on it"
    done = take_schedule(proposal_id=proposal.pk, visit_ids=list(rows), actor=bureau.liaison, at=at(7, 19))
    assert len(done.taken) == 2
    pin_visits(plan_id=plan.pk, visit_ids=[first.pk], pinned=False, actor=bureau.liaison, at=at(7, 19))
    assert propose(bureau.liaison, at=at(7, 20)).rows.filter(visit=first).exists()


def test_what_is_after_the_deadline_or_of_today_is_not_proposed(bureau: Bureau) -> None:
    first, second, third = own(bureau)
    replan_visit(
        visit_id=first.pk,
        planned_on=date(2020, 4, 24),
        late_reason="汛期停航",
        actor=bureau.liaison,
        at=at(7),
    )
    replan_visit(
        visit_id=second.pk, planned_on=date(2020, 4, 9), late_reason="", actor=bureau.liaison, at=at(7)
    )
    proposal = propose(bureau.liaison, at=at(9))
    assert all_of(proposal) == [third.pk]
    late = propose(bureau.officer, at=at(22))
    assert not late.rows.filter(day__isnull=False).exists()
    assert set(late.rows.values_list("why", flat=True)) == {"deadline_over"}


def test_a_lead_arranges_its_own_visits_alone(bureau: Bureau, plan: Plan) -> None:
    proposal = propose(bureau.liaison)
    assert set(all_of(proposal)) == {visit.pk for visit in own(bureau)}
    whole, before = propose(bureau.officer), spots()
    other = ProposedVisit.objects.filter(proposal=whole).exclude(visit__lead_id=bureau.lead_id)[0]
    for actor, ids in ((bureau.liaison, [other.visit_id]), (bureau.finance, all_of(whole))):
        with pytest.raises(NotPermitted):
            take_schedule(proposal_id=whole.pk, visit_ids=ids, actor=actor, at=at(7, 17))
    for act in (
        lambda: propose(bureau.finance),
        lambda: propose(bureau.inspector),
        lambda: move(other.visit, bureau.liaison),
        lambda: pin_visits(
            plan_id=plan.pk, visit_ids=[other.visit_id], pinned=True, actor=bureau.liaison, at=at(7, 17)
        ),
        lambda: set_visit_team(
            plan_id=plan.pk,
            lead_id=other.visit.lead_id,
            team_id=None,
            draft=DRAFT,
            actor=bureau.liaison,
            at=at(7),
        ),
        lambda: settle_schedule(plan_id=plan.pk, usual=USUAL, actor=bureau.liaison, at=at(7)),
        lambda: set_unit_hours(
            plan_id=plan.pk,
            unit_id=other.visit.unit_id,
            weekdays=[1],
            opens=540,
            closes=600,
            actor=bureau.liaison,
            at=at(7),
        ),
    ):
        with pytest.raises(NotPermitted):
            act()
    assert spots() == before
    assert ScheduleProposal.objects.count() == 2
    assert not VisitTeam.objects.exists()
    assert not ScheduleSettings.objects.exists()
    assert not UnitHours.objects.exists()


# By hand -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("day", "start", "rule"),
    [(11, 540, "day_off"), (9, 480, "outside_hours"), (9, 12 * 60, "at_rest")],
)
def test_a_hard_rule_is_broken_with_a_reason_only(bureau: Bureau, day: int, start: int, rule: str) -> None:
    visit, before = own(bureau)[0], spots()
    with pytest.raises(Refusal) as refused:
        move(visit, bureau.liaison, day, start)
    assert refused.value.code == "rule_broken"
    assert rule in str(refused.value.facts["rules"])
    assert spots() == before
    move(visit, bureau.liaison, day, start, reason="单位请求")
    visit.refresh_from_db()
    assert (visit.planned_on, visit.planned_start, visit.break_reason) == (
        date(2020, 4, day),
        start,
        "单位请求",
    )
    assert rule in json.loads(Entry.objects.filter(action="visits.place").latest("pk").facts)["rules"]
    move(visit, bureau.liaison, 9, 540, at=at(7, 18))
    visit.refresh_from_db()
    assert visit.break_reason == "", "the reason goes with what it was given for"


def test_two_at_once_and_too_little_time_on_the_way_are_seen(bureau: Bureau) -> None:
    first, second, _third = own(bureau)
    move(first, bureau.liaison, 9, 540)
    for start, rule in ((560, "two_at_once"), (600, "on_the_way")):
        with pytest.raises(Refusal) as refused:
            move(second, bureau.liaison, 9, start)
        assert refused.value.facts["rules"] == rule
    move(second, bureau.liaison, 9, 540 + 45 + 60)


def test_a_day_after_the_deadline_goes_the_way_of_later_days(bureau: Bureau) -> None:
    visit, before = own(bureau)[0], spots()
    with pytest.raises(Refusal) as refused:
        move(visit, bureau.liaison, 24, reason="汛期停航")
    assert refused.value.code == "later_day_by_asking"
    assert spots() == before
    assert not LaterDay.objects.exists()


@pytest.mark.parametrize(
    ("day", "start", "code"), [(6, 540, "planned_in_past"), (9, 24 * 60, "time_wrong"), (9, -5, "time_wrong")]
)
def test_what_cannot_be_is_refused(bureau: Bureau, day: int, start: int, code: str) -> None:
    before = spots()
    with pytest.raises(Refusal) as refused:
        move(own(bureau)[0], bureau.liaison, day, start, reason="单位请求")
    assert refused.value.code == code
    assert spots() == before


def test_a_visit_of_a_closed_measure_and_a_team_from_elsewhere_are_refused(
    bureau: Bureau, plan: Plan
) -> None:
    visit, before = own(bureau)[0], spots()
    other = Visit.objects.exclude(lead_id=bureau.lead_id)[0].lead_id
    strange = VisitTeam.objects.create(plan=plan, lead_id=other, name="别队", starts=540, ends=1020, most=4)
    with pytest.raises(Refusal) as refused:
        move(visit, bureau.liaison, reason="单位请求", team_id=strange.pk)
    assert refused.value.code == "team_unknown"
    plan.measures.filter(kind="unit_visits").update(status="closed")
    with pytest.raises(Refusal) as refused:
        move(visit, bureau.liaison)
    assert refused.value.code == "visit_not_to_make"
    assert spots() == before


def replan(visit: Visit, actor: Actor, day: int, reason: str = "") -> None:
    replan_visit(
        visit_id=visit.pk, planned_on=date(2020, 4, day), late_reason=reason, actor=actor, at=at(7, 18)
    )
    visit.refresh_from_db()


def test_another_day_alone_keeps_team_and_time(bureau: Bureau, plan: Plan) -> None:
    """It took the time away before, although nothing spoke against it on the other day."""
    visit = own(bureau)[0]
    team(bureau, plan)
    named = VisitTeam.objects.get()
    move(visit, bureau.liaison, team_id=named.pk)
    replan(visit, bureau.liaison, 20)
    assert (visit.planned_on, visit.planned_start, visit.planned_minutes) == (date(2020, 4, 20), 540, 45)
    assert (visit.planned_team_id, visit.revision, visit.break_reason) == (named.pk, 2, "")


def test_a_time_that_does_not_fit_the_other_day_goes_and_the_team_stays(bureau: Bureau, plan: Plan) -> None:
    first, second, _third = own(bureau)
    team(bureau, plan)
    named = VisitTeam.objects.get()
    move(first, bureau.liaison, 9, team_id=named.pk)
    move(second, bureau.liaison, 10, team_id=named.pk)
    replan(second, bureau.liaison, 9)
    assert (second.planned_on, second.planned_start) == (date(2020, 4, 9), None)
    assert (second.planned_team_id, second.break_reason) == (named.pk, "")


def test_another_day_alone_breaks_a_rule_only_with_a_reason(bureau: Bureau) -> None:
    visit = own(bureau)[0]
    before = spots()
    with pytest.raises(Refusal) as refused:
        replan(visit, bureau.liaison, 19)
    assert (refused.value.code, refused.value.field) == ("rule_broken", "late_reason")
    assert refused.value.facts["rules"] == "day_off"
    assert spots() == before
    replan(visit, bureau.liaison, 19, "单位请求")
    assert (visit.planned_on, visit.break_reason) == (date(2020, 4, 19), "单位请求")
    assert json.loads(Entry.objects.filter(action="visits.replan").latest("pk").facts)["rules"] == ["day_off"]
    replan(visit, bureau.liaison, 20)
    assert visit.break_reason == ""


def test_taking_a_later_day_back_leaves_the_spot_with_its_reason(bureau: Bureau) -> None:
    visit = own(bureau)[0]
    move(visit, bureau.liaison, 11, 480, reason="单位请求")
    replan(visit, bureau.liaison, 24, "汛期停航")
    replan(visit, bureau.liaison, 11)
    assert LaterDay.objects.get().status == "withdrawn"
    assert (visit.planned_on, visit.planned_start, visit.break_reason) == (
        date(2020, 4, 11),
        480,
        "单位请求",
    )


def test_a_later_day_that_was_allowed_breaks_no_deadline(bureau: Bureau, plan: Plan) -> None:
    visit = own(bureau)[0]
    move(visit, bureau.liaison)
    replan(visit, bureau.liaison, 24, "汛期停航")
    assert (visit.planned_on, visit.planned_start) == (date(2020, 4, 9), 540), "until it is allowed"
    asked = LaterDay.objects.get()
    allow_late_visit(later_day_id=asked.pk, actor=bureau.approver, at=at(7, 19))
    visit.refresh_from_db()
    assert (visit.planned_on, visit.planned_start) == (date(2020, 4, 24), 540)
    found = arrangement(plan, {bureau.lead_id}, at(7, 20))
    assert found.breaks(visit.pk, Spot(date(2020, 4, 24), 540, f"lead:{bureau.lead_id}")) == []
    move(visit, bureau.liaison, 24, 600, at=at(7, 20))
    visit.refresh_from_db()
    assert (visit.planned_start, visit.late_approved, visit.break_reason) == (600, True, "")
    later = found.breaks(visit.pk, Spot(date(2020, 4, 27), 540, f"lead:{bureau.lead_id}"))
    assert [(one.rule, one.day) for one in later] == [("after_deadline", date(2020, 4, 24))]


def test_what_changes_the_pairing_or_the_deadline_lets_the_spot_go(bureau: Bureau, plan: Plan) -> None:
    """Another lead has other teams, and a day beyond an earlier deadline falls away, pinned or not."""
    first, second, _third = own(bureau)
    team(bureau, plan)
    named = VisitTeam.objects.get()
    move(first, bureau.liaison, 9, team_id=named.pk)
    move(second, bureau.liaison, 20, team_id=named.pk)
    pin_visits(
        plan_id=plan.pk, visit_ids=[first.pk, second.pk], pinned=True, actor=bureau.liaison, at=at(7, 17)
    )
    other = Visit.objects.exclude(lead_id=bureau.lead_id)[0].lead_id
    rows = [
        PlannedVisit(visit.unit_id, other if visit.pk == first.pk else visit.lead_id)
        for visit in Visit.objects.all()
    ]
    with acting():
        actions.plan_visits(
            measure_id=first.measure_id,
            rows=rows,
            due_on=date(2020, 4, 17),
            actor=bureau.officer,
            at=at(7, 18),
        )
    for visit, day, pinned in ((first, date(2020, 4, 9), True), (second, None, False)):
        revision = visit.revision
        visit.refresh_from_db()
        assert (visit.planned_on, visit.planned_start, visit.planned_team_id) == (day, None, None)
        assert visit.pinned is pinned
        assert visit.revision > revision
    assert checks.verify() == []


# Who hears of it ---------------------------------------------------------------------------------


def moves() -> list[tuple[int, str]]:
    rows = OutboxMessage.objects.filter(topic="visit.moved").order_by("pk")
    return list(rows.values_list("recipient_id", "title"))


def test_who_records_a_leads_visits_hears_once_of_what_somebody_else_moved(bureau: Bureau) -> None:
    proposal = propose(bureau.officer)
    mine = list(proposal.rows.filter(visit__lead=bureau.lead_id).values_list("visit_id", flat=True))
    take_schedule(proposal_id=proposal.pk, visit_ids=mine, actor=bureau.officer, at=at(7, 17))
    assert moves() == [(bureau.liaison.user_id, "航道处的3次走访已改期")], "one an act, not one a visit"
    visit = own(bureau)[0]
    move(visit, bureau.liaison, 14, 14 * 60, at=at(7, 18))
    assert len(moves()) == 1, "who did it knows"
    move(visit, bureau.office, 15, 14 * 60, at=at(7, 19))
    replan(visit, bureau.officer, 16)
    assert moves()[1:] == [(bureau.liaison.user_id, "航道处的1次走访已改期")] * 2
    move(visit, bureau.office, 16, 14 * 60, at=at(7, 20))
    assert len(moves()) == 3, "where it stands already, nothing moved"


def test_who_records_a_visit_hears_of_a_later_day_that_somebody_else_asked_for(bureau: Bureau) -> None:
    visit = own(bureau)[0]
    replan(visit, bureau.officer, 24, "汛期停航")
    assert moves() == [], "the old day stands"
    allow_late_visit(later_day_id=LaterDay.objects.get().pk, actor=bureau.approver, at=at(7, 19))
    assert moves() == [(bureau.liaison.user_id, "航道处的1次走访已改期")]
    replan(visit, bureau.liaison, 28, "汛期停航")
    asked = LaterDay.objects.get(status="waiting")
    allow_late_visit(later_day_id=asked.pk, actor=bureau.approver, at=at(7, 20))
    assert len(moves()) == 1, "who asked is told that it is allowed"


# Teams, hours, settings --------------------------------------------------------------------------


def team(bureau: Bureau, plan: Plan, draft: TeamDraft = DRAFT, team_id: int | None = None) -> None:
    set_visit_team(
        plan_id=plan.pk, lead_id=bureau.lead_id, team_id=team_id, draft=draft, actor=bureau.liaison, at=at(7)
    )


def test_a_lead_goes_as_one_team_until_it_names_some(bureau: Bureau, plan: Plan) -> None:
    leads = {bureau.lead_id: "航道处"}
    (usual,) = teams_of(plan.pk, leads)
    assert (usual.pk, usual.name, usual.car, usual.most) == (None, "航道处", "own", 4)
    member = bureau.liaison.user_id
    assert member is not None
    team(bureau, plan, TeamDraft("一队", "shared", 5, 540, 720, 1, (member,)))
    team(bureau, plan, TeamDraft("二队", "shared", 5, 540, 720, 1))
    assert [(one.name, one.members) for one in teams_of(plan.pk, leads)] == [
        ("一队", ((member, bureau.liaison.label),)),
        ("二队", ()),
    ]
    proposal = propose(bureau.liaison)
    days = [row.day for row in proposal.rows.all()]
    assert len(set(days)) == 3, "one shared car is out with one team a day"
    take_schedule(proposal_id=proposal.pk, visit_ids=all_of(proposal), actor=bureau.liaison, at=at(7, 17))
    gone = VisitTeam.objects.get(pk=own(bureau)[0].planned_team_id or 0)
    count = Visit.objects.filter(planned_team=gone).count()
    assert end_visit_team(team_id=gone.pk, actor=bureau.liaison, at=at(7, 18)) == count
    assert not Visit.objects.filter(planned_team=gone).exists()
    assert not Visit.objects.filter(lead_id=bureau.lead_id, planned_on__isnull=True).exists(), "days stay"


@pytest.mark.parametrize(
    ("draft", "code"),
    [
        (TeamDraft(" ", "own", 5, 540, 720, 1), "name_missing"),
        (TeamDraft("队" * 61, "own", 5, 540, 720, 1), "name_too_long"),
        (TeamDraft("一队", "own", 5, 720, 720, 1), "hours_wrong"),
        (TeamDraft("一队", "own", 5, 540, 720, 0), "number_wrong"),
        (TeamDraft("一队", "own", 5, 540, 720, 1, (0,)), "member_unknown"),
        (TeamDraft("一队", "own", 1, 540, 720, 1, (1, 2)), "seats_too_few"),
    ],
)
def test_a_wrong_team_is_refused(bureau: Bureau, plan: Plan, draft: TeamDraft, code: str) -> None:
    with pytest.raises(Refusal) as refused:
        team(bureau, plan, draft)
    assert refused.value.code == code
    assert not VisitTeam.objects.exists()


def test_nobody_goes_with_two_teams_and_no_name_stands_twice(bureau: Bureau, plan: Plan) -> None:
    member = bureau.liaison.user_id
    assert member is not None
    team(bureau, plan, TeamDraft("一队", "own", 5, 540, 720, 1, (member,)))
    for draft, code in (
        (TeamDraft("二队", "own", 5, 540, 720, 1, (member,)), "member_elsewhere"),
        (TeamDraft("一队", "own", 5, 540, 720, 1), "name_taken"),
    ):
        with pytest.raises(Refusal) as refused:
            team(bureau, plan, draft)
        assert refused.value.code == code
    assert (VisitTeam.objects.count(), TeamMember.objects.count()) == (1, 1)


def test_hours_and_districts_of_units_are_kept_to(bureau: Bureau, plan: Plan) -> None:
    first, second, third = own(bureau)
    for visit, district in ((first, "东片"), (second, "西片"), (third, "东片")):
        set_unit_hours(
            plan_id=plan.pk,
            unit_id=visit.unit_id,
            weekdays=[1, 3],
            opens=9 * 60,
            closes=12 * 60,
            district=district,
            actor=bureau.officer,
            at=at(7),
        )
    assert UnitRecord.objects.get(unit=first.unit_id, ends_on=None).district == "东片"
    proposal = propose(bureau.liaison)
    days = {row.visit_id: row.day for row in proposal.rows.all()}
    assert all(day is not None and day.weekday() in {1, 3} for day in days.values())
    assert days[first.pk] == days[third.pk] != days[second.pk]
    set_unit_hours(
        plan_id=plan.pk,
        unit_id=first.unit_id,
        weekdays=[],
        opens=540,
        closes=1020,
        actor=bureau.liaison,
        at=at(7),
    )
    assert not UnitHours.objects.filter(unit=first.unit_id).exists(), "the plan's own hours"


def test_a_team_without_a_car_goes_to_the_district_that_it_was_given(bureau: Bureau, plan: Plan) -> None:
    """There was no field for it: such a team went nowhere."""
    walking = TeamDraft("一队", "none", 5, 540, 1020, 4)
    for draft, field in ((walking, "car"), (replace(walking, district="东片"), "car")):
        with pytest.raises(Refusal) as refused:
            team(bureau, plan, draft)
        assert (refused.value.code, refused.value.field) == ("district_missing", field), "none is known"
    first, second, _third = own(bureau)
    UnitRecord.objects.filter(unit__in=[first.unit_id, second.unit_id]).update(district="东片")
    for draft in (walking, replace(walking, district="西片")):
        with pytest.raises(Refusal) as refused:
            team(bureau, plan, draft)
        assert (refused.value.code, refused.value.field) == ("district_missing", "district")
    assert not VisitTeam.objects.exists()
    team(bureau, plan, replace(walking, district="东片"))
    proposal = propose(bureau.liaison)
    placed = set(proposal.rows.filter(day__isnull=False).values_list("visit_id", flat=True))
    assert placed == {first.pk, second.pk}
    assert proposal.rows.get(day=None).why == "unit_district"
    kept = VisitTeam.objects.get()
    team(bureau, plan, replace(walking, district="东片", car="own"), kept.pk)
    kept.refresh_from_db()
    assert kept.district == "", "with a car it goes anywhere"


def test_hours_without_a_weekday_hold_on_working_days(bureau: Bureau, plan: Plan) -> None:
    """They were thrown away before, and said to be kept."""
    unit_id = own(bureau)[0].unit_id
    facts: dict[str, Any] = {"plan_id": plan.pk, "unit_id": unit_id, "weekdays": [], "at": at(7)}
    set_unit_hours(opens=600, closes=720, actor=bureau.liaison, **facts)
    kept = UnitHours.objects.get(unit=unit_id)
    assert (kept.weekdays, kept.opens, kept.closes) == ("01234", 600, 720)


@pytest.mark.parametrize(
    ("opens", "closes", "code"),
    [
        (1020, 540, "hours_wrong"),
        (540, 540, "hours_wrong"),
        (540, 570, "hours_short"),
        (12 * 60 - 30, 13 * 60 + 60, "hours_short"),  # half an hour on either side of the rest
    ],
)
def test_hours_in_which_no_visit_fits_are_refused_at_their_end(
    bureau: Bureau, plan: Plan, opens: int, closes: int, code: str
) -> None:
    facts: dict[str, Any] = {"plan_id": plan.pk, "unit_id": own(bureau)[0].unit_id, "at": at(7)}
    for weekdays in ([], [0, 1]):
        with pytest.raises(Refusal) as refused:
            set_unit_hours(opens=opens, closes=closes, weekdays=weekdays, actor=bureau.liaison, **facts)
        assert (refused.value.code, refused.value.field) == (code, "closes")
    with pytest.raises(Refusal) as refused:
        team(bureau, plan, TeamDraft("一队", "own", 5, opens, closes, 1))
    assert (refused.value.code, refused.value.field) == (code, "ends")
    assert not UnitHours.objects.exists()
    assert not VisitTeam.objects.exists()


def test_settings_are_kept_and_wrong_ones_refused(bureau: Bureau, plan: Plan) -> None:
    for wrong, code in (
        (Usual(0, 20, 60, 540, 1020, None, None, 4), "number_wrong"),
        (Usual(45, 90, 60, 540, 1020, None, None, 4), "number_wrong"),
        (Usual(45, 20, 60, 1020, 540, None, None, 4), "hours_wrong"),
        (Usual(45, 20, 60, 540, 1020, 720, None, 4), "hours_wrong"),
        (Usual(90, 20, 60, 540, 600, None, None, 4), "hours_short"),
    ):
        with pytest.raises(Refusal) as refused:
            settle_schedule(plan_id=plan.pk, usual=wrong, actor=bureau.officer, at=at(7))
        assert refused.value.code == code
    assert not ScheduleSettings.objects.exists()
    usual = Usual(60, 10, 30, 600, 960, None, None, 2)
    for _again in range(2):
        settle_schedule(plan_id=plan.pk, usual=usual, actor=bureau.officer, at=at(7))
    kept = ScheduleSettings.objects.get()
    assert (kept.visit_minutes, kept.rest_begins, kept.most) == (60, None, 2)
    row = propose(bureau.liaison).rows.order_by("day", "start")[0]
    assert (row.start, row.minutes) == (600, 60)


def test_beyond_the_table_of_working_days_nothing_is_proposed_and_the_page_still_shows(
    bureau: Bureau, plan: Plan
) -> None:
    visit = own(bureau)[0]
    Visit.objects.filter(pk=visit.pk).update(due_on=date(LAST_YEAR + 1, 3, 1))
    with pytest.raises(Refusal) as refused:
        propose(bureau.liaison)
    assert refused.value.code == "calendar_ends"
    assert not ScheduleProposal.objects.exists()
    found = arrangement(plan, {bureau.lead_id}, at(7))
    assert found.problem.days[-1].year == LAST_YEAR
    late = Spot(date(LAST_YEAR + 1, 1, 2), 540, f"lead:{bureau.lead_id}")
    assert [one.rule for one in found.breaks(visit.pk, late)] == []


def test_without_the_solver_a_proposal_is_greedy_and_says_so(
    bureau: Bureau, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(solver, "find_spec", lambda _name: None)
    assert propose(bureau.liaison, only_greedy=False).method == "greedy"
