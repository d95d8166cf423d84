"""The pages of returnees: one tap on a phone, entering, the poster; who sees names, and who sees counts."""

from dataclasses import replace
from typing import Any
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from emergency.house import at, entries, rows_of
from emergency.returnees_house import TABLES, TOLD, Register, every_day, make_register
from songnuan.emergency.models import DailyStatus, Returnee, ReturneeCode
from songnuan.kernel.actor import Actor
from songnuan.organisation.queries import now
from songnuan.web.due import desk_of, due_of
from songnuan.web.views.shared import Reader
from web.browsing import as_, on, user_of

pytestmark = pytest.mark.django_db
FORM = {
    "name": "周归来",
    "phone": "139 0000 1111",
    "origin": "江北省浦江市",
    "arrived_on": "2020-02-02",
    "address": "杏林路8号",
}


@pytest.fixture
def found() -> Register:
    return make_register()


def get(who: Actor, page: str, *args: Any, moment: Any = None, query: str = "") -> Any:
    with on(moment or at(3, 10)):
        return as_(who).get(reverse(page, args=args) + query)


def post(who: Actor, page: str, /, *args: Any, moment: Any = None, key: str = "", **told: Any) -> Any:
    with on(moment or at(3, 10)):
        return as_(who).post(reverse(page, args=args), {"key": key or str(uuid4()), **told})


def unchanged(act: Any) -> Any:
    before = rows_of(*TABLES), entries()
    answer = act()
    assert (rows_of(*TABLES), entries()) == before
    return answer


def dues(who: Actor, moment: Any) -> list[str]:
    with on(moment):
        user = user_of(who)
        reader = Reader(user, who, now(), moment.date())
        return [one.title for one in due_of(desk_of(reader))]


def test_a_line_of_what_is_due_counts_the_people_that_its_list_shows(found: Register) -> None:
    for place, helper in enumerate((found.helper, found.helper, found.liaison)):
        told = replace(TOLD, name=f"周归来{place}", phone=f"1390000111{place}")
        found.enter(told=told, helper_id=helper.user_id)
    alone = replace(TOLD, name="吴归来", phone="13900002222")
    found.enter(told=alone, helper_id=None)
    seen = []
    for who in (found.liaison, found.house.office):
        with on(at(5, 10)):
            reader = Reader(user_of(who), who, now(), at(5).date())
            lines = [one for one in due_of(desk_of(reader)) if "?show=" in one.url]
        for one in lines:
            rows = get(
                who,
                "returnees_board",
                found.measure.pk,
                moment=at(5, 10),
                query="?" + one.url.partition("?")[2],
            )
            assert int(one.title.partition("名")[0]) == len(rows.context["rows"]), one.title
            seen.append((who.key, one.url.partition("show=")[2], len(rows.context["rows"])))
    assert (found.liaison.key, "late", 4) in seen
    assert (found.house.office.key, "late", 4) in seen
    assert (found.liaison.key, "alone", 1) in seen


def test_whoever_helps_them_all_is_told_once(found: Register) -> None:
    found.enter(helper_id=found.liaison.user_id)
    with on(at(5, 10)):
        reader = Reader(user_of(found.liaison), found.liaison, now(), at(5).date())
        urls = [one.url for one in due_of(desk_of(reader)) if "/returnees/" in one.url]
    assert urls == ["/returnees/"]


def test_one_tap_on_the_phone_says_seen_well_once(found: Register) -> None:
    row, key = found.enter(), str(uuid4())
    page = get(found.helper, "returnees").content.decode()
    assert "周归来" in page
    assert "13900001111" not in page
    assert dues(found.helper, at(3, 10)) == ["随访1名返程人员"]
    for _twice in range(2):
        answer = post(found.helper, "returnee_well", row.pk, key=key, back="list")
        assert answer.headers["Location"] == f"/returnees/#p{row.pk}"
    status = DailyStatus.objects.get()
    assert (status.outcome, status.found_at, status.reported_at) == ("well", at(3, 10), at(3, 10))
    assert "今天都已随访" in get(found.helper, "returnees").content.decode()
    assert dues(found.helper, at(3, 11)) == []
    other = {"outcome": "not_reached", "day": "2020-02-04", "time": "09:30", "words": "", "back": "list"}
    answer = unchanged(lambda: post(found.helper, "returnee_status", row.pk, moment=at(4, 10), **other))
    assert (answer.status_code, "请写明联系的" in answer.content.decode()) == (422, True)
    words = {**other, "words": "打了三次无人接"}
    assert post(found.helper, "returnee_status", row.pk, moment=at(4, 10), **words).status_code == 302
    assert DailyStatus.objects.latest("pk").found_at == at(4, 9, 30)


