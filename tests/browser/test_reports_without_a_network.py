"""A report typed and pressed without a network outlives its page, and arrives once, from who typed it."""

from http.cookies import Morsel
from typing import Any

import pytest
from django.test import Client
from playwright.sync_api import BrowserContext, Error, Page, expect

from browser.demo_site import PATIENCE, SMALL_PHONE, chromium
from browser.words import zh
from emergency.house import ReportHouse, at, make_house
from songnuan.emergency import report_checks
from songnuan.emergency.models import SituationReport

pytestmark = [
    pytest.mark.browser,
    pytest.mark.xdist_group("browser"),
    pytest.mark.django_db(transaction=True),
]

UNSENT = (
    "Not sent: no network. Everything is kept on this phone; it is sent as soon as the network is back, or"
    " when you press again."
)
WORDS = "两名职工发热，已送诊。"


def cookies_of(house: ReportHouse, name: str, url: str) -> list[dict[str, str]]:
    client = Client()
    client.force_login(house.user(name))
    morsels: dict[str, Morsel[str]] = client.cookies
    return [{"name": key, "value": one.value, "url": url} for key, one in morsels.items()]


def kept(page: Page) -> int:
    told: int = page.evaluate("Object.keys(localStorage).length")
    return told


def fill_in(page: Page) -> Any:
    page.get_by_text(zh("Report an event")).first.click()
    form = page.locator("form[data-kept$='-event']")
    form.locator("input[name=category][value=health]").check()
    form.locator("input[name=happened_at]").fill("2020-02-03T09:00")
    form.locator("input[name=figure-fever]").fill("2")
    form.locator("textarea[name=words]").fill(WORDS)
    return form


def sign_in(context: BrowserContext, cookies: list[Any]) -> None:
    context.clear_cookies()
    context.add_cookies(cookies)


def test_a_report_pressed_without_a_network_arrives_once_at_the_next_visit(live_server: Any) -> None:
    house = make_house()
    house.open(at(3, 9))
    path = f"{live_server.url}/situation/slots/{house.slot('一站').pk}/"
    mine, others = (cookies_of(house, name, live_server.url) for name in ("一站", "二站"))
    expect.set_options(timeout=PATIENCE)
    with chromium() as browser:
        context = browser.new_context(viewport=SMALL_PHONE, locale="zh-CN")
        sign_in(context, mine)
        page = context.new_page()
        page.goto(path)
        form = fill_in(page)
        page.reload()
        expect(form.locator("textarea[name=words]")).to_have_value(WORDS)  # typed, and sent by nobody
        expect(form.locator("input[name=category][value=health]")).to_be_checked()
        key = form.locator("input[name=key]").input_value()

        context.set_offline(True)
        form.locator("button[type=submit]").click()
        expect(form.get_by_role("status")).to_have_text(zh(UNSENT))
        with pytest.raises(Error, match="ERR_INTERNET_DISCONNECTED"):
            page.reload()  # the house's pages are never stored
        page.close()

        context.set_offline(False)
        sign_in(context, others)
        page = context.new_page()
        page.goto(f"{live_server.url}/situation/")
        expect(page.locator("[data-kept-box]")).to_be_hidden()
        page.wait_for_load_state("networkidle")
        assert kept(page) == 1, "another account neither sees nor sends it"

        sign_in(context, mine)
        with page.expect_response("**/report/") as sent:
            page.goto(live_server.url)
        assert key in (sent.value.request.post_data or "")
        page.wait_for_function("Object.keys(localStorage).length === 0")
        page.goto(path)
        expect(page.locator(".told-words")).to_have_text(WORDS)
        page.reload()
        page.wait_for_load_state("networkidle")
        context.close()
    made = SituationReport.objects.get()
    assert (made.words, made.version, made.by_id, str(made.key)) == (
        WORDS,
        1,
        house.liaisons["一站"].user_id,
        key,
    )
    assert list(report_checks.verify()) == []
