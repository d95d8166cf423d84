"""Families are taken in by the register, helpers asked, contacts and needs recorded; and who may not."""

from datetime import date
from typing import Any
from uuid import uuid4

import pytest
from django.db import IntegrityError, transaction

from casework.house import GOODS, NOW, CareHouse, day, make_care, name_of
from goods.builders import acting, snapshot
from songnuan.audit.models import Entry
from songnuan.casework.actions import HomeVisitWords, NewNeed, erase_texts
from songnuan.casework.actions.forgetting import forget_reasons
from songnuan.casework.case_access import Reach, reach_of
from songnuan.casework.case_models import (
    Case,
    CaseText,
    Contact,
    HelperAct,
    HelperState,
    HelperVerb,
    HomeVisit,
    Need,
    NeedAction,
)
from songnuan.casework.case_queries import need_rows, needs_of, proposal, standings
from songnuan.casework.case_rules import contact_due, is_at_rest, printed, visit_due
from songnuan.jobs.models import OutboxMessage
from songnuan.journeys.act_on_need import act_on_need
from songnuan.journeys.answer_help import accept_family, decline_family
from songnuan.journeys.case_settings import settings_of
from songnuan.journeys.offer_helpers import offer_helpers
from songnuan.journeys.open_families import open_families
from songnuan.kernel.refusal import NotPermitted, Refusal
from songnuan.people.erasure import ERASED
from songnuan.people.models import Person, PersonStatus, Service
from songnuan.plans.models import Measure, MeasureStatus

pytestmark = pytest.mark.django_db(transaction=True)
TABLES = (Case, CaseText, HelperAct, Contact, HomeVisit, Need, NeedAction, OutboxMessage)
VISIT = HomeVisitWords(went="工会主席一行三人", living="老人由邻居照看，生活有序。", received_by="甲")


@pytest.fixture
def house() -> CareHouse:
    return make_care()


def refused(code: str, act: object, *args: object, **told: object) -> Refusal:
    """Return the refusal of an act that changed nothing."""
    before = snapshot(TABLES)
    with pytest.raises(Refusal) as caught:
        act(*args, **told)  # type: ignore[operator]  # a function of the house
    assert caught.value.code == code
    assert snapshot(TABLES) == before
    return caught.value


def test_families_with_somebody_at_the_front_are_taken_in_without_gaps(house: CareHouse) -> None:
    house.register.employ("丙", "丁")
    house.register.relate("丙", "parent", "丙父")  # serves nowhere
    house.register.serve(["丁"], "湖北", ends_on=None)  # serves, but has no family in the register
    found = house.open()
    assert [(case.number, name_of(case)) for case in found] == [(1, "甲"), (2, "乙")]
    assert printed(found[0].number) == "台-0001"
    assert found[0].unit == house.register.union.unit
    house.family("戊", "戊妻")
    assert [case.number for case in house.open(day(1))] == [1, 2, 3]
    assert len(house.open(day(1))) == 3


def test_a_couple_is_one_family_whoever_was_there_first(house: CareHouse) -> None:
    house.open()
    house.register.employ("丙", "丁")
    house.register.relate("丙", "spouse", "丁")
    house.register.relate("丁", "parent", "丁父")
    house.register.serve(["丁父"], ends_on=None)
    assert [name_of(case) for case in house.open()][2:] == ["丁"]
    house.register.relate("丙", "parent", "丙母")
    house.register.serve(["丙母"], ends_on=None)
    assert len(house.open()) == 3


def test_whose_service_is_over_is_not_taken_in(house: CareHouse) -> None:
    house.family("丙", "丙妻", ends_on=date(2020, 3, 1))
    house.family("丁", "丁妻", ends_on=NOW.date())
    assert [name_of(case) for case in house.open()] == ["甲", "乙", "丁"]


def test_a_stranger_and_a_closed_measure_take_nobody_in(house: CareHouse) -> None:
    for actor in (house.stranger, house.inspector, house.first):
        refused("not_permitted", open_families, measure_id=house.measure.pk, actor=actor, at=NOW)
    refused("measure_unknown", open_families, measure_id=0, actor=house.officer, at=NOW)
    Measure.objects.filter(pk=house.measure.pk).update(status=MeasureStatus.CLOSED)
    refused("measure_closed", open_families, measure_id=house.measure.pk, actor=house.officer, at=NOW)