def test_the_liaison_enters_and_the_page_shows_the_last_day(found: Register) -> None:
    assert get(found.liaison, "returnee_new", found.measure.pk).status_code == 200
    told: dict[str, Any] = {**FORM, "unit": found.house.units["一站"], "helper": found.helper.user_id}
    answer = post(found.liaison, "returnee_new", found.measure.pk, **told)
    row = Returnee.objects.get()
    assert answer.headers["Location"] == f"/returnees/{row.pk}/"
    assert "2月16日" in get(found.liaison, "returnee", row.pk).content.decode()
    answer = unchanged(lambda: post(found.liaison, "returnee_new", found.measure.pk, **told))
    assert (answer.status_code, "已在登记册" in answer.content.decode()) == (422, True)
    elsewhere = {**told, "unit": found.house.units["二站"]}
    assert post(found.liaison, "returnee_new", found.measure.pk, **elsewhere).status_code == 422
    for who in (found.helper, found.house.viewer, found.inspector):
        assert get(who, "returnee_new", found.measure.pk).status_code == 404
        unchanged(lambda other=who: post(other, "returnee_new", found.measure.pk, **told))


def test_names_are_for_who_works_with_them_and_counts_for_the_others(found: Register) -> None:
    row = found.enter()
    for who in (found.helper, found.liaison, found.house.office):
        assert "周归来" in get(who, "returnee", row.pk).content.decode()
    shown = post(found.helper, "returnee_show", row.pk).content.decode()
    assert "13900001111" in shown
    assert TOLD.address in shown
    posts = ("returnee_well", "returnee_status", "returnee_show")
    for who in (found.house.liaisons["二站"], found.house.viewer, found.inspector):
        assert get(who, "returnee", row.pk).status_code == 404
        for name in posts:
            answer = unchanged(lambda other=who, act=name: post(other, act, row.pk))
            assert answer.status_code == 404
    for who in (found.house.viewer, found.inspector):
        page = get(who, "returnees_board", found.measure.pk)
        assert (page.status_code, "周归来" in page.content.decode()) == (200, False)
        assert "一站" in page.content.decode()
    assert (
        "周归来"
        not in get(found.house.liaisons["二站"], "returnees_board", found.measure.pk).content.decode()
    )


def test_the_office_answers_releases_and_sees_what_is_due(found: Register) -> None:
    row = found.enter()
    told: dict[str, Any] = {"outcome": "unwell", "day": "2020-02-03", "time": "09:30", "words": "体温38.1度"}
    post(found.helper, "returnee_status", row.pk, **told)
    assert dues(found.house.office, at(3, 11))[0] == "返程人员第1号身体异常"
    status = DailyStatus.objects.get()
    assert "体温38.1度" in get(found.house.office, "returnee", row.pk).content.decode()
    told = {"status": status.pk, "words": "已安排车辆送诊"}
    unchanged(lambda: post(found.liaison, "returnee_act", row.pk, "answer", **told))
    assert post(found.house.office, "returnee_act", row.pk, "answer", **told).status_code == 302
    assert "已安排车辆送诊" in get(found.helper, "returnee", row.pk).content.decode()
    correction = {**told, "outcome": "well", "day": "2020-02-03", "time": "09:40", "words": ""}
    answer = unchanged(lambda: post(found.helper, "returnee_status", row.pk, **correction, reason=" "))
    assert answer.status_code == 422
    post(found.helper, "returnee_status", row.pk, **correction, reason="体温计故障")
    assert DailyStatus.objects.latest("pk").version == 2
    every_day(found, row, 4, 16)
    assert "1名返程人员待解除" in dues(found.liaison, at(16, 11))
    answer = post(found.liaison, "returnee_act", row.pk, "release", moment=at(16, 12))
    assert answer.status_code == 302
    assert Returnee.objects.get().status == "released"
    assert get(found.liaison, "returnee", row.pk, moment=at(16, 12)).status_code == 200
    led = get(found.liaison, "returnee_act", row.pk, "nonsense")
    assert led.headers["Location"] == reverse("returnee", args=(row.pk,))
    assert post(found.liaison, "returnee_act", row.pk, "nonsense").status_code == 404


