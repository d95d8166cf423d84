"""A clerk brings a messy workbook in, on a desk, on a phone, from the keyboard and without scripts."""

import base64
import re

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from browser.accessible import faults
from browser.demo_site import PHONE, SMALL_PHONE, Site, Windows
from browser.words import zh, zh_count
from roster_files import number, workbook

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]

HEADINGS = ["序号", "职工姓名", "身份证号码", "科室队站", "手机号码"]
WRONG = number(2)[:17] + ("1" if number(2)[17] != "1" else "2")
NAME = "名册.xlsx"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def messy() -> bytes:
    """Return a workbook with a title, an unknown heading, four sound rows, three wrong ones, and a total."""
    people = [
        [place, f"赵{'望江河海川山湖'[place]}", number(place), "办公室", f"1990000000{place}"]
        for place in range(7)
    ]
    people[2][2] = WRONG
    people[4][3] = "没有这个站"
    people[5][4] = "1990"
    return workbook(("在岗人员", [["一线在岗人员汇总表"], HEADINGS, *people, ["合计", 7]]))


def one_more() -> bytes:
    """Return a workbook with one sound row and a wrong one, under headings that everybody knows."""
    headings = ["姓名", "身份证号", "单位", "手机号"]
    rows = [["钱大江", number(20), "办公室", "19900000020"], ["钱小江", WRONG, "办公室", "19900000021"]]
    return workbook(("名单", [headings, *rows]))


def test_a_clerk_brings_a_messy_workbook_in(site: Site, windows: Windows) -> None:
    page = windows.open()
    site.sign_in(page, "officer")
    _make_roster(site, page, "一线名册")
    with page.expect_navigation():
        page.get_by_role("link", name=zh("Bring in a workbook")).first.click()
    found = list(faults(page))
    _drop(page, messy())
    expect(page.get_by_text(re.compile(f"^{NAME} · "))).to_be_visible()
    page.get_by_role("button", name=zh("Look at it"), exact=True).click()

    expect(page.get_by_role("heading", level=1)).to_have_text(zh("Check the columns"))
    found += faults(page)
    choice = page.get_by_label(zh("What “%(heading)s” holds", heading="科室队站"))
    expect(choice).to_have_value("unit")
    page.get_by_role("button", name=zh("So it is; go on")).click()

    expect(page.get_by_role("heading", level=1)).to_have_text(zh("Check the people"))
    found += faults(page)
    page.set_viewport_size({"width": 1280, "height": 900})
    _mend_from_the_keyboard(page)
    for part in ("Join", "Changes", "Not in the workbook"):
        with page.expect_navigation():
            page.get_by_role("link", name=re.compile(f"^{zh(part, 'roster part')}")).click()
        found += faults(page)

    with page.expect_download() as copy:
        page.get_by_role("button", name=zh("Marked copy to send back (.xlsx)")).click()
    assert copy.value.suggested_filename.endswith(".xlsx")
    _take_over(page).dblclick()
    expect(page.get_by_role("heading", level=1)).to_have_text(zh("Taken over"))
    found += faults(page)
    page.get_by_role("link", name=zh("To the roster")).click()
    expect(page.get_by_role("row", name=re.compile("赵望"))).to_be_visible()
    found += faults(page)
    assert found == []


def _mend_from_the_keyboard(page: Page) -> None:
    """Mend one cell badly, then well; the others stay to be mended, and the figures follow."""
    cell = page.get_by_label("C 身份证号码")
    cell.fill("123")
    cell.press("Enter")
    expect(page.locator("[data-live]")).to_have_text(zh("Row %(row)s still has a problem.", row=5))
    cell = page.get_by_label("C 身份证号码")
    expect(cell).to_be_focused()
    expect(cell).to_have_value("123")
    cell.fill(number(2))
    cell.press("Enter")
    expect(page.get_by_text(zh("Row %(row)s is in order now.", row=5)).first).to_be_visible()
    expect(page.get_by_label("D 科室队站")).to_be_focused()
    whole = zh_count("Take over the %(count)s sound row", "Take over the %(count)s sound rows", 5, count=5)
    expect(_take_over(page)).to_have_text(whole)


def test_several_cells_are_mended_with_one_press(site: Site, windows: Windows) -> None:
    page = windows.open()
    site.sign_in(page, "officer")
    _make_roster(site, page, "多处改正名册")
    page.get_by_role("link", name=zh("Bring in a workbook")).first.click()
    headings = ["姓名", "身份证号", "单位", "手机号"]
    people = [[f"钱{'江河湖'[place]}", number(30 + place), "办公室", f"199{place}"] for place in range(3)]
    _choose(page, workbook(("名单", [headings, *people])))
    page.get_by_role("button", name=zh("Look at it"), exact=True).click()
    cells = page.get_by_label("D 手机号")
    expect(cells).to_have_count(3)
    for place, phone in enumerate(("19900000030", "1234", "19900000032")):
        cells.nth(place).fill(phone)
    cells.nth(2).press("Enter")
    told = zh("Rows in order now: %(sound)s. Rows that still have a problem: %(left)s.", sound=2, left=1)
    expect(page.locator("[data-live]")).to_have_text(told)
    expect(cells).to_have_count(1)
    expect(cells).to_have_value("1234")
    expect(cells).to_be_focused()


