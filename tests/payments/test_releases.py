"""A list is released once; what failed or came back is paid again or not at all; the ledger agrees."""

import json
from collections.abc import Callable
from hashlib import sha256
from typing import Any
from uuid import uuid4

import pytest
from django.db import IntegrityError, connection, transaction

from goods.builders import make_person, make_unit, snapshot
from payments.layout_builders import cells
from payments.noticing import NAMES, later, named_house, publish, signed
from payments.releasing import (
    ACCOUNTS,
    AFTER,
    DAY,
    ReleaseHouse,
    make_release_house,
    make_twin_house,
    set_account,
    vouchers,
)
from songnuan.audit.models import Entry as TrailEntry
from songnuan.benefits.models import Settlement
from songnuan.funds import checks as fund_checks
from songnuan.funds.models import Commitment, Entry, Fund, Kind
from songnuan.journeys.book_results import Vouchers, drop_result
from songnuan.journeys.place_hold import place_hold
from songnuan.journeys.release_list import recall_batch
from songnuan.journeys.reverse_entry import reverse_entry
from songnuan.journeys.sign_list import cancel_list
from songnuan.journeys.take_bank_file import take_bank_file
from songnuan.kernel.refusal import Refusal
from songnuan.organisation.permissions import Role
from songnuan.payments import checks
from songnuan.payments.models import (
    CashReceipt,
    LineCorrection,
    LineEnd,
    ListAct,
    ListStatus,
    PaymentBatch,
    PaymentInstruction,
    PaymentList,
    PaymentResult,
    PersonAccount,
    Recall,
    ResultRow,
)
from songnuan.payments.release_queries import paid_of
from songnuan.payments.rules import position_in, reference_of
from songnuan.people.columns import index
from songnuan.people.models import Person

pytestmark = pytest.mark.django_db(transaction=True)
TABLES = (
    *(PaymentList, ListAct, PaymentBatch, PaymentInstruction, PaymentResult, LineEnd, LineCorrection),
    *(CashReceipt, Recall, Settlement, Entry, Fund, Commitment),
)
OY, ZH = ACCOUNTS["欧阳娜娜"], ACCOUNTS["张小三"]


@pytest.fixture
def house() -> ReleaseHouse:
    return make_release_house()


@pytest.fixture
def released() -> ReleaseHouse:
    return make_release_house(released=True)


def refused(code: str, act: Callable[[], object]) -> Refusal:
    """Do what is refused with a code, and show that nothing changed."""
    before = snapshot(TABLES)
    with pytest.raises(Refusal) as found:
        act()
    assert found.value.code == code, found.value.sentence
    assert snapshot(TABLES) == before
    return found.value


def sound() -> None:
    """Show that lists and ledger agree."""
    assert [finding.sentence for finding in [*checks.verify(), *fund_checks.verify()]] == []


def figures(house: ReleaseHouse) -> tuple[int, int, int]:
    """Return what is committed, disbursed and available of the fund, in yuan."""
    fund = house.lists.fund
    available = fund.appropriated_minor - fund.committed_minor - fund.disbursed_minor - fund.returned_minor
    return fund.committed_minor // 100, fund.disbursed_minor // 100, available // 100


def test_who_has_an_account_is_paid_by_the_bank_and_the_others_in_cash(house: ReleaseHouse) -> None:
    house.release()
    assert house.row.status == ListStatus.RELEASED
    told = [
        (one.number, one.channel, one.lines_count, one.total_minor, bool(one.layout))
        for one in PaymentBatch.objects.order_by("number")
    ]
    assert told == [(1, "bank", 2, 7000_00, True), (2, "cash", 1, 2000_00, False)]
    assert house.states() == [(1, "sent"), (2, "sent"), (3, "sent")]
    assert figures(house) == (9000, 0, 251_000)
    assert ListAct.objects.get(verb="release").person_id == house.lists.finance.user_id
    sound()


