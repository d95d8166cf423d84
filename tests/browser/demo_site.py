"""A demo that the real command made, copied and served for tests, and the people who open it."""

import os
import re
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from json import loads
from pathlib import Path
from typing import Any
from uuid import uuid4

import psycopg
from playwright.sync_api import Browser, BrowserContext, Page, ViewportSize, sync_playwright

from browser.words import zh

DESKTOP: ViewportSize = {"width": 1280, "height": 900}
PHONE: ViewportSize = {"width": 390, "height": 844}
SMALL_PHONE: ViewportSize = {"width": 360, "height": 740}
PATIENCE = 15_000  # milliseconds until a page has to show what is expected of it

_OPTIONS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
_STARTING = 60  # seconds until a server has to answer


@dataclass(frozen=True)
class Made:
    """A demo: its data folder, its database ("" for the SQLite file in it), and the password by user name."""

    home: Path
    database: str
    passwords: dict[str, str]

    @property
    def environment(self) -> dict[str, str]:
        """What the command is to find in its environment."""
        others = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"}
        return {
            **others,
            "SONGNUAN_HOME": str(self.home),
            "DJANGO_SETTINGS_MODULE": "songnuan.config.settings",
            **({"DATABASE_URL": self.database} if self.database else {}),
        }

    def songnuan(self, *arguments: str) -> Any:
        """Run the command on this demo, and return the document that it prints.

        Raises:
            AssertionError: When it refused or failed, with what it said.

        """
        done = subprocess.run(
            [sys.executable, "-m", "songnuan", *arguments, "--json"],
            env=self.environment,
            check=False,
            capture_output=True,
            text=True,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return loads(done.stdout)


@dataclass(frozen=True)
class Site:
    """A demo that is served at an address without a slash at its end."""

    address: str
    made: Made

    def open(self, page: Page, path: str) -> None:
        """Open the page at a path such as /plans/."""
        page.goto(self.address + path)

    def sign_in(self, page: Page, username: str) -> None:
        """Sign in as one of the sample people, and stand on the first page.

        Who got the password from somebody else is asked for another first, and keeps it.
        """
        self.open(page, "/account/login/")
        password = self.made.passwords[username]
        self.fill_sign_in(page, username, password)
        page.wait_for_url(re.compile(f"^{re.escape(self.address)}/(account/password/change/)?$"))
        if page.url != f"{self.address}/":
            page.locator("[name=oldpassword]").fill(password)
            for name in ("password1", "password2"):
                page.locator(f"[name={name}]").fill(f"{password}-own")
            page.get_by_role("main").get_by_role("button", name=zh("Change password")).click()
            page.wait_for_url(f"{self.address}/")
            self.made.passwords[username] = f"{password}-own"

    def fill_sign_in(self, page: Page, username: str, password: str) -> None:
        """Fill in the form of the sign-in that stands on the page, and press its button."""
        page.get_by_label(zh("Username"), exact=True).fill(username)
        page.get_by_label(zh("Password"), exact=True).fill(password)
        page.get_by_role("button", name=zh("Sign in"), exact=True).click()

    def give_password(self, username: str) -> None:
        """Give a sample person without a sign-in a password, as an administrator would at the server."""
        self.made.passwords[username] = self.made.songnuan("user", "password", username)["password"]


@dataclass
class Windows:
    """Browser windows, each with cookies of its own, and what went wrong in any of them."""

    browser: Browser
    complaints: list[str] = field(default_factory=list)
    _contexts: list[BrowserContext] = field(default_factory=list)

    def open(self, viewport: ViewportSize = DESKTOP) -> Page:
        """Open a window of somebody who reads Chinese; up to a tablet's width it is a phone."""
        is_phone = viewport["width"] < 640
        context = self.browser.new_context(
            viewport=viewport, locale="zh-CN", is_mobile=is_phone, has_touch=is_phone
        )
        context.set_default_timeout(PATIENCE)
        self._contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: self.complaints.append(f"{page.url}: {error}"))
        page.on("console", lambda message: self._listen(page.url, message.text))
        page.on("response", lambda answer: self._look(answer.url, answer.status))
        return page

    def close(self) -> None:
        """Close them all."""
        for context in self._contexts:
            context.close()

    def _listen(self, url: str, text: str) -> None:
        if "Content Security Policy" in text:
            self.complaints.append(f"{url}: {text}")

    def _look(self, url: str, status: int) -> None:
        if status >= 500:
            self.complaints.append(f"{url} answered {status}")


@contextmanager
def chromium() -> Iterator[Browser]:
    """Debian's Chromium, with the back and forward cache that people's browsers have."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=os.environ.get("CHROMIUM") or shutil.which("chromium"),
            args=_OPTIONS,
            ignore_default_args=["--disable-back-forward-cache"],
        )
        yield browser
        browser.close()


def make(home: Path) -> Made:
    """Make a demo in `home`; in a database of its own where `DATABASE_URL` names a PostgreSQL."""
    server = _postgres()
    empty = Made(home, _fresh_database(server, "template0") if server else "", {})
    document = empty.songnuan("demo", "--no-serve", "--small")
    return replace(empty, passwords={row["username"]: row["password"] for row in document["sign_ins"]})


@contextmanager
def served_copy(made: Made, folder: Path) -> Iterator[Site]:
    """Serve a copy of the demo on a free port; the demo itself stays as it is."""
    shutil.copytree(made.home, folder / "home")
    server = _postgres() if made.database else ""
    database = _fresh_database(server, _name(made.database)) if server else ""
    copy = Made(folder / "home", database, dict(made.passwords))
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    log = folder / "server.log"
    with log.open("w") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "songnuan", "serve", "--port", str(port)],
            env=copy.environment,
            stdout=output,
            stderr=output,
        )
        try:
            _wait(process, f"http://127.0.0.1:{port}", log)
            yield Site(f"http://127.0.0.1:{port}", copy)
        finally:
            process.terminate()
            process.wait(timeout=30)
            if server:
                _drop_database(server, _name(database))


def _wait(process: "subprocess.Popen[bytes]", address: str, log: Path) -> None:
    end = time.monotonic() + _STARTING
    while time.monotonic() < end:
        assert process.poll() is None, log.read_text()
        try:
            urllib.request.urlopen(f"{address}/account/login/", timeout=5).close()
        except OSError:
            time.sleep(0.2)
        else:
            return
    raise AssertionError(f"the server did not answer: {log.read_text()}")


def _postgres() -> str:
    url = os.environ.get("DATABASE_URL", "")
    return url if url.startswith("postgres") else ""


def _name(url: str) -> str:
    return url.partition("?")[0].rpartition("/")[2]


def _fresh_database(server: str, template: str) -> str:
    """Create a database beside the one that `server` names, and return its own address."""
    name = f"browser_{uuid4().hex[:12]}"
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
    head, mark, options = server.partition("?")
    return head.rpartition("/")[0] + f"/{name}" + mark + options


def _drop_database(server: str, name: str) -> None:
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f'DROP DATABASE "{name}" WITH (FORCE)')
