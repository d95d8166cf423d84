"""A phone with the field app: its browser keeps what it has on the disk, and may be killed."""

import os
import shutil
import socket
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from http.cookies import Morsel
from pathlib import Path
from typing import Any, TypeVar

from django.db import connection
from django.test import Client
from playwright.sync_api import BrowserContext, Locator, Page, Playwright, expect

from browser.demo_site import PATIENCE, SMALL_PHONE
from browser.words import zh
from songnuan.kernel.actor import Actor
from web.browsing import password_entered, user_of

PIN = "371905"
Found = TypeVar("Found")
COUNT = """async () => {
  const db = await new Promise((done) => {
    const asked = indexedDB.open("songnuan-field");
    asked.onsuccess = () => done(asked.result);
  });
  const found = {};
  for (const name of db.objectStoreNames) {
    found[name] = await new Promise((done) => {
      const asked = db.transaction(name).objectStore(name).count();
      asked.onsuccess = () => done(asked.result);
    });
  }
  db.close();
  return found;
}"""
RAW = ("--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-sync")


def cookies_of(actor: Actor, url: str, *, fresh: bool = True) -> list[Any]:
    """Return the cookies of who is signed in; asked first, as a running browser shuts the database.

    Those that are not `fresh` are of a sign-in some hours ago.
    """
    client = Client()
    client.force_login(user_of(actor))
    password_entered(client, 0 if fresh else 3 * 3600)
    morsels: dict[str, Morsel[str]] = client.cookies
    return [{"name": key, "value": one.value, "url": url} for key, one in morsels.items()]


class FieldPhone:
    """One phone, of one person; `folder` is what stays on its disk when the browser is gone.

    `sees` is the film (Y4M) that its camera sees.
    """

    def __init__(
        self, playwright: Playwright, folder: Path, url: str, cookies: list[Any], *, sees: Path | None = None
    ) -> None:
        self.playwright, self.folder, self.url, self.cookies = playwright, folder, url, cookies
        self.sees = sees
        self.complaints: list[str] = []
        self.context: BrowserContext
        self.page: Page
        self.switch_on()

    def switch_on(self) -> None:
        """Start the browser, signed in, with nothing open."""
        self.context = self.playwright.chromium.launch_persistent_context(
            self.folder,
            executable_path=os.environ.get("CHROMIUM") or shutil.which("chromium"),
            args=[*RAW, *self._camera()],
            viewport=SMALL_PHONE,
            locale="zh-CN",
            has_touch=True,
        )
        self.context.set_default_timeout(PATIENCE)
        self.sign_in()
        self.page = self.context.pages[0]
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on("console", lambda message: self._listen(message.text))

    def _camera(self) -> list[str]:
        if self.sees is None:
            return []
        film = f"--use-file-for-fake-video-capture={self.sees}"
        return ["--use-fake-ui-for-media-stream", "--use-fake-device-for-media-stream", film]

    def _listen(self, text: str) -> None:
        if "Content Security Policy" in text:
            self.complaints.append(text)

    def sign_in(self, cookies: list[Any] | None = None) -> None:
        """Sign in, as on the page of the sign-in; as somebody else with other cookies."""
        self.cookies = cookies or self.cookies
        self.context.clear_cookies()
        self.context.add_cookies(self.cookies)

    def kill(self) -> None:
        """End the browser at once, as when its process dies."""
        self.context.close()

    def open(self) -> None:
        """Open the app."""
        self.page.goto(f"{self.url}/field/")

    def set_up(self) -> None:
        """Open the app for the first time, and choose a PIN."""
        self.open()
        self.choose_pin()
        expect(self.page.locator("button.card").first).to_be_visible()
        self.page.evaluate("navigator.serviceWorker.ready.then(() => true)")

    def choose_pin(self, pin: str = PIN) -> None:
        """Choose a PIN."""
        for label in ("PIN once more", "PIN"):  # the door has a PIN of its own: the second tells them apart
            self.page.get_by_label(zh(label), exact=True).fill(pin)
        self.page.locator("button.main").click()

    def unlock(self, pin: str = PIN) -> None:
        """Enter the PIN."""
        self.page.get_by_label(zh("PIN"), exact=True).fill(pin)
        self.page.locator("button.main").click()

    def offline(self, *, yes: bool) -> None:
        """Cut the network, or bring it back."""
        self.context.set_offline(yes)

    def unsent(self) -> int:
        """Return the number that stands at the top of every screen."""
        return int(self.page.locator("[data-unsent]").get_attribute("data-unsent") or 0)

    def all_sent(self, patience: int = PATIENCE) -> None:
        """Wait until nothing is unsent any more."""
        expect(self.page.locator("[data-unsent]")).to_have_attribute("data-unsent", "0", timeout=patience)

    def said(self) -> Locator:
        """Return where the app says what happened."""
        return self.page.locator("[data-said]")

    def press(self, word: str) -> None:
        """Press the button with this word."""
        self.page.get_by_role("button", name=zh(word)).click()

    def kept(self) -> dict[str, int]:
        """Return how many rows stand in each table of the device."""
        counted: dict[str, int] = self.page.evaluate(COUNT)
        return counted

    def at_desk(self) -> None:
        """Open the first desk from the home screen."""
        self.page.locator("button.card").first.click()
        expect(self.page.locator("input[type=search]")).to_be_visible()

    def hand_over(self, name: str) -> None:
        """Look somebody up at the desk, and record that a kit was handed over."""
        self.page.locator("input[type=search]").fill(name)
        self.page.locator("button.person").first.click()
        expect(self.page.locator(".glance .name")).to_have_text(name)
        self.page.locator(".glance button.big").click()
        expect(self.page.locator("[data-said]")).to_contain_text(zh("Recorded", "field"))
        expect(self.page.locator("input[type=search]")).to_be_visible()