@pytest.mark.parametrize("in_cash", [(), (1,), (0, 2), (0, 1, 2)])
def test_each_batch_numbers_its_payments_from_one_in_the_order_of_the_list(in_cash: tuple[int, ...]) -> None:
    """Also where all are paid the same way, and have the numbers of their lines."""
    lists = named_house()
    for place, name in enumerate(NAMES.values()):
        set_account(name, "" if place in in_cash else f"621700123456789000{place}")
    house = ReleaseHouse(lists, signed(lists))
    publish(lists, house.list_id)
    house.release()
    batches = PaymentBatch.objects.filter(payment_list=house.list_id)
    assert sum(batch.lines_count for batch in batches) == len(NAMES)
    for batch in batches:
        rows = PaymentInstruction.objects.filter(batch=batch).order_by("line__position")
        assert [row.position for row in rows] == list(range(1, batch.lines_count + 1))


def test_it_waits_for_signature_and_notice() -> None:
    lists = named_house()
    house = ReleaseHouse(lists, lists.approved())
    refused("wrong_state", house.release)
    lists.sign(house.list_id, lists.inspector)
    refused("notice_missing", house.release)
    publish(lists, house.list_id)
    refused("notice_running", lambda: house.release(at=later(6)))
    house.release(layout="", at=later(7))
    assert house.row.status == ListStatus.RELEASED


def test_it_is_released_once(released: ReleaseHouse) -> None:
    refused("already_released", released.release)
    refused(
        "wrong_state",
        lambda: cancel_list(list_id=released.list_id, why="名单有误", actor=released.lists.finance, at=AFTER),
    )


@pytest.mark.parametrize("who", ["officer", "checker", "approver", "inspector"])
def test_nobody_else_releases_it(house: ReleaseHouse, who: str) -> None:
    refused("not_permitted", lambda: house.release(actor=getattr(house.lists, who)))


def hold(house: ReleaseHouse) -> None:
    """Put the list on hold, as the inspector."""
    subject = f"payments.list:{house.list_id}"
    place_hold(subject=subject, reason="有群众来电反映", key=uuid4(), actor=house.lists.inspector, at=AFTER)


def test_what_stops_a_release(house: ReleaseHouse) -> None:
    refused("subject_changed", lambda: house.release(digest="0" * 64))
    refused("layout_missing", lambda: house.release(layout=""))
    refused("layout_unknown", lambda: house.release(layout="no-such-bank"))
    stranger = make_person("外单位财务", Role.FINANCE, make_unit("外单位"))
    refused("not_permitted", lambda: house.release(actor=stranger))
    hold(house)
    refused("held", house.release)


def test_what_the_register_tells_otherwise_by_now_stops_it(house: ReleaseHouse) -> None:
    set_account("张小三", "6217001234567890999")
    assert refused("list_differs", house.release).facts["people"] == 1


def test_a_payment_that_the_bank_would_refuse_stops_it() -> None:
    lists = named_house()
    set_account("欧阳娜娜", "12AB")
    house = ReleaseHouse(lists, signed(lists))
    publish(lists, house.list_id)
    told = refused("lines_unfit", house.release)
    assert "欧阳**" in told.sentence
    assert "欧阳娜娜" not in told.sentence


def test_whom_the_list_pays_does_not_release_it(house: ReleaseHouse) -> None:
    payee = Person.objects.get(name="张小三")
    PersonAccount.objects.create(user_id=house.lists.finance.user_id or 0, person=payee, found_at=AFTER)
    refused("payee_acts", house.release)


def test_the_banks_file_is_the_same_each_time(released: ReleaseHouse) -> None:
    def take(number: int = 1, **changes: Any) -> bytes:
        facts = {"batch_id": released.batch(number).pk, "actor": released.lists.finance, "at": AFTER}
        told = take_bank_file(**{**facts, **changes})
        with told.content:
            assert told.name == "发-0001-1.xlsx"
            return told.content.read()

    first = take()
    assert first == take(at=later(30))
    assert [row[:4] for row in cells(first)[1:]] == [[1, OY, "欧阳娜娜", 5000], [2, ZH, "张小三", 2000]]
    taken = TrailEntry.objects.filter(action="payments.take_bank_file")
    assert {json.loads(one.facts)["digest"] for one in taken} == {sha256(first).hexdigest()}
    refused("batch_in_cash", lambda: take(2))
    refused("not_permitted", lambda: take(actor=released.lists.officer))
    hold(released)
    refused("held", take)


