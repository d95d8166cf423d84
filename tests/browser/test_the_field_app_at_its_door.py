"""The door of the field app: PINs, a house that hangs, a password once more, several people and windows."""

import threading
from collections.abc import Sequence
from contextlib import closing
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest
from playwright.sync_api import expect

from browser.field_phone import Line, aside, cookies_of
from browser.test_the_field_app_without_a_network import NAMES, phones
from browser.words import zh
from goods.pickups import make_gate, whole
from songnuan.goods.models import Pickup
from songnuan.kernel.clock import wall
from songnuan.web.field.taking import take_all

pytestmark = [
    pytest.mark.browser,
    pytest.mark.xdist_group("browser"),
    pytest.mark.django_db(transaction=True),
]

TAKE = "songnuan.web.views.field.take_all"
WRONG = "246810"
WAIT = zh("Too many wrong PINs. Wait {seconds} seconds.")


def test_wrong_pins_wait_also_where_the_clock_is_put_back(live_server: Any, tmp_path: Path) -> None:
    gate = make_gate(*NAMES)
    gate.desk("东门", 5)
    with phones(gate, live_server.url, tmp_path) as [phone]:
        page, start = phone.page, wall()

        def clock(moment: datetime) -> None:
            page.clock.set_system_time(moment)

        clock(start)
        page.reload()
        for _wrong in range(3):
            phone.unlock(WRONG)
            expect(phone.said()).to_contain_text(zh("This PIN is wrong."))
        expect(phone.said()).to_contain_text(WAIT.replace("{seconds}", "15"))
        phone.unlock()
        expect(phone.said()).to_contain_text(WAIT.partition("{")[0])
        expect(phone.said()).not_to_contain_text(zh("This PIN is wrong."))
        before = start - timedelta(days=365)
        clock(before)
        phone.unlock()
        expect(phone.said()).to_contain_text(WAIT.replace("{seconds}", "15"))
        expect(page.locator("[data-unsent]")).to_have_count(0)
        clock(before + timedelta(minutes=1))
        phone.unlock()
        expect(page.locator("[data-unsent]")).to_be_visible()


def test_a_house_that_hangs_holds_up_neither_opening_nor_locking(live_server: Any, tmp_path: Path) -> None:
    gate = make_gate(*NAMES)
    gate.desk("东门", 5)
    line = Line(live_server.url)
    with closing(line), phones(gate, line.url, tmp_path) as [phone]:
        line.hold()
        phone.page.reload()
        phone.unlock()
        expect(phone.page.locator("button.card").first).to_be_visible()
        phone.press("Lock")
        expect(phone.page.get_by_label(zh("PIN"), exact=True)).to_be_visible()
        expect(phone.page.locator("button.card")).to_have_count(0)


def test_the_app_locks_when_nobody_touches_it(live_server: Any, tmp_path: Path) -> None:
    gate = make_gate(*NAMES)
    gate.desk("东门", 5)
    with phones(gate, live_server.url, tmp_path) as [phone]:
        phone.page.clock.install()
        phone.page.reload()
        phone.unlock()
        expect(phone.page.locator("button.card").first).to_be_visible()
        phone.page.clock.fast_forward(4 * 60_000)
        expect(phone.page.locator("button.card").first).to_be_visible()
        phone.page.clock.fast_forward(2 * 60_000)
        expect(phone.page.get_by_label(zh("PIN"), exact=True)).to_be_visible()
        assert phone.page.locator("button.card").count() == 0


