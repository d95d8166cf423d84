"""The pages of flexible work: the whole way through three people, what is refused, and who sees nothing."""

import json
from datetime import date, timedelta
from io import BytesIO
from typing import Any
from uuid import uuid4

import pytest
from django.urls import reverse
from python_calamine import CalamineWorkbook

from benefits.union import NOW
from casework.flexible_house import HOME, TODAY, WHY, FlexibleHouse, later, make_flexible_house
from songnuan.audit.models import Entry
from songnuan.casework.flexible_models import FlexibleAct, FlexibleRequest
from songnuan.journeys.living_plan import evidence_of
from songnuan.kernel.actor import Actor
from songnuan.organisation.models import User
from songnuan.people.columns import index
from songnuan.people.models import Person, Service
from songnuan.web.approval_page import url_of
from songnuan.web.calendar_days import days_of
from songnuan.web.due import Due, desk_of, due_of
from songnuan.web.trail_subjects import look_up
from songnuan.web.views.shared import Reader
from web.browsing import as_, on, user_of

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def house() -> FlexibleHouse:
    return make_flexible_house()


def work(house: FlexibleHouse) -> str:
    return reverse("flexible_work", args=(house.measure.pk,))


def ask_page(house: FlexibleHouse, name: str = "甲") -> str:
    return reverse("flexible_ask", args=(house.measure.pk, house.register.person(name).key))


def url(pk: int) -> str:
    return reverse("flexible_request", args=(pk,))


def get(actor: Actor, address: str, moment: Any = NOW) -> Any:
    with on(moment):
        return as_(actor).get(address)


def post(actor: Actor, address: str, told: dict[str, Any], moment: Any = NOW) -> Any:
    with on(moment):
        return as_(actor).post(address, told)


def filled(house: FlexibleHouse, **changes: Any) -> dict[str, Any]:
    """Return what is posted to ask for 甲."""
    told = {
        "key": str(uuid4()),
        "form": "hours",
        "weekdays": ["1", "2", "3"],
        "begins": "10:00",
        "ends": "16:00",
        "starts_on": TODAY.isoformat(),
        "ends_on": (TODAY + timedelta(days=59)).isoformat(),
        "dependants": [house.register.person("甲小宝").key],
        "why": WHY,
        **changes,
    }
    return {name: value for name, value in told.items() if value is not None}


def reader(actor: Actor, moment: Any = NOW) -> Reader:
    return Reader(user=user_of(actor), actor=actor, at=moment, day=moment.date())


def dues(actor: Actor, moment: Any = NOW) -> list[Due]:
    return [one for one in due_of(desk_of(reader(actor, moment))) if "/flexible/" in one.url]


def test_the_whole_way(house: FlexibleHouse) -> None:
    page = get(house.liaison, reverse("flexible"))
    assert page.url == work(house)
    text = get(house.liaison, work(house)).content.decode()
    assert ask_page(house) in text
    assert "甲妻" in text
    assert "甲小宝" not in text
    answer = post(house.liaison, ask_page(house), filled(house))
    pk = FlexibleRequest.objects.get().pk
    assert answer.url == url(pk)
    assert ask_page(house) not in get(house.liaison, work(house)).content.decode()
    assert url(pk) in get(house.head, reverse("approvals")).content.decode()
    digest = FlexibleRequest.objects.get().digest
    for actor in (house.head, house.hr):
        page = get(actor, url(pk))
        assert 'value="approve"' in page.content.decode()
        step = page.context["step"]
        told = {"act": "approve", "digest": digest, "step": step}
        assert post(actor, url(pk), told).status_code == 302
        assert post(actor, url(pk), told).status_code == 302  # a second click says what is recorded
    assert FlexibleRequest.objects.get().status == "approved"
    assert FlexibleAct.objects.count() == 1
    page = get(house.liaison, url(pk), later(30))
    act = FlexibleAct.objects.get()
    told = {"act": "review", "verb": "go_on", "words": "仍无人照看", "seen": act.pk}
    assert f'value="{act.pk}"' in page.content.decode()
    assert post(house.liaison, url(pk), told, later(30)).status_code == 302
    again = post(house.liaison, url(pk), told, later(30))
    assert again.status_code == 422
    assert FlexibleAct.objects.count() == 2


@pytest.mark.parametrize(
    ("field", "changes"),
    [
        ("weekdays", {"weekdays": None}),
        ("begins", {"begins": ""}),
        ("ends", {"ends": "09:00"}),
        ("pattern", {"form": "rota"}),
        ("form", {"form": "holiday"}),
        ("starts_on", {"starts_on": "2020-02-30"}),
        ("starts_on", {"starts_on": "2020-02-01"}),
        ("ends_on", {"ends_on": "2021-02-01"}),
        ("why", {"why": " "}),
        ("dependants", {"dependants": None}),
        ("dependants", {"dependants": ["x"]}),
    ],
)
def test_what_is_wrong_is_said_beside_its_field(
    house: FlexibleHouse, field: str, changes: dict[str, Any]
) -> None:
    answer = post(house.liaison, ask_page(house), filled(house, **changes))
    assert answer.status_code == 422
    assert field in answer.context["form"].errors
    assert not FlexibleRequest.objects.exists()