def test_a_file_that_is_answered_is_not_sent_again(released: ReleaseHouse) -> None:
    released.hand({1: (True, ""), 2: (False, "户名不符")})
    facts: dict[str, Any] = {"batch_id": released.batch().pk, "actor": released.lists.finance, "at": AFTER}
    refused("batch_answered", lambda: take_bank_file(**facts))


def test_the_banks_answer_is_read_first_and_then_booked(released: ReleaseHouse) -> None:
    rows: list[list[object]] = [
        ["", OY, "欧阳娜娜", "5,000.00", "成功", ""],
        ["", ZH, "张小三", 2000, "失败", "户名不符"],
    ]
    result_id = released.read(rows)
    read = PaymentResult.objects.get(pk=result_id)
    assert (read.paid_count, read.paid_minor, read.failed_count, read.odd_count) == (1, 5000_00, 1, 0)
    assert released.states() == [(1, "sent"), (2, "sent"), (3, "sent")]
    assert figures(released) == (9000, 0, 251_000)
    refused("result_waits", lambda: released.read(rows))
    released.book(result_id)
    assert released.states() == [(1, "paid"), (2, "failed"), (3, "sent")]
    assert PaymentInstruction.objects.get(status="failed").reason == "户名不符"
    assert figures(released) == (4000, 5000, 251_000)
    booked = Entry.objects.get(kind=Kind.DISBURSE)
    assert (booked.voucher, booked.subject) == ("付-1", f"payments.list:{released.list_id}")
    refused("wrong_state", lambda: released.book(result_id, "2"))
    refused("result_file_known", lambda: released.read(rows))
    sound()


def test_what_the_bank_tells_wrongly_is_shown_and_not_booked(released: ReleaseHouse) -> None:
    result_id = released.read(
        [
            ["", OY, "欧阳娜娜", 5000.01, "成功", ""],
            ["", "6217001234567890999", "张小三", 2000, "成功", ""],
            ["", ZH, "张小三", 2000, "成功", ""],
            ["", ZH, "张小三", 2000, "失败", "重复"],
            ["", OY, "欧阳娜娜", 5000, "不知道", ""],
            ["", OY, "欧阳娜娜", 5000, "处理中", ""],
        ]
    )
    effects = list(ResultRow.objects.order_by("row").values_list("effect", flat=True))
    assert effects == ["unknown", "unknown", "contradicts", "contradicts", "unreadable", "unclear"]
    assert refused("result_nothing", lambda: released.book(result_id)).facts["number"] == 1
    drop_result(result_id=result_id, actor=released.lists.finance, at=AFTER)
    second = released.read([["", ZH, "张小三", 2000, "成功", ""], ["", ZH, "张小三", 2000, "成功", ""]])
    released.book(second)
    assert released.states() == [(1, "sent"), (2, "paid"), (3, "sent")]
    sound()


def test_an_answer_is_booked_for_one_batch(released: ReleaseHouse) -> None:
    """Without references the same file would be of the next batch too, that pays the same people."""
    rows = [["", OY, "欧阳娜娜", 5000, "成功", ""], ["", ZH, "张小三", 2000, "失败", "户名不符"]]
    released.book(released.read(rows))
    released.again(2)
    told = refused("result_file_known", lambda: released.read(rows, number=3))
    assert "发-0001" in told.sentence
    assert released.states() == [(1, "paid"), (2, "failed"), (3, "sent"), (2, "sent")]


