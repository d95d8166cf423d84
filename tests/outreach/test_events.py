"""Events: who is invited and by whom, who answers for whom, who came, and what the measure shows."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import IntegrityError, connection, transaction
from hypothesis import given
from hypothesis import strategies as st

from goods.builders import make_person, make_unit, snapshot
from outreach.course_house import School, make_school
from outreach.lesson_house import NOW
from songnuan.audit.models import Entry
from songnuan.jobs.models import OutboxMessage
from songnuan.journeys.hold_event import (
    answer_invitation,
    cancel_event,
    change_event,
    end_event,
    invite,
    note_who_came,
    plan_event,
)
from songnuan.journeys.measures.event import evidence, progress
from songnuan.journeys.teach_course import open_course
from songnuan.kernel.actor import SYSTEM, Actor
from songnuan.kernel.refusal import Refusal
from songnuan.organisation.permissions import Role
from songnuan.outreach.actions.courses import Terms
from songnuan.outreach.actions.events import as_invited
from songnuan.outreach.event_models import Event, Invitation
from songnuan.outreach.event_queries import invitation_of_code, invited_to
from songnuan.outreach.event_rules import Capacity, DayState, Known, Plan, day_state
from songnuan.people.models import Person, PersonStatus
from songnuan.plans.models import Measure, MeasureStatus

pytestmark = pytest.mark.django_db(transaction=True)
DAY = timedelta(days=1)
BEGINS = NOW + 5 * DAY
PLAN = Plan("返校欢迎活动", "学校东门", BEGINS, BEGINS + timedelta(hours=1), "活动从简。")
TABLES = (Event, Invitation)


@pytest.fixture
def school() -> School:
    return make_school()


@pytest.fixture
def measure(school: School) -> Measure:
    return make_measure(school)


def make_measure(school: School) -> Measure:
    return Measure.objects.create(
        plan=school.house.measure.plan,
        position=2,
        key="occasion",
        clause_key="occasion",
        kind="event",
        status=MeasureStatus.OPEN,
        settings={
            "days": [{"day": str(BEGINS.date())}],
            "invited": [{"who": "chair"}, {"who": "leader"}],
            "invite_by": str((BEGINS - DAY).date()),
        },
        opened_at=NOW,
    )


def refused(act: Callable[[], object], code: str) -> None:
    before = snapshot(TABLES)
    with pytest.raises(Refusal) as told:
        act()
    assert told.value.code == code
    assert snapshot(TABLES) == before


def planned(school: School, measure: Measure, plan: Plan = PLAN) -> Event:
    return plan_event(measure_id=measure.pk, plan=plan, actor=school.lead, at=NOW)


def ask(school: School, event: Event, who: Actor | Person, capacity: str = "chair") -> Invitation:
    told: dict[str, Any] = (
        {"person_ids": [who.pk]} if isinstance(who, Person) else {"user_ids": [who.user_id or 0]}
    )
    return invite(event_id=event.pk, capacity=capacity, actor=school.lead, at=NOW, **told)[0]


def test_who_may_plan_and_when(school: School, measure: Measure) -> None:
    def plan(**told: Any) -> Callable[[], object]:
        facts = {"measure_id": measure.pk, "plan": PLAN, "actor": school.lead, "at": NOW}
        return lambda: plan_event(**{**facts, **told})

    refused(plan(actor=school.house.people["stranger"]), "not_permitted")
    refused(plan(actor=school.house.people["inspector"]), "not_permitted")
    refused(plan(actor=SYSTEM), "person_needed")
    refused(plan(measure_id=school.house.measure.pk), "measure_unknown")
    refused(plan(plan=replace(PLAN, title=" ")), "words_missing")
    refused(plan(plan=replace(PLAN, place="")), "words_missing")
    refused(plan(plan=replace(PLAN, words="请联系13800138000")), "number_of_person")
    refused(plan(plan=replace(PLAN, ends_at=BEGINS)), "event_times")
    refused(plan(plan=replace(PLAN, ends_at=BEGINS + 2 * DAY)), "event_times")
    refused(plan(plan=replace(PLAN, begins_at=NOW - timedelta(hours=1))), "event_times")
    refused(plan(plan=replace(PLAN, begins_at=NOW, ends_at=NOW + timedelta(hours=1))), "event_past")
    plan()()
    Measure.objects.filter(pk=measure.pk).update(status=MeasureStatus.CLOSED, closed_at=NOW)
    refused(plan(), "measure_closed")


def test_a_union_runs_its_courses_and_events(school: School, measure: Measure) -> None:
    lesson = school.house.signed()
    union = make_person("工会干事", Role.UNION_OFFICER, school.house.centre)
    elsewhere = make_person("外校工会", Role.UNION_OFFICER, make_unit("外校"))
    terms = Terms(NOW.date() + DAY)
    told: dict[str, Any] = {"lesson_id": lesson.pk, "roster_id": school.roster.pk, "terms": terms, "at": NOW}
    refused(lambda: plan_event(measure_id=measure.pk, plan=PLAN, actor=elsewhere, at=NOW), "not_permitted")
    refused(lambda: open_course(actor=elsewhere, **told), "not_permitted")
    event = plan_event(measure_id=measure.pk, plan=PLAN, actor=union, at=NOW)
    invited = invite(
        event_id=event.pk,
        capacity="chair",
        person_ids=[school.people["周静"].pk],
        actor=union,
        at=NOW,
    )
    assert len(invited) == 1
    assert open_course(actor=union, **told).opened_by_id == union.user_id


def test_who_is_invited_gets_a_message_once(school: School, measure: Measure) -> None:
    event = planned(school, measure)
    chair, other = school.house.staff["语文组"]
    made = ask(school, event, chair)
    message = OutboxMessage.objects.get(topic="event.invited")
    assert (message.recipient_id, message.url) == (chair.user_id, f"/events/{event.pk}/")
    assert "学校东门" in message.body
    person = ask(school, event, school.people["陈一鸣"], "leader")
    assert (person.user_id, person.person, OutboxMessage.objects.count()) == (
        None,
        school.people["陈一鸣"],
        1,
    )
    assert made.code != person.code

    def asked(**told: Any) -> Callable[[], object]:
        facts = {"event_id": event.pk, "capacity": "committee", "actor": school.lead, "at": NOW}
        return lambda: invite(**{**facts, **told})

    stranger = school.house.people["stranger"]
    mine = {"user_ids": [other.user_id or 0]}
    refused(asked(), "invited_nobody")
    refused(asked(user_ids=[chair.user_id or 0]), "invited_twice")
    refused(asked(person_ids=[school.people["陈一鸣"].pk]), "invited_twice")
    refused(asked(user_ids=[stranger.user_id or 0]), "invited_stranger")
    away = Person.objects.create(key=uuid4().hex, name="别处", created_at=NOW, changed_at=NOW)
    refused(asked(person_ids=[away.pk]), "invited_stranger")
    refused(asked(person_ids=[school.people["周静"].pk], actor=school.clerk), "invited_stranger")
    refused(asked(capacity="king", **mine), "capacity_unknown")
    refused(asked(actor=stranger, **mine), "not_permitted")
    refused(asked(at=BEGINS, **mine), "event_begun")


def test_only_who_is_invited_answers(school: School, measure: Measure) -> None:
    event = planned(school, measure)
    chair, other = school.house.staff["语文组"]
    by_account, by_link = ask(school, event, chair), ask(school, event, school.people["陈一鸣"], "leader")

    def answer(row: Invitation, actor: Actor, **told: Any) -> Callable[[], Invitation]:
        facts = {"invitation_id": row.pk, "answer": "yes", "actor": actor, "at": NOW}
        return lambda: answer_invitation(**{**facts, **told})

    for somebody in (other, school.lead, SYSTEM, as_invited(by_link)):
        refused(answer(by_account, somebody), "invitation_other")
    for somebody in (chair, school.lead, SYSTEM, as_invited(by_account)):
        refused(answer(by_link, somebody), "invitation_other")
    refused(answer(by_account, chair, answer="maybe"), "answer_unknown")
    refused(answer(by_account, chair, answer="deputy"), "words_missing")
    refused(answer(by_account, chair, at=BEGINS), "answer_late")
    refused(answer(by_account, chair, invitation_id=0), "invitation_unknown")
    assert answer(by_account, chair, answer="deputy", deputy="副主席")().deputy == "副主席"
    assert answer(by_account, chair, answer="no")().deputy is None, "the last answer counts"
    assert answer(by_link, as_invited(by_link))().answer == "yes"


def test_a_moved_event_is_answered_anew(school: School, measure: Measure) -> None:
    event = planned(school, measure)
    chair = school.house.staff["语文组"][0]
    row = ask(school, event, chair)
    answer_invitation(invitation_id=row.pk, answer="yes", actor=chair, at=NOW)

    def change(plan: Plan, actor: Actor = school.lead) -> Callable[[], Event]:
        return lambda: change_event(event_id=event.pk, plan=plan, actor=actor, at=NOW)

    refused(change(PLAN, chair), "not_permitted")
    change(replace(PLAN, title="欢迎活动"))()
    row.refresh_from_db()
    assert (row.answer, OutboxMessage.objects.filter(topic="event.changed").count()) == ("yes", 0)
    later = replace(PLAN, begins_at=BEGINS + DAY, ends_at=BEGINS + DAY + timedelta(hours=1))
    assert change(later)().sequence == 2
    row.refresh_from_db()
    assert (row.answer, OutboxMessage.objects.filter(topic="event.changed").count()) == ("", 1)


def test_who_came_is_noted_of_all_before_it_was_held(school: School, measure: Measure) -> None:
    event = planned(school, measure)
    chair = school.house.staff["语文组"][0]
    one, two = ask(school, event, chair), ask(school, event, school.people["陈一鸣"], "leader")
    me = ask(school, event, school.lead, "committee")

    def note(came: dict[int, str], at: Any = BEGINS, actor: Actor = school.lead) -> Callable[[], int]:
        return lambda: note_who_came(event_id=event.pk, came=came, actor=actor, at=at)

    refused(note({one.pk: "self"}, NOW), "event_ahead")
    refused(note({one.pk: "self"}, actor=school.house.people["stranger"]), "not_permitted")
    refused(note({one.pk: "gone"}), "came_unknown")
    refused(note({0: "self"}), "came_unknown")
    refused(note({me.pk: "self"}), "came_own")
    assert note({one.pk: "self", two.pk: "nobody"})() == 2
    assert note({one.pk: "self", two.pk: "deputy"})() == 1, "the last word counts"
    refused(lambda: end_event(event_id=event.pk, actor=school.lead, at=BEGINS), "came_open")
    note({me.pk: "self"}, actor=school.clerk)()
    refused(lambda: end_event(event_id=event.pk, actor=school.lead, at=NOW), "event_ahead")
    told = progress([measure], BEGINS + DAY)[measure.pk]
    assert (told.done, told.due, told.late) == (0, 1, 1), "who came is not settled yet"
    end_event(event_id=event.pk, actor=school.lead, at=BEGINS)
    told = progress([measure], BEGINS + DAY)[measure.pk]
    assert (told.done, told.due, told.late) == (1, 1, 0)
    refused(note({one.pk: "nobody"}), "event_ended")
    assert [piece.kind for piece in evidence(measure, NOW)] == ["event", "event"]
    for act in (
        lambda: Event.objects.update(title="另一个"),
        lambda: Invitation.objects.update(came="nobody"),
        lambda: Invitation.objects.update(answered_at=BEGINS, answer="no"),
        lambda: Invitation.objects.update(came_at=BEGINS + DAY),
        lambda: Invitation.objects.update(capacity="guest"),
        lambda: Invitation.objects.filter(pk=two.pk).update(person=school.people["周静"]),
        lambda: Invitation.objects.filter(pk=two.pk).update(
            answer="deputy", answered_at=BEGINS, deputy="教务主任"
        ),
        lambda: Invitation.objects.create(
            event=event, person=school.people["周静"], code="x", invited_by_id=me.user_id or 0, invited_at=NOW
        ),
        lambda: Invitation.objects.all().delete(),
        lambda: _raw("DELETE FROM outreach_event"),
    ):
        with pytest.raises(IntegrityError, match=r"_(kept|stays|shut)"), transaction.atomic():
            act()


def _raw(statement: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement)


def test_an_event_to_which_nobody_was_invited_was_not_held(school: School, measure: Measure) -> None:
    event = planned(school, measure)
    refused(lambda: end_event(event_id=event.pk, actor=school.lead, at=BEGINS), "event_uninvited")


def test_what_has_begun_is_not_moved(school: School, measure: Measure) -> None:
    event = planned(school, measure)
    chair = school.house.staff["语文组"][0]
    row = ask(school, event, chair)
    later = replace(PLAN, begins_at=BEGINS + DAY, ends_at=BEGINS + DAY + timedelta(hours=1))

    def change(plan: Plan, at: datetime) -> Callable[[], Event]:
        return lambda: change_event(event_id=event.pk, plan=plan, actor=school.lead, at=at)

    refused(change(later, BEGINS), "event_begun")
    before = BEGINS - timedelta(minutes=30)
    note_who_came(event_id=event.pk, came={row.pk: "self"}, actor=school.lead, at=before)
    assert change(PLAN, before)().sequence == 0, "nothing is another: calendars stay as they are"
    assert not Entry.objects.filter(action="outreach.change_event").exists()
    change(replace(PLAN, place="西门"), before)()
    row.refresh_from_db()
    assert row.came == "self"
    change(later, before)()
    row.refresh_from_db()
    assert (row.came, row.came_at, row.came_by_id) == ("", None, None), "they came for another hour"


def test_the_invitation_of_who_was_erased_is_nobodys(school: School, measure: Measure) -> None:
    row = ask(school, planned(school, measure), school.people["周静"], "leader")
    assert invitation_of_code(row.code or "") == row
    Person.objects.filter(pk=row.person_id or 0).update(name="", status=PersonStatus.ERASED)
    assert invitation_of_code(row.code or "") is None
    refused(
        lambda: answer_invitation(invitation_id=row.pk, answer="yes", actor=as_invited(row), at=NOW),
        "invitation_unknown",
    )


def test_many_are_invited_and_noted_in_few_questions(
    school: School, measure: Measure, django_assert_max_num_queries: Any
) -> None:
    event = planned(school, measure)
    people = [school.enrol(f"来宾{number}", "语文组").pk for number in range(60)]
    with django_assert_max_num_queries(30):
        made = invite(event_id=event.pk, capacity="guest", person_ids=people, actor=school.lead, at=NOW)
    came = {row.pk: ("self", "deputy", "nobody")[row.pk % 3] for row in made}
    with django_assert_max_num_queries(30):
        assert note_who_came(event_id=event.pk, came=came, actor=school.lead, at=BEGINS) == 60
    assert dict(Invitation.objects.values_list("pk", "came")) == came


def test_a_cancelled_event_is_told_and_counts_for_nothing(school: School, measure: Measure) -> None:
    event = planned(school, measure)
    chair = school.house.staff["语文组"][0]
    row = ask(school, event, chair)
    refused(lambda: cancel_event(event_id=event.pk, remark="", actor=school.lead, at=NOW), "words_missing")
    refused(lambda: cancel_event(event_id=event.pk, remark="雨", actor=chair, at=NOW), "not_permitted")
    cancel_event(event_id=event.pk, remark="大雨", actor=school.lead, at=NOW)
    assert OutboxMessage.objects.filter(topic="event.cancelled").count() == 1
    refused(lambda: answer_invitation(invitation_id=row.pk, answer="yes", actor=chair, at=NOW), "event_ended")
    assert progress([measure], NOW)[measure.pk].done == 0


def test_in_a_closed_measure_nothing_of_an_event_changes(school: School, measure: Measure) -> None:
    event = planned(school, measure)
    chair, other = school.house.staff["语文组"]
    row = ask(school, event, chair)
    assert list(invited_to(chair.user_id or 0)) == [row]
    Measure.objects.filter(pk=measure.pk).update(status=MeasureStatus.CLOSED, closed_at=NOW)
    lead: dict[str, Any] = {"event_id": event.pk, "actor": school.lead}
    for act in (
        lambda: change_event(plan=replace(PLAN, place="西门"), at=NOW, **lead),
        lambda: ask(school, event, other),
        lambda: answer_invitation(invitation_id=row.pk, answer="yes", actor=chair, at=NOW),
        lambda: note_who_came(came={row.pk: "self"}, at=BEGINS, **lead),
        lambda: end_event(at=BEGINS, **lead),
        lambda: cancel_event(remark="大雨", at=NOW, **lead),
    ):
        refused(act, "measure_closed")
    assert list(invited_to(chair.user_id or 0)) == []


ON = date(2020, 5, 18)
INVITED = st.lists(st.tuples(st.sampled_from([*Capacity]), st.dates(ON - 9 * DAY, ON)), max_size=6)


@given(invited=INVITED, today=st.dates(ON - 9 * DAY, ON + 3 * DAY), is_held=st.booleans())
def test_a_planned_day_is_done_once_held_and_late_once_its_days_passed(
    *, invited: Any, today: date, is_held: bool
) -> None:
    wanted, by = ("chair", "leader"), ON - 4 * DAY
    state = day_state(ON, wanted, by, [Known(ON, is_held, tuple(invited))], today)
    is_held = is_held and bool(invited)
    in_time = {str(one) for one, since in invited if since <= by} >= set(wanted)
    if is_held:
        assert state == DayState.HELD
    elif today > ON:
        assert state == DayState.UNRECORDED
    elif in_time:
        assert state == DayState.INVITED
    else:
        assert state == (DayState.UNINVITED if today > by else DayState.OPEN)
    assert day_state(ON, wanted, by, [], today) in {
        DayState.OPEN,
        DayState.UNINVITED,
        DayState.UNRECORDED,
    }
