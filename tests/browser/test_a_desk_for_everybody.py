"""The desk of the field app on a small phone: by the keyboard alone, and as a screen reader hears it."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect, sync_playwright

from browser.accessible import axe_faults, sideways
from browser.demo_site import DESKTOP, PATIENCE, SMALL_PHONE
from browser.field_phone import PIN, FieldPhone, aside, cookies_of, switched_off
from browser.words import zh
from goods.builders import NOW
from goods.pickups import Gate, make_gate, whole
from songnuan.goods.models import Pickup, Recipient
from songnuan.plans.models import Measure
from web.browsing import on

pytestmark = [
    pytest.mark.browser,
    pytest.mark.xdist_group("browser"),
    pytest.mark.django_db(transaction=True),
]
DRAWN_ANEW = """() => {
  document.querySelector("button.person").dataset.before = "yes";
  new BroadcastChannel("songnuan-field").postMessage("changed");
}"""
LONG = "阿卜杜热西提·买买提吐尔逊"


@pytest.fixture
def gate() -> Gate:
    """Return a gate where whoever takes a kit signs."""
    made = make_gate(LONG, "钱二妹")
    told = {"mode": "divide", "signature": True, "batches": []}
    Measure.objects.filter(pk=made.measure.pk).update(kind="pickups", settings=told)
    made.desk("东门", 5)
    Recipient.objects.filter(person=made.people[LONG]).update(proxy="卫望岚", proxy_named_at=NOW)
    return made


@pytest.fixture
def phone(gate: Gate, live_server: Any, tmp_path: Path) -> Iterator[FieldPhone]:
    """Return a phone of the desk's clerk, whose browser is on."""
    cookies = cookies_of(gate.clerk, live_server.url)
    expect.set_options(timeout=PATIENCE)
    with on(NOW), sync_playwright() as playwright:
        made = FieldPhone(playwright, tmp_path / "phone", live_server.url, cookies)
        with switched_off(made):
            made.set_up()
            yield made


def faults(page: Page, screen: str) -> list[str]:
    """Return what is wrong with a screen, on a small phone and on a desk."""
    told = [*axe_faults(page, DESKTOP), *axe_faults(page, SMALL_PHONE), *sideways(page)]
    return [f"{screen}: {fault}" for fault in told]


def test_every_screen_of_a_desk_can_be_read_by_everybody(phone: FieldPhone) -> None:
    page, found = phone.page, list[str]()
    found += faults(page, "home")
    phone.at_desk()
    found += faults(page, "desk")
    page.locator("input[type=search]").fill("卫望岚")
    expect(page.locator("button.person")).to_contain_text(LONG)
    found += faults(page, "found")
    page.locator("button.person").click()
    expect(page.locator(".glance .name")).to_have_text(LONG)
    found += faults(page, "person")
    page.get_by_text(zh("Somebody else fetches it"), exact=True).click()
    page.locator("input[name=by_name]").check()
    phone.press("Hand over")
    found += faults(page, "what is missing")
    page.get_by_role("button", name="卫望岚").click()
    phone.press("Hand over")
    expect(page.locator("[data-said]")).to_contain_text(zh("Recorded", "field"))
    phone.all_sent()
    found += faults(page, "recorded")
    page.get_by_role("button", name=zh("Back")).click()
    phone.press("My records")
    expect(page.locator("li.record")).to_have_count(1)
    found += faults(page, "records")
    page.reload()
    expect(page.locator("input[type=password]")).to_be_visible()
    found += faults(page, "door")
    assert found == []


def press_until(page: Page, key: str, focused: str) -> None:
    """Press a key until the focus is on what matches."""
    for _turn in range(30):
        if page.evaluate("(what) => document.activeElement.matches(what)", focused):
            return
        page.keyboard.press(key)
    raise AssertionError(f"{key} never leads to {focused}")


def test_a_kit_is_handed_over_by_the_keyboard_alone(gate: Gate, phone: FieldPhone) -> None:
    page = phone.page
    page.reload()
    expect(page.locator("input[type=password]")).to_be_visible()
    press_until(page, "Tab", "input[type=password]")
    page.keyboard.type(PIN)
    page.keyboard.press("Enter")
    expect(page.locator("button.card").first).to_be_visible()
    press_until(page, "Tab", "button.card")
    page.keyboard.press("Enter")
    expect(page.locator("input[type=search]")).to_be_visible()
    press_until(page, "Tab", "input[type=search]")
    page.keyboard.type("钱")
    press_until(page, "Tab", "button.person")
    page.evaluate(DRAWN_ANEW)
    expect(page.locator("button.person")).not_to_have_attribute("data-before", "yes")
    page.keyboard.press("Enter")  # the screen was drawn anew meanwhile, and the place is kept
    expect(page.locator(".glance .name")).to_have_text("钱二妹")
    press_until(page, "Tab", "input[name=by_name]")
    page.keyboard.press("Space")
    press_until(page, "Tab", ".glance button.big")
    page.keyboard.press("Enter")
    expect(page.locator("[data-said]")).to_contain_text(zh("Recorded", "field"))
    phone.all_sent()
    rows = aside(lambda: list(Pickup.objects.values_list("portion__recipient__person", "by_name")))
    assert rows == [(gate.people["钱二妹"].pk, True)]
    assert aside(whole)
