from collections.abc import Iterator
from typing import Any
from unittest.mock import patch

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from people import LEAD, Bureau, at
from roster_files import HEADINGS, number, people, person, text, workbook
from songnuan.jobs.models import Job
from songnuan.kernel.actor import Actor
from songnuan.people.models import ColumnMemory, ImportStatus, Person, RosterImport
from web.browsing import as_, on
from web.roster_browsing import (
    WRONG,
    act,
    again,
    count,
    kept,
    messy,
    own_roster,
    read,
    see,
    stocked,
    unit_liaison,
    upload,
    work,
)

pytestmark = pytest.mark.django_db

# What a script can post to an import.
SOMEWHERE = {"sheet": "x", "row": "4", "field": "name", "value": "x"}
ACTS = ("again", "columns", "mend", "apply", "cancel", "report")


@pytest.fixture
def roster(bureau: Bureau) -> str:
    """A roster of the bureau on which three people stand."""
    return stocked(bureau, people(1, 2, 3))


@pytest.fixture(autouse=True)
def _kept_nothing() -> Iterator[None]:
    yield
    for path in kept():
        path.unlink()


# The file ------------------------------------------------------------------------------------------


def test_the_page_takes_a_file_and_says_which(bureau: Bureau, roster: str) -> None:
    page = as_(bureau.officer).get(reverse("roster_bring", args=(roster,)))
    words = page.content.decode()
    assert 'enctype="multipart/form-data"' in words
    for ending in (".xlsx", ".xls", ".ods", ".csv", ".txt"):
        assert ending in words
    assert "200 MB" in words or "200MB" in words
    assert "身份证号" in words


@pytest.mark.parametrize("content", [None, b""])
def test_without_a_file_it_says_what_is_missing(bureau: Bureau, roster: str, content: bytes | None) -> None:
    before, files = count(), kept()
    form = {} if content is None else {"workbook": SimpleUploadedFile("a.csv", content)}
    answer = as_(bureau.officer).post(reverse("roster_bring", args=(roster,)), form)
    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == ["workbook"]
    assert (count(), kept()) == (before, files)


def test_a_file_that_is_too_large_is_not_taken_in(bureau: Bureau, roster: str) -> None:
    before, files = RosterImport.objects.count(), kept()
    with patch("songnuan.web.roster_forms.FILE_MAX", 10):
        answer = upload(bureau.officer, roster, people(4))
    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == ["workbook"]
    assert (RosterImport.objects.count(), kept()) == (before, files)


def test_the_same_file_brought_twice_is_one_import(bureau: Bureau, roster: str) -> None:
    files = kept()
    first, second = (upload(bureau.officer, roster, people(4)) for _click in range(2))
    assert first.url == second.url
    assert Job.objects.filter(task__endswith="read_task", status="ready").count() == 1
    assert len(kept()) == len(files) + 1


def test_who_makes_no_units_is_not_offered_to(bureau: Bureau) -> None:
    own = own_roster(bureau)
    keeper = unit_liaison(bureau.lead_id)
    assert "create_units" not in _bring_form(keeper, own).fields
    assert "create_units" in _bring_form(bureau.officer, own).fields
    source = read(keeper, own, text(HEADINGS, person(4, 工作单位="新设测试站")), create_units="on")
    assert source.counts["rejected"] == 1


def _bring_form(actor: Actor, roster: str) -> Any:
    return as_(actor).get(reverse("roster_bring", args=(roster,))).context["form"]


# Waiting -------------------------------------------------------------------------------------------


def test_while_it_is_read_the_page_asks_how_far(bureau: Bureau, roster: str) -> None:
    answer = upload(bureau.officer, roster, people(4))
    source = RosterImport.objects.latest("pk")
    assert answer.url == reverse("roster_import", args=(source.key,))
    page = see(bureau.officer, source)
    assert page.templates[0].name == "web/roster_wait.html"
    assert f'hx-get="{reverse("roster_import_progress", args=(source.key,))}"' in page.content.decode()
    part = see(bureau.officer, source, part="_progress")
    assert "<html" not in part.content.decode()
    assert "hx-get" in part.content.decode()
    work()
    assert see(bureau.officer, source, part="_progress").headers["HX-Refresh"] == "true"
    assert see(bureau.officer, source).templates[0].name == "web/roster_preview.html"


