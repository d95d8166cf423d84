"""A visit is recorded once, by who may, with its three times; what comes late is marked."""

from datetime import date
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction

from songnuan.audit.models import Entry
from songnuan.kernel.actor import SYSTEM
from songnuan.kernel.refusal import NotPermitted, Refusal
from songnuan.organisation.models import Assignment, Post
from songnuan.organisation.permissions import Role
from songnuan.plans.models import Plan
from songnuan.tasks.models import Task
from songnuan.visits import actions
from songnuan.visits.checks import verify
from songnuan.visits.models import (
    InspectionResult,
    LaterDay,
    Visit,
    VisitMember,
    VisitProblem,
    VisitStatus,
)
from songnuan.visits.rules import InspectionAnswer, Member, ReportRefused
from visits.builders import FOUNDED, SLUG, Bureau, acting, bureau, moment, person, report, visit

pytestmark = pytest.mark.django_db
ITEMS = ("masks", "register")


@pytest.fixture
def house() -> Bureau:
    return bureau()


@pytest.fixture
def planned(house: Bureau) -> Visit:
    return visit(house, house.lock)


def take(house: Bureau, planned: Visit, **changes: Any) -> Visit:
    with acting():
        return actions.record(visit_id=planned.pk, **report(house, **changes))


def assert_untouched(planned: Visit) -> None:
    before = {field.attname: getattr(planned, field.attname) for field in Visit._meta.concrete_fields}
    planned.refresh_from_db()
    assert {field.attname: getattr(planned, field.attname) for field in Visit._meta.concrete_fields} == before
    assert not VisitMember.objects.filter(visit=planned).exists()
    assert not InspectionResult.objects.filter(visit=planned).exists()
    assert not Entry.objects.filter(action="visits.record").exists()


def test_the_report_is_kept_whole(house: Bureau, planned: Visit) -> None:
    inspection = [InspectionAnswer("masks", "pass"), InspectionAnswer("register", "fail", "夜间缺登记")]
    made = take(house, planned, inspection=inspection, inspection_items=ITEMS)
    assert made.status == VisitStatus.RECORDED
    assert (made.form, made.prevention, made.conditions) == ("on_site", "good", "三班倒，食宿有保障")
    assert made.recorded_by_id == house.liaison.user_id
    assert (made.late, made.late_entry, made.late_approved) == (False, False, False)
    members = made.members.order_by("position").values_list("position", "name", "user_id")
    assert list(members) == [(1, "方巡河", house.liaison.user_id), (2, "丁小满", None)]
    answers = made.inspection.order_by("pk").values_list("item_key", "result", "note")
    assert list(answers) == [("masks", "pass", ""), ("register", "fail", "夜间缺登记")]
    assert verify() == []


def test_three_times_and_the_skew_are_kept_apart_and_sealed_in_the_trail(
    house: Bureau, planned: Visit
) -> None:
    made = take(house, planned)
    times = (made.happened_at, made.device_at, made.received_at, made.clock_skew_seconds)
    assert times == (moment(10, 10), moment(10, 10, 20), moment(10, 11), 3)
    entry = Entry.objects.get(action="visits.record", subject=f"visits.visit:{planned.pk}")
    for time in ("10:00", "10:20", "11:00"):
        assert f"2020-04-10T{time}:00+08:00" in entry.facts


def test_the_receivers_name_lies_sealed(house: Bureau, planned: Visit) -> None:
    made = take(house, planned)
    with connection.cursor() as cursor:
        cursor.execute("SELECT receiver_name FROM visits_visit WHERE id = %s", [made.pk])
        (kept,) = cursor.fetchone()
    assert made.receiver_name == "赵守江"
    assert "赵守江" not in kept
    assert not Entry.objects.filter(facts__contains="赵守江").exists()


def test_it_is_recorded_once(house: Bureau, planned: Visit) -> None:
    made = take(house, planned)
    with pytest.raises(Refusal) as caught:
        take(house, planned, conditions="第二次的另一份报告", members=[Member("另一人")])
    assert caught.value.code == "wrong_state"
    again = Visit.objects.get(pk=planned.pk)
    assert again.conditions == made.conditions
    assert again.members.count() == 2
    assert Entry.objects.filter(action="visits.record").count() == 1


@pytest.mark.parametrize("who", ["stranger", "officer", "approver", "office"])
def test_who_does_not_visit_the_unit_does_not_record(house: Bureau, planned: Visit, who: str) -> None:
    with pytest.raises(NotPermitted):
        take(house, planned, actor=getattr(house, who))
    assert_untouched(planned)


def test_the_units_own_liaison_does_not_record(house: Bureau, planned: Visit) -> None:
    with pytest.raises(NotPermitted):
        take(house, planned, actor=person("岗亭", Role.UNIT_LIAISON, house.lock))
    assert_untouched(planned)


