"""A person's calendar: what this person may see, at an address that only this person knows."""

import logging
from datetime import date
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse

from journeys.test_assignments import opened
from people import SLUG, Bureau, at, buy, open_plan_1, raised
from songnuan.audit.models import Entry
from songnuan.journeys.close_measure import close_measure
from songnuan.journeys.record_instruction import record_instruction
from songnuan.kernel.actor import Actor
from songnuan.organisation.models import CalendarAddress, User
from songnuan.plans.models import Measure
from songnuan.tasks.instruction_rules import Head, NewItem
from songnuan.tasks.models import Task
from songnuan.visits.models import Visit
from songnuan.web.logs import WithoutSecrets
from web.browsing import as_, on, queries_of, recorded, trail_length, user_of, visits_of

pytestmark = pytest.mark.django_db

PAGE, FILE = reverse("calendar"), reverse("calendar_file")
KITS = {"方便面": (94, 70_00), "苹果": (47, 80_00), "梨": (47, 75_00)}


def events(content: bytes) -> list[dict[str, str]]:
    """Return the events of a calendar file, each as its values by name."""
    unfolded = content.decode().replace("\r\n ", "")
    blocks = unfolded.split("BEGIN:VEVENT\r\n")[1:]
    return [
        {
            line.split(":", 1)[0].split(";")[0]: line.split(":", 1)[1]
            for line in block.split("\r\n")
            if ":" in line
        }
        for block in blocks
    ]


def made(actor: Actor) -> str:
    """Let the actor make an address, and return its path."""
    page = as_(actor).post(PAGE)
    assert page.status_code == 200
    address: str = page.context["address"]
    return address.removeprefix("http://testserver")


def test_a_calendar_holds_deadlines_own_visits_and_problems_due(bureau: Bureau) -> None:
    plan = open_plan_1(bureau)
    buy(bureau, plan, KITS, "08812072")
    Visit.objects.update(planned_on=date(2020, 4, 20))
    recorded(bureau, at(8, 10), "夜班岗亭缺取暖设备")
    task = raised().get()
    with on(at(9)):
        answer = as_(bureau.liaison).get(FILE)
        nobody = as_(bureau.inspector).get(FILE)
    assert answer.headers["Content-Type"] == "text/calendar; charset=utf-8"
    assert "attachment" in answer.headers["Content-Disposition"]
    found = {event["URL"].removeprefix("http://testserver"): event for event in events(answer.content)}
    left = visits_of(bureau)[1:]
    problem = reverse("problem", args=(task.pk,))
    assert found.keys() == {
        reverse("plan", args=(SLUG,)),
        *(reverse("visit", args=(row.pk,)) for row in left),
        problem,
    }
    assert found[problem]["DTSTART"] == f"{task.due_on:%Y%m%d}"
    assert "夜班岗亭缺取暖设备" in found[problem]["SUMMARY"]
    text = answer.content.decode()
    assert "赵守江" not in text, "who received a visit is nobody's appointment"
    assert [event["URL"] for event in events(nobody.content)] == [
        "http://testserver" + reverse("plan", args=(SLUG,))
    ]


def test_what_moves_keeps_its_name(bureau: Bureau) -> None:
    open_plan_1(bureau)
    with on(at(8)):
        client = as_(bureau.liaison)
        before = {event["UID"]: event["DTSTART"] for event in events(client.get(FILE).content)}
        Visit.objects.update(planned_on=date(2020, 4, 20))
        after = {event["UID"]: event["DTSTART"] for event in events(client.get(FILE).content)}
    assert before.keys() == after.keys()
    assert before != after


def test_the_address_is_shown_once_and_opens_only_this_calendar(bureau: Bureau) -> None:
    open_plan_1(bureau)
    with on(at(8)):
        path = made(bureau.liaison)
        secret = path.removeprefix("/calendar/").removesuffix(".ics")
        assert len(secret) >= 43
        answer = Client().get(path)
        own = as_(bureau.liaison).get(FILE)
        assert answer.content == own.content
        assert "no-store" in answer.headers["Cache-Control"]
        page = as_(bureau.liaison).get(PAGE)
        assert page.context["made_at"] == at(8)
    assert secret not in page.content.decode()
    assert secret not in CalendarAddress.objects.get().digest
    entry = Entry.objects.order_by("-pk")[0]
    assert entry.action == "organisation.make_calendar_address"
    assert secret not in str(entry.facts)
    assert "Set-Cookie" not in answer.headers


def test_a_new_address_ends_the_one_before_and_it_can_be_taken_back(bureau: Bureau) -> None:
    open_plan_1(bureau)
    with on(at(8)):
        first, second = made(bureau.liaison), made(bureau.liaison)
        others = made(bureau.stranger)
        assert Client().get(first).status_code == 404
        assert Client().get(second).status_code == 200
        ended = as_(bureau.liaison).post(PAGE, {"act": "end"})
        assert ended.headers["Location"] == PAGE
        assert Client().get(second).status_code == 404
        assert Client().get(others).status_code == 200, "somebody else's stays"
        before = trail_length()
        as_(bureau.liaison).post(PAGE, {"act": "end"})
        assert trail_length() == before, "there was nothing left to take back"