def test_an_exception_is_asked_for_in_words(house: FlexibleHouse) -> None:
    Service.objects.update(ends_on=date(2020, 3, 1))
    assert get(house.liaison, work(house)).context["employees"] == []
    found = post(house.liaison, work(house), {"text": "甲"})
    [one] = found.context["employees"]
    assert (one.is_eligible, one.may_ask) == (False, True)
    assert one.mend
    assert "2020年3月1日" in one.reason
    answer = post(house.liaison, ask_page(house), filled(house, exception=""))
    assert "exception" in answer.context["form"].errors
    told = filled(house, exception="爱人归来后隔离")
    assert post(house.liaison, ask_page(house), told).status_code == 302
    assert "爱人归来后隔离" in get(house.head, url(FlexibleRequest.objects.get().pk)).content.decode()


def test_the_name_of_a_child_of_unknown_age_is_masked(house: FlexibleHouse) -> None:
    Person.objects.filter(name="甲小宝").update(name="张小宝", birth_on=None)
    pk = house.ask("甲", exception="户口本上有，系统未登记生日")
    for page in (get(house.head, url(pk)), get(house.liaison, work(house))):
        assert page.status_code == 200
        assert "张小宝" not in page.content.decode()


def test_what_follows_is_asked_for_before_it_is_over(house: FlexibleHouse) -> None:
    """The refusal of a period that is too long says so."""
    pk = house.arranged("甲")
    text = get(house.liaison, work(house), later(50)).content.decode()
    assert url(pk) in text
    assert ask_page(house) in text
    first = TODAY + timedelta(days=60)
    told = filled(house, starts_on=first.isoformat(), ends_on=first.isoformat())
    assert post(house.liaison, ask_page(house), told, later(50)).status_code == 302
    assert ask_page(house) not in get(house.liaison, work(house), later(50)).content.decode()


def test_what_was_emptied_is_not_told_anew(house: FlexibleHouse) -> None:
    pk = house.arranged("甲")
    FlexibleRequest.objects.update(reason="", facts="", why="", exception="")
    assert get(house.head, url(pk)).context["now"] == ""


def test_what_the_family_data_told_stands_with_each_decision(house: FlexibleHouse) -> None:
    pk = house.ask("甲")
    house.approve(pk, house.head)
    Person.objects.filter(name="甲小宝").update(birth_on=date(2001, 5, 1))
    house.approve(pk, house.hr)
    [told] = get(house.head, url(pk)).context["acts"]
    assert (told.is_eligible, told.service_over) == (False, False)


def test_another_unit_sees_nothing(house: FlexibleHouse) -> None:
    pk = house.arranged("甲")
    outside = house.register.union.stranger
    for address in (
        work(house),
        url(pk),
        reverse("flexible_days", args=(house.measure.pk,)),
        reverse("flexible_file", args=(house.measure.pk,)),
        ask_page(house),
    ):
        assert get(outside, address).status_code == 404
    # Another department of the same union has a page without the employee.
    assert get(house.stranger, url(pk)).status_code == 404
    assert get(house.stranger, ask_page(house)).status_code == 404
    text = get(house.stranger, work(house)).content.decode()
    assert "甲" not in text.replace("工会甲", "")
    assert dues(house.stranger, later(40)) == []
    assert [one for one in days_of(desk_of(reader(house.stranger)), "") if "/flexible/" in one.url] == []
    for act in ("approve", "return", "withdraw", "review"):
        assert post(house.stranger, url(pk), {"act": act}).status_code == 404
    assert post(outside, url(pk), {"act": "review", "verb": "end"}).status_code == 404
    assert FlexibleAct.objects.count() == 1


def test_who_it_is_about_is_told_that_others_decide(house: FlexibleHouse) -> None:
    pk = house.ask("甲")
    user = User.objects.get(pk=house.head.user_id or 0)
    user.name, user.phone = "甲", "13800000001"
    user.save()
    Person.objects.filter(pk=house.register.person("甲").pk).update(
        phone="13800000001", phone_index=index("phone", "13800000001")
    )
    page = get(house.head, url(pk))
    assert 'value="approve"' not in page.content.decode()
    digest = FlexibleRequest.objects.get().digest
    answer = post(house.head, url(pk), {"act": "approve", "digest": digest})
    assert answer.status_code == 403
    assert FlexibleRequest.objects.get().status == "pending"


def test_the_inspector_reads_and_does_nothing(house: FlexibleHouse) -> None:
    pk, inspector = house.arranged("甲"), house.register.union.inspector
    page = get(inspector, url(pk))
    assert page.context["form"] is None
    assert not page.context["may_withdraw"]
    seen = FlexibleAct.objects.get().pk
    answer = post(inspector, url(pk), {"act": "review", "verb": "end", "words": "不应享受", "seen": seen})
    assert answer.status_code == 403
    assert FlexibleRequest.objects.get().status == "approved"