def test_the_permission_ends_with_the_pairing(house: Bureau, planned: Visit) -> None:
    Assignment.objects.filter(subject=house.lock).update(ends_on=date(2020, 4, 10))
    with pytest.raises(NotPermitted):
        take(house, planned)
    assert_untouched(planned)


def test_another_lead_of_the_unit_for_another_purpose_does_not_record(house: Bureau, planned: Visit) -> None:
    Assignment.objects.create(
        purpose="another", holder=house.other_lead, subject=house.lock, starts_on=FOUNDED
    )
    with pytest.raises(NotPermitted):
        take(house, planned, actor=house.stranger)
    assert_untouched(planned)


def test_a_member_with_an_account_bears_the_name_of_the_account(house: Bureau, planned: Visit) -> None:
    made = take(house, planned, members=[Member("别的名字", house.liaison.user_id)])
    assert made.members.get().name == "方巡河"


def test_who_held_no_post_at_the_lead_that_day_is_no_member(house: Bureau, planned: Visit) -> None:
    late = person("新来", Role.LEAD_LIAISON, house.lead)
    assert late.user_id is not None
    Post.objects.filter(user_id=late.user_id).update(starts_on=date(2020, 4, 11))
    for user_id in (house.stranger.user_id, late.user_id):
        with pytest.raises(Refusal) as caught:
            take(house, planned, members=[Member("方巡河", house.liaison.user_id), Member("某", user_id)])
        assert (caught.value.code, caught.value.field) == ("member_unknown", "members")
        assert_untouched(planned)


def test_a_wrong_report_is_refused_with_all_its_problems(house: Bureau, planned: Visit) -> None:
    with pytest.raises(ReportRefused) as caught:
        take(house, planned, conditions="", receiver_name="", signature_id=None, prevention="weak")
    assert caught.value.code == "prevention_note_missing"
    fields = [problem.field for problem in caught.value.problems]
    assert fields == ["prevention_note", "conditions", "receiver_name", "signature"]
    assert_untouched(planned)


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"happened_at": moment(10, 11, 6)}, "happened_in_future"),
        ({"happened_at": moment(5)}, "entry_reason_missing"),
        ({"received_at": moment(11, 10, 1)}, "entry_reason_missing"),
        ({"form": "delivery"}, "form_reason_missing"),
        ({"members": []}, "members_missing"),
        ({"receiver_name": "丁小满"}, "receiver_is_visitor"),
        ({"receiver_name": "方 巡河", "members": [Member("方巡河")]}, "receiver_is_visitor"),
        ({"members": [Member("无此人", 10**6)]}, "member_unknown"),
        (
            {"inspection": [InspectionAnswer("masks", "pass")], "inspection_items": ITEMS},
            "inspection_missing",
        ),
    ],
)
def test_each_refusal_changes_nothing(
    house: Bureau, planned: Visit, changes: dict[str, Any], code: str
) -> None:
    with pytest.raises(Refusal) as caught:
        take(house, planned, **changes)
    assert caught.value.code == code
    assert_untouched(planned)


def test_a_visit_that_is_not_there_is_refused(house: Bureau) -> None:
    with pytest.raises(Refusal) as caught, acting():
        actions.record(visit_id=999, **report(house))
    assert caught.value.code == "visit_unknown"


def test_a_late_visit_is_recorded_marked_and_unapproved(house: Bureau, planned: Visit) -> None:
    made = take(
        house,
        planned,
        happened_at=moment(22, 9),
        device_at=moment(22, 9),
        received_at=moment(22, 10),
        late_reason="汛期停航",
        at=moment(22, 10),
    )
    assert (made.late, made.late_approved, made.late_reason) == (True, False, "汛期停航")
    assert not made.late_entry
    assert verify() == []


def test_a_late_entry_is_recorded_and_marked(house: Bureau, planned: Visit) -> None:
    later = moment(11, 10, 1)
    made = take(house, planned, received_at=later, entry_reason=" 岸上没有信号 ", at=later)
    assert (made.late, made.late_entry, made.before_plan) == (False, True, False)
    assert made.entry_reason == "岸上没有信号"
    assert verify() == []


def test_a_visit_before_the_plan_is_recorded_and_marked_and_stays_so(house: Bureau, planned: Visit) -> None:
    made = take(house, planned, happened_at=moment(5), entry_reason="方案印发前已经走访")
    assert (made.late, made.late_entry, made.before_plan) == (False, True, True)
    # An amended plan that begins on another day does not change what was marked.
    Plan.objects.update(starts_on=date(2020, 4, 1))
    assert verify() == []


def test_a_report_in_time_keeps_no_reason_for_being_late(house: Bureau, planned: Visit) -> None:
    made = take(house, planned, entry_reason="岸上没有信号")
    assert (made.late_entry, made.entry_reason) == (False, "")


def test_the_table_itself_holds_that_a_late_entry_says_why(house: Bureau, planned: Visit) -> None:
    made = take(house, planned)
    wrong: list[dict[str, Any]] = [{"late_entry": True}, {"entry_reason": "无"}, {"before_plan": True}]
    for facts in wrong:
        with pytest.raises(IntegrityError), transaction.atomic():
            Visit.objects.filter(pk=made.pk).update(**facts)


