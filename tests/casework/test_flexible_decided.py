"""Flexible work is asked for, approved by two others, looked at again: nothing is half done or twice."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import IntegrityError, connection, transaction

from benefits.union import NOW
from casework.flexible_house import (
    HOME,
    HOURS,
    ROTA,
    TODAY,
    WHY,
    FlexibleHouse,
    later,
    make_flexible_house,
)
from goods.builders import acting, make_person
from songnuan.approvals.models import Act, Request, RequestStatus
from songnuan.audit.models import Entry
from songnuan.casework.actions.forgetting import forget_flexible
from songnuan.casework.flexible_checks import verify
from songnuan.casework.flexible_freezing import digest_of
from songnuan.casework.flexible_models import FlexibleAct, FlexibleDependant, FlexibleRequest
from songnuan.casework.flexible_queries import acts_of, days_worked, requests_of, standing
from songnuan.casework.flexible_rules import Terms
from songnuan.journeys.ask_flexible import ask_flexible
from songnuan.journeys.measures.base import State
from songnuan.journeys.measures.flexible_work import KIND
from songnuan.kernel.actor import SYSTEM, Actor
from songnuan.kernel.refusal import Refusal
from songnuan.organisation.models import Post, User
from songnuan.organisation.permissions import Role
from songnuan.people.columns import index
from songnuan.people.models import Enrolment, FamilyLink, Person, PersonStatus, Service
from songnuan.plans.models import Measure, MeasureStatus

pytestmark = pytest.mark.django_db(transaction=True)
TABLES = (FlexibleRequest, FlexibleDependant, FlexibleAct, Request, Act)


@pytest.fixture
def house() -> FlexibleHouse:
    return make_flexible_house()


def rows() -> list[list[Any]]:
    # What is sealed is sealed otherwise each time it is written, so it is read as it stands.
    return [list(table._default_manager.order_by("pk").values_list()) for table in TABLES]


def refused(code: str, act: Callable[[], object], field: str | None = None) -> Refusal:
    """Do what is refused with a code, and show that nothing changed."""
    before = rows()
    with pytest.raises(Refusal) as found:
        act()
    assert found.value.code == code
    assert field is None or found.value.field == field
    assert rows() == before
    return found.value


def status(pk: int) -> str:
    return FlexibleRequest.objects.get(pk=pk).status


def is_the(house: FlexibleHouse, actor: Actor, name: str) -> None:
    """Let an account be that of an employee: the same name, the same phone."""
    phone = "13800000001"
    user = User.objects.get(pk=actor.user_id or 0)
    user.name, user.phone = name, phone
    user.save()
    Person.objects.filter(pk=house.register.person(name).pk).update(
        phone=phone, phone_index=index("phone", phone)
    )


# Asked for ---------------------------------------------------------------------------------------


def test_what_was_told_is_frozen_with_the_request(house: FlexibleHouse) -> None:
    pk = house.ask("甲")
    row = FlexibleRequest.objects.select_related("person").get(pk=pk)
    assert (row.number, row.unit_id, row.is_eligible, row.status) == (1, house.shop.pk, True, "pending")
    assert (row.form, row.weekdays, row.begins, row.ends, row.why) == ("hours", "12345", 600, 960, WHY)
    assert "甲妻" in row.reason
    told = [(one.person.key, one.kind) for one in FlexibleDependant.objects.select_related("person")]
    assert told == [(house.register.person("甲小宝").key, "child")]
    assert row.digest == digest_of(row, row.person.key, told)
    assert list(verify()) == []
    before = FlexibleRequest.objects.get(pk=pk)
    Service.objects.update(withdrawn_on=TODAY)
    after = FlexibleRequest.objects.get(pk=pk)
    assert (after.reason, after.facts, after.digest) == (before.reason, before.facts, before.digest)


def test_what_is_personal_lies_sealed(house: FlexibleHouse) -> None:
    pk = house.ask("甲")
    with connection.cursor() as cursor:
        cursor.execute("SELECT reason, facts, why FROM casework_flexiblerequest WHERE id = %s", [pk])
        told = "".join(cursor.fetchone())
    assert "甲" not in told
    assert WHY not in told
    assert not Entry.objects.filter(facts__icontains="甲妻").exists()


def test_the_same_post_again_asks_once(house: FlexibleHouse) -> None:
    told: dict[str, Any] = {
        "measure_id": house.measure.pk,
        "person_key": house.register.person("甲").key,
        "wish": house.wish("甲"),
        "key": uuid4(),
        "actor": house.liaison,
        "at": NOW,
    }
    assert ask_flexible(**told) == ask_flexible(**told)
    assert FlexibleRequest.objects.count() == 1


def test_numbers_have_no_gaps(house: FlexibleHouse) -> None:
    house.family("乙")
    refused("flexible_past", lambda: house.ask("甲", starts_on=TODAY - timedelta(days=1)))
    house.ask("甲")
    refused("flexible_waits", lambda: house.ask("甲"))
    house.ask("乙")
    assert sorted(FlexibleRequest.objects.values_list("number", flat=True)) == [1, 2]


@pytest.mark.parametrize(
    ("code", "field", "changes"),
    [
        ("flexible_form", "form", {"terms": Terms("holiday")}),
        ("weekdays_missing", "weekdays", {"terms": Terms("remote")}),
        ("weekdays_missing", "weekdays", {"terms": replace(HOURS, weekdays="89x")}),
        ("hours_missing", "begins", {"terms": replace(HOURS, begins=None)}),
        ("hours_order", "ends", {"terms": replace(HOURS, ends=600)}),
        ("hours_order", "ends", {"terms": replace(HOURS, ends=1440)}),
        ("reason_missing", "pattern", {"terms": Terms("rota", pattern=" ")}),
        ("text_too_long", "pattern", {"terms": Terms("rota", pattern="班" * 201)}),
        ("flexible_past", "starts_on", {"starts_on": date(2020, 3, 1)}),
        ("flexible_period", "ends_on", {"ends_on": date(2020, 3, 1)}),
        ("flexible_long", "ends_on", {"ends_on": TODAY + timedelta(days=90)}),
        ("reason_missing", "why", {"why": "\x00 "}),
        ("text_too_long", "why", {"why": "字" * 401}),
        ("dependants_missing", "dependants", {"dependants": ()}),
        ("dependant_unknown", "dependants", {"dependants": ("0" * 32,)}),
        ("exception_needless", "exception", {"exception": "情况特殊"}),
    ],
)
def test_a_request_that_lacks_something_is_refused(
    house: FlexibleHouse, code: str, field: str, changes: dict[str, Any]
) -> None:
    refused(code, lambda: house.ask("甲", **changes), field)


def test_who_is_not_eligible_needs_words_and_is_marked(house: FlexibleHouse) -> None:
    house.register.relate("甲", "parent", "甲母")
    house.born("甲母", date(1965, 1, 1))
    refused("exception_missing", lambda: house.ask("甲"), "exception")
    row = FlexibleRequest.objects.get(pk=house.ask("甲", exception="母亲住院，无法照看"))
    assert (row.is_eligible, row.exception) == (False, "母亲住院，无法照看")
    assert "甲母" in row.reason
    [evidence] = KIND.evidence(house.measure, NOW)
    assert evidence.note


def test_only_the_own_unit_is_asked_for(house: FlexibleHouse) -> None:
    refused("employee_unknown", lambda: house.ask("甲", actor=house.stranger))
    for actor in (house.head, house.register.union.inspector, house.register.union.stranger):
        code = "employee_unknown" if actor is house.register.union.stranger else "not_permitted"
        refused(code, lambda actor=actor: house.ask("甲", actor=actor))  # type: ignore[misc]
    assert house.ask("甲", actor=house.register.officer)


def test_nobody_asks_for_themselves_or_decides_about_it(house: FlexibleHouse) -> None:
    is_the(house, house.liaison, "甲")
    refused("own_flexible", lambda: house.ask("甲"))
    pk = house.ask("甲", actor=house.register.officer)
    is_the(house, house.head, "甲")
    refused("own_flexible", lambda: house.approve(pk, house.head))
    refused("own_flexible", lambda: house.return_(pk, house.head))


def test_a_clause_that_is_not_under_way_asks_for_nothing(house: FlexibleHouse) -> None:
    Measure.objects.filter(pk=house.measure.pk).update(status=MeasureStatus.CLOSED)
    refused("flexible_closed", lambda: house.ask("甲"))


def test_a_staff_office_that_is_not_there_is_said(house: FlexibleHouse) -> None:
    settings = {**house.measure.settings, "staff_office": "劳资科"}
    Measure.objects.filter(pk=house.measure.pk).update(settings=settings)
    refused("staff_office_unknown", lambda: house.ask("甲"))


# Approved ----------------------------------------------------------------------------------------


def test_the_department_then_the_staff_office_approve(house: FlexibleHouse) -> None:
    pk = house.ask("甲")
    refused("not_permitted", lambda: house.approve(pk, house.liaison))
    refused("not_your_turn", lambda: house.approve(pk, house.hr))
    assert house.approve(pk, house.head).status == RequestStatus.PENDING
    assert (status(pk), FlexibleAct.objects.count()) == ("pending", 0)
    refused("already_acted", lambda: house.approve(pk, house.head))
    refused("not_permitted", lambda: house.approve(pk, house.stranger))
    assert house.approve(pk, house.hr).status == RequestStatus.APPROVED
    [act] = FlexibleAct.objects.all()
    assert (status(pk), act.verb, act.from_on) == ("approved", "begin", TODAY)
    assert act.review_on == TODAY + timedelta(days=30)
    assert [step.unit_id for step in Request.objects.get().steps.order_by("position")] == [
        house.shop.pk,
        house.staff.pk,
    ]


def test_two_separate_persons_decide(house: FlexibleHouse) -> None:
    """One above both takes the department's step, and then not the other."""
    above = house.register.union.approver
    pk = house.ask("甲")
    house.approve(pk, above)
    refused("already_acted", lambda: house.approve(pk, above))
    Post.objects.filter(user=house.hr.user_id).delete()
    other = make_flexible_person(house)
    house.approve(pk, other)
    assert status(pk) == "approved"


