"""The life of a plan as the people who write, approve, receive and amend it see it in their browsers."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from browser.demo_site import PHONE, Site, Windows
from browser.words import zh

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]

FILE = Path(__file__).resolve().parents[2] / "plans/samples/rest-rotation.yaml"
PLAN = "/plans/night-duty/"
UNIT = "航道处"
NUMBER = "澄水运防〔2020〕5号"
RETURNED = "请写明每岗人数"
INSTRUCTION = "关于加强夜间值守的批示"
MATTER = "核对夜间值守名单"
DUTY = {"text": "排定夜间值守表", "owner": "航道处"}


def test_a_plan_is_written_approved_issued_amended_and_followed_up(site: Site, windows: Windows) -> None:
    officer, office, approver, unit = (windows.open() for _each in range(4))
    phone = windows.open(PHONE)
    for page, username in ((officer, "officer"), (office, "office"), (approver, "approver")):
        site.sign_in(page, username)
    site.sign_in(unit, "admin")
    _the_administrator_sets_the_steps(site, unit)
    site.sign_in(phone, "visitor")

    _the_officer_writes_and_mends_what_the_check_names(site, officer)
    _an_open_question_is_asked_and_answered(officer)
    _it_is_returned_mended_and_signed_by_a_deputy(site, officer, office, approver, phone)
    _it_is_issued_acknowledged_and_opened(site, officer, phone)
    _an_amendment_replaces_a_clause(site, officer, office, approver)
    _an_instruction_is_followed_up(site, office, phone)
    site.open(phone, "/notices/")
    said = zh("Amended and in force from now on: %(title)s", title="夜间值守保障方案")
    expect(phone.get_by_role("link", name=said)).to_be_visible()
    assert site.made.songnuan("audit", "verify")["ok"] is True


def _the_administrator_sets_the_steps(site: Site, page: Page) -> None:
    site.open(page, "/approvals/chains/")
    page.get_by_role("link", name=re.compile(f"^{zh('Change')}")).first.click()
    page.get_by_label(zh("Reviewed first")).check()
    _press(page, "Set these steps")
    expect(
        page.get_by_text(re.compile(f"{zh('review', 'step')}.*→.*{zh('sign', 'step')}")).first
    ).to_be_visible()


def _the_officer_writes_and_mends_what_the_check_names(site: Site, page: Page) -> None:
    site.open(page, "/new-plan/")
    page.get_by_label(zh("another plan file")).check()
    page.locator("[name=file]").set_input_files(FILE)
    page.locator("[name=title]").fill("夜间值守保障方案")
    page.locator("[name=slug]").fill("night-duty")
    _press(page, "Begin the draft")
    clause = _write_clause(page, "四、", "夜间值守", "每岗夜间值守轮换。", due="2020-05-08")
    mend = zh("Set the earlier of the two days, or a later end of the plan.")
    expect(clause.get_by_text(mend)).to_be_visible()
    clause.get_by_role("link", name=zh("Set", "a measure")).click()
    page.locator("[name=items-0-due_on]").fill("2020-04-24")
    _save(page)
    expect(clause).to_contain_text("排定夜间值守表")
    expect(page.get_by_text(mend)).to_have_count(0)


def _an_open_question_is_asked_and_answered(page: Page) -> None:
    page.get_by_role("link", name=zh("Open questions")).click()
    page.locator("[name=questions-0-text]").fill("夜间值守由谁顶岗？")
    page.locator("[name=questions-0-blocks]").select_option("open")
    _save(page)
    page.get_by_role("link", name=zh("Done: to the plan")).click()
    page.get_by_role("group").filter(has=page.get_by_label(zh("On what ground"))).locator(
        "summary"
    ).first.click()
    page.get_by_label(zh("Answer"), exact=True).fill("由机关抽调人员顶岗。")
    page.get_by_label(zh("On what ground")).fill("局务会纪要〔2020〕6号")
    _press(page, "Keep this answer")
    expect(page.get_by_text("由机关抽调人员顶岗。")).to_be_visible()


def _it_is_returned_mended_and_signed_by_a_deputy(
    site: Site, officer: Page, office: Page, approver: Page, deputy: Page
) -> None:
    _press(officer, "Ask for approval")
    _decide(site, office, PLAN)
    _decide(site, approver, PLAN, "Return", RETURNED)
    site.open(officer, PLAN)
    expect(officer.get_by_text(RETURNED).first).to_be_visible()
    site.open(officer, f"{PLAN}text/clauses/clause_1/")
    officer.locator("[name=text]").fill("每岗夜间两人值守，轮换休息。")
    _save(officer)
    site.open(officer, PLAN)
    _press(officer, "Ask for approval")
    _decide(site, office, PLAN)

    site.open(approver, "/approvals/delegations/")
    person = approver.locator("[name=delegate] option").filter(has_text="方巡河")
    approver.locator("[name=delegate]").select_option(person.get_attribute("value"))
    for name, value in (("starts_on", "2020-04-16"), ("last_day", "2020-04-16"), ("reason", "外出开会")):
        approver.locator(f"[name={name}]").fill(value)
    _press(approver, "Ask this person to stand in")
    site.open(deputy, "/approvals/delegations/")
    _press(deputy, "Accept", "a delegation")
    site.open(deputy, PLAN)
    in_stead = zh("You decide in the stead of %(holder)s; it is marked so.", holder="贺明远")
    expect(deputy.get_by_text(in_stead)).to_be_visible()
    _press(deputy, "Approve")


def _it_is_issued_acknowledged_and_opened(site: Site, officer: Page, unit: Page) -> None:
    site.open(officer, f"{PLAN}issue/")
    _press(officer, "Issue")
    expect(officer.get_by_role("heading", level=1)).to_have_text(NUMBER)
    site.open(unit, PLAN)
    _press(unit, "Acknowledge")
    site.open(officer, f"{PLAN}issue/")
    officer.locator("details.had summary").click()
    expect(officer.get_by_role("row").filter(has_text=UNIT)).to_contain_text("方巡河")
    site.open(officer, PLAN)
    _press(officer, "Open the plan")
    expect(officer.get_by_role("region", name="四、夜间值守")).to_contain_text("排定夜间值守表")


def _an_amendment_replaces_a_clause(site: Site, officer: Page, office: Page, approver: Page) -> None:
    officer.get_by_role("link", name=zh("Amend the plan")).click()
    officer.locator("[name=reason]").fill("夜间值守另行安排。")
    _press(officer, "Begin the amendment")
    site.open(officer, f"{PLAN}text/clauses/clause_1/")
    officer.get_by_text(zh("Take the clause out")).first.click()
    _press(officer, "Take the clause out")
    _write_clause(officer, "四、", "夜间巡查", "每夜巡查一次。", due="2020-04-28", key="clause_2")
    officer.get_by_role("link", name=zh("See what changes, hand in")).click()
    _press(officer, "Ask for approval")
    for page in (office, approver):
        _decide(site, page, f"{PLAN}amendment/")
    site.open(officer, f"{PLAN}amendment/")
    officer.get_by_role("link", name=zh("Close “%(label)s”", label=zh("Duties assigned"))).click()
    officer.locator("[name=reason]").fill("夜间值守另行安排。")
    _press(officer, "Close the measure")
    _press(officer, "Put in force")
    expect(officer.get_by_role("region", name="四、夜间巡查")).to_contain_text("排定夜间值守表")
    expect(officer.get_by_role("region", name="四、夜间值守")).to_have_count(0)
    expect(officer.locator("#ended")).to_contain_text("夜间值守另行安排。")


def _an_instruction_is_followed_up(site: Site, office: Page, unit: Page) -> None:
    site.open(office, "/instructions/new/")
    office.locator("[name=kind][value=leader]").check()
    for name, value in (("title", INSTRUCTION), ("issuer", "局主要负责同志"), ("text", "逐岗核对。")):
        office.locator(f"[name={name}]").fill(value)
    office.locator("[name=dated_on]").fill("2020-04-16")
    office.locator("[name=items-0-matter]").fill(MATTER)
    office.locator("[name=items-0-owner]").select_option(label=UNIT)
    office.locator("[name=items-0-due_on]").fill("2020-04-20")
    _press(office, "Record and assign")
    page = re.sub(r"[#?].*", "", office.url).removeprefix(site.address)
    site.open(unit, page)
    _press(unit, "Accept")
    unit.get_by_label(zh("How far it is")).fill("已核对一半。")
    _press(unit, "Give feedback")
    unit.get_by_text(zh("It is done: ask for its closing")).click()
    unit.get_by_label(zh("What was done, and what came of it")).fill("名单已核对完毕，共31人。")
    _press(unit, "Ask for its closing")
    expect(unit.get_by_role("button", name=zh("Close the item"))).to_have_count(0)
    site.open(office, page)
    _press(office, "Close the item")
    office.get_by_role("link", name=zh("Sheet to print")).click()
    row = office.get_by_role("row").filter(has_text=MATTER)
    expect(row).to_contain_text("名单已核对完毕，共31人。")
    expect(row).to_contain_text(zh("closed in time"))


def _write_clause(
    page: Page, number: str, title: str, text: str, *, due: str, key: str = "clause_1"
) -> Locator:
    """Add a clause behind the last one, with a duty beside it; return its place on the page of the text."""
    page.locator("#clause-care").get_by_role("link", name=zh("A clause behind")).click()
    for name, value in (("number", number), ("title", title), ("text", text)):
        page.locator(f"[name={name}]").fill(value)
    _save(page)
    clause = page.locator(f"#clause-{key}")
    clause.get_by_text(zh("Bind a measure")).click()
    clause.get_by_role("link", name=zh("Duties assigned")).click()
    for name, value in {**DUTY, "due_on": due}.items():
        page.locator(f"[name=items-0-{name}]").fill(value)
    _save(page)
    return clause


def _save(page: Page) -> None:
    page.get_by_role("button", name=zh("Save"), exact=True).click()
    page.wait_for_url(re.compile(r"/text/(#.*)?$"))


def _press(page: Page, words: str, context: str = "") -> None:
    """Press the button, and wait for the page that answers: it is sent once the sign-in was asked after."""
    name = re.compile(f"^{re.escape(zh(words, context))}( ?[:：].*)?$")
    with page.expect_navigation():
        page.get_by_role("button", name=name).first.click()


def _decide(site: Site, page: Page, path: str, words: str = "Approve", remark: str = "") -> None:
    """Decide about the plan or its amendment, where it lies with the reader."""
    site.open(page, path)
    page.get_by_label(re.compile(f"^{zh('Remark')}")).fill(remark)
    _press(page, words)
    expect(page.get_by_role("button", name=zh("Approve"), exact=True)).to_have_count(0)
