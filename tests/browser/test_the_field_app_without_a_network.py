"""The field app with the network really cut: what was recorded outlives the browser, and arrives once."""

from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest
from playwright.sync_api import expect, sync_playwright

from browser.demo_site import PATIENCE
from browser.field_phone import PIN, FieldPhone, Line, cookies_of, switched_off
from browser.words import zh
from goods.builders import NOW
from goods.pickups import Gate, make_gate, on_desk, whole
from songnuan.goods.models import Pickup
from songnuan.goods.pickup_models import PickupStatus
from songnuan.organisation.models import Device
from songnuan.web.field.taking import take_all
from web.browsing import on

pytestmark = [
    pytest.mark.browser,
    pytest.mark.xdist_group("browser"),
    pytest.mark.django_db(transaction=True),
]

NAMES = ("赵一鸣", "钱二妹", "孙三省", "曾小贤")


def in_files(folder: Path, text: str) -> list[str]:
    """Return the files of a browser in which a text stands, in any of the spellings browsers use."""
    spellings = [text.encode(code) for code in ("utf-8", "utf-16-le")]
    return [
        path.name
        for path in folder.rglob("*")
        if path.is_file() and any(spelling in path.read_bytes() for spelling in spellings)
    ]


@contextmanager
def phones(gate: Gate, url: str, folder: Path, number: int = 1) -> Iterator[list[FieldPhone]]:
    """Switch phones on, each set up by the clerk, while the house's clock stands."""
    cookies = [cookies_of(gate.clerk, url) for _phone in range(number)]
    expect.set_options(timeout=PATIENCE)
    with on(NOW), sync_playwright() as playwright:
        made = [FieldPhone(playwright, folder / f"{at}", url, mine) for at, mine in enumerate(cookies)]
        with switched_off(*made):
            for phone in made:
                phone.set_up()
            yield made


def test_what_was_recorded_outlives_the_browser_and_arrives_once(live_server: Any, tmp_path: Path) -> None:
    gate = make_gate(*NAMES)
    desk = gate.desk("东门", 5)
    with phones(gate, live_server.url, tmp_path) as [phone]:
        phone.offline(yes=True)
        phone.page.reload()  # from what is kept: there is no network
        phone.unlock("246810")
        expect(phone.page.locator("[data-said]")).to_contain_text(zh("This PIN is wrong."))
        phone.unlock()
        phone.at_desk()
        for name in NAMES[:3]:
            phone.hand_over(name)
        assert phone.unsent() == 3
        phone.kill()
        assert in_files(tmp_path, "songnuan-field"), "the search has to find what is there"
        assert [in_files(tmp_path, text) for text in (*NAMES, PIN)] == [[]] * 5

        phone.switch_on()
        phone.offline(yes=True)
        phone.open()
        expect(phone.page.locator(".note.urgent")).to_contain_text("3")
        phone.unlock()
        expect(phone.page.locator("[data-unsent]")).to_have_attribute("data-unsent", "3")
        phone.offline(yes=False)
        phone.all_sent()
        phone.page.reload()
        phone.unlock()
        phone.all_sent()
    assert Pickup.objects.filter(status=PickupStatus.BOOKED).count() == 3
    assert on_desk(desk) == {"方便面": 4, "苹果": 2, "梨": 2}
    assert whole()


def test_a_house_that_dies_in_between_is_waited_for(live_server: Any, tmp_path: Path) -> None:
    gate = make_gate(*NAMES)
    gate.desk("东门", 5)
    line = Line(live_server.url)
    with closing(line), phones(gate, line.url, tmp_path) as [phone]:
        line.cut()
        phone.page.reload()  # the shell asks nobody
        phone.unlock()
        phone.at_desk()
        for name in NAMES[:2]:
            phone.hand_over(name)
        expect(phone.page.locator("[data-fault]")).to_contain_text(
            zh("The house can't be reached. What you record is kept here.")
        )
        assert phone.unsent() == 2
        line.mend()
        phone.all_sent(90_000)  # by itself: the phone was told of no network that came back
    assert Pickup.objects.count() == 2
    assert whole()


