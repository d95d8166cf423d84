"""Signing in: guessed passwords, a second step, the language, and everything from the keyboard."""

import base64
import hmac
import re
import struct

import pytest
from django.utils.translation import gettext, override
from playwright.sync_api import Locator, Page, expect

from browser.demo_site import Site, Windows
from browser.door_form import CONDITIONS, RECEIVER, conditions, sending_button
from browser.words import zh, zh_count
from songnuan.kernel.clock import wall

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]


def test_five_wrong_passwords_lock_the_right_one_out_as_well(site: Site, windows: Windows) -> None:
    page = windows.open()
    site.open(page, "/account/login/")
    locked = zh_count(
        "Too many sign-ins failed. Try again in %(minutes)s minute.",
        "Too many sign-ins failed. Try again in %(minutes)s minutes.",
        10,
        minutes=10,
    )
    wrong = zh("The username and/or password you specified are not correct.")
    for guess in range(5):
        site.fill_sign_in(page, "approver", f"guess-{guess}")
        expect(page.get_by_role("alert")).to_contain_text(wrong if guess < 4 else locked)
    site.fill_sign_in(page, "approver", site.made.passwords["approver"])
    expect(page.get_by_role("alert")).to_contain_text(locked)

    elsewhere = windows.open()
    site.open(elsewhere, "/account/login/")
    site.fill_sign_in(elsewhere, "approver", site.made.passwords["approver"])
    expect(elsewhere.get_by_role("alert")).to_contain_text(locked)
    site.open(elsewhere, "/plans/")
    expect(elsewhere.get_by_role("heading", level=1)).to_have_text(zh("Sign in"))


def test_a_second_step_is_asked_for_once_it_is_set_up(site: Site, windows: Windows) -> None:
    page = windows.open()
    site.sign_in(page, "inspector")
    page.get_by_role("banner").locator("summary").click()
    page.get_by_role("link", name=zh("Sign-in in two steps")).click()
    page.get_by_role("link", name=zh("Set it up")).click()
    page.get_by_label(zh("Password"), exact=True).fill(site.made.passwords["inspector"])
    page.get_by_role("button", name=zh("Go on")).click()

    secret = page.get_by_label(zh("The same, as text")).input_value()
    _code_input(page).fill(_code(secret))
    page.get_by_role("button", name=zh("Set it up")).click()
    expect(page.get_by_role("heading", name=zh("Recovery codes")).first).to_be_visible()
    site.open(page, "/account/2fa/")
    expect(page.get_by_text(zh("in use"))).to_be_visible()

    other = windows.open()
    site.open(other, "/account/login/")
    site.fill_sign_in(other, "inspector", site.made.passwords["inspector"])
    title = other.get_by_role("heading", level=1)
    expect(title).to_have_text(zh("Second step"))
    site.open(other, "/trail/")  # the password alone opens nothing
    expect(other).to_have_url(re.compile("/account/"))

    site.open(other, "/account/login/")
    expect(title).to_have_text(zh("Second step"))
    _code_input(other).fill("000000" if _code(secret) != "000000" else "000001")
    other.get_by_role("button", name=zh("Sign in"), exact=True).click()
    expect(other.get_by_role("alert")).to_contain_text(zh("Incorrect code."))
    _code_input(other).fill(_code(secret, steps_ahead=1))
    other.get_by_role("button", name=zh("Sign in"), exact=True).click()
    expect(title).to_have_text(zh("Due from you"))


def test_the_language_is_chosen_before_signing_in_and_stays(site: Site, windows: Windows) -> None:
    page = windows.open()
    site.open(page, "/account/login/")
    title = page.get_by_role("heading", level=1)
    for name, language in (("繁體中文", "zh-hant"), ("简体中文", "zh-hans"), ("English", "en")):
        page.get_by_role("button", name=name, exact=True).click()
        expect(page.locator("html")).to_have_attribute("lang", language)
        with override(language):
            expect(title).to_have_text(gettext("Sign in"))

    page.get_by_label("Username", exact=True).fill("finance")
    page.get_by_label("Password", exact=True).fill(site.made.passwords["finance"])
    page.get_by_role("button", name="Sign in", exact=True).click()
    expect(title).to_have_text("Due from you")
    page.get_by_role("link", name="Funds", exact=True).click()
    expect(title).to_have_text("Funds")


def test_a_visit_is_recorded_from_the_keyboard_alone(site: Site, windows: Windows) -> None:
    page = windows.open()
    site.open(page, "/account/login/")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name=zh("Skip to the content"))).to_be_focused()
    _type(page, page.get_by_label(zh("Username"), exact=True), "visitor")
    _type(page, page.get_by_label(zh("Password"), exact=True), site.made.passwords["visitor"])
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text(zh("Due from you"))

    _press(page, page.get_by_role("link", name=zh("My visits"), exact=True), "Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text(zh("My visits"))
    _press(page, page.get_by_role("link", name=re.compile(f"^{zh('Record')}.*沙溪水上交通检查站$")), "Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("沙溪水上交通检查站")

    prevention = page.get_by_role("group", name=zh("How prevention is carried out"))
    _press(page, prevention.get_by_label(zh("carried out well")), "Space")
    _type(page, conditions(page), CONDITIONS)
    for answer in page.get_by_label(zh("in order"), exact=True).all():
        _press(page, answer, "Space")
    _type(page, page.get_by_role("textbox", name=zh("Who received the visit"), exact=True), RECEIVER)
    by_name = page.get_by_label(zh("The receiver confirms by name, without a signature"))
    _press(page, by_name, "Space")
    expect(by_name).to_be_checked()
    _press(page, sending_button(page), "Enter")
    expect(page.get_by_role("heading", name=zh("Report of the visit"))).to_be_visible()


def _type(page: Page, place: Locator, text: str) -> None:
    _tab_to(page, place)
    page.keyboard.type(text)


def _press(page: Page, place: Locator, key: str) -> None:
    _tab_to(page, place)
    page.keyboard.press(key)


def _tab_to(page: Page, place: Locator) -> None:
    """Go on with the Tab key until the place has the focus, and see that it shows it."""
    expect(place).to_be_visible()
    for _step in range(80):
        if place.evaluate("place => place === document.activeElement"):
            break
        page.keyboard.press("Tab")
    expect(place).to_be_focused()
    outline = place.evaluate(
        "place => [place, place.closest('label') ?? place].map(part => getComputedStyle(part).outlineStyle)"
    )
    assert outline != ["none", "none"]


def _code_input(page: Page) -> Locator:
    return page.get_by_role("main").locator("input[name=code]")


def _code(secret: str, *, steps_ahead: int = 0) -> str:
    """Return the six digits of an authenticator app (RFC 6238); a step is 30 seconds."""
    step = int(wall().timestamp()) // 30 + steps_ahead
    digest = hmac.digest(base64.b32decode(secret), struct.pack(">Q", step), "sha1")
    start = digest[-1] & 0xF
    return f"{(struct.unpack('>I', digest[start : start + 4])[0] & 0x7FFFFFFF) % 1_000_000:06d}"
