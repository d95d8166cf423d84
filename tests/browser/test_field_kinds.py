"""Each kind of record with the network really cut: recorded, the browser killed, brought back: there once."""

from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from playwright.sync_api import FilePayload, Page, expect, sync_playwright

from browser.demo_site import PATIENCE
from browser.field_phone import FieldPhone, cookies_of, switched_off
from browser.words import zh
from casework.house import NOW as CARE_NOW
from casework.house import make_care
from emergency import group
from emergency.house import at as reported_at
from emergency.house import make_house
from emergency.test_muster import bring, call
from people import Bureau, at, buy, open_plan_1
from songnuan.casework.case_models import Contact, HomeVisit, Need
from songnuan.emergency.models import MusterEntry, SituationReport
from songnuan.kernel.actor import Actor
from songnuan.visits.checks import verify
from songnuan.visits.models import Visit, VisitPhoto, VisitStatus
from web.browsing import on, visits_of

pytestmark = [
    pytest.mark.browser,
    pytest.mark.xdist_group("browser"),
    pytest.mark.django_db(transaction=True),
]


def recorded(page: Page) -> None:
    """See that a record stands on the disk."""
    expect(page.locator("[data-said]")).to_contain_text(zh("Recorded", "field"))


def arrives(live_server: Any, folder: Path, who: Actor, moment: Any, act: Callable[[Page], int]) -> None:
    """Let somebody record without a network what `act` does, kill the browser, and bring all back."""
    cookies = cookies_of(who, live_server.url)
    expect.set_options(timeout=PATIENCE)
    with on(moment), sync_playwright() as playwright:
        phone = FieldPhone(playwright, folder / "phone", live_server.url, cookies)
        with switched_off(phone):
            phone.set_up()
            expect(phone.page.locator("button.card").first).to_be_visible()
            phone.offline(yes=True)
            count = act(phone.page)
            expect(phone.page.locator("[data-unsent]")).to_have_attribute("data-unsent", str(count))
            phone.kill()

            phone.switch_on()
            phone.offline(yes=True)
            phone.open()
            phone.unlock()
            expect(phone.page.locator("[data-unsent]")).to_have_attribute("data-unsent", str(count))
            phone.offline(yes=False)
            expect(phone.page.locator("[data-unsent]")).to_have_attribute("data-unsent", "0")
            phone.page.locator(".tools button").first.click()
            expect(phone.page.locator("li.record.taken")).to_have_count(count)


def photo() -> bytes:
    made = BytesIO()
    Image.effect_noise((3000, 2000), 80).convert("RGB").save(made, "JPEG", quality=95)
    return made.getvalue()


def sign(page: Page) -> None:
    pad = page.locator("canvas.pad")
    pad.scroll_into_view_if_needed()
    box = pad.bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + 20, box["y"] + 100)
    page.mouse.down()
    for step in range(1, 12):
        page.mouse.move(box["x"] + 20 + step * 22, box["y"] + 100 + (40 if step % 2 else -40))
    page.mouse.up()


def test_a_visit_with_photo_and_signature(live_server: Any, tmp_path: Path, bureau: Bureau) -> None:
    plan = open_plan_1(bureau)
    buy(bureau, plan, {"方便面": (94, 70_00), "苹果": (47, 80_00), "梨": (47, 75_00)}, "08812072")
    picture = photo()

    def act(page: Page) -> int:
        page.get_by_text(zh("Record a visit")).first.click()
        page.locator("button.person").first.click()
        page.locator("input[name=prevention][value=good]").check()
        page.locator("textarea[name=conditions]").fill("值班三班倒，食宿有保障。")
        for item in page.locator(".inspection .item").all():
            item.locator("input[value=pass]").check()
        page.locator("input[type=file]").set_input_files(
            [FilePayload(name="现场.jpg", mimeType="image/jpeg", buffer=picture)]
        )
        expect(page.locator(".photos img")).to_have_count(1)
        page.locator("input[name=receiver_name]").fill("赵守江")
        sign(page)
        page.locator("button[type=submit]").click()
        recorded(page)
        return 1

    arrives(live_server, tmp_path, bureau.liaison, at(8), act)
    [visit] = Visit.objects.filter(status=VisitStatus.RECORDED)
    assert visit in visits_of(bureau)
    assert visit.signature_id is not None
    assert "方便面 2 箱、苹果 1 箱、梨 1 箱" in visit.signed_for
    [kept] = VisitPhoto.objects.filter(visit=visit).select_related("picture")
    assert kept.picture.size < len(picture) / 2
    assert verify() == []


def test_oneself_and_another_at_a_muster(live_server: Any, tmp_path: Path) -> None:
    found = group.make_group()
    bring(found)
    call(found, found.activate())

    def act(page: Page) -> int:
        page.locator("button.card").first.click()
        page.get_by_role("button", name=zh("I am there")).click()
        recorded(page)
        page.locator("input[type=search]").fill("门卫")
        page.locator("button.person").click()
        page.locator(".people button.big").click()
        recorded(page)
        return 2

    arrives(live_server, tmp_path, found.people["member"], group.NOW, act)
    there = MusterEntry.objects.filter(arrived_at__isnull=False).select_related("line")
    assert {(one.line.name, one.way) for one in there} == {("科长戊", "account"), ("门卫", "deputy")}
    assert all(one.device_at is not None for one in there)


