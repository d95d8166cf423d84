"""What a device keeps of a record and of a form: it is read again, and no lock throws it away."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import FilePayload, Page, expect, sync_playwright

from browser.demo_site import PATIENCE
from browser.field_phone import FieldPhone, cookies_of, switched_off
from browser.test_field_kinds import photo, recorded, sign
from browser.words import zh
from goods.builders import NOW, acting
from goods.pickups import make_gate
from people import Bureau, at, buy, open_plan_1
from songnuan.goods import actions as goods
from songnuan.goods.models import Pickup
from songnuan.goods.pickup_states import Mode
from songnuan.plans.models import Measure
from songnuan.visits.models import Visit, VisitPhoto, VisitStatus
from web.browsing import on
from web.browsing import recorded as record_visit


@contextmanager
def held(
    url: str, folder: Path, cookies: list[Any], moment: datetime, *, anew: bool = True
) -> Iterator[FieldPhone]:
    """Switch a phone on, while the house's clock stands: set up anew, or as it was left."""
    expect.set_options(timeout=PATIENCE)
    with on(moment), sync_playwright() as playwright:
        phone = FieldPhone(playwright, folder / "phone", url, cookies)
        with switched_off(phone):
            if anew:
                phone.set_up()
            else:
                phone.open()
                phone.unlock()
            yield phone


pytestmark = [
    pytest.mark.browser,
    pytest.mark.xdist_group("browser"),
    pytest.mark.django_db(transaction=True),
]


def fill_in(page: Page) -> None:
    """Fill the form of the first visit in, with a photo and a signature."""
    page.get_by_text(zh("Record a visit")).first.click()
    page.locator("button.person").first.click()
    page.locator("input[name=prevention][value=good]").check()
    page.locator("textarea[name=conditions]").fill("值班三班倒，食宿有保障。")
    for item in page.locator(".inspection .item").all():
        item.locator("input[value=pass]").check()
    page.locator("input[type=file]").set_input_files(
        [FilePayload(name="现场.jpg", mimeType="image/jpeg", buffer=photo())]
    )
    expect(page.locator(".photos img")).to_have_count(1)
    page.locator("input[name=receiver_name]").fill("赵守江")
    sign(page)


def test_a_lock_in_between_keeps_photos_and_signature_and_a_refused_visit_is_read_again(
    live_server: Any, tmp_path: Path, bureau: Bureau
) -> None:
    plan = open_plan_1(bureau)
    buy(bureau, plan, {"方便面": (94, 70_00), "苹果": (47, 80_00), "梨": (47, 75_00)}, "08812072")
    cookies = cookies_of(bureau.liaison, live_server.url)
    with held(live_server.url, tmp_path, cookies, at(8)) as phone:
        phone.offline(yes=True)
        page = phone.page
        fill_in(page)
        page.wait_for_timeout(500)
        page.reload()  # as when it locks itself
        phone.unlock()
        page.get_by_text(zh("Record a visit")).first.click()
        page.locator("button.person").first.click()
        expect(page.locator("textarea[name=conditions]")).to_have_value("值班三班倒，食宿有保障。")
        expect(page.locator(".photos img")).to_have_count(1)
        page.locator("button[type=submit]").click()
        recorded(page)  # it asks for a signature, and has one
        assert page.evaluate(DRAFTS) == 0, "nothing of the form is left beside its record"
    record_visit(bureau, at(8))  # somebody else was faster
    with held(live_server.url, tmp_path, cookies, at(8, 12), anew=False) as phone:
        page = phone.page
        phone.all_sent()
        page.get_by_role("button", name=zh("Fetch the newest")).click()
        page.get_by_role("button", name=zh("My records")).click()
        expect(page.locator("li.record.refused")).to_have_count(1)
        page.get_by_role("button", name=zh("See what was recorded")).click()
        told = page.locator(".look")
        for text in ("值班三班倒，食宿有保障。", "赵守江", "方便面 2 箱", bureau.liaison.label):
            expect(told).to_contain_text(text)
        expect(told.locator("img")).to_have_count(2)
        expect(told.get_by_role("img", name=zh("Signature"))).to_be_visible()
        page.screenshot(path=tmp_path / "look.png", full_page=True)
    [visit] = Visit.objects.filter(status=VisitStatus.RECORDED)
    assert VisitPhoto.objects.filter(visit=visit).count() == 0


def seek(page: Page, name: str) -> None:
    """Look somebody up at the desk, and see their card."""
    page.locator("input[type=search]").fill(name)
    page.locator("button.person").first.click()
    expect(page.locator(".glance .name")).to_have_text(name)


DRAFTS = """() => new Promise((done) => {
  const asked = indexedDB.open("songnuan-field");
  asked.onsuccess = () => {
    const count = asked.result.transaction("drafts").objectStore("drafts").count();
    count.onsuccess = () => { asked.result.close(); done(count.result); };
  };
})"""


def test_a_desk_that_asks_for_signatures_takes_a_confirmation_by_name(
    live_server: Any, tmp_path: Path
) -> None:
    gate = make_gate("赵一鸣", "钱二妹")
    gate.desk("东门", 5)
    Measure.objects.filter(pk=gate.measure.pk).update(settings={"signature": True})
    cookies = cookies_of(gate.clerk, live_server.url)
    with held(live_server.url, tmp_path, cookies, NOW) as phone:
        phone.at_desk()
        page = phone.page
        seek(page, "赵一鸣")
        hand = page.locator(".glance button.big")
        expect(hand).to_be_disabled()
        page.get_by_label(zh("Confirmed by name, without a signature")).check()
        page.screenshot(path=tmp_path / "by_name.png", full_page=True)
        hand.click()
        recorded(page)
        phone.all_sent()
    row = Pickup.objects.get()
    assert (row.by_name, row.signature_id) == (True, None)


def test_the_next_round_is_not_due_before_its_day_and_the_house_knows_better_what_was_taken_back(
    live_server: Any, tmp_path: Path
) -> None:
    gate = make_gate("赵一鸣", mode=Mode.ROUNDS)
    gate.desk("东门", 5)
    cookies, first_day = cookies_of(gate.clerk, live_server.url), NOW + timedelta(days=1)
    with held(live_server.url, tmp_path, cookies, first_day) as phone:
        phone.at_desk()
        page = phone.page
        phone.hand_over("赵一鸣")
        seek(page, "赵一鸣")
        expect(page.locator(".glance .stands")).to_have_text(
            zh("Not due before {day}").replace("{day}", "4-23")
        )
        expect(page.locator(".glance button.big")).to_have_class("big danger")
        page.screenshot(path=tmp_path / "early.png", full_page=True)
        phone.all_sent()
    with acting():
        goods.give_back(pickup_id=Pickup.objects.get().pk, reason="拿错", actor=gate.officer, at=first_day)
    with held(live_server.url, tmp_path, cookies, first_day, anew=False) as phone:
        page = phone.page
        expect(page.locator("button.card")).to_contain_text(
            zh("{count} kits left at this desk").replace("{count}", "5")
        )
        phone.at_desk()
        seek(page, "赵一鸣")
        expect(page.locator(".glance .stands")).to_have_text(zh("Not picked up yet"))
        expect(page.locator(".glance button.big")).to_have_class("big main")
