"""The story of plan 1, as the people who carry it out see it in their browsers."""

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from browser.demo_site import PHONE, Site, Windows
from browser.door_form import fill_in, mistakes, press, raise_problem
from browser.words import zh, zh_count

pytestmark = [pytest.mark.browser, pytest.mark.smoke, pytest.mark.xdist_group("browser")]

PLAN = "走访慰问防疫一线工作方案"
VISITED = "龙门水上交通检查站"
PROBLEM = "检查站夜间照明不足"
CHECKLIST = 5  # items that the plan's clause on inspection names


def test_the_plan_is_carried_out_before_everybodys_eyes(site: Site, windows: Windows) -> None:
    officer, finance, office = windows.open(), windows.open(), windows.open()
    visitor, inspector = windows.open(PHONE), windows.open()

    _the_officer_reads_the_living_plan(site, officer)
    _finance_is_refused_twice_and_buys_the_rest(site, finance)
    _the_office_opens_its_page(site, office)
    _the_visitor_records_a_visit_on_a_phone(site, visitor)
    _the_report_comes_in_without_a_reload(office)
    _the_living_plan_moved_on(site, officer)
    _the_inspector_verifies_the_trail(site, inspector)
    assert site.made.songnuan("audit", "verify")["ok"] is True
    assert site.made.songnuan("funds", "check")["ok"] is True


def _the_officer_reads_the_living_plan(site: Site, page: Page) -> None:
    site.sign_in(page, "officer")
    _go(page, zh("Plans"))
    page.get_by_role("link", name=PLAN).click()
    expect(page.get_by_role("heading", level=1)).to_have_text(PLAN)

    expect(_figure(page, zh("done", "figure"))).to_have_text("31 / 47")
    expect(_figure(page, zh("left until %(day)s", day="4月21日"))).to_have_text("5天")
    for said in (
        zh_count("%(late)s late", "%(late)s late", 4, late=4),
        "清水水上交通检查站",
        VISITED,
        "¥12,752",
        zh("of %(sum)s", sum="¥14,100"),
        zh("Next:"),
        zh_count("Chase the %(count)s late visit", "Chase the %(count)s late visits", 2, count=2),
    ):
        expect(page.get_by_text(said).first).to_be_visible()

    clause = page.get_by_role("region", name="（二）走访单位与时限")
    expect(clause).to_contain_text(zh("%(count)s visited", count=31))
    expect(clause).to_contain_text(zh("of them %(count)s late", count=2))
    clause.get_by_role("link", name=f"{zh('Visit reports')} 31").click()
    pieces = page.get_by_role("main").get_by_role("listitem").get_by_role("heading")
    expect(pieces).to_have_count(31)
    unit = pieces.first.inner_text()
    pieces.first.get_by_role("link").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(unit)
    expect(page.get_by_role("heading", name=zh("Three times"))).to_be_visible()


def _finance_is_refused_twice_and_buys_the_rest(site: Site, page: Page) -> None:
    site.sign_in(page, "finance")
    _go(page, zh("Funds"))
    page.get_by_role("main").get_by_role("table").get_by_role("link").first.click()
    expect(_figure(page, zh("available"))).to_have_text("¥1,348.00")
    page.get_by_role("link", name=zh("Record a purchase")).click()
    page.get_by_label(zh("Supplier")).fill("临江果品批发部")
    page.get_by_label(zh("Invoice number")).fill("02219931")

    # A kit at its dearest: 136.00 of noodles, 160.00 of apples, 74.00 of pears.
    _buy(page, "苹果", 7, "160.00")
    _is_refused(page, "370.00", "300.00", "70.00")
    over = zh("That is %(over)s above the standard.", over="¥70.00")
    expect(page.get_by_role("status").filter(has_text=over)).to_be_visible()

    # 7 × 130.00 + 7 × 74.00 is more than the 1,348.00 that are left
    _buy(page, "苹果", 7, "130.00")
    _buy(page, "梨", 7, "74.00")
    _is_refused(page, "1,428.00", "1,348.00")

    # One box more than is needed is refused beside the input itself.
    _buy(page, "苹果", 8, "85.00")
    page.get_by_role("button", name=zh("Record the purchase"), exact=True).click()
    quantity = _input(page, "苹果", "quantity")
    expect(quantity).to_have_accessible_description(re.compile("47.*48.*1"))

    # From 1,000.00 on, what is not compared is refused; what is below it is bought at once.
    _buy(page, "苹果", 7, "85.00")
    _is_refused(page, "1,113.00", "1,000.00")
    _buy(page, "苹果", 7, "68.00")
    page.get_by_label(zh("They have come and bear neither: all of it goes into the store at once")).check()
    page.get_by_role("button", name=zh("Record the purchase"), exact=True).click()
    said = zh("The purchase is recorded, paid from the fund and taken into stock.")
    expect(page.get_by_role("status")).to_have_text(said)
    expect(page.get_by_text("人民币玖佰玖拾肆元整")).to_be_visible()
    _go(page, zh("Funds"))
    page.get_by_role("main").get_by_role("table").get_by_role("link").first.click()
    expect(_figure(page, zh("available"))).to_have_text("¥354.00")
    expect(_figure(page, zh("paid", "figure"))).to_have_text("¥13,746.00")
    expect(page.get_by_role("row").filter(has_text="¥994.00").first).to_be_visible()


