"""On a phone: what is due leads with one tap to where it is done; search finds it by a word and by keys."""

import re

import pytest
from playwright.sync_api import expect

from browser.accessible import faults
from browser.demo_site import PHONE, Site, Windows
from browser.words import zh

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]


def test_what_is_due_is_one_tap_away(reading_site: Site, windows: Windows) -> None:
    page = windows.open(PHONE)
    reading_site.sign_in(page, "visitor")
    late = page.get_by_role("main").get_by_role("heading", level=2).first
    expect(late).to_have_class("late-text")
    page.get_by_role("link", name=re.compile(zh("Record the visit"))).first.click()
    expect(page.get_by_role("button", name=zh("Record the visit"))).to_be_visible()


def test_a_word_finds_a_unit_and_its_visit(reading_site: Site, windows: Windows) -> None:
    page = windows.open(PHONE)
    reading_site.sign_in(page, "visitor")
    page.get_by_role("banner").get_by_role("link", name=zh("Search")).click()
    expect(page.get_by_role("searchbox")).to_be_focused()
    page.keyboard.type("水上交通检查站")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name=re.compile(zh("Units and their visits")))).to_be_visible()
    assert list(faults(page)) == []
    page.get_by_role("main").get_by_role("listitem").get_by_role("link").first.click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("水上交通检查站")


def test_the_calendar_gives_its_address_once(site: Site, windows: Windows) -> None:
    page = windows.open(PHONE)
    site.sign_in(page, "office")
    site.open(page, "/calendar/")
    page.get_by_role("button", name=zh("Make an address")).click()
    address = page.locator(".calendar-address")
    expect(address).to_contain_text("/calendar/")
    assert list(faults(page)) == []
    path = (address.text_content() or "").removeprefix(site.address)
    page.context.clear_cookies()
    answer = page.request.get(site.address + path)
    assert answer.ok
    assert answer.body().startswith(b"BEGIN:VCALENDAR\r\n")
