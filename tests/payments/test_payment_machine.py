"""Lists under any sequence of acts, retries and crashes pay nobody twice, and stand where an oracle says."""

from collections import Counter
from collections.abc import Callable, Iterable
from contextlib import ExitStack
from functools import partial
from itertools import count
from pkgutil import resolve_name
from typing import Any, ClassVar
from unittest.mock import patch
from uuid import uuid4

import pytest
from django.db import transaction
from django.db.models import Sum
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from goods.builders import snapshot
from payments import paying
from payments.layout_builders import cells, layout
from payments.noticing import publish
from payments.paying import Batch, Line, List, Payee, Result, Row
from payments.releasing import AFTER, LAYOUT, ReleaseHouse, answer, make_release_house, set_account, vouchers
from songnuan.benefits.models import Settlement
from songnuan.funds import checks as fund_checks
from songnuan.funds.models import Commitment, Entry, Fund, Kind, Posting
from songnuan.goods import checks as goods_checks
from songnuan.journeys.book_results import drop_result
from songnuan.journeys.lift_hold import lift_hold
from songnuan.journeys.place_hold import place_hold
from songnuan.journeys.refund_purchase import refund_purchase
from songnuan.journeys.release_commitment import release_commitment
from songnuan.journeys.release_list import recall_batch
from songnuan.journeys.reverse_entry import reverse_entry
from songnuan.journeys.take_bank_file import take_bank_file
from songnuan.kernel.refusal import Refusal
from songnuan.payments import checks
from songnuan.payments.layouts.model import Layout
from songnuan.payments.models import (
    CashReceipt,
    LineCorrection,
    LineEnd,
    ListAct,
    PaymentBatch,
    PaymentInstruction,
    PaymentLine,
    PaymentList,
    PaymentResult,
    Recall,
    ResultRow,
)
from songnuan.payments.rules import reference_of
from songnuan.people.columns import index

TABLES = (
    *(PaymentList, PaymentLine, ListAct, PaymentBatch, PaymentInstruction, PaymentResult, ResultRow),
    *(LineEnd, LineCorrection, CashReceipt, Recall, Settlement, Entry, Posting, Fund, Commitment),
)
PLACES = st.integers(min_value=0, max_value=60)
MASKS = st.integers(min_value=1, max_value=15)
WORDS = {"成功": True, "失败": False, "退回": False, "处理中": None, "不知道": None}
ROWS = st.lists(
    st.tuples(
        PLACES,
        st.sampled_from(["place", "account", "account", "both", "other account", "no such place"]),
        st.sampled_from(["right", "right", "right", "none", "wrong"]),
        st.sampled_from(["成功", "成功", "成功", "失败", "失败", "退回", "处理中", "不知道"]),
    ),
    min_size=1,
    max_size=4,
)
JOINING = ("何大江", "吕秀兰", "施建国")
CRASHES = (
    *("songnuan.payments.actions.releases.instruct", "songnuan.payments.actions.releases.note"),
    *("songnuan.payments.actions.results.match", "songnuan.payments.actions.results.apply"),
    *("songnuan.payments.actions.results.note", "songnuan.payments.actions.act"),
    *("songnuan.funds.actions.commit", "songnuan.funds.actions.release", "songnuan.funds.actions.disburse"),
    *("songnuan.funds.actions.refund", "songnuan.benefits.actions.unsettle_lines"),
)


class _CrashError(Exception):
    """The process stops after something was written."""


def _whole() -> Any:
    """Return a transaction that takes durable journeys into it, as the one of a test does."""
    whole: Any = transaction.atomic()
    whole._from_testcase = True
    return whole