def _the_office_opens_its_page(site: Site, page: Page) -> None:
    site.sign_in(page, "office")
    _go(page, zh("Reports in"))
    expect(_figure(page, zh("visited", "figure"))).to_have_text("31 / 47")
    expect(_latest_reports(page)).not_to_contain_text(VISITED)
    page.evaluate("() => { window.neverReloaded = true; }")


def _the_visitor_records_a_visit_on_a_phone(site: Site, page: Page) -> None:
    site.sign_in(page, "visitor")
    _go(page, zh("My visits"))
    page.get_by_role("link", name=re.compile(f"^{zh('Record')}.*{VISITED}$")).click()

    # Emptied of all it opened with, the form asks for six things at most, and for the checklist.
    page.get_by_label(zh("When it took place")).fill("")
    page.get_by_label("方巡河").uncheck()
    press(page)
    expect(mistakes(page).first).to_be_visible()
    assert 1 <= mistakes(page).count() <= 6 + CHECKLIST

    page.reload()
    fill_in(page)
    raise_problem(page, PROBLEM)
    press(page)
    said = zh("The visit is recorded; the epidemic office has the report.")
    expect(page.get_by_role("status")).to_contain_text(said)
    expect(page.get_by_role("link", name=PROBLEM)).to_be_visible()
    signature = page.get_by_role("img", name=zh("Signature of the receiver"))
    assert signature.evaluate("picture => picture.decode().then(() => picture.naturalWidth)") > 0


def _the_report_comes_in_without_a_reload(page: Page) -> None:
    report = _latest_reports(page).get_by_role("listitem").filter(has_text=VISITED)
    expect(report).to_be_visible(timeout=25_000)
    expect(report).to_contain_text(zh_count("%(count)s problem", "%(count)s problems", 1, count=1))
    expect(_figure(page, zh("visited", "figure"))).to_have_text("32 / 47")
    assert page.evaluate("() => window.neverReloaded")


def _the_living_plan_moved_on(site: Site, page: Page) -> None:
    site.open(page, "/plans/front-line-visits/")
    expect(_figure(page, zh("done", "figure"))).to_have_text("32 / 47")
    expect(page.get_by_text("¥13,746", exact=True).first).to_be_visible()
    visits = page.get_by_role("region", name="（二）走访单位与时限")
    expect(visits).to_contain_text(zh("of them %(count)s late", count=1))
    expect(visits).not_to_contain_text(VISITED)
    problems = page.get_by_role("region", name="（二）问题交办")
    expect(problems.get_by_role("link", name=f"{zh('Problems')} 13")).to_be_visible()


def _the_inspector_verifies_the_trail(site: Site, page: Page) -> None:
    site.sign_in(page, "inspector")
    _go(page, zh("Trail"))
    expect(page.get_by_role("row").filter(has_text=zh("recorded a visit")).first).to_contain_text("方巡河")
    page.get_by_role("button", name=zh("Verify every chain")).click()
    expect(page.get_by_role("status").filter(has_text=zh("Every link holds."))).to_be_visible()


def _go(page: Page, place: str) -> None:
    """Follow the navigation: on top on a desk, at the bottom on a phone."""
    names = re.compile(f"^({zh('Main')}|{zh('Main, at the bottom')})$")
    page.get_by_role("navigation", name=names).get_by_role("link", name=place, exact=True).click()


def _figure(page: Page, label: str) -> Locator:
    """Return the figure under its label."""
    return page.locator("dl > div").filter(has=page.get_by_text(label, exact=True)).get_by_role("definition")


def _latest_reports(page: Page) -> Locator:
    return page.locator("section").filter(has=page.get_by_role("heading", name=zh("Latest reports")))


def _input(page: Page, item: str, part: str) -> Locator:
    return page.get_by_label(zh(f"%(item)s, {part}", item=item))


def _buy(page: Page, item: str, quantity: int, price: str) -> None:
    _input(page, item, "quantity").fill(str(quantity))
    _input(page, item, "unit price").fill(price)


def _is_refused(page: Page, *figures: str) -> None:
    """Press the button, and see that the purchase is refused with these figures and all that was typed."""
    page.get_by_role("button", name=zh("Record the purchase"), exact=True).click()
    alert = page.get_by_role("alert").filter(has_text=zh("Please mend this first"))
    for figure in figures:
        expect(alert).to_contain_text(figure)
    expect(page.get_by_label(zh("Invoice number"))).to_have_value("02219931")