def make_flexible_person(house: FlexibleHouse) -> Actor:
    return make_person("人事癸", Role.APPROVER, house.staff)


def test_nothing_is_asked_for_that_nobody_can_decide(house: FlexibleHouse) -> None:
    keep = {house.register.union.approver.user_id}
    Post.objects.filter(role=Role.APPROVER).exclude(user__in=keep).delete()
    refused("step_nobody", lambda: house.ask("甲"))


def test_it_is_returned_with_a_remark_and_asked_for_anew(house: FlexibleHouse) -> None:
    pk = house.ask("甲")
    refused("remark_missing", lambda: house.return_(pk, house.head, remark=""))
    house.return_(pk, house.head)
    assert status(pk) == "returned"
    refused("wrong_state", lambda: house.approve(pk, house.register.union.approver))
    assert house.ask("甲", terms=ROTA) != pk


def test_only_its_maker_or_who_approves_withdraws_it(house: FlexibleHouse) -> None:
    pk = house.ask("甲")
    refused("not_the_maker", lambda: house.withdraw(pk, house.stranger))
    house.withdraw(pk, house.liaison)
    assert status(pk) == "withdrawn"
    refused("wrong_state", lambda: house.withdraw(pk, house.liaison))


def test_what_was_looked_at_is_what_is_approved(house: FlexibleHouse) -> None:
    pk = house.ask("甲")
    refused("subject_changed", lambda: house.approve(pk, house.head, digest="0" * 64))


