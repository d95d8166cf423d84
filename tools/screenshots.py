"""Takes the pictures of the documentation: a demo is made and served in a temporary folder, and looked at.

`python tools/screenshots.py [folder]`; the folder is docs/images unless another is named.
"""

import os
import struct
import sys
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import django
from playwright.sync_api import Browser, Page, ViewportSize

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "tests"))
os.environ["DJANGO_SETTINGS_MODULE"] = "songnuan.config.settings"

from browser.demo_site import (  # noqa: E402 - the tests' own demo, found by the line above
    DESKTOP,
    PHONE,
    Site,
    chromium,
    make,
    served_copy,
)
from browser.door_form import fill_in  # noqa: E402 - as above
from browser.words import zh  # noqa: E402 - as above

LARGEST = 300_000  # bytes of one picture
PLAN = "/plans/front-line-visits/"
_PNG = b"\x89PNG\r\n\x1a\n"


def main() -> None:
    """Take them all.

    Raises:
        SystemExit: When a picture is larger than a page of documentation should carry.

    """
    django.setup()  # for the words of the pages
    target = Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / "docs/images"
    target.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory() as folder:
        made = make(Path(folder) / "made")
        with served_copy(made, Path(folder)) as site, chromium() as browser:
            for name, picture in _pictures(site, browser):
                (target / f"{name}.png").write_bytes(picture)
                print(f"{name}.png: {len(picture) // 1000} kB")
                if len(picture) > LARGEST:
                    raise SystemExit(f"{name}.png has {len(picture)} bytes, more than {LARGEST}.")


def _pictures(site: Site, browser: Browser) -> Iterator[tuple[str, bytes]]:
    """Yield each picture with its name."""
    with _window(browser, DESKTOP) as page:
        site.open(page, "/account/login/")
        yield "sign-in", _picture(page)
        site.sign_in(page, "officer")
        site.open(page, "/")
        yield "home", _picture(page)
        site.open(page, PLAN)
        yield "living-plan", _picture(page)
    with _window(browser, DESKTOP) as page:
        site.sign_in(page, "office")
        site.open(page, "/office/")
        yield "office", _picture(page)
    with _window(browser, DESKTOP) as page:
        site.sign_in(page, "finance")
        site.open(page, "/funds/1/")
        yield "fund", _picture(page)
        _try_dear_apples(page)
        yield "purchase-refused", _picture(page, whole=True)
    with _window(browser, PHONE) as page:
        site.sign_in(page, "officer")
        site.open(page, PLAN)
        yield "living-plan-phone", _picture(page)
    with _window(browser, PHONE) as page:
        site.sign_in(page, "visitor")
        site.open(page, "/visits/")
        page.get_by_role("link", name=zh("Record")).first.click()
        fill_in(page)
        page.get_by_role("heading", name=zh("Received by the unit")).scroll_into_view_if_needed()
        yield "visit-form-phone", _picture(page)


def _try_dear_apples(page: Page) -> None:
    """Enter seven boxes of apples at a price that lifts the kit above its standard."""
    page.get_by_role("link", name=zh("Record a purchase")).click()
    page.get_by_label(zh("Supplier")).fill("望江鲜果行")
    page.get_by_label(zh("Invoice number")).fill("07700413")
    page.get_by_label(zh("%(item)s, quantity", item="苹果")).fill("7")
    page.get_by_label(zh("%(item)s, unit price", item="苹果")).fill("160.00")
    page.get_by_role("button", name=zh("Record the purchase"), exact=True).click()
    page.get_by_role("alert").first.wait_for()


@contextmanager
def _window(browser: Browser, viewport: ViewportSize) -> Iterator[Page]:
    """Open a window; a phone's screen has two pixels for one."""
    is_phone = viewport is PHONE
    with browser.new_context(
        viewport=viewport, locale="zh-CN", is_mobile=is_phone, device_scale_factor=2 if is_phone else 1
    ) as context:
        yield context.new_page()


def _picture(page: Page, *, whole: bool = False) -> bytes:
    """Return what the window shows, or the whole page, once its letters are there, as a PNG."""
    page.evaluate("() => document.fonts.ready.then(() => true)")
    return _deflated(page.screenshot(animations="disabled", full_page=whole))


def _deflated(png: bytes) -> bytes:
    """Return the same PNG, compressed as far as it goes, without its notes."""
    chunks = list(_chunks(png))
    pixels = zlib.decompress(b"".join(data for kind, data in chunks if kind == b"IDAT"))
    kept = [(kind, data) for kind, data in chunks if kind == b"IHDR"]
    kept += [(b"IDAT", zlib.compress(pixels, 9)), (b"IEND", b"")]
    return _PNG + b"".join(
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        for kind, data in kept
    )


def _chunks(png: bytes) -> Iterator[tuple[bytes, bytes]]:
    place = len(_PNG)
    while place < len(png):
        (length,) = struct.unpack(">I", png[place : place + 4])
        yield png[place + 4 : place + 8], png[place + 8 : place + 8 + length]
        place += 12 + length


if __name__ == "__main__":
    main()
