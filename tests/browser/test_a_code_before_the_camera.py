"""A desk reads the code that somebody holds before the camera, or a photo of it; two taps hand over."""

from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from playwright.sync_api import expect, sync_playwright

from browser.demo_site import PATIENCE
from browser.field_phone import FieldPhone, aside, cookies_of, switched_off
from browser.words import zh
from goods.builders import NOW
from goods.pickups import Gate, make_gate, whole
from songnuan.documents import qr
from songnuan.goods.models import Pickup, Recipient
from web.browsing import on

pytestmark = [
    pytest.mark.browser,
    pytest.mark.xdist_group("browser"),
    pytest.mark.django_db(transaction=True),
]
SIZE = (640, 480)
NO_CAMERA = "() => { navigator.mediaDevices.getUserMedia = () => Promise.reject(new Error()); }"


def seen(code: str) -> Image.Image:
    """Return what a camera sees of a code on somebody's phone: small, grey around it, held a little askew."""
    held = Image.open(BytesIO(qr.picture(code))).convert("L").resize((250, 250))
    turned = held.rotate(9, resample=Image.Resampling.BICUBIC, expand=True, fillcolor=120)
    picture = Image.new("L", SIZE, 120)
    picture.paste(turned, (210, 90))
    return picture


def film(code: str, path: Path) -> Path:
    """Write a film of a code that stands before the camera, as browsers take it for one; return its path."""
    width, height = SIZE
    grey = seen(code).tobytes() + bytes([128]) * (width * height // 2)
    frames = (b"FRAME\n" + grey) * 10
    path.write_bytes(f"YUV4MPEG2 W{width} H{height} F10:1 Ip A1:1 C420jpeg\n".encode() + frames)
    return path


def code_of(gate: Gate, name: str) -> str:
    """Return the code of somebody, as their own page shows it."""
    return Recipient.objects.get(person=gate.people[name]).code or ""


def test_a_code_before_the_camera_or_of_a_photo_leads_to_its_person(live_server: Any, tmp_path: Path) -> None:
    gate = make_gate("赵一鸣", "钱二妹")
    gate.desk("东门", 5)
    sees = film(code_of(gate, "赵一鸣"), tmp_path / "code.y4m")
    photo, strange = BytesIO(), BytesIO()
    seen(code_of(gate, "钱二妹")).save(photo, "JPEG", quality=80)
    seen("ZZZZZZZZZZ").save(strange, "JPEG", quality=80)
    cookies = cookies_of(gate.clerk, live_server.url)
    expect.set_options(timeout=PATIENCE)
    with on(NOW), sync_playwright() as playwright:
        phone = FieldPhone(playwright, tmp_path / "phone", live_server.url, cookies, sees=sees)
        with switched_off(phone):
            phone.set_up()
            phone.at_desk()
            phone.offline(yes=True)
            page = phone.page
            phone.press("Scan a code")
            expect(page.locator(".glance .name")).to_have_text("赵一鸣")
            phone.press("Hand over")
            expect(phone.said()).to_contain_text(zh("Recorded", "field"))

            for picture, found in ((strange, ""), (photo, "钱二妹")):
                page.evaluate(NO_CAMERA)
                phone.press("Scan a code")
                path = tmp_path / "code.jpg"
                path.write_bytes(picture.getvalue())
                page.locator("input[type=file]").set_input_files(path)
                if found:
                    expect(page.locator(".glance .name")).to_have_text(found)
                else:
                    unknown = "This code is of nobody on this list. Look the person up by name."
                    expect(phone.said()).to_have_text(zh(unknown))
            phone.press("Hand over")
            expect(page.locator("[data-unsent]")).to_have_attribute("data-unsent", "2")
            phone.offline(yes=False)
            phone.all_sent()
    people = aside(lambda: set(Pickup.objects.values_list("portion__recipient__person", flat=True)))
    assert people == {person.pk for person in gate.people.values()}
    assert whole()