def test_progress_is_told_in_rows_and_percent(bureau: Bureau, roster: str) -> None:
    upload(bureau.officer, roster, people(4))
    Job.objects.filter(task__endswith="read_task").update(
        status="running", leased_until=at(30), done=45, total=60
    )
    progress = see(bureau.officer, RosterImport.objects.latest("pk")).context["progress"]
    assert (progress.done, progress.total, progress.percent) == (45, 60, 75)
    assert "70" in progress.said


def test_work_that_nobody_takes_is_told(bureau: Bureau, roster: str) -> None:
    upload(bureau.officer, roster, people(4))
    source = RosterImport.objects.latest("pk")
    assert see(bureau.officer, source).context["progress"].stuck == ""
    Job.objects.filter(task__endswith="read_task").update(enqueued_at=at(1))
    assert see(bureau.officer, source).context["progress"].stuck


def test_work_that_broke_off_can_be_gone_on_with(bureau: Bureau, roster: str) -> None:
    upload(bureau.officer, roster, people(4))
    source = RosterImport.objects.latest("pk")
    jobs = Job.objects.filter(task__endswith="read_task")
    jobs.update(status="failed", error="songnuan/x.py:12", error_class="ValueError")
    page = see(bureau.officer, source)
    assert page.context["progress"].failed
    assert "x.py" not in page.content.decode()
    assert "hx-get" not in page.content.decode()
    assert act(bureau.officer, source, "again").url == reverse("roster_import", args=(source.key,))
    work()
    assert again(source).status == ImportStatus.STAGED
    act(bureau.officer, source, "again")
    assert jobs.filter(status="ready").count() == 0, "there is nothing to go on with"


def test_a_sign_in_that_ran_out_shows_no_form_inside_the_page(bureau: Bureau, roster: str) -> None:
    upload(bureau.officer, roster, people(4))
    url = reverse("roster_import_progress", args=(RosterImport.objects.latest("pk").key,))
    assert Client().get(url, headers={"HX-Request": "true"}).headers["HX-Refresh"] == "true"
    assert Client().get(url).status_code == 302


@pytest.mark.parametrize("content", [b"<html>", b"PK\x03\x04broken", "一,二\n三,四".encode()])
def test_a_file_that_cannot_be_read_says_why(bureau: Bureau, roster: str, content: bytes) -> None:
    before = Person.objects.count()
    source = read(bureau.officer, roster, content)
    page = see(bureau.officer, source)
    assert page.context["outcome"] == "failed"
    assert source.note
    assert source.note in page.content.decode()
    assert Person.objects.count() == before


def test_a_text_may_come_with_a_long_name(bureau: Bureau, roster: str) -> None:
    upload(bureau.officer, roster, text(HEADINGS, person(7, 手机号="1")), "名" * 240 + ".csv")
    work()
    source = RosterImport.objects.latest("pk")
    assert (source.status, source.counts["rejected"]) == (ImportStatus.STAGED, 1)
    assert see(bureau.officer, source).status_code == 200


# Who may -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("who", ["inspector", "finance", "approver", "liaison", "stranger"])
def test_an_import_is_not_there_for_who_may_not_import(bureau: Bureau, roster: str, who: str) -> None:
    source = read(bureau.officer, roster, messy(person(2, 身份证号=WRONG)))
    actor = getattr(bureau, who)
    before = count()
    assert see(actor, source).status_code == 404
    assert see(actor, source, part="_progress").status_code == 404
    for name in ACTS:
        assert act(actor, source, name, SOMEWHERE).status_code == 404
    assert upload(actor, roster, people(9)).status_code in {403, 404}
    assert count() == before
    assert again(source).status == ImportStatus.STAGED


