"""A running demo for the tests in a browser: made once, copied for each module, served as in use."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect

from browser.demo_site import PATIENCE, Made, Site, Windows, chromium, make, served_copy


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Made:
    """The demo, made once; nobody writes into it."""
    return make(tmp_path_factory.mktemp("demo") / "home")


@pytest.fixture(scope="session")
def reading_site(demo: Made, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A copy for tests that only read; all modules share it."""
    with served_copy(demo, tmp_path_factory.mktemp("reading")) as site:
        yield site


@pytest.fixture(scope="module")
def site(demo: Made, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A copy that the tests of one module write into, each with other people and other visits."""
    with served_copy(demo, tmp_path_factory.mktemp("site")) as site:
        yield site


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """A browser that ends with the module.

    While Playwright's loop runs in this thread, Django refuses the database to the tests of other folders.
    """
    expect.set_options(timeout=PATIENCE)
    with chromium() as browser:
        yield browser


@pytest.fixture
def windows(browser: Browser) -> Iterator[Windows]:
    """Windows to open pages in; a script error, a broken policy or an answer of 5xx fails the test."""
    opened = Windows(browser)
    yield opened
    opened.close()
    assert opened.complaints == []
