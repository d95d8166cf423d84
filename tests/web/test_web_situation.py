"""The pages of situation reports: a liaison's phone, who watches, who passes on; and who may not."""

import re
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse

from emergency.house import (
    CENTRE,
    EAST,
    LEAVES,
    UNITS,
    WEST,
    ReportHouse,
    at,
    event,
    make_house,
    rows_of,
    unchanged,
)
from songnuan.emergency.models import (
    ReportChase,
    ReportExcuse,
    ReportPart,
    ReportPeriod,
    ReportSlot,
    ReportSummary,
    SituationReport,
)
from songnuan.kernel.actor import Actor
from songnuan.organisation.queries import day_of, now
from songnuan.web.due import desk_of, due_of
from songnuan.web.views.shared import Reader
from web.browsing import as_, on, user_of

pytestmark = pytest.mark.django_db
FIELD = {"X-Songnuan-Field": "1"}


@pytest.fixture
def house() -> ReportHouse:
    made = make_house()
    made.open(at(3, 9))
    return made


def get(who: Actor, name: str, *args: Any, moment: Any = None, query: str = "") -> Any:
    with on(moment or at(3, 10)):
        return as_(who).get(reverse(name, args=args) + query)


def post(
    who: Actor, name: str, *args: Any, told: dict[str, Any] | None = None, moment: Any = None, **how: Any
) -> Any:
    with on(moment or at(3, 10)):
        return as_(who).post(reverse(name, args=args), {"key": uuid4(), **(told or {})}, **how)


EVENT = {
    "kind": "event",
    "category": "health",
    "happened_at": "2020-02-03T09:30",
    "figure-fever": "1",
    "figure-contacts": "",
    "words": "一人发热，已就诊。",
}


def due(who: Actor, moment: Any) -> list[tuple[str, str]]:
    with on(moment):
        reader = Reader(user_of(who), who, now(), now().date())
        return [(one.title, one.url) for one in due_of(desk_of(reader)) if "/situation/" in one.url]


# The liaison ---------------------------------------------------------------------------------------


def test_what_is_due_stands_on_the_first_page_and_leads_to_the_report(house: ReportHouse) -> None:
    slot = house.slot("一站")
    assert [url for _title, url in due(house.liaisons["一站"], at(3, 10))] == [f"/situation/slots/{slot.pk}/"]
    page = get(house.liaisons["一站"], "situation_slot", slot.pk)
    assert page.status_code == 200
    html = page.content.decode()
    assert html.count('name="key"') == 2, "each of the two forms has a key of its own"
    assert 'value="zero" checked' not in html
    house.report("一站", at(3, 10))
    assert due(house.liaisons["一站"], at(3, 11)) == []
    for who in (house.liaisons["一站"], house.office):
        assert 'href="/situation/"' in get(who, "home").content.decode()


def test_two_taps_report_all_safe_and_a_third_changes_nothing(house: ReportHouse) -> None:
    slot, key = house.slot("一站"), uuid4()
    told = {
        "kind": "zero",
        "key": key,
        "device_at": "2020-02-03T01:58:00.000Z",
        "device_sent_at": "2020-02-03T02:00:07.000Z",
    }
    answer = post(house.liaisons["一站"], "situation_report", slot.pk, told=told, headers=FIELD)
    assert answer.headers["X-Songnuan-Location"] == f"/situation/slots/{slot.pk}/"
    made = SituationReport.objects.get()
    assert (made.kind, made.by_id, made.received_at) == ("zero", house.liaisons["一站"].user_id, at(3, 10))
    assert made.device_at == at(3, 9, 58)
    assert made.clock_skew_seconds == 7
    later = at(3, 10) + timedelta(hours=8)
    post(house.liaisons["一站"], "situation_report", slot.pk, told=told, headers=FIELD, moment=later)
    assert SituationReport.objects.count() == 1
    assert not house.slot("一站").is_late


def test_looking_at_the_page_never_reports(house: ReportHouse) -> None:
    before = rows_of()
    get(house.liaisons["一站"], "situation_slot", house.slot("一站").pk)
    get(house.liaisons["一站"], "situation")
    led = get(house.liaisons["一站"], "situation_report", house.slot("一站").pk)
    assert led.headers["Location"] == reverse("situation_slot", args=(house.slot("一站").pk,))
    assert rows_of() == before