def test_an_approval_covers_its_date_and_no_later_one(house: Bureau) -> None:
    for at_unit, day, approved in ((house.lock, 23, True), (house.pier, 24, False)):
        made = visit(
            house, at_unit, date(2020, 4, 23), late_reason="汛期停航", late_approved=True, planned_by_id=None
        )
        made = take(house, made, happened_at=moment(day), received_at=moment(day, 11), at=moment(day, 11))
        assert (made.late, made.late_approved, made.late_reason) == (True, approved, "汛期停航")
    assert verify() == []


def test_a_later_day_that_waits_is_taken_back_by_the_record_and_leaves_its_reason(house: Bureau) -> None:
    for at_unit, day, reason in ((house.lock, 10, ""), (house.pier, 23, "汛期停航")):
        made = visit(house, at_unit)
        asked = LaterDay.objects.create(
            visit=made, day=date(2020, 4, 24), reason="汛期停航", asked_at=moment(9)
        )
        made = take(house, made, happened_at=moment(day), received_at=moment(day, 11), at=moment(day, 11))
        assert (made.late, made.late_approved, made.late_reason) == (day == 23, False, reason)
        asked.refresh_from_db()
        assert (asked.status, asked.decided_at) == ("withdrawn", moment(day, 11))
    assert verify() == []


def test_an_approval_of_a_late_date_is_not_kept_with_a_visit_in_time(house: Bureau) -> None:
    made = visit(house, house.lock, date(2020, 4, 23), late_reason="汛期停航", late_approved=True)
    made = take(house, made)
    assert (made.late, made.late_approved) == (False, False)


def test_the_system_records_what_it_is_told(house: Bureau, planned: Visit) -> None:
    assert take(house, planned, actor=SYSTEM).recorded_by_id is None


@pytest.mark.parametrize(
    "facts",
    [
        {"status": "recorded"},
        {"status": "recorded", "happened_at": moment(10), "received_at": moment(10), "form": "on_site"},
        {"happened_at": moment(10)},
        {"late": True},
        {"form": "call"},
        {"planned_on": date(2020, 4, 30)},
        {"planned_on": date(2020, 4, 30), "late_reason": "汛期停航"},
        {"late_approved": True},
    ],
)
def test_the_database_itself_keeps_visits_whole(planned: Visit, facts: dict[str, Any]) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        Visit.objects.filter(pk=planned.pk).update(**facts)


def problem_of(house: Bureau, planned: Visit) -> Task:
    return Task.objects.create(
        plan_slug=SLUG,
        source=f"visits.visit:{planned.pk}",
        title="夜班岗亭缺取暖设备",
        owner=house.lead,
        unit=house.lock,
        raised_at=moment(10, 11),
        due_on=date(2020, 4, 15),
        original_due_on=date(2020, 4, 15),
    )


def attach(house: Bureau, planned: Visit, task_id: int, **changes: Any) -> VisitProblem:
    facts = {"answer": " 当场答应协调 ", "actor": house.liaison, "at": moment(10, 11), **changes}
    with acting():
        return actions.attach_problem(visit_id=planned.pk, task_id=task_id, **facts)


def test_a_problem_is_kept_with_its_task_and_the_answer_on_the_spot(house: Bureau, planned: Visit) -> None:
    take(house, planned)
    task = problem_of(house, planned)
    problem = attach(house, planned, task.pk)
    assert (problem.visit_id, problem.task_id, problem.answer) == (planned.pk, task.pk, "当场答应协调")
    assert verify() == []


def test_a_problem_comes_after_the_record(house: Bureau, planned: Visit) -> None:
    with pytest.raises(Refusal) as caught:
        attach(house, planned, problem_of(house, planned).pk)
    assert caught.value.code == "not_recorded"
    assert not VisitProblem.objects.exists()


def test_a_problem_raised_elsewhere_or_shown_already_is_not_attached(house: Bureau, planned: Visit) -> None:
    take(house, planned)
    other = visit(house, house.pier)
    with pytest.raises(Refusal) as caught:
        attach(house, planned, problem_of(house, other).pk)
    assert caught.value.code == "task_elsewhere"
    task = problem_of(house, planned)
    attach(house, planned, task.pk)
    with pytest.raises(Refusal):
        attach(house, planned, task.pk)
    assert VisitProblem.objects.count() == 1


def test_a_stranger_attaches_nothing(house: Bureau, planned: Visit) -> None:
    take(house, planned)
    Assignment.objects.create(
        purpose="another", holder=house.other_lead, subject=house.lock, starts_on=FOUNDED
    )
    with pytest.raises(NotPermitted):
        attach(house, planned, problem_of(house, planned).pk, actor=house.stranger)
    assert not VisitProblem.objects.exists()