class Line:
    """The line to a house: it can be cut while the phone believes in its network, as when a server dies."""

    def __init__(self, address: str) -> None:
        self.to = int(address.rpartition(":")[2])
        self.listening = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://localhost:{self.listening.getsockname()[1]}"
        self.is_cut = self.is_held = False
        self.open: list[socket.socket] = []
        self.held: list[socket.socket] = []
        threading.Thread(target=self._accept, daemon=True).start()

    def cut(self) -> None:
        """Cut it, in the middle of whatever is said."""
        self.is_cut = True
        for end in self.open:
            with suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
        for end in self.held:
            end.close()
        self.open.clear()
        self.held.clear()

    def hold(self) -> None:
        """Let it hang: whoever calls is let in, and never answered."""
        self.cut()
        self.is_cut, self.is_held = False, True

    def mend(self) -> None:
        """Let it be as before."""
        self.is_cut = self.is_held = False

    def close(self) -> None:
        """End it for good."""
        self.cut()
        self.listening.shutdown(socket.SHUT_RDWR)
        self.listening.close()

    def _accept(self) -> None:
        while True:
            try:
                near, _address = self.listening.accept()
            except OSError:
                return  # it is over
            if self.is_cut:
                near.close()
                continue
            if self.is_held:
                self.held.append(near)
                continue
            far = socket.create_connection(("127.0.0.1", self.to))
            self.open += [near, far]
            for ends in ((near, far), (far, near)):
                threading.Thread(target=_pass_on, args=ends, daemon=True).start()


def _pass_on(source: socket.socket, target: socket.socket) -> None:
    with source, suppress(OSError):
        while said := source.recv(65_536):
            target.sendall(said)
        target.shutdown(socket.SHUT_WR)


def aside(act: Callable[[], Found]) -> Found:
    """Do something in the house while a browser runs: in a thread of its own, as the server does."""

    def done() -> Found:
        try:
            return act()
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as pool:
        return pool.submit(done).result()


@contextmanager
def switched_off(*phones: FieldPhone) -> Iterator[None]:
    """End the browsers at last; nothing was wrong in any of them."""
    try:
        yield
    finally:
        for phone in phones:
            phone.kill()
    assert [phone.complaints for phone in phones] == [[] for _phone in phones]