def test_an_event_is_reported_and_shown(house: ReportHouse) -> None:
    slot = house.slot("一站")
    assert post(house.liaisons["一站"], "situation_report", slot.pk, told=EVENT).status_code == 302
    made = SituationReport.objects.get()
    assert (made.category, made.figures, made.words) == (
        "health",
        {"fever": 1, "contacts": 0},
        "一人发热，已就诊。",
    )
    page = get(house.office, "situation_slot", slot.pk).content.decode()
    assert "一人发热，已就诊。" in page
    assert due(house.liaisons["一站"], at(3, 11)) == []


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"category": ""}, "category"),
        ({"happened_at": "2020-02-04T09:30"}, "happened_at"),
        ({"happened_at": "2019-12-01T09:30"}, "happened_at"),
        ({"happened_at": "gestern"}, "happened_at"),
        ({"figure-fever": "-1"}, "figure-fever"),
        ({"figure-fever": "9" * 500}, "figure-fever"),
        ({"figure-fever": "两个"}, "figure-fever"),
        ({"words": "热" * 300_000}, "words"),
        ({"words": "  "}, "words"),
    ],
)
def test_what_is_wrong_is_said_beside_its_field_and_what_was_typed_stays(
    house: ReportHouse, change: dict[str, str], field: str
) -> None:
    slot = house.slot("一站")
    answers: list[Any] = []
    told, who = {**EVENT, **change}, house.liaisons["一站"]
    unchanged(lambda: answers.append(post(who, "situation_report", slot.pk, told=told, headers=FIELD)))
    [answer] = answers
    assert answer.status_code == 422
    form = answer.context["event"]
    assert [*form.errors] == [field]
    if field != "words":
        assert "一人发热，已就诊。" in answer.content.decode()


@pytest.mark.parametrize("kind", ["", "missing", "open"])
def test_what_is_neither_is_no_zero_report(house: ReportHouse, kind: str) -> None:
    slot = house.slot("一站")
    unchanged(lambda: post(house.liaisons["一站"], "situation_report", slot.pk, told={"kind": kind}))
    assert house.slot("一站").status == "open"


def test_another_units_liaison_cannot_report_nor_see(house: ReportHouse) -> None:
    slot = house.slot("一站")
    unchanged(
        lambda: post(
            house.liaisons["二站"], "situation_report", slot.pk, told={"kind": "zero"}, headers=FIELD
        )
    )
    assert get(house.liaisons["二站"], "situation_slot", slot.pk).status_code == 404
    assert post(house.liaisons["二站"], "situation_report", slot.pk, told=EVENT).status_code == 404
    assert Client().get(reverse("situation_slot", args=(slot.pk,))).status_code == 302


def test_a_correction_needs_a_reason_and_keeps_the_earlier_version(house: ReportHouse) -> None:
    house.report("一站", at(3, 10))
    slot = house.slot("一站")
    without = post(house.liaisons["一站"], "situation_correct", slot.pk, told={**EVENT, "reason": ""})
    assert [*without.context["correction"].errors] == ["reason"]
    answer = post(
        house.liaisons["一站"],
        "situation_correct",
        slot.pk,
        told={**EVENT, "reason": "漏报"},
        moment=at(3, 18),
    )
    assert answer.status_code == 302
    slot = house.slot("一站")
    assert (slot.version, slot.is_late) == (2, False)
    page = get(house.liaisons["一站"], "situation_slot", slot.pk).content.decode()
    assert "漏报" in page


@pytest.mark.parametrize(
    ("moment", "band", "days"),
    [
        (at(3, 16, 0), "today", 0),
        (at(3, 16, 1), "late", 0),
        (at(3, 23, 59), "late", 0),
        (at(4, 0, 1), "late", -1),  # the day before in Greenwich still
        (at(4, 7, 59), "late", -1),
        (at(4, 23, 59), "late", -1),
        (at(5, 0, 1), "late", -2),
    ],
)
def test_a_report_that_did_not_come_in_is_overdue_at_its_hour_and_counts_days_in_china(
    house: ReportHouse, moment: Any, band: str, days: int
) -> None:
    who = house.liaisons["一站"]
    with on(moment):
        reader = Reader(user_of(who), who, now(), day_of(now()))
        [found] = [one for one in due_of(desk_of(reader)) if "/situation/" in one.url]
        assert (found.band, found.days_left) == (band, days)
        html = as_(who).get(reverse("home")).content.decode()
    words = {0: "已逾期" if band == "late" else "今日到期", -1: "逾期1天", -2: "逾期2天"}
    assert words[days] in html
    assert "逾期0天" not in html