def test_a_helper_accepts_and_another_takes_over(house: CareHouse) -> None:
    house.open()
    case = house.helped()
    assert (case.helper_id, case.helper_state) == (house.first.user_id, HelperState.ACCEPTED)
    chosen = {case.pk: house.second.user_id}
    told = {"measure_id": house.measure.pk, "chosen": chosen, "actor": house.officer, "at": day(1)}
    refused("reason_missing", offer_helpers, **told)
    offer_helpers(**told, reason="岗位调整")  # type: ignore[arg-type]  # facts of the right kinds
    refused("helper_same", offer_helpers, **told, reason="岗位调整")
    refused("helper_other", accept_family, case_id=case.pk, actor=house.first, at=day(1))
    accept_family(case_id=case.pk, actor=house.second, at=day(1))
    accept_family(case_id=case.pk, actor=house.second, at=day(1))
    acts = HelperAct.objects.order_by("pk").values_list("verb", "helper__name")
    assert list(acts) == [
        (HelperVerb.OFFER, "联系人一"),
        (HelperVerb.ACCEPT, "联系人一"),
        (HelperVerb.END, "联系人一"),
        (HelperVerb.OFFER, "联系人二"),
        (HelperVerb.ACCEPT, "联系人二"),
    ]
    assert OutboxMessage.objects.filter(topic="families.offered").count() == 2


def test_who_declines_is_not_proposed_again(house: CareHouse) -> None:
    cases = house.open()
    proposed = proposal(cases, house.register.union.unit.pk, NOW)
    assert len(set(proposed.values())) == 2, "of two families each has another helper"
    case = cases[0]
    offer_helpers(measure_id=house.measure.pk, chosen=proposed, actor=house.officer, at=NOW)
    asked = Case.objects.get(pk=case.pk)
    helper = next(one for one in (house.officer, house.first, house.second) if one.user_id == asked.helper_id)
    refused("reason_missing", decline_family, case_id=case.pk, reason=" ", actor=helper, at=NOW)
    decline_family(case_id=case.pk, reason="本人即将驰援一线", actor=helper, at=NOW)
    fresh = Case.objects.get(pk=case.pk)
    assert (fresh.helper_id, fresh.helper_state) == (None, HelperState.NONE)
    assert proposal([fresh], house.register.union.unit.pk, NOW)[case.pk] != helper.user_id


def test_why_somebody_declined_goes_with_the_family_and_nothing_else_does(house: CareHouse) -> None:
    first, second = house.open()[:2]
    for case in (first, second):
        told: dict[str, Any] = {"actor": house.officer, "at": NOW}
        offer_helpers(measure_id=house.measure.pk, chosen={case.pk: house.first.user_id or 0}, **told)
        decline_family(case_id=case.pk, reason="与该家庭有纠纷", actor=house.first, at=NOW)
    kept = list(HelperAct.objects.filter(case=second).values())
    Person.objects.filter(name="甲").update(**ERASED)
    with acting():
        assert forget_reasons(actor=house.officer, at=NOW) == 1
        assert forget_reasons(actor=house.officer, at=NOW) == 0
    assert list(HelperAct.objects.filter(case=second).values()) == kept
    acts = HelperAct.objects.filter(case=first).order_by("pk")
    assert [(one.verb, one.reason) for one in acts] == [(HelperVerb.OFFER, ""), (HelperVerb.DECLINE, "—")]
    for change in ({"reason": "别的"}, {"reason": ""}, {"reason": "—", "verb": "end"}):
        with pytest.raises(IntegrityError), transaction.atomic():
            acts.filter(verb=HelperVerb.DECLINE).update(**change)


def test_nobody_without_a_post_there_and_no_inspector_is_asked(house: CareHouse) -> None:
    case = house.open()[0]
    for actor in (house.inspector, house.stranger):
        told = {"measure_id": house.measure.pk, "chosen": {case.pk: actor.user_id}}
        refused("helper_unfit", offer_helpers, **told, actor=house.officer, at=NOW)
    told = {"measure_id": house.measure.pk, "chosen": {case.pk: house.first.user_id}}
    for actor in (house.first, house.inspector, house.stranger):
        refused("not_permitted", offer_helpers, **told, actor=actor, at=NOW)


def test_how_far_each_reaches(house: CareHouse) -> None:
    house.open()
    case = house.helped()
    reach = {
        name: reach_of(case, getattr(house, name), NOW)
        for name in ("officer", "inspector", "first", "second", "stranger")
    }
    assert reach == {
        "officer": Reach.MANAGE,
        "inspector": Reach.VIEW,
        "first": Reach.HELP,
        "second": Reach.NONE,
        "stranger": Reach.NONE,
    }
    for actor in (house.inspector, house.second, house.stranger):
        refused("not_permitted", house.contact, case, actor=actor)
        refused("not_permitted", house.need, case, actor=actor)


def test_contacts_are_due_at_an_interval_from_when_somebody_was_reached(house: CareHouse) -> None:
    house.open()
    rhythm = settings_of(house.measure).rhythm

    def due() -> date | None:
        case = house.case()
        return contact_due(standings([case], NOW.date())[case.pk], rhythm)

    assert due() is None, "nobody helps yet"
    case = house.helped()
    assert due() == date(2020, 3, 4)
    refused("words_missing", house.contact, case, day(1), reached=False)
    house.contact(case, day(1), reached=False, words="无人接听")
    assert due() == date(2020, 3, 4), "who was not reached is still to be contacted"
    house.contact(case, day(2))
    assert due() == date(2020, 3, 11)
    refused("contact_ahead", house.contact, case, day(2), happened_on=date(2020, 3, 5))
    refused("day_before_case", house.contact, case, day(2), happened_on=date(2020, 3, 1))
    offer_helpers(
        measure_id=house.measure.pk,
        chosen={case.pk: house.second.user_id or 0},
        reason="岗位调整",
        actor=house.officer,
        at=day(3),
    )
    assert due() is None
    accept_family(case_id=case.pk, actor=house.second, at=day(3))
    assert due() == date(2020, 3, 7), "a new helper introduces themselves"