def test_a_reference_is_that_of_one_payment() -> None:
    """Each fund counts its own lists: what another fund's list pays is another payment."""
    where = {"fund_id": 3, "list_number": 1, "batch_number": 2}
    reference = reference_of(**where, position=23)
    assert position_in(f"代发 {reference}。", **where) == 23
    for name, number in where.items():
        assert position_in(reference, **{**where, name: number + 1}) is None


def test_of_two_equal_payments_to_one_account_the_one_without_an_answer_is_told() -> None:
    """A payee has two relatives at the front; the layout has no reference, and the bank answers in parts."""
    house = make_twin_house()
    failed, paid = ["", ZH, "张小三", 2000, "失败", "冻结"], ["", ZH, "张小三", 2000, "成功", ""]
    house.book(house.read([paid]))
    house.book(house.read([failed]), "2")
    told = PaymentInstruction.objects.filter(name="张小三").order_by("position")
    assert list(told.values_list("status", flat=True)) == ["paid", "failed"]
    either = house.read([["", ZH, "张小三", 2000, "退回", "销户"]])
    assert PaymentResult.objects.get(pk=either).odd_count == 1
    refused("result_nothing", lambda: house.book(either, "3"))
    drop_result(result_id=either, actor=house.lists.finance, at=AFTER)
    both = house.read([paid, failed])
    assert PaymentResult.objects.get(pk=both).odd_count == 0
    refused("result_nothing", lambda: house.book(both, "4"))
    sound()


def test_what_a_bank_gives_back_later_is_a_refund(released: ReleaseHouse) -> None:
    released.hand({1: (True, ""), 2: (True, "")})
    assert figures(released) == (2000, 7000, 251_000)
    result_id = released.read([["", ZH, "张小三", 2000, "退回", "账户已销户"]])
    refused("voucher_missing", lambda: released.book(result_id, vouchers=Vouchers("", "", DAY)))
    released.book(result_id)
    assert released.states() == [(1, "paid"), (2, "returned"), (3, "sent")]
    assert figures(released) == (2000, 5000, 253_000)
    assert Entry.objects.get(kind=Kind.REFUND).voucher == "退-1"
    sound()


def test_what_failed_is_paid_again_to_an_account_that_another_person_confirmed(
    released: ReleaseHouse,
) -> None:
    released.hand({1: (True, ""), 2: (False, "户名不符")})
    set_account("张小三", "6217001234567890999")
    refused("account_unconfirmed", lambda: released.again(2))
    refused("not_permitted", lambda: released.confirm(2, actor=released.lists.finance))
    refused("subject_changed", lambda: released.confirm(2, seen="0" * 64))
    released.confirm(2)
    refused("nothing_changed", lambda: released.confirm(2))
    released.again(2)
    assert released.states() == [(1, "paid"), (2, "failed"), (3, "sent"), (2, "sent")]
    again = PaymentInstruction.objects.latest("pk")
    assert (again.account_index, again.batch.number) == (index("account", "6217001234567890999"), 3)
    assert figures(released) == (4000, 5000, 251_000)
    sound()
    refused("line_not_open", lambda: released.again(2))
    released.hand({1: (True, "")}, number=3, vouchers=vouchers("再"))
    assert figures(released) == (2000, 7000, 251_000)
    sound()


def test_who_confirmed_the_account_does_not_pay_it(released: ReleaseHouse) -> None:
    """The database keeps them apart: a correction of one's own is no way to pay oneself."""
    released.hand({1: (True, ""), 2: (False, "户名不符")})
    set_account("张小三", "6217001234567890999")
    released.confirm(2)
    second = make_person("财务乙", Role.FINANCE, released.lists.register.union.unit)
    LineCorrection.objects.bulk_create(
        [
            LineCorrection(
                line=released.line(2),
                name="张小三",
                account_index=index("account", "6217001234567890999"),
                bank="临城农商银行",
                confirmed_by_id=second.user_id or 0,
                at=AFTER,
            )
        ]
    )
    refused("own_correction", lambda: released.again(2, actor=second))
    own = LineCorrection.objects.latest("pk")
    batch = released.batch()
    batch.pk, batch.number, batch.released_by_id = None, 9, second.user_id or 0
    batch.save(force_insert=True)
    wrong = {"batch": batch, "position": 1, "line": own.line, "correction": own}
    with pytest.raises(IntegrityError), transaction.atomic():
        PaymentInstruction.objects.create(**wrong, amount_minor=own.line.amount_minor)