def test_a_sign_in_of_hours_ago_sets_nothing_up_and_gives_no_new_pin(
    live_server: Any, tmp_path: Path
) -> None:
    gate = make_gate(*NAMES)
    gate.desk("东门", 5)
    stale = cookies_of(gate.clerk, live_server.url, fresh=False)
    other = cookies_of(gate.other, live_server.url, fresh=False)
    again = zh("Enter your password once more; then choose a PIN at once.")
    with phones(gate, live_server.url, tmp_path) as [phone]:
        for cookies in (stale, other):
            phone.sign_in(cookies)
            phone.page.reload()
            if cookies is stale:
                phone.press("PIN forgotten")
            expect(phone.page.locator("main")).to_contain_text(again)
            link = phone.page.get_by_role("link", name=zh("Enter the password"))
            assert "/account/reauthenticate/" in str(link.get_attribute("href"))
        phone.sign_in(aside(lambda: cookies_of(gate.clerk, live_server.url)))
        phone.page.goto(f"{live_server.url}/field/?pin")
        expect(phone.page.get_by_label(zh("PIN once more"), exact=True)).to_be_visible()
        phone.choose_pin("802461")
        expect(phone.page.locator("button.card").first).to_be_visible()


def test_answers_for_one_person_are_not_sealed_for_the_next(live_server: Any, tmp_path: Path) -> None:
    gate = make_gate(*NAMES)
    gate.desk("东门", 5)
    other = cookies_of(gate.other, live_server.url)
    reached, let_go = threading.Event(), threading.Event()

    def held(reader: Any, records: Sequence[Any], clock: Any) -> Any:
        if records:
            reached.set()
            let_go.wait(60)
        return take_all(reader, records, clock)

    with phones(gate, live_server.url, tmp_path) as [phone]:
        mine, page = phone.cookies, phone.page
        phone.offline(yes=True)
        phone.at_desk()
        phone.hand_over(NAMES[0])
        page.go_back()
        with patch(TAKE, held):
            phone.offline(yes=False)
            assert reached.wait(30)
            phone.sign_in(other)
            phone.press("Lock")
            expect(page.locator("main")).to_contain_text(gate.other.label)
            expect(page.locator(".note")).to_contain_text("1")  # of somebody else, and waits here
            phone.choose_pin("802461")
            expect(page.locator("[data-unsent]")).to_have_attribute("data-unsent", "0")
            let_go.set()
            page.wait_for_function(TAKEN)
        phone.sign_in(mine)
        phone.press("Lock")
        phone.press("Who are you?")
        page.get_by_role("button", name=gate.clerk.label).click()
        phone.unlock()
        phone.all_sent()
        phone.press("My records")
        expect(page.locator("li.record.taken")).to_contain_text(NAMES[0])
    assert Pickup.objects.count() == 1
    assert whole()


TAKEN = """async () => {
  const db = await new Promise((done) => {
    const asked = indexedDB.open("songnuan-field");
    asked.onsuccess = () => done(asked.result);
  });
  const rows = await new Promise((done) => {
    const asked = db.transaction("outbox").objectStore("outbox").getAll();
    asked.onsuccess = () => done(asked.result);
  });
  db.close();
  return rows.every((row) => row.state === "taken");
}"""


def test_what_is_cleared_in_one_window_is_not_called_recorded_in_another(
    live_server: Any, tmp_path: Path
) -> None:
    gate = make_gate(*NAMES)
    gate.desk("东门", 5)
    with phones(gate, live_server.url, tmp_path) as [phone]:
        first, second = phone.page, phone.context.new_page()
        phone.page = second
        phone.open()
        phone.unlock()
        phone.at_desk()
        # As if the word between windows came late.
        first.evaluate("BroadcastChannel.prototype.postMessage = () => {}")
        phone.page = first
        phone.press("My records")
        phone.press("Clear this device")
        first.locator("form input").fill("0")
        phone.press("Delete all")
        expect(phone.said()).to_have_text(zh("This device keeps nothing any more."))
        phone.page = second
        second.locator("input[type=search]").fill(NAMES[0])
        second.locator("button.person").first.click()
        second.locator(".glance button.big").click()
        expect(phone.said()).to_contain_text(zh("this device was cleared in another window"))
        assert phone.unsent() == 0
        assert phone.kept() == dict.fromkeys(("drafts", "files", "outbox", "packs", "vaults"), 0)
    assert Pickup.objects.count() == 0
