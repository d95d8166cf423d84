"""The page of papers, each as a file, and the command that writes them."""

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from django.test import Client, override_settings
from django.utils.translation import gettext as _

from people import SLUG, Bureau, at, buy, open_plan_1
from songnuan.audit.models import Entry
from songnuan.cli.commands import songnuan
from songnuan.funds.models import Fund
from songnuan.journeys.make_sheets import KINDS
from songnuan.kernel.days import written
from web.browsing import as_, on, queries_of, recorded, trail_length, visits_of

PAGE = f"/plans/{SLUG}/sheets/"
TYPES = {
    "pdf": ("application/pdf", b"%PDF"),
    "xlsx": ("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", b"PK"),
    "docx": ("application/vnd.openxmlformats-officedocument.wordprocessingml.document", b"PK"),
}


@pytest.fixture
def run(bureau: Bureau) -> Bureau:
    plan = open_plan_1(bureau)
    buy(bureau, plan, {"方便面": (94, 68_00), "苹果": (47, 60_00), "梨": (47, 60_00)}, "0001")
    recorded(bureau, at(9), "岗亭缺取暖设备")
    return bureau


def looks() -> int:
    return Entry.objects.filter(action="records.make_paper").count()


@pytest.mark.django_db
def test_each_paper_comes_as_each_kind_of_file_and_is_noted_once(run: Bureau) -> None:
    client = as_(run.finance)
    with on(at(16)):
        for place, kind in enumerate(
            kind for kind in KINDS if kind not in {"gifts", "gift_receipts"}
        ):  # nothing was given
            form = list(TYPES)[place % 3]
            before = looks()
            answer = client.post(f"{PAGE}{kind}/", {"form": form})
            media_type, begin = TYPES[form]
            assert (answer.status_code, answer.headers["Content-Type"]) == (200, media_type), kind
            assert answer.content.startswith(begin)
            assert "attachment" in answer.headers["Content-Disposition"]
            assert "no-store" in answer.headers["Cache-Control"]
            assert looks() == before + 1


@pytest.mark.django_db
def test_the_page_lists_what_the_reader_may_make_and_notes_nothing(run: Bureau) -> None:
    shown = {
        "finance": ("慰问品签收表", "姓名、电话不隐去"),
        "inspector": ("采购清单", "防疫物资出入库登记表"),
        "liaison": ("走访单", "走访慰问记录表"),
    }
    for name, words in shown.items():
        client = as_(getattr(run, name))
        before = trail_length()
        with on(at(16)):
            page = client.get(PAGE).content.decode()
        assert all(word in page for word in words), name
        assert trail_length() == before
    assert "慰问品签收表" not in as_(run.liaison).get(PAGE).content.decode()
    assert "姓名、电话不隐去" not in as_(run.inspector).get(PAGE).content.decode()


@pytest.mark.django_db
def test_who_may_not_gets_no_paper(run: Bureau) -> None:
    visit = visits_of(run)[0]
    before = looks()
    with on(at(16)):
        for kind in ("receipts", "purchases", "stock_card"):
            assert as_(run.liaison).post(f"{PAGE}{kind}/", {"form": "pdf"}).status_code == 404
        client = as_(run.stranger)
        asked = {"form": "pdf", "visit": str(visit.pk)}
        assert client.post(f"{PAGE}visit_record/", asked).status_code == 404
        assert Client().post(f"{PAGE}units/", {"form": "pdf"}).status_code == 302
        assert as_(run.office).post(f"{PAGE}units/", {"form": "odt"}).status_code == 400
        assert as_(run.office).post(f"{PAGE}poem/", {"form": "pdf"}).status_code == 404
        assert as_(run.office).get(f"{PAGE}units/").headers["Location"] == PAGE
        # Asked for in full by who may not, it comes masked: the box was never offered.
        answer = as_(run.inspector).post(f"{PAGE}receipts/", {"form": "xlsx", "is_full": "on"})
        assert answer.status_code == 200
    assert looks() == before + 1
    assert '"unmasked":false' in Entry.objects.filter(action="records.make_paper").latest("pk").facts