def test_what_came_back_is_paid_again_out_of_money_set_aside_anew(released: ReleaseHouse) -> None:
    released.hand({1: (True, ""), 2: (True, "")})
    released.hand({2: (False, "账户已销户")}, vouchers=vouchers("二"))
    released.again(2)
    assert figures(released) == (4000, 5000, 251_000)
    sound()
    released.hand({1: (True, "")}, number=3, vouchers=vouchers("三"))
    assert paid_of([released.list_id])[released.list_id].paid.minor == 7000_00
    sound()


def test_what_is_not_paid_after_all_is_free_and_another_list_may_pay_it(released: ReleaseHouse) -> None:
    released.hand({1: (False, "本人不要"), 2: (True, "")})
    refused("reason_missing", lambda: released.end(1, why=" "))
    refused("line_not_open", lambda: released.end(2))
    refused("not_permitted", lambda: released.end(1, actor=released.lists.officer))
    refused("number_of_person", lambda: released.end(1, why="本人电话13800138000说不要"))
    released.end(1)
    assert figures(released) == (2000, 2000, 256_000)
    refused("line_not_open", lambda: released.again(1))
    assert Settlement.objects.filter(withdrawn_at__isnull=False).count() == 1
    sound()


def test_cash_is_signed_for_and_then_booked(released: ReleaseHouse) -> None:
    refused("nothing_signed", released.book_cash)
    refused("results_changed", lambda: released.hand({1: (True, "")}, number=2))
    refused("not_the_payee", lambda: released.sign(signed_by="李四"))
    refused("not_permitted", lambda: released.sign(actor=released.lists.officer))
    refused("before_release", lambda: released.sign(signed_on=later(2).date()))
    released.sign(signed_by="李四", relation="丈夫")
    refused("signed_already", released.sign)
    assert figures(released) == (9000, 0, 251_000)
    released.book_cash()
    assert released.states() == [(1, "sent"), (2, "sent"), (3, "paid")]
    assert figures(released) == (7000, 2000, 251_000)
    sound()


def test_cash_that_was_signed_for_is_not_told_to_have_failed(released: ReleaseHouse) -> None:
    released.sign()
    refused("results_changed", lambda: released.hand({1: (False, "没有来领")}, number=2))
    released.book_cash()
    sound()


def test_after_the_release_a_hold_lets_results_be_booked_and_nothing_else_go(released: ReleaseHouse) -> None:
    hold(released)
    released.hand({1: (True, ""), 2: (False, "冻结")})
    assert figures(released) == (4000, 5000, 251_000)
    refused("held", lambda: released.again(2))
    refused("held", released.sign)
    finance = released.lists.finance
    recall_batch(batch_id=released.batch().pk, why="纪检暂缓", actor=finance, at=AFTER)
    assert Recall.objects.get().why == "纪检暂缓"
    sound()


def test_what_a_list_rests_on_is_not_reversed_by_itself(released: ReleaseHouse) -> None:
    released.hand({1: (True, ""), 2: (True, "")})
    for entry in Entry.objects.filter(subject=f"payments.list:{released.list_id}"):
        told: dict[str, Any] = {
            "entry_id": entry.pk,
            "reason": "误记",
            "key": uuid4(),
            "actor": released.lists.finance,
        }
        with pytest.raises(Refusal) as found:
            reverse_entry(**told, at=AFTER)
        assert found.value.code in {"entry_of_list", "commitment_disbursed"}
    sound()


def raw(sql: str, param: int | None) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql, [param])