def test_days_are_arranged_once(house: FlexibleHouse) -> None:
    pk = house.arranged("甲")
    refused("flexible_stands", lambda: house.ask("甲"), "starts_on")
    last = FlexibleRequest.objects.get(pk=pk).ends_on
    following = last + timedelta(days=1)
    house.ask("甲", starts_on=following, ends_on=following)


def test_what_is_over_before_it_is_approved_is_not_approved(house: FlexibleHouse) -> None:
    pk = house.ask("甲", ends_on=TODAY)
    house.approve(pk, house.head)
    refused("flexible_late", lambda: house.approve(pk, house.hr, at=later(1)))


# Looked at again ---------------------------------------------------------------------------------


def test_it_goes_on_is_changed_and_ended_with_words(house: FlexibleHouse) -> None:
    pk = house.arranged("甲")
    house.review(pk, "go_on", actor=house.liaison, at=later(20))
    refused("reason_missing", lambda: house.review(pk, "change", words=" ", terms=HOME), "words")
    refused("review_same", lambda: house.review(pk, "change", terms=HOURS))
    refused("review_verb", lambda: house.review(pk, "begin"), "verb")
    refused("not_permitted", lambda: house.review(pk, "change", terms=HOME, actor=house.liaison))
    refused("not_permitted", lambda: house.review(pk, "go_on", actor=house.stranger))
    house.review(pk, "change", terms=HOME, at=later(40))
    house.review(pk, "end", words="孩子返校", actor=house.liaison, at=later(45))
    told = list(FlexibleAct.objects.order_by("pk").values_list("verb", "form", "from_on", "review_on"))
    assert told == [
        ("begin", "hours", TODAY, TODAY + timedelta(days=30)),
        ("go_on", "hours", TODAY + timedelta(days=20), TODAY + timedelta(days=50)),
        ("change", "remote", TODAY + timedelta(days=40), None),
        ("end", "remote", TODAY + timedelta(days=45), None),
    ]
    assert status(pk) == "ended"
    refused("flexible_over", lambda: house.review(pk, "go_on", at=later(46)))
    row = FlexibleRequest.objects.get(pk=pk)
    worked = days_worked(acts_of([row])[pk], row.starts_on, row.ends_on)
    assert worked == [
        (TODAY, TODAY + timedelta(days=19), HOURS),
        (TODAY + timedelta(days=20), TODAY + timedelta(days=39), HOURS),
        (TODAY + timedelta(days=40), TODAY + timedelta(days=45), HOME),
    ]


