"""Whom somebody named to fetch their kit stands in plain sight at a desk; nobody is recorded by mistake."""

from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import expect, sync_playwright

from browser.demo_site import PATIENCE
from browser.field_phone import FieldPhone, cookies_of, switched_off
from browser.words import zh
from goods.builders import NOW
from goods.pickups import make_gate, whole
from songnuan.goods.models import Pickup, Recipient
from web.browsing import on

pytestmark = [
    pytest.mark.browser,
    pytest.mark.xdist_group("browser"),
    pytest.mark.django_db(transaction=True),
]


def test_who_was_named_is_found_by_name_and_hands_over_by_one_tap(live_server: Any, tmp_path: Path) -> None:
    gate = make_gate("赵一鸣", "钱二妹")
    gate.desk("东门", 5)
    Recipient.objects.filter(person=gate.people["赵一鸣"]).update(proxy="卫望岚", proxy_named_at=NOW)
    cookies = cookies_of(gate.clerk, live_server.url)
    expect.set_options(timeout=PATIENCE)
    with on(NOW), sync_playwright() as playwright:
        phone = FieldPhone(playwright, tmp_path / "phone", live_server.url, cookies)
        with switched_off(phone):
            phone.set_up()
            phone.at_desk()
            page = phone.page
            page.locator("input[type=search]").fill("卫望岚")
            found = page.locator("button.person")
            expect(found).to_have_count(1)
            expect(found).to_contain_text("赵一鸣")
            expect(found).to_contain_text("卫望岚")
            found.click()
            page.get_by_text(zh("Somebody else fetches it"), exact=True).click()
            phone.press("Hand over")
            expect(page.locator("input[name=proxy]")).to_have_accessible_description(
                zh("Enter who fetches it. If the person is here, close “Somebody else fetches it”.")
            )
            assert phone.unsent() == 0, "a fold that is open with nobody in it records nothing"
            page.get_by_role("button", name="卫望岚").click()
            phone.press("Hand over")
            expect(page.locator("[data-said]")).to_contain_text(zh("Recorded", "field"))
            phone.all_sent()
    row = Pickup.objects.get()
    assert (row.portion.recipient.person, row.proxy) == (gate.people["赵一鸣"], "卫望岚")
    assert whole()
