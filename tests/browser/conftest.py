"""A running demo for each browser test: made once, copied for each, served by the real command."""

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from json import loads
from pathlib import Path
from uuid import uuid4

import psycopg
import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

DESKTOP = {"width": 1280, "height": 900}
PHONE = {"width": 390, "height": 844}
SMALL_PHONE = {"width": 360, "height": 740}
QUIET = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


def _environment(home: Path, database: str) -> dict[str, str]:
    environment = {
        **os.environ,
        "SONGNUAN_HOME": str(home),
        "DJANGO_SETTINGS_MODULE": "songnuan.config.settings",
    }
    environment.pop("DATABASE_URL", None)
    if database:
        environment["DATABASE_URL"] = database
    return environment


def _songnuan(home: Path, database: str, *arguments: str) -> str:
    done = subprocess.run(
        [sys.executable, "-m", "songnuan", *arguments],
        env=_environment(home, database),
        check=True,
        capture_output=True,
        text=True,
    )
    return done.stdout


@dataclass(frozen=True)
class Made:
    """A demo that was made: its folder, its database, and the password of each sign-in."""

    home: Path
    database: str
    passwords: dict[str, str]


@dataclass(frozen=True)
class Site:
    """A demo that is served."""

    address: str
    made: Made

    def songnuan(self, *arguments: str) -> str:
        """Run the command on this demo and return what it prints."""
        return _songnuan(self.made.home, self.made.database, *arguments)

    def sign_in(self, page: Page, username: str) -> None:
        """Sign in as one of the sample people, and stand on the home page."""
        page.goto(f"{self.address}/account/login/")
        page.get_by_label("用户名").fill(username)
        page.get_by_label("密码").fill(self.made.passwords[username])
        page.get_by_role("button", name="登录").click()
        page.wait_for_url(f"{self.address}/")


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Made:
    """The demo, made once; nobody writes into it."""
    home = tmp_path_factory.mktemp("demo") / "home"
    database = ""
    if os.environ.get("DATABASE_URL", "").startswith("postgres"):
        database = _fresh_database(os.environ["DATABASE_URL"], "template0")
    made = loads(_songnuan(home, database, "demo", "--no-serve", "--json"))
    return Made(home, database, {row["username"]: row["password"] for row in made["sign_ins"]})


def _fresh_database(url: str, template: str) -> str:
    """Create a database beside the one that `url` names, and return its own address."""
    name = f"browser_{uuid4().hex[:12]}"
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
    head, mark, options = url.partition("?")
    return head.rpartition("/")[0] + f"/{name}" + mark + options


@pytest.fixture
def site(demo: Made, tmp_path: Path) -> Iterator[Site]:
    """A copy of the demo, served on a free port until the test ends."""
    home = tmp_path / "home"
    shutil.copytree(demo.home, home)
    database = demo.database
    if database:
        name = database.partition("?")[0].rpartition("/")[2]
        database = _fresh_database(os.environ["DATABASE_URL"], name)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    log = (tmp_path / "server.log").open("w")
    server = subprocess.Popen(
        [sys.executable, "-m", "songnuan", "serve", "--port", str(port)],
        env=_environment(home, database),
        stdout=log,
        stderr=log,
    )
    address = f"http://127.0.0.1:{port}"
    try:
        _wait(server, address, tmp_path / "server.log")
        yield Site(address, Made(home, database, demo.passwords))
    finally:
        server.terminate()
        server.wait(timeout=30)
        log.close()


def _wait(server: "subprocess.Popen[bytes]", address: str, log: Path) -> None:
    for _attempt in range(150):
        assert server.poll() is None, log.read_text()
        try:
            urllib.request.urlopen(f"{address}/account/login/", timeout=5).close()
        except OSError:
            time.sleep(0.2)
        else:
            return
    pytest.fail(f"the server did not answer: {log.read_text()}")


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Debian's Chromium."""
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(
            executable_path=os.environ.get("CHROMIUM") or shutil.which("chromium"), args=QUIET
        )
        yield chromium
        chromium.close()


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    """A reader who prefers Chinese."""
    context = browser.new_context(viewport=DESKTOP, locale="zh-CN")  # type: ignore[arg-type]  # a viewport
    context.set_default_timeout(20_000)
    yield context
    context.close()


@pytest.fixture
def page(context: BrowserContext) -> Page:
    """A page that fails the test on any script error or refused policy."""
    page = context.new_page()
    page.on("pageerror", lambda error: pytest.fail(f"script error: {error}"))
    page.on(
        "console",
        lambda message: pytest.fail(message.text) if "Content Security Policy" in message.text else None,
    )
    return page
