"""What nobody else has goes by its number alone: on closed devices, with other keys, by broken rows."""

import threading
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest
from playwright.sync_api import expect

from browser.field_phone import FieldPhone, aside, cookies_of
from browser.test_the_field_app_without_a_network import NAMES, phones
from browser.words import zh
from goods.builders import NOW
from goods.pickups import Gate, make_gate, whole
from songnuan.goods.models import Pickup
from songnuan.journeys.close_device import close_device
from songnuan.organisation.models import Device
from songnuan.web.field.taking import take_all

pytestmark = [
    pytest.mark.browser,
    pytest.mark.xdist_group("browser"),
    pytest.mark.django_db(transaction=True),
]

TAKE = "songnuan.web.views.field.take_all"
NOTHING = dict.fromkeys(("drafts", "files", "outbox", "packs", "vaults"), 0)
NOT_THE_NUMBER = "This is not the number."
CLOSED = "This device was closed. What it kept has been deleted."
CLOSED_SENDING = (
    "This device was closed. Once everything is sent, and what was refused is put away, it deletes what it"
    " keeps."
)
CLOSED_PIN = (
    "This device was closed: no new PIN can be chosen. Enter the old PIN, so that {count} records are sent."
)
KEY_OTHER = (
    "The house has another key for this device by now. Enter the old PIN, so that {count} records are sent."
)
BREAK = """async () => {
  const db = await new Promise((done) => {
    const asked = indexedDB.open("songnuan-field");
    asked.onsuccess = () => done(asked.result);
  });
  const store = db.transaction("outbox", "readwrite").objectStore("outbox");
  await new Promise((done) => {
    store.index("person").openCursor().onsuccess = ({ target: { result } }) => {
      result.value.box.data[0] ^= 1;
      result.update(result.value).onsuccess = done;
    };
  });
  db.close();
}"""


def answering(state: str, times: int = 1_000) -> Callable[..., list[dict[str, str]]]:
    """Return a house that answers all records alike, so many times that it was sent any."""
    left = [times]

    def answered(reader: Any, records: Sequence[Any], clock: Any) -> list[dict[str, str]]:
        left[0] -= bool(records)
        if left[0] < 0:
            return take_all(reader, records, clock)
        return [{"key": row["key"], "state": state, "sentence": "—", "url": ""} for row in records]

    return answered


def closed(gate: Gate, url: str) -> list[Any]:
    """Close the one device; return the cookies of a sign-in after that."""
    close_device(device_id=Device.objects.get().pk, actor=gate.clerk, at=NOW)
    return cookies_of(gate.clerk, url)


def record(phone: FieldPhone, *names: str) -> None:
    """Hand over at the desk, and go back to the first screen."""
    phone.at_desk()
    for name in names:
        phone.hand_over(name)
    phone.page.go_back()


def test_a_closed_device_sends_what_it_holds_before_it_deletes_anything(
    live_server: Any, tmp_path: Path
) -> None:
    gate = make_gate(*NAMES)
    gate.desk("东门", 5)
    with phones(gate, live_server.url, tmp_path) as [phone]:
        phone.offline(yes=True)
        record(phone, NAMES[0])
        fresh = aside(lambda: closed(gate, live_server.url))
        phone.offline(yes=False)
        phone.page.reload()
        phone.press("PIN forgotten")  # also where nobody is signed in any more
        told = zh(CLOSED_PIN).replace("{count}", "1")
        expect(phone.page.locator("main")).to_contain_text(told)
        for typed in ("", "0", "2"):
            phone.page.locator("form input").fill(typed)
            phone.press("Delete all")
            expect(phone.said()).to_have_text(zh(NOT_THE_NUMBER))
        phone.sign_in(fresh)
        phone.page.locator("button.main").click()
        with patch(TAKE, answering("later", 1)):
            phone.unlock()
            expect(phone.page.locator("[data-fault]")).to_have_text(zh(CLOSED_SENDING))
            assert (phone.unsent(), phone.kept()["outbox"]) == (1, 1)
            expect(phone.said()).to_have_text(zh(CLOSED))
        assert phone.kept() == NOTHING
    assert Pickup.objects.count() == 1
    assert whole()