def test_nobody_is_released_while_that_they_were_unwell_is_unanswered(found: Register) -> None:
    row = found.enter()
    every_day(found, row, 3, 14)
    found.found(row, at(15, 10), "unwell")
    found.found(row, at(16, 10))
    release = reverse("returnee_act", args=(row.pk, "release"))

    def shown() -> str:
        page = get(found.liaison, "returnee", row.pk, moment=at(16, 11))
        return page.content.decode()  # type: ignore[no-any-return]

    page = shown()
    assert f'action="{release}"' not in page
    assert "办公室处理答复后方可解除" in page
    assert "1名返程人员待解除" not in dues(found.liaison, at(16, 11))
    answer = unchanged(lambda: post(found.liaison, "returnee_act", row.pk, "release", moment=at(16, 11)))
    assert answer.headers["Location"] == reverse("returnee", args=(row.pk,))
    assert Returnee.objects.get().status == "observed"
    ill = DailyStatus.objects.get(outcome="unwell")
    told: dict[str, Any] = {"status": ill.pk, "words": "已送诊，排除。", "moment": at(16, 12)}
    assert post(found.house.office, "returnee_act", row.pk, "answer", **told).status_code == 302
    assert f'action="{release}"' in shown()
    assert "1名返程人员待解除" in dues(found.liaison, at(16, 12))


def test_a_workbook_comes_in_and_a_faulty_one_says_its_rows(found: Register) -> None:
    heads = "姓名,手机号,来源地,到达日期,社区\n"

    def bring(rows: str) -> Any:
        file = SimpleUploadedFile("a.csv", (heads + rows).encode())
        return post(found.house.office, "returnees_file", found.measure.pk, file=file)

    answer = unchanged(lambda: bring("周归来,139,浦江市,2020-02-02,一站\n"))
    assert (answer.status_code, "第2行" in answer.content.decode()) == (422, True)
    assert bring("周归来,13900001111,浦江市,2020-02-02,一站\n").status_code == 302
    assert Returnee.objects.get().source == "workbook"


def test_the_poster_opens_a_door_without_an_account_until_it_is_withdrawn(found: Register) -> None:
    unit = found.house.units["一站"]
    made = post(found.liaison, "returnee_code", found.measure.pk, unit=unit)
    code = ReturneeCode.objects.get()
    assert made.headers["Location"] == f"/returnees/codes/{code.pk}/poster/"
    assert f"/arrived/{code.code}/" in get(found.liaison, "returnee_poster", code.pk).content.decode()
    for who in (found.house.liaisons["二站"], found.helper, found.inspector):
        assert get(who, "returnee_poster", code.pk).status_code == 404
    door, client = f"/arrived/{code.code}/", Client()
    with on(at(3, 10)):
        assert client.get(door).status_code == 200
        first = client.post(door, FORM).content.decode()
        again = client.post(door, FORM).content.decode()
        other = client.post(door, {**FORM, "name": "<script>alert(1)</script>赵"})
        wrong = unchanged(lambda: client.post(door, {**FORM, "phone": "x" * 1_000_000}))
    assert "已登记" in first
    assert ("已登记" in again, "周归来" in again) == (True, False)
    assert (other.status_code, wrong.status_code) == (200, 422)
    assert (
        "<script>alert"
        not in get(found.liaison, "returnees_board", found.measure.pk, query="?show=waiting").content.decode()
    )
    assert Returnee.objects.filter(status="waiting").count() == 2
    assert dues(found.liaison, at(3, 11)) == ["2条返程人员自主申报待核实"]
    row = Returnee.objects.order_by("pk")[0]
    post(found.liaison, "returnee_act", row.pk, "confirm", helper=found.helper.user_id)
    post(found.liaison, "returnee_act", row.pk + 1, "aside", words="乱填")
    assert [one.status for one in Returnee.objects.order_by("pk")] == ["observed", "set_aside"]
    led = get(found.liaison, "returnee_code_end", code.pk)
    assert led.headers["Location"] == reverse("returnees_board", args=(found.measure.pk,))
    post(found.liaison, "returnee_code_end", code.pk)
    with on(at(3, 12)):
        page = client.get(door).content.decode()
        assert "已停用" in page
        assert unchanged(lambda: client.post(door, {**FORM, "name": "后来人"})).status_code == 422