def test_two_who_look_at_once_do_not_decide_twice(house: FlexibleHouse) -> None:
    pk = house.arranged("甲")
    seen = FlexibleAct.objects.latest("pk").pk
    house.review(pk, "go_on", seen=seen)
    refused("review_stale", lambda: house.review(pk, "end", seen=seen))


def test_who_it_is_about_does_not_look_at_it(house: FlexibleHouse) -> None:
    pk = house.arranged("甲")
    is_the(house, house.liaison, "甲")
    refused("own_flexible", lambda: house.review(pk, "go_on", actor=house.liaison))


def due(house: FlexibleHouse, days: int) -> list[date | None]:
    on = later(days).date()
    return [one.over_since for one in standing(requests_of([house.measure.pk]), on) if one.is_due(on)]


def test_it_is_due_on_its_day_and_when_the_service_is_over(house: FlexibleHouse) -> None:
    pk = house.arranged("甲")
    assert due(house, 29) == []
    assert due(house, 30) == [None]
    ended = TODAY + timedelta(days=10)
    Service.objects.update(ends_on=ended)
    assert due(house, 10) == []  # the last day is one of the service
    assert due(house, 11) == [ended]
    assert status(pk) == "approved"  # never silently
    house.review(pk, "go_on", at=later(11), words="家属隔离观察14天，期间继续")
    assert due(house, 12) == []
    Service.objects.update(ends_on=TODAY + timedelta(days=20))  # told later that it went on
    assert due(house, 15) == []
    assert due(house, 21) == [TODAY + timedelta(days=20)]


