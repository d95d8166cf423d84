"""The pages of payment: who sees and does what, and what they say when something is wrong."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from goods.builders import make_person, make_unit, snapshot
from payments.releasing import ACCOUNTS, AFTER, LAYOUT, ReleaseHouse, answer, make_release_house, set_account
from songnuan.kernel.actor import Actor
from songnuan.organisation.permissions import Role
from songnuan.payments.models import CashReceipt, ListStatus, PaymentBatch, PaymentInstruction, PaymentResult
from songnuan.payments.release_queries import told_digest
from songnuan.people.models import Person
from web.browsing import as_, on
from whole_files import whole_pdf

pytestmark = pytest.mark.django_db(transaction=True)
TABLES = (PaymentBatch, PaymentInstruction, PaymentResult, CashReceipt)
DAY = "2020-04-20"


@pytest.fixture(autouse=True)
def _that_day() -> Iterator[None]:
    with on(AFTER):
        yield


@pytest.fixture
def house() -> ReleaseHouse:
    return make_release_house()


@pytest.fixture
def released() -> ReleaseHouse:
    return make_release_house(released=True)


def get(actor: Actor, path: str, **query: Any) -> str:
    answered = as_(actor).get(path, query)
    assert answered.status_code == 200, answered.content.decode()
    return answered.content.decode()


def post(actor: Actor, path: str, status: int = 302, /, **told: Any) -> str:
    answered = as_(actor).post(path, told)
    text: bytes = answered.getvalue() if answered.streaming else answered.content
    assert answered.status_code == status, text.decode(errors="replace")
    return text.decode(errors="replace")


def page(house: ReleaseHouse, rest: str = "") -> str:
    return f"/lists/{house.list_id}/pay/{rest}"


def test_finance_releases_a_list_on_its_page(house: ReleaseHouse) -> None:
    finance = house.lists.finance
    before = get(finance, page(house))
    assert "2行（¥7,000.00）由银行代发；1行（¥2,000.00）没有账号" in before
    wrong = post(finance, page(house), 422, digest=house.row.digest, layout="")
    assert 'aria-invalid="true"' in wrong
    post(finance, page(house), digest=house.row.digest, layout=LAYOUT)
    assert house.row.status == ListStatus.RELEASED
    shown = get(finance, page(house))
    assert "已发出，待回单" in shown
    assert "放款后每一行" not in shown
    again = post(finance, page(house), 422, digest=house.row.digest, layout=LAYOUT)
    assert "已经放款" in again
    assert PaymentBatch.objects.count() == 2


@pytest.mark.parametrize("who", ["officer", "approver", "inspector"])
def test_others_read_and_release_nothing(house: ReleaseHouse, who: str) -> None:
    actor = getattr(house.lists, who)
    assert "请选择模板" not in get(actor, page(house))
    before = snapshot(TABLES)
    post(actor, page(house), 403, digest=house.row.digest, layout=LAYOUT)
    assert snapshot(TABLES) == before


def test_who_is_of_another_unit_finds_no_page(released: ReleaseHouse) -> None:
    stranger = make_person("外单位财务", Role.FINANCE, make_unit("外单位"))
    client = as_(stranger)
    for rest in ("", "1/", "2/cash/1/"):
        assert client.get(page(released, rest)).status_code == 404
    for rest in ("1/file/", "1/answer/", "1/by-hand/", "again/", "end/"):
        assert client.post(page(released, rest)).status_code == 404
    assert Client().get(page(released)).status_code == 302


def test_the_banks_file_is_taken_by_finance_alone(released: ReleaseHouse) -> None:
    taken = post(released.lists.finance, page(released, "1/file/"), 200)
    assert taken.startswith("PK")
    for who in ("officer", "approver", "inspector"):
        post(getattr(released.lists, who), page(released, "1/file/"), 403)
    for actor in (released.lists.finance, released.lists.officer):
        shown = get(actor, page(released, "1/"))
        assert all(account not in shown for account in ACCOUNTS.values())
        assert "****3445" in shown


def test_the_banks_answer_is_looked_at_and_then_booked(released: ReleaseHouse) -> None:
    finance, name = released.lists.finance, "欧阳娜娜"
    rows = [["", ACCOUNTS[name], name, 5000, "成功", ""], ["", "6217001234567890999", "李四", 1, "成功", ""]]
    file = SimpleUploadedFile("回盘.xlsx", answer(rows))
    assert 'class="error"' in post(finance, page(released, "1/answer/"), 422)
    post(finance, page(released, "1/answer/"), file=file)
    shown = get(finance, page(released, "1/"))
    assert "已付1笔（5,000.00元）" in shown
    assert "第3行：不属于本批次" in shown
    assert "6217001234567890999" not in shown
    wrong = post(finance, page(released, "1/results/1/"), 422, voucher="", happened_on=DAY)
    assert "凭证" in wrong
    post(finance, page(released, "1/results/1/"), voucher="付-1", happened_on=DAY)
    assert released.states() == [(1, "paid"), (2, "sent"), (3, "sent")]
    assert "付-1" in get(finance, page(released, "1/"))


def test_what_is_wrong_with_a_file_is_said_beside_it(released: ReleaseHouse) -> None:
    finance = released.lists.finance
    for name, content in (("回盘.xlsx", b"\x00no table"), ("回盘.exe", b"MZ"), ("回盘.csv", b"a,b\n1,2\n")):
        shown = post(finance, page(released, "1/answer/"), 422, file=SimpleUploadedFile(name, content))
        assert 'class="error"' in shown
    assert not PaymentResult.objects.exists()


def test_an_answer_is_set_aside(released: ReleaseHouse) -> None:
    finance = released.lists.finance
    rows = [["", "6217001234567890999", "李四", 1, "成功", ""]]
    post(finance, page(released, "1/answer/"), file=SimpleUploadedFile("回盘.xlsx", answer(rows)))
    post(finance, page(released, "1/results/1/"), drop="1")
    assert PaymentResult.objects.get().status == "dropped"
    assert "已搁置" in get(finance, page(released, "1/"))


def test_what_became_of_single_payments_is_entered_by_hand(released: ReleaseHouse) -> None:
    finance = released.lists.finance
    told: dict[str, Any] = {"state-1": "paid", "state-2": "failed", "happened_on": DAY, "voucher": "付-1"}
    assert "请说明未付原因" in post(finance, page(released, "1/by-hand/"), 422, **told)
    post(finance, page(released, "1/by-hand/"), **told, **{"reason-2": "户名不符"})
    assert released.states() == [(1, "paid"), (2, "failed"), (3, "sent")]
    shown = get(finance, page(released))
    assert "户名不符" in shown


def test_another_account_is_confirmed_by_somebody_else_and_paid(released: ReleaseHouse) -> None:
    released.hand({1: (True, ""), 2: (False, "户名不符")})
    set_account("张小三", "6217001234567890999")
    line, seen = released.line(2).pk, told_digest(Person.objects.get(name="张小三"))
    finance, checker = released.lists.finance, released.lists.approver
    assert "确认此账户" not in get(finance, page(released))
    refused = post(finance, page(released, "again/"), 422, lines=[line], layout=LAYOUT)
    assert "须由他人确认" in refused
    assert "确认此账户" in get(checker, page(released))
    post(checker, page(released, f"lines/{line}/confirm/"), seen=seen)
    assert "请先勾选" in post(finance, page(released, "again/"), 422, layout=LAYOUT)
    post(finance, page(released, "again/"), lines=[line], layout=LAYOUT)
    assert released.states()[-1] == (2, "sent")


def test_what_no_page_sends_is_answered_with_a_sentence(released: ReleaseHouse) -> None:
    """Signs that look like digits, numbers without end, and a line of no list or of another."""
    released.hand({1: (True, ""), 2: (False, "户名不符")})
    for odd in ("²", "9" * 5_000, "-1"):
        assert 'class="error"' in post(
            released.lists.finance, page(released, "again/"), 422, lines=[odd], layout=LAYOUT
        )
    post(released.lists.approver, page(released, "lines/999999/confirm/"), 404)


def test_a_line_that_somebody_else_saw_to_is_said_beside_it(released: ReleaseHouse) -> None:
    """Two people hold the same page open; the second finds what the first did."""
    released.hand({1: (False, "户名不符"), 2: (True, "")})
    line, finance = released.line(1).pk, released.lists.finance
    post(finance, page(released, "end/"), lines=[line], why="本人放弃")
    before = snapshot(TABLES)
    for path, told in (("again/", {"layout": LAYOUT}), ("end/", {"why": "本人放弃"})):
        shown = post(finance, page(released, path), 422, lines=[line], **told)
        assert "已付或不再发放：" in shown
    assert snapshot(TABLES) == before


def test_lines_are_ended_with_a_reason(released: ReleaseHouse) -> None:
    released.hand({1: (False, "本人不要"), 2: (True, "")})
    line, finance = released.line(1).pk, released.lists.finance
    post(finance, page(released, "end/"), 422, lines=[line], why="")
    post(finance, page(released, "end/"), lines=[line], why="本人放弃")
    assert "不再发放" in get(finance, page(released))


def test_cash_is_signed_for_on_a_page(released: ReleaseHouse) -> None:
    finance = released.lists.finance
    assert "办理签收" in get(finance, page(released, "2/"))
    assert released.line(3).name in get(finance, page(released, "2/cash/1/"))
    told: dict[str, Any] = {"signed_by": "阿依古丽·买买提", "signed_on": DAY}
    assert "待签收" in get(finance, page(released, "2/"))
    assert "请在此签名" in post(finance, page(released, "2/cash/1/"), 422, **told)
    scan = SimpleUploadedFile("签收表.pdf", whole_pdf("签"), "application/pdf")
    post(finance, page(released, "2/cash/1/"), **told, scan=scan)
    assert CashReceipt.objects.get().relation == ""
    post(finance, page(released, "2/by-hand/"), signed="1", voucher="付-现", happened_on=DAY)
    assert released.states()[2] == (3, "paid")
    picture = as_(released.lists.inspector).get(page(released, "2/cash/1/signature/"))
    assert picture.status_code == 200


def test_the_bank_is_asked_back_and_it_is_noted(released: ReleaseHouse) -> None:
    finance = released.lists.finance
    post(finance, page(released, "1/recall/"), 422, why="")
    post(finance, page(released, "1/recall/"), why="纪检暂缓")
    assert "纪检暂缓" in get(finance, page(released, "1/"))
    post(released.lists.officer, page(released, "1/recall/"), 403, why="无权")


def test_what_is_due_leads_to_the_payment(house: ReleaseHouse) -> None:
    finance = house.lists.finance
    assert page(house) in get(finance, "/")
    house.release()
    assert "登记清单发-0001的发放结果" in get(finance, "/")
    house.hand({1: (True, ""), 2: (False, "户名不符")})
    assert "清单发-0001有付款失败或退回" in get(finance, "/")
