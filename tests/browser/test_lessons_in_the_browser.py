"""At the door on phones: by name with an account, by name and number without; read to the end, and tested."""

from collections.abc import Sequence
from datetime import timedelta
from http.cookies import Morsel
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from playwright.sync_api import BrowserContext, Page, expect

from browser.demo_site import PATIENCE, SMALL_PHONE, chromium
from browser.words import zh
from outreach.course_house import BEGINS, School, make_school
from outreach.lesson_house import DRAFT, NOW
from songnuan.kernel.actor import Actor
from songnuan.outreach.course_models import Attendance, CourseTry
from songnuan.outreach.lesson_rules import Draft
from web.browsing import as_, on

pytestmark = [
    pytest.mark.browser,
    pytest.mark.xdist_group("browser"),
    pytest.mark.django_db(transaction=True),
]
LONG = "\n".join([DRAFT.text] * 80)
"""Its end is not on the first screen."""


def cookies_of(actor: Actor, url: str) -> list[Any]:
    client: Client = as_(actor)
    morsels: dict[str, Morsel[str]] = client.cookies
    return [{"name": key, "value": one.value, "url": url} for key, one in morsels.items()]


def fits(page: Page) -> None:
    """Nothing is wider than the phone."""
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


def opened(context: BrowserContext, address: str) -> Page:
    page = context.new_page()
    page.goto(address)
    fits(page)
    return page


def at_the_door(school: School, live_server: Any) -> tuple[str, str, list[Any]]:
    """Return the addresses of a door and of somebody's own code, and the cookies of who has an account."""
    course = school.course(draft=Draft(DRAFT.title, LONG))
    door = live_server.url + reverse("door", args=(school.door(course).code,))
    own = live_server.url + reverse("learn", args=(school.learner(course, "周静").code,))
    return door, own, cookies_of(school.house.staff["语文组"][0], live_server.url)


def test_everybody_checks_in_at_the_door_on_their_phone(live_server: Any) -> None:
    school = make_school()
    door, _own, cookies = at_the_door(school, live_server)
    expect.set_options(timeout=PATIENCE)
    with on(BEGINS), chromium() as browser:
        context = browser.new_context(viewport=SMALL_PHONE, locale="zh-CN", is_mobile=True, has_touch=True)
        page = opened(context, door)
        page.get_by_label(zh("Your name")).fill("林小满")
        page.get_by_label(zh("Last four digits of your mobile number")).fill("0000")
        page.get_by_role("button", name=zh("Check in"), exact=True).tap()
        expect(page.locator("[data-errors]")).to_be_visible()
        page.get_by_label(zh("Last four digits of your mobile number")).fill("8013")
        page.get_by_role("button", name=zh("Check in"), exact=True).tap()
        expect(page.get_by_role("status")).to_contain_text("林*满")
        fits(page)
        context.add_cookies(cookies)
        mine = opened(context, door)
        mine.get_by_role("button", name=zh("Check in as %(name)s") % {"name": "语文组0"}).tap()
        expect(mine.get_by_role("status")).to_contain_text("语文组0")
        again = opened(context, door)
        expect(again.get_by_role("status")).to_contain_text("语文组0")
        expect(again.get_by_role("main").get_by_role("button")).to_have_count(0)
        context.close()
    ways = Attendance.objects.order_by("pk").values_list("way", "is_late")
    assert list(ways) == [("name", False), ("account", False)]


def test_who_reads_by_an_own_code_confirms_at_the_end_and_takes_the_test(live_server: Any) -> None:
    school = make_school()
    _door, own, _cookies = at_the_door(school, live_server)
    expect.set_options(timeout=PATIENCE)
    with chromium() as browser:
        context = browser.new_context(viewport=SMALL_PHONE, locale="zh-CN", is_mobile=True, has_touch=True)
        with on(NOW):
            page = opened(context, own)
            form = page.locator("[data-reading]")
            box, send = form.locator("input[type=checkbox]"), form.locator("button")
            expect(box).to_be_disabled()  # the end was not on the screen yet
            form.scroll_into_view_if_needed()
            expect(box).to_be_enabled()
            expect(send).to_be_disabled()
            box.check()
        with on(NOW + timedelta(minutes=5)):
            send.tap()
            expect(page.locator(".checked-in")).to_contain_text(zh("You have learnt it"))
            fits(page)
            for name, picked in (("q1", ["1"]), ("q2", ["0"]), ("q3", ["0"])):
                _pick(page, name, picked)
            page.locator("button[value=test]").tap()
            expect(page.locator(".note-warning")).to_contain_text("2")
            for name, picked in (("q1", ["0"]), ("q2", ["0", "1"]), ("q3", ["1"])):
                _pick(page, name, picked)
            page.locator("button[value=test]").tap()
            expect(page.locator(".quiz-answers")).to_be_visible()
            fits(page)
        context.close()
    assert Attendance.objects.get().way == "reading"
    assert list(CourseTry.objects.values_list("right", "passed")) == [(0, False), (3, True)]


def _pick(page: Page, name: str, places: Sequence[str]) -> None:
    for place in places:
        page.locator(f"input[name={name}][value='{place}']").check()