def test_it_is_over_with_its_last_day(house: FlexibleHouse) -> None:
    pk = house.arranged("甲", ends_on=TODAY + timedelta(days=40))
    assert due(house, 41) == []
    refused("flexible_over", lambda: house.review(pk, "end", at=later(41)))


def test_the_living_plan_counts_them(house: FlexibleHouse) -> None:
    [told] = KIND.progress([house.measure], NOW).values()
    assert (told.due, told.state) == (0, State.WAITING)
    house.family("乙")
    house.arranged("甲")
    house.ask("乙")
    [told] = KIND.progress([house.measure], NOW).values()
    assert (told.done, told.due, told.late, told.state) == (1, 2, 0, State.ON_TIME)
    [told] = KIND.progress([house.measure], later(30)).values()
    assert (told.late, told.late_names, told.state) == (1, ("弹-0001",), State.LATE)
    labels = [one.label for one in KIND.evidence(house.measure, NOW)]
    assert len(labels) == 3
    assert not any("甲" in label for label in labels)


def test_what_is_decided_stays(house: FlexibleHouse) -> None:
    pk = house.arranged("甲")
    before = rows()
    for table, change in (
        (FlexibleRequest, {"why": "另一个理由", "number": 9}),
        (FlexibleRequest, {"ends_on": TODAY + timedelta(days=300)}),
        (FlexibleAct, {"review_on": None}),
        (FlexibleDependant, {"kind": "elder"}),
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            table._default_manager.update(**change)
        with pytest.raises(IntegrityError), transaction.atomic():
            table._default_manager.all()._raw_delete(table._default_manager.db)
    assert rows() == before
    assert status(pk) == "approved"


def codes() -> list[str]:
    return [finding.code for finding in verify()]


def test_the_check_finds_what_was_changed_by_hand(house: FlexibleHouse) -> None:
    pk = house.arranged("甲")
    assert codes() == []
    FlexibleRequest.objects.update(status="ended")
    assert codes() == ["flexible_undecided"]
    FlexibleRequest.objects.update(status="approved")
    with connection.cursor() as cursor:
        cursor.execute("UPDATE casework_flexiblerequest SET why = %s WHERE id = %s", ["k:AAAA", pk])
    assert codes() == ["flexible_changed"]
    # What is erased as a whole breaks no proof.
    row = FlexibleRequest.objects.filter(pk=pk)
    with pytest.raises(IntegrityError), transaction.atomic():
        row.update(sealed_digest="0" * 64)
    row.update(reason="", facts="", why="", exception="")
    assert codes() == []


def test_who_was_merged_is_the_same_employee(house: FlexibleHouse) -> None:
    pk = house.arranged("甲")
    old, new = house.person("甲"), house.register.person("甲二")
    FamilyLink.objects.filter(person=old).update(person=new)
    Enrolment.objects.filter(person=old).update(person=new)
    Person.objects.filter(pk=old.pk).update(status=PersonStatus.MERGED, merged_into=new)
    Service.objects.update(ends_on=TODAY)
    assert due(house, 1) == [TODAY]
    house.register.people["甲"] = new
    refused("flexible_stands", lambda: house.ask("甲"))
    assert status(pk) == "approved"


def test_what_was_written_goes_with_who_is_erased(house: FlexibleHouse) -> None:
    house.family("乙")
    kept, gone = house.arranged("乙"), house.arranged("甲")
    house.review(gone, "go_on")
    child = house.register.person("甲小宝")
    Person.objects.filter(pk=child.pk).update(status=PersonStatus.ERASED, name="", birth_on=None)
    with acting():
        assert forget_flexible(actor=SYSTEM, at=NOW) == 1
        assert forget_flexible(actor=SYSTEM, at=NOW) == 0
    row = FlexibleRequest.objects.get(pk=gone)
    assert (row.reason, row.facts, row.why, row.exception) == ("", "", "", "")
    assert set(FlexibleAct.objects.filter(request=gone).values_list("words", flat=True)) == {""}
    assert FlexibleRequest.objects.get(pk=kept).why == WHY
    assert codes() == []
