"""What an officer sees of the living plan on a phone before touching it."""

import pytest
from playwright.sync_api import Locator, Page, expect

from browser.demo_site import PHONE, Site, Windows
from browser.words import zh, zh_count

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]


def test_the_first_screen_says_how_far_how_long_who_is_late_what_was_spent_and_what_comes_next(
    reading_site: Site, windows: Windows
) -> None:
    answers = {
        "how far": "31 / 47",
        "how long is left": "5天",
        "until when": zh("left until %(day)s", day="4月21日"),
        "how many are late": zh_count("%(late)s late", "%(late)s late", 4, late=4),
        "who is late": "清水水上交通检查站、龙门水上交通检查站",
        "how much is spent": "¥12,752",
        "of how much": zh("of %(sum)s", sum="¥14,100"),
        "what comes next": zh_count(
            "Chase the %(count)s late visit", "Chase the %(count)s late visits", 2, count=2
        ),
    }
    page = windows.open(PHONE)
    reading_site.sign_in(page, "officer")
    reading_site.open(page, "/plans/front-line-visits/")
    end = _end_of_first_screen(page)
    below = {
        question: (top, bottom)
        for question, answer in answers.items()
        for top, bottom in [_span(page.get_by_text(answer).first)]
        if top < 0 or bottom > end
    }
    assert below == {}


def _end_of_first_screen(page: Page) -> float:
    """Return where the bar at the bottom begins, in px from the top of the screen."""
    bar = page.get_by_role("navigation", name=zh("Main, at the bottom"))
    top, _bottom = _span(bar)
    assert 0 < top < PHONE["height"]
    return top


def _span(place: Locator) -> tuple[float, float]:
    expect(place).to_be_visible()
    box = place.bounding_box()
    assert box is not None
    return box["y"], box["y"] + box["height"]
