"""A visit recorded at the door, where the network fails, fingers are nervous and sign-ins run out."""

import re

import pytest
from playwright.sync_api import Browser, Page, Request, Route, expect

from browser.demo_site import PHONE, Site, Windows
from browser.door_form import (
    CONDITIONS,
    RECEIVER,
    conditions,
    fill_in,
    find_in_order,
    press,
    raise_problem,
    sending_button,
    sign,
)
from browser.words import zh

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]

PROBLEM = "雨靴数量不足"
UNSENT = "Not sent. Everything is kept on this page; press once more."
EXPIRED = (
    "Your sign-in has run out. Sign in again in another window, then press once more here; everything is"
    " kept on this page."
)


def test_without_a_network_everything_is_kept_and_pressing_again_sends_it_once(
    site: Site, windows: Windows
) -> None:
    page, sent = _at_the_door(site, windows, "visitor", "沙溪水上交通检查站")
    fill_in(page)
    raise_problem(page, PROBLEM)
    _leaving_is_asked_about(page)
    page.context.set_offline(True)
    press(page)
    expect(page.get_by_role("status")).to_have_text(zh(UNSENT))
    _everything_is_kept(page)
    _leaving_is_asked_about(page)

    page.context.set_offline(False)
    press(page)
    _is_recorded(page)
    expect(page.get_by_role("link", name=PROBLEM)).to_have_count(1)
    assert len(_answered(sent)) == 1


def _leaving_is_asked_about(page: Page) -> None:
    """Leaving now would lose what was filled in."""
    with page.expect_event("dialog") as asked:
        page.close(run_before_unload=True)
    assert asked.value.type == "beforeunload"
    asked.value.dismiss()
    _everything_is_kept(page)


def test_when_only_the_answer_is_lost_pressing_again_records_it_once(site: Site, windows: Windows) -> None:
    page, sent = _at_the_door(site, windows, "visitor", "龙门水上交通检查站")
    fill_in(page)
    raise_problem(page, PROBLEM)
    page.route("**/record/", _deliver_and_lose_the_answer, times=1)
    press(page)
    expect(page.get_by_role("status")).to_have_text(zh(UNSENT))
    _everything_is_kept(page)

    press(page)
    _is_recorded(page)
    expect(page.get_by_role("link", name=PROBLEM)).to_have_count(1)
    assert len(sent) == 2
    assert len({_key(request) for request in sent}) == 1


def test_a_nervous_finger_sends_once(site: Site, windows: Windows) -> None:
    page, sent = _at_the_door(site, windows, "liaison03", "清水水上交通检查站")
    fill_in(page)
    sending_button(page).dblclick()
    _is_recorded(page)
    assert len(sent) == 1


def test_going_back_after_sending_shows_the_report_and_sends_nothing(site: Site, windows: Windows) -> None:
    page, sent = _at_the_door(site, windows, "liaison03", "红岩水上交通检查站")
    fill_in(page)
    press(page)
    _is_recorded(page)

    page.go_back(wait_until="commit")  # brought back from memory, a page does not load again
    expect(page.get_by_role("heading", name=zh("Report of the visit"))).to_be_visible()
    assert len(sent) == 1


def test_a_sign_in_that_runs_out_while_typing_costs_nothing(site: Site, windows: Windows) -> None:
    page, sent = _at_the_door(site, windows, "liaison04", "沙溪船闸管理所")
    fill_in(page)
    raise_problem(page, PROBLEM)
    page.context.clear_cookies(name="sessionid")
    press(page)
    expect(page.get_by_role("status")).to_have_text(zh(EXPIRED))
    _everything_is_kept(page)

    other = page.context.new_page()
    site.sign_in(other, "liaison04")
    press(page)
    _is_recorded(page)
    expect(page.get_by_role("link", name=PROBLEM)).to_have_count(1)
    assert len({_key(request) for request in sent}) == 1


def test_a_confirmation_is_ticked_by_nobody_but_the_visitor(site: Site, windows: Windows) -> None:
    page, sent = _at_the_door(site, windows, "liaison09", "港航公安联合卡口疫情防控专班")
    by_name = page.get_by_label(zh("The receiver confirms by name, without a signature"))
    _reach_by(page, "telephone or video call")
    expect(by_name).to_be_hidden()
    press(page)
    expect(page.get_by_role("alert")).to_be_visible()
    _reach_by(page, "visit on site")
    expect(by_name).not_to_be_checked()
    fill_in(page)
    page.get_by_role("button", name=zh("Clear the signature")).click()
    # One tap is no signature: the page says so at once, and sends none.
    page.get_by_role("img", name=zh("Signature of the receiver")).click()
    expect(page.locator("[data-too-short]")).to_be_visible()
    expect(page.get_by_text(zh("signed", "signature"), exact=True)).to_be_hidden()
    press(page)
    alert = page.get_by_role("alert")
    expect(alert.get_by_role("listitem")).to_have_count(1)
    expect(alert).to_contain_text(zh("Have the receiver sign, or confirm by name below."))
    by_name.check()
    press(page)
    _is_recorded(page)
    expect(page.get_by_text(zh("confirmed by name, without a signature"))).to_be_visible()
    assert len(_answered(sent)) == 3