def test_a_visit_at_home_is_owed_once_somebody_came_back(house: CareHouse) -> None:
    house.open()
    case = house.helped()
    house.contact(case)
    rhythm = settings_of(house.measure).rhythm
    Service.objects.filter(person__name="甲妻").update(ends_on=date(2020, 3, 10))
    stand = {number: standings([case], day(number).date())[case.pk] for number in (8, 9)}
    assert visit_due(stand[8], rhythm) is None, "the last day is one of service"
    assert visit_due(stand[9], rhythm) == date(2020, 3, 24)
    assert not is_at_rest(stand[9])
    house.contact(case, day(9), way="visit")
    assert visit_due(standings([case], day(9).date())[case.pk], rhythm), "a visit has its record"
    refused("visit_way", house.contact, case, day(9), home_visit=VISIT)
    refused("words_missing", house.contact, case, day(9), way="visit", home_visit=HomeVisitWords("", "", ""))
    house.contact(case, day(9), way="visit", home_visit=VISIT)
    after = standings([case], day(9).date())[case.pk]
    assert visit_due(after, rhythm) is None
    assert is_at_rest(after)
    assert contact_due(after, rhythm) is None
    assert HomeVisit.objects.get().went.text == "工会主席一行三人"


def test_a_need_is_promised_by_its_urgency_and_keeps_what_was_done(house: CareHouse) -> None:
    house.open()
    case = house.helped()
    house.contact(case, need=NewNeed("medical", "today", "老人降压药断了"))
    second = house.need(case)
    assert [(row.number, row.promised_on) for row in need_rows(needs_of([case.pk]))] == [
        ("台-0001-1", date(2020, 3, 2)),
        ("台-0001-2", date(2020, 3, 5)),
    ]
    assert Need.objects.get(number=1).contact == Contact.objects.get()
    assert second.words.text == GOODS
    refused("promise_past", house.need, case, promised_on=date(2020, 3, 1))
    refused("promise_far", house.need, case, promised_on=date(2021, 4, 1))
    refused("words_missing", house.need, case, words=" ")
    refused("choice_unknown", house.need, case, category="rockets")
    told = {"need_id": second.pk, "done_on": NOW.date(), "actor": house.first, "at": NOW}
    key = uuid4()
    for _click in (1, 2):
        act_on_need(**told, text="已联系超市", promised_on=date(2020, 3, 9), key=key)  # type: ignore[arg-type]
    [_first, row] = need_rows(needs_of([case.pk]))
    assert (row.promised_on, row.need.promised_on) == (date(2020, 3, 9), date(2020, 3, 5))
    assert len(row.actions) == 1
    assert not row.is_late(date(2020, 3, 9))
    assert row.is_late(date(2020, 3, 10))


def test_the_trail_says_what_was_done_and_nothing_of_what_was_said(house: CareHouse) -> None:
    house.open()
    case = house.helped()
    house.contact(case, words="孩子发烧", need=NewNeed("medical", "today", "老人降压药断了"))
    text = "".join(f"{row.action}{row.facts}" for row in Entry.objects.all())
    for word in ("孩子发烧", "降压药", "甲妻", "米面油"):
        assert word not in text
    for action in ("open_cases", "offer_helper", "accept_family", "record_contact", "raise_need"):
        assert f"casework.{action}" in text


def test_what_is_refused_to_who_may_not_is_a_matter_of_rights(house: CareHouse) -> None:
    case = house.open()[0]
    with pytest.raises(NotPermitted):
        house.contact(case, actor=house.stranger)


def test_what_was_written_goes_with_the_person_and_what_was_done_stays(house: CareHouse) -> None:
    house.open()
    case, other = house.helped(), house.helped("乙")
    house.contact(case, words="孩子发烧", need=NewNeed("medical", "today", "老人降压药断了"))
    house.contact(other, words="一切安好")
    Person.objects.filter(name="甲").update(name="", status=PersonStatus.ERASED)
    with acting():
        assert erase_texts(actor=house.officer, at=day(1)) == 2
    with acting():
        assert erase_texts(actor=house.officer, at=day(1)) == 0
    assert {row.text for row in CaseText.objects.filter(case=case)} == {""}
    assert {row.text for row in CaseText.objects.filter(case=other)} == {"一切安好"}
    assert (Contact.objects.count(), Need.objects.count()) == (2, 1)