def test_on_a_phone_the_grid_is_a_row_of_cards(site: Site, windows: Windows) -> None:
    page = windows.open(SMALL_PHONE)
    site.sign_in(page, "officer")
    _make_roster(site, page, "手机名册")
    page.get_by_role("link", name=zh("Bring in a workbook")).first.click()
    _choose(page, one_more())
    page.get_by_role("button", name=zh("Look at it"), exact=True).tap()
    expect(page.get_by_role("heading", level=1)).to_have_text(zh("Check the people"))
    cell = page.get_by_label("B 身份证号")
    box = cell.bounding_box()
    assert box is not None
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= SMALL_PHONE["width"]
    assert box["height"] >= 44
    cell.fill(number(21))
    page.get_by_role("button", name=zh("Mend", "a cell"), exact=True).tap()
    expect(page.get_by_text(zh("Row %(row)s is in order now.", row=3)).first).to_be_visible()
    assert list(faults(page)) == []


def test_back_after_taking_over_shows_what_became_of_it(site: Site, windows: Windows) -> None:
    page = windows.open(PHONE)
    site.sign_in(page, "officer")
    _make_roster(site, page, "回退名册")
    page.get_by_role("link", name=zh("Bring in a workbook")).first.click()
    _choose(page, one_more())
    page.get_by_role("button", name=zh("Look at it"), exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text(zh("Check the people"))
    _take_over(page).click()
    expect(page.get_by_role("heading", level=1)).to_have_text(zh("Taken over"))
    page.get_by_role("link", name=zh("To the roster")).click()
    page.go_back(wait_until="commit")
    expect(page.get_by_role("heading", level=1)).to_have_text(zh("Taken over"))


def test_a_second_window_sees_that_the_import_is_done(site: Site, windows: Windows) -> None:
    page, other = windows.open(), windows.open()
    site.sign_in(page, "officer")
    site.sign_in(other, "officer")
    _make_roster(site, page, "两窗名册")
    page.get_by_role("link", name=zh("Bring in a workbook")).first.click()
    _choose(page, one_more())
    page.get_by_role("button", name=zh("Look at it"), exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text(zh("Check the people"))
    other.goto(page.url)
    _take_over(page).click()
    expect(page.get_by_role("heading", level=1)).to_have_text(zh("Taken over"))
    cell = other.get_by_label("B 身份证号")
    cell.fill(number(21))
    cell.press("Enter")
    expect(other.get_by_role("alert")).to_be_visible()
    _take_over(other).click()
    expect(other.get_by_role("heading", level=1)).to_have_text(zh("Taken over"))


def test_everything_works_without_scripts(site: Site, browser: Browser) -> None:
    with browser.new_context(viewport=PHONE, locale="zh-CN", java_script_enabled=False) as context:
        page = context.new_page()
        site.sign_in(page, "officer")
        _make_roster(site, page, "无脚本名册")
        page.get_by_role("link", name=zh("Bring in a workbook")).first.click()
        _choose(page, one_more())
        page.get_by_role("button", name=zh("Look at it"), exact=True).click()
        heading = page.get_by_role("heading", level=1)
        expect(heading).to_have_text(zh("Check the people"), timeout=30_000)
        cell = page.get_by_label("B 身份证号")
        cell.fill(number(21))
        page.get_by_role("button", name=zh("Mend", "a cell"), exact=True).click()
        expect(page.get_by_text(zh("Nobody joins."))).to_have_count(0)
        expect(page.get_by_label("B 身份证号")).to_have_count(0)
        _take_over(page).click()
        expect(heading).to_have_text(zh("Taken over"), timeout=30_000)


def _make_roster(site: Site, page: Page, title: str) -> None:
    """Make a roster, as an officer does; its unit is chosen already."""
    site.open(page, "/rosters/new/")
    page.get_by_role("textbox", name=zh("Title"), exact=True).fill(title)
    page.locator("input[name=kind][value=people]").check()
    page.get_by_label(zh("What it is for")).fill("走访慰问一线人员。")
    page.locator("input[name=legal_ground][value=duty]").check()
    page.get_by_label(zh("Kept until")).fill("2022-12-31")
    page.get_by_role("button", name=zh("Make the roster")).click()
    expect(page.get_by_role("heading", level=1)).to_have_text(title)


def _choose(page: Page, content: bytes) -> None:
    file = {"name": NAME, "mimeType": XLSX, "buffer": content}
    page.get_by_label(zh("The workbook as it was sent")).set_input_files(file)  # type: ignore[arg-type]  # a dict of these keys


def _drop(page: Page, content: bytes) -> None:
    """Drop a file onto the place for it."""
    place = page.locator("[data-drop]")
    place.evaluate(
        """(place, [name, type, content]) => {
            const bytes = Uint8Array.from(atob(content), (letter) => letter.charCodeAt(0));
            const dataTransfer = new DataTransfer();
            dataTransfer.items.add(new File([bytes], name, { type }));
            for (const event of ["dragenter", "dragover", "drop"]) {
                place.dispatchEvent(new DragEvent(event, { dataTransfer, bubbles: true, cancelable: true }));
            }
        }""",
        [NAME, XLSX, base64.b64encode(content).decode()],
    )


def _take_over(page: Page) -> Locator:
    return page.locator("#decide").get_by_role("button")
