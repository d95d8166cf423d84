"""The office takes the roster over, fills a desk; somebody sees their code on a phone."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from browser.accessible import axe_faults, faults
from browser.demo_site import DESKTOP, SMALL_PHONE, Made, Site, Windows, served_copy
from browser.words import zh

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]

MAKING = Path(__file__).with_name("pickups_made.py")


@pytest.fixture(scope="module")
def found(installation: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """A house with a kit that people pick up."""
    home = tmp_path_factory.mktemp("pickups") / "home"
    shutil.copytree(installation, home)
    made = Made(home, "", {})
    command = [sys.executable, str(MAKING)]
    paths = os.pathsep.join([str(MAKING.parents[1]), *filter(None, [os.environ.get("PYTHONPATH")])])
    environment = {**made.environment, "PYTHONPATH": paths}
    told = subprocess.run(command, env=environment, check=False, capture_output=True, text=True)
    assert told.returncode == 0, told.stderr
    return {"made": made, **json.loads(told.stdout)}


@pytest.fixture(scope="module")
def served(found: dict[str, Any], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """The house, served."""
    with served_copy(found["made"], tmp_path_factory.mktemp("served")) as site:
        yield site


def known(site: Site, page: Page, session: str) -> None:
    """Let the page be that of somebody whose session is known."""
    page.context.add_cookies([{"name": "sessionid", "value": session, "url": site.address}])


def wrong_with(page: Page) -> list[str]:
    """Return what is wrong with the page on a small phone and wider."""
    told = [*axe_faults(page, SMALL_PHONE), *faults(page)]
    page.set_viewport_size(DESKTOP)
    return told


def test_from_the_roster_to_the_code_in_somebodys_hand(
    served: Site, found: dict[str, Any], windows: Windows
) -> None:
    clerk, person = windows.open(DESKTOP), windows.open(SMALL_PHONE)
    known(served, clerk, found["office"])
    known(served, person, found["person"])
    served.open(clerk, f"/pickups/{found['pk']}/")
    told = wrong_with(clerk)
    clerk.get_by_role("link", name=zh("See who joined, left or moved")).click()
    expect(clerk.get_by_role("button", name=zh("Take the roster over"))).to_be_visible()
    told += wrong_with(clerk)
    clerk.get_by_role("button", name=zh("Take the roster over")).click()
    expect(clerk.locator("main .stats")).to_contain_text("9")
    clerk.get_by_role("link", name=zh("Open a desk")).click()
    clerk.get_by_label(zh("Name of the desk")).fill("东门")
    clerk.get_by_role("button", name=zh("Open the desk")).click()
    clerk.get_by_label(zh("Whole kits")).fill("31")
    clerk.get_by_role("button", name=zh("Give the desk these kits")).click()
    expect(clerk.locator("[name=kits]")).to_have_value("31")
    expect(clerk.locator("main .errors")).to_be_visible()
    clerk.get_by_label(zh("Whole kits")).fill("6")
    clerk.get_by_role("button", name=zh("Give the desk these kits")).click()
    expect(clerk.locator("#box")).to_contain_text("12 箱")
    told += wrong_with(clerk)
    for page in ("people", "units", "missed", "desks", "doubts", "codes"):
        served.open(clerk, f"/pickups/{found['pk']}/{page}/")
        told += wrong_with(clerk)

    served.open(person, "/my/")
    expect(person.get_by_role("img", name=zh("Code for the desk"))).to_be_visible()
    person.get_by_role("link", name=zh("Name somebody")).click()
    person.locator("[name=proxy]").fill("孙代领")
    person.get_by_role("button", name=zh("Keep it")).click()
    expect(person.locator("#kits ~ article")).to_contain_text("孙代领")
    told += [*axe_faults(person, SMALL_PHONE), *faults(person)]
    assert told == []
