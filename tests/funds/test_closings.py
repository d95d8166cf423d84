"""A fund is closed and reopened by two people; in a closed one nothing is booked."""

from collections.abc import Callable, Sequence
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from funds import acts
from goods.builders import (
    NOW,
    TODAY,
    House,
    acting,
    appropriate,
    commit,
    disburse,
    make_house,
    make_person,
    refused,
    release,
    reverse,
    snapshot,
)
from songnuan.audit.models import Entry as TrailEntry
from songnuan.funds import actions as funds
from songnuan.funds.checks import verify
from songnuan.funds.figures import closings_of, waiting_closings
from songnuan.funds.models import Closing, Entry, Fund, Kind, StepStatus
from songnuan.funds.queries import Balance, balance, ledger
from songnuan.kernel.actor import SYSTEM
from songnuan.kernel.refusal import NotPermitted
from songnuan.organisation.permissions import Role

pytestmark = pytest.mark.django_db


@pytest.fixture
def house() -> House:
    """A fund of 14,100 yuan, of which 13,950 are paid and nothing is promised."""
    house = make_house(granted=14_100_00)
    acts.approver_of(house)
    appropriate(house, 14_100_00)
    disburse(house, commit(house, 13_950_00).pk, 13_950_00)
    return house


def test_a_closing_returns_what_is_left_under_its_voucher_and_has_its_day(house: House) -> None:
    row = acts.confirm(house, acts.propose_closing(house, voucher="记-0410"))
    fund = Fund.objects.get(pk=house.fund_id)
    assert balance(fund.pk) == Balance(14_100_00, 0, 13_950_00, 150_00)
    assert (balance(fund.pk).available, fund.closed_at, fund.granted_minor) == (0, NOW, 14_100_00)
    last = ledger(fund.pk)[-1]
    assert (last.kind, last.amount_minor, last.voucher) == (Kind.RETURN, 150_00, "记-0410")
    assert (last.happened_on, last.late_entry) == (TODAY, False)
    assert (row.entry_id, row.entries, row.status) == (last.entry_id, 4, StepStatus.CONFIRMED)
    assert [one.pk for one in closings_of(fund.pk)] == [row.pk]
    assert verify() == []


def test_a_fund_of_which_nothing_is_left_is_closed_without_a_return(house: House) -> None:
    acts.return_unspent(house, 150_00)
    row = acts.confirm(house, acts.propose_closing(house, voucher=""))
    assert (row.left_minor, row.voucher, row.entry_id) == (0, "", None)
    assert ledger(house.fund_id)[-1].kind == Kind.RETURN
    assert verify() == []


def booking(house: House) -> Sequence[Callable[[], object]]:
    """Return every act that books in the fund."""
    on = Entry.objects.get(kind=Kind.COMMIT).pk
    return (
        lambda: appropriate(house, 1),
        lambda: commit(house, 1),
        lambda: disburse(house, on, 1),
        lambda: release(house, on),
        lambda: acts.refund(house, on, 1),
        lambda: acts.return_unspent(house, 1),
        *(lambda pk=pk: reverse(house, pk) for pk in Entry.objects.values_list("pk", flat=True)),
    )


def test_nothing_is_booked_in_a_closed_fund_until_it_is_reopened(house: House) -> None:
    acts.close(house)
    for act in booking(house):
        found = refused(act)
        assert found.code == "fund_closed"
        assert "2020年4月8日" in found.sentence
    acts.reopen(house)
    reverse(house, Entry.objects.get(kind=Kind.RETURN).pk)
    assert balance(house.fund_id).available == 150_00
    acts.close(house)
    assert verify() == []


def test_the_database_itself_books_nothing_in_a_closed_fund(house: House) -> None:
    acts.close(house)
    facts: dict[str, Any] = {"fund_id": house.fund_id, "amount_minor": 1, "happened_on": TODAY, "at": NOW}
    with pytest.raises(IntegrityError), transaction.atomic():
        Entry(kind=Kind.COMMIT, **facts).save(force_insert=True)
    with pytest.raises(IntegrityError), transaction.atomic():
        Fund.objects.filter(pk=house.fund_id).update(appropriated_minor=14_099_99)
    acts.reopen(house)
    with transaction.atomic():
        Entry(kind=Kind.COMMIT, **facts).save(force_insert=True)


