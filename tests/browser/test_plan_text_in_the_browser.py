"""An officer amends the running plan in the web, and reads what changes beside what is in force."""

import re

import pytest
from playwright.sync_api import expect

from browser.accessible import axe_faults, faults
from browser.demo_site import SMALL_PHONE, Site, Windows
from browser.words import zh

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]

PLAN = "/plans/front-line-visits/"


def test_a_clause_is_edited_and_what_changed_is_seen(site: Site, windows: Windows) -> None:
    page, other = windows.open(), windows.open(SMALL_PHONE)
    site.sign_in(page, "officer")
    site.open(page, PLAN)
    page.get_by_role("link", name=zh("Amend the plan")).click()
    page.locator("[name=reason]").fill("闸口检修，走访顺延。")
    found = [*faults(page)]
    page.get_by_role("button", name=zh("Begin the amendment")).click()
    page.wait_for_url(re.compile(r"/text/$"))
    found += faults(page)

    page.locator("#clause-schedule").get_by_role("link", name=zh("Edit")).click()
    number = page.locator("[name=number]")
    number.fill("第二")
    page.get_by_role("button", name=zh("Save"), exact=True).click()
    expect(page.get_by_role("alert").first).to_be_visible()
    found += faults(page)
    number.fill("（二）")
    text = page.locator("[name=text]")
    text.fill(text.input_value().replace("4月21日", "4月28日"))
    page.context.clear_cookies()
    page.get_by_role("button", name=zh("Save"), exact=True).click()
    expect(page.locator("[data-notice]")).to_have_class("unsent")
    site.sign_in(page.context.new_page(), "officer")
    assert "4月28日" in text.input_value()
    page.get_by_role("button", name=zh("Save"), exact=True).dblclick()
    page.wait_for_url(re.compile(r"/text/#clause-schedule$"))

    page.get_by_role("link", name=zh("See what changes, hand in")).click()
    expect(page.locator("del")).to_have_text("21")
    expect(page.locator("ins")).to_have_text("28")
    found += faults(page)

    site.sign_in(other, "officer")
    for path in ("amendment/", "text/", "text/head/", "text/questions/", "versions/"):
        site.open(other, PLAN + path)
        found += [f"{path}: {fault}" for fault in axe_faults(other, SMALL_PHONE)]
    assert found == []