def test_each_tab_tells_how_many_it_shows(house: ReportHouse) -> None:
    house.report("一站", at(3, 10))
    house.report("一站", at(3, 11), event(at(3, 9), reason="漏报"))
    house.report("二站", at(3, 16, 5))
    house.report("三站", at(3, 16, 6), event(at(3, 9)))
    told = {"first_on": "2020-02-03", "last_on": "2020-02-03", "reason": "停业"}
    for name in ("三站", "四站"):  # one that was late, and one that said nothing
        post(house.office, "situation_excuse", house.slot(name).pk, told=told, moment=at(3, 16, 10))
    period = house.slot("一站").period_id
    counts = {}
    for who in (house.office, house.liaisons[EAST]):
        tabs = get(who, "situation_period", period, moment=at(3, 17)).context["tabs"]
        for _label, query, count, _current in tabs:
            page = get(who, "situation_period", period, moment=at(3, 17), query=query)
            assert len(page.context["rows"]) == count, query
            counts[who.key, query.rpartition("=")[2]] = count
    assert counts[house.office.key, "late"] == 2
    assert counts[house.liaisons[EAST].key, "missing"] == 1


# Who watches ---------------------------------------------------------------------------------------


def test_a_period_is_shown_to_who_sees_it_with_a_fixed_number_of_questions(
    house: ReportHouse, django_assert_max_num_queries: Any
) -> None:
    for name in UNITS[:5]:
        house.report(
            name, at(3, 10), event(at(3, 9)) if name == "一站" else event(at(3, 9), category="other")
        )
    period = house.slot("一站").period_id
    client = as_(house.office)
    with on(at(3, 17)), django_assert_max_num_queries(32):
        page = client.get(reverse("situation_period", args=(period,)))
    assert [line.unit for line in page.context["rows"]] == [*UNITS]
    assert page.context["node"].tally.received == 5
    shown = get(house.office, "situation_period", period, moment=at(3, 17), query="?show=missing")
    assert {line.unit for line in shown.context["rows"]} == {"四站", "五站", "机动队"}
    east = get(house.liaisons[EAST], "situation_period", period, moment=at(3, 17))
    assert {line.unit for line in east.context["rows"]} == {EAST, "一站", "二站", "三站"}
    other = f"?node={house.units[WEST]}"
    assert get(house.liaisons[EAST], "situation_period", period, query=other).status_code == 404
    assert get(house.liaisons["一站"], "situation_period", period).status_code == 404


def test_a_page_of_many_units_goes_on_by_key(house: ReportHouse) -> None:
    period = ReportPeriod.objects.get()
    first = ReportSlot.objects.order_by("unit_id").values_list("unit_id", flat=True)[2]
    page = get(house.office, "situation_period", period.pk, query=f"?before={first}")
    assert len(page.context["rows"]) == len(UNITS) - 3


def test_past_periods_with_their_rates(house: ReportHouse) -> None:
    house.report("一站", at(3, 10))
    house.open(at(4, 9))
    page = get(house.viewer, "situation_measure", house.measure.pk, moment=at(4, 12))
    assert [row[2:] for row in page.context["rows"]] == [("0%", "0%"), ("12.5%", "12.5%")]
    assert [one.name for one in page.context["beside"]] == [CENTRE, EAST, WEST]
    assert get(house.liaisons["一站"], "situation_measure", house.measure.pk).status_code == 404


# Who acts ------------------------------------------------------------------------------------------


def test_asking_for_one_and_for_all(house: ReportHouse) -> None:
    house.report("一站", at(3, 10))
    slot = house.slot("二站")
    assert post(house.office, "situation_chase", slot.pk, moment=at(3, 16, 5)).status_code == 302
    told = {"node": house.units[CENTRE]}
    post(house.office, "situation_chase_all", slot.period_id, told=told, moment=at(3, 16, 6))
    assert ReportChase.objects.count() == 7
    answer = post(house.office, "situation_phone", slot.pk, told={"words": ""}, moment=at(3, 16, 7))
    assert answer.status_code == 422
    post(house.liaisons[EAST], "situation_phone", slot.pk, told={"words": "马上报"}, moment=at(3, 16, 8))
    assert ReportChase.objects.filter(way="phone", words="马上报").count() == 1
    unchanged(lambda: post(house.viewer, "situation_chase", slot.pk, moment=at(3, 17)))
    unchanged(lambda: post(house.viewer, "situation_chase_all", slot.period_id, told=told, moment=at(3, 17)))