def test_the_database_itself_wants_two_people_and_an_empty_fund(house: House) -> None:
    row = acts.propose_closing(house)
    alone = {"decided_by": row.proposed_by_id, "decided_at": NOW, "entries": 3}
    with pytest.raises(IntegrityError, match="funds_closing_two_people"), transaction.atomic():
        Closing.objects.filter(pk=row.pk).update(status=StepStatus.CONFIRMED, **alone)
    with pytest.raises(IntegrityError, match="funds_fund_closed_empty"), transaction.atomic():
        Fund.objects.filter(pk=house.fund_id).update(closed_at=NOW)
    twin = Closing(fund_id=house.fund_id, step="close", left_minor=0, reason="x", proposed_at=NOW)
    twin.proposed_by_id = row.proposed_by_id
    with pytest.raises(IntegrityError), transaction.atomic():
        twin.save(force_insert=True)


@pytest.mark.parametrize(
    ("against", "code"),
    [
        ({"unreceived": ["3", "4"]}, "purchases_unreceived"),
        ({"unanswered": ["结余是否交回？"]}, "question_open"),
    ],
)
def test_what_is_unsettled_elsewhere_stands_in_the_way_at_both_steps(
    house: House, against: dict[str, Any], code: str
) -> None:
    found = refused(lambda: acts.propose_closing(house, **against))
    assert found.code == code
    assert all(word in found.sentence for words in against.values() for word in words)
    row = acts.propose_closing(house)
    assert refused(lambda: acts.confirm(house, row, **against)).code == code


def test_what_is_promised_stands_in_the_way_at_both_steps(house: House) -> None:
    row = acts.propose_closing(house)
    wrong = commit(house, 10_00)
    found = refused(lambda: acts.confirm(house, row))
    assert (found.code, found.facts) == ("closing_committed", {"committed_minor": 10_00})
    acts.withdraw(house, row)
    assert refused(lambda: acts.propose_closing(house)).code == "closing_committed"
    reverse(house, wrong.pk)
    acts.close(house)


def test_a_proposal_whose_figures_changed_is_made_anew(house: House) -> None:
    row = acts.propose_closing(house)
    acts.return_unspent(house, 50_00)
    found = refused(lambda: acts.confirm(house, row))
    assert (found.code, found.facts) == (
        "closing_stale",
        {"left_minor": 150_00, "available_minor": 100_00},
    )
    acts.decline(house, row)
    assert acts.close(house).left_minor == 100_00


@pytest.mark.parametrize("step", [acts.propose_closing, acts.propose_reopening])
def test_who_proposed_does_not_decide_whatever_posts_they_hold(house: House, step: Any) -> None:
    if step is acts.propose_reopening:
        acts.close(house)
    row = step(house)
    both = make_person("又批又付", Role.APPROVER, house.bureau)
    with transaction.atomic():
        Closing.objects.filter(pk=row.pk).update(proposed_by=both.user_id)
    for act in (acts.confirm, acts.decline):
        found = refused(partial(act, house, row, both))
        assert (found.code, type(found)) == ("own_closing", NotPermitted)


@pytest.mark.parametrize("who", ["officer", "liaison", "stranger", "finance"])
def test_only_an_approver_decides_and_only_finance_proposes(house: House, who: str) -> None:
    row = acts.propose_closing(house)
    actor = getattr(house, who)
    for act in (acts.confirm, acts.decline):
        assert isinstance(refused(partial(act, house, row, actor)), NotPermitted)
    approver = acts.approver_of(house)
    assert isinstance(refused(lambda: acts.withdraw(house, row, approver)), NotPermitted)
    acts.withdraw(house, row)
    others = approver if who == "finance" else actor
    assert isinstance(refused(lambda: acts.propose_closing(house, actor=others)), NotPermitted)
    acts.close(house)
    assert isinstance(refused(lambda: acts.propose_reopening(house, actor=others)), NotPermitted)


def test_another_of_finance_does_not_withdraw_it_and_the_program_closes_nothing(house: House) -> None:
    row = acts.propose_closing(house)
    second = make_person("钱第二", Role.FINANCE, house.bureau)
    assert refused(lambda: acts.withdraw(house, row, second)).code == "others_closing"
    for act in (acts.confirm, acts.withdraw):
        assert refused(partial(act, house, row, SYSTEM)).code == "person_needed"
    acts.withdraw(house, row)
    assert refused(lambda: acts.propose_closing(house, actor=SYSTEM)).code == "person_needed"