def test_the_unsent_are_cleared_by_their_number_alone(live_server: Any, tmp_path: Path) -> None:
    gate = make_gate(*NAMES)
    gate.desk("东门", 5)
    with phones(gate, live_server.url, tmp_path) as [phone]:
        phone.offline(yes=True)
        phone.at_desk()
        phone.hand_over(NAMES[0])
        phone.page.go_back()
        phone.page.get_by_role("button", name=zh("My records")).click()
        phone.page.get_by_role("button", name=zh("Clear this device")).click()
        for typed in ("", "0", "2"):
            phone.page.locator("form input").fill(typed)
            phone.page.get_by_role("button", name=zh("Delete all")).click()
            expect(phone.page.locator("[data-said]")).to_have_text(zh("This is not the number."))
        assert phone.unsent() == 1
        phone.page.locator("form input").fill("1")
        phone.page.get_by_role("button", name=zh("Delete all")).click()
        expect(phone.page.locator("[data-said]")).to_have_text(zh("This device keeps nothing any more."))
        assert phone.page.locator("button.card").count() == 0
    assert Pickup.objects.count() == 0


def test_a_forgotten_pin_is_chosen_anew_with_a_network_and_nothing_is_lost(
    live_server: Any, tmp_path: Path
) -> None:
    gate = make_gate(*NAMES)
    gate.desk("东门", 5)
    with phones(gate, live_server.url, tmp_path) as [phone]:
        phone.offline(yes=True)
        phone.at_desk()
        phone.hand_over(NAMES[0])
        phone.page.reload()
        phone.offline(yes=False)
        phone.page.get_by_role("button", name=zh("PIN forgotten")).click()
        phone.choose_pin("802461")
        phone.all_sent()
        phone.page.reload()
        phone.unlock("802461")
        expect(phone.page.locator("[data-unsent]")).to_be_visible()
    assert Pickup.objects.count() == 1
    assert Device.objects.count() == 1


def losing(every: int) -> Callable[..., Any]:
    """Return a house that takes all records and fails, every so many times, before it has answered."""
    calls = [0]

    def taken(*args: Any) -> Any:
        answers = take_all(*args)
        calls[0] += 1
        if calls[0] % every == 0:
            raise OSError("the line is gone")
        return answers

    return taken


@pytest.mark.parametrize("people", [110])
def test_two_desks_with_overlaps_lose_and_double_nothing(
    live_server: Any, tmp_path: Path, people: int
) -> None:
    names = [
        f"{family}{given}{last}"
        for family in "赵钱孙李周吴郑王冯陈褚"
        for given in "一二"
        for last in "安宁和平乐"
    ]
    assert len(set(names)) == people
    gate = make_gate(*names, kits=2 * people, noodles=8_00, fruit=6_00)
    desks = [gate.desk(name, people) for name in ("东门", "西门")]
    lists = [names[:100], names[-100:]]  # ninety of them at both desks
    with phones(gate, live_server.url, tmp_path, 2) as both:
        for phone in both:
            phone.offline(yes=True)
        for phone, mine, at in zip(both, lists, (0, 1), strict=True):
            phone.page.locator("button.card").nth(at).click()
            for name in mine:
                phone.hand_over(name)
            assert phone.unsent() == 100
            phone.kill()
            phone.switch_on()
            phone.open()
        with patch("songnuan.web.views.field.take_all", losing(3)):
            for phone in both:
                phone.unlock()
            for yes in (True, False) * 4:
                for phone in both:
                    phone.offline(yes=yes)
                    phone.page.wait_for_timeout(400)
            for phone in both:
                phone.all_sent(120_000)
    assert Pickup.objects.count() == 200
    assert Pickup.objects.filter(status=PickupStatus.WAITING).count() == 90
    assert sum(on_desk(desk)["苹果"] for desk in desks) == 2 * people - 110
    assert whole()
