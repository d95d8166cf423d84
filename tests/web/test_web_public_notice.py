"""The pages of a public notice: nothing unmasked by any way, objections without an account, who may what."""

import io
import re
import zipfile
from typing import Any
from uuid import uuid4

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from goods.builders import snapshot
from payments.house import NOW, ListHouse
from payments.noticing import (
    LINES,
    NAMES,
    NUMBERS,
    TOLD,
    answer,
    later,
    named_house,
    object_,
    publish,
    signed,
)
from songnuan.audit.models import Entry
from songnuan.journeys.notice_paper import paper_of
from songnuan.journeys.sheet_files import sheet_file
from songnuan.kernel.actor import Actor
from songnuan.payments.models import Notice, NoticeEnd, NoticeLine, Objection, ObjectionAnswer, Objector
from songnuan.plans.models import Plan
from songnuan.web.due import desk_of, due_of
from songnuan.web.views.shared import Reader
from web.browsing import as_, on, user_of

pytestmark = pytest.mark.django_db(transaction=True)
TABLES = (Notice, NoticeLine, NoticeEnd, Objection, Objector, ObjectionAnswer)


@pytest.fixture
def house() -> ListHouse:
    cache.clear()
    return named_house()


def staff(actor: Actor, name: str, *args: int, at: Any = NOW, told: dict[str, Any] | None = None) -> Any:
    """Open a page of the staff, or post to it."""
    with on(at):
        browser = as_(actor)
        url = reverse(name, args=args)
        return browser.get(url) if told is None else browser.post(url, {"key": str(uuid4()), **told})


def everybody(
    notice: Notice, told: dict[str, Any] | None = None, *, at: Any = NOW, query: str = "", client: Any = None
) -> Any:
    """Open the page of a notice without an account, or object there."""
    with on(at):
        browser, url = client or Client(), reverse("public_notice", args=(notice.key,))
        return browser.get(url + query) if told is None else browser.post(url, {"key": str(uuid4()), **told})


def text_of(content: bytes) -> str:
    """Return everything that a Word file or a workbook says, its hidden parts too."""
    with zipfile.ZipFile(io.BytesIO(content)) as parts:
        return "".join(parts.read(name).decode("utf-8", "replace") for name in parts.namelist())


def unmasked(text: str) -> list[str]:
    """Return what of the people stands in a text that must not."""
    ends = [number[-6:] for number in NUMBERS.values()]
    return [word for word in (*NAMES.values(), *NUMBERS.values(), *ends) if word in text]


QUERIES = (
    "?full=1",
    "?is_full=1&unmasked=1",
    "?before=1",
    "?q=张小三&show=all",
    "?format=json",
    "?name=张小三",
)


def test_by_no_parameter_is_anything_unmasked(house: ListHouse) -> None:
    notice = publish(house, signed(house))
    for query in ("", *QUERIES):
        page = everybody(notice, query=query)
        assert page.status_code == 200
        assert unmasked(page.content.decode()) == [], query
    page = everybody(notice).content.decode()
    for _place, name, tail, row, _minor in LINES:
        assert all(word in page for word in (name, tail, row))
    for words in ("9,000.00", "人民币玖仟元整", "0591-87123456", "2020年4月16日", "办公楼一楼公示栏"):
        assert words in page, words
    whole = staff(house.officer, "payment_notice", notice.payment_list_id).content.decode()
    assert unmasked(whole) == []


def test_it_is_kept_out_of_stores_and_indexes_and_found_by_its_address_alone(house: ListHouse) -> None:
    notice = publish(house, signed(house))
    page = everybody(notice)
    assert page.headers["X-Robots-Tag"] == "noindex, nofollow"
    assert "no-store" in page.headers["Cache-Control"]
    assert 'name="robots" content="noindex, nofollow"' in page.content.decode()
    notice.key = "0" * 24
    assert everybody(notice).status_code == 404
    assert everybody(notice, {"text": "没有这项公示"}).status_code == 404


@pytest.mark.parametrize(
    ("days", "words"), [(7, "本公示已于2020年4月16日结束"), (-1, "本公示将于2020年4月10日开始")]
)
def test_before_and_after_its_days_nothing_of_the_people_is_shown(
    house: ListHouse, days: int, words: str
) -> None:
    notice = publish(house, signed(house))
    page = everybody(notice, at=later(days)).content.decode()
    assert words in page
    assert not [one for line in LINES for one in line[1:3] if str(one) in page]
    assert everybody(notice, {"text": "太晚才看到公示"}, at=later(days)).status_code == 200
    assert not Objection.objects.exists()


def test_a_notice_that_ended_with_its_list_shows_nothing(house: ListHouse) -> None:
    list_id = signed(house)
    notice = publish(house, list_id)
    house.cancel(list_id, house.finance)
    page = everybody(notice).content.decode()
    assert "本公示已撤回" in page
    assert "名单有误" not in page
    assert not [line for line in LINES if line[1] in page]


