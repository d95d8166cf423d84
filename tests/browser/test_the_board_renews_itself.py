"""A board on a wall renews itself; without a network or a sign-in it never looks fresh."""

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from typing import Any

import pytest
from django.db import connections
from playwright.sync_api import Page, ViewportSize, expect

from browser.accessible import axe_faults, sideways
from browser.demo_site import PATIENCE, chromium
from browser.test_reports_without_a_network import cookies_of, sign_in
from browser.words import zh
from emergency.house import EAST, ReportHouse, at, make_house
from songnuan.plans.models import Measure, MeasureStatus

pytestmark = [
    pytest.mark.browser,
    pytest.mark.xdist_group("browser"),
    pytest.mark.django_db(transaction=True),
]
WALL: ViewportSize = {"width": 1920, "height": 1080}
LOST = "Not renewed: no network."
OUT = (
    "Not renewed: the sign-in has ended. Sign in again in another window of this browser; this page then goes"
    " on by itself."
)


def report(house: ReportHouse, name: str, moment: datetime) -> None:
    """Let a unit report, in a thread: in this one runs the loop of the browser."""

    def act() -> None:
        try:
            house.report(name, moment)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(1) as pool:
        pool.submit(act).result()


def wait(page: Page, seconds: int) -> None:
    page.clock.run_for(seconds * 1000)


def test_a_board_renews_itself_and_says_when_it_could_not(live_server: Any) -> None:
    house = make_house()
    house.open(at(3, 9))
    response = Measure.objects.create(
        plan=house.measure.plan,
        position=2,
        key="response",
        clause_key="orders",
        kind="response",
        status=MeasureStatus.OPEN,
        settings={},
        opened_at=at(3),
    )
    cookies = cookies_of(house, EAST, live_server.url)
    expect.set_options(timeout=PATIENCE)
    with chromium() as browser:
        context = browser.new_context(viewport=WALL, locale="zh-CN")
        sign_in(context, cookies)
        page = context.new_page()
        page.clock.install()
        page.goto(f"{live_server.url}/emergency/{response.pk}/board/?wall=1")
        figure, bar = page.locator(".board-own dd").first, page.get_by_role("alert")
        expect(figure).to_have_text("0/4")
        expect(bar).to_be_hidden()
        first = page.locator("[data-as-of]").get_attribute("data-as-of")

        report(house, "一站", at(3, 10))
        wait(page, 31)
        expect(figure).to_have_text("1/4")
        expect(bar).to_be_hidden()
        assert page.locator("[data-as-of]").get_attribute("data-as-of") != first

        context.set_offline(True)
        expect(bar).to_contain_text(zh(LOST))
        report(house, "二站", at(3, 11))
        wait(page, 130)
        expect(bar).to_contain_text(page.locator("[data-as-of-words]").inner_text())
        expect(page.locator("[data-board-bar]")).to_contain_text("2分钟")
        expect(page.locator("body.stale")).to_be_visible()
        expect(figure).to_have_text("1/4")
        context.set_offline(False)
        expect(figure).to_have_text("2/4")
        expect(bar).to_be_hidden()

        context.clear_cookies()
        wait(page, 31)
        expect(bar).to_contain_text(zh(OUT))
        expect(figure).to_have_text("2/4")
        sign_in(context, cookies)
        wait(page, 11)
        expect(bar).to_be_hidden()
        page.goto(f"{live_server.url}/emergency/{response.pk}/board/")
        assert [*axe_faults(page, WALL), *sideways(page)] == []
        context.close()