@pytest.mark.parametrize("change", [{"is_active": False}, {"must_change_password": True}])
def test_an_address_rests_with_its_account(bureau: Bureau, change: dict[str, bool]) -> None:
    open_plan_1(bureau)
    with on(at(8)):
        path = made(bureau.liaison)
        User.objects.filter(pk=user_of(bureau.liaison).pk).update(**change)
        assert Client().get(path).status_code == 404


@pytest.mark.parametrize("secret", ["x", "0" * 43, "%00", "a%2Fb"])
def test_a_guess_opens_nothing(bureau: Bureau, secret: str) -> None:
    with on(at(8)):
        made(bureau.liaison)
        assert Client().get(f"/calendar/{secret}.ics").status_code == 404


def test_page_and_file_ask_for_a_sign_in() -> None:
    for url in (PAGE, FILE):
        assert Client().get(url).headers["Location"].startswith(reverse("account_login"))


def test_the_calendar_speaks_its_owner_s_language(bureau: Bureau) -> None:
    open_plan_1(bureau)
    User.objects.filter(pk=user_of(bureau.liaison).pk).update(language="en")
    with on(at(8)):
        path = made(bureau.liaison)
        content = Client().get(path, headers={"accept-language": "zh-hans"}).content.decode()
    assert "SUMMARY:Deadline" in content


def test_the_log_keeps_no_secret_of_a_calendar() -> None:
    record = logging.LogRecord(
        "django.request", logging.WARNING, "", 0, "%s: %s", ("Not Found", "/calendar/abc-DEF_1.ics"), None
    )
    assert WithoutSecrets().filter(record)
    assert record.getMessage() == "Not Found: /calendar/….ics"


def test_duties_and_items_of_instructions_stand_in_it_each_for_whom_they_concern(bureau: Bureau) -> None:
    opened(bureau)
    head = Head("leader", "关于改善值守条件的批示", "局主要负责同志", "", date(2020, 4, 1), "逐项落实。")
    items = [NewItem("为岗亭添置暖风机", bureau.lead_id, date(2020, 4, 15))]
    facts: dict[str, Any] = {"head": head, "unit_id": bureau.bureau_id, "items": items, "received_at": at(2)}
    pk = record_instruction(**facts, key=uuid4(), actor=bureau.office, at=at(8))
    item = reverse("instruction", args=(pk,)) + f"#item-{Task.objects.get(instruction=pk).pk}"
    drills = Task.objects.filter(title="开展集结演练").order_by("due_on")
    with on(at(9)):
        found = {
            who: {event["URL"].removeprefix("http://testserver"): event for event in events(file)}
            for who, file in (
                ("liaison", as_(bureau.liaison).get(FILE).content),
                ("office", as_(bureau.office).get(FILE).content),
                ("stranger", as_(bureau.stranger).get(FILE).content),
            )
        }
        page = as_(bureau.liaison).get(PAGE)
    for row in drills:  # every time it is due, and not the next time alone
        assert found["liaison"][reverse("problem", args=(row.pk,))]["DTSTART"] == f"{row.due_on:%Y%m%d}"
    assert found["liaison"][item]["DTSTART"] == "20200415"
    assert item in found["office"]
    assert item not in found["stranger"]
    assert reverse("problem", args=(drills[0].pk,)) not in found["stranger"]
    assert {row.url for row in page.context["coming"]} >= {item, reverse("problem", args=(drills[0].pk,))}
    measure = Measure.objects.get(kind="assignments")
    close_measure(slug="duties", measure_id=measure.pk, reason="值守结束了", actor=bureau.officer, at=at(9))
    with on(at(9)):
        assert all(
            reverse("problem", args=(row.pk,)) not in as_(bureau.liaison).get(FILE).content.decode()
            for row in drills
        )


def test_home_and_calendar_ask_as_often_for_many_things_as_for_few(bureau: Bureau) -> None:
    opened(bureau)
    lasting = {"plan_slug": "duties", "unit_id": bureau.bureau_id, "owner_id": bureau.lead_id}
    lasting |= {"raised_at": at(8), "due_on": date(2020, 4, 20), "original_due_on": date(2020, 4, 20)}
    measure = Measure.objects.get(kind="assignments").pk

    def add(count: int, start: int) -> None:
        for number in range(start, start + count):
            Task.objects.create(**lasting, source="visits.visit:1", title=f"问题{number}")
            Task.objects.create(**lasting, source=f"plans.measure:{measure}/d{number}", title=f"任务{number}")

    add(2, 0)
    clients = [as_(bureau.liaison), as_(bureau.office)]
    urls = (reverse("home"), PAGE, FILE)
    with on(at(9)):
        few = [queries_of(client, url) for client in clients for url in urls]
        add(18, 2)
        assert [queries_of(client, url) for client in clients for url in urls] == few


def test_the_page_promises_visits_to_who_makes_them_and_gives_their_time(bureau: Bureau) -> None:
    open_plan_1(bureau)
    visit = visits_of(bureau)[0]
    Visit.objects.filter(pk=visit.pk).update(
        planned_on=date(2020, 4, 20), planned_start=570, planned_minutes=45
    )
    with on(at(9)):
        mine, office = (as_(actor).get(PAGE) for actor in (bureau.liaison, bureau.office))
    assert mine.context["visits"]
    assert "09:30" in mine.content.decode()
    assert not office.context["visits"]
