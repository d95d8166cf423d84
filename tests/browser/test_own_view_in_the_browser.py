"""A person gets a code on paper, sees on a phone what is held, asks for a correction, reads the answer."""

import json
import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from browser.accessible import axe_faults, faults
from browser.demo_site import DESKTOP, SMALL_PHONE, Site, Windows
from browser.words import zh

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]

NAME = "赵安澜"
NEW_PHONE = "13900009999"


def everywhere(page: Page) -> list[str]:
    """Return what is wrong with the page on a small phone and wider."""
    return [*axe_faults(page, SMALL_PHONE), *faults(page)]


def small(page: Page) -> list[str]:
    """Return the buttons and inputs of the page that a thumb misses on a small phone."""
    page.set_viewport_size(SMALL_PHONE)
    shown = page.locator(
        "main .button:visible, main input:visible, main select:visible, main textarea:visible"
    )
    boxes = [(one.text_content() or one.get_attribute("name"), one.bounding_box()) for one in shown.all()]
    return [f"{name}: {box['height']} px" for name, box in boxes if box is not None and box["height"] < 44]


def at_person(site: Site, page: Page, name: str) -> str:
    """Open the page of somebody on the roster of the staff; return its path."""
    site.open(page, "/rosters/people/")
    page.locator("main [name=text]").fill(name)
    page.locator("main [name=text]").press("Enter")
    page.get_by_role("link", name=name).first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text(name)
    return page.url.removeprefix(site.address)


def test_a_person_sees_corrects_and_reads_the_answer(site: Site, windows: Windows, tmp_path: Path) -> None:
    clerk, person = windows.open(DESKTOP), windows.open(SMALL_PHONE)
    site.sign_in(clerk, "union")
    path = at_person(site, clerk, NAME)
    found = everywhere(clerk)
    clerk.get_by_label(zh("What you need the numbers for")).fill("核对慰问金发放")
    clerk.get_by_role("button", name=zh("Show numbers")).click()
    expect(clerk.locator("[name=purpose]")).to_have_count(0)
    number = re.search(r"\b\d{17}[\dX]\b", clerk.locator("main").inner_text())
    assert number is not None
    code = _slip(site, clerk, path, found)

    site.open(person, f"/my/#{code}")
    expect(person.locator("[name=code]")).to_have_value(code)
    expect(person.locator("[name=ending]")).to_be_focused()
    assert code not in person.url
    site.open(person, "/my/")
    found += everywhere(person) + small(person)
    ending = number[0][-4:]
    _come_in(person, code, "9999" if ending != "9999" else "8888")
    expect(person.get_by_role("alert")).to_be_visible()
    found += everywhere(person)
    _come_in(person, code.replace("-", "").lower(), ending)
    expect(person.get_by_text(number[0])).to_be_visible()
    expect(person.get_by_text("核对慰问金发放")).to_be_visible()
    found += everywhere(person) + small(person)
    assert code not in person.url
    _take_a_copy(person, number[0], tmp_path)
    _ask(site, person, found)

    site.open(clerk, "/people/corrections/")
    found += everywhere(clerk) + small(clerk)
    clerk.get_by_role("link", name=re.compile(NAME + "[,、]")).click()
    expect(clerk.locator("[name=purpose]")).to_be_visible()
    found += everywhere(clerk)
    clerk.locator("[name=purpose]").fill("核对更正申请")
    clerk.get_by_role("button", name=zh("Show in full")).click()
    expect(clerk.get_by_text(NEW_PHONE)).to_be_visible()
    found += everywhere(clerk) + small(clerk)
    clerk.get_by_role("button", name=zh("Accept and correct")).dblclick()
    expect(clerk.get_by_text(zh("Nobody waits for an answer."))).to_be_visible()
    site.open(clerk, "/people/corrections/")
    found += everywhere(clerk)

    person.reload()
    expect(person.locator("main .facts").first).to_contain_text(NEW_PHONE)
    person.get_by_role("button", name=zh("Leave", "own view")).tap()
    expect(person.get_by_role("button", name=zh("Open", "own view"))).to_be_visible()
    person.go_back()
    expect(person.get_by_text(number[0])).to_have_count(0)
    assert found == []


def _slip(site: Site, page: Page, path: str, found: list[str]) -> str:
    """Make a code; return it. On paper the slip stands alone."""
    site.open(page, f"{path}code/")
    found += everywhere(page)
    page.get_by_role("button", name=zh("Print a slip")).click()
    expect(page.locator(".slip-code")).to_have_count(3)
    found += everywhere(page)
    code = page.locator(".slip-code").first.inner_text().strip()
    page.set_viewport_size(DESKTOP)
    page.emulate_media(media="print")
    for hidden in (".top", ".note", "[data-print]"):
        expect(page.locator(hidden).first).to_be_hidden()
    expect(page.locator(".slip-code").last).to_be_visible()
    page.emulate_media(media="screen")
    return code


def _come_in(page: Page, code: str, ending: str) -> None:
    page.locator("[name=code]").fill(code)
    page.locator("[name=ending]").fill(ending)
    page.get_by_role("button", name=zh("Open", "own view")).tap()


def _take_a_copy(page: Page, number: str, folder: Path) -> None:
    with page.expect_download() as copy:
        page.get_by_role("button", name=zh("Download")).tap()
    copy.value.save_as(folder / "copy.json")
    assert json.loads((folder / "copy.json").read_text())["facts"]["id_number"] == number


def _ask(site: Site, page: Page, found: list[str]) -> None:
    """Ask for another phone: first badly, then well, and twice by mistake."""
    page.get_by_role("link", name=zh("Something is wrong")).tap()
    expect(page.get_by_role("heading", level=1)).to_have_text(zh("Something is wrong"))
    found += everywhere(page) + small(page)
    page.locator("[name=field]").select_option("phone")
    page.locator("[name=value]").fill("1390000")
    page.locator("[name=reason]").fill("换了手机号")
    send = page.get_by_role("button", name=zh("Send to the office"))
    send.tap()
    expect(page.get_by_role("alert")).to_be_visible()
    found += everywhere(page)
    page.locator("[name=value]").fill(NEW_PHONE)
    send.dblclick()
    expect(page.locator("[aria-labelledby=asked]")).to_contain_text(NEW_PHONE)
    site.open(page, "/my/")  # the second click may still be on its way
    expect(page.locator("[aria-labelledby=asked] li")).to_have_count(1)
    found += everywhere(page)
    page.get_by_role("link", name=zh("Ask to be erased")).tap()
    expect(page.get_by_role("heading", level=1)).to_have_text(zh("Ask to be erased"))
    found += everywhere(page) + small(page)
    site.open(page, "/my/")