def test_of_two_boxes_one_is_handed_over_and_the_text_follows(site: Site, windows: Windows) -> None:
    page, sent = _at_the_door(site, windows, "liaison10", "客运码头留验点服务保障专班")
    fill_in(page)
    why = page.get_by_label(zh("Why not everything"))
    expect(why).to_be_hidden()
    packs = page.locator("[name^=packs_]")
    expect(packs).to_have_value("2")
    packs.fill("1")
    expect(page.locator("[data-signed-text]")).to_contain_text("方便面 1\u00a0箱")
    expect(page.get_by_text(zh("signed", "signature"), exact=True)).to_be_hidden()
    sign(page)
    why.fill("一箱破损")
    press(page)
    expect(page.get_by_role("heading", name=zh("Report of the visit"))).to_be_visible()
    expect(page.locator("main")).to_contain_text("一箱破损")
    assert len(_answered(sent)) == 1


def _reach_by(page: Page, way: str) -> None:
    page.get_by_role("group", name=zh("How the unit was reached")).get_by_label(zh(way), exact=True).check()


def test_without_scripts_a_receiver_confirms_by_name(site: Site, browser: Browser) -> None:
    site.give_password("liaison05")
    with browser.new_context(viewport=PHONE, locale="zh-CN", java_script_enabled=False) as context:
        page = context.new_page()
        site.sign_in(page, "liaison05")
        _open_form(site, page, "沙溪航道管理站")
        prevention = page.get_by_role("group", name=zh("How prevention is carried out"))
        prevention.get_by_label(zh("carried out well")).check()
        conditions(page).fill(CONDITIONS)
        find_in_order(page)
        page.get_by_role("textbox", name=zh("Who received the visit"), exact=True).fill(RECEIVER)
        page.get_by_label(zh("The receiver confirms by name, without a signature")).check()
        press(page)
        _is_recorded(page)
        expect(page.get_by_text(zh("confirmed by name, without a signature"))).to_be_visible()


def _at_the_door(site: Site, windows: Windows, username: str, unit: str) -> tuple[Page, list[Request]]:
    """Return a phone on which the form of the unit's visit stands open, and what it posts from there."""
    if username not in site.made.passwords:
        site.give_password(username)
    page = windows.open(PHONE)
    site.sign_in(page, username)
    _open_form(site, page, unit)
    sent: list[Request] = []
    page.on("request", lambda request: sent.append(request) if request.method == "POST" else None)
    return page, sent


def _open_form(site: Site, page: Page, unit: str) -> None:
    site.open(page, "/visits/")
    page.get_by_role("link", name=re.compile(f"^{zh('Record')}.*{unit}$")).click()
    expect(page.get_by_role("heading", level=1)).to_have_text(unit)


def _everything_is_kept(page: Page) -> None:
    expect(conditions(page)).to_have_value(CONDITIONS)
    expect(page.get_by_role("textbox", name=zh("Who received the visit"), exact=True)).to_have_value(RECEIVER)
    expect(page.get_by_label(zh("What the problem is")).first).to_have_value(PROBLEM)
    expect(page.get_by_text(zh("signed", "signature"), exact=True)).to_be_visible()
    expect(sending_button(page)).to_be_enabled()


def _is_recorded(page: Page) -> None:
    expect(page.get_by_role("status")).to_contain_text(
        zh("The visit is recorded; the epidemic office has the report.")
    )
    expect(page.get_by_role("heading", name=zh("Report of the visit"))).to_be_visible()


def _answered(sent: list[Request]) -> list[Request]:
    return [request for request in sent if request.failure is None]


def _key(request: Request) -> str:
    """Return the key under which the house takes a post once."""
    found = re.search(r'name="key"\s+(\S+)', request.post_data or "")
    assert found
    return found[1]


def _deliver_and_lose_the_answer(route: Route) -> None:
    route.fetch(max_redirects=0)
    route.request.frame.page.context.clear_cookies(name="messages")  # it came with the answer
    route.abort("connectionreset")
