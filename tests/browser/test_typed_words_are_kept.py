"""Words typed into an ordinary form outlive a sign-in that ran out, with its token too."""

import re

import pytest
from playwright.sync_api import Page, expect

from browser.demo_site import Site, Windows
from browser.words import zh

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]

EXPIRED = (
    "Your sign-in has run out. Sign in again in another window, then press once more here; everything is"
    " kept on this page."
)
OTHER = (
    "Somebody else has signed in in this browser since: nothing was sent, and everything is kept on this"
    " page. Sign in as yourself in another window, then press once more here."
)
UNSENT = "Not sent. Everything is kept on this page; press once more."


def _form(site: Site, page: Page) -> None:
    """Open the form that adds a problem to a recorded visit, and type one."""
    site.sign_in(page, "office")
    site.open(page, "/plans/")
    visit = _recorded(site, page)
    site.open(page, f"{visit}problem/")
    page.locator("[name=title]").fill("夜班岗亭缺取暖设备")


def _recorded(site: Site, page: Page) -> str:
    site.open(page, "/office/")
    href = page.locator("main a[href^='/visits/']").evaluate_all(
        "links => links.map((link) => link.getAttribute('href'))"
    )
    paths: list[str] = [str(one) for one in href]
    for path in dict.fromkeys(one for one in paths if re.fullmatch(r"/visits/\d+/", one)):
        site.open(page, path)
        if page.locator(f"main a[href='{path}problem/']").count():
            return path
    raise AssertionError("the demo has no recorded visit on the page of the office")


def _kept(page: Page) -> None:
    expect(page.locator("[name=title]")).to_have_value("夜班岗亭缺取暖设备")


def _press(page: Page) -> None:
    page.locator("main form:has([name=title]) button[type=submit]").click()


@pytest.mark.parametrize("gone", ["sessionid", None])
def test_what_was_typed_stays_when_the_sign_in_ran_out(
    site: Site, windows: Windows, gone: str | None
) -> None:
    page = windows.open()
    _form(site, page)
    here = page.url
    page.context.clear_cookies(**({"name": gone} if gone else {}))
    _press(page)
    expect(page.get_by_role("status")).to_contain_text(zh(EXPIRED))
    expect(page.get_by_role("status")).to_be_focused()
    assert page.url == here
    _kept(page)
    with page.expect_popup() as opened:
        page.get_by_role("status").get_by_role("link").click()
    expect(opened.value.locator("[name=login]")).to_be_visible()

    other = page.context.new_page()
    site.sign_in(other, "visitor")
    _press(page)
    expect(page.get_by_role("status")).to_contain_text(zh(OTHER))
    _kept(page)
    site.open(other, "/account/logout/")
    other.locator("main form button[type=submit]").click()
    site.sign_in(other, "office")
    _press(page)
    page.wait_for_url(lambda url: url != here)
    expect(page.locator("main")).to_contain_text("夜班岗亭缺取暖设备")


def test_what_was_typed_stays_without_a_network(site: Site, windows: Windows) -> None:
    page = windows.open()
    _form(site, page)
    page.context.set_offline(True)
    _press(page)
    expect(page.get_by_role("status")).to_contain_text(zh(UNSENT))
    _kept(page)