def test_a_refused_record_is_deleted_by_two_presses_or_its_number(live_server: Any, tmp_path: Path) -> None:
    gate = make_gate(*NAMES)
    gate.desk("东门", 5)
    with phones(gate, live_server.url, tmp_path) as [phone], patch(TAKE, answering("refused")):
        record(phone, NAMES[0])
        phone.all_sent()
        phone.press("My records")
        phone.press("Clear this device")
        phone.page.locator("form input").fill("0")
        phone.press("Delete all")
        expect(phone.said()).to_have_text(zh(NOT_THE_NUMBER))
        fresh = aside(lambda: closed(gate, live_server.url))
        phone.sign_in(fresh)
        phone.page.reload()
        phone.unlock()
        expect(phone.page.locator("[data-fault]")).to_have_text(zh(CLOSED_SENDING))
        phone.press("My records")
        phone.press("Remove without carrying it out")
        expect(phone.page.locator(".note.urgent")).to_contain_text(
            zh("What this record tells was not carried out, and is kept nowhere else.")
        )
        assert phone.kept()["outbox"] == 1
        phone.page.locator("button.danger").click()
        expect(phone.said()).to_have_text(zh(CLOSED))
        assert phone.kept() == NOTHING
    assert Pickup.objects.count() == 0


def test_a_closed_device_that_holds_nothing_is_emptied_at_its_door(live_server: Any, tmp_path: Path) -> None:
    gate = make_gate(*NAMES)
    gate.desk("东门", 5)
    with phones(gate, live_server.url, tmp_path) as [phone]:
        phone.all_sent()
        aside(lambda: closed(gate, live_server.url))
        phone.page.reload()
        expect(phone.said()).to_have_text(zh(CLOSED))
        assert phone.kept() == NOTHING


def test_a_row_that_does_not_open_stops_no_other(live_server: Any, tmp_path: Path) -> None:
    gate = make_gate(*NAMES)
    gate.desk("东门", 5)
    with phones(gate, live_server.url, tmp_path) as [phone]:
        phone.offline(yes=True)
        record(phone, *NAMES[:2])
        phone.page.evaluate(BREAK)
        phone.page.reload()
        phone.unlock()
        expect(phone.page.locator("[data-unsent]")).to_have_attribute("data-unsent", "2")
        phone.offline(yes=False)
        expect(phone.page.locator("[data-unsent]")).to_have_attribute("data-unsent", "1")
        phone.press("My records")
        expect(phone.page.locator("li.record.unsent")).to_contain_text(zh("can't be opened", "field"))
        expect(phone.page.locator("li.record.taken")).to_contain_text(NAMES[1])
    assert Pickup.objects.get().portion == gate.portion(NAMES[1])


def test_a_house_put_back_to_an_earlier_day_gets_everything_under_the_old_pin(
    live_server: Any, tmp_path: Path
) -> None:
    gate = make_gate(*NAMES)
    gate.desk("东门", 5)

    def put_back() -> list[Any]:
        Device.objects.all().delete()
        return cookies_of(gate.clerk, live_server.url)

    with phones(gate, live_server.url, tmp_path) as [phone]:
        phone.offline(yes=True)
        record(phone, NAMES[0])
        phone.sign_in(aside(put_back))
        phone.page.reload()
        phone.offline(yes=False)
        phone.press("PIN forgotten")
        phone.choose_pin("802461")
        told = zh(KEY_OTHER).replace("{count}", "1")
        expect(phone.page.locator("main")).to_contain_text(told)
        phone.page.locator("button.main").click()
        phone.unlock()
        phone.all_sent()

        phone.offline(yes=True)
        record(phone, NAMES[1])
        phone.sign_in(aside(put_back))
        phone.offline(yes=False)
        phone.all_sent()  # the device was made known anew by itself
    assert Pickup.objects.count() == 2
    assert whole()


def test_a_network_that_bears_one_record_at_a_time_gets_all_through(live_server: Any, tmp_path: Path) -> None:
    gate = make_gate(*NAMES)
    gate.desk("东门", 5)
    sizes: list[int] = []
    over = threading.Event()

    def narrow(reader: Any, records: Sequence[Any], clock: Any) -> Any:
        sizes.append(len(records))
        if len(records) > 1:
            over.wait(120)
            return []
        return take_all(reader, records, clock)

    with phones(gate, live_server.url, tmp_path) as [phone]:
        phone.page.clock.install()
        phone.page.reload()
        phone.unlock()
        expect(phone.page.locator("button.card").first).to_be_visible()
        phone.offline(yes=True)
        record(phone, *NAMES)
        with patch(TAKE, narrow):
            phone.offline(yes=False)
            for _try in range(40):
                phone.page.wait_for_timeout(300)
                if phone.unsent() == 0:
                    break
                phone.page.keyboard.press("Shift")
                phone.page.clock.fast_forward(61_000)
            over.set()
            phone.all_sent()
    assert max(sizes) == len(NAMES)
    assert sizes.count(1) == len(NAMES)
    assert Pickup.objects.count() == len(NAMES)
