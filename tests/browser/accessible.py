"""What hinders a reader of a page: WCAG 2.2 AA by axe, and what is wider than a phone."""

from collections.abc import Iterator
from pathlib import Path

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, ViewportSize

from browser.demo_site import DESKTOP, PHONE, SMALL_PHONE

RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa"], "resultTypes": ["violations"]}
_AXE = Axe().axe_script
_EXAMINE = Path(__file__).with_name("examine.js").read_text()
# How words look of which axe found the contrast good, on any page: `examine.js` says what that hangs on.
_good: set[str] = set()


def faults(page: Page) -> Iterator[str]:
    """Yield what is wrong with the page on a desk, on a phone, and on a small one."""
    yield from axe_faults(page, DESKTOP)
    yield from axe_faults(page, PHONE)
    yield from sideways(page)


def axe_faults(page: Page, viewport: ViewportSize) -> Iterator[str]:
    """Yield what axe finds at this width.

    The window is as high as the page: otherwise the bar fixed to its bottom covers some links halfway,
    and axe takes them for small ones; a reader scrolls.
    """
    page.wait_for_load_state()  # a page that has only begun to arrive has no height yet
    page.set_viewport_size(viewport)
    height, has_axe = page.evaluate("() => [document.documentElement.scrollHeight, 'axe' in window]")
    page.set_viewport_size({"width": viewport["width"], "height": max(height, viewport["height"])})
    if not has_axe:
        page.evaluate(_AXE)
    found = page.evaluate(_EXAMINE, {"rules": RULES, "known": sorted(_good)})
    _good.update(found["passed"])
    for rule, places in found["faults"]:
        yield f"{rule} at {viewport['width']} px: {', '.join(places)}"
    page.set_viewport_size(viewport)


def sideways(page: Page) -> Iterator[str]:
    """Yield how wide the page is on a small phone, if it is wider than the phone."""
    page.set_viewport_size(SMALL_PHONE)
    width = page.evaluate("() => document.documentElement.scrollWidth")
    if width > SMALL_PHONE["width"]:
        yield f"{width} px wide on a phone of {SMALL_PHONE['width']}"