def test_one_proposal_waits_at_a_time_and_is_decided_once(house: House) -> None:
    row = acts.propose_closing(house)
    assert waiting_closings([house.fund_id]) == {house.fund_id: row}
    assert refused(lambda: acts.propose_closing(house)).code == "closing_proposed"
    assert refused(lambda: acts.propose_reopening(house)).code == "fund_open"
    acts.confirm(house, row)
    for act in (acts.confirm, acts.decline, acts.withdraw):
        assert refused(partial(act, house, row)).code == "wrong_state"
    assert refused(lambda: acts.propose_closing(house)).code == "fund_closed"
    acts.propose_reopening(house)
    assert refused(lambda: acts.propose_reopening(house)).code == "closing_proposed"


@pytest.mark.parametrize(
    ("changes", "code", "field"),
    [
        ({"voucher": ""}, "voucher_missing", "voucher"),
        ({"voucher": "购-0009"}, "voucher_reserved", "voucher"),
        ({"reason": " "}, "reason_missing", "reason"),
        ({"reason": "长" * 401}, "text_too_long", "reason"),
    ],
)
def test_a_proposal_has_its_reason_and_where_something_is_left_its_voucher(
    house: House, changes: dict[str, str], code: str, field: str
) -> None:
    found = refused(lambda: acts.propose_closing(house, **changes))
    assert (found.code, found.field) == (code, field)


def test_a_voucher_used_meanwhile_is_refused_when_it_is_confirmed(house: House) -> None:
    row = acts.propose_closing(house, voucher="记-0410")
    reverse(house, acts.return_unspent(house, 1_00, voucher="记-0410").pk)
    assert refused(lambda: acts.confirm(house, row)).code == "voucher_used"


def test_a_decline_says_why_and_leaves_the_fund_as_it_was(house: House) -> None:
    row = acts.propose_closing(house)
    before = snapshot([Fund, Entry])
    empty: dict[str, Any] = {"closing_id": row.pk, "actor": acts.approver_of(house), "at": NOW}
    assert refused(lambda: _acted(lambda: funds.decline(remark=" ", **empty))).code == "reason_missing"
    done = acts.decline(house, row)
    assert (done.status, done.remark, done.entry_id) == (StepStatus.DECLINED, "再核对", None)
    assert snapshot([Fund, Entry]) == before


def _acted(act: Callable[[], object]) -> None:
    with acting():
        act()


def test_every_step_is_in_the_trail_of_its_fund(house: House) -> None:
    acts.withdraw(house, acts.propose_closing(house))
    acts.decline(house, acts.propose_closing(house))
    acts.close(house)
    acts.reopen(house)
    rows = TrailEntry.objects.filter(stream__name=f"fund:{house.fund_id}").order_by("seq")
    assert [row.action.removeprefix("funds.") for row in rows][4:] == [
        "propose_closing",
        "withdraw_closing",
        "propose_closing",
        "decline_closing",
        "propose_closing",
        "return",
        "confirm_closing",
        "propose_reopening",
        "confirm_reopening",
    ]
    assert rows[len(rows) - 1].actor_key == acts.approver_of(house).key


def test_a_loss_stands_in_the_way_no_longer_and_is_confirmed_as_it_was_proposed(house: House) -> None:
    assert refused(lambda: acts.propose_closing(house, unreceived=["3"])).code == "purchases_unreceived"
    row = acts.propose_closing(house, unreceived=["3"], lost_minor=120_00)
    assert row.lost_minor == 120_00
    stale = refused(lambda: acts.confirm(house, row, unreceived=["3"], lost_minor=60_00))
    assert (stale.code, stale.facts["lost_minor"]) == ("closing_stale", 60_00)
    assert acts.confirm(house, row, unreceived=["3"], lost_minor=120_00).status == "confirmed"
    assert verify() == []


def test_the_day_of_a_closing_is_that_of_its_confirmation(house: House) -> None:
    row = acts.propose_closing(house)
    with acting():
        funds.confirm(
            closing_id=row.pk,
            unreceived=(),
            unanswered=(),
            lost_minor=0,
            actor=acts.approver_of(house),
            at=NOW + timedelta(days=3),
        )
    last = ledger(house.fund_id)[-1]
    assert (last.happened_on, last.late_entry) == (TODAY + timedelta(days=3), False)
