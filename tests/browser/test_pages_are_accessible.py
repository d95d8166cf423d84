"""Every page that a role can reach: WCAG 2.2 AA by axe, nothing sideways, nothing inline, a strict policy."""

import re
from collections.abc import Iterator
from html.parser import HTMLParser

import pytest
from playwright.sync_api import Page, Response, expect

from browser.accessible import axe_faults, faults, sideways
from browser.demo_site import DESKTOP, PHONE, SMALL_PHONE, Site, Windows
from browser.door_form import mistakes, press
from browser.words import zh

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]

# Signatures, photos, invoices: files that Chromium shows on a page of its own making.
_PICTURE = re.compile(r"/(signature|invoice|file|small)/(N/)?$|/photos/N/$")
_LINKS = """() => [...document.querySelectorAll('a[href^="/"]:not([download])')].map((link) =>
  link.getAttribute("href").split("#")[0])"""
ROLES = ("officer", "approver", "finance", "visitor", "office", "inspector", "admin", "union", "privacy")


@pytest.fixture(scope="module")
def examined() -> set[str]:
    """What was examined already: a page that is the same for another role is not examined twice."""
    return set()


@pytest.mark.parametrize("role", ROLES)
def test_every_page_of_a_role(reading_site: Site, windows: Windows, examined: set[str], role: str) -> None:
    page = windows.open()
    reading_site.sign_in(page, role)
    found: list[str] = []
    pages = 0
    for path, answer in _reachable(reading_site, page):
        pages += 1
        found += [f"{path}: {fault}" for fault in (*_policy_faults(answer), *_inline(answer.text()))]
        content = _content(page)
        if content not in examined or path == "/":
            examined.add(content)
            found += [f"{path}: {fault}" for fault in faults(page)]
    assert found == []
    assert pages >= 7


def test_pages_that_say_what_went_wrong(reading_site: Site, windows: Windows) -> None:
    stranger, visitor, finance = windows.open(), windows.open(), windows.open()
    found: list[str] = []

    reading_site.open(stranger, "/account/login/")
    found += faults(stranger)
    reading_site.fill_sign_in(stranger, "nobody", "not-a-password")
    expect(stranger.get_by_role("alert")).to_be_visible()
    found += faults(stranger)
    reading_site.open(stranger, "/no/such/page/")
    expect(stranger.get_by_role("heading", level=1)).to_have_text(zh("There is no such page"))
    found += faults(stranger)

    reading_site.sign_in(visitor, "visitor")
    reading_site.open(visitor, "/trail/")
    expect(visitor.get_by_role("alert")).to_be_visible()
    found += faults(visitor)
    reading_site.open(visitor, "/visits/")
    visitor.get_by_role("link", name=zh("Record")).first.click()
    press(visitor)
    expect(mistakes(visitor).first).to_be_visible()
    found += faults(visitor)

    reading_site.sign_in(finance, "finance")
    reading_site.open(finance, "/funds/1/")
    finance.get_by_role("link", name=zh("Record a purchase")).click()
    finance.get_by_role("button", name=zh("Record the purchase"), exact=True).click()
    expect(finance.get_by_role("alert").first).to_be_visible()
    found += faults(finance)
    assert found == []


def test_forms_of_many_inputs_fit_with_what_is_wrong_in_them(reading_site: Site, windows: Windows) -> None:
    office, finance = windows.open(), windows.open()
    reading_site.sign_in(office, "office")
    reading_site.open(office, "/plans/front-line-visits/donations/new/")
    assert _too_wide(office) == []
    office.locator("[name=lines-0-item]").fill("长" * 300)
    office.locator("[name=lines-0-quantity]").fill("1,00")
    office.locator("[name=lines-0-unit_value]").fill("9" * 22)
    office.get_by_role("button", name=zh("Record the donation"), exact=True).click()
    expect(office.get_by_role("alert").first).to_be_visible()
    assert _too_wide(office) == []

    reading_site.sign_in(finance, "finance")
    reading_site.open(finance, "/funds/1/")
    finance.get_by_role("link", name=zh("Record a purchase")).click()
    finance.locator("[name^=lines-][name$=-quantity]").first.fill("1,000")
    finance.locator("[name^=lines-][name$=_price]").first.fill("9" * 22)
    finance.get_by_role("button", name=zh("Record the purchase"), exact=True).click()
    expect(finance.get_by_role("alert").first).to_be_visible()
    assert _too_wide(finance) == []


def _too_wide(page: Page) -> list[str]:
    """Return the windows in which the page, or an input of its lines, is wider than there is room for."""
    found = list(sideways(page))
    for width in (640, 768, 1024, 1280):
        page.set_viewport_size({"width": width, "height": 800})
        wide = page.evaluate("() => document.documentElement.scrollWidth")
        outside = page.evaluate(
            """() => [...document.querySelectorAll("form.sheet table.lines input")].filter((input) =>
              input.getBoundingClientRect().right > input.form.getBoundingClientRect().right).length"""
        )
        if wide > width or outside:
            found.append(f"{wide} px wide, {outside} inputs outside, at {width}")
    return found