class _PaymentMachine(RuleBasedStateMachine):
    """Acts on lists at random, and says beforehand how each act must end."""

    start: ClassVar[ReleaseHouse]

    def __init__(self) -> None:
        super().__init__()
        self.transaction = _whole()
        self.transaction.__enter__()
        self.house = self.start.lists
        self.known = dict(self.house.register.people)
        lines = PaymentLine.objects.order_by("position").values_list("payee__name", "amount_minor")
        self.payees = [Payee(name, minor) for name, minor in lines]
        self.payees[0].account, self.payees[1].account = "6222020200112233445", "6217001234567890123"
        first = [Line(payee, at, payee.account) for at, payee in enumerate(self.payees, start=1)]
        self.lists = [List(self.start.list_id, first, None, "signed", is_checked=True, is_noticed=True)]
        self.crash = 0
        self.has_moved = True
        self.marks = count(1)

    def teardown(self) -> None:
        self.house.register.people = self.known
        transaction.set_rollback(True)
        self.transaction.__exit__(None, None, None)

    @initialize(
        stage=st.sampled_from(["again", "booked", "read", "released", "signed"]),
        writes=st.integers(min_value=0, max_value=9),
    )
    def begin(self, stage: str, writes: int) -> None:
        """Begin with a list somewhere on its way: what matters most lies far from its first act."""
        self.crash = writes
        if stage != "signed":
            self.release(0)
        if stage in {"read", "booked", "again"}:
            self.read(0, [(0, "both", "right", "成功"), (1, "both", "right", "失败")])
        if stage in {"booked", "again"}:
            self.decide(0, "book")
        if stage == "again":
            self.pay_again(0, 1)

    def expect(self, codes: Iterable[str], act: Callable[[], Any]) -> Any:
        """Do the act; return what it gives, or None when it was refused as expected and changed nothing.

        Where a crash is due, the act is broken off first, and nothing may be half-written.
        """
        self.has_moved = True
        before = snapshot(TABLES)
        wanted = set(codes)
        if self.crash and not wanted and self.broken_off(act):
            assert snapshot(TABLES) == before
        if not wanted:
            found = act()
            return True if found is None else found
        with pytest.raises(Refusal) as refused:
            act()
        assert refused.value.code in wanted, (refused.value.code, refused.value.sentence)
        assert snapshot(TABLES) == before
        self.has_moved = False
        return None

    def broken_off(self, act: Callable[[], Any]) -> bool:
        """Run the act with a crash in it and take back what came of it; return whether it crashed.

        It crashes after as many writes as are due, in this act or, where it has fewer, in one that follows.
        """
        left = self.crash

        def crashing(inner: Callable[..., Any]) -> Callable[..., Any]:
            def crash(*args: Any, **kwargs: Any) -> Any:
                nonlocal left
                found = inner(*args, **kwargs)
                left -= 1
                if not left:
                    raise _CrashError
                return found

            return crash

        whole = _whole()
        whole.__enter__()
        try:
            with ExitStack() as patches:
                for name in CRASHES:
                    patches.enter_context(patch(name, crashing(resolve_name(name))))
                act()
        except _CrashError:
            self.crash = 0
            return True
        except Refusal:
            return False
        else:
            self.crash = left
            transaction.set_rollback(True)  # the act never came to that place
            return False
        finally:
            whole.__exit__(None, None, None)

    def due_beside(self, one: List | None = None) -> set[str]:
        """Say who is due to be paid, were it not for a list."""
        settled = {name for other in self.lists if other is not one for name in other.settles}
        return {payee.name for payee in self.payees} - settled

    def differs(self, one: List) -> bool:
        """Whether the register tells accounts or families of a list otherwise than it was frozen."""
        return one.differs or self.due_beside(one) != {line.payee.name for line in one.lines}

    def pick(self, place: int) -> List:
        return self.lists[place % len(self.lists)]

    @property
    def batches(self) -> list[Batch]:
        return [batch for one in self.lists for batch in one.batches]

    def pick_batch(self, place: int) -> tuple[List, Batch, ReleaseHouse]:
        batch = self.batches[place % len(self.batches)]
        own = next(one for one in self.lists if batch in one.batches)
        return own, batch, ReleaseHouse(self.house, own.pk)

    def papers(self) -> Any:
        return vouchers(f"{next(self.marks)}")

    @rule(at=PLACES)
    def join(self, at: int) -> None:
        """Somebody new is to be paid: the next list follows the first."""
        self.has_moved = True
        name = JOINING[at % len(JOINING)]
        if name in self.house.register.people:
            return
        register = self.house.register
        register.employ(name)
        register.relate(name, "spouse", f"{name}之妻")
        register.serve([f"{name}之妻"])
        self.payees.append(Payee(name, 2000_00))

    @precondition(lambda self: not self.batches or bool(self.due_beside()))
    @rule()
    def put_up(self) -> None:
        names_due = self.due_beside()
        due = [payee for payee in self.payees if payee.name in names_due]
        waits = any(one.status == "pending" for one in self.lists)
        pk = self.expect(["list_waits"] * waits if due else ["list_empty"], self.house.put_up)
        if pk is None:
            return
        made = PaymentList.objects.get(pk=pk)
        names = list(made.lines.order_by("position").values_list("name", "amount_minor"))
        assert sorted(names) == sorted((payee.name, payee.due_minor) for payee in due)
        by_name = {payee.name: payee for payee in due}
        lines = [Line(by_name[name], at, by_name[name].account) for at, (name, _) in enumerate(names, 1)]
        standing = [one.pk for one in self.lists if one.is_promised and one.first is None]
        assert made.first_id == (standing[0] if standing else None)
        self.lists.append(List(pk, lines, made.first_id))

    @rule(at=PLACES)
    def advance(self, at: int) -> None:
        """Check, approve, sign or publish a list, whatever is next."""
        one = self.pick(at)
        stops = ["held"] * bool(one.hold) + ["list_differs"] * self.differs(one)
        if one.status == "pending":
            actor = self.house.approver if one.is_checked else self.house.checker
            if self.expect(stops, lambda: self.house.approve(one.pk, actor)):
                one.is_checked, one.status = True, "approved" if one.is_checked else "pending"
        elif one.status == "approved":
            if self.expect(stops, lambda: self.house.sign(one.pk, self.house.inspector)):
                one.status = "signed"
        elif one.status == "signed" and not one.is_noticed and not one.hold:
            publish(self.house, one.pk)
            one.is_noticed = self.has_moved = True

    @rule(at=PLACES)
    def stop(self, at: int) -> None:
        """Return a list that waits, or cancel it."""
        one = self.pick(at)
        if one.status == "pending":
            actor = self.house.approver if one.is_checked else self.house.checker
            self.expect([], lambda: self.house.return_(one.pk, actor))
            one.status = "returned"
            return
        codes = [] if one.status in {"approved", "signed"} else ["wrong_state"]
        if self.expect(codes, lambda: self.house.cancel(one.pk, self.house.finance)):
            one.status = "cancelled"

    @rule(at=PLACES)
    def release(self, at: int) -> None:
        one = self.pick(at)
        stops = ["list_differs"] * self.differs(one)
        if not one.is_noticed:
            stops = ["notice_missing"]
        if one.status != "signed":
            stops = ["wrong_state"]
        if one.hold:
            stops = ["held"]
        if one.status == "released":
            stops = ["already_released"]
        if self.expect(stops, ReleaseHouse(self.house, one.pk).release):
            one.status = "released"
            self.sent(one, one.lines)

    def sent(self, one: List, lines: list[Line]) -> None:
        """Take up the batches that were made, and compare them with what is expected."""
        before = len(one.batches)
        fresh = list(PaymentBatch.objects.filter(payment_list=one.pk, number__gt=before).order_by("number"))
        one.release(lines, [batch.pk for batch in fresh])
        told = [(batch.number, batch.channel == "bank", batch.lines_count) for batch in fresh]
        assert told == [(batch.number, batch.is_bank, len(batch.tries)) for batch in one.batches[before:]]

    @rule(at=PLACES, which=st.integers(min_value=0, max_value=2))
    def change_account(self, at: int, which: int) -> None:
        self.has_moved = True
        place = at % len(self.payees)
        payee = self.payees[place]
        payee.account = f"622202020011{place:03}{which:04}" if which else ""
        set_account(payee.name, payee.account, "临城农商银行" if which else "")

    def chosen(self, at: int, mask: int) -> tuple[List, ReleaseHouse, list[Line]]:
        own = self.pick(at)
        waiting = [line for line in own.lines if line.is_open]
        if waiting and mask % 2:
            return own, ReleaseHouse(self.house, own.pk), waiting
        lines = [line for bit, line in enumerate(own.lines) if mask >> bit & 1] or own.lines[:1]
        return own, ReleaseHouse(self.house, own.pk), lines

    @rule(at=PLACES, mask=MASKS)
    def confirm(self, at: int, mask: int) -> None:
        own, house, [line, *_] = self.chosen(at, mask)
        code = "" if line.differs else "nothing_changed"
        code = code if line.is_open else "line_not_open"
        code = code if own.status == "released" else "list_not_released"
        if self.expect([code] if code else [], lambda: house.confirm(line.position)):
            line.corrected = line.payee.account

    @rule(at=PLACES, mask=MASKS)
    def pay_again(self, at: int, mask: int) -> None:
        own, house, lines = self.chosen(at, mask)
        code = "account_unconfirmed" if any(line.differs for line in lines) else ""
        code = code if all(line.is_open for line in lines) else "line_not_open"
        code = "held" if own.hold else code
        code = code if own.status == "released" else "list_not_released"
        places = [line.position for line in lines]
        if self.expect([code] if code else [], lambda: house.again(*places)):
            self.sent(own, lines)

    @rule(at=PLACES, mask=MASKS)
    def end(self, at: int, mask: int) -> None:
        own, house, lines = self.chosen(at, mask)
        code = "" if all(line.is_open for line in lines) else "line_not_open"
        code = code if own.status == "released" else "list_not_released"
        places = [line.position for line in lines]
        if self.expect([code] if code else [], lambda: house.end(*places)):
            for line in lines:
                line.is_ended = True

    @precondition(lambda self: bool(self.batches))
    @rule(at=PLACES)
    def take_file(self, at: int) -> None:
        own, batch, _house = self.pick_batch(at)
        code = "" if batch.is_bank else "batch_in_cash"
        code = code or ("held" if own.hold else "")
        told: dict[str, Any] = {"batch_id": batch.pk, "actor": self.house.finance, "at": AFTER}

        def taken() -> bytes:
            with take_bank_file(**told).content as content:
                return content.read()

        if found := self.expect([code] if code else [], taken):
            rows = cells(found)[1 : len(batch.tries) + 1]
            assert [[one.position, one.account, one.line.amount] for one in batch.tries] == [
                [int(row[0]), row[1], round(float(row[3]) * 100)] for row in rows
            ]

    def row_of(self, own: List, batch: Batch, told: tuple[int, str, str, str]) -> tuple[Row, list[object]]:
        """Return a row of an answer as the oracle and as the bank tell it."""
        place, how, sum_, word = told
        one = batch.tries[place % len(batch.tries)]
        position = 77 if how == "no such place" else one.position if how in {"place", "both"} else None
        account = one.account if how in {"account", "both"} else ""
        account = "6217001234567890999" if how == "other account" else account
        amount = {"right": one.line.amount, "wrong": one.line.amount + 1, "none": None}[sum_]
        paid = PaymentList.objects.get(pk=own.pk)
        where = {"fund_id": paid.fund_id, "list_number": paid.number, "batch_number": batch.number}
        reference = "" if position is None else reference_of(**where, position=position)
        row = Row(position, account, amount, WORDS[word], is_readable=word != "不知道")
        yuan = "" if amount is None else f"{amount // 100}.{amount % 100:02}"
        return row, [reference, account, one.line.payee.name, yuan, word, "" if row.is_paid else "户名不符"]

    @precondition(lambda self: bool(self.batches))
    @rule(at=PLACES, told=ROWS)
    def read(self, at: int, told: list[tuple[int, str, str, str]]) -> None:
        """The bank answers about any batch, an old one too."""
        own, batch, house = self.pick_batch(at)
        if not batch.is_bank:
            self.expect(["batch_in_cash"], lambda: house.read([["", "6217001234567890999"]], batch.number))
            return
        made = [self.row_of(own, batch, one) for one in told]
        rows, sheet = tuple(row for row, _cells in made), [row for _row, row in made]
        content = answer(sheet)
        is_known = any(result.content == content for result in batch.booked)
        codes = ["result_file_known"] if is_known else ["result_waits"] if batch.waits else []
        pk = self.expect(codes, lambda: house.read([], batch.number, content=content))
        if pk is not None:
            said = list(ResultRow.objects.filter(result=pk).order_by("row").values_list("effect", flat=True))
            assert said == paying.effects(batch, rows)
            batch.waits = Result(pk, rows, content, paying.figures(batch, rows))

    @precondition(lambda self: any(batch.waits for batch in self.batches))
    @rule(at=PLACES, act=st.sampled_from(["book", "book", "book", "drop"]))
    def decide(self, at: int, act: str) -> None:
        """Book a result that waits, or set it aside."""
        waiting = [batch for batch in self.batches if batch.waits]
        _own, batch, house = self.pick_batch(self.batches.index(waiting[at % len(waiting)]))
        result = batch.waits
        assert result is not None
        if act == "drop":
            facts: dict[str, Any] = {"result_id": result.pk, "actor": self.house.finance, "at": AFTER}
            self.expect([], lambda: drop_result(**facts))
            batch.waits = None
            return
        now = paying.figures(batch, result.rows)
        code = "" if any(now[state] for state in paying.BOOKS.values()) else "result_nothing"
        code = code if now == result.figures else "results_changed"
        papers = self.papers()
        if self.expect([code] if code else [], lambda: house.book(result.pk, vouchers=papers)):
            paying.book(batch, result.rows)
            batch.waits = None
            batch.booked.append(result)

    @precondition(lambda self: any(batch.booked for batch in self.batches))
    @rule(at=PLACES)
    def book_again(self, at: int) -> None:
        told = [(batch, result) for batch in self.batches for result in batch.booked]
        batch, result = told[at % len(told)]
        _own, _batch, house = self.pick_batch(self.batches.index(batch))
        self.expect(["wrong_state"], lambda: house.book(result.pk, vouchers=self.papers()))

    @precondition(lambda self: bool(self.batches))
    @rule(at=PLACES, told=st.dictionaries(st.integers(1, 4), st.booleans(), min_size=1, max_size=3))
    def by_hand(self, at: int, told: dict[int, bool]) -> None:
        _own, batch, house = self.pick_batch(at)
        rows = tuple(Row(place, "", None, is_paid) for place, is_paid in sorted(told.items()))
        now = paying.figures(batch, rows)
        code = "" if any(now[state] for state in paying.BOOKS.values()) else "result_nothing"
        code = "results_changed" if now["odd"] else code
        code = "result_waits" if batch.waits else code
        said = {place: (is_paid, "" if is_paid else "账户冻结") for place, is_paid in told.items()}
        papers = self.papers()
        if self.expect([code] if code else [], lambda: house.hand(said, batch.number, vouchers=papers)):
            paying.book(batch, rows)

    @precondition(lambda self: bool(self.batches))
    @rule(at=PLACES, place=PLACES)
    def sign_for_cash(self, at: int, place: int) -> None:
        own, batch, house = self.pick_batch(at)
        one = batch.tries[place % len(batch.tries)]
        code = "signed_already" if one.is_signed or one.status != "sent" else ""
        code = "not_in_cash" if batch.is_bank else code
        code = "held" if own.hold else code
        if self.expect([code] if code else [], lambda: house.sign(one.position, batch.number)):
            one.is_signed = True

    @precondition(lambda self: bool(self.batches))
    @rule(at=PLACES)
    def book_cash(self, at: int) -> None:
        _own, batch, house = self.pick_batch(at)
        signed = [one for one in batch.tries if one.is_signed and one.status == "sent"]
        codes = [] if signed else ["nothing_signed"]
        papers = self.papers()
        if self.expect(codes, lambda: house.book_cash(batch.number, vouchers=papers)):
            for one in signed:
                one.status = "paid"

    @rule(at=PLACES)
    def hold_or_lift(self, at: int) -> None:
        self.has_moved = True
        one = self.pick(at)
        told: dict[str, Any] = {"actor": self.house.inspector, "at": AFTER}
        if one.hold:
            lift_hold(hold_id=one.hold, findings="已核实，可以继续。", **told)
            one.hold = None
        else:
            subject = f"payments.list:{one.pk}"
            one.hold = place_hold(subject=subject, reason="有群众来电反映", key=uuid4(), **told)

    @precondition(lambda self: bool(self.batches))
    @rule(at=PLACES)
    def recall(self, at: int) -> None:
        _own, batch, _house = self.pick_batch(at)
        told: dict[str, Any] = {
            "batch_id": batch.pk,
            "why": "纪检暂缓",
            "actor": self.house.finance,
            "at": AFTER,
        }
        self.expect([] if batch.is_bank else ["batch_in_cash"], lambda: recall_batch(**told))

    @rule(at=PLACES, act=st.sampled_from(["reverse", "release", "refund"]))
    def take_back(self, at: int, act: str) -> None:
        """What a list rests on is taken back by no act of the fund alone."""
        entries = list(Entry.objects.exclude(kind=Kind.APPROPRIATE).order_by("pk"))
        if not entries:
            return
        who: dict[str, Any] = {"entry_id": entries[at % len(entries)].pk, "reason": "误记", "key": uuid4()}
        who |= {"actor": self.house.finance, "at": AFTER}
        papers: dict[str, Any] = {"amount_minor": 1, "voucher": f"{next(self.marks)}"}
        papers |= {"happened_on": AFTER.date()}
        acts = {
            "reverse": partial(reverse_entry, **who),
            "release": partial(release_commitment, **who),
            "refund": partial(refund_purchase, **who, **papers),
        }
        before = snapshot(TABLES)
        with pytest.raises(Refusal):
            acts[act]()
        assert snapshot(TABLES) == before
        self.has_moved = False

    @precondition(lambda self: not self.crash)
    @rule(writes=st.integers(min_value=1, max_value=5))
    def crash_next(self, writes: int) -> None:
        self.crash = writes

    @invariant()
    def it_stands_where_the_oracle_says(self) -> None:
        """Looked at where something moved: a refusal was shown to move nothing."""
        if not self.has_moved:
            return
        self.every_line_stands_where_the_oracle_says()
        self.nobody_gets_more_than_is_due()
        self.the_ledger_comes_to_the_same_sums()
        self.the_checks_find_nothing()

    def every_line_stands_where_the_oracle_says(self) -> None:
        rows = PaymentInstruction.objects.order_by("pk").values_list(
            "line__payment_list", "line__position", "status", "account_index"
        )
        found: dict[tuple[int, int], list[str]] = {}
        for list_id, position, status, account_index in rows:
            found.setdefault((list_id, position), []).append(f"{status} {account_index}")
        assert found == {
            (one.pk, line.position): [f"{a.status} {index('account', a.account)}" for a in line.tries]
            for one in self.lists
            for line in one.lines
            if line.tries
        }
        stand = dict(PaymentList.objects.values_list("pk", "status"))
        assert stand == {one.pk: one.status for one in self.lists}

    def nobody_gets_more_than_is_due(self) -> None:
        """Told from the rows alone, whatever the oracle thinks."""
        got: Counter[tuple[str, str]] = Counter()
        live: Counter[int] = Counter()
        told = ("line", "line__payee__name", "line__qualifier__name", "status", "amount_minor")
        for line, payee, qualifier, status, minor in PaymentInstruction.objects.values_list(*told):
            if status in {"sent", "paid"}:
                live[line] += 1
                got[payee, qualifier] += minor
        assert max(live.values(), default=0) <= 1
        due = {payee.name: payee.due_minor for payee in self.payees}
        assert len({payee for payee, _qualifier in got}) == len(got)
        assert all(minor == due[payee] for (payee, _qualifier), minor in got.items())

    def the_ledger_comes_to_the_same_sums(self) -> None:
        fund = Fund.objects.get(pk=self.house.fund_id)
        left, back = sum(one.left for one in self.lists), sum(one.back for one in self.lists)
        assert fund.committed_minor == sum(one.committed for one in self.lists)
        assert fund.disbursed_minor == left - back
        refunds = Entry.objects.filter(kind=Kind.REFUND).aggregate(sum=Sum("amount_minor", default=0))
        assert refunds["sum"] == back

    def the_checks_find_nothing(self) -> None:
        found = [*checks.verify(), *fund_checks.verify(), *goods_checks.verify()]
        assert [finding.sentence for finding in found] == []


@pytest.mark.django_db
def test_nobody_is_paid_twice_whatever_is_done_retried_or_crashes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("songnuan.journeys.release_list.layout_of", lambda _slug: _layout())
    _PaymentMachine.start = make_release_house()
    some = settings(max_examples=max(settings().max_examples // 5, 4), stateful_step_count=32)
    run_state_machine_as_test(_PaymentMachine, settings=some)


def _layout() -> Layout:
    """Return the workbook of five columns, whose last one tells the reference, and back in the answer."""
    told = layout(LAYOUT).said()
    columns = [*told["columns"][:-1], {"heading": "备注", "content": "reference"}]
    return layout(LAYOUT, columns=columns, results={**told["results"], "reference": ["备注"]})
