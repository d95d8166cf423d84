"""The field app while other things happen: packs come, versions change, storage goes, others answer."""

import threading
from datetime import timedelta
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest
from playwright.sync_api import Route, expect

from browser.test_the_field_app_without_a_network import NAMES, phones
from browser.words import zh
from goods.pickups import make_gate
from songnuan.goods.models import Pickup
from songnuan.kernel.clock import wall
from songnuan.web.field.packing import packs

pytestmark = [
    pytest.mark.browser,
    pytest.mark.xdist_group("browser"),
    pytest.mark.django_db(transaction=True),
]

LOOSE = """
navigator.storage.persisted = async () => false;
navigator.storage.persist = async () => false;
"""


def test_what_is_recorded_while_packs_are_fetched_is_sent_right_after(
    live_server: Any, tmp_path: Path
) -> None:
    gate = make_gate(*NAMES)
    gate.desk("东门", 5)
    reached, let_go = threading.Event(), threading.Event()

    def held(*args: Any) -> Any:
        reached.set()
        let_go.wait(60)
        return packs(*args)

    with phones(gate, live_server.url, tmp_path) as [phone]:
        phone.page.reload()
        with patch("songnuan.web.views.field.packs", held):
            phone.unlock()
            assert reached.wait(30)
            phone.at_desk()
            phone.hand_over(NAMES[0])
            let_go.set()
            phone.all_sent()
    assert Pickup.objects.count() == 1


def test_a_page_that_is_not_of_the_house_is_no_sign_in_that_ran_out(live_server: Any, tmp_path: Path) -> None:
    gate = make_gate(*NAMES)
    gate.desk("东门", 5)

    def welcome(route: Route) -> None:
        route.fulfill(status=200, content_type="text/html", body="<html>Welcome to our network</html>")

    with phones(gate, live_server.url, tmp_path) as [phone]:
        phone.context.route("**/field/send/", welcome)
        phone.at_desk()
        phone.hand_over(NAMES[0])
        expect(phone.page.locator("[data-fault]")).to_have_text(
            zh("The house can't be reached. What you record is kept here.")
        )
        phone.context.unroute("**/field/send/")
        phone.all_sent(90_000)
    assert Pickup.objects.count() == 1


def test_a_fault_at_the_door_is_told_in_words(live_server: Any, tmp_path: Path) -> None:
    gate = make_gate(*NAMES)
    gate.desk("东门", 5)
    with phones(gate, live_server.url, tmp_path) as [phone]:
        phone.page.reload()
        phone.press("PIN forgotten")
        expect(phone.page.get_by_label(zh("PIN once more"), exact=True)).to_be_visible()
        phone.offline(yes=True)
        phone.choose_pin("802461")
        expect(phone.said()).to_have_text(
            zh("The house can't be reached just now. Try again with a network.")
        )
        phone.context.clear_cookies(name="sessionid")
        phone.offline(yes=False)
        phone.choose_pin("802461")
        expect(phone.said()).to_have_text(
            zh("Your sign-in has run out. Sign in again, so that what is kept here is sent.")
        )


def test_a_new_version_waits_until_nothing_is_being_typed(live_server: Any, tmp_path: Path) -> None:
    gate = make_gate(*NAMES)
    gate.desk("东门", 5)
    with phones(gate, live_server.url, tmp_path) as [phone]:
        page = phone.page
        page.reload()
        pin = page.get_by_label(zh("PIN"), exact=True)
        pin.fill("37")
        page.evaluate("window.marked = true")
        page.evaluate("navigator.serviceWorker.dispatchEvent(new Event('controllerchange'))")
        page.wait_for_timeout(1_000)
        assert page.evaluate("window.marked") is True
        expect(pin).to_have_value("37")
        with page.expect_event("load"):
            pin.fill("")


def test_storage_that_the_browser_took_away_is_not_written_as_if_it_were_there(
    live_server: Any, tmp_path: Path
) -> None:
    gate = make_gate(*NAMES)
    gate.desk("东门", 5)
    with phones(gate, live_server.url, tmp_path) as [phone]:
        phone.offline(yes=True)
        phone.at_desk()
        told = {"origin": live_server.url, "storageTypes": "indexeddb"}
        phone.context.new_cdp_session(phone.page).send("Storage.clearDataForOrigin", told)
        phone.page.locator("input[type=search]").fill(NAMES[0])
        phone.page.locator("button.person").first.click()
        phone.page.locator(".glance button.big").click()
        expect(phone.said()).to_contain_text(zh("this device was cleared in another window"))
        assert phone.unsent() == 0


def test_packs_go_after_two_weeks_and_loose_storage_is_told(live_server: Any, tmp_path: Path) -> None:
    gate = make_gate(*NAMES)
    gate.desk("东门", 5)
    loose = zh(
        "This browser may delete what is kept here when space grows short."
        " Install the app on the home screen."
    )
    with phones(gate, live_server.url, tmp_path) as [phone]:
        phone.all_sent()
        assert phone.kept()["packs"] > 0
        phone.offline(yes=True)
        phone.page.add_init_script(LOOSE)
        for days, left in ((13, True), (15, False)):
            phone.page.clock.set_system_time(wall() + timedelta(days=days))
            phone.page.reload()
            phone.unlock()
            expect(phone.page.locator("main")).to_contain_text(loose)
            assert (phone.kept()["packs"] > 0) is left