def test_all_safe_and_an_event(live_server: Any, tmp_path: Path) -> None:
    house = make_house()
    house.open(reported_at(3, 9))
    house.open(reported_at(4, 9))

    def act(page: Page) -> int:
        page.locator("button.card").first.click()
        expect(page.locator(".due-slot")).to_have_count(2)
        page.get_by_role("button", name=zh("All safe", "situation report")).first.click()
        recorded(page)
        page.get_by_role("button", name=zh("Report an event")).click()
        page.locator("input[name=category][value=health]").check()
        page.locator("textarea[name=words]").fill("两名职工发热，已送诊。")
        page.locator("input[name=figure-fever]").fill("2")
        page.locator("button[type=submit]").click()
        recorded(page)
        return 2

    arrives(live_server, tmp_path, house.liaisons["一站"], reported_at(4, 10), act)
    made = SituationReport.objects.order_by("slot__period__starts_at")
    assert [(one.kind, one.words, one.slot.is_late) for one in made] == [
        ("zero", None, True),
        ("event", "两名职工发热，已送诊。", False),
    ]


def test_a_contact_a_home_visit_and_a_need(live_server: Any, tmp_path: Path) -> None:
    house = make_care()
    house.open()
    house.helped()

    def family(page: Page, what: str) -> None:
        page.get_by_role("button", name=zh(what), exact=True).click()

    def act(page: Page) -> int:
        page.locator("button.card").first.click()
        page.locator("button.person").first.click()
        family(page, "Record a contact")
        page.locator("button[type=submit]").click()
        expect(page.locator("input[name=way][value=phone]")).to_have_attribute("aria-invalid", "true")
        page.locator("input[name=way][value=phone]").check()
        page.locator("input[name=reached][value=yes]").check()
        page.locator("textarea[name=words]").fill("一切都好。")
        page.locator("button[type=submit]").click()
        recorded(page)
        family(page, "Record a visit at home")
        page.locator("input[name=received_by]").fill("老人")
        page.locator("textarea[name=living]").fill("身体尚可，买菜由邻居代劳。")
        page.locator("button[type=submit]").click()
        recorded(page)
        family(page, "Put a need down")
        page.locator("textarea[name=need]").fill("需要一副老花镜。")
        page.locator("select[name=category]").select_option("elders")
        page.locator("input[name=urgency][value=week]").check()
        page.locator("button[type=submit]").click()
        recorded(page)
        return 3

    arrives(live_server, tmp_path, house.first, CARE_NOW, act)
    assert Contact.objects.count() == 2
    assert [one.happened_on for one in Contact.objects.all()] == [CARE_NOW.date()] * 2
    assert HomeVisit.objects.get().living.text == "身体尚可，买菜由邻居代劳。"
    assert Need.objects.get().words.text == "需要一副老花镜。"


def test_what_was_refused_is_mended_on_the_device_and_sent_anew(live_server: Any, tmp_path: Path) -> None:
    house = make_house()
    house.open(reported_at(3, 9))
    cookies = cookies_of(house.liaisons["一站"], live_server.url)
    expect.set_options(timeout=PATIENCE)
    with on(reported_at(3, 10)), sync_playwright() as playwright:
        phone = FieldPhone(playwright, tmp_path / "phone", live_server.url, cookies)
        with switched_off(phone):
            phone.set_up()
            page = phone.page
            page.locator("button.card").first.click()
            phone.offline(yes=True)
            page.get_by_role("button", name=zh("Report an event")).click()
            page.locator("button[type=submit]").click()
            words = page.locator("textarea[name=words]")
            expect(words).to_have_attribute("aria-invalid", "true")
            expect(words).to_have_accessible_description(zh("Fill this in."))
            page.locator("input[name=category][value=health]").check()
            words.fill("一人发热，身份证号11010519491231002X。")
            page.locator("button[type=submit]").click()
            recorded(page)
            page.go_back()
            phone.offline(yes=False)
            expect(page.locator("[data-unsent]")).to_have_attribute("data-unsent", "0")
            page.locator(".tools button").first.click()
            expect(page.locator("li.record.refused")).to_have_count(1)
            page.get_by_role("button", name=zh("Mend it and send it anew")).click()
            expect(page.locator("input[name=category][value=health]")).to_be_checked()
            page.locator("textarea[name=words]").fill("一人发热，已送诊。")
            page.locator("button[type=submit]").click()
            expect(page.locator("li.record.taken")).to_have_count(1)
            expect(page.locator("li.record.refused")).to_have_count(0)
    assert [one.words for one in SituationReport.objects.all()] == ["一人发热，已送诊。"]