def test_excusing_and_taking_it_back(house: ReportHouse) -> None:
    slot = house.slot("一站")
    told = {"first_on": "2020-02-03", "last_on": "2020-02-05", "reason": "停业"}
    assert post(house.liaisons[EAST], "situation_excuse", slot.pk, told=told).status_code == 302
    assert due(house.liaisons["一站"], at(3, 11)) == []
    again = post(house.office, "situation_excuse", slot.pk, told=told)
    assert [*again.context["excuse"].errors] == ["first_on"]
    excuse = ReportExcuse.objects.get()
    other = house.slot("二站")
    post(house.office, "situation_withdraw", other.pk, excuse.pk, told={"reason": "误办"})
    assert ReportExcuse.objects.get().withdrawn_at is None
    post(house.office, "situation_withdraw", slot.pk, excuse.pk, told={"reason": "误办"})
    assert not house.slot("一站").is_excused


def test_a_part_is_passed_on_by_who_may(house: ReportHouse) -> None:
    for name in (EAST, "一站", "二站"):
        house.report(name, at(3, 10))
    period = house.slot("一站").period_id
    assert due(house.liaisons[EAST], at(3, 15)) == []
    [(_title, url)] = due(house.liaisons[EAST], at(3, 17))
    assert url == f"/situation/periods/{period}/?node={house.units[EAST]}"
    told = {"node": house.units[EAST], "words": "已核对"}
    form = get(house.liaisons[EAST], "situation_period", period, moment=at(3, 17)).content.decode()
    assert re.search(r"上报意见\s*<small class=\"must\"[^>]*>（必填）", form)
    refused = post(house.liaisons[EAST], "situation_pass_on", period, told=told, moment=at(3, 17))
    assert refused.status_code == 422
    assert "missing" in refused.context["form"].errors
    assert post(house.liaisons["一站"], "situation_pass_on", period, told=told).status_code == 404
    told["missing"] = house.units["三站"]
    assert (
        post(house.liaisons[EAST], "situation_pass_on", period, told=told, moment=at(3, 17)).status_code
        == 302
    )
    assert ReportPart.objects.get().missing == [house.units["三站"]]
    assert due(house.liaisons[EAST], at(3, 18)) == []
    house.report("三站", at(3, 18))
    assert len(due(house.liaisons[EAST], at(3, 19))) == 1


def test_the_consolidated_report_goes_up_and_its_papers_come(house: ReportHouse) -> None:
    for name in LEAVES:
        house.report(name, at(3, 10))
    period = house.slot("一站").period_id
    assert len(due(house.office, at(3, 17))) == 1
    assert post(house.office, "situation_make", period, moment=at(3, 17)).status_code == 302
    made = ReportSummary.objects.get()
    for kind, head in (("docx", b"PK"), ("pdf", b"%PDF"), ("xlsx", b"PK")):
        paper = get(house.viewer, "situation_paper", period, made.pk, kind)
        assert paper.content.startswith(head)
    assert get(house.liaisons[EAST], "situation_summary", period).status_code == 404
    assert get(house.viewer, "situation_paper", period, made.pk, "exe").status_code == 404
    wrong = post(house.office, "situation_send", period, made.pk, told={"way": ""}, moment=at(3, 17))
    assert wrong.status_code == 422
    post(house.office, "situation_send", period, made.pk, told={"way": "传真"}, moment=at(3, 17, 10))
    told = {"received_by": "值班室", "received_at": "2020-02-03T17:20", "number": "88"}
    post(house.office, "situation_receipt", period, made.pk, told=told, moment=at(3, 17, 30))
    assert ReportSummary.objects.get().status == "received"
    assert due(house.office, at(3, 18)) == []
    assert "值班室" in get(house.office, "situation_summary", period, moment=at(3, 18)).content.decode()


def test_a_viewer_makes_nothing(house: ReportHouse) -> None:
    period = house.slot("一站").period_id
    unchanged(lambda: post(house.viewer, "situation_make", period, moment=at(3, 17)))
