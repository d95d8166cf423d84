"""Beside a report that is missing stands whom to call; who asks for reports is shown the number in full."""

from typing import Any

import pytest
from django.urls import reverse

from emergency.house import EAST, ReportHouse, at, entries, make_house, rows_of, unchanged
from songnuan.audit.models import Entry
from songnuan.emergency.actions import Days
from songnuan.jobs.models import OutboxMessage
from songnuan.journeys.excuse_reports import excuse_reports
from songnuan.kernel.actor import Actor
from songnuan.organisation.models import User
from web.browsing import as_, on

pytestmark = pytest.mark.django_db
PHONES = {"一站": "13800001111", "二站": "13800002222", "三站": "13800003333", "四站": "13800004444"}


@pytest.fixture
def house() -> ReportHouse:
    made = make_house()
    for name, phone in PHONES.items():
        User.objects.filter(pk=made.user(name).pk).update(phone=phone)
    made.open(at(3, 9))
    return made


def page(house: ReportHouse, who: Actor, *, shows: bool = False, query: str = "?show=missing") -> Any:
    path = reverse(
        "situation_call_whom" if shows else "situation_period", args=(house.slot("一站", 3).period_id,)
    )
    with on(at(3, 17)):
        return as_(who).post(path + query) if shows else as_(who).get(path + query)


def whom(answer: Any) -> dict[str, list[tuple[str, str, str]] | None]:
    return {
        row.unit: None if row.callees is None else [(one.name, one.masked, one.number) for one in row.callees]
        for row in answer.context["rows"]
    }


def test_names_stand_beside_the_missing_and_the_numbers_are_masked(house: ReportHouse) -> None:
    house.report("一站", at(3, 10))
    before = entries()
    told = page(house, house.office)
    assert whom(told)["二站"] == [("二站联络员", "138****2222", "")]
    assert whom(told)["五站"] == [("五站联络员", "", "")]
    assert "13800002222" not in told.content.decode()
    assert "二站联络员" in told.content.decode()
    assert whom(page(house, house.office, query=""))["一站"] is None
    assert entries() == before


def test_the_numbers_are_shown_once_and_each_look_is_noted(house: ReportHouse) -> None:
    house.report("一站", at(3, 10))
    excuse_reports(
        measure_id=house.measure.pk,
        unit_id=house.units["三站"],
        days=Days(at(3).date(), at(3).date()),
        reason="停业",
        actor=house.office,
        at=at(3, 11),
    )
    before = rows_of()
    told = page(house, house.office, shows=True, query="")
    assert told.status_code == 200
    assert {name: [one[2] for one in people] for name, people in whom(told).items() if people} == {
        **{name: [""] for name in (EAST, "西区", "五站", "机动队")},
        "二站": ["13800002222"],
        "四站": ["13800004444"],
    }
    html = told.content.decode()
    assert 'href="tel:13800002222"' in html
    assert "13800001111" not in html
    assert "13800003333" not in html
    looks = Entry.objects.filter(action="emergency.show_liaison")
    assert {one.subject for one in looks} == {
        f"emergency.slot:{house.slot(name).pk}" for name in ("二站", "四站")
    }
    assert {one.actor_key for one in looks} == {house.office.key}
    assert not any("1380000" in one.facts for one in Entry.objects.all())
    assert rows_of() == before, "nobody was asked by it"
    assert OutboxMessage.objects.filter(topic="situation.chased").count() == 0
    assert "13800002222" not in page(house, house.office).content.decode()


def test_who_does_not_ask_for_reports_sees_nobody_to_call(house: ReportHouse) -> None:
    shown = page(house, house.viewer)
    assert set(whom(shown).values()) == {None}
    assert "situation_call_whom" not in shown.content.decode()
    assert "whom-to-call" not in shown.content.decode()
    assert "二站联络员" not in shown.content.decode()
    answers: list[Any] = []
    for who in (house.viewer, house.liaisons["一站"]):
        unchanged(lambda who=who: answers.append(page(house, who, shows=True)))  # type: ignore[misc]
    assert [one.status_code for one in answers] == [403, 404]


def test_a_unit_above_sees_those_below_it_and_not_its_own(house: ReportHouse) -> None:
    told = whom(page(house, house.liaisons[EAST], shows=True))
    assert told[EAST] is None
    assert {name for name, people in told.items() if people and people[0][2]} == {"一站", "二站", "三站"}
    assert "四站" not in told


def test_of_a_measure_that_is_closed_nobody_is_called(house: ReportHouse) -> None:
    type(house.measure).objects.filter(pk=house.measure.pk).update(status="closed")
    assert set(whom(page(house, house.office)).values()) == {None}
    unchanged(lambda: page(house, house.office, shows=True))


def test_the_telephone_form_begins_with_now(house: ReportHouse) -> None:
    with on(at(3, 17)):
        shown = as_(house.office).get(reverse("situation_slot", args=(house.slot("一站").pk,)))
    form = shown.context["call"]
    assert form["kind"].value() is None
    assert shown.content.decode().count('value="2020-02-03T17:00"') == 2