def test_the_database_pays_no_line_twice_and_changes_no_payment(released: ReleaseHouse) -> None:
    released.hand({1: (True, ""), 2: (False, "户名不符")})
    one = PaymentInstruction.objects.get(line__position=1)
    table = "payments_paymentinstruction"
    columns = "batch_id, {position}, line_id, amount_minor, name, account_index, bank, {status}, reason"
    into, told = (
        columns.format(position="position", status="status"),
        columns.format(position=99, status="'sent'"),
    )
    ended = "INSERT INTO payments_lineend (line_id, why, ended_by_id, ended_at) SELECT %s, 'x', MIN(id),"
    ended += " CURRENT_TIMESTAMP FROM organisation_user"
    for statement, param in (
        (f"INSERT INTO {table} ({into}) SELECT {told} FROM {table} WHERE id = %s", one.pk),  # noqa: S608
        (f"UPDATE {table} SET amount_minor = 1 WHERE id = %s", one.pk),  # noqa: S608
        (f"UPDATE {table} SET account_index = 'x' WHERE id = %s", one.pk),  # noqa: S608
        (f"UPDATE {table} SET status = 'sent', result_id = NULL WHERE id = %s", one.pk),  # noqa: S608
        (f"DELETE FROM {table} WHERE id = %s", one.pk),  # noqa: S608
        (f"UPDATE {table} SET reason = 'x' WHERE id = %s", one.pk),  # noqa: S608
        (f"UPDATE {table} SET result_id = NULL WHERE id = %s", one.pk),  # noqa: S608
        (f"UPDATE {table} SET back_id = result_id WHERE id = %s", one.pk),  # noqa: S608
        ("UPDATE payments_paymentbatch SET total_minor = 1 WHERE id = %s", one.batch_id),
        ("UPDATE payments_paymentresult SET paid_minor = 1 WHERE id = %s", one.result_id),
        ("UPDATE payments_paymentresult SET disbursement_id = NULL WHERE id = %s", one.result_id),
        ("UPDATE payments_paymentresult SET status = 'read' WHERE id = %s", one.result_id),
        ("DELETE FROM payments_paymentresult WHERE id = %s", one.result_id),
        (ended, one.line_id),
    ):
        before = snapshot(TABLES)
        with pytest.raises(IntegrityError):
            raw(statement, param)
        assert snapshot(TABLES) == before
    wrong = PaymentInstruction(batch=one.batch, position=50, line=released.line(2), amount_minor=1)
    with pytest.raises(IntegrityError), transaction.atomic():
        PaymentInstruction.objects.bulk_create([wrong])


def test_who_acted_on_the_list_releases_no_batch_of_it(released: ReleaseHouse) -> None:
    house, batch = released.lists, released.batch()
    for actor in (house.officer, house.checker, house.approver, house.inspector):
        batch.pk, batch.number, batch.released_by_id = None, 9, actor.user_id or 0
        with pytest.raises(IntegrityError), transaction.atomic():
            PaymentBatch.objects.bulk_create([batch])


def test_cash_is_signed_for_while_it_is_to_be_handed_over(released: ReleaseHouse) -> None:
    """By whatever way it is written: neither for what the bank pays nor for what is not paid any more."""
    released.sign()
    made = CashReceipt.objects.get()
    released.book_cash()
    for position in (1, 3):
        made.pk, made.instruction = None, PaymentInstruction.objects.get(line__position=position)
        before = snapshot(TABLES)
        with pytest.raises(IntegrityError, match="payments_receipt_of_sent"), transaction.atomic():
            CashReceipt.objects.bulk_create([made])
        assert snapshot(TABLES) == before


def test_the_check_finds_what_was_tampered_with(released: ReleaseHouse) -> None:
    released.hand({1: (True, ""), 2: (True, "")})
    sound()
    on = " ON payments_paymentresult" if connection.vendor == "postgresql" else ""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"DROP TRIGGER payments_paymentresult_frozen_update{on}")
        PaymentResult.objects.filter(paid_minor__gt=0).update(paid_minor=1)
        assert {one.code for one in checks.verify()} == {"result_differs"}
        transaction.set_rollback(True)
    sound()
