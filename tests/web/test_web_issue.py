"""The page of a plan's notice: what goes out, its papers, and who has it."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner
from django.db.models import F
from django.test import Client
from django.urls import reverse

from people import PLANS, SLUG, Bureau, at
from songnuan.cli.commands import songnuan
from songnuan.journeys.approve_plan import approve_plan
from songnuan.journeys.import_units import import_units
from songnuan.journeys.issue_plan import issue_plan
from songnuan.journeys.load_plan import load_plan
from songnuan.journeys.submit_plan import submit_plan
from songnuan.kernel.actor import Actor
from songnuan.plans.models import Plan
from songnuan.records.models import IssuedDocument, Receipt
from web.browsing import as_, on, trail_length

PAGE = f"/plans/{SLUG}/issue/"
RECEIPT = f"/plans/{SLUG}/issue/receipt/"
NUMBER = "澄水运防〔2020〕4号"


@pytest.fixture
def ready(bureau: Bureau) -> Bureau:
    load_plan(source=(PLANS / f"{SLUG}.yaml").read_text(), actor=bureau.officer, at=at(6))
    workbook = (PLANS / "samples/front-line-units.xlsx").read_bytes()
    import_units(
        content=workbook, slug=SLUG, create_leads=False, dry_run=False, actor=bureau.officer, at=at(6)
    )
    request = submit_plan(slug=SLUG, actor=bureau.officer, at=at(6, 11))
    approve_plan(slug=SLUG, digest=request.digest, actor=bureau.approver, at=at(6, 15))
    return bureau


@pytest.fixture
def issued(ready: Bureau) -> Bureau:
    issue_plan(slug=SLUG, code="澄水运防", last_given=3, actor=ready.officer, at=at(7))
    return ready


def page(client: Client, url: str = PAGE) -> str:
    answer = client.get(url)
    assert answer.status_code == 200
    return answer.content.decode()


def refused(client: Client, actor: Actor, url: str, **data: object) -> None:
    """Post as the actor, and see that it is refused and leaves everything as it was."""
    before = (IssuedDocument.objects.count(), Receipt.objects.exclude(acknowledged_at=None).count())
    assert client.post(url, data).status_code in {403, 404}, actor
    assert before == (
        IssuedDocument.objects.count(),
        Receipt.objects.exclude(acknowledged_at=None).count(),
    )


@pytest.mark.django_db
def test_the_officer_sees_what_goes_out_and_issues_it_once_however_often_it_is_clicked(ready: Bureau) -> None:
    client = as_(ready.officer)
    with on(at(7)):
        length = trail_length()
        shown = page(client)
        assert trail_length() == length
        assert NUMBER in shown
        assert "关于印发《走访慰问防疫一线工作方案》的通知" in shown
        assert "方正小标宋简体" in shown, "missing fonts are told"
        assert PAGE in page(client, f"/plans/{SLUG}/")
        for _click in range(2):
            answer = client.post(PAGE, {"code": "澄水运防", "last_given": "3"})
            assert (answer.status_code, answer.headers["Location"]) == (302, PAGE)
        assert IssuedDocument.objects.get().number == NUMBER
        shown = page(client)
    assert reverse("plan_paper", args=(SLUG, "xlsx")) in shown
    assert 'name="code"' not in shown
    assert NUMBER in page(client, f"/plans/{SLUG}/")


@pytest.mark.django_db
def test_what_was_typed_wrong_is_said_beside_it(ready: Bureau) -> None:
    client = as_(ready.officer)
    with on(at(7)):
        for data in (
            {"code": "AB", "last_given": "3"},
            {"code": "", "last_given": "3"},
            {"code": "澄水\0运防", "last_given": "3"},
            {"code": "长" * 5000, "last_given": "3"},
            {"code": "澄水运防", "last_given": "-1"},
            {"code": "澄水运防", "last_given": ""},
        ):
            answer = client.post(PAGE, data)
            assert answer.status_code == 422
            assert 'aria-invalid="true"' in answer.content.decode()
    assert not IssuedDocument.objects.exists()


@pytest.mark.django_db
def test_who_may_not_issue_has_no_form_and_is_refused(ready: Bureau) -> None:
    for actor in (ready.approver, ready.finance, ready.liaison, ready.inspector, ready.stranger):
        client = as_(actor)
        with on(at(7)):
            assert 'name="code"' not in page(client)
            refused(client, actor, PAGE, code="澄水运防", last_given="3")


@pytest.mark.django_db
def test_papers_are_handed_out_under_their_number_and_only_to_who_sees_the_plan(issued: Bureau) -> None:
    client = as_(issued.liaison)
    for kind, begin in (("docx", b"PK"), ("pdf", b"%PDF"), ("xlsx", b"PK")):
        answer = client.get(f"/plans/{SLUG}/papers/{kind}/")
        assert answer.status_code == 200
        assert answer.content.startswith(begin)
        assert "attachment" in answer.headers["Content-Disposition"]
    assert client.get(f"/plans/{SLUG}/papers/odt/").status_code == 404
    assert Client().get(f"/plans/{SLUG}/papers/pdf/").status_code == 302


@pytest.mark.django_db
def test_before_it_is_issued_there_is_no_paper(ready: Bureau) -> None:
    assert as_(ready.officer).get(f"/plans/{SLUG}/papers/pdf/").status_code == 404


@pytest.mark.django_db
def test_a_liaison_finds_the_notice_at_home_and_acknowledges_it_on_the_plan(issued: Bureau) -> None:
    client = as_(issued.liaison)
    with on(at(8)):
        assert NUMBER in page(client, "/")
        notice = IssuedDocument.objects.get().pk
        shown = page(client, f"/plans/{SLUG}/")
        assert f'name="unit" value="{issued.lead_id}"' in shown
        assert f'name="document" value="{notice}"' in shown
        assert client.post(RECEIPT, {"document": notice, "unit": [issued.lead_id]}).status_code == 302
        assert client.post(RECEIPT, {"document": notice, "unit": [issued.lead_id]}).status_code == 302
        receipt = Receipt.objects.get(unit_id=issued.lead_id)
        assert receipt.acknowledged_by_id == issued.liaison.user_id
        # Its units are still to be told; they are not ticked beforehand.
        shown = page(client)
        assert f'name="document" value="{notice}"' in shown
        others = list(Receipt.objects.filter(acknowledged_at=None).values_list("unit_id", flat=True))
        mine = [pk for pk in others if f'value="{pk}"' in shown]
        assert mine
        assert " checked" not in shown
        assert client.post(RECEIPT, {"document": notice, "unit": mine}).status_code == 302
        assert "确认收文：" not in page(client, "/")


@pytest.mark.django_db
def test_nobody_acknowledges_for_another_unit(issued: Bureau) -> None:
    notice = IssuedDocument.objects.get().pk
    for actor in (issued.stranger, issued.officer, issued.office, issued.approver, issued.inspector):
        with on(at(8)):
            refused(as_(actor), actor, RECEIPT, document=notice, unit=[issued.lead_id])
    client = as_(issued.liaison)
    with on(at(8)):
        assert client.post(RECEIPT, {"document": notice}).status_code == 422
        assert client.post(RECEIPT, {"document": notice, "unit": ["x"]}).status_code == 400
        assert client.post(RECEIPT, {"document": "x", "unit": [issued.lead_id]}).status_code == 400
        assert client.get(RECEIPT).headers["Location"] == RECEIPT.removesuffix("receipt/")


@pytest.mark.django_db
def test_a_click_on_a_page_from_before_the_newer_notice_leads_to_the_newer_one(issued: Bureau) -> None:
    read = IssuedDocument.objects.get()
    Plan.objects.filter(slug=SLUG).update(version=F("version") + 1)
    newer = issue_plan(slug=SLUG, code="澄水运防", actor=issued.officer, at=at(8))
    client = as_(issued.liaison)
    with on(at(8, 12)):
        for stale in ({"document": read.pk}, {}):  # a page from before the form named its notice, too
            answer = client.post(RECEIPT, {**stale, "unit": [issued.lead_id]})
            assert answer.status_code == 422
            shown = answer.content.decode()
            assert f"{newer.number}是本方案最新的通知" in shown
            assert f'name="document" value="{newer.pk}"' in shown
            assert not Receipt.objects.exclude(acknowledged_at=None).exists()
        home = page(client, "/")
    assert newer.number in home
    assert read.number not in home


@pytest.mark.django_db
def test_the_last_number_of_another_code_than_proposed_is_asked_and_kept(ready: Bureau) -> None:
    issue_plan(slug=SLUG, code="澄水运防", last_given=3, actor=ready.officer, at=at(7))
    Plan.objects.filter(slug=SLUG).update(version=F("version") + 1)
    client = as_(ready.officer)
    with on(at(8)):
        shown = page(client)
        assert "澄水运防〔2020〕5号" in shown
        assert 'name="last_given"' not in shown
        # Nobody was asked where the numbers of this code stand: it is asked now, and nothing is issued.
        answer = client.post(PAGE, {"code": "澄水运人"})
        assert answer.status_code == 422
        shown = answer.content.decode()
        assert 'name="last_given" value="0"' in shown
        assert "澄水运人〔2020〕1号" in shown
        assert IssuedDocument.objects.count() == 1
        assert client.post(PAGE, {"code": "澄水运人", "last_given": "11"}).status_code == 302
        assert IssuedDocument.objects.order_by("-pk")[0].number == "澄水运人〔2020〕12号"
        Plan.objects.filter(slug=SLUG).update(version=F("version") + 1)
        assert "澄水运人〔2020〕13号" in page(client)
        # A number typed for a code that is counted here is not dropped without a word.
        answer = client.post(PAGE, {"code": "澄水运防", "last_given": "9"})
        assert answer.status_code == 422
        assert "下一个是5" in answer.content.decode()
        assert IssuedDocument.objects.count() == 2
        assert client.post(PAGE, {"code": "澄水运防", "last_given": "4"}).status_code == 302
        assert IssuedDocument.objects.order_by("-pk")[0].number == "澄水运防〔2020〕5号"


@pytest.mark.django_db
def test_who_is_late_stands_on_the_page_with_the_days(issued: Bureau) -> None:
    with on(at(12)):
        shown = page(as_(issued.officer))
    assert shown.count("tag-late") == 65


@pytest.mark.django_db
@pytest.mark.usefixtures("ready")
def test_the_command_issues_and_writes_the_papers(tmp_path: Path) -> None:
    run = CliRunner().invoke
    refusal = run(songnuan, ["plan", "papers", SLUG, "--to", str(tmp_path), "--json"])
    assert refusal.exit_code == 1
    assert json.loads(refusal.stdout)["refused"]["code"] == "not_issued"
    with on(at(7)):
        done = run(songnuan, ["plan", "issue", SLUG, "--json"])
        again = run(songnuan, ["plan", "issue", SLUG, "--json"])
    assert (json.loads(done.stdout)["number"], json.loads(done.stdout)["units"]) == (NUMBER, 65)
    assert json.loads(again.stdout)["refused"]["code"] == "already_issued"
    written = run(songnuan, ["plan", "papers", SLUG, "--to", str(tmp_path / "new"), "--json"])
    told = json.loads(written.stdout)
    assert [Path(name).suffix for name in told["files"]] == [".docx", ".pdf", ".xlsx"]
    assert all(Path(name).stat().st_size for name in told["files"])
    assert {"name", "instead"} == set(told["missing_fonts"][0])
