"""The form of a visit on a small phone: by the keyboard alone, by touch, and as a screen reader hears it."""

import re

import pytest
from playwright.sync_api import FilePayload, Locator, Page, expect

from browser.accessible import axe_faults, sideways
from browser.demo_site import SMALL_PHONE, Site, Windows
from browser.door_form import CONDITIONS, RECEIVER, fill_in, mistakes, press, sending_button
from browser.words import zh

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]

_APART = 600  # milliseconds after which a tap is no second half of a double tap
TABS_MOST = 120  # to reach the next thing on a page


def test_a_whole_visit_by_the_keyboard_alone(site: Site, windows: Windows) -> None:
    page = _at_the_door(site, windows, "liaison06")
    _tab_to(page, page.get_by_role("checkbox", name=_liaison(page)))
    expect(page.get_by_role("checkbox", name=_liaison(page))).to_be_checked()
    _choose(page, zh("How prevention is carried out"), zh("carried out well"))
    _tab_to(page, page.get_by_label(zh("How the staff work and live")))
    page.keyboard.type(CONDITIONS)
    _tab_to(
        page, page.locator("summary").filter(has_text=zh("Problem %(number)s, if one was raised", number=1))
    )
    page.keyboard.press("Enter")
    _tab_to(page, page.get_by_label(zh("What the problem is")).first)
    page.keyboard.type("岗亭偏冷")
    for group in (
        page.get_by_role("group").filter(has=page.get_by_label(zh("not in order"), exact=True)).all()
    ):
        _tab_to(page, group.get_by_role("radio").first)
        page.keyboard.press("Space")
    _tab_to(page, page.get_by_role("button", name=zh("Add where I stand")))
    _tab_to(page, page.get_by_label("梨 1 箱"))
    page.keyboard.press("Space")
    expect(page.locator("[data-signed-text]")).not_to_contain_text("梨")
    _tab_to(page, page.get_by_label(zh("Why not everything")))
    page.keyboard.type("梨未到货")
    _tab_to(page, page.get_by_role("textbox", name=zh("Who received the visit"), exact=True))
    page.keyboard.type(RECEIVER)
    _tab_to(page, page.get_by_label(zh("The receiver confirms by name, without a signature")))
    page.keyboard.press("Space")
    _tab_to(page, sending_button(page))
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name=zh("Report of the visit"))).to_be_visible()
    expect(page.get_by_role("link", name="岗亭偏冷")).to_be_visible()
    expect(page.get_by_text("梨未到货")).to_be_visible()
    expect(page.get_by_text(zh("confirmed by name, without a signature"))).to_be_visible()


def test_a_whole_visit_by_touch(site: Site, windows: Windows) -> None:
    page = _at_the_door(site, windows, "liaison07")
    expect(page.locator("[data-signed-text]")).to_contain_text("苹果 1 箱")
    page.get_by_role("group", name=zh("How prevention is carried out")).get_by_label(
        zh("carried out well")
    ).tap()
    page.get_by_label(zh("How the staff work and live")).fill(CONDITIONS)
    for answer in page.get_by_label(zh("in order"), exact=True).all():
        answer.tap()
    page.locator("input[type=file]").set_input_files(_photo(page))
    expect(page.locator("[data-photos-list] img")).to_have_count(1)
    page.context.grant_permissions(["geolocation"])
    page.context.set_geolocation({"latitude": 31.230416, "longitude": 121.473701, "accuracy": 15})
    page.get_by_role("button", name=zh("Add where I stand")).tap()
    expect(page.get_by_role("button", name=zh("Remove the position"))).to_be_visible()
    page.get_by_role("textbox", name=zh("Who received the visit"), exact=True).fill(RECEIVER)
    _sign_by_touch(page)
    _a_changed_list_is_signed_anew(page)
    sending_button(page).tap()
    expect(page.get_by_role("heading", name=zh("Report of the visit"))).to_be_visible()
    expect(page.get_by_role("img", name=zh("Signature of the receiver"))).to_be_visible()
    shown = page.get_by_role("img", name=zh("Photo %(number)s", number=1))
    shown.scroll_into_view_if_needed()
    expect(shown).to_have_js_property("complete", value=True)
    assert shown.evaluate("image => image.naturalWidth") > 0
    expect(page.get_by_text(re.compile(r"31\.23.*121\.47"))).to_be_visible()
    assert "31.2304" not in page.content(), "where exactly is not shown"


def _a_changed_list_is_signed_anew(page: Page) -> None:
    """What is handed over changes after the signature: it holds no more."""
    pears = page.get_by_label("梨 1 箱")
    pears.tap()
    said = page.get_by_text(zh("What is handed over was changed: have the receiver sign again."))
    expect(said).to_be_visible()
    expect(page.locator("[data-signature]")).not_to_have_class(re.compile("signed$"))
    pears.tap()
    _sign_by_touch(page)
    expect(said).to_be_hidden()