def test_nobody_acts_without_signing_in(bureau: Bureau, roster: str) -> None:
    source = read(bureau.officer, roster, people(4))
    before = count()
    for name in ACTS:
        assert Client().post(reverse(f"roster_import_{name}", args=(source.key,))).status_code == 302
    assert count() == before


def test_acts_are_posted(bureau: Bureau, roster: str) -> None:
    source = read(bureau.officer, roster, people(4))
    for name in set(ACTS) - {"columns"}:
        led = see(bureau.officer, source, part=f"_{name}")
        assert led.headers["Location"] == reverse("roster_import", args=(source.key,))


def test_there_is_no_import_of_a_made_up_key(bureau: Bureau) -> None:
    assert as_(bureau.officer).get("/rosters/imports/" + "0" * 32 + "/").status_code == 404
    assert as_(bureau.officer).get("/rosters/imports/x/").status_code == 404


# The headings --------------------------------------------------------------------------------------

UNKNOWN = ["序号", "姓名", "身份证号", "手机号", "科室队站", "其他"]


def test_an_unknown_heading_is_asked_about_once_and_remembered(bureau: Bureau, roster: str) -> None:
    content = text(UNKNOWN, person(4), person(5))
    source = read(bureau.officer, roster, content)
    assert source.status == ImportStatus.ASKING
    page = see(bureau.officer, source)
    [line] = [line for line in page.context["form"].lines if line.heading == "科室队站"]
    assert line.letter == "E"
    assert line.field.value() == "unit"
    names = {one.heading: one.field.html_name for one in page.context["form"].lines}
    answers = {names[heading]: "unit" if heading == "科室队站" else "-" for heading in names}
    assert act(bureau.officer, source, "columns", answers).status_code == 302
    assert ColumnMemory.objects.get(heading="科室队站").field == "unit"
    work()
    assert again(source).status == ImportStatus.STAGED
    later = read(bureau.officer, roster, text(UNKNOWN, person(6)))
    assert later.status == ImportStatus.STAGED


def test_two_headings_cannot_hold_the_same(bureau: Bureau, roster: str) -> None:
    source = read(bureau.officer, roster, text(UNKNOWN, person(4)))
    names = {one.heading: one.field.html_name for one in see(bureau.officer, source).context["form"].lines}
    answer = act(bureau.officer, source, "columns", {names["科室队站"]: "name"})
    assert answer.status_code == 422
    assert names["科室队站"] in answer.context["form"].errors
    made_up = act(bureau.officer, source, "columns", {names["科室队站"]: "password"})
    assert made_up.status_code == 422
    assert not ColumnMemory.objects.exists()
    assert again(source).status == ImportStatus.ASKING


def test_the_same_heading_in_two_sheets_is_asked_about_once(bureau: Bureau, roster: str) -> None:
    content = workbook(("甲", [UNKNOWN, person(4)]), ("乙", [UNKNOWN, person(5)]))
    source = read(bureau.officer, roster, content, name="两表.xlsx")
    lines = see(bureau.officer, source).context["form"].lines
    assert len({line.heading for line in lines}) == len(lines)
    [line] = [line for line in lines if line.heading == "科室队站"]
    assert set(line.sheets) == {"甲", "乙"}


def test_a_heading_taken_wrongly_can_be_set_right(bureau: Bureau, roster: str) -> None:
    source = read(
        bureau.officer, roster, text(["姓名", "身份证号", "工作单位", "岗位"], ["赵四", number(4), LEAD, "x"])
    )
    with on(at(8)):
        page = as_(bureau.officer).get(reverse("roster_import_columns", args=(source.key,)))
    names = {one.heading: one.field.html_name for one in page.context["form"].lines}
    assert set(names) == {"姓名", "身份证号", "工作单位", "岗位"}
    answers = {one.field.html_name: one.field.value() for one in page.context["form"].lines}
    act(bureau.officer, source, "columns", {**answers, "every": "1", names["岗位"]: "rank"})
    work()
    fresh = again(source)
    assert fresh.status == ImportStatus.STAGED
    assert fresh.columns[0]["places"]["rank"] == 3
    assert "post" not in fresh.columns[0]["places"]