def test_what_is_due_comes_to_who_looks_after_it(house: FlexibleHouse) -> None:
    pk = house.arranged("甲")
    assert dues(house.liaison, later(29)) == []
    for actor in (house.liaison, house.head, house.hr):
        [one] = dues(actor, later(30))
        assert one.url == url(pk) + "#review"
        assert one.due_on == TODAY + timedelta(days=30)
    Service.objects.update(ends_on=TODAY)
    [one] = dues(house.liaison, later(3))
    assert one.due_on == TODAY + timedelta(days=1)
    assert dues(house.register.union.inspector, later(3)) == []
    house.review(pk, "end", at=later(3), words="服务已结束")
    assert dues(house.liaison, later(40)) == []


def test_what_came_back_is_to_be_asked_for_anew(house: FlexibleHouse) -> None:
    pk = house.ask("甲")
    house.return_(pk, house.head)
    [one] = dues(house.liaison)
    assert one.url == url(pk)
    house.ask("甲")
    assert dues(house.liaison) == []


def test_it_stands_in_the_calendar(house: FlexibleHouse) -> None:
    pk = house.arranged("甲")
    house.review(pk, "change", terms=HOME, at=later(20))
    found = [one for one in days_of(desk_of(reader(house.liaison)), "") if "/flexible/" in one.url]
    told = [(one.day, getattr(one, "last", None)) for one in found]
    last = TODAY + timedelta(days=59)
    assert told == [(TODAY, TODAY + timedelta(days=19)), (TODAY + timedelta(days=20), last)]
    assert all(WHY not in one.description + one.summary for one in found)
    with on(later(10)):
        client = as_(house.liaison)
        text = client.get(reverse("calendar_file")).content.decode()
        assert "DTSTART;VALUE=DATE:20200302" in text
        assert "DTEND;VALUE=DATE:20200322" in text
        assert "甲" in client.get(reverse("calendar")).content.decode()


def test_the_month_says_who_works_how_on_a_day(house: FlexibleHouse) -> None:
    house.family("乙")
    house.arranged("甲")  # Monday to Friday
    house.arranged("乙", terms=HOME)  # Tuesday and Thursday
    address = reverse("flexible_days", args=(house.measure.pk,))

    def names(day: str) -> list[str]:
        page = get(house.liaison, f"{address}?day={day}")
        shown = next(cell for week in page.context["weeks"] for cell in week if cell.is_shown)
        assert shown.count == len(page.context["rows"])
        return [one.name for one in page.context["rows"]]

    assert names("2020-03-02") == ["甲"]
    assert names("2020-03-03") == ["甲", "乙"]
    assert names("2020-03-07") == []
    assert names("2020-03-01") == []
    assert get(house.liaison, f"{address}?day=x").context["day"] == TODAY
    for day in ("0001-01-01", "9999-12-31"):
        assert get(house.liaison, f"{address}?day={day}").status_code == 200


def test_the_workbook_lists_what_was_approved(house: FlexibleHouse) -> None:
    house.family("乙")
    pk = house.arranged("甲")
    house.ask("乙")
    house.review(pk, "end", at=later(10), words="=1+1 不再需要")
    answer = get(house.liaison, reverse("flexible_file", args=(house.measure.pk,)), later(11))
    book = CalamineWorkbook.from_filelike(BytesIO(b"".join(answer.streaming_content)))
    rows = book.get_sheet_by_index(0).to_python()
    [row] = [row for row in rows if "弹-0001" in row]
    assert {"甲", "一车间", "车间主任庚", "人事辛"} <= set(row)
    text = "".join(map(str, (cell for one in rows for cell in one)))
    assert "弹-0002" not in text
    assert "甲小宝" not in text
    assert "不再需要" in text
    [noted] = Entry.objects.filter(action="casework.take_flexible_book")
    assert noted.subject == f"plans.measure:{house.measure.pk}"
    assert json.loads(noted.facts) == {"rows": 1}


def test_the_trail_the_evidence_and_approvals_lead_to_it(house: FlexibleHouse) -> None:
    pk = house.arranged("甲")
    subject = f"casework.flexible:{pk}"
    assert look_up([subject], reader(house.liaison))[subject].url == url(pk)
    assert look_up([subject], reader(house.stranger))[subject].url == ""
    assert url_of(subject, "casework.flexible") == url(pk)
    assert [one.ref for one in evidence_of(house.measure, NOW)] == [str(pk), str(pk)]
    address = reverse("evidence", args=(house.measure.plan.slug, house.measure.pk, "flexible"))
    assert url(pk) in get(house.register.officer, address).content.decode()


def test_a_measure_of_another_kind_has_no_such_page(house: FlexibleHouse) -> None:
    assert get(house.liaison, reverse("flexible_work", args=(0,))).status_code == 404
    assert get(house.liaison, url(0)).status_code == 404