@pytest.mark.django_db
def test_what_cannot_be_made_is_said_on_the_page(run: Bureau) -> None:
    done, to_do = visits_of(run)[0], visits_of(run)[1]
    client = as_(run.liaison)
    before = looks()
    with on(at(16)):
        for kind, visit, words in (
            ("visit_sheet", done, "这次走访已经记录"),
            ("visit_record", to_do, "这次走访还没有记录"),
        ):
            answer = client.post(f"{PAGE}{kind}/", {"form": "pdf", "visit": str(visit.pk)})
            assert answer.status_code == 422
            assert words in answer.content.decode()
        answer = client.post(f"{PAGE}visit_sheet/", {"form": "pdf", "day": "31.2.2020"})
        assert answer.status_code == 422
        answer = client.post(f"{PAGE}visit_sheet/", {"form": "pdf", "day": "2020-12-31"})
        sentence = _("On %(day)s no visit is left to make. Choose another day, or leave the day empty.")
        assert sentence % {"day": written(date(2020, 12, 31), "full")} in answer.content.decode()
    assert looks() == before


@pytest.mark.django_db
def test_the_page_of_a_visit_offers_its_paper(run: Bureau) -> None:
    done, to_do = visits_of(run)[0], visits_of(run)[1]
    client = as_(run.liaison)
    with on(at(16)):
        page = client.get(f"/visits/{done.pk}/").content.decode()
        assert f"{PAGE}visit_record/" in page
        assert f'name="visit" value="{done.pk}"' in page
        page = client.get(f"/visits/{to_do.pk}/").content.decode()
        assert f"{PAGE}visit_sheet/" in page
        answer = client.post(f"{PAGE}visit_sheet/", {"form": "pdf", "visit": str(to_do.pk), "is_full": "on"})
    assert answer.status_code == 200
    look = Entry.objects.filter(action="records.make_paper").latest("pk")
    assert (look.subject, '"unmasked":true' in look.facts) == (f"visits.visit:{to_do.pk}", True)


@pytest.mark.django_db
def test_papers_are_found_from_the_plan_the_fund_and_the_table_of_units(run: Bureau) -> None:
    client = as_(run.finance)
    fund = Fund.objects.get()
    for page in (f"/plans/{SLUG}/", f"/funds/{fund.pk}/", f"/plans/{SLUG}/units/"):
        assert PAGE in client.get(page).content.decode(), page
    assert queries_of(client, PAGE) < 40


def command(*words: str) -> Any:
    return CliRunner().invoke(songnuan, ["papers", *words])


@pytest.mark.django_db
@pytest.mark.usefixtures("run")
def test_the_command_writes_papers_and_says_what_is_missing(tmp_path: Path) -> None:
    with on(at(16)):
        done = command(
            SLUG, "--kind", "receipts", "--to", str(tmp_path), "--form", "xlsx", "--form", "docx", "--json"
        )
        assert done.exit_code == 0, done.output
        told = json.loads(done.output)
        assert [Path(file).name for file in told["files"]] == [
            "慰问品签收表20200416.xlsx",
            "慰问品签收表20200416.docx",
        ]
        assert all(Path(file).read_bytes().startswith(b"PK") for file in told["files"])
        with override_settings(SITE_URL=""):
            bare = command(SLUG, "--kind", "visit_sheet", "--to", str(tmp_path), "--lead", "航道处")
        assert bare.exit_code == 0, bare.output
        assert "走访单上没有二维码" in bare.output


@pytest.mark.django_db
@pytest.mark.usefixtures("run")
@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("no-plan", "--kind", "units"), "plan_unknown"),
        ((SLUG, "--kind", "visit_sheet", "--lead", "无此处"), "lead_unknown"),
        ((SLUG, "--kind", "visit_record", "--visit", "999999"), "visit_unknown"),
    ],
)
def test_the_command_says_what_is_wrong(tmp_path: Path, words: tuple[str, ...], code: str) -> None:
    refused = command(*words, "--to", str(tmp_path), "--json")
    assert refused.exit_code == 1
    assert json.loads(refused.stdout)["refused"]["code"] == code
    assert list(tmp_path.iterdir()) == []
