"""The page of a list's papers, each as a file, and the command that writes them."""

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from django.urls import reverse

from goods.builders import make_person, make_unit
from payments.releasing import AFTER, ReleaseHouse, make_release_house
from songnuan.audit.models import Entry
from songnuan.cli.commands import songnuan
from songnuan.journeys.make_payment_papers import KINDS
from songnuan.kernel.actor import Actor
from songnuan.organisation.permissions import Role
from web.browsing import as_, on, trail_length

pytestmark = pytest.mark.django_db(transaction=True)
BEGINS = {"pdf": b"%PDF", "xlsx": b"PK", "docx": b"PK"}


@pytest.fixture
def house() -> ReleaseHouse:
    found = make_release_house(released=True)
    found.sign(1)
    found.book_cash()
    return found


def page(house: ReleaseHouse, actor: Actor, query: str = "") -> Any:
    """Open the page of papers."""
    with on(AFTER):
        return as_(actor).get(reverse("payment_papers", args=(house.list_id,)) + query)


def take(house: ReleaseHouse, actor: Actor, kind: str, ext: str = "xlsx", **told: str) -> Any:
    """Take a paper."""
    with on(AFTER):
        return as_(actor).post(f"/lists/{house.list_id}/papers/{kind}.{ext}", told)


def looks() -> list[dict[str, Any]]:
    return [json.loads(one.facts) for one in Entry.objects.filter(action="records.make_paper").order_by("pk")]


@pytest.mark.parametrize("kind", KINDS)
def test_each_paper_comes_as_each_kind_of_file_and_is_noted_once(house: ReleaseHouse, kind: str) -> None:
    for ext, begin in BEGINS.items():
        before = len(looks())
        answer = take(house, house.lists.finance, kind, ext)
        assert answer.status_code == 200, (kind, ext)
        assert answer.content.startswith(begin)
        assert "attachment" in answer.headers["Content-Disposition"]
        assert "no-store" in answer.headers["Cache-Control"]
        assert [one["paper"] for one in looks()[before:]] == [kind]


def test_the_page_offers_what_the_reader_may_have_and_notes_nothing(house: ReleaseHouse) -> None:
    before = trail_length()
    answer = page(house, house.lists.finance, "?batch=2")
    text = answer.content.decode()
    for words in (
        "慰问金发放签收表",
        "慰问金发放明细",
        "付款凭证附件",
        "姓名、证件号码、银行账号不隐去",
        "第2批（现金，1笔）",
    ):
        assert words in text, words
    assert '<option value="2" selected>' in text
    text = page(house, house.lists.officer).content.decode()
    assert "慰问金发放签收表" in text
    assert "is_full" not in text
    assert trail_length() == before


def test_before_anything_is_released_the_page_says_what_is_to_come() -> None:
    house = make_release_house()
    text = page(house, house.lists.finance).content.decode()
    assert text.count("formaction=") == 3
    assert "清单放款后即可制作。" in text
    assert "有结果记账后即可制作。" in text
    answer = take(house, house.lists.finance, "sign_sheet")
    assert answer.status_code == 422
    assert looks() == []
    with on(AFTER):
        listed = as_(house.lists.officer).get(f"/lists/{house.list_id}/").content.decode()
    assert reverse("payment_papers", args=(house.list_id,)) in listed


def test_who_may_not_gets_nothing(house: ReleaseHouse) -> None:
    elsewhere = make_person("外财", Role.FINANCE, make_unit("平川市"))
    strangers = [house.lists.register.union.stranger, elsewhere]
    for actor in strangers:
        assert page(house, actor).status_code == 404
        for kind in KINDS:
            assert take(house, actor, kind, is_full="on").status_code == 404
    for actor in (house.lists.officer, house.lists.inspector):
        assert take(house, actor, "sign_sheet", is_full="on").status_code == 403
    assert looks() == []
    assert Entry.objects.filter(action="journey.refused", subject__contains="make_payment_paper").count() == 2
    with on(AFTER):
        led = as_(house.lists.finance).get(f"/lists/{house.list_id}/papers/sign_sheet.pdf")
        assert led.headers["Location"] == f"/lists/{house.list_id}/papers/"
        assert as_(house.lists.finance).get("/lists/999999/papers/").status_code == 404


def test_what_is_asked_for_wrongly_is_said(house: ReleaseHouse) -> None:
    finance = house.lists.finance
    assert take(house, finance, "sign_sheet", "exe").status_code == 400
    assert take(house, finance, "nothing").status_code == 404
    for batch in ("9", "x", "2 OR 1=1"):
        assert take(house, finance, "sign_sheet", batch=batch).status_code == 422
    assert take(house, finance, "payment_voucher", batch="9").status_code == 422
    assert looks() == []
    assert take(house, finance, "payment_voucher", "docx", batch="2").status_code == 200
    answer = take(house, finance, "sign_sheet", batch="2", is_full="on")
    assert answer.status_code == 200
    assert looks()[-1] == {"count": 1, "paper": "sign_sheet", "unmasked": True}


def test_the_command_writes_a_file_for_each_batch(house: ReleaseHouse, tmp_path: Path) -> None:
    slug = house.lists.register.measure.plan.slug

    def run(*told: str) -> Any:
        with on(AFTER):
            return CliRunner().invoke(songnuan, ["list-papers", slug, *told, "--to", str(tmp_path), "--json"])

    made = run("1", "--kind", "sign_sheet", "--form", "xlsx", "--form", "docx", "--batch", "2", "--full")
    assert made.exit_code == 0, made.output
    names = [Path(one).name for one in json.loads(made.output)["files"]]
    assert names == [f"发-0001第2批慰问金发放签收表（实名）20200420.{form}" for form in ("xlsx", "docx")]
    assert sorted(one.name for one in tmp_path.iterdir()) == sorted(names)
    assert [one["unmasked"] for one in looks()] == [True, True]
    assert run("7", "--kind", "payment_detail").exit_code != 0