def test_what_opens_on_a_page(reading_site: Site, windows: Windows) -> None:
    page = windows.open()
    reading_site.sign_in(page, "officer")
    page.get_by_role("banner").locator("summary").click()
    expect(page.get_by_role("link", name=zh("Change password"))).to_be_visible()
    found = list(axe_faults(page, DESKTOP))
    page.keyboard.press("Escape")
    expect(page.get_by_role("link", name=zh("Change password"))).to_be_hidden()

    reading_site.open(page, "/plans/front-line-visits/")
    clause = page.get_by_role("region", name="（二）走访单位与时限")
    clause.get_by_role("link", name=re.compile(zh("Visit reports"))).click()
    expect(page.get_by_role("heading", level=1)).to_have_text(zh("Visit reports"))
    page.get_by_role("main").get_by_role("listitem").get_by_role("heading").get_by_role("link").first.click()
    expect(page.get_by_role("heading", name=zh("Three times"))).to_be_visible()
    found += faults(page)
    assert found == []


@pytest.mark.parametrize(("language", "name"), [("zh-hant", "繁體中文"), ("en", "English")])
def test_other_languages_fit_as_well(reading_site: Site, windows: Windows, language: str, name: str) -> None:
    page = windows.open(SMALL_PHONE)
    reading_site.sign_in(page, "officer")
    page.get_by_role("button", name=name).click()
    expect(page.locator("html")).to_have_attribute("lang", language)
    found = []
    for path in ("/", "/plans/front-line-visits/", "/office/", "/funds/1/", "/units/import/"):
        reading_site.open(page, path)
        found += [f"{path}: {fault}" for fault in sideways(page)]
    reading_site.open(page, "/plans/front-line-visits/")
    found += axe_faults(page, PHONE)
    assert found == []


def _reachable(site: Site, page: Page) -> Iterator[tuple[str, Response]]:
    """Yield a page of each kind that links lead to from the first one; numbers and keys make no kind."""
    kinds: set[str] = set()
    paths = ["/"]
    while paths:
        path = paths.pop(0)
        named = re.sub(r"/[0-9a-f]{32}/", "/KEY/", path.partition("?")[0])
        kind = re.sub(r"/evidence/.*", "/evidence", re.sub(r"\d+", "N", named))
        if kind in kinds or _PICTURE.search(kind):
            continue
        kinds.add(kind)
        answer = page.goto(site.address + path)
        assert answer is not None
        assert answer.ok, f"{path} answered {answer.status}"
        yield path, answer
        paths += page.evaluate(_LINKS)


def _content(page: Page) -> str:
    """Return what stands in the middle of the page, without what is made anew for each answer.

    Asked of the page itself: to find it by its role took a third of what to examine it takes.
    """
    middles = page.evaluate("() => [...document.querySelectorAll('main')].map((main) => main.outerHTML)")
    assert len(middles) == 1, f"{page.url} has {len(middles)} middles"
    return re.sub(r'<(input type="hidden"|time|img)[^>]*>', "", str(middles[0]))


def _policy_faults(answer: Response) -> Iterator[str]:
    """Yield the headers that let a browser do more than the site needs."""
    headers = answer.headers
    policy = {
        words[0]: words[1:]
        for part in headers.get("content-security-policy", "").split(";")
        if (words := part.split())
    }
    for name in ("default-src", "script-src", "style-src", "connect-src", "form-action", "base-uri"):
        if policy.get(name) != ["'self'"]:
            yield f"{name} is {policy.get(name)}"
    for name in ("object-src", "frame-ancestors"):
        if policy.get(name) != ["'none'"]:
            yield f"{name} is {policy.get(name)}"
    for name, value in (
        ("x-content-type-options", "nosniff"),
        ("x-frame-options", "DENY"),
        ("referrer-policy", "same-origin"),
        ("cross-origin-opener-policy", "same-origin"),
    ):
        if headers.get(name) != value:
            yield f"{name} is {headers.get(name)}"


class _Inline(HTMLParser):
    """Collects what a strict policy refuses to run or to apply."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        names = dict(attrs)
        if tag == "style" or (tag == "script" and "src" not in names):
            self.found.append(f"inline <{tag}>")
        self.found += [
            f"inline {name} on <{tag}>"
            for name, value in attrs
            if name == "style" or name.startswith("on") or (value or "").startswith("javascript:")
        ]


def _inline(html: str) -> list[str]:
    parser = _Inline()
    parser.feed(html)
    return parser.found
