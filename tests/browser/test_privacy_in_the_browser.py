"""The privacy officer judges and signs; the union officer settles two entries of one person. On a phone."""

import re

import pytest
from playwright.sync_api import Page, expect

from browser.accessible import axe_faults, faults
from browser.demo_site import SMALL_PHONE, Site, Windows
from browser.words import zh

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]


def everywhere(page: Page) -> list[str]:
    """Return what is wrong with the page on a small phone and wider."""
    return [*axe_faults(page, SMALL_PHONE), *faults(page)]


def test_an_assessment_is_judged_signed_and_read_again(site: Site, windows: Windows) -> None:
    page = windows.open(SMALL_PHONE)
    site.sign_in(page, "privacy")
    found = everywhere(page)
    page.locator('main a[href="/privacy/"]').first.tap()
    expect(page.get_by_role("heading", level=1)).to_have_text(zh("Impact assessment"))
    found += everywhere(page)

    sign = page.get_by_role("button", name=zh("Sign this assessment"))
    sign.tap()
    expect(page.get_by_role("alert").first).to_be_visible()
    found += everywhere(page)
    for name in ("lawful", "impact", "measures"):
        page.locator(f"[name={name}]").fill("号码加密，查看须写事由。")
    page.locator("[name=level][value=medium]").check()
    sign.dblclick()
    page.wait_for_url(re.compile(r"/privacy/versions/1/$"))
    found += everywhere(page)
    expect(page.locator("main")).to_contain_text("号码加密，查看须写事由。")
    expect(page.locator("main")).to_contain_text(zh("Nothing: the facts are those that were signed."))

    site.open(page, "/privacy/")
    expect(page.locator('a[href^="/privacy/versions/"]')).to_have_count(1)
    site.open(page, "/privacy/looks/")
    found += everywhere(page)
    assert found == []


def test_a_version_on_paper_is_the_version_alone(site: Site, windows: Windows) -> None:
    page = windows.open()
    site.sign_in(page, "privacy")
    site.open(page, "/privacy/versions/1/")
    expect(page.locator("[data-print]")).to_be_visible()
    page.emulate_media(media="print")
    for hidden in (".top", ".demo", "[data-print]", ".no-print"):
        expect(page.locator(hidden)).to_be_hidden()
    expect(page.locator(".by-hand")).to_be_visible()


def test_two_entries_are_compared_and_merged(site: Site, windows: Windows) -> None:
    page = windows.open(SMALL_PHONE)
    site.sign_in(page, "union")
    site.open(page, "/people/duplicates/")
    found = everywhere(page)
    pairs = page.locator("main tbody tr")
    expect(pairs).to_have_count(3)
    page.set_viewport_size(SMALL_PHONE)
    button = pairs.first.get_by_role("link", name=re.compile(zh("Compare")))
    box, reasons = button.bounding_box(), pairs.first.locator(".why").bounding_box()
    assert box is not None
    assert reasons is not None
    assert box["height"] >= 44
    assert box["y"] >= reasons["y"] + reasons["height"], "the button stands below the reasons"
    button.tap()
    expect(page.get_by_role("heading", level=1)).to_have_text(zh("One person or two?"))
    found += everywhere(page)
    page.get_by_role("button", name=zh("One person: merge")).tap()
    page.wait_for_url(re.compile(r"/people/[0-9a-f]{32}/$"))
    found += everywhere(page)
    site.open(page, "/people/duplicates/")
    expect(pairs).to_have_count(2)
    assert found == []