def test_a_screen_reader_hears_names_states_and_what_is_wrong(site: Site, windows: Windows) -> None:
    page = _at_the_door(site, windows, "liaison08")
    assert [*axe_faults(page, SMALL_PHONE), *sideways(page)] == []
    heard = page.get_by_role("main").aria_snapshot()
    for said in (
        f'group "{zh("How the unit was reached")} {zh("(required)")}"',
        f'radio "{zh("carried out well")}"',
        f'textbox "{zh("How the staff work and live")}"',
        f'group "{zh("What is handed over", "goods")}"',
        'checkbox "苹果 1 箱" [checked]',
        f'img "{zh("Signature of the receiver")}"',
        f'checkbox "{zh("The receiver confirms by name, without a signature")}"',
        f'button "{zh("Record the visit")}"',
    ):
        assert said in heard, said
    press(page)
    expect(mistakes(page).first).to_be_visible()
    expect(page.get_by_role("alert")).to_be_focused()
    assert [*axe_faults(page, SMALL_PHONE), *sideways(page)] == []
    wrong = page.get_by_label(zh("How the staff work and live"))
    expect(wrong).to_have_attribute("aria-invalid", "true")
    said_by = (wrong.get_attribute("aria-describedby") or "").split()
    assert said_by
    assert any(zh("Fill this in.") in page.locator(f"#{one}").inner_text() for one in said_by)
    mistakes(page).get_by_role("link", name=re.compile(zh("How the staff work and live"))).click()
    expect(wrong).to_be_focused()


def test_what_is_not_in_order_opens_its_note_and_asks_for_it(site: Site, windows: Windows) -> None:
    page = _at_the_door(site, windows, "liaison09")
    line = page.locator("[data-check]").first
    note = line.get_by_role("textbox", name=zh("Note"), include_hidden=True)
    fold = line.locator("summary")
    expect(note).to_be_hidden()
    expect(fold).to_contain_text(zh("Add a note"), use_inner_text=True)
    line.get_by_label(zh("not in order"), exact=True).tap()
    expect(note).to_be_visible()
    expect(note).to_have_attribute("aria-required", "true")
    expect(note).to_have_accessible_name(re.compile(re.escape(zh("(needed if not in order)"))))
    expect(fold).to_contain_text(zh("Say what is not in order"), use_inner_text=True)
    line.get_by_label(zh("in order"), exact=True).tap()
    expect(note).to_be_hidden()
    expect(note).not_to_have_attribute("aria-required", "true")
    line.get_by_label(zh("not in order"), exact=True).tap()
    note.fill("测温缺一次记录")
    line.get_by_label(zh("in order"), exact=True).tap()
    expect(note).to_be_visible()  # what was typed is not hidden away


def test_what_was_chosen_survives_a_wrong_field(site: Site, windows: Windows) -> None:
    page = _at_the_door(site, windows, "liaison08")
    page.locator("input[type=file]").set_input_files(_photo(page))
    expect(page.locator("[data-photos-list] img")).to_have_count(1)
    fill_in(page)
    page.get_by_role("textbox", name=zh("Who received the visit"), exact=True).fill("")
    press(page)
    expect(mistakes(page).first).to_be_visible()
    expect(page.locator("[data-photos-list] img")).to_have_count(1)
    expect(page.get_by_text(zh("signed", "signature"), exact=True)).to_be_visible()
    page.get_by_role("textbox", name=zh("Who received the visit"), exact=True).fill(RECEIVER)
    press(page)
    expect(page.get_by_role("img", name=zh("Photo %(number)s", number=1))).to_be_visible()


def _at_the_door(site: Site, windows: Windows, username: str) -> Page:
    """Return a small phone on which the form of the first visit stands open."""
    if username not in site.made.passwords:
        site.give_password(username)
    page = windows.open(SMALL_PHONE)
    site.sign_in(page, username)
    site.open(page, "/visits/")
    page.get_by_role("link", name=re.compile(f"^{zh('Record')}")).first.click()
    expect(sending_button(page)).to_be_visible()
    page.wait_for_load_state("networkidle")
    return page


def _liaison(page: Page) -> str:
    return page.locator("[name=members]:checked").locator("xpath=..").inner_text().strip()


def _tab_to(page: Page, target: Locator) -> None:
    """Press Tab until the target has the focus: it can be reached, and the focus is never caught."""
    for _step in range(TABS_MOST):
        if target.evaluate("one => one === document.activeElement"):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"the keyboard does not reach {target}")


def _choose(page: Page, group: str, answer: str) -> None:
    """Reach a group of answers and choose the first; the arrows move between them."""
    radios = page.get_by_role("group", name=group)
    _tab_to(page, radios.get_by_role("radio").first)
    page.keyboard.press("Space")
    expect(radios.get_by_label(answer)).to_be_checked()


def _sign_by_touch(page: Page) -> None:
    """Draw a line with a finger, by touches as a phone's screen sends them."""
    place = page.get_by_role("img", name=zh("Signature of the receiver"))
    place.evaluate("place => place.scrollIntoView({ block: 'center' })")
    box = place.bounding_box()
    assert box is not None
    session = page.context.new_cdp_session(page)

    def touch(kind: str, *points: tuple[float, float]) -> None:
        at = [{"x": box["x"] + box["width"] * x, "y": box["y"] + box["height"] * y} for x, y in points]
        session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": at})

    for height in (0.3, 0.6):
        touch("touchStart", (0.2, height))
        for step in range(1, 8):
            touch("touchMove", (0.2 + step * 0.08, height + (step % 2) * 0.1))
        touch("touchEnd")
    session.detach()
    signed = page.get_by_text(zh("signed", "signature"), exact=True)
    expect(signed).to_be_visible()
    page.wait_for_timeout(_APART)
    signed.tap()  # Chromium takes the first tap after strokes sent this way for a part of them
    page.wait_for_timeout(_APART)


def _photo(page: Page) -> FilePayload:
    """Return a picture; any will do."""
    return {"name": "现场.png", "mimeType": "image/png", "buffer": page.screenshot(type="png")}