def test_everybody_may_object_once_a_form(house: ListHouse) -> None:
    notice, key, client = publish(house, signed(house)), str(uuid4()), Client()
    told = {"text": "序号2没有去一线", "position": "2", "key": key}
    for _again in range(2):
        assert everybody(notice, told, client=client).status_code == 302
    one = Objection.objects.get()
    assert (one.number, one.line.position if one.line else 0) == (1, 2)
    assert "编号1" in everybody(notice, client=client).content.decode()
    other = everybody(notice, {**told, "text": "换了内容的同一张表"}, client=client)
    assert other.status_code == 422
    assert Objection.objects.count() == 1


@pytest.mark.parametrize(
    ("field", "told"),
    [
        ("text", {"text": ""}),
        ("text", {"text": "长" * 1001}),
        ("position", {"position": "4"}),
        ("position", {"position": "二"}),
        ("name", {"name": "长" * 61}),
        ("phone", {"phone": "12"}),
    ],
)
def test_what_is_wrong_is_said_beside_it_and_nothing_is_kept(
    house: ListHouse, field: str, told: dict[str, str]
) -> None:
    notice = publish(house, signed(house))
    page = everybody(notice, {"text": "金额有误，请核查", **told})
    assert page.status_code == 422
    assert list(page.context["form"].errors) == [field]
    assert not Objection.objects.exists()


def test_nobody_floods_a_notice(house: ListHouse) -> None:
    notice, client = publish(house, signed(house)), Client()
    answers = [everybody(notice, {"text": f"第{at}次提出异议"}, client=client).status_code for at in range(7)]
    assert answers == [302] * 5 + [429] * 2
    others = [everybody(notice, {"text": f"另一人第{at}次"}).status_code for at in range(16)]
    assert others[:13] == [302] * 13
    assert others[-1] == 429, "many browsers at one address"
    assert Objection.objects.count() == 20 - 2


def test_who_objects_on_the_page_is_shown_masked_and_in_full_to_who_looks_into_it(house: ListHouse) -> None:
    list_id = signed(house)
    notice = publish(house, list_id)
    everybody(notice, {"text": "序号2没有去一线", "name": "欧阳正直", "phone": "13800138000"})
    one = Objection.objects.get()
    maker = staff(house.officer, "payment_notice", list_id).content.decode()
    assert "序号2没有去一线" in maker
    assert "欧阳" not in re.sub(r"欧阳\*\*", "", maker)
    assert staff(house.officer, "payment_notice_contact", list_id, one.pk, told={}).status_code == 403
    page = staff(house.checker, "payment_notice", list_id).content.decode()
    assert "138****8000" in page
    assert "欧阳正直" not in page
    full = staff(house.checker, "payment_notice_contact", list_id, one.pk, told={}).content.decode()
    assert "欧阳正直 13800138000" in re.sub(r"\s+", " ", full)
    assert Entry.objects.filter(action="payments.show_objector").count() == 1
    for facts in Entry.objects.values_list("facts", flat=True):
        assert "欧阳" not in facts
        assert "13800138000" not in facts


def test_the_staff_puts_up_answers_and_takes_back(house: ListHouse) -> None:
    list_id = signed(house)
    page = staff(house.officer, "payment_notice", list_id)
    assert page.context["form"].initial["begins_on"].isoformat() == "2020-04-10"
    told = {**TOLD, "begins_on": "2020-04-10"}
    assert staff(house.officer, "payment_notice", list_id, told={**told, "phone": "1"}).status_code == 422
    assert staff(house.officer, "payment_notice", list_id, told=told).status_code == 302
    noted = {"how": "phone", "received_on": "2020-04-10", "text": "来电反映遗漏一人"}
    assert staff(house.officer, "payment_notice_objection", list_id, told=noted).status_code == 302
    late = staff(house.officer, "payment_notice_cancel", list_id, told={"why": "电话有误"})
    assert late.status_code == 422
    assert "待答复" in late.content.decode()
    one = Objection.objects.get()
    answered = {"text": "已核实，名单无误。", "upheld": "no"}
    own = staff(house.officer, "payment_notice_answer", list_id, one.pk, told=answered)
    assert own.status_code == 403
    empty = staff(
        house.checker, "payment_notice_answer", list_id, one.pk, told={"text": "已核实，名单无误。"}
    )
    assert empty.status_code == 422
    assert staff(house.checker, "payment_notice_answer", list_id, one.pk, told=answered).status_code == 302
    assert not ObjectionAnswer.objects.get().is_upheld
    back = staff(house.officer, "payment_notice_cancel", list_id, told={"why": "电话有误"})
    assert back.status_code == 302
    page = staff(house.officer, "payment_notice", list_id)
    assert page.context["form"] is not None
    assert "电话有误" in page.content.decode()
    assert staff(house.officer, "payment_notice", list_id, told=told).status_code == 302
    again = staff(house.officer, "payment_notice", list_id, told=told)
    assert again.status_code == 422
    assert "已在公示" in again.content.decode()


def test_strangers_see_nothing_and_others_change_nothing(house: ListHouse) -> None:
    list_id = signed(house)
    publish(house, list_id)
    object_(Notice.objects.get(), uuid4())
    one = Objection.objects.get().pk
    posts: list[tuple[str, tuple[int, ...], dict[str, Any]]] = [
        ("payment_notice", (list_id,), {**TOLD, "begins_on": "2020-04-10"}),
        ("payment_notice_cancel", (list_id,), {"why": "电话有误"}),
        (
            "payment_notice_objection",
            (list_id,),
            {"how": "phone", "received_on": "2020-04-10", "text": "来电反映遗漏一人"},
        ),
        ("payment_notice_answer", (list_id, one), {"text": "已核实无误。", "upheld": "no"}),
        ("payment_notice_contact", (list_id, one), {}),
    ]
    before = snapshot(TABLES)
    for actor, status in ((house.finance, 403), (house.approver, 403), (house.register.union.stranger, 404)):
        for name, args, told in posts:
            assert staff(actor, name, *args, told=told).status_code == status, (name, status)
    assert snapshot(TABLES) == before
    for actor, status in ((house.finance, 200), (house.checker, 200), (house.register.union.stranger, 404)):
        assert staff(actor, "payment_notice", list_id).status_code == status
    paper = {"form": "docx"}
    assert (
        staff(house.register.union.stranger, "payment_notice_paper", list_id, told=paper).status_code == 404
    )
    assert staff(house.inspector, "payment_notice_paper", list_id, told=paper).status_code == 200
    assert staff(house.inspector, "payment_notice_paper", list_id, told={"form": "exe"}).status_code == 400
    assert Client().get(reverse("payment_notice", args=(list_id,))).status_code == 302


@pytest.mark.parametrize("form", ["docx", "xlsx"])
def test_the_paper_says_what_the_page_says_and_no_more(house: ListHouse, form: str) -> None:
    list_id = signed(house)
    publish(house, list_id)
    made = staff(house.officer, "payment_notice_paper", list_id, told={"form": form})
    text = text_of(made.content)
    assert unmasked(text) == []
    for words in (
        "关于一线医务人员家属慰问金发放名单的公示",
        "2020年4月10日至2020年4月16日（5个工作日）",
        "姓名（脱敏）",
        "证件尾号",
        "监督电话/邮箱",
        "jj@lincheng.cn",
        "人民币玖仟元整",
        "欧阳**",
        "123X",
    ):
        assert words in text, words
    told = Entry.objects.get(action="records.make_paper")
    assert "public_notice" in told.facts


@pytest.mark.parametrize("sign", ["=", "+", "-", "@", "\t="])
def test_no_cell_is_run_by_a_table_program(house: ListHouse, sign: str) -> None:
    list_id = signed(house)
    notice = publish(house, list_id)
    # What is kept cannot be changed; a notice told in memory has the cells of a hostile standard and unit.
    hostile = [
        NoticeLine(
            notice=notice, position=1, name=f"{sign}*", unit=f"{sign}cmd|' /C calc'!A0", row=f"{sign}1+1"
        )
    ]
    hostile[0].amount_minor = 1
    plan = Plan.objects.get(pk=house.register.measure.plan_id)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("songnuan.journeys.notice_paper.lines_of", lambda _notice: _Rows(hostile))
        made = sheet_file([paper_of(notice, plan)], "xlsx")
    assert "<f>" not in text_of(made.content)
    with zipfile.ZipFile(io.BytesIO(made.content)) as parts:
        texts = parts.read("xl/sharedStrings.xml").decode()
        cells = re.findall(r"<c [^>]*>", parts.read("xl/worksheets/sheet1.xml").decode())
    assert texts.count(f"{sign.strip()}cmd|") == 1
    # A cell is a shared text, a number, or empty; there is nothing that is reckoned.
    assert {kind for cell in cells for kind in re.findall(r' t="(\w+)"', cell)} == {"s"}


class _Rows(list[NoticeLine]):
    """Rows that are gone through as those of a query."""

    def iterator(self) -> list[NoticeLine]:
        """Return the rows."""
        return self


def due(actor: Actor, at: Any = NOW) -> list[str]:
    """Return what is due from somebody about lists, as it is addressed."""
    with on(at):
        reader = Reader(user_of(actor), actor, at, at.date())
        return [item.url for item in due_of(desk_of(reader)) if item.url.startswith("/lists/")]


def test_what_is_due_about_a_notice(house: ListHouse) -> None:
    list_id = signed(house)
    page = reverse("payment_notice", args=(list_id,))
    assert due(house.officer) == [page]
    assert due(house.checker) == due(house.finance) == []
    notice = publish(house, list_id)
    assert due(house.officer) == []
    object_(notice, uuid4())
    assert due(house.checker) == due(house.inspector) == [f"{page}#objections"]
    assert due(house.officer) == due(house.finance) == due(house.register.union.stranger) == []
    answer(list_id, house.checker)
    assert due(house.checker) == []
    assert due(house.officer, later(7)) == [f"/lists/{list_id}/"]
    object_(notice, uuid4(), later(3))
    answer(list_id, house.inspector, upheld=True)
    assert due(house.finance, later(3)) == [f"/lists/{list_id}/"]
    assert due(house.officer, later(7)) == []
